//! The verbs of the wire: a frozen list. Growth is by subcommands, so that no command of an admin's can ever collide
//! with a verb of a later version.

pub(crate) mod cancel;
mod catalogue;
mod client;
mod command;
mod complete;
mod connection;
mod hello;
mod info;
mod job;
mod login;
mod pubsub;
mod shell;

use std::sync::Arc;
use std::time::Instant;

use caracola_wire::Request;

use crate::catalogue::Catalogue;
use crate::error::Error;
use crate::output::Output;
use crate::request::{Caller, Context, Progress};
use caracola_speech::excerpt;

pub(crate) use login::role_changed;

/// One verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Log in by user and password.
    Auth,
    /// Stop what runs.
    Cancel,
    /// All that completion needs.
    Catalogue,
    /// About connections.
    Client,
    /// About commands, as Redis tells it.
    Command,
    /// What a line could go on with.
    Complete,
    /// Settings, of which there are none to see.
    Config,
    /// The word back.
    Echo,
    /// Choose the protocol.
    Hello,
    /// A picture by its hash.
    Image,
    /// About the server, as Redis tells it.
    Info,
    /// About runs of programs.
    Job,
    /// Are you there?
    Ping,
    /// Say something in a room.
    Publish,
    /// Goodbye.
    Quit,
    /// Back to how the connection began.
    Reset,
    /// Run a command.
    Run,
    /// Choose a database, of which there is one.
    Select,
    /// Be a person's shell.
    Shell,
    /// Listen to rooms.
    Subscribe,
    /// Stop listening to rooms.
    Unsubscribe,
}

/// How a verb is told to those who ask `COMMAND`.
pub(crate) struct VerbDoc {
    /// Lower case.
    pub(crate) name: &'static str,
    /// As Redis counts: the verb included; negative for "at least".
    pub(crate) arity: i64,
    pub(crate) summary: &'static str,
    pub(crate) arguments: &'static [&'static str],
}

/// All verbs with what `COMMAND` says of them, by name.
pub(crate) const DOCS: &[(Verb, VerbDoc)] = &[
    (Verb::Auth, doc("auth", -2, "Log in", &["[username]", "password"])),
    (
        Verb::Cancel,
        doc("cancel", -1, "Stop the command that runs", &["[request]"]),
    ),
    (
        Verb::Catalogue,
        doc(
            "catalogue",
            -1,
            "All commands, for completion",
            &["[IF-NOT hash | OF word ...]"],
        ),
    ),
    (
        Verb::Client,
        doc("client", -2, "About connections", &["subcommand", "[argument ...]"]),
    ),
    (
        Verb::Command,
        doc(
            "command",
            -1,
            "About commands",
            &["[COUNT|LIST|DOCS|INFO]", "[name ...]"],
        ),
    ),
    (
        Verb::Complete,
        doc("complete", -2, "How a line could go on", &["word ..."]),
    ),
    (
        Verb::Config,
        doc("config", -2, "Settings (none are shown)", &["GET", "pattern"]),
    ),
    (Verb::Echo, doc("echo", 2, "Answer with the same words", &["message"])),
    (
        Verb::Hello,
        doc(
            "hello",
            -1,
            "Choose RESP2 or RESP3",
            &["[2|3]", "[DEVICE secret]", "[AUTH username password]", "[SETNAME name]"],
        ),
    ),
    (Verb::Image, doc("image", 2, "A card's picture, PNG", &["hash"])),
    (Verb::Info, doc("info", -1, "About this server", &["[section]"])),
    (
        Verb::Job,
        doc(
            "job",
            -2,
            "Start, read, list and end runs of programs",
            &["START|READ|LIST|KILL", "[argument ...]"],
        ),
    ),
    (Verb::Ping, doc("ping", -1, "Test the connection", &["[message]"])),
    (
        Verb::Publish,
        doc("publish", 3, "Say something in a room", &["room", "text"]),
    ),
    (Verb::Quit, doc("quit", 1, "End the connection", &[])),
    (Verb::Reset, doc("reset", 1, "Begin the session anew", &[])),
    (Verb::Run, doc("run", -2, "Run a command", &["name", "[argument ...]"])),
    (
        Verb::Select,
        doc("select", 2, "Choose database 0, the only one", &["0"]),
    ),
    (
        Verb::Shell,
        doc("shell", -2, "Become a person's shell", &["1", "[key value ...]"]),
    ),
    (Verb::Subscribe, doc("subscribe", -2, "Listen to rooms", &["room ..."])),
    (
        Verb::Unsubscribe,
        doc("unsubscribe", -1, "Stop listening to rooms", &["[room ...]"]),
    ),
];

const fn doc(name: &'static str, arity: i64, summary: &'static str, arguments: &'static [&'static str]) -> VerbDoc {
    VerbDoc {
        name,
        arity,
        summary,
        arguments,
    }
}

