//! The thin callers: subcommands that ask the server that runs, through its door.

use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use bytes::BytesMut;
use caracola_wire::text::{Breaks, Colors, shown};
use caracola_wire::{Encoder, ErrorReply, Protocol, Reply, ShellHello, Value, ValueDecoder, ValueLimits};

use super::print;
use crate::keepers_lock::KeepersLock;
use crate::state_folder;
use caracola_speech::render;
use caracola_speech::{Language, Speech};

/// How long the server may take to answer.
const DOOR_TIMEOUT: Duration = Duration::from_secs(10);

/// How often one knocks at a door that isn't open yet.
const KNOCK: Duration = Duration::from_millis(50);
/// How long one does so before the person who waits is told why.
const SILENT_KNOCKS: Duration = Duration::from_millis(500);

/// Runs a command as the operator and prints its reply.
pub(super) fn call(state: Option<&Path>, words: &[&str]) -> Result<ExitCode> {
    let mut server = Server::reach(state)?;
    server.run(words)
}

/// Runs a command on somebody, for a while.
pub(super) fn moderate(state: Option<&Path>, command: &str, name: &str, time: Option<&str>) -> Result<ExitCode> {
    let words: Vec<_> = [command, name].into_iter().chain(time).collect();
    call(state, &words)
}

/// Has the server forget the wrong passwords that it counted for a name, and from an address. How many counts there were.
pub(super) fn unlock(state: Option<&Path>, name: &str, address: Option<&str>) -> Result<i64> {
    let mut server = Server::reach(state)?;
    let words: Vec<_> = ["CLIENT", "UNLOCK", name].into_iter().chain(address).collect();
    match server.ask(&words)? {
        Value::Integer(forgotten) => Ok(forgotten),
        Value::Error(error) => bail!("{}", error.message),
        _ => bail!("the server's answer makes no sense"),
    }
}

/// Stops the server, and waits until it is gone.
pub(super) fn stop(state: Option<&Path>) -> Result<ExitCode> {
    let mut server = Server::reach(state)?;
    let code = server.run(&["stop"])?;
    // The connection ends when the server has ended it: with everybody told.
    let mut rest = Vec::new();
    let _ = server.stream.read_to_end(&mut rest);
    Ok(code)
}

/// Has the server that runs on a state folder read its users' file, and waits until the sessions concerned know. `false` if
/// no server runs on that folder. Fails if one does and hasn't taken the file over.
pub(super) fn reload_users(state: &Path) -> Result<bool> {
    let Some(mut server) = Server::reach_running(state)? else {
        return Ok(false);
    };
    match server.answer(&["reload", "users"])? {
        Ok(_) => Ok(true),
        Err(error) => bail!("{}", error.message),
    }
}

struct Server {
    stream: UnixStream,
    path: PathBuf,
    input: BytesMut,
    decoder: ValueDecoder,
}

impl Server {
    fn reach(state: Option<&Path>) -> Result<Self> {
        let state = state_folder::find(state)?;
        let path = state_folder::door_in(&state);
        let stream = knock(&state, &path)?;
        Self::over(stream, path)
    }

