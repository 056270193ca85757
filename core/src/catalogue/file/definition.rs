//! A command as a file defines it, before it is known whether it fits with the others.

use std::time::Duration;

use super::section::Located;
use crate::access::role::Role;
use crate::catalogue::command::Example;
use crate::catalogue::diagnostic::Place;
use crate::catalogue::exec::Exec;
use crate::catalogue::function::Function;
use crate::catalogue::param::Param;
use crate::plugins::PluginSettings;
use caracola_speech::Text;

/// What a table under `[commands]` says. What it doesn't say is `None`.
#[derive(Debug)]
pub(in crate::catalogue) struct Definition {
    pub(in crate::catalogue) name: Located<String>,
    pub(in crate::catalogue) heading: Place,
    pub(in crate::catalogue) aliases: Vec<Located<String>>,
    pub(in crate::catalogue) group: Option<Located<String>>,
    pub(in crate::catalogue) summary: Option<Text>,
    /// Whether there is a summary, right or wrong.
    pub(in crate::catalogue) has_summary: bool,
    pub(in crate::catalogue) examples: Option<Vec<Located<Example>>>,
    pub(in crate::catalogue) see_also: Option<Vec<Located<String>>>,
    pub(in crate::catalogue) image: Option<Located<String>>,
    pub(in crate::catalogue) params: Option<Located<Vec<Param>>>,
    /// The commands that complete its params.
    pub(in crate::catalogue) completing: Vec<Located<String>>,
    pub(in crate::catalogue) role: Option<Located<Role>>,
    pub(in crate::catalogue) action: Option<Located<DefinedAction>>,
    /// Whether it says nothing about an action, right or wrong.
    pub(in crate::catalogue) is_card: bool,
    /// Whether it says nothing but which function of a plugin its name is bound to, and for whom.
    pub(in crate::catalogue) is_binding: bool,
}

/// The action that a definition gives; without one, it is a card.
#[derive(Debug)]
pub(in crate::catalogue) enum DefinedAction {
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
pub(in crate::catalogue) struct Bound {
    /// `plugin.function`.
    pub(in crate::catalogue) function: Located<String>,
    pub(in crate::catalogue) timeout: Option<Duration>,
    pub(in crate::catalogue) confirm: Option<Text>,
}

/// How a plugin says that one of its functions is to be called.
#[derive(Debug, Clone)]
pub(in crate::catalogue) struct DefinedFunction {
    pub(in crate::catalogue) nonblocking: bool,
    pub(in crate::catalogue) read_only: bool,
    pub(in crate::catalogue) confirm: Option<Text>,
    pub(in crate::catalogue) timeout: Option<Duration>,
}

/// What a table under `[plugins]` says.
#[derive(Debug)]
pub(in crate::catalogue) struct NamedPlugin {
    pub(in crate::catalogue) name: String,
    pub(in crate::catalogue) name_place: Place,
    /// Where it says where the library is, or the heading where it doesn't.
    pub(in crate::catalogue) path_place: Place,
    pub(in crate::catalogue) optional: bool,
    /// The least role for its functions, if it says.
    pub(in crate::catalogue) role: Option<Located<Role>>,
    /// None if something about them is wrong, which has been reported.
    pub(in crate::catalogue) settings: Option<PluginSettings>,
}

/// A group of commands, as help lists them.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// The word for it in files and in `help`.
    pub name: String,
    /// What people read above its commands.
    pub title: Text,
}
