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

mod answer;
mod body;
mod builder;
mod descriptor;
mod host;
mod record;
mod request;
mod sentences;

pub use answer::Answer;
pub use body::Body;
pub use builder::Builder;
pub use request::Request;
pub use sentences::assert_sentences;

use std::collections::HashMap;
use std::ffi::c_void;
use std::fmt;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::export::Exported;
use crate::log::Level;
use descriptor::Descriptor;
use record::Journal;

/// A plugin that was started. Calls may come from several threads at once. Dropping it stops the plugin, and panics if the
/// plugin has used a request after its call had returned.
pub struct Harness {
    descriptor: Descriptor,
    instance: *mut c_void,
    journal: &'static Journal,
    /// Held during each call of a plugin that is called from one thread at a time.
    turn: Mutex<()>,
    /// What sessions keep between their calls.
    states: Mutex<HashMap<u64, String>>,
}

/// Why a plugin wasn't started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure(pub(super) String);

/// The rules of the ABI that a plugin broke, one sentence each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken(pub Vec<String>);

// SAFETY: by the ABI, a plugin may be started, called and stopped by any threads; `turn` keeps calls apart where they must be.
unsafe impl Send for Harness {}
// SAFETY: as above; what is used by several threads is behind locks.
unsafe impl Sync for Harness {}

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
        let descriptor = unsafe { Descriptor::read(P::DESCRIPTOR) }?;
        Ok(Builder::new(descriptor))
    }

    /// For a plugin from a file that needs more than a `config` table.
    pub fn library(path: impl AsRef<Path>) -> Result<Builder, Failure> {
        Ok(Builder::new(descriptor::load(path.as_ref())?))
    }

    /// What the plugin calls itself.
    pub fn name(&self) -> &str {
        self.descriptor.name
    }

    /// The plugin's own version.
    pub fn version(&self) -> &str {
        self.descriptor.version
    }

    /// The names of its commands, sorted.
    pub fn functions(&self) -> impl Iterator<Item = &str> {
        self.descriptor.functions.keys().map(String::as_str)
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
        lock(&self.journal.lines).clone()
    }

    /// Stops the plugin, and hands out what it wrote to the log. Tells if it has used a request after its call had returned.
    pub fn stop(mut self) -> Result<Vec<(Level, String)>, Broken> {
        self.end();
        let late = std::mem::take(&mut *lock(&self.journal.late));
        if late.is_empty() {
            Ok(self.log())
        } else {
            Err(Broken(late))
        }
    }

    fn end(&mut self) {
        if let Some(stop) = self.descriptor.stop.take() {
            // SAFETY: nobody else has the harness, so nothing else of the instance runs, and `take` leaves nothing to be called twice.
            unsafe { stop(self.instance) };
        }
    }
}

impl Drop for Harness {
    fn drop(&mut self) {
        self.end();
        let late = std::mem::take(&mut *lock(&self.journal.late));
        assert!(late.is_empty() || thread::panicking(), "{}", Broken(late));
    }
}

impl fmt::Debug for Harness {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "Harness({} {})",
            self.descriptor.name, self.descriptor.version
        )
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
