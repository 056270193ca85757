//! A command as a file defines it, before it is known whether it fits with the others.

use std::time::Duration;

use super::Example;
use super::function::Function;
use crate::Role;
use crate::diagnostic::SourceSpan;
use crate::document::Located;
use crate::exec::Exec;
use crate::param::Param;
use caracola_speech::Text;

/// What a table under `[commands]` says. What it doesn't say is `None`.
#[derive(Debug)]
pub(crate) struct Definition {
    pub(crate) name: Located<String>,
    pub(crate) heading: SourceSpan,
    pub(crate) aliases: Vec<Located<String>>,
    pub(crate) group: Option<Located<String>>,
    pub(crate) summary: Option<Text>,
    /// Whether there is a summary, right or wrong.
    pub(crate) has_summary: bool,
    pub(crate) examples: Option<Vec<Located<Example>>>,
    pub(crate) see_also: Option<Vec<Located<String>>>,
    pub(crate) image: Option<Located<String>>,
    pub(crate) params: Option<Located<Vec<Param>>>,
    /// The commands that complete its params.
    pub(crate) completing: Vec<Located<String>>,
    pub(crate) role: Option<Located<Role>>,
    pub(crate) action: Option<Located<DefinedAction>>,
    /// Whether it says nothing about an action, right or wrong.
    pub(crate) is_card: bool,
    /// Whether it says nothing but which function of a plugin its name is bound to, and for whom.
    pub(crate) is_binding: bool,
}

/// The action that a definition gives; without one, it is a card.
#[derive(Debug)]
pub(crate) enum DefinedAction {
    Reply(Text),
    Lookup(Vec<(String, Text)>),
    Exec(Box<Exec>),
    /// Calls a function of a plugin that may or may not be there.
    Bound(Bound),
    /// A plugin's own definition of a function.
    Function(DefinedFunction),
    /// Calls a function that is there. Made of one of the two before.
    Plugin(Box<Function>),
}

/// The function of a plugin that a command calls, as its definition names it.
#[derive(Debug)]
pub(crate) struct Bound {
    /// `plugin.function`.
    pub(crate) function: Located<String>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) confirm: Option<Text>,
}

/// How a plugin says that one of its functions is to be called.
#[derive(Debug, Clone)]
pub(crate) struct DefinedFunction {
    pub(crate) nonblocking: bool,
    pub(crate) read_only: bool,
    pub(crate) confirm: Option<Text>,
    pub(crate) timeout: Option<Duration>,
}
