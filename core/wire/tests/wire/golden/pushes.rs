//! What a server says on its own.

use bytes::Bytes;
use caracola_wire::{MessageError, Push, Value};

use super::{golden, parsed};

#[track_caller]
fn push(message: &Push, text: &str) {
    golden(message, text, Push::encode, Push::decode);
}

#[test]
fn pushes() {
    let (name, user, text) = ("~leo".to_owned(), "guest".to_owned(), "hi".to_owned());
    let message = Push::Message {
        room: "lobby".into(),
        name: name.clone(),
        user: user.clone(),
        text: text.clone(),
        ms: 1_700_000_000_000,
    };
    push(
        &message,
        ">6|$7|message|$5|lobby|$4|~leo|$5|guest|$2|hi|:1700000000000|",
    );
    push(
        &Push::Tell {
            name: name.clone(),
            user,
            text: text.clone(),
            ms: 7,
        },
        ">5|$4|tell|$4|~leo|$5|guest|$2|hi|:7|",
    );
    push(
        &Push::Notice {
            kind: "join".into(),
            text,
        },
        ">3|$6|notice|$4|join|$2|hi|",
    );
    push(&Push::Name { name }, ">2|$4|name|$4|~leo|");
    push(&Push::Room { room: "lobby".into() }, ">2|$4|room|$5|lobby|");
    push(&Push::Prompt { text: "/notes".into() }, ">2|$6|prompt|$6|/notes|");
    push(&Push::Catalogue { hash: "ab12".into() }, ">2|$9|catalogue|$4|ab12|");
    push(
        &Push::Bye {
            reason: "Server stops.".into(),
        },
        ">2|$3|bye|$13|Server stops.|",
    );
    push(
        &Push::Out {
            request: 9,
            stream: 2,
            bytes: Bytes::from("a\n"),
        },
        ">4|$3|out|:9|:2|$2|a\n|",
    );
}

#[test]
fn pushes_of_other_kinds() {
    let subscribed = ">3|$9|subscribe|$5|lobby|:1|";
    let Value::Push(items) = parsed(subscribed) else {
        panic!("a push")
    };
    let other = Push::Other(items);
    assert_eq!(Push::decode(&parsed(subscribed)).as_ref(), Ok(&other));
    push(&other, subscribed);
    // What a subscriber gets has the same first word as what a shell gets, and less behind it.
    assert!(matches!(
        Push::decode(&parsed(">3|$7|message|$5|lobby|$7|ana: hi|")),
        Ok(Push::Other(_))
    ));
    assert!(matches!(Push::decode(&parsed(">1|:1|")), Ok(Push::Other(_))));
}

#[test]
fn pushes_that_are_none() {
    assert_eq!(
        Push::decode(&parsed(">0|")),
        Err(MessageError::Missing { field: "kind" })
    );
    assert_eq!(
        Push::decode(&parsed("+OK|")),
        Err(MessageError::Wrong {
            field: "push",
            expected: "a list"
        })
    );
    assert_eq!(
        Push::decode(&parsed(">2|$6|notice|$4|join|")),
        Err(MessageError::Missing { field: "text" })
    );
    let stream = parsed(">4|$3|out|:9|:3|$0||");
    assert_eq!(
        Push::decode(&stream),
        Err(MessageError::Wrong {
            field: "stream",
            expected: "1 or 2"
        })
    );
}
