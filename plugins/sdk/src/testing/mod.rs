//! Drives a plugin through the C ABI as a server does, without one, for the plugin's tests.
//!
//! ```
//! # mod hello {
//! #     use caracola_sdk::{Call, Error, Plugin, Reply, Start};
//! #     pub struct Hello;
//! #     impl Plugin for Hello {
//! #         const DEFINITIONS: &'static str = "commands.greet = { summary = '', params = [{ name = 'name' }] }";
//! #         fn start(_: &Start<'_>) -> Result<Self, Error> { Ok(Self) }
//! #         fn call(&self, call: &Call<'_>) -> Result<Reply, Error> {
//! #             let greeting = call.in_language([("en", "Hello"), ("es", "Hola")]);
//! #             Ok(format!("{greeting}, {}!", call.argument("name").unwrap_or_default()).into())
//! #         }
//! #     }
//! #     caracola_sdk::export!(Hello);
//! # }
//! # use hello::Hello;
//! use caracola_sdk::testing::Harness;
//!
//! let plugin = Harness::start::<Hello>("{}")?;
//! let answer = plugin.call("greet").argument("name", "ana").language("es").answer();
//! assert_eq!(answer.text(), "Hola, ana!");
//! # Ok::<_, caracola_sdk::testing::Failure>(())
//! ```
//!
//! A plugin in another language is loaded from its file: [`Harness::load`]. Whatever breaks a rule of the ABI makes the test
//! fail: two answers or none, a reply to a completion, a request used after its call has returned.
//!
//! What loads and calls the plugin here, and decides what of it is taken, is what a server does that with, so what a test
//! passes a server takes. A test is stricter in one thing: what isn't taken, such as a prompt with control characters, a
//! server passes over; here the test fails, unless the plugin answers with an error.

mod answer;
mod body;
mod builder;
mod definitions;
mod listener;
mod request;
mod sentences;

pub use answer::Answer;
pub use body::Body;
pub use builder::Builder;
pub use request::Request;
pub use sentences::assert_sentences;

use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use caracola_plugin_host::{Instance, Library, LoadError};

use crate::export::Exported;
use crate::log::Level;
use definitions::Functions;
use listener::Journal;

/// A plugin that was started. Calls may come from several threads at once. Dropping it stops the plugin, and panics if the
/// plugin has used a request after its call had returned.
pub struct Harness {
    library: &'static Library,
    functions: Functions,
    /// Before the journal: the plugin has been stopped when that is looked at.
    instance: Instance,
    journal: WatchedJournal,
    /// What sessions keep between their calls.
    states: Mutex<HashMap<u64, String>>,
}

/// Why a plugin wasn't started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure(pub(super) String);

/// The rules of the ABI that a plugin broke, one sentence each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken(pub Vec<String>);

impl Harness {
    /// Starts a Rust plugin with a `config` table, as a JSON object. The plugin is called `test`.
    pub fn start<P: Exported>(config: &str) -> Result<Self, Failure> {
        Self::builder::<P>()?.config(config).start()
    }

    /// Loads a plugin from its file, in this process, and starts it. It is never unloaded.
    pub fn load(path: impl AsRef<Path>, config: &str) -> Result<Self, Failure> {
        Self::library(path)?.config(config).start()
    }

    /// For a Rust plugin that needs more than a `config` table.
    pub fn builder<P: Exported>() -> Result<Builder, Failure> {
        // SAFETY: `export!` made it, and it is a static.
        let library = unsafe { Library::linked(P::DESCRIPTOR) };
        Builder::new(library.map_err(|error| Failure::of(&error))?)
    }

    /// For a plugin from a file that needs more than a `config` table.
    pub fn library(path: impl AsRef<Path>) -> Result<Builder, Failure> {
        let library = Library::load(path.as_ref());
        Builder::new(library.map_err(|error| Failure::of(&error))?)
    }

    /// What the plugin calls itself.
    pub fn name(&self) -> &str {
        &self.library.described().name
    }

    /// The plugin's own version.
    pub fn version(&self) -> &str {
        &self.library.described().version
    }

    /// The names of its commands, sorted.
    pub fn functions(&self) -> impl Iterator<Item = &str> {
        self.functions.keys().map(String::as_str)
    }

    /// Begins a call.
    ///
    /// # Panics
    /// If the definitions have no such command.
    #[track_caller]
    pub fn call(&self, function: &str) -> Request<'_> {
        Request::new(self, function)
    }

    /// Every line that the plugin wrote to the log so far.
    pub fn log(&self) -> Vec<(Level, String)> {
        lock(&self.journal.0.lines).clone()
    }

    /// Stops the plugin, and hands out what it wrote to the log. Tells if it has used a request after its call had returned.
    pub fn stop(self) -> Result<Vec<(Level, String)>, Broken> {
        let Self { instance, journal, .. } = self;
        drop(instance);
        let late = std::mem::take(&mut *lock(&journal.0.late));
        if late.is_empty() {
            Ok(lock(&journal.0.lines).clone())
        } else {
            Err(Broken(late))
        }
    }
}

/// A journal that makes the test fail when it is dropped, if a request was used too late.
struct WatchedJournal(Arc<Journal>);

impl Drop for WatchedJournal {
    fn drop(&mut self) {
        let late = std::mem::take(&mut *lock(&self.0.late));
        assert!(late.is_empty() || thread::panicking(), "{}", Broken(late));
    }
}

impl fmt::Debug for Harness {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Harness({} {})", self.name(), self.version())
    }
}

impl Failure {
    fn of(error: &LoadError) -> Self {
        Self(match error {
            LoadError::File { path, reason } => format!("{}: {reason}", path.display()),
            error => format!("the plugin {error}"),
        })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

impl fmt::Display for Broken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "the plugin broke the rules of the ABI: {}",
            self.0.join("; ")
        )
    }
}

impl std::error::Error for Broken {}

/// What is behind a lock, also after a test has panicked with it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
