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

use caracola_wire::Request;

use crate::actions;
use crate::error::Error;
use crate::request::{Exchange, Progress};
use caracola_speech::excerpt;

pub(crate) use login::role_changed;

/// A verb: all that the server knows of it, and what serving it does.
pub(crate) struct Verb {
    /// Lower case.
    pub(crate) name: &'static str,
    /// As Redis counts: the verb included; negative for "at least". Requests of other lengths aren't served.
    arity: i64,
    /// What `COMMAND DOCS` says of it.
    summary: &'static str,
    /// The same, of what comes after it.
    arguments: &'static [&'static str],
    /// Serves a request that begins with it.
    serve: fn(&mut Exchange<'_>) -> Result<Progress, Error>,
    /// It leads to a login or away, so it is served where one must log in, and takes no guest's place.
    pub(crate) before_login: bool,
    /// A RESP2 connection that listens to rooms may say it. The error for all others names these.
    pub(crate) while_subscribed: bool,
    /// What comes after it may be a secret, so its bytes are wiped.
    pub(crate) may_hold_secret: bool,
    /// It acts as soon as it is read, ahead of its turn.
    pub(crate) acts_ahead: bool,
}

/// What most verbs are like.
const PLAIN: Verb = Verb {
    name: "",
    arity: -1,
    summary: "",
    arguments: &[],
    serve: |_| Ok(Progress::Done),
    before_login: false,
    while_subscribed: false,
    may_hold_secret: false,
    acts_ahead: false,
};

/// All verbs by name, as `COMMAND` lists them.
pub(crate) static VERBS: &[Verb] = &[
    Verb {
        name: "auth",
        arity: -2,
        summary: "Log in",
        arguments: &["[username]", "password"],
        serve: hello::auth,
        before_login: true,
        may_hold_secret: true,
        ..PLAIN
    },
    Verb {
        name: "cancel",
        arity: -1,
        summary: "Stop the command that runs",
        arguments: &["[request]"],
        serve: cancel::serve,
        acts_ahead: true,
        ..PLAIN
    },
    Verb {
        name: "catalogue",
        arity: -1,
        summary: "All commands, for completion",
        arguments: &["[IF-NOT hash | OF word ...]"],
        serve: catalogue::serve,
        ..PLAIN
    },
    Verb {
        name: "client",
        arity: -2,
        summary: "About connections",
        arguments: &["subcommand", "[argument ...]"],
        serve: client::serve,
        ..PLAIN
    },
    Verb {
        name: "command",
        arity: -1,
        summary: "About commands",
        arguments: &["[COUNT|LIST|DOCS|INFO]", "[name ...]"],
        serve: command::serve,
        ..PLAIN
    },
    Verb {
        name: "complete",
        arity: -2,
        summary: "How a line could go on",
        arguments: &["word ..."],
        serve: complete::serve,
        ..PLAIN
    },
    Verb {
        name: "config",
        arity: -2,
        summary: "Settings (none are shown)",
        arguments: &["GET", "pattern"],
        serve: connection::config,
        ..PLAIN
    },
    Verb {
        name: "echo",
        arity: 2,
        summary: "Answer with the same words",
        arguments: &["message"],
        serve: connection::echo,
        ..PLAIN
    },
    Verb {
        name: "hello",
        arity: -1,
        summary: "Choose RESP2 or RESP3",
        arguments: &["[2|3]", "[DEVICE secret]", "[AUTH username password]", "[SETNAME name]"],
        serve: hello::hello,
        before_login: true,
        may_hold_secret: true,
        ..PLAIN
    },
    Verb {
        name: "image",
        arity: 2,
        summary: "A card's picture, PNG",
        arguments: &["hash"],
        serve: catalogue::image,
        ..PLAIN
    },
    Verb {
        name: "info",
        arity: -1,
        summary: "About this server",
        arguments: &["[section]"],
        serve: info::serve,
        ..PLAIN
    },
    Verb {
        name: "job",
        arity: -2,
        summary: "Start, read, list and end runs of programs",
        arguments: &["START|READ|LIST|KILL", "[argument ...]"],
        serve: job::serve,
        may_hold_secret: true,
        ..PLAIN
    },
    Verb {
        name: "ping",
        arity: -1,
        summary: "Test the connection",
        arguments: &["[message]"],
        serve: connection::ping,
        while_subscribed: true,
        ..PLAIN
    },
    Verb {
        name: "publish",
        arity: 3,
        summary: "Say something in a room",
        arguments: &["room", "text"],
        serve: pubsub::publish,
        ..PLAIN
    },
    Verb {
        name: "quit",
        arity: 1,
        summary: "End the connection",
        arguments: &[],
        serve: connection::quit,
        before_login: true,
        while_subscribed: true,
        ..PLAIN
    },
    Verb {
        name: "reset",
        arity: 1,
        summary: "Begin the session again",
        arguments: &[],
        serve: connection::reset,
        before_login: true,
        while_subscribed: true,
        ..PLAIN
    },
    Verb {
        name: "run",
        arity: -2,
        summary: "Run a command",
        arguments: &["name", "[argument ...]"],
        serve: run,
        ..PLAIN
    },
    Verb {
        name: "select",
        arity: 2,
        summary: "Choose database 0, the only one",
        arguments: &["0"],
        serve: connection::select,
        ..PLAIN
    },
    Verb {
        name: "shell",
        arity: -2,
        summary: "Become a person's shell",
        arguments: &["1", "[key value ...]"],
        serve: shell::serve,
        ..PLAIN
    },
    Verb {
        name: "subscribe",
        arity: -2,
        summary: "Listen to rooms",
        arguments: &["room ..."],
        serve: pubsub::subscribe,
        while_subscribed: true,
        ..PLAIN
    },
    Verb {
        name: "unsubscribe",
        arity: -1,
        summary: "Stop listening to rooms",
        arguments: &["[room ...]"],
        serve: pubsub::unsubscribe,
        while_subscribed: true,
        ..PLAIN
    },
];

