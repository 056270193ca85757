//! What a plugin answered.

use caracola_plugin_host as host;

use super::body::Body;
use super::listener::Heard;
use crate::{Card, Error, Stream, Table};

/// What a plugin answered, and what it said before. The functions for a kind of answer panic if it is another one, and say
/// what it is.
#[derive(Debug)]
pub struct Answer {
    function: String,
    status: i32,
    is_cancelled: bool,
    body: Option<Body>,
    chunks: Vec<(Stream, Vec<u8>)>,
    state: Option<String>,
    prompt: Option<String>,
}

impl Answer {
    pub(super) fn new(function: String, answer: host::Answer, heard: Heard) -> Self {
        Self {
            function,
            status: heard.status,
            is_cancelled: heard.gone,
            body: Body::of(answer.result),
            chunks: heard.chunks,
            state: answer.state,
            prompt: answer.prompt,
        }
    }

    /// The answer; `None` if there were only chunks, or if the call failed without a word.
    pub fn body(&self) -> Option<&Body> {
        self.body.as_ref()
    }

    /// Its text.
    ///
    /// # Panics
    /// If it isn't one.
    #[track_caller]
    pub fn text(&self) -> &str {
        match &self.body {
            Some(Body::Text(text)) => text,
            _ => self.is_not("a text"),
        }
    }

    /// Its card.
    ///
    /// # Panics
    /// If it isn't one.
    #[track_caller]
    pub fn card(&self) -> &Card {
        match &self.body {
            Some(Body::Card(card)) => card,
            _ => self.is_not("a card"),
        }
    }

    /// Its table.
    ///
    /// # Panics
    /// If it isn't one.
    #[track_caller]
    pub fn table(&self) -> &Table {
        match &self.body {
            Some(Body::Table(table)) => table,
            _ => self.is_not("a table"),
        }
    }

    /// Its picture and what can be seen on it.
    ///
    /// # Panics
    /// If it isn't one.
    #[track_caller]
    pub fn image(&self) -> (&[u8], &str) {
        match &self.body {
            Some(Body::Image { png, alt }) => (png, alt),
            _ => self.is_not("an image"),
        }
    }

    /// Its error.
    ///
    /// # Panics
    /// If it isn't one.
    #[track_caller]
    pub fn error(&self) -> &Error {
        match &self.body {
            Some(Body::Error(error)) => error,
            _ => self.is_not("an error"),
        }
    }

    /// What [`caracola_abi::Plugin::call`] returned; 0 unless it failed.
    pub fn status(&self) -> i32 {
        self.status
    }

    /// Whether the plugin learned, or could have, that nobody waits any more.
    pub fn is_cancelled(&self) -> bool {
        self.is_cancelled
    }

    /// The pieces of output, in their order.
    pub fn chunks(&self) -> &[(Stream, Vec<u8>)] {
        &self.chunks
    }

    /// All that came on a stream.
    pub fn output(&self, stream: Stream) -> String {
        let chunks = self.chunks.iter().filter(|(of, _)| *of == stream);
        let bytes: Vec<u8> = chunks.flat_map(|(_, bytes)| bytes).copied().collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// What the call gave the session to keep, if it did.
    pub fn state(&self) -> Option<&str> {
        self.state.as_deref()
    }

    /// What the call wants to be shown in the prompt, if it said so.
    pub fn prompt(&self) -> Option<&str> {
        self.prompt.as_deref()
    }

    #[track_caller]
    fn is_not(&self, kind: &str) -> ! {
        let status = self.status;
        match &self.body {
            Some(body) => panic!("{} didn't answer {kind} but {body:?}", self.function),
            None => panic!(
                "{} didn't answer {kind} but nothing, and returned {status}",
                self.function
            ),
        }
    }
}
