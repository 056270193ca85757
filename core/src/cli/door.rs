//! The thin callers: subcommands that ask the server that runs, through its door.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use bytes::BytesMut;
use caracola_wire::{Encoder, Protocol, Value, ValueDecoder, ValueLimits};

use super::DoorArguments;
use crate::language::Language;
use crate::state_folder;

/// How long the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Runs a command as the operator and prints its reply.
pub(super) fn call(door: &DoorArguments, words: &[&str]) -> Result<ExitCode> {
    let mut server = Server::reach(door)?;
    server.run(words)
}

/// Runs a command on somebody, for a while.
pub(super) fn moderate(door: &DoorArguments, command: &str, name: &str, time: Option<&str>) -> Result<ExitCode> {
    let words: Vec<_> = [command, name].into_iter().chain(time).collect();
    call(door, &words)
}

/// Stops the server, and waits until it is gone.
pub(super) fn stop(door: &DoorArguments) -> Result<ExitCode> {
    let mut server = Server::reach(door)?;
    let code = server.run(&["stop"])?;
    // The connection ends when the server has ended it: with everybody told.
    let mut rest = Vec::new();
    let _ = server.stream.read_to_end(&mut rest);
    Ok(code)
}

struct Server {
    stream: UnixStream,
    path: PathBuf,
    input: BytesMut,
    decoder: ValueDecoder,
}

impl Server {
    fn reach(door: &DoorArguments) -> Result<Self> {
        let path = state_folder::door_in(&state_folder::find(door.state_dir.as_deref())?);
        let stream = UnixStream::connect(&path).with_context(|| {
            format!(
                "no server can be reached at {} (is one running, as this user? --state-dir says where its state is)",
                path.display()
            )
        })?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Self {
            stream,
            path,
            input: BytesMut::new(),
            decoder: ValueDecoder::new(ValueLimits::default()),
        })
    }

    fn run(&mut self, words: &[&str]) -> Result<ExitCode> {
        if let Some(language) = language() {
            // If the server has nothing in that language, it answers in its own.
            self.ask(&["lang", language.as_str()])?;
        }
        match self.ask(words)? {
            Value::Error(error) => {
                super::complain(&error.message);
                Ok(ExitCode::FAILURE)
            }
            reply => {
                anstream::println!("{}", reply.as_str().unwrap_or_default().trim_end());
                Ok(ExitCode::SUCCESS)
            }
        }
    }

    fn ask(&mut self, words: &[&str]) -> Result<Value> {
        let mut request = Vec::new();
        let run = ["RUN"].into_iter().chain(words.iter().copied());
        let run: Vec<_> = run.collect();
        Encoder::new(&mut request, Protocol::Resp2).request(run);
        self.stream.write_all(&request)?;
        loop {
            if let Some(value) = self.decoder.decode(&mut self.input)? {
                return Ok(value);
            }
            let mut bytes = [0; 4096];
            let count = self
                .stream
                .read(&mut bytes)
                .with_context(|| format!("no answer from {}", self.path.display()))?;
            if count == 0 {
                bail!(
                    "the server at {} closed the connection without an answer",
                    self.path.display()
                );
            }
            self.input.extend_from_slice(&bytes[..count]);
        }
    }
}

/// The language of whoever calls, by the usual variables.
fn language() -> Option<Language> {
    let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(set)?
        .parse()
        .ok()
}
