//! What a plugin begins with.

use std::path::Path;

use caracola_abi as abi;
use caracola_abi::Str;
use serde::de::DeserializeOwned;

use crate::error::Error;
use crate::host::{Host, list};
use crate::log::Log;

/// What a plugin begins with.
pub struct Start<'a> {
    host: Host,
    log: Log,
    name: &'a str,
    config: &'a str,
    write: &'a [Str],
    read: &'a [Str],
}

impl Start<'_> {
    /// What the server gave; `None` if that makes no sense.
    ///
    /// # Safety
    /// `start` is null or what a server gives to [`abi::Plugin::start`], and stays as it is for `'a`.
    pub(crate) unsafe fn read(start: *const abi::Start) -> Option<Self> {
        if start.is_null() || !start.is_aligned() {
            return None;
        }
        // SAFETY: it isn't null, and every `Start` begins with its size.
        if unsafe { (*start).size } < abi::Start::FIRST_SIZE {
            return None;
        }
        // SAFETY: it has the fields of the first version, since it is as large as that; they are what the ABI says.
        unsafe {
            let host = Host::new((*start).host)?;
            let write = list((*start).write, (*start).write_count)?;
            let read = list((*start).read, (*start).read_count)?;
            if !write.iter().chain(read).all(|path| path.text().is_some()) {
                return None;
            }
            Some(Self {
                host,
                log: Log::new(host, (*start).context),
                name: (*start).name.text()?,
                config: (*start).config.text()?,
                write,
                read,
            })
        }
    }

    pub(crate) fn host(&self) -> Host {
        self.host
    }

    /// The server's log. May be kept.
    pub fn log(&self) -> Log {
        self.log
    }

    /// What the plugin is called in this server: its commands are `NAME.FUNCTION`.
    pub fn name(&self) -> &str {
        self.name
    }

    /// The plugin's `config` table. A key that `T` has no use for, or a value that it can't take, is an error that names it.
    pub fn config<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let value: serde_json::Value =
            serde_json::from_str(self.config).map_err(|error| Error::failed(format!("config: {error}")))?;
        let mut unknown = Vec::new();
        let mut track = serde_path_to_error::Track::new();
        let tracked = serde_path_to_error::Deserializer::new(value, &mut track);
        let config = serde_ignored::deserialize(tracked, |path| unknown.push(path.to_string()));
        let config = config.map_err(|error| match track.path().to_string().as_str() {
            "." => Error::failed(format!("config: {error}")),
            path => Error::failed(format!("config.{path}: {error}")),
        })?;
        match unknown.first() {
            Some(path) => Err(Error::failed(format!("config.{path}: unknown key"))),
            None => Ok(config),
        }
    }

    /// The plugin's `config` table as a JSON object.
    pub fn config_json(&self) -> &str {
        self.config
    }

    /// Absolute paths that the plugin may write below.
    pub fn write_paths(&self) -> impl Iterator<Item = &Path> {
        paths(self.write)
    }

    /// Absolute paths that the plugin may read below.
    pub fn read_paths(&self) -> impl Iterator<Item = &Path> {
        paths(self.read)
    }
}

fn paths<'a>(list: &'a [Str]) -> impl Iterator<Item = &'a Path> {
    // SAFETY: `Start::read` saw that they are text, for as long as the list.
    let texts = list.iter().filter_map(|path| unsafe { path.text::<'a>() });
    texts.map(Path::new)
}
