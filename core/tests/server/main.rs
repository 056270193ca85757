//! A server from outside, through the real binary: how it starts, who comes and what they are called, what is said in
//! rooms, what it answers on the wire and to clients that we did not write, and how it stops.
#![allow(clippy::print_stderr, reason = "what a test may do, its helpers may")]

mod cards;
mod door;
mod mistakes;
mod names;
mod python;
mod redis_cli;
mod redis_crate;
mod reload;
mod rooms;
mod shutdown;
mod start;
mod users;
mod wire;

use anyhow::Result;
use caracola_testing::{Builder, TestServer};

fn builder() -> Builder {
    TestServer::builder().binary(env!("CARGO_BIN_EXE_caracolad"))
}

fn server() -> Result<TestServer> {
    builder().start()
}
