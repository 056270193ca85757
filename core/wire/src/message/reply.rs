//! What a command answers.

use super::fields::{Fields, PutFields, array, text};
use super::{Card, Image, MessageError};
use crate::{Encoder, Value};

/// What every action returns. A session that said `SHELL` gets it as a map whose first key is `kind`, to lay out for its
/// terminal; everyone else gets the same as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// Text, perhaps of many lines, without a line end at its end.
    Text(String),
    /// A command's card.
    Card(Card),
    /// Rows and columns.
    Table(Table),
    /// A picture.
    Image(Image),
    /// How a program ended.
    Exit(Exit),
}

/// Rows and columns of text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// The headings, in the session's language.
    pub columns: Vec<String>,
    /// The cells; each row is as long as `columns`.
    pub rows: Vec<Vec<String>>,
    /// A closing sentence.
    pub note: Option<String>,
}

/// How a program ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Exit {
    /// Its exit status; none when a signal ended it.
    pub status: Option<i64>,
    /// The signal that ended it, as `SIGTERM`.
    pub signal: Option<String>,
    /// Whether that is success: a command may say that other statuses than 0 are. None from a server that doesn't tell;
    /// see [`Exit::is_success`].
    pub ok: Option<bool>,
    /// How long it ran, in milliseconds.
    pub ms: u64,
    /// The job's id, when there is more to ask about it.
    pub job: Option<String>,
    /// It said more than was kept.
    pub truncated: bool,
}

impl Reply {
    /// Writes the map with its `kind`.
    pub fn encode(&self, encoder: &mut Encoder<'_>) {
        match self {
            Self::Text(text) => {
                encoder.map(2).put_text("kind", "text");
                encoder.put_text("text", text);
            }
            Self::Card(card) => card.encode(encoder),
            Self::Table(table) => table.encode(encoder),
            Self::Image(image) => image.encode(encoder),
            Self::Exit(exit) => exit.encode(encoder),
        }
    }

    /// Reads what [`Reply::encode`] writes.
    pub fn decode(value: &Value) -> Result<Self, MessageError> {
        let fields = Fields::of(value, "reply")?;
        let kind = fields.text("kind")?;
        match kind.as_str() {
            "text" => fields.text("text").map(Self::Text),
            "card" => Card::decode(value).map(Self::Card),
            "table" => Table::decode(value).map(Self::Table),
            "image" => Image::decode(value).map(Self::Image),
            "exit" => Exit::decode(value).map(Self::Exit),
            _ => Err(MessageError::UnknownKind { kind }),
        }
    }
}

impl Table {
    /// Writes it as a [`Reply`] of kind `table`.
    pub fn encode(&self, encoder: &mut Encoder<'_>) {
        encoder
            .map(4)
            .put_text("kind", "table")
            .put_texts("columns", &self.columns);
        encoder.put_list("rows", &self.rows, |row, encoder| _ = encoder.texts(row));
        encoder.put_optional("note", self.note.as_deref());
    }

    /// Reads what [`Table::encode`] writes. A row that is shorter or longer than `columns` is filled up or cut, so that
    /// nobody has to look again.
    pub fn decode(value: &Value) -> Result<Self, MessageError> {
        let fields = Fields::of(value, "table")?;
        let columns = fields.texts("columns")?;
        let cells = |row| {
            let cells = array(row, "rows")?
                .iter()
                .take(columns.len())
                .map(|cell| text(cell, "rows"));
            let mut cells = cells.collect::<Result<Vec<_>, _>>()?;
            cells.resize(columns.len(), String::new());
            Ok(cells)
        };
        Ok(Self {
            rows: fields.list("rows", cells)?,
            note: fields.optional_text("note")?,
            columns,
        })
    }
}

impl Exit {
    /// Whether the program did what it should: as the server says, else by its status.
    pub fn is_success(&self) -> bool {
        self.ok.unwrap_or(self.status == Some(0))
    }

    /// Writes it as a [`Reply`] of kind `exit`.
    pub fn encode(&self, encoder: &mut Encoder<'_>) {
        encoder.map(7).put_text("kind", "exit").bulk(b"status");
        match self.status {
            Some(status) => encoder.integer(status),
            None => encoder.null(),
        };
        encoder
            .put_optional("signal", self.signal.as_deref())
            .put_optional_boolean("ok", self.ok)
            .put_unsigned("ms", self.ms);
        encoder
            .put_optional("job", self.job.as_deref())
            .put_boolean("truncated", self.truncated);
    }

    /// Reads what [`Exit::encode`] writes. Only `ms` must be there.
    pub fn decode(value: &Value) -> Result<Self, MessageError> {
        let fields = Fields::of(value, "exit")?;
        Ok(Self {
            status: fields.optional_integer("status")?,
            signal: fields.optional_text("signal")?,
            ok: fields.optional_boolean("ok")?,
            ms: fields.unsigned("ms")?,
            job: fields.optional_text("job")?,
            truncated: fields.boolean("truncated")?,
        })
    }
}
