//! What commands answer.

use caracola_wire::{Card, CardParam, ErrorCode, ErrorReply, Example, Exit, Image, MessageError, Reply, Table};

use super::{golden, parsed, strings};

#[track_caller]
fn reply(message: &Reply, text: &str) {
    golden(message, text, Reply::encode, Reply::decode);
}

fn image() -> Image {
    Image {
        hash: "ab12".into(),
        width: 32,
        height: 16,
        alt: "A list".into(),
    }
}

#[test]
fn text() {
    reply(
        &Reply::Text("hi\nthere".into()),
        "%2|$4|kind|$4|text|$4|text|$8|hi\nthere|",
    );
}

#[test]
fn card() {
    let card = Card {
        name: "ls".into(),
        summary: "List".into(),
        language: "en".into(),
        usage: strings(["ls [FILE...]"]),
        aliases: strings(["dir"]),
        params: vec![CardParam {
            name: "FILE".into(),
            about: "what".into(),
        }],
        examples: vec![Example {
            run: "ls -l".into(),
            about: "Details".into(),
        }],
        see_also: strings(["cd", "pwd"]),
        image: Some(image()),
        note: Some("Nothing was run.".into()),
    };
    reply(
        &Reply::Card(card),
        "%11|$4|kind|$4|card|$4|name|$2|ls|$7|summary|$4|List|$8|language|$2|en|\
         $5|usage|*1|$12|ls [FILE...]|$7|aliases|*1|$3|dir|\
         $6|params|*1|%2|$4|name|$4|FILE|$5|about|$4|what|\
         $8|examples|*1|%2|$3|run|$5|ls -l|$5|about|$7|Details|\
         $8|see_also|*2|$2|cd|$3|pwd|\
         $5|image|%5|$4|kind|$5|image|$4|hash|$4|ab12|$5|width|:32|$6|height|:16|$3|alt|$6|A list|\
         $4|note|$16|Nothing was run.|",
    );
}

#[test]
fn a_card_of_its_name_alone() {
    let card = Card {
        name: "ls".into(),
        ..Card::default()
    };
    assert_eq!(
        Reply::decode(&parsed("%2|$4|kind|$4|card|$4|name|$2|ls|")),
        Ok(Reply::Card(card))
    );
}

#[test]
fn table() {
    let table = Table {
        columns: strings(["name", "idle"]),
        rows: vec![strings(["ana", "2s"]), strings(["~leo", ""])],
        note: None,
    };
    reply(
        &Reply::Table(table),
        "%4|$4|kind|$5|table|$7|columns|*2|$4|name|$4|idle|\
         $4|rows|*2|*2|$3|ana|$2|2s|*2|$4|~leo|$0||$4|note|_|",
    );
}

#[test]
fn rows_are_as_long_as_the_heading() {
    let decoded = Table::decode(&parsed(
        "%2|$7|columns|*2|$1|a|$1|b|$4|rows|*2|*1|$1|x|*3|$1|1|$1|2|$1|3|",
    ));
    assert_eq!(
        decoded.map(|table| table.rows),
        Ok(vec![strings(["x", ""]), strings(["1", "2"])])
    );
}

#[test]
fn an_image() {
    reply(
        &Reply::Image(image()),
        "%5|$4|kind|$5|image|$4|hash|$4|ab12|$5|width|:32|$6|height|:16|$3|alt|$6|A list|",
    );
}

#[test]
fn exit() {
    reply(
        &Reply::Exit(Exit {
            status: Some(2),
            signal: None,
            ok: Some(true),
            ms: 1500,
            job: Some("k7".into()),
            truncated: true,
        }),
        "%7|$4|kind|$4|exit|$6|status|:2|$6|signal|_|$2|ok|#t|$2|ms|:1500|$3|job|$2|k7|$9|truncated|#t|",
    );
    reply(
        &Reply::Exit(Exit {
            status: None,
            signal: Some("SIGKILL".into()),
            ok: None,
            ms: 0,
            job: None,
            truncated: false,
        }),
        "%7|$4|kind|$4|exit|$6|status|_|$6|signal|$7|SIGKILL|$2|ok|_|$2|ms|:0|$3|job|_|$9|truncated|#f|",
    );
}

#[test]
fn an_exit_of_an_older_server_succeeds_by_its_status() {
    for (text, ok) in [
        ("%3|$4|kind|$4|exit|$6|status|:0|$2|ms|:5|", true),
        ("%3|$4|kind|$4|exit|$6|status|:1|$2|ms|:5|", false),
        ("%3|$4|kind|$4|exit|$6|signal|$7|SIGKILL|$2|ms|:5|", false),
        ("%4|$4|kind|$4|exit|$6|status|:1|$2|ok|#t|$2|ms|:5|", true),
        ("%4|$4|kind|$4|exit|$6|status|:0|$2|ok|:0|$2|ms|:5|", false),
    ] {
        let Ok(Reply::Exit(exit)) = Reply::decode(&parsed(text)) else {
            panic!("{text} is an exit");
        };
        assert_eq!(exit.is_success(), ok, "{text}");
    }
}

#[test]
fn replies_that_are_none() {
    let error = ErrorReply::new(ErrorCode::Usage, "tell NAME TEXT...");
    assert_eq!(
        Reply::decode(&parsed("-USAGE tell NAME TEXT...|")),
        Err(MessageError::Error(error))
    );
    assert_eq!(
        Reply::decode(&parsed("+OK|")),
        Err(MessageError::Wrong {
            field: "reply",
            expected: "a map"
        })
    );
    assert_eq!(
        Reply::decode(&parsed("%0|")),
        Err(MessageError::Missing { field: "kind" })
    );
    assert_eq!(
        Reply::decode(&parsed("%1|$4|kind|$5|dance|")),
        Err(MessageError::UnknownKind { kind: "dance".into() })
    );
    assert_eq!(
        Reply::decode(&parsed("%2|$4|kind|$4|text|$4|text|:1|")),
        Err(MessageError::Wrong {
            field: "text",
            expected: "a text"
        })
    );
    assert_eq!(
        Reply::decode(&parsed("%2|$4|kind|$4|exit|$2|ms|:-1|")),
        Err(MessageError::Wrong {
            field: "ms",
            expected: "a number in range"
        })
    );
}
