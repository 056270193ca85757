//! What a request is answered with, before anything of it is encoded. [`crate::dispatch`] encodes it for who asked.

use caracola_wire::{Completion, JobReport, Reply};

/// The answer to a request. Verbs that have nothing else to do encode theirs at once instead.
#[derive(Debug)]
pub enum Response {
    /// What a command says: typed for a shell, as text for a library.
    Reply(Reply),
    /// Text of a command whose lines are its own business: a library gets them as they are.
    Verbatim(String),
    /// `PUBLISH`: how many heard what was said.
    Heard(usize),
    /// `AUTH`: who asked is logged in.
    LoggedIn,
    /// `HELLO`: the server about itself, in the protocol that was chosen.
    Hello,
    /// `COMPLETE`: what a line could go on with.
    Completion(Completion),
    /// `JOB START`: the job's id.
    JobId(String),
    /// `JOB READ`: what a job wrote, and how far it is.
    Job(JobReport),
}

impl Response {
    /// Whether what the request had the server send to this very session comes before the answer: one's own words before
    /// the prompt, the last of a program's output before its end.
    pub fn follows_own_words(&self) -> bool {
        matches!(self, Self::Reply(_) | Self::Verbatim(_) | Self::Heard(_))
    }
}
