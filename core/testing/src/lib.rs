//! Starts a real `caracolad` on a free port and talks to it, for the tests of core, client and plugins.
//!
//! ```no_run
//! use caracola_testing::TestServer;
//!
//! let server = TestServer::builder().config("[access]\nguest = true\n").start()?;
//! let mut ana = server.shell("ana")?;
//! assert_eq!(ana.request(&["PING"])?.as_str(), Some("PONG"));
//! # anyhow::Ok(())
//! ```
//!
//! Everything waits on events, a line of the log or a reply, for at most [`TEST_TIMEOUT`].

mod accounts;
mod binary;
mod connection;
mod follow;
mod forking;
mod mark;
mod plugins;
mod process;
mod secret;
mod server;
mod usage;

pub use accounts::{PASSWORD, user_command, user_with_password};
pub use binary::caracolad;
pub use connection::{Connection, error_code, framed, handshake, tls_connector};
pub use forking::{ForkingTest, TestFuture, run_forking_tests};
pub use mark::Mark;
pub use plugins::{c_plugin, c_plugin_with, hello_c, hostile_c, plugin};
pub use process::{Finished, Process};
pub use secret::write_secret;
pub use server::{Builder, TestServer, plain_command};
pub use usage::{Usage, descendants, is_alive, proportional_memory, resident_memory};

use std::time::Duration;

/// How long a test waits for something that must come. Generous: it is only spent when a test fails.
pub const TEST_TIMEOUT: Duration = Duration::from_secs(30);
