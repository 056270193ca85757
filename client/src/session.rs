//! One session on a connection: requests out, and their replies paired with them while pushes come in between.

use std::collections::VecDeque;
use std::io;

use bytes::{Buf as _, BytesMut};
use caracola_speech::Speech;
use caracola_wire::{Encoder, MessageError, Protocol, ProtocolError, Push, Value, ValueDecoder, ValueLimits};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use zeroize::Zeroizing;

use crate::connection::Transport;
use crate::io_reason::io_reason;
use crate::layout::sanitize;

/// Replies are for people and their scripts: none is larger than this many bytes.
const MAX_REPLY_BYTES: usize = 64 * 1024 * 1024;
/// Bytes to make room for before each read.
const READ_BYTES: usize = 16 * 1024;

/// Stands for a request until its reply has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Ticket(u64);

impl Ticket {
    /// The request's number on its connection, from 1, by which the server knows it too.
    pub(crate) fn number(self) -> u64 {
        self.0
    }
}

/// What came in.
#[derive(Debug)]
pub(crate) enum Incoming {
    /// Errors too: they are the replies `Value::Error`.
    Reply {
        ticket: Ticket,
        value: Value,
    },
    Push(Push),
}

/// The connection is of no more use.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Lost {
    #[error("the server closed the connection")]
    Closed,
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("{0}")]
    Protocol(#[from] ProtocolError),
    #[error("{0}")]
    Message(#[from] MessageError),
    #[error("a reply to no request")]
    Unasked,
}

impl Lost {
    /// The reason for a person, without a full stop.
    pub(crate) fn explain(&self, speech: Speech) -> String {
        match self {
            Self::Closed => speech.closed_by_server(),
            Self::Io(error) => io_reason(error, speech),
            Self::Protocol(_) | Self::Message(_) | Self::Unasked => {
                let why = self.to_string();
                let text = speech.not_understood(sanitize::line(&why));
                text.trim_end_matches('.').to_owned()
            }
        }
    }
}

/// A connection over which requests have been or will be sent.
pub(crate) struct Session {
    transport: Box<dyn Transport>,
    decoder: ValueDecoder,
    input: BytesMut,
    /// Bytes of requests that haven't gone out yet.
    output: BytesMut,
    /// The requests without a reply, oldest first: replies come in this order.
    awaited: VecDeque<Ticket>,
    /// The number of requests so far.
    requests: u64,
}

impl Session {
    pub(crate) fn new(transport: Box<dyn Transport>) -> Self {
        let limits = ValueLimits {
            bulk_bytes: MAX_REPLY_BYTES,
            total_bytes: MAX_REPLY_BYTES,
            ..ValueLimits::default()
        };
        Self {
            transport,
            decoder: ValueDecoder::new(limits),
            input: BytesMut::new(),
            output: BytesMut::new(),
            awaited: VecDeque::new(),
            requests: 0,
        }
    }

    /// Notes a request down. It goes out with the next [`Session::flush`] or [`Session::next`], together with all that wait.
    pub(crate) fn queue<W: AsRef<[u8]>>(
        &mut self,
        words: impl IntoIterator<Item = W, IntoIter: ExactSizeIterator>,
    ) -> Ticket {
        let mut encoded = Vec::new();
        Encoder::new(&mut encoded, Protocol::Resp3).request(words);
        self.output.extend_from_slice(&encoded);
        self.requests += 1;
        let ticket = Ticket(self.requests);
        self.awaited.push_back(ticket);
        ticket
    }

    /// Sends a request with a secret in it at once, and keeps no copy. Whether it went out is told by what comes in.
    pub(crate) async fn send_wiped<W: AsRef<[u8]>>(&mut self, words: &[W]) -> Ticket {
        const FRAME: usize = 32;
        let length: usize = words.iter().map(|word| word.as_ref().len() + FRAME).sum();
        // With room for all of it: what grows leaves a copy behind.
        let mut encoded = Zeroizing::new(Vec::with_capacity(FRAME + length));
        Encoder::new(&mut encoded, Protocol::Resp3).request(words);
        self.requests += 1;
        let ticket = Ticket(self.requests);
        self.awaited.push_back(ticket);
        let sent = async {
            self.flush().await?;
            self.transport.write_all(&encoded).await?;
            self.transport.flush().await
        };
        if sent.await.is_err() {
            self.output.clear();
        }
        ticket
    }

    /// Sends what is queued. Cancel safe: what has gone out is never sent again.
    pub(crate) async fn flush(&mut self) -> io::Result<()> {
        while !self.output.is_empty() {
            let written = self.transport.write(&self.output).await?;
            if written == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            self.output.advance(written);
        }
        self.transport.flush().await
    }

    /// Sends what is queued, then waits for the next thing that comes in. Cancel safe.
    pub(crate) async fn next(&mut self) -> Result<Incoming, Lost> {
        // A failure to send is found again by reading, and what the server said last is read first.
        if !self.output.is_empty() && self.flush().await.is_err() {
            self.output.clear();
        }
        loop {
            if let Some(value) = self.decoder.decode(&mut self.input)? {
                return self.classify(value);
            }
            self.input.reserve(READ_BYTES);
            if self.transport.read_buf(&mut self.input).await? == 0 {
                return Err(Lost::Closed);
            }
        }
    }

    fn classify(&mut self, value: Value) -> Result<Incoming, Lost> {
        if matches!(value, Value::Push(_)) {
            return Ok(Incoming::Push(Push::decode(&value)?));
        }
        match self.awaited.pop_front() {
            Some(ticket) => Ok(Incoming::Reply { ticket, value }),
            None => Err(Lost::Unasked),
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::duplex;

    use super::*;

    /// A session, and the server's end of its connection.
    fn pair() -> (Session, tokio::io::DuplexStream) {
        let (client, server) = duplex(4096);
        (Session::new(Box::new(client)), server)
    }

    #[tokio::test(flavor = "current_thread")]
    async fn requests_go_out_together_and_replies_come_back_in_order() -> Result<(), Lost> {
        let (mut session, mut server) = pair();
        let first = session.queue(["PING"]);
        let second = session.queue(["RUN", "ls"]);
        server
            .write_all(b"+PONG\r\n>3\r\n$6\r\nnotice\r\n$4\r\njoin\r\n$2\r\nhi\r\n-UNKNOWN no\r\n")
            .await?;
        assert!(matches!(session.next().await?, Incoming::Reply { ticket, .. } if ticket == first));
        assert!(matches!(session.next().await?, Incoming::Push(Push::Notice { .. })));
        let Incoming::Reply { ticket, value } = session.next().await? else {
            panic!("a push instead of a reply");
        };
        assert_eq!(ticket, second);
        assert!(matches!(value, Value::Error(error) if error.code == "UNKNOWN"));
        let mut sent = [0; 64];
        let length = server.read(&mut sent).await?;
        assert_eq!(&sent[..length], b"*1\r\n$4\r\nPING\r\n*2\r\n$3\r\nRUN\r\n$2\r\nls\r\n");
        Ok(())
    }

    #[tokio::test(flavor = "current_thread")]
    async fn secrets_wait_for_nothing_and_keep_the_order() -> Result<(), Lost> {
        let (mut session, mut server) = pair();
        session.queue(["PING"]);
        let ticket = session.send_wiped(&["AUTH", "ana", "hunter2"]).await;
        assert_eq!((ticket.number(), session.output.len()), (2, 0));
        let mut sent = [0; 128];
        let mut length = 0;
        while !sent[..length].ends_with(b"hunter2\r\n") {
            length += server.read(&mut sent[length..]).await?;
        }
        assert!(sent.starts_with(b"*1\r\n$4\r\nPING\r\n*3\r\n$4\r\nAUTH\r\n"));
        Ok(())
    }

    #[tokio::test(flavor = "current_thread")]
    async fn what_was_said_before_the_end_is_heard() -> Result<(), Lost> {
        let (mut session, mut server) = pair();
        server.write_all(b">2\r\n$3\r\nbye\r\n$4\r\nstop\r\n").await?;
        drop(server);
        session.queue(["PING"]);
        assert!(matches!(
            session.next().await?,
            Incoming::Push(Push::Bye { reason }) if reason == "stop"
        ));
        assert!(matches!(session.next().await, Err(Lost::Closed)));
        Ok(())
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_server_that_breaks_the_rules_is_left() -> Result<(), Lost> {
        let (mut session, mut server) = pair();
        server.write_all(b"+OK\r\n").await?;
        assert!(matches!(session.next().await, Err(Lost::Unasked)));
        let (mut session, mut server) = pair();
        server.write_all(b"HTTP/1.1 400 Bad Request\r\n").await?;
        assert!(matches!(session.next().await, Err(Lost::Protocol(_))));
        Ok(())
    }
}
