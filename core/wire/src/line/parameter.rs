//! What decides which words are a param's.

use crate::ParamEntry;

/// A param, as far as it decides which words of a line are its own.
pub trait Parameter {
    /// The flag by which it is typed, `--x VALUE`, anywhere among the arguments; without one it has its place.
    fn flag(&self) -> Option<&str>;

    /// Whether it is a flag without a value.
    fn is_switch(&self) -> bool;

    /// Whether it takes the rest of the line as one value, whatever is in it.
    fn is_rest(&self) -> bool;

    /// Whether it takes all words that are left, each a value of its own; with a flag, whether that may come several times.
    fn is_list(&self) -> bool;

    /// Whether a value in its place may begin with a dash.
    fn allows_dash(&self) -> bool;

    /// Whether nobody may see its values.
    fn is_secret(&self) -> bool;
}

impl Parameter for ParamEntry {
    fn flag(&self) -> Option<&str> {
        self.flag.as_deref()
    }

    fn is_switch(&self) -> bool {
        self.flag.is_some() && self.kind == "boolean"
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
        self.kind == "secret"
    }
}
