//! `caracola`, the shell of a Caracola server.
//!
//! Where to start reading: `start` decides what to do; `shell` is the loop of a person's session and `script` that of one
//! without a person; both use a `conversation`, which runs lines and shows what comes back through `layout`. Below it are
//! `session` (requests and their replies) and `connection` (TCP, TLS and whose key it is). A typed line becomes a `request` by
//! `line` (its words) and `params` (what they are for). What is asked at the terminal, and how, stands in `terminal`; who logs
//! in, in `login`.
#![forbid(unsafe_code)]
#![cfg_attr(not(test), deny(clippy::disallowed_methods))]

mod address;
mod answers;
mod arguments;
mod catalogue;
mod connection;
mod conversation;
mod exit_status;
mod folders;
mod interrupts;
mod io_reason;
mod json;
mod language;
mod layout;
mod login;
mod own_words;
mod pictures;
mod question;
mod request;
mod screen;
mod script;
mod secret;
mod secret_line;
mod session;
mod shell;
mod start;
mod terminal;
mod trial;

use std::process::ExitCode;

use anyhow::Context as _;

use exit_status::ExitStatus;
use start::Start;

fn main() -> ExitCode {
    let start = match Start::prepare(arguments::parse()) {
        Ok(start) => start,
        Err(status) => return status.into(),
    };
    match run(start) {
        Ok(status) => status.into(),
        Err(error) => {
            screen::tell(&format!("caracola: {error:#}"));
            ExitStatus::Failed.into()
        }
    }
}

fn run(start: Start) -> anyhow::Result<ExitStatus> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("can't start")?;
    let status = runtime.block_on(start.run())?;
    // A thread may still wait for a key or a line; it must not keep the process.
    runtime.shutdown_background();
    Ok(status)
}