/// The longest verb, in bytes.
const LONGEST: usize = "unsubscribe".len();

impl Verb {
    /// The verb that a word names, in any case; `None` for all other words.
    pub fn parse(word: &[u8]) -> Option<Self> {
        let mut lower = [0; LONGEST];
        let lower = lower.get_mut(..word.len())?;
        lower.copy_from_slice(word);
        lower.make_ascii_lowercase();
        Some(match &*lower {
            b"run" => Self::Run,
            b"ping" => Self::Ping,
            b"auth" => Self::Auth,
            b"cancel" => Self::Cancel,
            b"catalogue" => Self::Catalogue,
            b"client" => Self::Client,
            b"command" => Self::Command,
            b"complete" => Self::Complete,
            b"config" => Self::Config,
            b"echo" => Self::Echo,
            b"hello" => Self::Hello,
            b"image" => Self::Image,
            b"info" => Self::Info,
            b"job" => Self::Job,
            b"publish" => Self::Publish,
            b"quit" => Self::Quit,
            b"reset" => Self::Reset,
            b"select" => Self::Select,
            b"shell" => Self::Shell,
            b"subscribe" => Self::Subscribe,
            b"unsubscribe" => Self::Unsubscribe,
            _ => return None,
        })
    }
}

/// Serves any verb but `RUN` and `CANCEL`.
pub(crate) fn serve(
    context: &Arc<Context>,
    catalogue: &Catalogue,
    caller: &mut Caller,
    verb: Verb,
    request: &Request<'_>,
    now: Instant,
    out: &mut Output,
) -> Result<Progress, Error> {
    let doc = DOCS.iter().find(|(listed, _)| *listed == verb);
    if let Some((_, doc)) = doc
        && !fits(request.len(), doc.arity)
    {
        return Err(Error::VerbArity(doc.name));
    }
    let served = match verb {
        Verb::Complete => return complete::serve(context, catalogue, caller, request, now),
        Verb::Auth => return hello::auth(context, caller, request),
        Verb::Hello => return hello::hello(context, caller, request),
        Verb::Publish => return pubsub::publish(context, catalogue, caller, request),
        Verb::Job => return job::serve(context, catalogue, caller, request, out),
        Verb::Catalogue => catalogue::serve(catalogue, caller, request, out),
        Verb::Client => client::serve(context, caller, request, out),
        Verb::Command => command::serve(catalogue, caller, request, out),
        Verb::Config => connection::config(caller, request, out),
        Verb::Echo => connection::echo(caller, request, out),
        Verb::Image => catalogue::image(context, catalogue, caller, request, out),
        Verb::Info => info::serve(context, catalogue, caller, request, out),
        Verb::Ping => connection::ping(caller, request, out),
        Verb::Quit => connection::quit(caller, out),
        Verb::Reset => connection::reset(context, catalogue, caller, out),
        // `dispatch` sees to these itself.
        Verb::Cancel => Err(Error::VerbArity("cancel")),
        Verb::Run => Err(Error::VerbArity("run")),
        Verb::Select => connection::select(caller, request, out),
        Verb::Shell => shell::serve(context, catalogue, caller, request, out),
        Verb::Subscribe => pubsub::subscribe(context, caller, request, out),
        Verb::Unsubscribe => pubsub::unsubscribe(context, caller, request, out),
    };
    served.map(|()| Progress::Done)
}

/// Whether a request of `words` words fits an arity as Redis counts it.
fn fits(words: usize, arity: i64) -> bool {
    let words = i64::try_from(words).unwrap_or(i64::MAX);
    if arity < 0 { words >= -arity } else { words == arity }
}

/// A word as text, or the error that it is none.
fn text<'r>(request: &Request<'r>, index: usize) -> Result<&'r str, Error> {
    let word = request.word(index).unwrap_or_default();
    std::str::from_utf8(word).map_err(|_| Error::Text)
}

/// A subcommand as it is told back in an error.
fn unknown_subcommand(verb: &'static str, subcommand: &str) -> Error {
    Error::UnknownSubcommand {
        verb,
        subcommand: excerpt::escaped_word(subcommand),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verb_is_documented_under_the_name_it_is_parsed_by() {
        for (verb, doc) in DOCS {
            assert_eq!(Verb::parse(doc.name.as_bytes()), Some(*verb), "{}", doc.name);
            let upper = doc.name.to_uppercase();
            assert_eq!(Verb::parse(upper.as_bytes()), Some(*verb), "{upper}");
        }
        assert_eq!(Verb::parse(b""), None);
        assert_eq!(Verb::parse(b"ls"), None);
        assert_eq!(Verb::parse(b"unsubscribed"), None);
    }
}
