//! The commands of a server, as far as a shell needs them for completion, hints and splitting lines.

use bytes::{Bytes, BytesMut};
use thiserror::Error;

use super::MessageError;
use super::fields::{Fields, PutFields, array, text};
use crate::{Encoder, Protocol, ProtocolError, Value, ValueDecoder, ValueLimits};

/// The reply to `CATALOGUE [IF-NOT hash]`: `[hash, payload]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueReply {
    /// SHA-256 of the payload, in lower-case hex.
    pub hash: String,
    /// What [`CatalogueExport::encode_payload`] writes; none when the asker has it already.
    pub payload: Option<Bytes>,
}

impl CatalogueReply {
    /// Writes the array.
    pub fn encode(&self, encoder: &mut Encoder<'_>) {
        encoder.array(2).bulk(self.hash.as_bytes());
        match &self.payload {
            Some(payload) => encoder.bulk(payload),
            None => encoder.null(),
        };
    }

    /// Reads what [`CatalogueReply::encode`] writes. The payload isn't compared with the hash.
    pub fn decode(value: &Value) -> Result<Self, MessageError> {
        if let Value::Error(error) = value {
            return Err(MessageError::Error(error.clone()));
        }
        let items = array(value, "catalogue")?;
        let hash = text(items.first().ok_or(MessageError::Missing { field: "hash" })?, "hash")?;
        let payload = match items.get(1).ok_or(MessageError::Missing { field: "payload" })? {
            Value::Bulk(payload) => Some(payload.clone()),
            Value::Null => None,
            _ => {
                return Err(MessageError::Wrong {
                    field: "payload",
                    expected: "a bulk string",
                });
            }
        };
        Ok(Self { hash, payload })
    }
}

/// All commands that one session may see, in its language.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CatalogueExport {
    /// The commands, sorted by name.
    pub entries: Vec<CatalogueEntry>,
    /// The groups that commands are in: name, title for people.
    pub groups: Vec<(String, String)>,
}

/// One command.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CatalogueEntry {
    /// Its name, of one to four words.
    pub name: String,
    /// Other names for it.
    pub aliases: Vec<String>,
    /// The name of its group.
    pub group: String,
    /// One line on what it does.
    pub summary: String,
    /// What running it does: `card`, `reply`, `lookup`, `builtin`, `exec`, `plugin`.
    pub action: String,
    /// What it takes, in order.
    pub params: Vec<ParamEntry>,
    /// Lines that can be typed.
    pub examples: Vec<String>,
    /// What to ask before it is run; travels only when there is something.
    pub confirm: Option<String>,
}

/// One param of a command.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a field of the message")]
pub struct ParamEntry {
    /// Its name.
    pub name: String,
    /// What it takes, and so how it is completed: `string`, `choice`, `integer`, `text`, `person`, `room`, `command`,
    /// `language`; more may come. A `secret` is typed unseen, and kept nowhere.
    pub kind: String,
    /// It cannot be left out.
    pub required: bool,
    /// It takes the rest of the line as it is, and travels as one word.
    pub rest: bool,
    /// It takes any number of words.
    pub list: bool,
    /// The values that it is known to take, and what each is about (may be empty).
    pub choices: Vec<(String, String)>,
    /// The flag before its value, anywhere among the arguments; such a param has no place of its own. A `boolean` has the
    /// flag alone. Travels only when there is one.
    pub flag: Option<String>,
    /// The server knows values by `COMPLETE`; travels only when it does.
    pub complete: bool,
    /// A value in its place may begin with a dash; travels only when it may, and where it matters: for a param without a flag,
    /// of a command with flags.
    pub allow_dash: bool,
}

/// The payload of a catalogue cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PayloadError {
    /// It is a value, and not a catalogue.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// It isn't a value.
    #[error(transparent)]
    Protocol(#[from] ProtocolError),
    /// It ends too early, or goes on after its end.
    #[error("the catalogue isn't exactly one value")]
    WrongLength,
}

impl CatalogueExport {
    /// Writes a map.
    pub fn encode(&self, encoder: &mut Encoder<'_>) {
        encoder
            .map(2)
            .put_list("entries", &self.entries, CatalogueEntry::encode);
        put_pairs(encoder, "groups", &self.groups);
    }

