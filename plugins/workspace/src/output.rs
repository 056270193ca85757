//! What a command has to show: at once if it is little, in pieces if it is much.

use caracola_sdk::{Call, Reply, Stream};

use crate::fault::Fault;

/// Bytes that are gathered before a piece goes out. No usual limit is a multiple of it, so that after too many pieces there
/// is room for the error that says so.
const PIECE: usize = 16_000;

/// Gathers text.
pub(crate) struct Output<'a> {
    call: &'a Call<'a>,
    text: String,
    has_sent: bool,
}

impl<'a> Output<'a> {
    pub(crate) fn new(call: &'a Call<'a>) -> Self {
        Self {
            call,
            text: String::new(),
            has_sent: false,
        }
    }

    /// More text. An error if nobody waits any more, or if the server takes no more.
    pub(crate) fn push(&mut self, text: &str) -> Result<(), Fault> {
        self.text.push_str(text);
        if self.text.len() >= PIECE {
            self.send()?;
        }
        Ok(())
    }

    /// A line.
    pub(crate) fn line(&mut self, line: &str) -> Result<(), Fault> {
        self.text.push_str(line);
        self.push("\n")
    }

    /// The answer. Little is one text, without the end of its last line, which every reply has.
    pub(crate) fn reply(mut self) -> Result<Reply, Fault> {
        if self.has_sent {
            self.send()?;
            return Ok(Reply::done());
        }
        if self.text.ends_with('\n') {
            self.text.pop();
        }
        Ok(self.text.into())
    }

    fn send(&mut self) -> Result<(), Fault> {
        for piece in self.text.as_bytes().chunks(PIECE) {
            self.call.chunk(Stream::Out, piece)?;
            self.has_sent = true;
        }
        self.text.clear();
        Ok(())
    }
}
