//! The bytes that Caracola's client and server exchange.
//!
//! Two layers, and beside them the grammar of the lines that people type ([`mod@line`]): no I/O, no clock, no runtime. Bytes go in,
//! bytes come out.
//!
//! 1. **The codec** speaks a strict subset of RESP2 and RESP3, the protocols of Redis, so that any Redis client library
//!    can script a Caracola server.
//!    - A server reads with [`RequestDecoder`]: requests are arrays of bulk strings, or lines as a person types them.
//!    - A client reads with [`ValueDecoder`]: replies and pushes are [`Value`]s.
//!    - Both write with [`Encoder`], which knows the [`Protocol`] of the connection and says the same thing in either.
//! 2. **The messages** give those values names and types: [`Reply`] (what a command answers), [`Push`] (what a server says
//!    on its own), [`ShellHello`] and [`ShellWelcome`] (how a shell introduces itself), [`CatalogueReply`] and
//!    [`CatalogueExport`] (the commands that a shell completes), [`Completion`] (what only the server can complete), [`JobEntry`] and [`JobReport`] (runs of programs). Each
//!    has `encode` and `decode`. What a later version adds, keys of a map or items at the end of an array, is passed over.
//!
//! Both decoders are incremental: they remember how far they have looked, so a request that dribbles in byte by byte
//! costs no more than one that comes whole. Both are bounded: [`RequestLimits`] and [`ValueLimits`] hold for anything a
//! stranger can send, and no memory is set aside for what has only been announced. Neither recurses.
//!
//! # Where to start reading
//! `encoder` for what goes out, `request` for the server's hot path, `message/reply` for what a shell lays out.
//!
//! ```
//! use caracola_wire::{Encoder, Protocol, RequestDecoder, RequestLimits};
//!
//! let mut bytes = Vec::new();
//! Encoder::new(&mut bytes, Protocol::Resp3).request(["RUN", "ls"]);
//! assert_eq!(bytes, b"*2\r\n$3\r\nRUN\r\n$2\r\nls\r\n");
//!
//! let mut decoder = RequestDecoder::new(RequestLimits::GUEST);
//! let request = decoder.decode(&bytes)?.expect("it is all there");
//! assert!(request.words().eq([&b"RUN"[..], b"ls"]));
//! assert_eq!(request.wire_len(), bytes.len());
//! # Ok::<(), caracola_wire::ProtocolError>(())
//! ```
#![forbid(unsafe_code)]
#![deny(clippy::disallowed_methods)]

mod encoder;
mod error;
mod length;
mod limits;
pub mod line;
mod message;
pub mod png;
mod protocol_error;
mod request;
pub mod text;
mod value;

pub use encoder::{Encoder, Protocol};
pub use error::{ErrorCode, ErrorReply, UnknownErrorCode};
pub use limits::{MAX_INLINE_BYTES, MAX_INLINE_WORDS, MAX_LINE_BYTES, RequestLimits, ValueLimits};
pub use message::{
    Card, CardParam, CatalogueEntry, CatalogueExport, CatalogueReply, Completion, Example, Exit, Image, JobEntry,
    JobReport, JobState, MessageError, Offer, ParamEntry, PayloadError, Push, Reply, ShellHello, ShellWelcome, Table,
};
pub use protocol_error::ProtocolError;
pub use request::{OwnedRequest, Request, RequestDecoder};
pub use value::{Value, ValueDecoder};
