//! help: what there is, one card, one group, or what has certain words in it.

use std::fmt::Write as _;

use caracola_wire::{Reply, Table};

use crate::access::{self, authorize};
use crate::actions::Call;
use crate::catalogue::{Action, Command, Group};
use crate::error::Error;
use crate::language::Speech;
use crate::phrases;

/// Commands that a search shows at most; more are counted.
const FOUND: usize = 50;

pub(super) fn help(call: &mut Call<'_>) -> Result<Reply, Error> {
    let Some(topic) = call.arguments.get(0) else {
        return Ok(Reply::Text(everything(call)));
    };
    let topic = topic.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some(command) = call.catalogue.command(&topic).filter(|command| visible(call, command)) {
        return Ok(Reply::Card(command.card(call.caller.language_id).clone()));
    }
    let group = call
        .catalogue
        .groups()
        .iter()
        .find(|group| is_group(call, group, &topic));
    if let Some(group) = group {
        let commands: Vec<_> = of_group(call, group).collect();
        if !commands.is_empty() {
            return Ok(Reply::Table(listing(call, &commands, None)));
        }
    }
    let found = call
        .catalogue
        .search(&topic, call.caller.language_id, |command| visible(call, command));
    if !found.is_empty() {
        let more = found.len().saturating_sub(FOUND);
        let note = (more > 0).then(|| {
            call.caller
                .speech
                .say(format!("... and {more} more"), format!("... y {more} más"))
        });
        return Ok(Reply::Table(listing(call, &found[..found.len().min(FOUND)], note)));
    }
    let nearest = call.catalogue.nearest(&topic, |command| visible(call, command));
    if nearest.is_empty() {
        return Err(Error::NothingFound {
            words: super::talk::short(&topic),
        });
    }
    Err(Error::UnknownCommand {
        typed: super::talk::short(&topic),
        nearest: nearest.into_iter().map(str::to_owned).collect(),
    })
}

fn visible(call: &Call<'_>, command: &Command) -> bool {
    authorize(&call.caller.user, command, access::Verb::Help).is_ok()
}

fn is_group(call: &Call<'_>, group: &Group, topic: &str) -> bool {
    group.name.eq_ignore_ascii_case(topic) || title(call, group).to_lowercase() == topic.to_lowercase()
}

fn title<'c>(call: &Call<'c>, group: &'c Group) -> &'c str {
    call.catalogue.text(&group.title, call.caller.language_id)
}

fn of_group<'c>(call: &Call<'c>, group: &'c Group) -> impl Iterator<Item = &'c Command> {
    let user = call.caller.user.clone();
    call.catalogue
        .commands()
        .iter()
        .filter(move |command| command.group == group.name)
        .filter(move |command| authorize(&user, command, access::Verb::See).is_ok())
}

fn listing(call: &Call<'_>, commands: &[&Command], note: Option<String>) -> Table {
    let speech = call.caller.speech;
    Table {
        columns: super::talk::columns(&speech.say(["Command", "What it does"], ["Comando", "Qué hace"])),
        rows: commands
            .iter()
            .map(|command| {
                let summary = &command.card(call.caller.language_id).summary;
                vec![command.name.clone(), summary.clone()]
            })
            .collect(),
        note,
    }
}

/// All commands by group: the server's own first, then cards and the rest.
fn everything(call: &Call<'_>) -> String {
    let speech = call.caller.speech;
    let mut text = String::new();
    let own = |command: &Command| matches!(command.action, Action::Builtin(_));
    section(call, &phrases::own_commands(speech), own, &mut text);
    section(
        call,
        &phrases::other_commands(speech),
        |command| !own(command),
        &mut text,
    );
    text + "\n" + &phrases::help_hint(speech)
}

fn section(call: &Call<'_>, heading: &str, wanted: impl Fn(&Command) -> bool, text: &mut String) {
    let mut groups = Vec::new();
    for group in call.catalogue.groups() {
        let commands: Vec<_> = of_group(call, group).filter(|command| wanted(command)).collect();
        if !commands.is_empty() {
            groups.push((title(call, group), commands));
        }
    }
    if groups.is_empty() {
        return;
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(heading);
    text.push('\n');
    for (title, commands) in groups {
        text.push_str(&group_lines(call, title, &commands));
    }
}

/// A group with up to this many commands shows each with its summary; a larger one shows names alone.
const WITH_SUMMARIES: usize = 40;
/// Columns for names before summaries begin.
const NAMES: usize = 14;

fn group_lines(call: &Call<'_>, title: &str, commands: &[&Command]) -> String {
    let mut lines = format!("\n{title}\n");
    for command in commands.iter().take(WITH_SUMMARIES) {
        let summary = &command.card(call.caller.language_id).summary;
        // Writing to a String can't fail.
        let _ = writeln!(lines, "  {:NAMES$} {summary}", shown_name(command, call.caller.speech));
    }
    if let Some(more) = commands.len().checked_sub(WITH_SUMMARIES).filter(|more| *more > 0) {
        lines.push_str(&call.caller.speech.say(
            format!("  ... and {more} more: help {title}\n"),
            format!("  ... y {more} más: ayuda {title}\n"),
        ));
    }
    lines
}

/// The name by which a reader of that language knows a command: a Spanish speaker sees `ayuda` beside `help`.
fn shown_name(command: &Command, speech: Speech) -> String {
    let alias = match (speech, &command.action) {
        (Speech::Spanish, Action::Builtin(_)) => command.aliases.iter().find(|alias| alias.is_ascii()),
        _ => None,
    };
    match alias {
        Some(alias) => format!("{} ({alias})", command.name),
        None => command.name.clone(),
    }
}
