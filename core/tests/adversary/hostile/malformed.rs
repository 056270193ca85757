//! Bytes inside TLS that are not requests, or too much of one.

use anyhow::Result;
use caracola_testing::{Connection, TestServer};
use caracola_wire::{RequestLimits, Value};

use super::{Neighbours, builder};

/// Sends bytes, which the server may refuse half-way, and gives all that it says until it closes.
fn answer(server: &TestServer, bytes: &[u8]) -> Result<String> {
    let mut stranger = server.connect()?;
    // A connection that is closed already takes no more: that is an answer, too.
    let _ = stranger.send(bytes);
    Ok(String::from_utf8_lossy(&stranger.rest()?).into_owned())
}

#[test]
fn malformed_frames_are_told_and_end_the_connection() -> Result<()> {
    let server = builder().start()?;
    let mut neighbours = Neighbours::move_in(&server)?;
    for (frame, error) in [
        (&b"*x\r\n"[..], "-ERR Protocol error: invalid multibulk length"),
        (b"*-2\r\n", "-ERR Protocol error: invalid multibulk length"),
        (b"*01\r\n", "-ERR Protocol error: invalid multibulk length"),
        (b"* 1\r\n", "-ERR Protocol error: invalid multibulk length"),
        (
            b"*9999999999999999999\r\n",
            "-ERR Protocol error: too big mbulk count string",
        ),
        (b"*1\n$4\nPING\n", "-ERR Protocol error: "),
        (b"*1\r\n+PING\r\n", "-ERR Protocol error: expected '$', got '+'"),
        (b"*1\r\n*1\r\n", "-ERR Protocol error: expected '$', got '*'"),
        (b"*1\r\n:1\r\n", "-ERR Protocol error: expected '$', got ':'"),
        (b"*1\r\n$-1\r\n", "-ERR Protocol error: invalid bulk length"),
        (b"*1\r\n$+4\r\n", "-ERR Protocol error: invalid bulk length"),
        (
            b"*1\r\n$9999999999999999999\r\n",
            "-ERR Protocol error: too big bulk count string",
        ),
        (b"*1\r\n$4\r\nPINGPONG\r\n", "-ERR Protocol error: expected CRLF"),
        (b"*1\r\n$4\r\nPING\n\n", "-ERR Protocol error: expected CRLF"),
        (
            b"PING\0\r\n",
            "-ERR Protocol error: control byte 0x00 in an inline request",
        ),
        (
            b"\x16\x03\x01\x02\x00\x01\n",
            "-ERR Protocol error: control byte 0x16 in an inline request",
        ),
        (
            b"say \x1b[2J\r\n",
            "-ERR Protocol error: control byte 0x1b in an inline request",
        ),
    ] {
        let said = answer(&server, frame)?;
        let shown = frame.escape_ascii();
        assert!(said.starts_with(error), "{shown}: {said:?}");
        assert_eq!(
            said.matches("\r\n").count(),
            1,
            "one line and no more: {shown}: {said:?}"
        );
        neighbours.notice_nothing()?;
    }
    Ok(())
}

#[test]
fn what_came_before_a_malformed_frame_is_answered_and_what_comes_after_is_not() -> Result<()> {
    let server = builder().start()?;
    let said = answer(&server, b"PING\r\n*1\r\n$4\r\nPING\r\n*1\r\n!\r\nPING\r\nPING\r\n")?;
    assert!(said.starts_with("+PONG\r\n+PONG\r\n-ERR Protocol error"), "{said:?}");
    assert_eq!(said.matches("PONG").count(), 2, "{said:?}");
    Ok(())
}

#[test]
fn endless_nesting_is_no_request() -> Result<()> {
    let server = builder().start()?;
    let mut neighbours = Neighbours::move_in(&server)?;
    for nested in ["*1\r\n", "*2\r\n$2\r\nls\r\n*1\r\n", "*1\r\n$0\r\n\r\n*9\r\n"] {
        let said = answer(&server, nested.repeat(200_000).as_bytes())?;
        // So much is still under way that the refusal itself may be lost with the connection.
        assert!(!said.contains("PONG"), "{said:?}");
        neighbours.notice_nothing()?;
    }
    Ok(())
}

