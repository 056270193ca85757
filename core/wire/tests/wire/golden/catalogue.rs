//! The commands that a shell completes.

use bytes::Bytes;
use caracola_wire::{
    CatalogueEntry, CatalogueExport, CatalogueReply, ErrorCode, ErrorReply, MessageError, ParamEntry, PayloadError,
    ProtocolError,
};

use super::{golden, parsed, strings};

#[test]
fn catalogue_reply() {
    let reply = |payload| CatalogueReply {
        hash: "ab12".into(),
        payload,
    };
    let both = (CatalogueReply::encode, CatalogueReply::decode);
    golden(&reply(None), "*2|$4|ab12|_|", both.0, both.1);
    golden(
        &reply(Some(Bytes::from("%0\r\n"))),
        "*2|$4|ab12|$4|%0||",
        both.0,
        both.1,
    );
    assert_eq!(
        CatalogueReply::decode(&parsed("*1|$4|ab12|")),
        Err(MessageError::Missing { field: "payload" })
    );
    let error = ErrorReply::new(ErrorCode::NoAuth, "log in");
    assert_eq!(
        CatalogueReply::decode(&parsed("-NOAUTH log in|")),
        Err(MessageError::Error(error))
    );
}

fn catalogue() -> CatalogueExport {
    let room = ParamEntry {
        name: "room".into(),
        kind: "choice".into(),
        required: true,
        choices: vec![("lobby".into(), "everyone".into())],
        ..ParamEntry::default()
    };
    let text = ParamEntry {
        name: "text".into(),
        kind: "text".into(),
        rest: true,
        list: true,
        ..ParamEntry::default()
    };
    let entry = CatalogueEntry {
        name: "say".into(),
        aliases: strings(["decir"]),
        group: "people".into(),
        summary: "Speak".into(),
        action: "builtin".into(),
        params: vec![room, text],
        examples: strings(["say hi"]),
        ..CatalogueEntry::default()
    };
    CatalogueExport {
        entries: vec![entry],
        groups: vec![("people".into(), "People".into())],
    }
}

const CATALOGUE: &str = "%2|$7|entries|*1|%7|$4|name|$3|say|$7|aliases|*1|$5|decir|$5|group|$6|people|\
    $7|summary|$5|Speak|$6|action|$7|builtin|$6|params|*2|\
    %6|$4|name|$4|room|$4|kind|$6|choice|$8|required|#t|$4|rest|#f|$4|list|#f|$7|choices|*1|*2|$5|lobby|$8|everyone|\
    %6|$4|name|$4|text|$4|kind|$4|text|$8|required|#f|$4|rest|#t|$4|list|#t|$7|choices|*0|\
    $8|examples|*1|$6|say hi|\
    $6|groups|*1|*2|$6|people|$6|People|";

#[test]
fn catalogue_export() {
    golden(
        &catalogue(),
        CATALOGUE,
        CatalogueExport::encode,
        CatalogueExport::decode,
    );
    assert_eq!(
        String::from_utf8(catalogue().encode_payload())
            .unwrap()
            .replace("\r\n", "|"),
        CATALOGUE
    );
    assert_eq!(
        CatalogueExport::decode_payload(&catalogue().encode_payload()),
        Ok(catalogue())
    );
}

#[test]
fn what_only_programs_have_travels_when_it_is_there() {
    let depth = ParamEntry {
        name: "depth".into(),
        kind: "integer".into(),
        flag: Some("--depth".into()),
        complete: true,
        ..ParamEntry::default()
    };
    let entry = CatalogueEntry {
        name: "wipe".into(),
        params: vec![depth],
        confirm: Some("Sure?".into()),
        ..CatalogueEntry::default()
    };
    let catalogue = CatalogueExport {
        entries: vec![entry],
        groups: Vec::new(),
    };
    golden(
        &catalogue,
        "%2|$7|entries|*1|%8|$4|name|$4|wipe|$7|aliases|*0|$5|group|$0||$7|summary|$0||$6|action|$0||$6|params|*1|\
        %8|$4|name|$5|depth|$4|kind|$7|integer|$8|required|#f|$4|rest|#f|$4|list|#f|$7|choices|*0|\
        $4|flag|$7|--depth|$8|complete|#t|\
        $8|examples|*0|$7|confirm|$5|Sure?|\
        $6|groups|*0|",
        CatalogueExport::encode,
        CatalogueExport::decode,
    );
}

#[test]
fn that_a_value_may_begin_with_a_dash_travels_when_it_may() {
    let pattern = ParamEntry {
        name: "pattern".into(),
        allow_dash: true,
        ..ParamEntry::default()
    };
    let catalogue = CatalogueExport {
        entries: vec![CatalogueEntry {
            name: "grep".into(),
            params: vec![pattern],
            ..CatalogueEntry::default()
        }],
        groups: Vec::new(),
    };
    golden(
        &catalogue,
        "%2|$7|entries|*1|%7|$4|name|$4|grep|$7|aliases|*0|$5|group|$0||$7|summary|$0||$6|action|$0||$6|params|*1|\
        %7|$4|name|$7|pattern|$4|kind|$0||$8|required|#f|$4|rest|#f|$4|list|#f|$7|choices|*0|$10|allow_dash|#t|\
        $8|examples|*0|\
        $6|groups|*0|",
        CatalogueExport::encode,
        CatalogueExport::decode,
    );
}

#[test]
fn catalogue_payloads_that_are_none() {
    let payload = catalogue().encode_payload();
    for cut in 0..payload.len() {
        assert_eq!(
            CatalogueExport::decode_payload(&payload[..cut]),
            Err(PayloadError::WrongLength)
        );
    }
    let longer = [payload.as_slice(), b":1\r\n"].concat();
    assert_eq!(CatalogueExport::decode_payload(&longer), Err(PayloadError::WrongLength));
    assert_eq!(
        CatalogueExport::decode_payload(b"!"),
        Err(PayloadError::Protocol(ProtocolError::UnknownType { found: b'!' }))
    );
    let deep = b"*1\r\n".repeat(100);
    assert_eq!(
        CatalogueExport::decode_payload(&deep),
        Err(PayloadError::Protocol(ProtocolError::TooDeep { limit: 16 }))
    );
    let pairs = parsed("%1|$6|groups|*1|*1|$1|a|");
    assert_eq!(
        CatalogueExport::decode(&pairs),
        Err(MessageError::Wrong {
            field: "groups",
            expected: "a list of pairs"
        })
    );
}
