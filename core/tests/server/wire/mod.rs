//! The wire as libraries and shells see it: the shape of each verb's reply, byte for byte what they assert on.

mod client;
mod command;
mod complete;
mod connection;
mod hello;
mod requests;
mod rooms;
mod shell;

use bytes::Bytes;
use caracola_wire::Value;

use crate::{builder, server};

fn bulk(text: &str) -> Value {
    Value::Bulk(Bytes::copy_from_slice(text.as_bytes()))
}

fn simple(text: &str) -> Value {
    Value::Simple(Bytes::copy_from_slice(text.as_bytes()))
}
