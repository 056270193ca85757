//! What could stand at the end of a line.

use caracola_wire::{Completion, ErrorCode, ErrorReply, MessageError, Offer};

use super::{golden, parsed};

fn offer(value: &str, about: &str) -> Offer {
    Offer {
        value: value.into(),
        about: about.into(),
    }
}

#[test]
fn completions() {
    let both = (Completion::encode, Completion::decode);
    golden(&Completion::default(), "*0|", both.0, both.1);
    let two = Completion {
        offers: vec![offer("sda", "system disk"), offer("two words", "")],
    };
    golden(
        &two,
        "*2|*2|$3|sda|$11|system disk|*2|$9|two words|$0||",
        both.0,
        both.1,
    );
    assert_eq!(
        Completion::decode(&parsed("*1|*3|$3|sda|$0||:7|")),
        Ok(Completion {
            offers: vec![offer("sda", "")]
        })
    );
}

#[test]
fn what_is_no_completion() {
    assert_eq!(
        Completion::decode(&parsed("*1|*1|$3|sda|")),
        Err(MessageError::Wrong {
            field: "completion",
            expected: "a list of pairs"
        })
    );
    assert_eq!(
        Completion::decode(&parsed("*1|*2|:1|$0||")),
        Err(MessageError::Wrong {
            field: "value",
            expected: "a text"
        })
    );
    assert_eq!(
        Completion::decode(&parsed("-NOAUTH log in|")),
        Err(MessageError::Error(ErrorReply::new(ErrorCode::NoAuth, "log in")))
    );
}
