//! What can go wrong with a request, and how each is told: the one place where errors become replies.
//!
//! Errors of the wire are in Redis's words, in English; errors of commands are in the language of whoever asked.

mod limit;
mod plugin;

use caracola_speech::amount;
use std::time::Duration;

use caracola_wire::{ErrorCode, ErrorReply, text};

use crate::access::LoginRefused;
use crate::jobs::{JobEnd, KeyLimit, StartFailure};
use crate::message_line::UnfitMessage;
use crate::rooms::{JoinError, ROOMS_PER_SESSION};
use crate::sessions::{ClaimError, PlaceLimit};
use caracola_plugin_host::Failure;
use caracola_speech::Speech;
use caracola_wire::png::PngError;

/// A request that could not be served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// A command's arguments are wrong; the sentence and the usage line are made already, in the asker's language.
    Arguments(String),
    /// A request that took time, and was cancelled before its end.
    Cancelled,
    /// A name that can't be taken.
    Claim {
        /// The name as it was typed.
        wanted: String,
        /// Why not.
        why: ClaimError,
    },
    /// An image that the catalogue does not have.
    Image,
    /// A room that can't be entered.
    Join {
        /// The room as it was typed.
        room: String,
        /// Why not.
        why: JoinError,
    },
    /// A language that the server has nothing in.
    Language {
        /// The language as it was typed.
        wanted: String,
        /// Those there are.
        known: Vec<String>,
    },
    /// An entry that a lookup does not have.
    Lookup {
        /// What was looked for.
        wanted: String,
        /// The nearest entries.
        nearest: Vec<String>,
    },
    /// A message that can't be said as it is.
    Message(UnfitMessage),
    /// An operator muted this session.
    Muted {
        /// For how long still; `None` until an operator ends it.
        time: Option<Duration>,
    },
    /// A shell's verb from a session that speaks RESP2.
    NeedsResp3,
    /// `help` found nothing.
    NothingFound {
        /// The words looked for.
        words: String,
    },
    /// A request before login on a server that lets no guests in.
    NotLoggedIn,
    /// A login that is not looked at, or comes at the wrong time.
    Login(LoginRefused),
    /// Something only operators may ask of a verb.
    OperatorsOnly,
    /// A program ran and says that it failed.
    Failed {
        /// Its exit status, if it had one.
        status: Option<i64>,
        /// The signal that ended it, if one did.
        signal: Option<String>,
        /// The job's id.
        job: String,
        /// The last thing that it wrote.
        line: String,
    },
    /// A job that ended without its program's own end.
    Job {
        /// The job's id.
        id: String,
        /// Why.
        ending: JobEnd,
    },
    /// A key of `JOB START` that stands for another request already.
    KeyInUse,
    /// A key of `JOB START` could not be written to the disk. What the system said of it is in the log only.
    KeyNotStored,
    /// There is no job of that id that the asker may see.
    NoJob(String),
    /// The system gives no random bytes.
    NoRandomness,
    /// The server runs no programs.
    NoPrograms,
    /// A changed file that can't be used; what is wrong with it.
    NotReloaded(String),
    /// A program could not be started. What the system said of it is in the log only.
    NotStarted(StartFailure),
    /// `lang`'s, `kick`'s or another built-in's own complaint about a value.
    Duration(String),
    /// A function of a plugin that gave no answer, or answered that something is wrong.
    Plugin {
        /// The plugin's name in this server.
        plugin: String,
        /// Why.
        failure: Failure,
    },
    /// A picture of a plugin's that can't be shown.
    PluginImage {
        /// The plugin's name in this server.
        plugin: String,
        /// What is wrong with it.
        why: PngError,
    },
    /// There are as many sessions as may be.
    Place(PlaceLimit),
    /// Nobody is called that.
    Person {
        /// The name as it was typed.
        wanted: String,
    },
    /// The person is connected in a way that can't be spoken to.
    PersonCannotHear {
        /// The name as it is shown.
        name: String,
    },
    /// A version of the protocol that is not spoken here.
    Protocol,
    /// A quote in an inline line that has no partner.
    Quotes,
    /// A room one is not in.
    Room {
        /// The room as it was typed.
        wanted: String,
    },
    /// A word that is not valid UTF-8.
    Text,
    /// As many keys are remembered as there may be; which limit that is.
    TooManyKeys(KeyLimit),
    /// More messages in a short time than one person can mean.
    TooManyMessages,
    /// The asker, with all their sessions, has begun as many programs as they may.
    TooManyRuns {
        /// Whether the limit is that of all guests of the address.
        by_guests: bool,
        /// Runs a second that they may begin on average.
        rate: u32,
        /// How long until the next.
        wait: Duration,
    },
    /// No command of that name.
    UnknownCommand {
        /// What was typed, shortened.
        typed: String,
        /// The nearest names that the asker may see.
        nearest: Vec<String>,
    },
    /// A verb's subcommand that is not there.
    UnknownSubcommand {
        /// The verb.
        verb: &'static str,
        /// What was sent, shortened.
        subcommand: String,
    },
    /// A verb's arguments make no sense.
    VerbArguments(&'static str),
    /// A verb with too few or too many arguments, by its lower-case name.
    VerbArity(&'static str),
    /// A wrong user or a wrong password; told apart by nothing.
    WrongPassword,
    /// A command that means nothing while a RESP2 connection listens to rooms.
    WhileSubscribed(String),
}

impl Error {
    /// The code by which programs tell errors apart.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Arguments(_) | Self::Quotes | Self::Duration(_) | Self::Message(UnfitMessage::Empty) => {
                ErrorCode::Usage
            }
            Self::UnknownCommand { .. } => ErrorCode::Unknown,
            Self::Job { ending, .. } => match ending {
                JobEnd::TimedOut(_) => ErrorCode::Timeout,
                JobEnd::Cancelled | JobEnd::HungUp | JobEnd::Stopped => ErrorCode::Cancelled,
                JobEnd::Busy(_) => ErrorCode::Busy,
                JobEnd::Lost => ErrorCode::Lost,
                JobEnd::Exited(_) | JobEnd::Signalled(_) | JobEnd::NotStarted(_) => ErrorCode::Failed,
            },
            Self::Plugin { failure, .. } => plugin::code(failure),
            Self::Cancelled => ErrorCode::Cancelled,
            Self::Login(LoginRefused::Banned)
            | Self::Muted { .. }
            | Self::OperatorsOnly
            | Self::Claim {
                why: ClaimError::Banned,
                ..
            } => ErrorCode::Denied,
            Self::Login(LoginRefused::Crowded | LoginRefused::NoUsers) => ErrorCode::Busy,
            Self::NeedsResp3 | Self::Protocol => ErrorCode::NoProto,
            Self::NotLoggedIn => ErrorCode::NoAuth,
            Self::WrongPassword => ErrorCode::WrongPass,
            Self::Login(LoginRefused::TooMany { .. })
            | Self::TooManyKeys(_)
            | Self::TooManyMessages
            | Self::TooManyRuns { .. }
            | Self::Place(_)
            | Self::Message(UnfitMessage::TooManyLines { .. })
            | Self::Join {
                why: JoinError::TooManyRooms(_) | JoinError::TooManyForYou,
                ..
            } => ErrorCode::Limit,
            Self::Claim { .. }
            | Self::Failed { .. }
            | Self::KeyNotStored
            | Self::NoJob(_)
            | Self::NoPrograms
            | Self::NoRandomness
            | Self::NotReloaded(_)
            | Self::NotStarted(_)
            | Self::Image
            | Self::Join { .. }
            | Self::Language { .. }
            | Self::Lookup { .. }
            | Self::NothingFound { .. }
            | Self::Person { .. }
            | Self::PluginImage { .. }
            | Self::PersonCannotHear { .. }
            | Self::Room { .. } => ErrorCode::Failed,
            Self::KeyInUse
            | Self::Text
            | Self::UnknownSubcommand { .. }
            | Self::VerbArguments(_)
            | Self::VerbArity(_)
            | Self::WhileSubscribed(_) => ErrorCode::Err,
        }
    }

    /// The reply that tells it: one line in which nothing acts on a terminal, whatever was typed or a program wrote.
    pub fn reply(&self, speech: Speech) -> ErrorReply {
        ErrorReply::new(self.code(), text::clean(&self.message(speech)))
    }

    /// The sentence, in the asker's language. What only programs can do wrong is always told in English, in the words
    /// that Redis uses: libraries and their users search for them.
    fn message(&self, speech: Speech) -> String {
        match self {
            Self::Arguments(message) => message.clone(),
            Self::Cancelled => speech.request_cancelled(),
            Self::Claim { wanted, why } => claim(wanted, why, speech),
            Self::Duration(value) => speech.not_a_duration(value),
            Self::Failed {
                status,
                signal,
                job,
                line,
            } => {
                let end = match (status, signal) {
                    (Some(status), _) => format!("exit={status}"),
                    (None, signal) => format!("signal={}", signal.as_deref().unwrap_or("?")),
                };
                format!("{end} job={job} : {line}")
            }
            Self::Job { id, ending } => speech.run_of_job(ending.sentence(speech), id),
            Self::KeyInUse => "that key was used for another command or other arguments: choose a new one".to_owned(),
            Self::NoJob(id) => speech.no_such_job(id),
            Self::NoPrograms => speech.no_programs(),
            Self::NotReloaded(why) => why.clone(),
            Self::KeyNotStored => speech.key_not_stored(),
            Self::NotStarted(failure) => failure.sentence(speech),
            Self::Image => "no image has that hash".to_owned(),
            Self::Join { room, why } => join(room, why, speech),
            Self::Language { wanted, known } => speech.language_unknown(wanted, known.join(", ")),
            Self::Lookup { wanted, nearest } => did_you_mean(speech.no_such_entry(wanted), nearest, speech),
            Self::Login(why) => limit::login(*why, speech),
            Self::Message(why) => unfit_message(*why, speech),
            Self::Muted { time: Some(time) } => speech.you_are_muted_for(amount::span(*time)),
            Self::Muted { time: None } => speech.you_are_muted_until_unmuted(),
            Self::NeedsResp3 => "SHELL needs RESP3: say HELLO 3 first".to_owned(),
            Self::NoRandomness => speech.no_randomness(),
            Self::NothingFound { words } => speech.nothing_about(words),
            Self::NotLoggedIn => "Authentication required.".to_owned(),
            Self::OperatorsOnly => speech.operators_only(),
            Self::Person { wanted } => speech.no_such_person(wanted),
            Self::PersonCannotHear { name } => speech.person_cannot_hear(name),
            Self::Place(limit) => limit::place(*limit, speech),
            Self::Plugin { plugin, failure } => plugin::sentence(plugin, failure, speech),
            Self::PluginImage { plugin, why } => plugin::picture(plugin, *why, speech),
            Self::Protocol => "unsupported protocol version".to_owned(),
            Self::Quotes => speech.unpaired_quote(),
            Self::Room { wanted } if wanted.is_empty() => speech.not_in_any_room(),
            Self::Room { wanted } => speech.not_in_room(wanted),
            Self::Text => "a word is not valid UTF-8".to_owned(),
            Self::TooManyKeys(limit) => limit::too_many_keys(*limit, speech),
            Self::TooManyMessages => speech.too_many_messages(),
            Self::TooManyRuns { by_guests, rate, wait } => limit::too_many_runs(*by_guests, *rate, *wait, speech),
            Self::UnknownCommand { typed, nearest } if nearest.is_empty() => speech.unknown_command_unlike_any(typed),
            Self::UnknownCommand { typed, nearest } => did_you_mean(speech.unknown_command(typed), nearest, speech),
            Self::UnknownSubcommand { verb, subcommand } => {
                format!("unknown subcommand '{subcommand}' of {verb}")
            }
            Self::VerbArguments(message) => (*message).to_owned(),
            Self::VerbArity(verb) => {
                format!("wrong number of arguments for '{verb}' command")
            }
            Self::WrongPassword => "invalid username-password pair or user is disabled.".to_owned(),
            Self::WhileSubscribed(verb) => format!(
                "Can't execute '{verb}': only SUBSCRIBE / UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context"
            ),
        }
    }
}