#[test]
fn words_and_counts_are_taken_up_to_the_limit_and_not_beyond() -> Result<()> {
    let server = builder().start()?;
    let mut neighbours = Neighbours::move_in(&server)?;
    let RequestLimits {
        words,
        word_bytes,
        request_bytes,
    } = RequestLimits::GUEST;

    let mut guest = server.connect()?;
    let longest = "x".repeat(word_bytes);
    assert_eq!(guest.request(&["ECHO", &longest])?.as_str(), Some(longest.as_str()));
    let most: Vec<_> = ["RUN", "ls"]
        .into_iter()
        .chain(std::iter::repeat("a"))
        .take(words)
        .collect();
    assert!(matches!(guest.request(&most)?, Value::Bulk(_)));
    // A line of a person's may have more words, as its length bounds it.
    guest.send(format!("ls{}\r\n", " a".repeat(words + 1)).as_bytes())?;
    assert!(matches!(guest.reply()?, Value::Bulk(_)));

    let word = |bytes: usize| format!("$4\r\nECHO\r\n${bytes}\r\n{}", "x".repeat(bytes.min(100)));
    let large = format!("${word_bytes}\r\n{longest}\r\n").repeat(5);
    assert!(large.len() > request_bytes);
    for (request, error) in [
        (
            format!("*2\r\n{}", word(word_bytes + 1)),
            "-LIMIT Protocol error: bulk string too long",
        ),
        (
            format!("*2\r\n{}", word(999_999_999_999_999_999)),
            "-LIMIT Protocol error: bulk string too long",
        ),
        (format!("*{}\r\n", words + 1), "-LIMIT Protocol error: too many words"),
        (
            "*999999999999999999\r\n".to_owned(),
            "-LIMIT Protocol error: too many words",
        ),
        (
            format!("*6\r\n$4\r\nECHO\r\n{large}"),
            "-LIMIT Protocol error: request too long",
        ),
        ("y".repeat(20_000), "-LIMIT Protocol error: too big inline request"),
    ] {
        let said = answer(&server, request.as_bytes())?;
        let shown = &request[..request.len().min(30)];
        // What is sent beyond a limit may still be under way when the connection closes, and then takes the error with it.
        let lost = said.is_empty() && request.len() > 16 * 1024;
        assert!(said.starts_with(error) || lost, "{shown:?}: {said:?}");
        neighbours.notice_nothing()?;
    }
    Ok(())
}

#[test]
fn what_is_only_announced_takes_no_memory() -> Result<()> {
    let server = builder().start()?;
    let mut neighbours = Neighbours::move_in(&server)?;
    let before = server.resident_memory()?;
    let mut strangers = Vec::new();
    for _ in 0..100 {
        let mut stranger = server.connect()?;
        stranger.send(b"*64\r\n$16384\r\n")?;
        strangers.push(stranger);
    }
    neighbours.notice_nothing()?;
    let each = server.resident_memory()?.saturating_sub(before) / 100;
    // A session with its TLS costs some fifty kilobytes in all; what was announced is a megabyte each.
    assert!(each < 200_000, "{each} bytes each");
    Ok(())
}

#[test]
fn a_web_browser_is_turned_away_before_it_can_do_anything() -> Result<()> {
    let server = builder().start()?;
    let mut neighbours = Neighbours::move_in(&server)?;
    let body = "RUN say forged\r\nPUBLISH lobby forged\r\n";
    for head in [
        "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n\r\n",
        "OPTIONS /say HTTP/1.1\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "Host: localhost\r\n",
        "POST /\r\n",
    ] {
        let said = answer(&server, format!("{head}{body}").as_bytes())?;
        assert_eq!(said, "-ERR Protocol error: this is not an HTTP server\r\n", "{head:?}");
    }
    let heard = neighbours.ben.pushes_until_now()?;
    assert!(!format!("{heard:?}").contains("forged"), "{heard:?}");
    neighbours.notice_nothing()
}

#[test]
fn garbage_inside_tls_is_closed() -> Result<()> {
    let server = builder().start()?;
    let mut neighbours = Neighbours::move_in(&server)?;
    for seed in 0..20 {
        let said = answer(&server, &garbage(seed, 64 * 1024))?;
        assert!(said.is_empty() || said.starts_with('-'), "{seed}: {said:?}");
    }
    neighbours.notice_nothing()
}

/// Bytes as random as need be, the same in each run (Knuth's MMIX generator).
pub(super) fn garbage(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed;
    let next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    std::iter::repeat_with(next).take(length).collect()
}

#[test]
fn somebody_who_vanishes_is_forgotten() -> Result<()> {
    let server = builder().start()?;
    let mut neighbours = Neighbours::move_in(&server)?;
    let clients = |ana: &mut Connection| -> Result<Option<i64>> {
        let info = ana.request(&["INFO", "clients"])?;
        let line = info
            .as_str()
            .and_then(|info| info.lines().nth(1)?.strip_prefix("connected_clients:"));
        Ok(line.and_then(|count| count.parse().ok()))
    };
    for half in [
        &b"*2\r\n$4\r\nECHO\r\n$100\r\nonly half"[..],
        b"ECHO only ha",
        b"*",
        b"PING\r\nPING\r\n",
        b"",
    ] {
        let mut stranger = server.connect()?;
        stranger.send(half)?;
        drop(stranger);
        // And one whose cable is pulled: its end is a reset.
        let tcp = server.tcp()?;
        socket2::SockRef::from(&tcp).set_linger(Some(std::time::Duration::ZERO))?;
        let mut stranger = Connection::over(tcp, &server.certificate())?;
        stranger.send(half)?;
        drop(stranger);
        neighbours.notice_nothing()?;
    }
    // Ten came, ten left: each is told in the log, and only the neighbours are there.
    while server.log().matches(" left ").count() < 10 {
        neighbours.notice_nothing()?;
    }
    assert_eq!(clients(&mut neighbours.ana)?, Some(2));
    Ok(())
}