    /// The server that runs on a state folder, `None` if none does. One that is about to open its door, or has no descriptor
    /// to do so, is waited for.
    fn reach_running(state: &Path) -> Result<Option<Self>> {
        let path = state_folder::door_in(state);
        let deadline = Instant::now() + DOOR_TIMEOUT;
        loop {
            let error = match UnixStream::connect(&path) {
                Ok(stream) => return Self::over(stream, path).map(Some),
                Err(error) => error,
            };
            if !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) {
                return Err(error).with_context(|| format!("cannot reach the server at {}", path.display()));
            }
            if !state_folder::is_in_use(state)? {
                return Ok(None);
            }
            if Instant::now() >= deadline {
                bail!("the server does not answer at {}", path.display());
            }
            #[expect(clippy::disallowed_methods, reason = "a subcommand has nothing else to do")]
            std::thread::sleep(KNOCK);
        }
    }

    fn over(stream: UnixStream, path: PathBuf) -> Result<Self> {
        stream.set_read_timeout(Some(DOOR_TIMEOUT))?;
        stream.set_write_timeout(Some(DOOR_TIMEOUT))?;
        Ok(Self {
            stream,
            path,
            input: BytesMut::new(),
            decoder: ValueDecoder::new(ValueLimits::default()),
        })
    }

    fn run(&mut self, words: &[&str]) -> Result<ExitCode> {
        match self.answer(words)? {
            Err(error) => {
                super::complain(&error.message);
                Ok(ExitCode::FAILURE)
            }
            Ok(value) => {
                let reply = Reply::decode(&value).context("the server's answer makes no sense")?;
                let speech = language().map_or(Speech::English, |language| Speech::of(&language, Speech::English));
                let text = render::plain(&reply, speech, print::width());
                print::line(shown(text.trim_end(), Breaks::Kept, Colors::Dropped))?;
                Ok(ExitCode::SUCCESS)
            }
        }
    }

    /// What the server answers to a command.
    fn answer(&mut self, words: &[&str]) -> Result<Result<Value, ErrorReply>> {
        self.introduce(language().as_ref())?;
        let run: Vec<_> = ["RUN"].into_iter().chain(words.iter().copied()).collect();
        Ok(match self.ask(&run)? {
            Value::Error(error) => Err(error),
            value => Ok(value),
        })
    }

    /// Says that a script asks, and in which language: if the server has nothing in that one, it answers in its own. What
    /// it answers a shell is laid out here, for this terminal.
    fn introduce(&mut self, language: Option<&Language>) -> Result<()> {
        let hello = ShellHello {
            version: ShellHello::VERSION,
            language: language.map(|language| language.as_str().to_owned()),
            quiet: true,
            ..ShellHello::default()
        };
        self.ask(&["HELLO", "3"])?;
        let words = hello.words();
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        match self.ask(&words)? {
            Value::Error(error) => bail!("the server at {} does not let us in: {error}", self.path.display()),
            _ => Ok(()),
        }
    }

    /// The reply to a request. What the server says on its own is for people who stay.
    fn ask(&mut self, words: &[&str]) -> Result<Value> {
        let mut request = Vec::new();
        Encoder::new(&mut request, Protocol::Resp3).request(words.iter().copied());
        self.stream.write_all(&request)?;
        loop {
            match self.decoder.decode(&mut self.input)? {
                Some(Value::Push(_)) => continue,
                Some(value) => return Ok(value),
                None => {}
            }
            let mut bytes = [0; 4096];
            let count = self
                .stream
                .read(&mut bytes)
                .with_context(|| format!("no answer from {}", self.path.display()))?;
            if count == 0 {
                bail!(
                    "the server at {} closed the connection without an answer: its log says why",
                    self.path.display()
                );
            }
            self.input.extend_from_slice(&bytes[..count]);
        }
    }
}

/// Connects to the door. A server may be there and its door still shut: it is starting, or programs of the one before are
/// being ended.
fn knock(state: &Path, path: &Path) -> Result<UnixStream> {
    let began = Instant::now();
    let mut is_told = false;
    loop {
        let error = match UnixStream::connect(path) {
            Ok(stream) => return Ok(stream),
            Err(error) => error,
        };
        let is_shut = matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused);
        if !is_shut || !KeepersLock::is_held(state) {
            return Err(error).with_context(|| {
                format!(
                    "no server can be reached at {} (is one running, as this user? --state-dir says where its state is)",
                    path.display()
                )
            });
        }
        if began.elapsed() > DOOR_TIMEOUT {
            bail!(
                "the door {} is shut: programs of a server that was here before are still being ended, and no server opens it until they are gone (its log says more)",
                path.display()
            );
        }
        if !is_told && began.elapsed() > SILENT_KNOCKS {
            is_told = true;
            print::remark(
                "the door is shut while programs of the server that was here before are being ended: waiting",
            )?;
        }
        #[expect(clippy::disallowed_methods, reason = "a subcommand has nothing else to do")]
        std::thread::sleep(KNOCK);
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
