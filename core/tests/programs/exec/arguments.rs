//! A value is one element of argv, byte for byte, or an error.

use anyhow::{Context as _, Result, bail, ensure};
use caracola_testing::Connection;
use caracola_wire::Value;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::lab::{Draft, Lab, run};
use super::redis_client::{PROTOCOLS, connect};

/// Shows the arguments that the kernel keeps for it, each ended by a NUL; the shell has no part in that.
const ARGV: &str = "cat /proc/$$/cmdline; exit 0";

const COMMANDS: &str = r#"
[commands.plain]
summary = "One value"
roles = ["guest"]
exec = ["./argv", "before", "{value}", "after"]
params = [{ name = "value" }]

[commands.dashed]
summary = "One value, which may look like an option"
roles = ["guest"]
exec = ["./argv", "before", "{value}", "after"]
params = [{ name = "value", allow_dash = true }]

[commands.optional]
summary = "One value, or none"
roles = ["guest"]
exec = ["./argv", "before", "{value}", "after"]
params = [{ name = "value", required = false }]

[commands.joined]
summary = "A part of an element"
roles = ["guest"]
exec = ["./argv", "before", "--value={value}/x", "after"]
params = [{ name = "value" }]

[commands.several]
summary = "An element for each value"
roles = ["guest"]
exec = ["./argv", "before", "{value}", "after"]
params = [{ name = "value", list = true }]

[commands.flagged]
summary = "A value behind its flag"
roles = ["guest"]
exec = ["./argv", "before", "{value}", "after"]
params = [{ name = "value", flag = "--value" }]
"#;

/// The longest word that a guest may send, in bytes.
const LONGEST: usize = 16 * 1024;

fn lab() -> Result<Lab> {
    Draft::new()?.program("argv", ARGV)?.serve(COMMANDS)
}

/// What was, or might be, taken for something else than a value.
fn corpus() -> Vec<Vec<u8>> {
    let texts = [
        " ",
        "two words",
        "  leading and trailing  ",
        "'",
        "\"",
        "it's \"quoted\"",
        "\\",
        "\\\\x",
        "$(touch /tmp/x)",
        "`id`",
        "$HOME ${IFS} $((1+1))",
        "a;b",
        "a|b",
        "a&&b",
        "a&",
        "a>b<c",
        "\n",
        "one\ntwo\r\nthree",
        "\t\u{b}\u{c}",
        "*",
        "?[a-z]{a,b}",
        "~",
        "~root",
        "#",
        "!",
        "{value}",
        "{{value}}",
        "%s%n",
        "=",
        "A=B",
        "@file",
        "-",
        "-rf",
        "--",
        "--help",
        "--value=x",
        "../../etc/passwd",
        "\u{1b}[2J\u{7}",
        "\u{202e}gnp.exe",
        "ñandú 日本語 🐚",
        "e\u{301}",
        "\u{feff}x",
        "\u{10ffff}",
        "\0",
        "a\0b",
        "",
    ];
    let mut all: Vec<Vec<u8>> = texts.iter().map(|text| text.as_bytes().to_vec()).collect();
    all.extend([
        b"\xff".to_vec(),
        b"a\xc3".to_vec(),
        b"\xc0\xaf".to_vec(),
        b"\xed\xa0\x80".to_vec(),
        b"\x80-\x9b31m".to_vec(),
        vec![b'x'; LONGEST],
        "ñ".repeat(LONGEST / 2).into_bytes(),
    ]);
    all
}

/// What stands between "before" and "after" in what the program showed, without the interpreter and its script.
fn shown(output: &[u8]) -> Result<Vec<Vec<u8>>> {
    let body = output.strip_suffix(b"\0").context("no NUL at the end")?;
    let all: Vec<&[u8]> = body.split(|byte| *byte == 0).collect();
    match &all[..] {
        [_, script, b"before", between @ .., b"after"] if script.ends_with(b"/argv") => {
            Ok(between.iter().map(|element| element.to_vec()).collect())
        }
        other => bail!("not what the file says: {other:?}"),
    }
}

/// The elements that the program got; none if the client got an error.
type Outcome = Option<Vec<Vec<u8>>>;

fn by_hand(connection: &mut Connection, words: &[&[u8]]) -> Result<Outcome> {
    match run(connection, words)? {
        Value::Error(error) => {
            ensure!(matches!(&*error.code, "USAGE" | "ERR"), "{words:?}: {error}");
            Ok(None)
        }
        value => shown(value.as_bytes().context("no text")?).map(Some),
    }
}

fn by_library(connection: &mut redis::Connection, words: &[&[u8]]) -> Result<Outcome> {
    match redis::cmd("RUN").arg(words).query::<String>(connection) {
        Ok(text) => shown(text.as_bytes()).map(Some),
        Err(error) => {
            ensure!(matches!(error.code(), Some("USAGE" | "ERR")), "{words:?}: {error:?}");
            Ok(None)
        }
    }
}

