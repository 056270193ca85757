//! Each type and each message byte by byte, in both protocols, and whole however it is cut.
//!
//! Frames are written with `|` for CRLF.

mod catalogue;
mod completion;
mod jobs;
mod pushes;
mod replies;
mod shell;
mod values;

use std::fmt::Debug;

use caracola_wire::{CatalogueReply, Encoder, MessageError, Protocol, Push, Reply, Value, ValueLimits};

use crate::checks;

/// Reads a frame with `|` for CRLF, cut at every offset.
#[track_caller]
fn parsed(text: &str) -> Value {
    let bytes = text.replace('|', "\r\n").into_bytes();
    let (values, error) = checks::values(&[&bytes], ValueLimits::default());
    assert_eq!(error, None, "{text}");
    assert_eq!(values.len(), 1, "{text}");
    for cut in 0..bytes.len() {
        let (first, second) = bytes.split_at(cut);
        assert_eq!(checks::values(&[first, second], ValueLimits::default()).0, values);
    }
    checks::message(&bytes);
    values.into_iter().next().expect("there is one")
}

/// The frame of a message in RESP3, and the message of that frame and of its form in RESP2.
#[track_caller]
fn golden<M: Debug + PartialEq>(
    message: &M,
    text: &str,
    encode: impl Fn(&M, &mut Encoder<'_>),
    decode: impl Fn(&Value) -> Result<M, MessageError>,
) {
    let mut bytes = Vec::new();
    encode(message, &mut Encoder::new(&mut bytes, Protocol::Resp3));
    assert_eq!(String::from_utf8_lossy(&bytes).replace("\r\n", "|"), text);
    assert_eq!(decode(&parsed(text)).as_ref(), Ok(message));
    let mut bytes = Vec::new();
    encode(message, &mut Encoder::new(&mut bytes, Protocol::Resp2));
    let (values, _) = checks::values(&[&bytes], ValueLimits::default());
    assert_eq!(values, [checks::down_conversion(&parsed(text))]);
    assert_eq!(decode(&values[0]).as_ref(), Ok(message));
}

fn strings<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).to_vec()
}

#[test]
fn what_a_later_version_adds_is_passed_over() {
    let text = Reply::Text("hi".into());
    assert_eq!(
        Reply::decode(&parsed("%3|$3|new|*1|%0|$4|kind|$4|text|$4|text|$2|hi|")),
        Ok(text.clone())
    );
    assert_eq!(
        Reply::decode(&parsed("*6|$3|new|:1|$4|kind|$4|text|$4|text|$2|hi|")),
        Ok(text)
    );
    assert_eq!(
        Push::decode(&parsed(">3|$4|name|$3|ana|:1|")),
        Ok(Push::Name { name: "ana".into() })
    );
    let reply = CatalogueReply {
        hash: "ab12".into(),
        payload: None,
    };
    assert_eq!(CatalogueReply::decode(&parsed("*3|$4|ab12|_|:1|")), Ok(reply));
}
