//! What is wrong with a value, in the reader's language.

use std::path::{Path, PathBuf};

use rustix::io::Errno;

use super::ParamKind;
use crate::pattern::Pattern;
use caracola_speech::Speech;

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// Nothing in it.
    Empty,
    /// A zero byte in it, which no program could be given.
    Nul,
    /// It begins with `-`, as an option does.
    Dash,
    /// Not a value of this type.
    NotA(ParamKind),
    /// A URL with another scheme than these.
    NoScheme(Vec<String>),
    /// A URL with a user's name in it.
    UserInUrl,
    /// It doesn't look like this.
    Pattern(Pattern),
    /// A path that is not taken.
    Path {
        /// The folder that it must stay in.
        root: PathBuf,
        /// Why not.
        fault: PathFault,
    },
    /// Less than this.
    Under(f64),
    /// More than this.
    Over(f64),
    /// More characters than this.
    LongerThan(usize),
    /// None of the choices.
    NoChoice {
        /// All of them.
        choices: Vec<String>,
        /// The one that was probably meant.
        near: Option<String>,
    },
}

/// Why a path is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathFault {
    /// It leads out of the root.
    Outside,
    /// There is nothing.
    Missing,
    /// There is something, but no regular file.
    NoFile,
    /// There is something, but no folder.
    NoFolder,
    /// There is something that is neither file nor folder.
    Special,
    /// Too many symbolic links, perhaps in a circle.
    Links,
    /// It changed while it was looked at, again and again.
    Unstable,
    /// The root itself is not there.
    NoRoot,
    /// The system says no: permission, length, or something rarer.
    System(Errno),
}

impl Fault {
    /// The same without a hint at what the value was.
    pub(crate) fn without_values(self) -> Self {
        match self {
            Fault::NoChoice { choices, .. } => Fault::NoChoice { choices, near: None },
            other => other,
        }
    }

    /// One sentence about it.
    pub(crate) fn sentence(&self, speech: Speech) -> String {
        match self {
            Fault::Empty => speech.value_empty(),
            Fault::Nul => speech.value_with_zero_byte(),
            Fault::Dash => speech.value_begins_with_dash(),
            Fault::NotA(kind) => kind.fault(speech),
            Fault::NoScheme(schemes) => speech.must_begin_with(starts(schemes, speech)),
            Fault::UserInUrl => speech.url_with_user(),
            Fault::Pattern(pattern) => speech.must_match(pattern.as_str()),
            Fault::Path { root, fault } => fault.sentence(root, speech),
            Fault::Under(min) => speech.must_be_at_least(min),
            Fault::Over(max) => speech.must_be_at_most(max),
            Fault::LongerThan(most) => speech.value_too_long(most),
            Fault::NoChoice { near: Some(near), .. } => speech.choice_was_meant(near),
            Fault::NoChoice { choices, near: None } => speech.must_be_one_of(few(choices)),
        }
    }
}

/// The choices for a message, not all when there are many.
pub(crate) fn few(choices: &[String]) -> String {
    const MOST: usize = 12;
    let mut shown = choices[..choices.len().min(MOST)].join(", ");
    if choices.len() > MOST {
        shown.push_str(", …");
    }
    shown
}

/// What URLs with these schemes begin with.
fn starts(schemes: &[String], speech: Speech) -> String {
    let starts = schemes.iter().map(|scheme| format!("{scheme}://"));
    let all = starts.reduce(|before, start| speech.one_or_other(before, start));
    all.unwrap_or_default()
}

impl PathFault {
    fn sentence(self, root: &Path, speech: Speech) -> String {
        let root = root.display();
        match self {
            PathFault::Outside => speech.path_outside(root),
            PathFault::Missing => speech.path_missing(root),
            PathFault::NoFile => speech.path_not_a_file(),
            PathFault::NoFolder => speech.path_not_a_folder(),
            PathFault::Special => speech.path_special(),
            PathFault::Links => speech.path_with_too_many_links(),
            PathFault::Unstable => speech.path_unstable(),
            PathFault::NoRoot => speech.path_without_root(),
            PathFault::System(errno) => speech.path_not_opened(reason(errno)),
        }
    }
}

/// The system's own words, without its number.
fn reason(errno: Errno) -> String {
    let reason = std::io::Error::from(errno).to_string();
    let end = reason.find(" (os error").unwrap_or(reason.len());
    reason[..end].to_owned()
}