/// Whether the server should take it for a param that must have a value.
fn is_fit(value: &[u8], allows_dash: bool) -> bool {
    let is_text = std::str::from_utf8(value).is_ok() && !value.contains(&0);
    is_text && !value.is_empty() && (allows_dash || !value.starts_with(b"-"))
}

fn expected(command: &str, value: &[u8]) -> Outcome {
    is_fit(value, command == "dashed").then(|| {
        vec![match command {
            "joined" => [b"--value=", value, b"/x"].concat(),
            _ => value.to_vec(),
        }]
    })
}

#[test]
fn hostile_values_are_one_element_or_an_error() -> Result<()> {
    let lab = lab()?;
    let mut raw = lab.server.connect()?;
    let mut libraries = Vec::new();
    for protocol in PROTOCOLS {
        libraries.push(connect(&lab.server, protocol)?);
    }
    for value in corpus() {
        for command in ["plain", "dashed", "joined"] {
            let words = [command.as_bytes(), &value];
            let expected = expected(command, &value);
            assert_eq!(by_hand(&mut raw, &words)?, expected, "{words:?}");
            for library in &mut libraries {
                assert_eq!(by_library(library, &words)?, expected, "{words:?}");
            }
        }
    }
    Ok(())
}

#[test]
fn arbitrary_values_are_one_element_or_an_error() -> Result<()> {
    let lab = lab()?;
    let clients = std::cell::RefCell::new((lab.server.connect()?, connect(&lab.server, PROTOCOLS[1])?));
    let hostile = prop::collection::vec(
        prop::sample::select(b"-= \"'\\$`(){}*?;|&<>\n\r\t~#!%a\xc3\xb1\xff\0".to_vec()),
        0..24,
    );
    let value = prop_oneof![
        2 => hostile,
        2 => any::<String>().prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..40),
    ];
    let values = (value, prop::sample::select(vec!["plain", "dashed", "joined"]));
    let config = Config {
        cases: 150,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config).run(&values, |(value, command)| {
        let (raw, library) = &mut *clients.borrow_mut();
        let failed = |error: anyhow::Error| TestCaseError::fail(format!("{error:#}"));
        let words = [command.as_bytes(), &value];
        prop_assert_eq!(by_hand(raw, &words).map_err(failed)?, expected(command, &value));
        prop_assert_eq!(by_library(library, &words).map_err(failed)?, expected(command, &value));
        Ok(())
    })?;
    Ok(())
}

#[test]
fn each_value_of_a_list_is_an_element() -> Result<()> {
    let lab = lab()?;
    let mut raw = lab.server.connect()?;
    let fit: Vec<_> = corpus().into_iter().filter(|value| is_fit(value, false)).collect();
    // As many words as a guest may send, in as many bytes.
    for some in fit
        .iter()
        .filter(|value| value.len() < 100)
        .collect::<Vec<_>>()
        .chunks(20)
    {
        let words: Vec<&[u8]> = [&b"several"[..]]
            .into_iter()
            .chain(some.iter().map(|value| &value[..]))
            .collect();
        let elements: Vec<Vec<u8>> = some.iter().map(|value| (*value).clone()).collect();
        assert_eq!(by_hand(&mut raw, &words)?, Some(elements));
    }
    assert_eq!(by_hand(&mut raw, &[b"several", b"fit", b"-rf"])?, None);
    assert_eq!(by_hand(&mut raw, &[b"several"])?, None);
    Ok(())
}

#[test]
fn a_value_that_is_not_there_is_no_element_and_an_empty_one_is_empty() -> Result<()> {
    let lab = lab()?;
    let mut raw = lab.server.connect()?;
    assert_eq!(by_hand(&mut raw, &[b"optional"])?, Some(vec![]));
    assert_eq!(by_hand(&mut raw, &[b"optional", b""])?, Some(vec![b"".to_vec()]));
    assert_eq!(by_hand(&mut raw, &[b"optional", b"one", b"two"])?, None);
    Ok(())
}

#[test]
fn a_flag_takes_one_word_and_gives_two_elements() -> Result<()> {
    let lab = lab()?;
    let mut raw = lab.server.connect()?;
    let elements = |value: &[u8]| Some(vec![b"--value".to_vec(), value.to_vec()]);
    for value in [&b"a b"[..], b"$(id)", b"--value"] {
        let fits = !value.starts_with(b"-");
        let outcome = by_hand(&mut raw, &[b"flagged", b"--value", value])?;
        assert_eq!(outcome, if fits { elements(value) } else { None });
    }
    assert_eq!(by_hand(&mut raw, &[b"flagged", b"--value=a=b"])?, elements(b"a=b"));
    assert_eq!(by_hand(&mut raw, &[b"flagged", b"--other", b"x"])?, None);
    Ok(())
}

#[test]
fn a_word_that_is_too_long_for_a_guest_ends_the_connection() -> Result<()> {
    let lab = lab()?;
    let mut raw = lab.server.connect()?;
    let reply = run(&mut raw, &[b"plain", &vec![b'x'; LONGEST + 1]])?;
    assert!(matches!(&reply, Value::Error(_)), "{reply:?}");
    assert!(raw.rest()?.is_empty());
    Ok(())
}
