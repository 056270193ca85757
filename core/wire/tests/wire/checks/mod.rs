//! What holds for any bytes whatever. The tests here and the fuzz targets in `core/fuzz` include this one file, so that
//! what a fuzzer finds is kept as a file of its corpus and replayed by plain `cargo test`.
#![allow(
    dead_code,
    unused_imports,
    reason = "each test and each fuzz target uses a part of it"
)]

mod line;
mod message;
mod request;
mod value;

pub(crate) use line::{joined_again, line, roles, sent, spans, texts, typed};
pub(crate) use message::message;
pub(crate) use request::{Outcome, request, requests};
pub(crate) use value::{down_conversion, encoded, value, values};

/// Pieces of `bytes`: whole, byte by byte, and cut in two at some places.
fn partitions(bytes: &[u8]) -> impl Iterator<Item = Vec<&[u8]>> {
    // Every cut of a short input, and few of a long one, which would take quadratic time.
    let step = if bytes.len() <= 64 { 1 } else { bytes.len() / 8 };
    let cuts = (0..bytes.len()).step_by(step).map(|cut| {
        let (first, second) = bytes.split_at(cut);
        vec![first, second]
    });
    [vec![bytes], bytes.chunks(1).collect()].into_iter().chain(cuts)
}
