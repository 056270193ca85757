//! A command as a file defines it, before it is known whether it fits with the others.

use super::section::Located;
use crate::access::role::Role;
use crate::catalogue::command::Example;
use crate::catalogue::diagnostic::Place;
use crate::catalogue::exec::Exec;
use crate::catalogue::param::Param;
use crate::language::Text;

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
}

/// The action that a definition gives; without one, it is a card.
#[derive(Debug)]
pub(in crate::catalogue) enum DefinedAction {
    Reply(Text),
    Lookup(Vec<(String, Text)>),
    Exec(Box<Exec>),
}

/// A group of commands, as help lists them.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// The word for it in files and in `help`.
    pub name: String,
    /// What people read above its commands.
    pub title: Text,
}
