//! What a command shows about itself.

use super::MessageError;
use super::fields::{Fields, PutFields};
use crate::{Encoder, Value};

/// A command's card: what it does, how it is called, worked examples. Its parts travel apart, so that a shell lays them
/// out for its own width and colours; the headings between them are the shell's own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Card {
    /// The command's name, of one to four words.
    pub name: String,
    /// One line on what it does.
    pub summary: String,
    /// The language of the texts (`en`), and so of the headings that the shell adds.
    pub language: String,
    /// How it is called, a line for each way.
    pub usage: Vec<String>,
    /// Other names for it.
    pub aliases: Vec<String>,
    /// The params that have something said about them.
    pub params: Vec<CardParam>,
    /// Worked examples, best first.
    pub examples: Vec<Example>,
    /// Names of related commands.
    pub see_also: Vec<String>,
    /// A picture, to be fetched by its hash.
    pub image: Option<Image>,
    /// A closing sentence, such as that nothing was run.
    pub note: Option<String>,
}

/// A param of a command, as its card explains it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CardParam {
    /// Its name as in the usage line.
    pub name: String,
    /// What it is for.
    pub about: String,
}

/// A line that can be typed, and what it does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Example {
    /// The line.
    pub run: String,
    /// What it does. May be empty.
    pub about: String,
}

/// A picture on the server. The bytes are had by `IMAGE hash`, and can be kept for ever under that name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Image {
    /// SHA-256 of the PNG file, in lower-case hex.
    pub hash: String,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// What can be seen, for those who can't see it.
    pub alt: String,
}

impl Card {
    /// Writes it as a [`Reply`](crate::Reply) of kind `card`.
    pub fn encode(&self, encoder: &mut Encoder<'_>) {
        encoder
            .map(11)
            .put_text("kind", "card")
            .put_text("name", &self.name)
            .put_text("summary", &self.summary);
        encoder
            .put_text("language", &self.language)
            .put_texts("usage", &self.usage)
            .put_texts("aliases", &self.aliases);
        encoder.put_list("params", &self.params, CardParam::encode).put_list(
            "examples",
            &self.examples,
            Example::encode,
        );
        encoder.put_texts("see_also", &self.see_also).bulk(b"image");
        match &self.image {
            Some(image) => image.encode(encoder),
            None => _ = encoder.null(),
        }
        encoder.put_optional("note", self.note.as_deref());
    }

    /// Reads what [`Card::encode`] writes. Only `name` must be there.
    pub fn decode(value: &Value) -> Result<Self, MessageError> {
        let fields = Fields::of(value, "card")?;
        Ok(Self {
            name: fields.text("name")?,
            summary: fields.optional_text("summary")?.unwrap_or_default(),
            language: fields.optional_text("language")?.unwrap_or_default(),
            usage: fields.texts("usage")?,
            aliases: fields.texts("aliases")?,
            params: fields.list("params", CardParam::decode)?,
            examples: fields.list("examples", Example::decode)?,
            see_also: fields.texts("see_also")?,
            image: fields.value("image").map(Image::decode).transpose()?,
            note: fields.optional_text("note")?,
        })
    }
}

impl CardParam {
    fn encode(&self, encoder: &mut Encoder<'_>) {
        encoder
            .map(2)
            .put_text("name", &self.name)
            .put_text("about", &self.about);
    }

    fn decode(value: &Value) -> Result<Self, MessageError> {
        let fields = Fields::of(value, "params")?;
        Ok(Self {
            name: fields.text("name")?,
            about: fields.optional_text("about")?.unwrap_or_default(),
        })
    }
}

impl Example {
    fn encode(&self, encoder: &mut Encoder<'_>) {
        encoder.map(2).put_text("run", &self.run).put_text("about", &self.about);
    }

    fn decode(value: &Value) -> Result<Self, MessageError> {
        let fields = Fields::of(value, "examples")?;
        Ok(Self {
            run: fields.text("run")?,
            about: fields.optional_text("about")?.unwrap_or_default(),
        })
    }
}

impl Image {
    /// Writes it as a [`Reply`](crate::Reply) of kind `image`.
    pub fn encode(&self, encoder: &mut Encoder<'_>) {
        encoder.map(5).put_text("kind", "image").put_text("hash", &self.hash);
        encoder
            .put_unsigned("width", self.width.into())
            .put_unsigned("height", self.height.into());
        encoder.put_text("alt", &self.alt);
    }

    /// Reads what [`Image::encode`] writes. Only `alt` may be missing.
    pub fn decode(value: &Value) -> Result<Self, MessageError> {
        let fields = Fields::of(value, "image")?;
        Ok(Self {
            hash: fields.text("hash")?,
            width: fields.unsigned("width")?,
            height: fields.unsigned("height")?,
            alt: fields.optional_text("alt")?.unwrap_or_default(),
        })
    }
}
