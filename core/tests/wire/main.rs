//! The wire as libraries and shells see it: the shape of each verb's reply, byte for byte what they assert on.

mod client;
mod command;
mod complete;
mod connection;
mod hello;
mod requests;
mod rooms;
mod shell;

use anyhow::Result;
use bytes::Bytes;
use caracola_testing::{Builder, TestServer};
use caracola_wire::Value;

fn builder() -> Builder {
    TestServer::builder().binary(env!("CARGO_BIN_EXE_caracolad"))
}

fn server() -> Result<TestServer> {
    builder().start()
}

fn bulk(text: &str) -> Value {
    Value::Bulk(Bytes::copy_from_slice(text.as_bytes()))
}

fn simple(text: &str) -> Value {
    Value::Simple(Bytes::copy_from_slice(text.as_bytes()))
}
