//! What lies between the socket and TLS: reads ahead, and notes what the handshake agreed on.
//!
//! Reading ahead saves one of two system calls for each request. The first bytes that the server sends hold the TLS
//! version and the cipher, which the TLS library does not tell; a cipher that isn't ECDHE with AEAD is turned away
//! after the handshake, since the library can't be given a list. The buffer is lent from the thread only while bytes
//! wait in it, so an idle session has none.

use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes read from the socket at once: one full TLS record (16 KiB and its overhead) fits.
const READ_AHEAD: usize = 17 * 1024;
/// Read buffers that a thread keeps for its next reads. More than a few would only be memory held for nothing.
const SPARE_BUFFERS: usize = 4;

thread_local! {
    /// Buffers between two uses. A session owns one only while bytes wait in it, so an idle session has none.
    static SPARE: RefCell<Vec<Box<[u8]>>> = const { RefCell::new(Vec::new()) };
}

/// A stream under TLS. OpenSSL asks for the five bytes of a record's header and then for its body; reading ahead makes
/// one system call of the two. It also keeps the first bytes that the server sends, which hold the TLS version and the
/// cipher: the TLS library does not tell them.
#[derive(Debug)]
pub(super) struct Transport<S> {
    stream: S,
    ahead: Option<Ahead>,
    /// Until `agreed` is asked for.
    first_flight: Option<Vec<u8>>,
}

#[derive(Debug)]
struct Ahead {
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
}

/// What a handshake agreed on, by its standard names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Agreed {
    /// `TLSv1.2` or `TLSv1.3`.
    pub version: &'static str,
    /// OpenSSL's name of the cipher suite.
    pub cipher: &'static str,
}

/// Bytes of the server's first flight that are kept: a `ServerHello`'s version, random, session id and cipher end at byte
/// 5 + 4 + 2 + 32 + 1 + 32 + 2 at the latest.
const FIRST_FLIGHT: usize = 78;

impl<S> Transport<S> {
    /// Wraps a fresh stream, before the handshake.
    pub(super) fn new(stream: S) -> Self {
        Self {
            stream,
            ahead: None,
            first_flight: Some(Vec::new()),
        }
    }

    /// What is wrapped.
    pub(super) fn stream(&self) -> &S {
        &self.stream
    }

    /// What the handshake agreed on, or `None` if it was not a forward-secret authenticated cipher (ECDHE and AEAD), which
    /// is what this server insists on. Frees the bytes kept for it.
    pub(super) fn agreed(&mut self) -> Option<Agreed> {
        parse_server_hello(&self.first_flight.take()?)
    }
}

/// Reads version and cipher out of a `ServerHello` record (RFC 5246, 7.4.1.3).
fn parse_server_hello(flight: &[u8]) -> Option<Agreed> {
    const HANDSHAKE: u8 = 22;
    const SERVER_HELLO: u8 = 2;
    if *flight.first()? != HANDSHAKE || *flight.get(5)? != SERVER_HELLO {
        return None;
    }
    let hello = flight.get(9..)?;
    let version = u16::from_be_bytes([*hello.first()?, *hello.get(1)?]);
    let session_id = usize::from(*hello.get(34)?);
    let suite = u16::from_be_bytes([*hello.get(35 + session_id)?, *hello.get(36 + session_id)?]);
    // The suites of RFC 5289, 7905 and 8446 that are ECDHE and AEAD.
    let (cipher, lowest) = match suite {
        0xC02B => ("ECDHE-ECDSA-AES128-GCM-SHA256", "TLSv1.2"),
        0xC02C => ("ECDHE-ECDSA-AES256-GCM-SHA384", "TLSv1.2"),
        0xC02F => ("ECDHE-RSA-AES128-GCM-SHA256", "TLSv1.2"),
        0xC030 => ("ECDHE-RSA-AES256-GCM-SHA384", "TLSv1.2"),
        0xCCA8 => ("ECDHE-RSA-CHACHA20-POLY1305", "TLSv1.2"),
        0xCCA9 => ("ECDHE-ECDSA-CHACHA20-POLY1305", "TLSv1.2"),
        0x1301 => ("TLS_AES_128_GCM_SHA256", "TLSv1.3"),
        0x1302 => ("TLS_AES_256_GCM_SHA384", "TLSv1.3"),
        0x1303 => ("TLS_CHACHA20_POLY1305_SHA256", "TLSv1.3"),
        _ => return None,
    };
    // TLS 1.3 also writes 0x0303 here; only its own suites tell it apart.
    (version == 0x0303).then_some(Agreed {
        version: lowest,
        cipher,
    })
}

impl Ahead {
    fn take() -> Self {
        let spare = SPARE.with_borrow_mut(Vec::pop);
        Self {
            buffer: spare.unwrap_or_else(|| vec![0; READ_AHEAD].into_boxed_slice()),
            start: 0,
            end: 0,
        }
    }

    fn give_back(self) {
        SPARE.with_borrow_mut(|spare| {
            if spare.len() < SPARE_BUFFERS {
                spare.push(self.buffer);
            }
        });
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Transport<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.ahead.is_none() {
            if out.remaining() >= READ_AHEAD {
                return Pin::new(&mut this.stream).poll_read(cx, out);
            }
            let mut ahead = Ahead::take();
            let mut buffer = ReadBuf::new(&mut ahead.buffer);
            let read = Pin::new(&mut this.stream).poll_read(cx, &mut buffer);
            ahead.end = buffer.filled().len();
            if ahead.end == 0 {
                ahead.give_back();
                return read;
            }
            ready!(read)?;
            this.ahead = Some(ahead);
        }
        if let Some(ahead) = &mut this.ahead {
            let wanted = out.remaining().min(ahead.end - ahead.start);
            out.put_slice(&ahead.buffer[ahead.start..ahead.start + wanted]);
            ahead.start += wanted;
            if ahead.start == ahead.end
                && let Some(empty) = this.ahead.take()
            {
                empty.give_back();
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Transport<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = ready!(Pin::new(&mut this.stream).poll_write(cx, bytes))?;
        if let Some(flight) = &mut this.first_flight {
            let room = FIRST_FLIGHT - flight.len();
            flight.extend_from_slice(&bytes[..written.min(room)]);
        }
        Poll::Ready(Ok(written))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
