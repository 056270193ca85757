//! Why a program was not started, as its caller may know it.
//!
//! What exactly the system said (a number, a path, the name of a user) is the admin's business and goes to the log, by
//! [`StartFailure::log`]. Who asked for the run learns whether it was the arguments, the moment or the definition.

use std::fmt;

use caracola_quota::LogThrottles;
use caracola_spawner::LaunchError;
use caracola_speech::Speech;

/// The kinds of failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StartFailure {
    /// Arguments and environment are longer than the system takes.
    ArgumentsTooLong,
    /// The definition asks for what can't be: a folder, a user or a program that isn't there or isn't allowed.
    Definition,
    /// The server can start no programs any more.
    Gone,
    /// The machine has no room: no process, descriptor, page or random bytes to spare.
    NoRoom,
}

impl StartFailure {
    /// Why, as who asked for the program may know.
    pub fn sentence(self, speech: Speech) -> String {
        speech.run_not_started(match self {
            Self::ArgumentsTooLong => speech.start_arguments_too_long(),
            Self::Definition => speech.start_definition_wrong(),
            Self::Gone => speech.start_impossible(),
            Self::NoRoom => speech.start_without_room(),
        })
    }

    /// How the failure is called in a stored record.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::ArgumentsTooLong => "arguments too long",
            Self::Definition => "definition",
            Self::Gone => "gone",
            Self::NoRoom => "no room",
        }
    }

    /// The failure that a stored record names. Servers up to 0.1 stored a sentence instead, about the definition mostly.
    pub(super) fn from_word(word: &str) -> Self {
        let known = [Self::ArgumentsTooLong, Self::Gone, Self::NoRoom].into_iter();
        known
            .into_iter()
            .find(|known| known.word() == word)
            .unwrap_or(Self::Definition)
    }

    /// Tells the admin all of it, once a minute for each command and kind.
    pub fn log(self, run: &FailedRun<'_>, error: &dyn fmt::Display) {
        static THROTTLES: LogThrottles<(StartFailure, String)> = LogThrottles::new();
        if let Some(repeated) = THROTTLES.admit((self, run.command.to_owned())) {
            let FailedRun {
                command,
                program,
                owner,
                job,
            } = run;
            tracing::error!(command, program, owner, job, %error, repeated, "a program could not be started");
        }
    }
}

impl From<&LaunchError> for StartFailure {
    fn from(error: &LaunchError) -> Self {
        match error {
            LaunchError::Gone => Self::Gone,
            LaunchError::Resources(_) => Self::NoRoom,
            LaunchError::TooLong => Self::ArgumentsTooLong,
            LaunchError::Folder(_)
            | LaunchError::Identity(_)
            | LaunchError::Malformed
            | LaunchError::NotExecutable
            | LaunchError::NotFound
            | LaunchError::Permission
            | LaunchError::Other(_) => Self::Definition,
        }
    }
}

/// The run that failed, for the log.
#[derive(Debug)]
pub struct FailedRun<'a> {
    /// The command's name.
    pub command: &'a str,
    /// The program's path.
    pub program: String,
    /// Whose run it was: a user or a session.
    pub owner: String,
    /// The job's id; empty before there is one.
    pub job: &'a str,
}
