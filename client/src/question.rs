//! What completion asks the server, while a person types.

use std::sync::mpsc::SyncSender;

/// What only the server knows at the moment.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Asked {
    People,
    Rooms,
    Jobs {
        /// Only those that haven't ended.
        running: bool,
    },
    /// Values for the last of these words of a line, which begins with a command's name.
    Values {
        words: Vec<String>,
    },
}

/// A value and what it is about.
pub(crate) type Offer = (String, String);

/// Completion wants to know something from the server.
#[derive(Debug)]
pub(crate) struct Question {
    pub(crate) asked: Asked,
    pub(crate) answer: SyncSender<Vec<Offer>>,
}