/// Where in [`VERBS`] the names begin that start with each letter, and where those of `z` end.
static BY_LETTER: [usize; 27] = {
    let mut starts = [0; 27];
    let mut letter = 0;
    while letter < starts.len() {
        let mut row = 0;
        while row < VERBS.len() && ((VERBS[row].name.as_bytes()[0] - b'a') as usize) < letter {
            row += 1;
        }
        starts[letter] = row;
        letter += 1;
    }
    starts
};

impl Verb {
    /// The verb that a word names, in any case; `None` for all other words. Each request asks this, so only the rows of the
    /// word's first letter are compared.
    pub(crate) fn named(word: &[u8]) -> Option<&'static Self> {
        let letter = usize::from(word.first()?.to_ascii_lowercase().wrapping_sub(b'a'));
        let rows = *BY_LETTER.get(letter)?..*BY_LETTER.get(letter + 1)?;
        let mut rows = VERBS.get(rows)?.iter();
        rows.find(|verb| verb.name.as_bytes().eq_ignore_ascii_case(word))
    }

    /// Serves a request that begins with this verb.
    pub(crate) fn serve(&self, exchange: &mut Exchange<'_>) -> Result<Progress, Error> {
        if !self.takes(exchange.request) {
            return Err(Error::VerbArity(self.name));
        }
        (self.serve)(exchange)
    }

    /// Whether a request has as many words as its arity says.
    fn takes(&self, request: &Request<'_>) -> bool {
        let words = i64::try_from(request.len()).unwrap_or(i64::MAX);
        if self.arity < 0 {
            words >= -self.arity
        } else {
            words == self.arity
        }
    }
}

/// `RUN name [arg ...]`: a command, also one that is called like a verb.
fn run(exchange: &mut Exchange<'_>) -> Result<Progress, Error> {
    actions::run(exchange, 1)
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
    use caracola_wire::{ErrorCode, ErrorReply};

    use super::*;
    use caracola_speech::Speech;

    #[test]
    fn every_verb_is_found_by_its_name_in_any_case() {
        assert!(VERBS.is_sorted_by_key(|verb| verb.name), "they are found by that");
        for verb in VERBS {
            let upper = verb.name.to_uppercase();
            for word in [verb.name, &upper] {
                let found = Verb::named(word.as_bytes()).map(|found| found.name);
                assert_eq!(found, Some(verb.name), "{word}");
            }
            assert!(!verb.summary.is_empty(), "{}", verb.name);
        }
        assert!(Verb::named(b"").is_none());
        assert!(Verb::named(b"ls").is_none());
        assert!(Verb::named(b"zip").is_none());
        assert!(Verb::named("\u{f1}and\u{fa}".as_bytes()).is_none());
        assert!(Verb::named(b"unsubscribed").is_none());
    }

    #[test]
    fn a_subscriber_is_told_which_verbs_it_may_say() {
        let ErrorReply { code, message } = Error::WhileSubscribed("ls".to_owned()).reply(Speech::English);
        assert_eq!(code, ErrorCode::Err.as_str());
        let (_, allowed) = message.split_once("only ").expect("it names them");
        let (allowed, _) = allowed.split_once(" are allowed").expect("it names them");
        let mut allowed: Vec<_> = allowed.split(" / ").map(str::to_lowercase).collect();
        allowed.sort_unstable();
        let rows = VERBS.iter().filter(|verb| verb.while_subscribed);
        assert_eq!(allowed, rows.map(|verb| verb.name).collect::<Vec<_>>());
    }
}
