//! Collects the definitions of all files: which belong to one command, and which collide.

use std::collections::HashMap;

use super::diagnostic::{Diagnostic, Place, quoted};
use super::file::{DefinedAction, Definition, Located, Problems};
use super::name::fold;
use super::param::Param;

/// A command in the making.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) definition: Definition,
    pub(super) builtin: bool,
    /// Where a file adds to a built-in.
    enriched: Option<Place>,
}

impl Draft {
    fn new(definition: Definition, builtin: bool) -> Self {
        Draft {
            definition,
            builtin,
            enriched: None,
        }
    }

    /// The name and the aliases, each with its place.
    pub(super) fn names(&self) -> impl Iterator<Item = &Located<String>> {
        std::iter::once(&self.definition.name).chain(&self.definition.aliases)
    }

    /// The params that it declares. A lookup that declares none takes one all the same.
    pub(super) fn params(&self) -> &[Param] {
        let declared = self.definition.params.as_ref();
        declared.map_or(&[], |params| &params.value)
    }

    /// Where it says that it takes arguments, if it does.
    pub(super) fn takes_arguments(&self) -> Option<&Place> {
        let params = self.definition.params.as_ref();
        let params = params.filter(|params| !params.value.is_empty());
        let action = self.definition.action.as_ref();
        let lookup = action.filter(|action| matches!(action.value, DefinedAction::Lookup(_)));
        params
            .map(|params| &params.place)
            .or(lookup.map(|action| &action.place))
    }
}

/// All commands in the making.
#[derive(Debug)]
pub(super) struct Drafts<'p> {
    pub(super) all: Vec<Draft>,
    names: HashMap<String, Taken>,
    problems: &'p Problems,
}

#[derive(Debug)]
struct Taken {
    draft: usize,
    place: Place,
    alias: bool,
}

impl<'p> Drafts<'p> {
    pub(super) fn new(problems: &'p Problems) -> Self {
        Drafts {
            all: Vec::new(),
            names: HashMap::new(),
            problems,
        }
    }

    /// The draft of this name or alias.
    pub(super) fn named(&self, name: &str) -> Option<&Draft> {
        self.all.get(self.names.get(&*fold(name))?.draft)
    }

    pub(super) fn add_builtin(&mut self, definition: Definition) {
        self.add(Draft::new(definition, true));
    }

    /// Adds a definition of the admin's: a command of its own, or more about a built-in.
    pub(super) fn add_own(&mut self, definition: Definition) {
        let taken = self.names.get(&*fold(&definition.name.value));
        let builtin = taken.filter(|taken| !taken.alias && self.all[taken.draft].builtin);
        match builtin.map(|taken| taken.draft) {
            Some(draft) => self.enrich(draft, definition),
            None => self.add(Draft::new(definition, false)),
        }
    }

    fn add(&mut self, draft: Draft) {
        let number = self.all.len();
        let name = draft.definition.name.clone();
        let aliases = draft.definition.aliases.clone();
        self.all.push(draft);
        self.take(number, name, false);
        for alias in aliases {
            self.take(number, alias, true);
        }
    }

    fn take(&mut self, draft: usize, name: Located<String>, alias: bool) {
        let Located { value, place } = name;
        let Some(taken) = self.names.get(&*fold(&value)) else {
            self.names
                .insert(fold(&value).into_owned(), Taken { draft, place, alias });
            return;
        };
        let what = if taken.alias { "an alias" } else { "the name" };
        let owner = &self.all[taken.draft];
        let message = if taken.draft == draft {
            format!(
                "{} calls itself {} twice",
                quoted(&owner.definition.name.value),
                quoted(&value)
            )
        } else {
            let owner = quoted(&owner.definition.name.value);
            format!("{} is {what} of the command {owner} already", quoted(&value))
        };
        let mut diagnostic = Diagnostic::error(place, message).label("taken");
        if owner.builtin {
            let name = &owner.definition.name.value;
            diagnostic = diagnostic.help(format!(
                "that command is built in: choose another name, or add to its card under [commands.{name}]"
            ));
        } else {
            diagnostic = diagnostic
                .related(taken.place.clone(), "taken here")
                .help("rename one of them; upper and lower case make no difference");
        }
        self.problems.error(diagnostic);
    }

    fn enrich(&mut self, number: usize, more: Definition) {
        let name = self.all[number].definition.name.value.clone();
        if let Some(before) = &self.all[number].enriched {
            let message = format!("{} is there twice", quoted(&name));
            let diagnostic = Diagnostic::error(more.name.place, message).related(before.clone(), "first here");
            self.problems
                .error(diagnostic.help("put what you add to its card in one place"));
            return;
        }
        let changes = [
            more.action.as_ref().map(|action| (&action.place, "action")),
            more.params.as_ref().map(|params| (&params.place, "params")),
            more.role.as_ref().map(|role| (&role.place, "roles")),
        ];
        for (place, what) in changes.into_iter().flatten() {
            let message = format!("`{name}` is built in: a file can add to its card, not change its {what}");
            let help = "take this out, or choose another name for a command of your own";
            self.problems
                .error(Diagnostic::error(place.clone(), message).help(help));
        }
        let aliases = more.aliases.clone();
        let draft = &mut self.all[number];
        draft.enriched = Some(more.name.place);
        let own = &mut draft.definition;
        own.summary = more.summary.or(own.summary.take());
        own.examples = more.examples.or(own.examples.take());
        own.see_also = more.see_also.or(own.see_also.take());
        own.image = more.image.or(own.image.take());
        own.group = more.group.or(own.group.take());
        own.aliases.extend(more.aliases);
        for alias in aliases {
            self.take(number, alias, true);
        }
    }
}
