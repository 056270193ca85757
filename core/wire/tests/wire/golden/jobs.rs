//! Runs of programs.

use bytes::Bytes;
use caracola_wire::{ErrorCode, ErrorReply, JobEntry, JobReport, JobState, MessageError};

use super::{golden, parsed};

#[track_caller]
fn entry(message: &JobEntry, text: &str) {
    golden(message, text, JobEntry::encode, JobEntry::decode);
}

fn running() -> JobEntry {
    JobEntry {
        id: "k7".into(),
        command: "disk /".into(),
        state: JobState::Running,
        user: "ana".into(),
        ms: 1500,
        bytes: 9,
        ..JobEntry::default()
    }
}

#[test]
fn entries() {
    entry(
        &running(),
        "%12|$2|id|$2|k7|$7|command|$6|disk /|$5|state|$7|running|$4|user|$3|ana|$2|ms|:1500|\
         $6|status|_|$6|signal|_|$6|ending|_|$2|ok|_|$9|truncated|#f|$5|bytes|:9|$9|forgotten|#f|",
    );
    let ended = JobEntry {
        state: JobState::Ended,
        status: Some(3),
        ok: Some(true),
        truncated: true,
        forgotten: true,
        ..running()
    };
    entry(
        &ended,
        "%12|$2|id|$2|k7|$7|command|$6|disk /|$5|state|$5|ended|$4|user|$3|ana|$2|ms|:1500|\
         $6|status|:3|$6|signal|_|$6|ending|_|$2|ok|#t|$9|truncated|#t|$5|bytes|:9|$9|forgotten|#t|",
    );
    let killed = JobEntry {
        state: JobState::Ended,
        signal: Some("SIGTERM".into()),
        ending: Some("It took too long.".into()),
        ok: Some(false),
        ..running()
    };
    entry(
        &killed,
        "%12|$2|id|$2|k7|$7|command|$6|disk /|$5|state|$5|ended|$4|user|$3|ana|$2|ms|:1500|\
         $6|status|_|$6|signal|$7|SIGTERM|$6|ending|$17|It took too long.|$2|ok|#f|$9|truncated|#f|$5|bytes|:9|$9|forgotten|#f|",
    );
}

#[test]
fn an_entry_of_what_must_be_there() {
    let least = JobEntry {
        id: "k7".into(),
        ms: 5,
        ..JobEntry::default()
    };
    assert_eq!(
        JobEntry::decode(&parsed("%3|$2|id|$2|k7|$5|state|$7|waiting|$2|ms|:5|")),
        Ok(least)
    );
}

#[test]
fn success_is_what_the_server_says_else_the_status() {
    let ended = |status, ok| JobEntry {
        state: JobState::Ended,
        status,
        ok,
        ..running()
    };
    assert!(ended(Some(0), None).is_success());
    assert!(ended(Some(3), Some(true)).is_success());
    assert!(!ended(Some(0), Some(false)).is_success());
    assert!(!ended(Some(3), None).is_success());
    assert!(!ended(None, None).is_success());
    assert!(!running().is_success());
}

#[test]
fn reports() {
    let report = JobReport {
        entry: running(),
        from: 4,
        next: 6,
        output: vec![(1, Bytes::from("a\n")), (2, Bytes::from_static(b"\xff"))],
    };
    let mut bytes = Vec::new();
    report.encode(&mut caracola_wire::Encoder::new(
        &mut bytes,
        caracola_wire::Protocol::Resp3,
    ));
    let head: &[u8] = b"%16\r\n$4\r\nkind\r\n$3\r\njob\r\n$2\r\nid\r\n$2\r\nk7\r\n";
    let tail: &[u8] = b"$5\r\nbytes\r\n:9\r\n$9\r\nforgotten\r\n#f\r\n$4\r\nfrom\r\n:4\r\n$4\r\nnext\r\n:6\r\n\
        $6\r\noutput\r\n*2\r\n*2\r\n:1\r\n$2\r\na\n\r\n*2\r\n:2\r\n$1\r\n\xff\r\n";
    assert!(
        bytes.starts_with(head) && bytes.ends_with(tail),
        "{}",
        bytes.escape_ascii()
    );

    let text_alone = JobReport {
        output: vec![(1, Bytes::from("a\n"))],
        ..report
    };
    golden(
        &text_alone,
        "%16|$4|kind|$3|job|$2|id|$2|k7|$7|command|$6|disk /|$5|state|$7|running|$4|user|$3|ana|$2|ms|:1500|\
         $6|status|_|$6|signal|_|$6|ending|_|$2|ok|_|$9|truncated|#f|$5|bytes|:9|$9|forgotten|#f|\
         $4|from|:4|$4|next|:6|$6|output|*1|*2|:1|$2|a\n|",
        JobReport::encode,
        JobReport::decode,
    );
}

#[test]
fn what_is_no_job() {
    let error = ErrorReply::new(ErrorCode::Unknown, "no such job");
    assert_eq!(
        JobReport::decode(&parsed("-UNKNOWN no such job|")),
        Err(MessageError::Error(error))
    );
    assert_eq!(
        JobEntry::decode(&parsed("%3|$2|id|$2|k7|$5|state|$4|dead|$2|ms|:5|")),
        Err(MessageError::Wrong {
            field: "state",
            expected: "`waiting`, `running` or `ended`"
        })
    );
    let kind = MessageError::UnknownKind { kind: "text".into() };
    assert_eq!(JobReport::decode(&parsed("%1|$4|kind|$4|text|")), Err(kind));
    for piece in ["*1|:1|", "*2|:3|$1|a|", "*2|:1|:1|"] {
        let frame = format!(
            "%7|$4|kind|$3|job|$2|id|$2|k7|$5|state|$7|running|$2|ms|:5|$4|from|:0|$4|next|:1|$6|output|*1|{piece}"
        );
        let wrong = MessageError::Wrong {
            field: "output",
            expected: "a list of pairs of 1 or 2 and a bulk string",
        };
        assert_eq!(JobReport::decode(&parsed(&frame)), Err(wrong), "{piece}");
    }
}
