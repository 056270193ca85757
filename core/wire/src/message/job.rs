//! The runs of programs, as `JOB LIST` and `JOB READ` tell of them.
//!
//! `JOB START key name [arg ...]` answers the id as a bulk string, `JOB LIST` an array of [`JobEntry`], `JOB READ id [from
//! [WAIT ms]]` a [`JobReport`], and `JOB KILL id` 1 when the job was asked to end, 0 when it had ended.

use bytes::Bytes;

use super::MessageError;
use super::fields::{Fields, PutFields, array, unsigned};
use crate::{Encoder, Value};

/// Keys of an entry.
const ENTRY_KEYS: usize = 12;

/// One run of a program.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JobEntry {
    /// Random, and known only to those who may ask.
    pub id: String,
    /// The name of the command that was run; what it was given isn't told.
    pub command: String,
    /// How far it has come.
    pub state: JobState,
    /// Whose it is.
    pub user: String,
    /// How long it took, or has been going on, in milliseconds.
    pub ms: u64,
    /// Its exit status; none before it has ended, and when a signal ended it.
    pub status: Option<i64>,
    /// The signal that ended it, as `SIGTERM`.
    pub signal: Option<String>,
    /// Why it ended, when it didn't by itself: a sentence in the session's language.
    pub ending: Option<String>,
    /// Whether it ended as it should: a command may say that other statuses than 0 are success. None before it has ended,
    /// and from a server that doesn't tell; see [`JobEntry::is_success`].
    pub ok: Option<bool>,
    /// It said more than was kept.
    pub truncated: bool,
    /// How much it has said, in bytes.
    pub bytes: u64,
    /// What it said is no longer kept.
    pub forgotten: bool,
}

/// How far a job has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum JobState {
    /// For others to end first.
    #[default]
    Waiting,
    /// Its program runs.
    Running,
    /// Nothing of it is left but its output.
    Ended,
}

/// A job, and what it has said from some place on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JobReport {
    /// The job.
    pub entry: JobEntry,
    /// The number of the first piece in `output`, from 0. Beyond the one that was asked for when what was said before it
    /// is no longer kept.
    pub from: u64,
    /// The number to read on from.
    pub next: u64,
    /// What it said, in order: 1 for standard output or 2 for standard error, and bytes as written, so perhaps not UTF-8
    /// and cut anywhere.
    pub output: Vec<(u8, Bytes)>,
}

impl JobState {
    /// As it stands on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Ended => "ended",
        }
    }

    fn parse(text: &str) -> Result<Self, MessageError> {
        [Self::Waiting, Self::Running, Self::Ended]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or(MessageError::Wrong {
                field: "state",
                expected: "`waiting`, `running` or `ended`",
            })
    }
}

impl JobEntry {
    /// Whether it has ended as it should: as the server says, else by its status.
    pub fn is_success(&self) -> bool {
        let by_status = self.state == JobState::Ended && self.status == Some(0) && self.ending.is_none();
        self.ok.unwrap_or(by_status)
    }

    /// Writes the map.
    pub fn encode(&self, encoder: &mut Encoder<'_>) {
        self.put(encoder.map(ENTRY_KEYS));
    }

    /// Reads what [`JobEntry::encode`] writes. Only `id`, `state` and `ms` must be there.
    pub fn decode(value: &Value) -> Result<Self, MessageError> {
        let fields = Fields::of(value, "job")?;
        Ok(Self {
            id: fields.text("id")?,
            command: fields.optional_text("command")?.unwrap_or_default(),
            state: JobState::parse(&fields.text("state")?)?,
            user: fields.optional_text("user")?.unwrap_or_default(),
            ms: fields.unsigned("ms")?,
            status: fields.optional_integer("status")?,
            signal: fields.optional_text("signal")?,
            ending: fields.optional_text("ending")?,
            ok: fields.optional_boolean("ok")?,
            truncated: fields.boolean("truncated")?,
            bytes: fields.value("bytes").map_or(Ok(0), |bytes| unsigned(bytes, "bytes"))?,
            forgotten: fields.boolean("forgotten")?,
        })
    }

    fn put(&self, encoder: &mut Encoder<'_>) {
        encoder.put_text("id", &self.id).put_text("command", &self.command);
        encoder
            .put_text("state", self.state.as_str())
            .put_text("user", &self.user)
            .put_unsigned("ms", self.ms)
            .bulk(b"status");
        match self.status {
            Some(status) => encoder.integer(status),
            None => encoder.null(),
        };
        encoder
            .put_optional("signal", self.signal.as_deref())
            .put_optional("ending", self.ending.as_deref())
            .put_optional_boolean("ok", self.ok)
            .put_boolean("truncated", self.truncated)
            .put_unsigned("bytes", self.bytes)
            .put_boolean("forgotten", self.forgotten);
    }
}

impl JobReport {
    /// Writes the map, with `job` as its `kind`.
    pub fn encode(&self, encoder: &mut Encoder<'_>) {
        encoder.map(ENTRY_KEYS + 4).put_text("kind", "job");
        self.entry.put(encoder);
        encoder.put_unsigned("from", self.from).put_unsigned("next", self.next);
        encoder.put_list("output", &self.output, |(stream, bytes), encoder| {
            encoder.array(2).unsigned((*stream).into()).bulk(bytes);
        });
    }

    /// Reads what [`JobReport::encode`] writes.
    pub fn decode(value: &Value) -> Result<Self, MessageError> {
        let fields = Fields::of(value, "job")?;
        match fields.text("kind")? {
            kind if kind == "job" => Ok(Self {
                entry: JobEntry::decode(value)?,
                from: fields.unsigned("from")?,
                next: fields.unsigned("next")?,
                output: fields.list("output", piece)?,
            }),
            kind => Err(MessageError::UnknownKind { kind }),
        }
    }
}

fn piece(value: &Value) -> Result<(u8, Bytes), MessageError> {
    let wrong = MessageError::Wrong {
        field: "output",
        expected: "a list of pairs of 1 or 2 and a bulk string",
    };
    match array(value, "output")? {
        [Value::Integer(stream @ (1 | 2)), Value::Bulk(bytes), ..] => {
            let stream = if *stream == 1 { 1 } else { 2 };
            Ok((stream, bytes.clone()))
        }
        _ => Err(wrong),
    }
}
