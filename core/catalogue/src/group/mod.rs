//! The groups that commands are listed in.

mod keys;
mod reader;

use std::collections::{BTreeSet, HashMap};

use crate::diagnostic::{Diagnostic, Problems, quoted};
use crate::document::Located;
use crate::name::fold;
use caracola_speech::{Speech, Text};

pub(crate) use keys::GROUP;
pub(crate) use reader::read;

/// A group of commands, as help lists them.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// The word for it in files and in `help`.
    pub name: String,
    /// What people read above its commands.
    pub title: Text,
}

/// The group of commands that name none.
pub(crate) const DEFAULT_GROUP: &str = "commands";

/// All groups in the order in which they were defined, the built-ins' first.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    all: Vec<Group>,
    by_name: HashMap<String, DefinedGroup>,
}

#[derive(Debug)]
struct DefinedGroup {
    position: usize,
    /// Where a file of the admin's defines it.
    own: Option<super::SourceSpan>,
}

impl Groups {
    pub(crate) fn builtin(groups: Vec<Located<Group>>) -> Self {
        let titles = Speech::ALL.map(|speech| (speech.language(), speech.group_of_others().into()));
        let title = Text::by_language(titles).unwrap_or_else(|| Text::plain(DEFAULT_GROUP));
        let default = Group {
            name: DEFAULT_GROUP.to_owned(),
            title,
        };
        let mut all = Groups::default();
        for group in groups.into_iter().map(|group| group.value).chain([default]) {
            all.insert(group, None);
        }
        all
    }

    /// Adds groups of the admin's. One that is built in gets the new title.
    pub(crate) fn add(&mut self, groups: Vec<Located<Group>>, problems: &Problems) {
        for Located { value: group, place } in groups {
            let Some(entry) = self.by_name.get_mut(&*fold(&group.name)) else {
                self.insert(group, Some(place));
                continue;
            };
            if let Some(before) = &entry.own {
                let message = format!("there are two groups called {}", quoted(&group.name));
                let diagnostic = Diagnostic::error(place, message).related(before.clone(), "the other");
                problems.error(diagnostic.help("keep one of them"));
                continue;
            }
            entry.own = Some(place);
            if let Some(known) = self.all.get_mut(entry.position) {
                known.title = group.title;
            }
        }
    }

    /// Adds groups of a plugin's, where there is none of that name.
    pub(crate) fn offer(&mut self, groups: &[Located<Group>]) {
        for group in groups {
            if !self.by_name.contains_key(&*fold(&group.value.name)) {
                self.insert(group.value.clone(), Some(group.place.clone()));
            }
        }
    }

    fn insert(&mut self, group: Group, own: Option<super::SourceSpan>) {
        let position = self.all.len();
        self.by_name
            .insert(fold(&group.name).into_owned(), DefinedGroup { position, own });
        self.all.push(group);
    }

    pub(crate) fn names(&self) -> BTreeSet<&str> {
        self.all.iter().map(|group| group.name.as_str()).collect()
    }

    pub(crate) fn titles(&self) -> impl Iterator<Item = &Text> {
        self.all.iter().map(|group| &group.title)
    }

    /// Those that some command is in.
    pub(crate) fn used(self, used: &BTreeSet<&str>) -> Vec<Group> {
        let groups = self.all.into_iter();
        groups.filter(|group| used.contains(group.name.as_str())).collect()
    }
}
