//! One use of a command.

use std::fmt::Display;
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use caracola_abi as abi;
use caracola_abi::Str;

use crate::error::{Error, Refused};
use crate::host::{Host, list};
use crate::language::{Reader, in_language};
use crate::log::Log;
use crate::reply::{Kind, Reply};
use crate::sentences;

/// One use of a command: who asks, for what, and ways to say something before the answer. It may be lent to other threads
/// for as long as the call, as with [`std::thread::scope`].
pub struct Call<'a> {
    host: Host,
    log: Log,
    request: *mut abi::Request,
    flags: u32,
    function: &'a str,
    arguments: &'a [abi::Argument],
    user: &'a str,
    role: &'a str,
    name: &'a str,
    person: &'a str,
    session: u64,
    state: &'a str,
    language: &'a str,
    width: u32,
    timeout: Duration,
    has_chunks: AtomicBool,
}

/// Where a piece of output goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stream {
    /// The caller's standard output.
    Out,
    /// The caller's standard error.
    Err,
}

// SAFETY: by the ABI, what a call points to stays as it is until it returns, and the functions that take its request may be
// called from any thread until then. No `Call` outlives its call: each use of one is by a reference that ends there.
unsafe impl Send for Call<'_> {}
// SAFETY: as above.
unsafe impl Sync for Call<'_> {}

