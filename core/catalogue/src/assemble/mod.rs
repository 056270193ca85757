//! Makes a catalogue of what all files say, once it is known to fit together.

mod bind;
mod check;
mod draft;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use self::draft::{Draft, Drafts};
use crate::command::{Action, Builtin, Command, DefinedAction, DefinedAt, Lookup};
use crate::diagnostic::{Broken, Diagnostic, Problems, SourceSpan};
use crate::export::Exports;
use crate::group::{DEFAULT_GROUP, Groups};
use crate::image::ImageFile;
use crate::load::Files;
use crate::name::{Candidates, Names, fold};
use crate::param::Param;
use crate::plugin::{KnownPlugin, PluginState};
use crate::settings::Settings;
use crate::text::{Languages, MOST_LANGUAGES};
use crate::{Catalogue, Loaded, Role};
use caracola_speech::{Language, Text};

/// Checks everything, and makes the catalogue if nothing is wrong. `language` is the server's, when that isn't the file's
/// to say.
pub(crate) fn catalogue(mut files: Files, language: Option<Language>, problems: Problems) -> Result<Loaded, Broken> {
    let mut drafts = Drafts::new(&problems);
    let mut groups = Groups::builtin(files.builtins.groups);
    for definition in files.builtins.definitions {
        drafts.add_builtin(definition);
    }
    let mut settings = std::mem::take(&mut files.main.settings);
    if let Some(language) = language {
        settings.server.language = language;
    }
    let plugins = files.plugins;
    let mut bindings = Vec::new();
    for contents in std::iter::once(files.main).chain(files.included) {
        groups.add(contents.groups, &problems);
        for definition in contents.definitions {
            if definition.is_binding {
                bindings.push(definition);
            } else if !bind::is_left_out(&definition, &plugins, &problems) {
                drafts.add_own(definition);
            }
        }
    }
    check::plugin_functions(&drafts, &plugins, &problems);
    for known in &plugins {
        if let PluginState::There(offer) = &known.state {
            groups.offer(&offer.groups);
        }
    }
    bind::add_functions(&mut drafts, &plugins, &groups.names(), &problems);
    bind::bind(&mut drafts, bindings, &plugins, &problems);
    check::all(&drafts, &groups.names(), &problems);
    check::guests(&drafts, settings.access, &problems);
    let roles = see_also_roles(&drafts);
    let drafts = drafts.all;
    let mut images = files.images;
    let found: Vec<Option<Arc<ImageFile>>> = drafts
        .iter()
        .map(|draft| images.image(draft.definition.image.as_ref()?, &problems))
        .collect();
    let languages = languages(&drafts, &groups, &settings, &problems, &files.names);
    let (passing, images) = (problems.is_passing(), problems.images());
    let warnings = problems.finish(&files.names)?;
    let made = drafts.into_iter().zip(found).zip(roles);
    let commands = made
        .map(|((draft, image), see_also)| command(draft, image, see_also, &languages))
        .collect();
    Ok(Loaded {
        catalogue: indexed(commands, groups, settings, languages, plugins),
        warnings,
        passing,
        images,
        is_empty: false,
    })
}

/// For each draft, which other commands its card names: those that exist, and that everyone who sees it may see.
fn see_also_roles(drafts: &Drafts) -> Vec<Vec<String>> {
    let of = |draft: &Draft| {
        let role = check::role(draft);
        let others = draft.definition.see_also.iter().flatten();
        let seen = others.filter(|other| {
            let found = drafts.named(&other.value);
            found.is_some_and(|found| check::role(found) <= role)
        });
        seen.map(|other| other.value.clone()).collect()
    };
    drafts.all.iter().map(of).collect()
}

/// All languages that something is given in.
fn languages(
    drafts: &[Draft],
    groups: &Groups,
    settings: &Settings,
    problems: &Problems,
    files: &[String],
) -> Arc<Languages> {
    let texts = drafts.iter().flat_map(texts);
    let texts = texts.chain(groups.titles()).chain([&settings.server.welcome]);
    let mut all: Vec<&Language> = Vec::new();
    for language in texts.flat_map(Text::languages) {
        if all.len() <= MOST_LANGUAGES && !all.contains(&language) {
            all.push(language);
        }
    }
    let languages = Languages::new(all.iter().copied().cloned(), settings.server.language.clone());
    if all.iter().any(|language| !languages.tags().contains(language)) {
        let message = format!("texts are given in more than {MOST_LANGUAGES} languages");
        let file = files.last().map_or("", String::as_str);
        problems.error(Diagnostic::about_file(file, message).help("leave some out"));
    }
    Arc::new(languages)
}

