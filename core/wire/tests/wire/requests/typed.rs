//! Requests as people type them.

use caracola_wire::{ProtocolError, RequestDecoder, RequestLimits};

use super::{outcome, refused, words};

/// The words of one typed line, and whether its quotes failed to pair.
#[track_caller]
fn typed(line: &str) -> (Vec<String>, bool) {
    let outcome = outcome(format!("{line}\r\n").as_bytes());
    assert_eq!(outcome.error, None, "{line}");
    let [seen] = &outcome.requests[..] else {
        panic!("{line} is {} requests", outcome.requests.len())
    };
    assert_eq!(seen.line.as_deref(), Some(line.as_bytes()));
    let words = seen.words.iter().map(|word| word.escape_ascii().to_string());
    (words.collect(), seen.unbalanced)
}

#[track_caller]
fn balanced(line: &str, expected: &[&str]) {
    assert_eq!(
        typed(line),
        (expected.iter().map(ToString::to_string).collect(), false),
        "{line}"
    );
}

#[track_caller]
fn unbalanced(line: &str, expected: &[&str]) {
    let expected = expected.iter().map(|word| word.as_bytes().escape_ascii().to_string());
    assert_eq!(typed(line), (expected.collect(), true), "{line}");
}

#[test]
fn typed_lines_split_at_blanks() {
    balanced("PING", &["PING"]);
    balanced("  RUN \t ls  -l  ", &["RUN", "ls", "-l"]);
    balanced("RUN caña", &["RUN", "ca\\xc3\\xb1a"]);
    balanced("+OK", &["+OK"]);
    balanced("$4", &["$4"]);
    balanced(r"a\ b \n", &["a\\\\", "b", "\\\\n"]);
}

#[test]
fn a_typed_line_ends_in_lf_with_any_crs_before_it() {
    for end in ["\n", "\r\n", "\r\r\n"] {
        let outcome = outcome(format!("RUN ls{end}").as_bytes());
        assert_eq!(outcome.requests[0].line.as_deref(), Some(&b"RUN ls"[..]));
        assert_eq!(outcome.requests[0].words, [&b"RUN"[..], b"ls"]);
    }
}

#[test]
fn double_quotes() {
    balanced(r#"say "hello there""#, &["say", "hello there"]);
    balanced(r#""""#, &[""]);
    balanced(r#"a "" b"#, &["a", "", "b"]);
    balanced(r#""\n\r\t\b\a""#, &[r"\n\r\t\x08\x07"]);
    balanced(r#""\x41\xfF\x00""#, &[r"A\xff\x00"]);
    balanced(r#""\"\\\q""#, &[r#"\"\\q"#]);
    balanced(r#""\x4""#, &["x4"]);
    balanced(r#""\xg1""#, &["xg1"]);
    balanced(r#""it's""#, &[r"it\'s"]);
    balanced(r#"key="a b""#, &["key=a b"]);
}

#[test]
fn single_quotes() {
    balanced("say 'hello  there'", &["say", "hello  there"]);
    balanced(r"'it\'s'", &[r"it\'s"]);
    balanced(r"'\n\\ '", &[r"\\n\\\\ "]);
    balanced(r#"'say "x"'"#, &[r#"say \"x\""#]);
    balanced("''", &[""]);
}

#[test]
fn quotes_that_do_not_pair_are_what_they_are() {
    unbalanced("say it's late", &["say", "it's", "late"]);
    unbalanced(r#"say "hello"#, &["say", "\"hello"]);
    unbalanced(r#"say "hello\""#, &["say", "\"hello\\\""]);
    unbalanced(r#"say "hello\"#, &["say", "\"hello\\"]);
    unbalanced(r#""a"b"#, &["\"a\"b"]);
    unbalanced(r#""a""b""#, &["\"a\"\"b\""]);
    unbalanced(r"'a\'", &[r"'a\'"]);
    unbalanced("'a'b c", &["'a'b", "c"]);
    unbalanced(r#"'a' "b" 'c"#, &["'a'", "\"b\"", "'c"]);
}

#[test]
fn the_rest_of_a_line_is_as_typed() {
    let rest = |line: &str, index| {
        let line = format!("{line}\r\n");
        let mut decoder = RequestDecoder::new(RequestLimits::GUEST);
        let request = decoder.decode(line.as_bytes()).unwrap().unwrap();
        let owned = request.to_owned();
        let rest = request
            .line_from(index)
            .map(|rest| String::from_utf8(rest.to_vec()).unwrap());
        assert_eq!(owned.as_request().line_from(index), rest.as_ref().map(String::as_bytes));
        rest
    };
    assert_eq!(rest("  say  hi   there \t", 0).as_deref(), Some("say  hi   there"));
    assert_eq!(rest("  say  hi   there \t", 1).as_deref(), Some("hi   there"));
    assert_eq!(rest("say it's  late", 1).as_deref(), Some("it's  late"));
    assert_eq!(
        rest(r#"tell "ana b" "hi  you" 'x' "#, 2).as_deref(),
        Some(r#""hi  you" 'x'"#)
    );
    assert_eq!(
        rest(r#"tell "ana b" "hi  you" 'x' "#, 1).as_deref(),
        Some(r#""ana b" "hi  you" 'x'"#)
    );
    assert_eq!(rest("say", 1), None);
    assert_eq!(rest("say 'x'", 2), None);
}

#[test]
fn control_bytes_in_a_line() {
    for byte in (0..0x20).filter(|byte| !b"\t\n\r".contains(byte)).chain([0x7f]) {
        refused(&[b'P', byte, b'\n'], ProtocolError::ControlByte { byte });
    }
    refused(b"PING\rPING\r\n", ProtocolError::ControlByte { byte: b'\r' });
    // TLS within TLS.
    refused(b"\x16\x03\x01\x02\x00\x01", ProtocolError::ControlByte { byte: 0x16 });
}

#[test]
fn web_browsers_are_turned_away() {
    for line in [
        "GET / HTTP/1.1",
        "POST /x HTTP/1.1",
        "OPTIONS * HTTP/1.0",
        "PRI * HTTP/2.0",
        "POST ",
        "Host: lab",
        "host: x",
    ] {
        refused(format!("\r\n{line}\r\nRUN rm\r\n").as_bytes(), ProtocolError::Http);
    }
    words(b"GET / HTTP/1.1", &[]);
}

#[test]
fn people_may_write_about_the_web() {
    words(b"say HTTP/1.1\r\n", &[&[b"say", b"HTTP/1.1"]]);
    words(b"post x\r\n", &[&[b"post", b"x"]]);
    words(b"RUN port HTTP/1.1 x\r\n", &[&[b"RUN", b"port", b"HTTP/1.1", b"x"]]);
    // Only the first line can come from a browser.
    words(
        b"PING\r\nGET / HTTP/1.1\r\n",
        &[&[b"PING"], &[b"GET", b"/", b"HTTP/1.1"]],
    );
    words(b"*1\r\n$14\r\nGET / HTTP/1.1\r\n", &[&[b"GET / HTTP/1.1"]]);
}
