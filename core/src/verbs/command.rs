//! COMMAND: verbs and commands as Redis tells of its own, so that redis-cli's help and completion work. The types of
//! each reply are those that redis-cli asserts: names, versions and summaries bulk strings, flags simple strings.

use caracola_wire::Encoder;

use super::{VERBS, Verb, unknown_subcommand};
use crate::access::{self, authorize};
use crate::error::Error;
use crate::request::{Caller, Exchange, Progress, REDIS_COMPATIBILITY};
use caracola_catalogue::{Catalogue, Command, LanguageId, Param};

/// One thing that can be the first word of a request.
enum Entry<'c> {
    Verb(&'static Verb),
    Command(&'c Command),
}

pub(super) fn serve(exchange: &mut Exchange<'_>) -> Result<Progress, Error> {
    let entries = entries(exchange.catalogue, exchange.caller);
    let subcommand = if exchange.request.len() == 1 {
        String::new()
    } else {
        exchange.text(1)?.to_ascii_lowercase()
    };
    let names = exchange.texts(2)?;
    let language = exchange.caller.language_id;
    let mut encoder = exchange.encoder();
    match subcommand.as_str() {
        "" => {
            encoder.array(entries.len());
            for entry in &entries {
                info(entry, &mut encoder);
            }
        }
        "count" => {
            encoder.integer(i64::try_from(entries.len()).unwrap_or(i64::MAX));
        }
        "list" => {
            encoder.array(entries.len());
            for entry in &entries {
                encoder.bulk(entry.name().as_bytes());
            }
        }
        "info" if names.is_empty() => {
            encoder.array(entries.len());
            for entry in &entries {
                info(entry, &mut encoder);
            }
        }
        "info" => {
            encoder.array(names.len());
            for name in names {
                match entries.iter().find(|entry| entry.is(name)) {
                    Some(entry) => info(entry, &mut encoder),
                    None => {
                        encoder.null();
                    }
                }
            }
        }
        "docs" => {
            let asked = |entry: &&Entry<'_>| names.is_empty() || names.iter().any(|name| entry.is(name));
            let asked: Vec<_> = entries.iter().filter(asked).collect();
            encoder.map(asked.len());
            for entry in asked {
                encoder.bulk(entry.name().as_bytes());
                docs(entry, language, &mut encoder);
            }
        }
        _ => return Err(unknown_subcommand("COMMAND", &subcommand)),
    }
    Ok(Progress::Done)
}

/// All verbs, and the commands that the caller may see and that no verb hides.
fn entries<'c>(catalogue: &'c Catalogue, caller: &Caller) -> Vec<Entry<'c>> {
    let verbs = VERBS.iter().map(Entry::Verb);
    let commands = catalogue.commands().iter().filter(|command| {
        Verb::named(command.name.as_bytes()).is_none()
            && authorize(&caller.user, command, access::Operation::See).is_ok()
    });
    verbs.chain(commands.map(Entry::Command)).collect()
}

impl Entry<'_> {
    fn name(&self) -> &str {
        match self {
            Self::Verb(verb) => verb.name,
            Self::Command(command) => &command.name,
        }
    }

    fn is(&self, name: &str) -> bool {
        self.name().eq_ignore_ascii_case(name)
    }

    fn arity(&self) -> i64 {
        match self {
            Self::Verb(verb) => verb.arity,
            Self::Command(command) => {
                let words = command.name.split(' ').count();
                i64::try_from(words).map_or(-1, |words| -words)
            }
        }
    }
}

/// Name, arity, flags, first key, last key, step, categories, tips, key specifications, subcommands.
fn info(entry: &Entry<'_>, encoder: &mut Encoder<'_>) {
    encoder
        .array(10)
        .bulk(entry.name().as_bytes())
        .integer(entry.arity())
        .set(1)
        .simple("fast")
        .integer(0)
        .integer(0)
        .integer(0)
        .set(0)
        .array(0)
        .array(0)
        .array(0);
}

fn docs(entry: &Entry<'_>, language: LanguageId, encoder: &mut Encoder<'_>) {
    let (summary, group, arguments): (&str, &str, Vec<(String, bool, bool)>) = match entry {
        Entry::Verb(verb) => {
            let plain = verb.arguments.iter().map(|name| ((*name).to_owned(), false, false));
            (verb.summary, "connection", plain.collect())
        }
        Entry::Command(command) => {
            let named = |param: &Param| {
                let many = param.list;
                (param.name.clone(), !param.required, many)
            };
            (
                &command.card(language).summary,
                &command.group,
                command.params.iter().map(named).collect(),
            )
        }
    };
    encoder
        .map(if arguments.is_empty() { 3 } else { 4 })
        .bulk(b"summary")
        .bulk(summary.as_bytes())
        .bulk(b"since")
        .bulk(REDIS_COMPATIBILITY.as_bytes())
        .bulk(b"group")
        .bulk(group.as_bytes());
    if arguments.is_empty() {
        return;
    }
    encoder.bulk(b"arguments").array(arguments.len());
    for (name, optional, many) in arguments {
        let flags: Vec<_> = [(optional, "optional"), (many, "multiple")]
            .into_iter()
            .filter_map(|(set, flag)| set.then_some(flag))
            .collect();
        encoder
            .map(if flags.is_empty() { 2 } else { 3 })
            .bulk(b"name")
            .bulk(name.as_bytes())
            .bulk(b"type")
            .bulk(b"string");
        if !flags.is_empty() {
            encoder.bulk(b"flags").set(flags.len());
            for flag in flags {
                encoder.simple(flag);
            }
        }
    }
}