    /// Reads what [`CatalogueExport::encode`] writes.
    pub fn decode(value: &Value) -> Result<Self, MessageError> {
        let fields = Fields::of(value, "catalogue")?;
        Ok(Self {
            entries: fields.list("entries", CatalogueEntry::decode)?,
            groups: pairs(fields, "groups")?,
        })
    }

    /// The bytes that travel within [`CatalogueReply`], and that its hash is over: this map in RESP3, whatever the
    /// connection speaks.
    pub fn encode_payload(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.encode(&mut Encoder::new(&mut out, Protocol::Resp3));
        out
    }

    /// Reads what [`CatalogueExport::encode_payload`] writes.
    pub fn decode_payload(payload: &[u8]) -> Result<Self, PayloadError> {
        // The bytes are all here, and memory is only ever taken for what has come: they are the limit.
        let limits = ValueLimits {
            depth: 16,
            items: usize::MAX,
            bulk_bytes: usize::MAX,
            total_bytes: usize::MAX,
        };
        let mut input = BytesMut::from(payload);
        let value = ValueDecoder::new(limits)
            .decode(&mut input)?
            .ok_or(PayloadError::WrongLength)?;
        if !input.is_empty() {
            return Err(PayloadError::WrongLength);
        }
        Ok(Self::decode(&value)?)
    }
}

impl CatalogueEntry {
    fn encode(&self, encoder: &mut Encoder<'_>) {
        encoder
            .map(7 + usize::from(self.confirm.is_some()))
            .put_text("name", &self.name)
            .put_texts("aliases", &self.aliases)
            .put_text("group", &self.group);
        encoder
            .put_text("summary", &self.summary)
            .put_text("action", &self.action);
        encoder
            .put_list("params", &self.params, ParamEntry::encode)
            .put_texts("examples", &self.examples);
        if let Some(confirm) = &self.confirm {
            encoder.put_text("confirm", confirm);
        }
    }

    fn decode(value: &Value) -> Result<Self, MessageError> {
        let fields = Fields::of(value, "entries")?;
        Ok(Self {
            name: fields.text("name")?,
            aliases: fields.texts("aliases")?,
            group: fields.optional_text("group")?.unwrap_or_default(),
            summary: fields.optional_text("summary")?.unwrap_or_default(),
            action: fields.optional_text("action")?.unwrap_or_default(),
            params: fields.list("params", ParamEntry::decode)?,
            examples: fields.texts("examples")?,
            confirm: fields.optional_text("confirm")?,
        })
    }
}

impl ParamEntry {
    fn encode(&self, encoder: &mut Encoder<'_>) {
        encoder
            .map(6 + usize::from(self.flag.is_some()) + usize::from(self.complete) + usize::from(self.allow_dash))
            .put_text("name", &self.name)
            .put_text("kind", &self.kind)
            .put_boolean("required", self.required);
        encoder.put_boolean("rest", self.rest).put_boolean("list", self.list);
        put_pairs(encoder, "choices", &self.choices);
        if let Some(flag) = &self.flag {
            encoder.put_text("flag", flag);
        }
        if self.complete {
            encoder.put_boolean("complete", true);
        }
        if self.allow_dash {
            encoder.put_boolean("allow_dash", true);
        }
    }

    fn decode(value: &Value) -> Result<Self, MessageError> {
        let fields = Fields::of(value, "params")?;
        Ok(Self {
            name: fields.text("name")?,
            kind: fields.optional_text("kind")?.unwrap_or_default(),
            required: fields.boolean("required")?,
            rest: fields.boolean("rest")?,
            list: fields.boolean("list")?,
            choices: pairs(fields, "choices")?,
            flag: fields.optional_text("flag")?,
            complete: fields.boolean("complete")?,
            allow_dash: fields.boolean("allow_dash")?,
        })
    }
}

/// Writes a list of lists of two, which keeps its order in every client, as a map need not.
fn put_pairs(encoder: &mut Encoder<'_>, field: &'static str, pairs: &[(String, String)]) {
    encoder.put_list(field, pairs, |(first, second), encoder| {
        encoder.array(2).bulk(first.as_bytes()).bulk(second.as_bytes());
    });
}

fn pairs(fields: Fields<'_>, field: &'static str) -> Result<Vec<(String, String)>, MessageError> {
    fields.list(field, |pair| {
        let [first, second, ..] = array(pair, field)? else {
            return Err(MessageError::Wrong {
                field,
                expected: "a list of pairs",
            });
        };
        Ok((text(first, field)?, text(second, field)?))
    })
}
