//! What can be said about commands only when all of them are known.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use caracola_wire::line;

use super::draft::{Draft, Drafts};
use crate::Role;
use crate::command::DefinedAction;
use crate::diagnostic::{Diagnostic, Doubt, Problems, SourceSpan, nearest_word, quoted};
use crate::name;
use crate::name::fold;
use crate::param::{Param, ParamKind, declared};
use crate::plugin::KnownPlugin;
use crate::settings::Access;
use caracola_speech::Speech;

/// Reports everything that doesn't fit together. `groups` are the names of all groups.
pub(crate) fn all(drafts: &Drafts, groups: &BTreeSet<&str>, problems: &Problems) {
    for draft in &drafts.all {
        summary(draft, problems);
        lookup_param(draft, problems);
        beginnings(draft, drafts, problems);
        examples(draft, problems);
        see_also(draft, drafts, problems);
        completing(draft, drafts, problems);
        if !problems.has_syntax_errors() {
            group(draft, groups, problems);
        }
    }
    circles(drafts, problems);
}

/// A command's name must not look like a function of a plugin that the files name: it would hide it. Any other dot is
/// as good as any letter (`mkfs.ext4`, `python3.11`).
pub(crate) fn plugin_functions(drafts: &Drafts, plugins: &[KnownPlugin], problems: &Problems) {
    let places: HashMap<Cow<'_, str>, &SourceSpan> = plugins
        .iter()
        .map(|plugin| (fold(&plugin.name), &plugin.name_place))
        .collect();
    if places.is_empty() {
        return;
    }
    for name in drafts.all.iter().flat_map(Draft::names) {
        let Some((plugin, place)) = name::plugin(&name.value).and_then(|plugin| places.get_key_value(&plugin)) else {
            continue;
        };
        let message = format!("{} would hide a function of the plugin `{plugin}`", quoted(&name.value));
        let diagnostic = Diagnostic::error(name.place.clone(), message);
        let help = "rename the command or the plugin";
        problems.error(
            diagnostic
                .related((*place).clone(), "the plugin is named here")
                .help(help),
        );
    }
}

/// Reports programs that people may run without login. `allowed` says that the file means it.
pub(crate) fn guests(drafts: &Drafts, access: Access, problems: &Problems) {
    let told = access.guest && !access.guest_exec;
    for draft in drafts.all.iter().filter(|_| told) {
        let definition = &draft.definition;
        let action = definition.action.as_ref().map(|action| &action.value);
        let Some(place) = definition.role.as_ref().map(|role| &role.place) else {
            continue;
        };
        if matches!(action, Some(DefinedAction::Exec(_))) && role(draft) == Role::Guest {
            let message = format!("people without login may run {}", quoted(&definition.name.value));
            let diagnostic = Diagnostic::warning(place.clone(), message);
            let help = "a server that others can reach won't start so, unless `[access]` says guest_exec = true";
            problems.warning(Doubt::GuestExec, diagnostic.help(help));
        }
    }
}

/// What completes a param must change nothing, and be run without arguments.
fn completing(draft: &Draft, drafts: &Drafts, problems: &Problems) {
    for other in &draft.definition.completing {
        let error = |message: String, help: &str| {
            let diagnostic = Diagnostic::error(other.place.clone(), message);
            problems.error(diagnostic.help(help));
        };
        let Some(found) = drafts.named(&other.value) else {
            let message = format!("there is no command {} that could complete this", quoted(&other.value));
            let names = drafts.all.iter().flat_map(Draft::names).map(|name| name.value.as_str());
            match nearest_word(&other.value, names) {
                Some(near) => error(message, &format!("did you mean `{near}`?")),
                None => error(message, "name a command with `read_only = true`"),
            }
            continue;
        };
        if !changes_nothing(found) {
            let message = format!("{} cannot complete this: it may change something", quoted(&other.value));
            error(message, "completing runs it: it needs `exec` and `read_only = true`");
        } else if found.params().iter().any(|param| param.required) {
            let message = format!("{} cannot complete this: it needs arguments", quoted(&other.value));
            error(message, "completing runs it without any");
        } else if role(found) > role(draft) {
            let message = format!(
                "not everyone who may run {} may run {}, which completes this",
                quoted(&draft.definition.name.value),
                quoted(&other.value)
            );
            problems.warning(Doubt::NoCompletion, Diagnostic::warning(other.place.clone(), message));
        }
    }
}

fn changes_nothing(draft: &Draft) -> bool {
    match draft.definition.action.as_ref().map(|action| &action.value) {
        Some(DefinedAction::Exec(exec)) => exec.read_only,
        Some(DefinedAction::Plugin(function)) => function.read_only,
        Some(DefinedAction::Reply(_)) => true,
        Some(DefinedAction::Lookup(_) | DefinedAction::Bound(_) | DefinedAction::Function(_)) | None => false,
    }
}

