//! How a job ended, and whether that is success.

use std::time::Duration;

use super::signal::signal_name;
use super::start_failure::StartFailure;
use caracola_quota::gate::Full;
use caracola_speech::Speech;
use caracola_speech::amount::span;

/// How a job ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobEnd {
    /// The program ended by itself, with this status.
    Exited(i32),
    /// The program was ended by a signal that was not ours.
    Signalled(i32),
    /// It ran for longer than it may.
    TimedOut(Duration),
    /// Somebody who may asked for its end.
    Cancelled,
    /// Its session ended, and the definition lets nothing go on without one.
    HungUp,
    /// It was never started: too many others are running and waiting.
    Busy(Full),
    /// It could not be started.
    NotStarted(StartFailure),
    /// The server was stopped, in good order.
    Stopped,
    /// What kept it is gone: the spawner, or the server that started it.
    Lost,
}

impl JobEnd {
    /// How it ended, for people.
    pub fn sentence(&self, speech: Speech) -> String {
        match self {
            Self::Exited(status) => speech.run_exited(status),
            Self::Signalled(number) => speech.run_signalled(signal_name(*number)),
            Self::TimedOut(time) => speech.run_timed_out(span(*time)),
            Self::Cancelled => speech.run_cancelled(),
            Self::HungUp => speech.run_hung_up(),
            Self::Busy(Full::Share) => speech.places_of_account(),
            Self::Busy(Full::Guests) => speech.places_of_guests(),
            Self::Busy(Full::All) => speech.places_of_server(),
            Self::NotStarted(failure) => failure.sentence(speech),
            Self::Stopped => speech.run_stopped(),
            Self::Lost => speech.run_lost(),
        }
    }
}

/// The signal of a pipe that nobody reads any more, on every Linux.
const SIGPIPE: i32 = 13;

/// Whether a program that ended so has succeeded, if these exit statuses mean that. One that was ended because more was
/// written than is kept has done what it should.
pub fn succeeded(ending: &JobEnd, truncated: bool, ok: &[u8]) -> bool {
    match ending {
        JobEnd::Exited(status) => ok.iter().any(|ok| i32::from(*ok) == *status),
        JobEnd::Signalled(signal) => truncated && *signal == SIGPIPE,
        _ => false,
    }
}
