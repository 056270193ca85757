//! What comes from the editor: what a person typed, and what completion wants to know.

use crate::question::Question;

/// What the person did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Typed {
    Line(String),
    /// Ctrl-C.
    Interrupted {
        was_empty: bool,
    },
    /// Ctrl-D.
    End,
    /// SIGTERM.
    Terminated,
    /// The terminal is gone, or never was one.
    Failed(String),
}

/// What comes from the editor's thread.
#[derive(Debug)]
pub(crate) enum Event {
    Typed(Typed),
    Question(Question),
}