/// Completing one command by another must come to an end. Follows each chain once, without recursion.
fn circles(drafts: &Drafts, problems: &Problems) {
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        Never,
        OnTheWay,
        Done,
    }
    let mut seen = vec![Seen::Never; drafts.all.len()];
    for start in 0..drafts.all.len() {
        let mut way: Vec<(usize, usize)> = vec![(start, 0)];
        while let Some((number, next)) = way.last_mut() {
            let number = *number;
            let Some(other) = drafts.all[number].definition.completing.get(*next) else {
                seen[number] = Seen::Done;
                way.pop();
                continue;
            };
            seen[number] = Seen::OnTheWay;
            *next += 1;
            let Some(found) = drafts.number(&other.value) else {
                continue;
            };
            match seen[found] {
                Seen::Never => way.push((found, 0)),
                Seen::Done => {}
                Seen::OnTheWay => {
                    let message = format!("completing by {} leads back to this command", quoted(&other.value));
                    let diagnostic = Diagnostic::error(other.place.clone(), message);
                    problems.error(diagnostic.help("take one `complete` of the circle out"));
                }
            }
        }
    }
}

fn summary(draft: &Draft, problems: &Problems) {
    let definition = &draft.definition;
    // One whose text was wrong has been reported where it stands, and has the key.
    if definition.summary.is_none() && !definition.has_summary {
        let message = format!("{} has no `summary`", quoted(&definition.name.value));
        let diagnostic = Diagnostic::error(definition.heading.clone(), message).label("needs `summary`");
        problems.error(diagnostic.help("add summary = \"...\": one line on what the command is for"));
    }
}

fn lookup_param(draft: &Draft, problems: &Problems) {
    let definition = &draft.definition;
    let is_lookup = definition
        .action
        .as_ref()
        .is_some_and(|action| matches!(action.value, DefinedAction::Lookup(_)));
    let Some(params) = definition.params.as_ref().filter(|_| is_lookup) else {
        return;
    };
    let help = "declare one that is required or has a default, or leave `params` out";
    match params.value.as_slice() {
        [param] if param.list || !(param.required || param.default.is_some()) => {
            let message = format!(
                "a lookup needs exactly one key, and `{}` may be none or several",
                param.name
            );
            problems.error(Diagnostic::error(params.place.clone(), message).help(help));
        }
        [_] => {}
        others => {
            let message = format!("a lookup has one param, the key to look up, not {}", others.len());
            problems.error(Diagnostic::error(params.place.clone(), message).help(help));
        }
    }
}

/// A value must never choose the command: where the name of one begins another's, it takes no arguments.
fn beginnings(longer: &Draft, drafts: &Drafts, problems: &Problems) {
    for name in longer.names() {
        let ends = name.value.match_indices(' ').map(|(end, _)| end);
        for shorter in ends.filter_map(|end| drafts.named(&name.value[..end])) {
            let Some(place) = shorter.takes_arguments() else {
                continue;
            };
            let begins = quoted(&shorter.definition.name.value);
            let message = format!(
                "{} begins with {begins}, which takes arguments: one of them could choose the command",
                quoted(&name.value)
            );
            let diagnostic = Diagnostic::error(name.place.clone(), message);
            problems.error(if shorter.builtin {
                diagnostic.help("choose another name: that command is built in")
            } else {
                diagnostic
                    .related(place.clone(), format!("{begins} takes arguments here"))
                    .help("rename one of the two, or take the params away")
            });
        }
    }
}

fn examples(draft: &Draft, problems: &Problems) {
    let definition = &draft.definition;
    let examples = definition.examples.as_deref().unwrap_or_default();
    if examples.is_empty() && definition.examples.is_none() && definition.is_card && !draft.builtin {
        let message = format!("the card {} has no example", quoted(&definition.name.value));
        let diagnostic = Diagnostic::warning(definition.heading.clone(), message);
        let help = "add examples = [{ run = \"...\", about = \"...\" }]";
        problems.warning(Doubt::NoExample, diagnostic.help(help));
    }
    for example in examples {
        let run = fold(&example.value.run);
        let (fits, what) = if definition.is_card {
            (mentions as fn(&str, &str) -> bool, "doesn't have its name in it")
        } else {
            (begins as fn(&str, &str) -> bool, "doesn't begin with its name")
        };
        if !draft.names().any(|name| fits(&run, &fold(&name.value))) {
            let name = &definition.name.value;
            let message = format!("this example of {} {what}", quoted(name));
            let diagnostic = Diagnostic::warning(example.place.clone(), message);
            let help = format!("an example is a line to type, such as \"{name}\" with arguments");
            problems.warning(Doubt::ExampleOfAnother, diagnostic.help(help));
        } else if let Some(why) = refusal(draft, &example.value.run) {
            let message = format!("whoever types this example is refused: {why}");
            problems.warning(
                Doubt::ExampleRefused,
                Diagnostic::warning(example.place.clone(), message),
            );
        }
    }
}