/// The sentence about what there isn't, with what there is.
fn did_you_mean(problem: String, nearest: &[String], speech: Speech) -> String {
    let names: Vec<_> = nearest.iter().map(|name| format!("'{name}'")).collect();
    match names.split_last() {
        Some((last, [])) => speech.did_you_mean(problem, last),
        Some((last, others)) => speech.did_you_mean(problem, speech.one_or_other(others.join(", "), last)),
        None => problem,
    }
}

fn claim(wanted: &str, why: &ClaimError, speech: Speech) -> String {
    match why {
        ClaimError::Taken => speech.name_taken(wanted),
        ClaimError::Banned => speech.name_banned(wanted),
        ClaimError::LoggedIn(name) => speech.name_is_that_of_account(name),
        ClaimError::Unfit(why) => why.sentence(wanted, speech),
    }
}

fn unfit_message(why: UnfitMessage, speech: Speech) -> String {
    match why {
        UnfitMessage::Empty => speech.message_empty(),
        UnfitMessage::TooManyLines { most } => speech.message_too_long(most),
    }
}

fn join(room: &str, why: &JoinError, speech: Speech) -> String {
    match why {
        JoinError::Unfit(why) => why.sentence(room, speech),
        JoinError::TooManyRooms(full) => limit::too_many_rooms(*full, speech),
        JoinError::TooManyForYou => speech.in_too_many_rooms(ROOMS_PER_SESSION),
    }
}
