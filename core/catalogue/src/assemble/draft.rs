//! Collects the definitions of all files: which belong to one command, and which collide.

use std::collections::HashMap;

use crate::Role;
use crate::command::{DefinedAction, Definition};
use crate::diagnostic::{Diagnostic, Problems, SourceSpan, quoted};
use crate::document::Located;
use crate::name::fold;
use crate::param::Param;

/// A command in the making.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) definition: Definition,
    pub(crate) builtin: bool,
    /// Where a file adds to a built-in.
    enriched: Option<SourceSpan>,
    /// The role of the card that has been bound to a function of a plugin, if the binding names none.
    pub(crate) role_of_card: Option<Located<Role>>,
}

impl Draft {
    fn new(definition: Definition, builtin: bool) -> Self {
        Draft {
            definition,
            builtin,
            enriched: None,
            role_of_card: None,
        }
    }

    /// The name and the aliases, each with its place.
    pub(crate) fn names(&self) -> impl Iterator<Item = &Located<String>> {
        std::iter::once(&self.definition.name).chain(&self.definition.aliases)
    }

    /// The params that it declares. A lookup that declares none takes one all the same.
    pub(crate) fn params(&self) -> &[Param] {
        let declared = self.definition.params.as_ref();
        declared.map_or(&[], |params| &params.value)
    }

    /// Where it says that it takes arguments, if it does.
    pub(crate) fn takes_arguments(&self) -> Option<&SourceSpan> {
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
pub(crate) struct Drafts<'p> {
    pub(crate) all: Vec<Draft>,
    names: HashMap<Box<str>, Taken>,
    problems: &'p Problems,
}

/// Whose a name is: the draft's number, and which of its names, 0 being the command's own and all others aliases.
#[derive(Debug, Clone, Copy)]
struct Taken {
    draft: usize,
    name: usize,
}

impl<'p> Drafts<'p> {
    pub(crate) fn new(problems: &'p Problems) -> Self {
        Drafts {
            all: Vec::new(),
            names: HashMap::new(),
            problems,
        }
    }

    /// The draft of this name or alias.
    pub(crate) fn named(&self, name: &str) -> Option<&Draft> {
        self.all.get(self.number(name)?)
    }

    /// The position in [`Drafts::all`] of the draft of this name or alias.
    pub(crate) fn number(&self, name: &str) -> Option<usize> {
        Some(self.names.get(&*fold(name))?.draft)
    }

    pub(crate) fn add_builtin(&mut self, definition: Definition) {
        self.add(Draft::new(definition, true));
    }

    /// Adds a definition of the admin's: a command of its own, or more about a built-in.
    pub(crate) fn add_own(&mut self, definition: Definition) {
        let taken = self.names.get(&*fold(&definition.name.value));
        let builtin = taken.filter(|taken| taken.name == 0 && self.all[taken.draft].builtin);
        match builtin.map(|taken| taken.draft) {
            Some(draft) => self.enrich(draft, definition),
            None => self.add(Draft::new(definition, false)),
        }
    }

    /// Adds a function of a plugin by its full name.
    pub(crate) fn add_function(&mut self, definition: Definition) {
        self.add(Draft::new(definition, false));
    }

    /// Adds a definition that only binds its name to a function of a plugin: a command of its own, or the action of a card.
    pub(crate) fn add_binding(&mut self, binding: Definition) {
        let taken = self.names.get(&*fold(&binding.name.value)).copied();
        let owner = taken.filter(|taken| taken.name == 0).map(|taken| taken.draft);
        match owner {
            Some(draft) if self.all[draft].builtin => self.enrich(draft, binding),
            Some(draft) => self.give_action(draft, binding),
            // Free, or an alias: then that is told.
            None => self.add(Draft::new(binding, false)),
        }
    }

    fn give_action(&mut self, number: usize, binding: Definition) {
        let draft = &mut self.all[number];
        let own = &mut draft.definition;
        if !own.is_card {
            let message = format!("{} has an action already, and cannot be bound", quoted(&own.name.value));
            let diagnostic = Diagnostic::error(binding.name.place, message).label("bound here");
            let diagnostic = diagnostic.related(own.name.place.clone(), "its action is here");
            self.problems
                .error(diagnostic.help("only a card can be given one: rename one of the two"));
            return;
        }
        own.is_card = false;
        own.action = binding.action;
        match binding.role {
            Some(role) => own.role = Some(role),
            None => draft.role_of_card = own.role.take(),
        }
    }

    fn add(&mut self, draft: Draft) {
        let number = self.all.len();
        let names = draft.names().count();
        self.all.push(draft);
        for name in 0..names {
            self.take(Taken { draft: number, name });
        }
    }

    fn name(&self, taken: Taken) -> Option<&Located<String>> {
        self.all.get(taken.draft)?.names().nth(taken.name)
    }

    fn take(&mut self, new: Taken) {
        let Some(name) = self.name(new) else {
            return;
        };
        let folded = fold(&name.value);
        if let Some(before) = self.names.get(&*folded) {
            self.problems.error(self.taken(name, new, *before));
            return;
        }
        let folded = Box::from(folded);
        self.names.insert(folded, new);
    }

    fn taken(&self, name: &Located<String>, new: Taken, before: Taken) -> Diagnostic {
        let owner = &self.all[before.draft];
        let owner_name = quoted(&owner.definition.name.value);
        let taken = quoted(&name.value);
        let what = if before.name == 0 { "the name" } else { "an alias" };
        let message = if before.draft == new.draft {
            format!("{owner_name} calls itself {taken} twice")
        } else {
            format!("{taken} is {what} of the command {owner_name} already")
        };
        let diagnostic = Diagnostic::error(name.place.clone(), message).label("taken");
        let related = self.name(before).filter(|_| !owner.builtin);
        match related {
            Some(related) => diagnostic
                .related(related.place.clone(), "taken here")
                .help("rename one of them; upper and lower case make no difference"),
            None => diagnostic.help(format!(
                "that command is built in: choose another name, or add to its card under [commands.{}]",
                owner.definition.name.value
            )),
        }
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
        let draft = &mut self.all[number];
        draft.enriched = Some(more.name.place);
        let own = &mut draft.definition;
        own.summary = more.summary.or(own.summary.take());
        own.examples = more.examples.or(own.examples.take());
        own.see_also = more.see_also.or(own.see_also.take());
        own.image = more.image.or(own.image.take());
        own.group = more.group.or(own.group.take());
        let first = 1 + own.aliases.len();
        own.aliases.extend(more.aliases);
        for name in first..=own.aliases.len() {
            self.take(Taken { draft: number, name });
        }
    }
}
