//! help: what there is, one card, one group, or what has certain words in it.

use caracola_wire::{Reply, Table};

use crate::access::{self, authorize};
use crate::actions::Call;
use crate::error::Error;
use caracola_catalogue::{Action, Command, Group};
use caracola_speech::Speech;
use caracola_speech::excerpt;
use caracola_speech::render;
use unicode_width::UnicodeWidthStr as _;

/// Commands of a group that are shown at most; more are counted. Who looks for one of so many searches.
const GROUP: usize = 200;
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
        let most = GROUP;
        if !commands.is_empty() {
            return Ok(Reply::Table(listing(call, &commands, most)));
        }
    }
    let found = call
        .catalogue
        .search(&topic, call.caller.language_id, |command| visible(call, command));
    if !found.is_empty() {
        return Ok(Reply::Table(listing(call, &found, FOUND)));
    }
    let nearest = call.catalogue.nearest(&topic, |command| visible(call, command));
    if nearest.is_empty() {
        return Err(Error::NothingFound {
            words: excerpt::word(&topic),
        });
    }
    Err(Error::UnknownCommand {
        typed: excerpt::word(&topic),
        nearest: nearest.into_iter().map(str::to_owned).collect(),
    })
}

fn visible(call: &Call<'_>, command: &Command) -> bool {
    authorize(&call.caller.user, command, access::Operation::Help).is_ok()
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
        .filter(move |command| authorize(&user, command, access::Operation::See).is_ok())
}

/// Commands with their summaries, the first `most` of them; the rest is counted.
fn listing(call: &Call<'_>, commands: &[&Command], most: usize) -> Table {
    let speech = call.caller.speech;
    let more = commands.len().saturating_sub(most);
    let note = (more > 0).then(|| speech.more_commands(more));
    Table {
        columns: vec![speech.heading_command(), speech.heading_what_it_does()],
        rows: commands
            .iter()
            .take(most)
            .map(|command| {
                let summary = call.catalogue.text(&command.summary, call.caller.language_id);
                vec![command.name.clone(), summary.to_owned()]
            })
            .collect(),
        note,
    }
}

/// All commands by group: the server's own first, then cards and the rest.
fn everything(call: &Call<'_>) -> String {
    let speech = call.caller.speech;
    let own = |command: &Command| matches!(command.action, Action::Builtin(_));
    let mut lines = Vec::new();
    section(call, speech.help_own_commands(), own, &mut lines);
    section(call, speech.help_other_commands(), |command| !own(command), &mut lines);
    lines.push(String::new());
    lines.push(speech.help_hint());
    lines.join("\n")
}

/// A heading, and the groups that have something under it.
fn section(call: &Call<'_>, heading: String, wanted: impl Fn(&Command) -> bool, lines: &mut Vec<String>) {
    let mut heading = Some(heading);
    for group in call.catalogue.groups() {
        let commands: Vec<_> = of_group(call, group).filter(|command| wanted(command)).collect();
        if commands.is_empty() {
            continue;
        }
        if let Some(heading) = heading.take() {
            if !lines.is_empty() {
                lines.push(String::new());
            }
            lines.push(heading);
        }
        lines.push(String::new());
        group_lines(call, title(call, group), &commands, lines);
    }
}

/// Commands of a group that are shown with their summaries; of a larger group the rest is only counted.
const SHOWN: usize = 40;
/// Where summaries begin at the most: a longer name has its summary on the next line.
const COLUMN: usize = 22;

fn group_lines(call: &Call<'_>, title: &str, commands: &[&Command], lines: &mut Vec<String>) {
    let speech = call.caller.speech;
    let names = commands
        .iter()
        .map(|command| format!("  {}", shown_name(command, speech)));
    let names: Vec<_> = names.take(SHOWN).collect();
    let widest = names.iter().map(|name| name.width()).max().unwrap_or(0);
    lines.push(title.to_owned());
    for (command, name) in commands.iter().zip(&names) {
        let summary = call.catalogue.text(&command.summary, call.caller.language_id);
        let column = (widest + 2).min(COLUMN);
        render::beside(lines, name, summary, column, usize::from(call.caller.width));
    }
    if let Some(more) = commands.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        lines.push(format!("  {}", speech.more_commands_of_group(more, title)));
    }
}

/// The name by which a reader of that language knows a command: a Spanish speaker sees `ayuda (help)`. The first alias
/// of a built-in command is its Spanish name.
fn shown_name(command: &Command, speech: Speech) -> String {
    let own = match speech {
        Speech::English => None,
        Speech::Spanish => command.aliases.first(),
    };
    match (own, &command.action) {
        (Some(alias), Action::Builtin(_)) => format!("{alias} ({})", command.name),
        _ => command.name.clone(),
    }
}
