//! What a server says on its own, at any time, to a session that said `SHELL`.

use bytes::Bytes;

use super::MessageError;
use super::fields::{PutFields, text, unsigned};
use crate::{Encoder, Value};

/// An array whose first element says its kind. It answers nothing and may come between any two replies.
#[derive(Debug, Clone, PartialEq)]
pub enum Push {
    /// `[message, room, name, user, text, ms]`: someone spoke in a room.
    Message {
        /// Where.
        room: String,
        /// The name that is shown.
        name: String,
        /// Whose session it is; `guest` for people without login.
        user: String,
        /// What was said.
        text: String,
        /// When, in milliseconds of Unix time.
        ms: u64,
    },
    /// `[tell, name, user, text, ms]`: someone spoke to this session alone.
    Tell {
        /// The name that is shown.
        name: String,
        /// Whose session it is; `guest` for people without login.
        user: String,
        /// What was said.
        text: String,
        /// When, in milliseconds of Unix time.
        ms: u64,
    },
    /// `[notice, kind, text]`: a sentence of the server, in the session's language.
    Notice {
        /// `join`, `leave`, `name`, `server`, `moderation`; more may come.
        kind: String,
        /// The sentence.
        text: String,
    },
    /// `[name, name]`: the session's own name is now this.
    Name {
        /// The name.
        name: String,
    },
    /// `[room, room]`: the room that `say` speaks to is now this.
    Room {
        /// The room.
        room: String,
    },
    /// `[prompt, text]`: the prompt is to tell this too, such as the folder that somebody is in; nothing if empty.
    Prompt {
        /// What to tell.
        text: String,
    },
    /// `[catalogue, hash]`: the commands have changed.
    Catalogue {
        /// The hash that `CATALOGUE` answers now.
        hash: String,
    },
    /// `[bye, reason]`: the server is about to close this connection.
    Bye {
        /// A sentence in the session's language.
        reason: String,
    },
    /// `[out, request, stream, bytes]`: what a running program wrote.
    Out {
        /// The request's number in its session, from 1.
        request: u64,
        /// 1 for standard output, 2 for standard error.
        stream: u8,
        /// As written, so perhaps not UTF-8 and cut anywhere.
        bytes: Bytes,
    },
    /// Anything else: confirmations of subscriptions, kinds of a later version. Only ever received.
    Other(Vec<Value>),
}

impl Push {
    /// Writes the array, as a push in RESP3.
    pub fn encode(&self, encoder: &mut Encoder<'_>) {
        let texts = |encoder: &mut Encoder<'_>, more: usize, texts: &[&str]| {
            encoder.push(texts.len() + more);
            for text in texts {
                encoder.bulk(text.as_bytes());
            }
        };
        match self {
            Self::Message {
                room,
                name,
                user,
                text,
                ms,
            } => {
                texts(encoder, 1, &["message", room, name, user, text]);
                encoder.unsigned(*ms);
            }
            Self::Tell { name, user, text, ms } => {
                texts(encoder, 1, &["tell", name, user, text]);
                encoder.unsigned(*ms);
            }
            Self::Notice { kind, text } => texts(encoder, 0, &["notice", kind, text]),
            Self::Name { name } => texts(encoder, 0, &["name", name]),
            Self::Room { room } => texts(encoder, 0, &["room", room]),
            Self::Prompt { text } => texts(encoder, 0, &["prompt", text]),
            Self::Catalogue { hash } => texts(encoder, 0, &["catalogue", hash]),
            Self::Bye { reason } => texts(encoder, 0, &["bye", reason]),
            Self::Out { request, stream, bytes } => {
                texts(encoder, 3, &["out"]);
                encoder.unsigned(*request).unsigned((*stream).into()).bulk(bytes);
            }
            Self::Other(items) => {
                encoder.push(items.len());
                for item in items {
                    encoder.value(item);
                }
            }
        }
    }

    /// Reads what [`Push::encode`] writes. A kind that isn't known becomes [`Push::Other`], and so does the shorter
    /// `[message, room, payload]` that subscribers get.
    pub fn decode(value: &Value) -> Result<Self, MessageError> {
        let (Value::Push(items) | Value::Array(items)) = value else {
            return Err(MessageError::Wrong {
                field: "push",
                expected: "a list",
            });
        };
        let Some((kind, rest)) = items.split_first() else {
            return Err(MessageError::Missing { field: "kind" });
        };
        let fields = Positions(rest);
        Ok(match kind.as_str() {
            Some("message") if rest.len() > 2 => Self::Message {
                room: fields.text(0, "room")?,
                name: fields.text(1, "name")?,
                user: fields.text(2, "user")?,
                text: fields.text(3, "text")?,
                ms: unsigned(fields.value(4, "ms")?, "ms")?,
            },
            Some("tell") => Self::Tell {
                name: fields.text(0, "name")?,
                user: fields.text(1, "user")?,
                text: fields.text(2, "text")?,
                ms: unsigned(fields.value(3, "ms")?, "ms")?,
            },
            Some("notice") => Self::Notice {
                kind: fields.text(0, "kind")?,
                text: fields.text(1, "text")?,
            },
            Some("name") => Self::Name {
                name: fields.text(0, "name")?,
            },
            Some("room") => Self::Room {
                room: fields.text(0, "room")?,
            },
            Some("prompt") => Self::Prompt {
                text: fields.text(0, "text")?,
            },
            Some("catalogue") => Self::Catalogue {
                hash: fields.text(0, "hash")?,
            },
            Some("bye") => Self::Bye {
                reason: fields.text(0, "reason")?,
            },
            Some("out") => fields.out()?,
            _ => Self::Other(items.clone()),
        })
    }
}

/// What follows the kind, taken out by position.
struct Positions<'a>(&'a [Value]);

impl<'a> Positions<'a> {
    fn value(&self, index: usize, field: &'static str) -> Result<&'a Value, MessageError> {
        self.0.get(index).ok_or(MessageError::Missing { field })
    }

    fn text(&self, index: usize, field: &'static str) -> Result<String, MessageError> {
        text(self.value(index, field)?, field)
    }

    fn out(&self) -> Result<Push, MessageError> {
        let stream = unsigned(self.value(1, "stream")?, "stream")?;
        if !matches!(stream, 1 | 2) {
            return Err(MessageError::Wrong {
                field: "stream",
                expected: "1 or 2",
            });
        }
        let Value::Bulk(bytes) = self.value(2, "bytes")? else {
            return Err(MessageError::Wrong {
                field: "bytes",
                expected: "a bulk string",
            });
        };
        Ok(Push::Out {
            request: unsigned(self.value(0, "request")?, "request")?,
            stream,
            bytes: bytes.clone(),
        })
    }
}