/// The texts of a command.
fn texts(draft: &Draft) -> impl Iterator<Item = &Text> {
    let definition = &draft.definition;
    let examples = definition.examples.iter().flatten().map(|example| &example.value.about);
    let choices = draft.params().iter();
    let choices = choices.flat_map(|param| param.choices.iter().chain(&param.suggest));
    let params = draft.params().iter().filter_map(|param| param.help.as_ref());
    let (own, entries) = match definition.action.as_ref().map(|action| &action.value) {
        Some(DefinedAction::Reply(text)) => (Some(text), [].as_slice()),
        Some(DefinedAction::Lookup(entries)) => (None, entries.as_slice()),
        Some(DefinedAction::Exec(exec)) => (exec.confirm.as_ref(), [].as_slice()),
        Some(DefinedAction::Plugin(function)) => (function.confirm.as_ref(), [].as_slice()),
        Some(DefinedAction::Bound(_) | DefinedAction::Function(_)) | None => (None, [].as_slice()),
    };
    definition
        .summary
        .iter()
        .chain(examples)
        .chain(params)
        .chain(choices.filter_map(|choice| choice.about.as_ref()))
        .chain(own)
        .chain(entries.iter().map(|(_, text)| text))
}

fn command(draft: Draft, image: Option<Arc<ImageFile>>, see_also: Vec<String>, languages: &Arc<Languages>) -> Command {
    let role: Role = check::role(&draft);
    let origin = origin(&draft, &draft.definition.heading);
    let role_origin = draft.definition.role.as_ref();
    let role_origin = role_origin.map(|role| self::origin(&draft, &role.place));
    let builtin = draft.builtin;
    let definition = draft.definition;
    let name = definition.name.value;
    let mut params = definition.params.map(|params| params.value).unwrap_or_default();
    let action = match definition.action.map(|action| action.value) {
        _ if builtin => Builtin::named(&name).map_or(Action::Card, Action::Builtin),
        // What is bound has been made a call, or wasn't there.
        None | Some(DefinedAction::Bound(_) | DefinedAction::Function(_)) => Action::Card,
        Some(DefinedAction::Plugin(function)) => Action::Plugin(function),
        Some(DefinedAction::Reply(text)) => Action::Reply(text),
        Some(DefinedAction::Lookup(entries)) => {
            if params.is_empty() {
                params.push(key_param(&entries));
            }
            Action::Lookup(Lookup::new(entries, languages))
        }
        Some(DefinedAction::Exec(exec)) => Action::Exec(exec),
    };
    let aliases = definition.aliases.into_iter().map(|alias| alias.value);
    let examples = definition.examples.unwrap_or_default().into_iter();
    Command {
        aliases: aliases.collect(),
        group: definition
            .group
            .map_or_else(|| DEFAULT_GROUP.to_owned(), |group| group.value),
        // There is one: its absence has been reported as an error.
        summary: definition.summary.unwrap_or_else(|| Text::plain("")),
        examples: examples.map(|example| example.value).collect(),
        see_also,
        params,
        image,
        action,
        role,
        role_origin,
        origin,
        rendered: (0..languages.count()).map(|_| OnceLock::new()).collect(),
        languages: Arc::clone(languages),
        name,
    }
}

fn origin(draft: &Draft, place: &SourceSpan) -> DefinedAt {
    if draft.builtin {
        return DefinedAt::BuiltIn;
    }
    DefinedAt::File {
        file: place.file().shared_name(),
        line: place.line(),
    }
}

/// What a lookup takes when its definition doesn't say: a key; the whole line where keys have several words.
fn key_param(entries: &[(String, Text)]) -> Param {
    Param {
        rest: entries.iter().any(|(key, _)| key.contains(' ')),
        allow_dash: true,
        ..Param::new("key")
    }
}

/// The number of the next catalogue.
static NUMBER: AtomicU64 = AtomicU64::new(1);

fn indexed(
    mut commands: Vec<Command>,
    groups: Groups,
    settings: Settings,
    languages: Arc<Languages>,
    plugins: Vec<KnownPlugin>,
) -> Catalogue {
    commands.sort_by(|one, other| fold(&one.name).cmp(&fold(&other.name)));
    let mut names = Names::default();
    for (number, command) in (0..).zip(&commands) {
        for name in command.names() {
            names.insert(name, number);
        }
    }
    let numbered = (0..).zip(&commands);
    let all_names = numbered.flat_map(|(number, command)| command.names().map(move |name| (name, number)));
    let images = commands.iter().filter_map(|command| command.image.as_ref());
    let images = images.map(|image| (image.hash.clone(), Arc::clone(image)));
    let used = commands.iter().map(|command| command.group.as_str()).collect();
    Catalogue {
        number: NUMBER.fetch_add(1, Ordering::Relaxed),
        nearby: Candidates::new(all_names),
        exports: Exports::new(&languages),
        images: images.collect::<HashMap<_, _>>(),
        groups: groups.used(&used),
        names,
        commands,
        settings,
        languages,
        plugin_settings: plugins.iter().filter_map(|known| known.settings.clone()).collect(),
        plugins: plugins.into_iter().filter_map(KnownPlugin::plugin).collect(),
    }
}