impl Call<'_> {
    /// What the server gave; `None` if that makes no sense.
    ///
    /// # Safety
    /// `call` is null or what a server gives to [`abi::Plugin::call`], and stays as it is for `'a`, during which the call
    /// doesn't return. `host` and `log` are of the same server.
    pub(crate) unsafe fn read(host: Host, log: Log, call: *const abi::Call) -> Option<Self> {
        if call.is_null() || !call.is_aligned() {
            return None;
        }
        // SAFETY: it isn't null, and every `Call` begins with its size.
        if unsafe { (*call).size } < abi::Call::FIRST_SIZE {
            return None;
        }
        // SAFETY: it has the fields of the first version, since it is as large as that; they are what the ABI says.
        unsafe {
            let arguments = list((*call).arguments, (*call).argument_count)?;
            for argument in arguments {
                argument.name.text()?;
                for value in list(argument.values, argument.value_count)? {
                    value.text()?;
                }
            }
            Some(Self {
                host,
                log,
                request: (*call).request,
                flags: (*call).flags,
                function: (*call).function.text()?,
                arguments,
                user: (*call).user.text()?,
                role: (*call).role.text()?,
                name: (*call).name.text()?,
                person: (*call).person.text()?,
                session: (*call).session,
                // Only what came from this plugin, perhaps from an older one that thought otherwise.
                state: (*call).state.text().unwrap_or_default(),
                language: (*call).language.text()?,
                width: (*call).width,
                timeout: Duration::from_millis(u64::from((*call).timeout_ms)),
                has_chunks: AtomicBool::new(false),
            })
        }
    }

    /// The command, as it is called in the definitions.
    pub fn function(&self) -> &str {
        self.function
    }

    /// The value of a param; the first one if it is a list; `None` if it was left out. The server has checked it against the
    /// definition, except while it is being typed.
    pub fn argument(&self, param: &str) -> Option<&str> {
        self.values(param).next()
    }

    /// The values of a param that is a list, in the order in which they were given.
    pub fn values(&self, param: &str) -> impl Iterator<Item = &str> {
        let mut arguments = self.arguments.iter();
        let found = arguments.find(|argument| text(&argument.name) == param);
        found.map_or(&[][..], values).iter().map(text)
    }

    /// Whether a boolean param is true. One that was left out isn't.
    pub fn flag(&self, param: &str) -> bool {
        self.argument(param) == Some("true")
    }

    /// The value of a param as a number or anything else that can be read from text. `None` if it was left out.
    ///
    /// ```
    /// # use caracola_sdk::{Call, Error};
    /// # fn call(call: &Call<'_>) -> Result<(), Error> {
    /// let times: u32 = call.parsed("times")?.unwrap_or(1);
    /// # Ok(()) }
    /// ```
    pub fn parsed<T: FromStr<Err: Display>>(&self, param: &str) -> Result<Option<T>, Error> {
        let Some(value) = self.argument(param) else {
            return Ok(None);
        };
        value
            .parse()
            .map(Some)
            .map_err(|error| Error::usage(sentences::unfit(self, value, param, error)))
    }

    /// When completing: the param that is being typed and what there is of it, which may be empty.
    pub fn typed(&self) -> Option<(&str, &str)> {
        let last = self.arguments.last()?;
        Some((text(&last.name), values(last).last().map_or("", text)))
    }

    /// The account that the caller logged in to. `None` for a guest.
    pub fn user(&self) -> Option<&str> {
        Some(self.user).filter(|user| !user.is_empty())
    }

    /// What the caller's role is: `guest`, `user`, `operator` or `admin`.
    pub fn role(&self) -> &str {
        self.role
    }

    /// What others see as the caller's name; a guest's begins with `~`. `None` for a library that has none. Anybody may take a
    /// guest's name when it is free: it proves nothing.
    pub fn name(&self) -> Option<&str> {
        Some(self.name).filter(|name| !name.is_empty())
    }

    /// Who the caller is, for keeping things apart: the same for all sessions of an account, and for a guest who comes back
    /// after a broken connection. Letters, digits, `_`, `-` and `~`; guests' begin with `~`.
    /// The eight letters after that are the same for all guests of one address while the server runs, so that a plugin that
    /// gives each guest something can keep one address from taking all of it; they say nothing about the address.
    pub fn person(&self) -> &str {
        self.person
    }

    /// The session's number; no other session of this run of the server has it.
    pub fn session(&self) -> u64 {
        self.session
    }

    /// What was last given to [`Call::set_state`] in this session, before this call. Empty at first.
    pub fn state(&self) -> &str {
        self.state
    }

    /// The session's language, such as `en` or `es-MX`.
    pub fn language(&self) -> &str {
        self.language
    }

    /// The version of something that is in the session's language, as [`in_language`] finds it; the first is the one for
    /// readers of all other languages. For whole sentences see [`sentences!`](crate::sentences!).
    ///
    /// ```
    /// # use caracola_sdk::Call;
    /// # fn headings(call: &Call<'_>) -> [&'static str; 2] {
    /// call.in_language([("en", ["Name", "Size"]), ("es", ["Nombre", "Tamaño"])])
    /// # }
    /// ```
    pub fn in_language<T, const N: usize>(&self, versions: [(&str, T); N]) -> T {
        in_language(self, versions)
    }

    /// Columns of the caller's terminal; 80 for libraries.
    pub fn width(&self) -> usize {
        usize::try_from(self.width).unwrap_or(usize::MAX)
    }

    /// How long somebody waits for the answer, from the beginning of the call.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Whether the caller is shown chunks as they come. For all others they are gathered.
    pub fn streams(&self) -> bool {
        self.flags & abi::CALL_STREAMS != 0
    }

    /// The server's log.
    pub fn log(&self) -> Log {
        self.log
    }

    /// Whether nobody waits for the answer any more. To be asked now and then by what takes long.
    pub fn is_cancelled(&self) -> bool {
        // SAFETY: the call hasn't returned, or nobody had a reference to this.
        unsafe { self.host.is_cancelled(self.request) }
    }

    /// A piece of output, which needn't end with a line or a letter. After some, [`Reply::done`] is enough of an answer.
    pub fn chunk(&self, stream: Stream, bytes: impl AsRef<[u8]>) -> Result<(), Refused> {
        let number = match stream {
            Stream::Out => abi::STREAM_OUT,
            Stream::Err => abi::STREAM_ERR,
        };
        // SAFETY: as in `is_cancelled`.
        unsafe { self.host.chunk(self.request, number, bytes.as_ref()) }?;
        self.has_chunks.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Keeps up to 4 KiB of text for the session, such as the folder that somebody is in: [`Call::state`] of its next calls.
    /// It is gone with the session, and survives the plugin's replacement.
    pub fn set_state(&self, state: &str) -> Result<(), Refused> {
        // SAFETY: as in `is_cancelled`.
        unsafe { self.host.set_state(self.request, state) }
    }

    /// Shows up to 64 characters in the session's prompt, or nothing if empty.
    pub fn set_prompt(&self, text: &str) -> Result<(), Refused> {
        // SAFETY: as in `is_cancelled`.
        unsafe { self.host.set_prompt(self.request, text) }
    }

    /// Answers. What the server doesn't take becomes an error that says so.
    pub(crate) fn answer(&self, result: Result<Reply, Error>) {
        let reply = match result {
            Ok(reply) => reply,
            Err(error) => return self.fail(&error),
        };
        // SAFETY: as in `is_cancelled`.
        let sent = unsafe {
            match &reply.0 {
                Kind::Text(text) => self.host.text(self.request, text),
                Kind::Card(card) => self.host.card(self.request, card),
                Kind::Table(table) => self.host.table(self.request, table),
                Kind::Image { png, alt } => self.host.image(self.request, png, alt),
                Kind::Done if self.has_chunks.load(Ordering::Relaxed) => Ok(()),
                // A command may well have nothing to say, such as a search that finds nothing.
                Kind::Done => self.host.text(self.request, ""),
            }
        };
        match sent {
            Ok(()) | Err(Refused::Gone) => {}
            Err(Refused::TooLarge) => self.fail(&Error::limit(sentences::answer_too_large(self))),
            Err(refused) => self.fail(&Error::failed(sentences::answer_refused(self, refused))),
        }
    }

    /// Answers with an error. One that the server doesn't take leaves the request without an answer, which the server notices.
    pub(crate) fn fail(&self, error: &Error) {
        // SAFETY: as in `is_cancelled`.
        let sent = unsafe { self.host.error(self.request, error) };
        if let Err(Refused::TooLarge | Refused::Malformed) = sent {
            self.log
                .error(format!("{}: an error that the server didn't take", self.function));
        }
    }

    /// Offers a value, when completing.
    pub(crate) fn offer(&self, value: &str, about: &str) -> Result<(), Refused> {
        // SAFETY: as in `is_cancelled`.
        unsafe { self.host.candidate(self.request, value, about) }
    }
}

impl Reader for Call<'_> {
    fn language(&self) -> &str {
        self.language
    }
}

/// A text that [`Call::read`] saw to be one.
fn text<'a>(text: &'a Str) -> &'a str {
    // SAFETY: it stays as it is for as long as the list that it is in, or longer.
    unsafe { text.text::<'a>() }.unwrap_or_default()
}

/// The values of an argument that [`Call::read`] saw to have some.
fn values(argument: &abi::Argument) -> &[Str] {
    // SAFETY: they stay as they are for as long as the argument, or longer.
    unsafe { list(argument.values, argument.value_count) }.unwrap_or_default()
}
