//! Makes commands of the functions of plugins: each by its full name, and those that files bind to names of their own.
//!
//! A definition with nothing but `plugin`, `roles`, `timeout` and `confirm` is a *binding*. A binding to a name that
//! nobody has makes a command, which shows what the plugin says. A binding to the name of a card gives that card an
//! action: it goes on showing what it says itself, takes what the function takes, and is for whom both are for unless the
//! binding says. A binding to anything else is an error. In which file or order they stand makes no difference.
//!
//! Bindings are made after all other definitions of all files, so a file that comes with a plugin can give the default
//! cards their actions.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::draft::Drafts;
use crate::Role;
use crate::command::{Bound, DefinedAction, DefinedFunction, Definition, Example, Function};
use crate::diagnostic::{Diagnostic, Doubt, Problems, listed, nearest_word, quoted};
use crate::document::Located;
use crate::name::fold;
use crate::plugin::{KnownPlugin, Offer, PluginState};

impl KnownPlugin {
    /// Whether a function is meant of this plugin, which isn't there and needn't be.
    fn is_absent(&self, bound: &Bound) -> bool {
        let plugin = bound.function.value.split_once('.').map(|(plugin, _)| fold(plugin));
        matches!(self.state, PluginState::Absent) && plugin == Some(fold(&self.name))
    }
}

/// What a definition's `plugin` leads to.
enum Target<'k> {
    Function(&'k KnownPlugin, &'k Offer, &'k Definition),
    /// The plugin isn't there, and needn't be.
    Absent,
    /// There is none, which has been reported.
    Wrong,
}

/// Adds a command for each function by its full name, unless another has taken that, which has been reported.
pub(crate) fn add_functions(drafts: &mut Drafts, known: &[KnownPlugin], groups: &BTreeSet<&str>, problems: &Problems) {
    for known in known {
        let PluginState::There(offer) = &known.state else {
            continue;
        };
        for function in &offer.functions {
            let name = format!("{}.{}", known.name, function.name.value);
            if drafts.named(&name).is_some() {
                continue;
            }
            let mut definition = Definition {
                name: Located {
                    value: name,
                    place: function.name.place.clone(),
                },
                heading: function.heading.clone(),
                aliases: Vec::new(),
                group: group(function, groups, problems),
                summary: None,
                has_summary: true,
                examples: None,
                see_also: None,
                image: None,
                params: None,
                completing: Vec::new(),
                role: None,
                action: None,
                is_card: false,
                is_binding: false,
            };
            fill(&mut definition, None, known, offer, function);
            drafts.add_function(definition);
        }
    }
}

/// A function's group, if there is one of that name. What a plugin is listed under is not a reason to do without it.
fn group(function: &Definition, groups: &BTreeSet<&str>, problems: &Problems) -> Option<Located<String>> {
    let group = function.group.as_ref()?;
    if groups.contains(group.value.as_str()) {
        return Some(group.clone());
    }
    let message = format!("there is no group {}", quoted(&group.value));
    let diagnostic = Diagnostic::warning(group.place.clone(), message);
    let help = "the function is listed with all that have none";
    problems.warning(Doubt::NoPlugin, diagnostic.help(help));
    None
}

/// Whether a definition says too little about itself to be anything without its plugin, which isn't there and needn't be.
pub(crate) fn is_left_out(definition: &Definition, known: &[KnownPlugin], problems: &Problems) -> bool {
    let Some(Located {
        value: DefinedAction::Bound(bound),
        ..
    }) = &definition.action
    else {
        return false;
    };
    let left_out = !definition.has_summary && known.iter().any(|known| known.is_absent(bound));
    if left_out {
        warn_absent(definition, "it is left out", problems);
    }
    left_out
}

/// Adds the bindings, and gives every command that is bound to a function its action.
pub(crate) fn bind(drafts: &mut Drafts, bindings: Vec<Definition>, known: &[KnownPlugin], problems: &Problems) {
    for binding in bindings {
        let target = match &binding.action {
            Some(Located {
                value: DefinedAction::Bound(bound),
                ..
            }) => find(bound, known, problems),
            // It was not the name of a function, which has been reported.
            _ => Target::Wrong,
        };
        match target {
            Target::Function(..) => drafts.add_binding(binding),
            Target::Absent => {
                let is_there = drafts.named(&binding.name.value).is_some();
                warn_absent(
                    &binding,
                    if is_there { "it stays a card" } else { "it is left out" },
                    problems,
                );
            }
            Target::Wrong => {}
        }
    }
    for draft in &mut drafts.all {
        let Some(action) = draft
            .definition
            .action
            .take_if(|action| matches!(action.value, DefinedAction::Bound(_)))
        else {
            continue;
        };
        let DefinedAction::Bound(bound) = action.value else {
            continue;
        };
        match find(&bound, known, problems) {
            Target::Function(known, offer, function) => {
                let role = draft.role_of_card.take();
                fill(&mut draft.definition, Some((bound, role)), known, offer, function);
            }
            Target::Absent => {
                warn_absent(&draft.definition, "it is a card until then", problems);
                draft.definition.is_card = true;
            }
            Target::Wrong => {}
        }
    }
}

