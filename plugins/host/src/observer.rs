//! Who listens while a plugin talks: the test of its author. A server has no need of it.

use std::fmt;

/// Hears everything that a plugin says in one call, and what it was told. It judges nothing: what is taken and what isn't
/// has been decided when it hears of it.
pub trait Observer: Send + Sync {
    /// Whether nobody waits for the call any more. Asked before anything of it is taken.
    fn is_gone(&self) -> bool;

    /// A piece of output was taken: of stream 1 or 2, standard output or standard error.
    fn took_chunk(&self, stream: u8, bytes: &[u8]);

    /// The plugin said something, and the host's function returned `status`.
    fn heard(&self, said: Utterance, status: i32);

    /// The plugin's own function returned `status`.
    fn returned(&self, status: i32);

    /// The plugin used the request after that.
    fn heard_late(&self, said: Utterance);
}

/// What a plugin says to a call, by the functions of [`caracola_abi::Host`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Utterance {
    /// An answer of any kind.
    Answer,
    /// A piece of output.
    Chunk,
    /// A value for an argument.
    Candidate,
    /// What the session keeps.
    State,
    /// What the prompt shows.
    Prompt,
    /// The question whether anybody waits.
    IsCancelled,
}

impl fmt::Display for Utterance {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Answer => "an answer",
            Self::Chunk => "a chunk",
            Self::Candidate => "a candidate",
            Self::State => "a state",
            Self::Prompt => "a prompt",
            Self::IsCancelled => "whether it is cancelled",
        })
    }
}