/// Whether a line is one that runs the command of that name.
fn begins(line: &str, name: &str) -> bool {
    let rest = line.strip_prefix(name);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

/// Whether a name is somewhere in a line, as on cards of real commands: `sudo apt-get update`, `ls | sort`, `!string`. A
/// name of letters must stand there as a word.
fn mentions(line: &str, name: &str) -> bool {
    let is_of_word = |character: char| character.is_alphanumeric() || matches!(character, '-' | '_' | '.');
    let has_letters = name.contains(char::is_alphanumeric);
    line.match_indices(name).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        let after = line[start + name.len()..].chars().next();
        !has_letters || ![before, after].into_iter().flatten().any(is_of_word)
    })
}

/// Why a line that begins with a command's name is not what the command takes. A card takes anything; what files there are
/// doesn't count, since it changes.
fn refusal(draft: &Draft, line: &str) -> Option<String> {
    let action = draft.definition.action.as_ref().map(|action| &action.value);
    if !matches!(
        action,
        Some(DefinedAction::Exec(_) | DefinedAction::Reply(_) | DefinedAction::Plugin(_))
    ) {
        return None;
    }
    let typed = line::words(line);
    let count = |name: &str| name.split(' ').count();
    let is_first = |name: &&str| {
        let words: Vec<&str> = typed.iter().take(count(name)).map(|word| word.text.as_str()).collect();
        fold(&words.join(" ")) == fold(name)
    };
    let names = draft.names().map(|name| name.value.as_str());
    let Some(name) = names.filter(is_first).max_by_key(|name| count(name)) else {
        return line::arguments_of::<Param>(line, 0, &[])
            .err()
            .map(|error| error.to_string());
    };
    let words = match line::arguments_of(line, count(name), draft.params()) {
        Ok(words) => words,
        Err(error) => return Some(error.to_string()),
    };
    let words: Vec<&str> = words.iter().skip(count(name)).map(String::as_str).collect();
    let mut params = draft.params().to_vec();
    for param in &mut params {
        if param.path.take().is_some() {
            param.kind = ParamKind::String;
        }
        // A card is not the place for a secret: a shell asks for one that isn't typed, unseen.
        param.required &= param.kind != ParamKind::Secret;
    }
    let refused = declared(&params, &words).err()?;
    Some(refused.sentence(name, Speech::English))
}

fn see_also(draft: &Draft, drafts: &Drafts, problems: &Problems) {
    let own_role = role(draft);
    for other in draft.definition.see_also.iter().flatten() {
        let Some(found) = drafts.named(&other.value) else {
            let message = format!("there is no command {} to see also", quoted(&other.value));
            let mut diagnostic = Diagnostic::warning(other.place.clone(), message);
            let mut names = drafts.all.iter().flat_map(Draft::names);
            let names = std::iter::from_fn(|| names.next().map(|name| name.value.as_str()));
            if problems.tells(Doubt::SeeAlsoNothing)
                && let Some(near) = nearest_word(&other.value, names)
            {
                diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
            }
            problems.warning(Doubt::SeeAlsoNothing, diagnostic);
            continue;
        };
        if role(found) > own_role {
            let message = format!(
                "not everyone who may see {} may see {}, so its card won't name it",
                quoted(&draft.definition.name.value),
                quoted(&other.value)
            );
            problems.warning(Doubt::NotSeen, Diagnostic::warning(other.place.clone(), message));
        }
    }
}

fn group(draft: &Draft, groups: &BTreeSet<&str>, problems: &Problems) {
    let Some(group) = &draft.definition.group else {
        return;
    };
    if groups.contains(group.value.as_str()) {
        return;
    }
    let message = format!("there is no group {}", quoted(&group.value));
    let diagnostic = Diagnostic::error(group.place.clone(), message).label("unknown group");
    let help = match nearest_word(&group.value, groups.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "define it: [groups.NAME] with a title".to_owned(),
    };
    problems.error(diagnostic.help(help));
}

/// The least role that may see the command. If the file doesn't say: operators for a program and a plugin, everyone for the rest.
pub(crate) fn role(draft: &Draft) -> Role {
    let definition = &draft.definition;
    let usual = match definition.action.as_ref().map(|action| &action.value) {
        Some(DefinedAction::Exec(_) | DefinedAction::Plugin(_) | DefinedAction::Function(_)) => Role::Operator,
        // What is bound to a plugin that isn't there is a card.
        Some(DefinedAction::Reply(_) | DefinedAction::Lookup(_) | DefinedAction::Bound(_)) | None => Role::Guest,
    };
    definition.role.as_ref().map_or(usual, |role| role.value)
}