fn find<'k>(bound: &Bound, all: &'k [KnownPlugin], problems: &Problems) -> Target<'k> {
    let written = &bound.function;
    let report = |message: String, help: String| {
        let diagnostic = Diagnostic::error(written.place.clone(), message);
        problems.error(diagnostic.help(help));
        Target::Wrong
    };
    let did_you_mean = |near: String| format!("did you mean \"{near}\"?");
    let Some((plugin, function)) = written.value.split_once('.') else {
        let message = format!("{} is not a function of a plugin", quoted(&written.value));
        return report(message, "write plugin = \"PLUGIN.FUNCTION\"".to_owned());
    };
    let Some(known) = all.iter().find(|known| fold(&known.name) == fold(plugin)) else {
        let message = format!("there is no plugin {}", quoted(plugin));
        let help = match nearest_word(plugin, all.iter().map(|known| known.name.as_str())) {
            Some(near) => did_you_mean(format!("{near}.{function}")),
            None => format!("name it: [plugins.{plugin}] with a `path`"),
        };
        return report(message, help);
    };
    let offer = match &known.state {
        PluginState::There(offer) => offer,
        PluginState::Absent => return Target::Absent,
        PluginState::Wrong => return Target::Wrong,
    };
    let named = |one: &&Definition| fold(&one.name.value) == fold(function);
    if let Some(found) = offer.functions.iter().find(named) {
        return Target::Function(known, offer, found);
    }
    let message = format!(
        "the plugin {} has no function {}",
        quoted(&known.name),
        quoted(function)
    );
    let all: Vec<&str> = offer.functions.iter().map(|one| one.name.value.as_str()).collect();
    match nearest_word(function, all.iter().copied()) {
        Some(near) => report(message, did_you_mean(format!("{}.{near}", known.name))),
        None => report(message, format!("it has {}", listed(&all, "and"))),
    }
}

fn warn_absent(definition: &Definition, what: &str, problems: &Problems) {
    let name = &definition.name;
    let message = format!("{} calls a plugin that isn't loaded: {what}", quoted(&name.value));
    problems.warning(Doubt::NoPlugin, Diagnostic::warning(name.place.clone(), message));
}

/// Gives a definition what it doesn't say itself, and the function as its action. `own` is how it is bound, and the role of
/// the card that it was.
fn fill(
    own: &mut Definition,
    bound: Option<(Bound, Option<Located<Role>>)>,
    known: &KnownPlugin,
    offer: &Offer,
    function: &Definition,
) {
    let Some(Located {
        value: DefinedAction::Function(defined),
        place,
    }) = &function.action
    else {
        return;
    };
    let (bound, role_of_card) = bound.unzip();
    let name = &own.name.value;
    if own.summary.is_none() {
        own.summary.clone_from(&function.summary);
    }
    if own.examples.is_none() {
        let examples = function.examples.iter().flatten();
        own.examples = Some(
            examples
                .map(|example| renamed(example, &function.name.value, name))
                .collect(),
        );
    }
    if own.see_also.is_none() {
        let others = function.see_also.iter().flatten();
        own.see_also = Some(others.map(|other| sibling(other, known, offer)).collect());
    }
    own.params.clone_from(&function.params);
    own.completing.clear();
    if own.role.is_none() {
        let role_of_card = role_of_card.flatten();
        let roles = [known.role.as_ref(), function.role.as_ref(), role_of_card.as_ref()];
        own.role = strictest(roles, known.role.is_none());
    }
    own.action = Some(Located {
        value: DefinedAction::Plugin(Box::new(action(defined, bound, offer, &function.name.value))),
        place: place.clone(),
    });
}

fn action(defined: &DefinedFunction, bound: Option<Bound>, offer: &Offer, name: &str) -> Function {
    let (timeout, confirm) = bound.map_or((None, None), |bound| (bound.timeout, bound.confirm));
    Function {
        plugin: Arc::clone(&offer.plugin),
        name: name.to_owned(),
        timeout: timeout.or(defined.timeout).unwrap_or(offer.plugin.settings().timeout),
        nonblocking: defined.nonblocking,
        read_only: defined.read_only,
        confirm: confirm.or_else(|| defined.confirm.clone()),
    }
}

/// The highest of the roles that somebody asks for. `usual` says that the admin's file asks for none, which means
/// operators: nobody else can ask for less.
fn strictest(roles: [Option<&Located<Role>>; 3], usual: bool) -> Option<Located<Role>> {
    let strictest = roles.into_iter().flatten().max_by_key(|role| role.value)?;
    (!usual || strictest.value > Role::Operator).then(|| strictest.clone())
}

/// An example by the name that the command has here.
fn renamed(example: &Located<Example>, from: &str, to: &str) -> Located<Example> {
    let mut example = example.clone();
    let run = &example.value.run;
    if let Some(rest) = run.strip_prefix(from)
        && (rest.is_empty() || rest.starts_with(' '))
    {
        example.value.run = format!("{to}{rest}");
    }
    example
}

/// Another function of the same plugin by its full name here; any other name as it is.
fn sibling(other: &Located<String>, known: &KnownPlugin, offer: &Offer) -> Located<String> {
    let is_own = offer.functions.iter().any(|one| one.name.value == other.value);
    let mut other = other.clone();
    if is_own {
        other.value = format!("{}.{}", known.name, other.value);
    }
    other
}
