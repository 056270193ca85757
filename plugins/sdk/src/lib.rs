//! Write plugins for Caracola in safe Rust.
//!
//! A plugin is a type with the trait [`Plugin`] in a package of the kind `cdylib`, and a line with [`export!`]:
//!
//! ```
//! #![forbid(unsafe_code)]
//!
//! use caracola_sdk::{Call, Error, Plugin, Reply, Start};
//!
//! caracola_sdk::sentences! {
//!     hello(name) {
//!         en: "Hello, {name}!",
//!         es: "¡Hola, {name}!",
//!     }
//! }
//!
//! struct Hello;
//!
//! impl Plugin for Hello {
//!     const DEFINITIONS: &'static str = r#"
//!         [commands.greet]
//!         summary = { en = "Greet somebody", es = "Saluda a alguien" }
//!         params = [{ name = "name", type = "string", max_len = 40 }]
//!     "#;
//!
//!     fn start(_: &Start<'_>) -> Result<Self, Error> {
//!         Ok(Self)
//!     }
//!
//!     fn call(&self, call: &Call<'_>) -> Result<Reply, Error> {
//!         let name = call.argument("name").unwrap_or_default();
//!         Ok(hello(call, name).into())
//!     }
//! }
//!
//! caracola_sdk::export!(Hello);
//! # fn main() {}
//! ```
//!
//! What an author must know:
//! - **Threads.** [`Plugin::call`] and [`Plugin::complete`] run on several threads at once; what they change is behind a
//!   lock or an atomic, or the plugin is [`Plugin::SERIAL`].
//! - **Panics** are caught, logged, and shown to the caller as an error. A panic in a thread that the plugin started is not
//!   caught by anybody but ends only that thread. With `panic = "abort"` any panic ends the process, which may be the server.
//! - **The process isn't yours.** Leave signal handlers, the environment, the current folder, limits and the standard streams
//!   alone; write to the log by [`Log`].
//! - **Languages.** What a caller reads is in the caller's language, of any number that the plugin has: [`sentences!`].
//! - **A plugin that takes long** asks [`Call::is_cancelled`] now and then.
//!
//! The feature `testing` has a module `testing` that drives a plugin through the C ABI as a server does, without one.

mod call;
mod candidate;
mod error;
#[doc(hidden)]
pub mod export;
mod guard;
mod host;
mod language;
mod log;
mod reply;
mod sentence;
mod sentences;
mod start;
#[cfg(feature = "testing")]
pub mod testing;

pub use call::{Call, Stream};
pub use candidate::Candidate;
pub use caracola_abi as abi;
pub use error::{Code, Error, Refused};
pub use export::Exported;
pub use language::{Reader, in_language};
pub use log::{Level, Log};
pub use reply::{Card, Reply, Table};
pub use sentence::Sentence;
pub use start::Start;

/// What a plugin is: a value that the server makes once and whose functions it calls. It is dropped when the
/// plugin is no longer needed and all calls have returned; what it started, such as threads, should end then.
pub trait Plugin: Sized + Send + Sync + 'static {
    /// The plugin's commands, in the words of `commands.toml`: a table `[commands.NAME]` for each function. Usually
    /// `include_str!("commands.toml")`.
    const DEFINITIONS: &'static str;

    /// Promises the plugin that its functions are never called from two threads at once. Calls then wait for each other.
    const SERIAL: bool = false;

    /// Makes the plugin. Must return within 10 s, which is how long the server waits. An error is written to the log, and the plugin isn't
    /// used.
    fn start(start: &Start<'_>) -> Result<Self, Error>;

    /// Runs the command [`Call::function`].
    fn call(&self, call: &Call<'_>) -> Result<Reply, Error>;

    /// Offers values for [`Call::typed`], the argument that is being typed. Only asked for params that say
    /// `complete = true`. Must return soon: a person waits for each key.
    fn complete(&self, call: &Call<'_>) -> Vec<Candidate> {
        let _ = call;
        Vec::new()
    }
}
