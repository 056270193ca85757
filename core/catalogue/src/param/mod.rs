//! What a command declares about its arguments, and the values that these take.
//!
//! `kind` has a row for each type of values, with all that there is to say about it; `value` checks what was typed by the
//! param and that row; `card` says it to people.

mod argument_error;
mod arguments;
mod card;
mod choices;
mod definer;
mod fit;
mod keys;
mod kind;
mod reader;
mod secret;
mod value;

use std::path::PathBuf;

use caracola_wire::line::Parameter;

use crate::pattern::Pattern;
use caracola_speech::Text;

pub use argument_error::ArgumentError;
pub use arguments::{Apart, Arguments};
pub(crate) use arguments::{apart, declared, sort};
pub(crate) use card::about;
pub(crate) use definer::Definer;
pub(crate) use keys::PARAM;
pub(crate) use kind::Freedom;
pub use kind::{Confined, Fault, ParamKind, PathFault};
pub(crate) use reader::{completing, read};
pub use secret::{HIDDEN, Secret};
pub use value::Value;

/// One declared argument of a command.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of the file")]
pub struct Param {
    /// Unique within its command: letters, digits, `_` and `-`.
    pub name: String,
    /// What its values are.
    pub kind: ParamKind,
    /// Whether the command refuses to run without a value.
    pub required: bool,
    /// Takes the rest of the line as one value; only the last param may.
    pub rest: bool,
    /// Takes all the words that are left, each a value of its own, and only the last param may; with a `flag`, the flag may
    /// come several times.
    pub list: bool,
    /// How it is typed, `--x VALUE` anywhere among the arguments, instead of by its position. For a boolean, the flag alone
    /// says yes.
    pub flag: Option<String>,
    /// The value when none is given; it has been checked like any other.
    pub default: Option<String>,
    /// When not empty: the only values allowed.
    pub choices: Vec<Choice>,
    /// Values that are offered, while others are as good.
    pub suggest: Vec<Choice>,
    /// Who is asked for values to offer.
    pub complete: Option<Completer>,
    /// The least number allowed; integers and numbers only.
    pub min: Option<f64>,
    /// The greatest number allowed; integers and numbers only.
    pub max: Option<f64>,
    /// The longest value allowed, in characters; strings, texts and secrets only.
    pub max_len: Option<usize>,
    /// What the whole of a value must look like; strings and secrets only.
    pub pattern: Option<Pattern>,
    /// Whether a value may begin with `-`, as an option does.
    pub allow_dash: bool,
    /// Where a path must lie; there for paths, and only for them.
    pub path: Option<PathRule>,
    /// The schemes that a URL may have, in lower case; there for URLs, and only for them.
    pub schemes: Vec<String>,
    /// What it is for.
    pub help: Option<Text>,
}

impl Param {
    /// A param of this name that takes any word.
    pub(super) fn new(name: impl Into<String>) -> Self {
        Param {
            name: name.into(),
            kind: ParamKind::String,
            required: true,
            rest: false,
            list: false,
            flag: None,
            default: None,
            choices: Vec::new(),
            suggest: Vec::new(),
            complete: None,
            min: None,
            max: None,
            max_len: None,
            pattern: None,
            allow_dash: false,
            path: None,
            schemes: Vec::new(),
            help: None,
        }
    }

    /// As it stands in a usage line: `NAME`, `TEXT...`, `[WHEN]`, `[--size SIZE]`, `[--all]`.
    pub fn usage(&self) -> String {
        let name = self.placeholder();
        let dots = if self.rest || self.list { "..." } else { "" };
        let typed = match &self.flag {
            None => format!("{name}{dots}"),
            Some(flag) if self.is_switch() => flag.clone(),
            Some(flag) if self.required && self.list => return format!("{flag} {name} [{flag} {name}]{dots}"),
            Some(flag) if self.list => return format!("[{flag} {name}]{dots}"),
            Some(flag) => format!("{flag} {name}"),
        };
        if self.required { typed } else { format!("[{typed}]") }
    }

    /// As a usage line calls its value: `NAME`.
    pub fn placeholder(&self) -> String {
        self.name.to_uppercase()
    }

    /// As messages call it: `NAME`, or the flag by which it is typed.
    pub fn label(&self) -> String {
        self.flag.clone().unwrap_or_else(|| self.placeholder())
    }

    /// As a card calls it: `NAME`, `--size SIZE`, `--all`.
    pub(super) fn card_label(&self) -> String {
        match &self.flag {
            None => self.placeholder(),
            Some(flag) if self.is_switch() => flag.clone(),
            Some(flag) => format!("{flag} {}", self.placeholder()),
        }
    }

    /// Whether it is a flag without a value.
    pub fn is_switch(&self) -> bool {
        self.flag.is_some() && self.kind == ParamKind::Boolean
    }

    /// Whether there is a value for it in every run.
    pub fn has_value_always(&self) -> bool {
        self.required || self.default.is_some()
    }
}

/// Whether it can be the name of a param: letters, digits, `_` and `-`.
pub(crate) fn is_name(word: &str) -> bool {
    let fits = |character: char| character.is_alphanumeric() || matches!(character, '_' | '-');
    !word.is_empty() && word.chars().all(fits)
}

impl Parameter for Param {
    fn flag(&self) -> Option<&str> {
        self.flag.as_deref()
    }

    fn is_switch(&self) -> bool {
        self.is_switch()
    }

    fn is_rest(&self) -> bool {
        self.rest
    }

    fn is_list(&self) -> bool {
        self.list
    }

    fn allows_dash(&self) -> bool {
        self.allow_dash
    }

    fn is_secret(&self) -> bool {
        self.kind == ParamKind::Secret
    }
}

/// Who knows values for a param.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Completer {
    /// The command of this name, which changes nothing: its output is offered, line by line.
    Command(String),
    /// The plugin whose function has the param.
    Plugin,
}

/// One of the values that a param allows or offers.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// The value itself.
    pub value: String,
    /// What it means.
    pub about: Option<Text>,
}

/// Where a path must lie, and what must be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathRule {
    /// The folder that no path leaves; absolute. What is typed is relative to it, or begins with it.
    pub root: PathBuf,
    /// What absolute paths may begin with instead of the root, and mean it: set where examples are tried in another place
    /// than they were written for.
    pub stands_for: Option<PathBuf>,
    /// Whether there must be something.
    pub must_exist: bool,
    /// What may be there.
    pub kind: PathKind,
    /// Whether the program gets the open file rather than its name.
    pub open: bool,
}

/// What a path may lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PathKind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// Whatever there is.
    #[default]
    Any,
}

impl PathKind {
    /// All of them.
    pub const ALL: [PathKind; 3] = [PathKind::File, PathKind::Folder, PathKind::Any];

    /// The word for it in a file.
    pub const fn as_str(self) -> &'static str {
        match self {
            PathKind::File => "file",
            PathKind::Folder => "folder",
            PathKind::Any => "any",
        }
    }
}
