//! A value that is offered while an argument is being typed.

/// A value for an argument, and what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub(crate) value: String,
    pub(crate) about: String,
}

impl Candidate {
    /// A value that needs no explanation.
    pub fn new(value: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            about: String::new(),
        }
    }

    /// The same with a few words on what it means.
    #[must_use]
    pub fn about(mut self, about: impl Into<String>) -> Self {
        self.about = about.into();
        self
    }
}
