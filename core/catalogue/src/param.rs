//! What a command declares about its arguments.

use std::path::PathBuf;

use caracola_wire::line::Parameter;

use super::pattern::Pattern;
use caracola_speech::Text;

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

/// What the values of a param are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ParamKind {
    /// Any word.
    String,
    /// A whole number of 64 bits.
    Integer,
    /// A finite number.
    Number,
    /// Yes or no.
    Boolean,
    /// One of the declared choices.
    Choice,
    /// A file or folder under a root.
    Path,
    /// How long: `90s`, `2h`.
    Duration,
    /// A day: `2026-11-22`.
    Date,
    /// An address of the Internet Protocol.
    Ip,
    /// The name or address of a host.
    Host,
    /// A port of TCP or UDP, from 1 to 65535.
    Port,
    /// A URL with a host.
    Url,
    /// What nobody may see; it reaches a program by its standard input only.
    Secret,
    /// Words for people, as they are typed. Built-ins only, as are all below.
    Text,
    /// The name of someone who is connected.
    Person,
    /// A room.
    Room,
    /// A command.
    Command,
    /// The tag of a language.
    Language,
}

impl ParamKind {
    /// Those that any command may use.
    pub(super) const ORDINARY: [ParamKind; 13] = [
        ParamKind::String,
        ParamKind::Integer,
        ParamKind::Number,
        ParamKind::Boolean,
        ParamKind::Choice,
        ParamKind::Path,
        ParamKind::Duration,
        ParamKind::Date,
        ParamKind::Ip,
        ParamKind::Host,
        ParamKind::Port,
        ParamKind::Url,
        ParamKind::Secret,
    ];
    /// Those that only built-ins may use.
    pub(super) const OF_BUILTINS: [ParamKind; 5] = [
        ParamKind::Text,
        ParamKind::Person,
        ParamKind::Room,
        ParamKind::Command,
        ParamKind::Language,
    ];

    /// The word for it in a file and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            ParamKind::String => "string",
            ParamKind::Integer => "integer",
            ParamKind::Number => "number",
            ParamKind::Boolean => "boolean",
            ParamKind::Choice => "choice",
            ParamKind::Path => "path",
            ParamKind::Duration => "duration",
            ParamKind::Date => "date",
            ParamKind::Ip => "ip",
            ParamKind::Host => "host",
            ParamKind::Port => "port",
            ParamKind::Url => "url",
            ParamKind::Secret => "secret",
            ParamKind::Text => "text",
            ParamKind::Person => "person",
            ParamKind::Room => "room",
            ParamKind::Command => "command",
            ParamKind::Language => "language",
        }
    }

    /// What a value of it is, for people who write a file.
    pub(super) const fn about(self) -> &'static str {
        match self {
            ParamKind::String => "Any word.",
            ParamKind::Integer => "A whole number of 64 bits, such as `-3`.",
            ParamKind::Number => "A finite number, such as `2.5`.",
            ParamKind::Boolean => "`yes`, `no`, `true`, `false`, `on`, `off`, `1`, `0` or `sí`.",
            ParamKind::Choice => "One of the `choices`.",
            ParamKind::Path => "A file or folder below `root`.",
            ParamKind::Duration => "How long, such as `90s` or `2h`.",
            ParamKind::Date => "A day, such as `2026-11-22`.",
            ParamKind::Ip => "An address of the Internet Protocol, version 4 or 6.",
            ParamKind::Host => "The name or address of a host.",
            ParamKind::Port => "A port of TCP or UDP, from 1 to 65535.",
            ParamKind::Url => "A URL with a host.",
            ParamKind::Secret => "What nobody may see. It reaches a program by its standard input only.",
            ParamKind::Text => "Words for people, as they are typed.",
            ParamKind::Person => "The name of someone who is connected.",
            ParamKind::Room => "A room.",
            ParamKind::Command => "A command.",
            ParamKind::Language => "The tag of a language.",
        }
    }

    /// Whether `min` and `max` mean something for it.
    pub(super) fn is_numeric(self) -> bool {
        matches!(self, ParamKind::Integer | ParamKind::Number)
    }

    /// Whether `max_len` means something for it.
    pub(super) fn has_length(self) -> bool {
        matches!(self, ParamKind::String | ParamKind::Text | ParamKind::Secret)
    }

    /// Whether `pattern` means something for it.
    pub(super) fn has_pattern(self) -> bool {
        matches!(self, ParamKind::String | ParamKind::Secret)
    }

    /// Whether `choices` mean something for it.
    pub(super) fn has_choices(self) -> bool {
        matches!(
            self,
            ParamKind::String | ParamKind::Choice | ParamKind::Integer | ParamKind::Number
        )
    }

    /// Whether `suggest` means something for it.
    pub(super) fn has_suggestions(self) -> bool {
        !matches!(self, ParamKind::Boolean | ParamKind::Secret)
    }
}
