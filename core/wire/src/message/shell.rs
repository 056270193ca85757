//! How a shell and a server introduce themselves.

use super::MessageError;
use super::fields::{Fields, PutFields};
use crate::{Encoder, Value};

/// What a shell says about itself: the words `SHELL 1 key value ...`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShellHello {
    /// The version of these messages that it speaks: 1.
    pub version: u32,
    /// `lang`: the language that its person reads, such as `es-MX`.
    pub language: Option<String>,
    /// `width`: its terminal's columns. The server brings it into the range that it lays out for.
    pub width: Option<u16>,
    /// `stream`: it wants a program's output as it comes.
    pub stream: bool,
    /// `quiet`: nobody sits there, a script does. It comes into no room, and nobody is told of it.
    pub quiet: bool,
    /// `name`: what its person wants to be called.
    pub name: Option<String>,
    /// `token`: the secret of an earlier welcome, to be given that name again.
    pub token: Option<String>,
    /// `device`: it keeps a secret for its next login, as `HELLO 3 DEVICE secret AUTH ...`; see [`ShellWelcome::device`].
    pub device: bool,
}

impl Default for ShellHello {
    fn default() -> Self {
        Self {
            version: Self::VERSION,
            language: None,
            width: None,
            stream: false,
            quiet: false,
            name: None,
            token: None,
            device: false,
        }
    }
}

impl ShellHello {
    /// The version of the messages in this crate.
    pub const VERSION: u32 = 1;

    /// The whole request, `SHELL` included.
    pub fn words(&self) -> Vec<String> {
        let mut words = vec!["SHELL".to_owned(), self.version.to_string()];
        let mut add = |key: &str, value: Option<String>| {
            if let Some(value) = value {
                words.extend([key.to_owned(), value]);
            }
        };
        add("lang", self.language.clone());
        add("width", self.width.map(|width| width.to_string()));
        add("stream", self.stream.then(|| "1".to_owned()));
        add("quiet", self.quiet.then(|| "1".to_owned()));
        add("name", self.name.clone());
        add("token", self.token.clone());
        add("device", self.device.then(|| "1".to_owned()));
        words
    }

    /// Reads the words after `SHELL`: the version, then keys and values. Keys match in any case, the last of several
    /// counts, unknown ones are passed over, and an empty value is none.
    ///
    /// Fails on a missing or malformed version, on a key without a value, and on a value that cannot be one of a known
    /// key. A version other than ours is not a failure: the server answers with its own.
    pub fn parse<'w>(words: impl IntoIterator<Item = &'w [u8]>) -> Result<Self, MessageError> {
        let mut words = words.into_iter();
        let version = words.next().ok_or(MessageError::Missing { field: "version" })?;
        let mut hello = Self {
            version: number(version, "version")?,
            ..Self::default()
        };
        while let Some(key) = words.next() {
            let value = words.next().ok_or(MessageError::Missing {
                field: "value of the last key",
            })?;
            hello.set(key, value)?;
        }
        Ok(hello)
    }

    fn set(&mut self, key: &[u8], value: &[u8]) -> Result<(), MessageError> {
        match key.to_ascii_lowercase().as_slice() {
            b"lang" => self.language = optional(value, "lang")?,
            b"width" => self.width = Some(number(value, "width")?),
            b"stream" => self.stream = number::<u8>(value, "stream")? != 0,
            b"quiet" => self.quiet = number::<u8>(value, "quiet")? != 0,
            b"name" => self.name = optional(value, "name")?,
            b"token" => self.token = optional(value, "token")?,
            b"device" => self.device = number::<u8>(value, "device")? != 0,
            _ => {}
        }
        Ok(())
    }
}

fn optional(value: &[u8], field: &'static str) -> Result<Option<String>, MessageError> {
    let text = std::str::from_utf8(value).map_err(|_| MessageError::Wrong {
        field,
        expected: "UTF-8",
    })?;
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

fn number<T: std::str::FromStr>(value: &[u8], field: &'static str) -> Result<T, MessageError> {
    let number = std::str::from_utf8(value).ok().and_then(|digits| digits.parse().ok());
    number.ok_or(MessageError::Wrong {
        field,
        expected: "a number in range",
    })
}

/// What the server answers to [`ShellHello`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ShellWelcome {
    /// The version of these messages that it speaks.
    pub version: u32,
    /// The server's name.
    pub server: String,
    /// The version of its software.
    pub server_version: String,
    /// What it can do beyond this version of the messages.
    pub features: Vec<String>,
    /// A greeting to show, in the session's language; perhaps of many lines.
    pub welcome: String,
    /// A secret by which [`ShellHello::token`] gets the same name again.
    pub token: String,
    /// The session's name as others see it.
    pub name: String,
    /// The user who is logged in; `guest` for people without login.
    pub user: String,
    /// The language that the server will speak.
    pub language: String,
    /// The room that `say` speaks to.
    pub room: String,
    /// The hash that `CATALOGUE` answers now.
    pub catalogue: String,
    /// A secret that belongs to the user who is logged in, if [`ShellHello::device`] asked for one. A later login that shows
    /// it isn't kept waiting by wrong passwords of others; it never replaces the password. No field without one.
    pub device: Option<String>,
}

impl ShellWelcome {
    /// Writes a map.
    pub fn encode(&self, encoder: &mut Encoder<'_>) {
        encoder
            .map(11 + usize::from(self.device.is_some()))
            .put_unsigned("version", self.version.into())
            .put_text("server", &self.server);
        encoder
            .put_text("server_version", &self.server_version)
            .put_texts("features", &self.features);
        encoder
            .put_text("welcome", &self.welcome)
            .put_text("token", &self.token)
            .put_text("name", &self.name);
        encoder
            .put_text("user", &self.user)
            .put_text("language", &self.language)
            .put_text("room", &self.room);
        encoder.put_text("catalogue", &self.catalogue);
        if let Some(device) = &self.device {
            encoder.put_text("device", device);
        }
    }

    /// Reads what [`ShellWelcome::encode`] writes. Only `version` must be there, so that a shell can say that a server
    /// is of another age instead of failing on it.
    pub fn decode(value: &Value) -> Result<Self, MessageError> {
        let fields = Fields::of(value, "welcome")?;
        let text = |field| fields.optional_text(field).map(Option::unwrap_or_default);
        Ok(Self {
            version: fields.unsigned("version")?,
            server: text("server")?,
            server_version: text("server_version")?,
            features: fields.texts("features")?,
            welcome: text("welcome")?,
            token: text("token")?,
            name: text("name")?,
            user: text("user")?,
            language: text("language")?,
            room: text("room")?,
            catalogue: text("catalogue")?,
            device: fields.optional_text("device")?,
        })
    }
}
