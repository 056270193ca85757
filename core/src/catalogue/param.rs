//! What a command declares about its arguments.

use crate::language::Text;

/// One declared argument of a command.
#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    /// Unique within its command: letters, digits, `_` and `-`.
    pub name: String,
    /// What its values are.
    pub kind: ParamKind,
    /// Whether the command refuses to run without a value.
    pub required: bool,
    /// Takes the rest of the line as one value; only the last param may.
    pub rest: bool,
    /// Takes all the words that are left, each a value of its own; only the last param may.
    pub list: bool,
    /// The value when none is given; it has been checked like any other.
    pub default: Option<String>,
    /// When not empty: the only values allowed.
    pub choices: Vec<Choice>,
    /// The least number allowed; integers and numbers only.
    pub min: Option<f64>,
    /// The greatest number allowed; integers and numbers only.
    pub max: Option<f64>,
    /// The longest value allowed, in characters; strings and texts only.
    pub max_len: Option<usize>,
    /// What it is for.
    pub help: Option<Text>,
}

impl Param {
    /// As it stands in a usage line: `NAME`, `TEXT...`, `[WHEN]`.
    pub fn usage(&self) -> String {
        let name = self.placeholder();
        let dots = if self.rest || self.list { "..." } else { "" };
        if self.required {
            format!("{name}{dots}")
        } else {
            format!("[{name}{dots}]")
        }
    }

    /// As a card and messages call it: `NAME`.
    pub fn placeholder(&self) -> String {
        self.name.to_uppercase()
    }
}

/// One of the values that a param allows.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// The value itself.
    pub value: String,
    /// What it means.
    pub about: Option<Text>,
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
    pub(super) const ORDINARY: [ParamKind; 5] = [
        ParamKind::String,
        ParamKind::Integer,
        ParamKind::Number,
        ParamKind::Boolean,
        ParamKind::Choice,
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
    pub fn as_str(self) -> &'static str {
        match self {
            ParamKind::String => "string",
            ParamKind::Integer => "integer",
            ParamKind::Number => "number",
            ParamKind::Boolean => "boolean",
            ParamKind::Choice => "choice",
            ParamKind::Text => "text",
            ParamKind::Person => "person",
            ParamKind::Room => "room",
            ParamKind::Command => "command",
            ParamKind::Language => "language",
        }
    }

    /// Whether `min` and `max` mean something for it.
    pub(super) fn is_numeric(self) -> bool {
        matches!(self, ParamKind::Integer | ParamKind::Number)
    }

    /// Whether `max_len` means something for it.
    pub(super) fn has_length(self) -> bool {
        matches!(self, ParamKind::String | ParamKind::Text)
    }

    /// Whether `choices` mean something for it.
    pub(super) fn has_choices(self) -> bool {
        matches!(
            self,
            ParamKind::String | ParamKind::Choice | ParamKind::Integer | ParamKind::Number
        )
    }
}
