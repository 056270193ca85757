//! Typed messages.

use std::fmt::Debug;

use caracola_wire::{
    CatalogueExport, CatalogueReply, Completion, Encoder, JobEntry, JobReport, MessageError, Protocol, Push, Reply,
    RequestLimits, ShellHello, ShellWelcome, Value, ValueLimits,
};

/// Whatever the bytes are: if they are a message of any kind, then it says the same after a journey in either protocol.
pub(crate) fn message(bytes: &[u8]) {
    let (values, _) = super::values(&[bytes], ValueLimits::default());
    for value in &values {
        travels(value, Reply::decode, Reply::encode);
        travels(value, ShellWelcome::decode, ShellWelcome::encode);
        travels(value, CatalogueReply::decode, CatalogueReply::encode);
        travels(value, CatalogueExport::decode, CatalogueExport::encode);
        travels(value, Completion::decode, Completion::encode);
        travels(value, JobEntry::decode, JobEntry::encode);
        travels(value, JobReport::decode, JobReport::encode);
        push(value);
        if let Ok(reply) = CatalogueReply::decode(value)
            && let Some(export) = reply
                .payload
                .and_then(|payload| CatalogueExport::decode_payload(&payload).ok())
        {
            assert_eq!(CatalogueExport::decode_payload(&export.encode_payload()), Ok(export));
        }
    }
    for seen in super::requests(&[bytes], RequestLimits::GUEST).requests {
        hello(&seen.words);
    }
}

fn travels<M: Debug + PartialEq>(
    value: &Value,
    decode: impl Fn(&Value) -> Result<M, MessageError>,
    encode: impl Fn(&M, &mut Encoder<'_>),
) {
    let Ok(message) = decode(value) else { return };
    for protocol in [Protocol::Resp2, Protocol::Resp3] {
        let mut bytes = Vec::new();
        encode(&message, &mut Encoder::new(&mut bytes, protocol));
        let (values, error) = super::values(&[&bytes], ValueLimits::default());
        assert_eq!((values.len(), error), (1, None), "{}", bytes.escape_ascii());
        assert_eq!(decode(&values[0]).as_ref(), Ok(&message));
    }
}

fn push(value: &Value) {
    // RESP2 says less of what it doesn't know, and a double that isn't a number is unlike itself.
    match Push::decode(value) {
        Ok(Push::Other(_)) | Err(_) => {}
        Ok(_) => travels(value, Push::decode, Push::encode),
    }
}

fn hello(words: &[Vec<u8>]) {
    let Ok(hello) = ShellHello::parse(words.iter().skip(1).map(Vec::as_slice)) else {
        return;
    };
    let words = hello.words();
    assert_eq!(words[0], "SHELL");
    assert_eq!(ShellHello::parse(words[1..].iter().map(String::as_bytes)), Ok(hello));
}
