//! Whatever is typed, the program gets exactly that, as one element, or it isn't started.

use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::sync::LazyLock;

use proptest::prelude::*;

use crate::{ArgumentError, Fault, PrepareError, Prepared};

use super::{Catalogue, catalogue};

/// What people have typed into such servers to make them run something else, and what breaks careless programs.
pub(super) const VALUES: &[&str] = &[
    "",
    " ",
    "\t",
    "a b",
    " lead and trail ",
    "-",
    "--",
    "-rf",
    "--help",
    "--output=/etc/passwd",
    "-oProxyCommand=id",
    "\u{2010}x",
    "+x",
    "@/etc/passwd",
    "'",
    "\"",
    "it's",
    "'; id; '",
    "\" && id && \"",
    "\\",
    "\\'",
    "a\\ b",
    "*",
    "?",
    "[a-z]",
    "{a,b}",
    "{x}",
    "{{x}}",
    "{y}",
    "${HOME}",
    "$HOME",
    "$(id)",
    "$((1+1))",
    "`id`",
    "%s%n",
    "%00",
    "a;id",
    "a|id",
    "a&id",
    "a&&id",
    "a||id",
    ">out",
    "<in",
    "2>&1",
    "!!",
    "#",
    "~root",
    "a=b",
    "IFS=x",
    "\n",
    "a\nb",
    "a\r\nb",
    "\r\nRUN stop",
    "\0",
    "a\0b",
    "a\0",
    "\u{1}\u{2}\u{7f}",
    "\u{1b}[2J",
    "\u{1b}]0;title\u{7}",
    "\u{9b}31m",
    "\u{202e}txt.exe",
    "\u{2066}a\u{2069}",
    "\u{200b}",
    "\u{feff}",
    "\u{fffd}",
    "e\u{301}",
    "é",
    "İ",
    "ß",
    "𝒳",
    "🐚",
    "../../etc/passwd",
    "/etc/passwd",
    "..",
    ".",
    "//",
    "....//....//etc",
    "..%2f..%2fetc",
    "..\\..\\etc",
    "file:///etc/passwd",
    "http://169.254.169.254/",
    "javascript:alert(1)",
    "0x7f.1",
    "010",
    "1e999",
    "NaN",
    "true",
    "null",
    "<script>",
    "() { :;}; id",
    "1; DROP TABLE users",
    "{{7*7}}",
    "${jndi:ldap://x}",
];

const FILE: &str = r#"
[commands.free]
summary = "Takes any word"
exec = ["program", "first", "{x}", "--x={x}", "last"]
params = [{ name = "x", allow_dash = true }]
[commands.word]
summary = "Takes any word but options"
exec = ["program", "{x}"]
params = [{ name = "x" }]
[commands.many]
summary = "Takes many"
exec = ["program", "{x}", "last"]
params = [{ name = "x", list = true, allow_dash = true }]
[commands.line]
summary = "Takes a line"
exec = ["program", "{x}"]
params = [{ name = "x", rest = true, allow_dash = true }]
[commands.flag]
summary = "Takes flags"
exec = ["program", "{x}", "{all}", "{y}"]
params = [{ name = "x", flag = "--x" }, { name = "all", flag = "-a", type = "boolean" }, { name = "y", list = true, required = false }]
[commands.secret]
summary = "Takes a secret"
exec = ["program"]
stdin = "{x}"
params = [{ name = "x", type = "secret", allow_dash = true, max_len = 12 }]
"#;

/// Any program that there is; what it is called makes no difference here.
static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    const TYPES: [&str; 9] = [
        "string", "integer", "number", "duration", "date", "ip", "host", "port", "url",
    ];
    let types = TYPES.iter().map(|kind| {
        format!(
            "[commands.{kind}]\nsummary = \"C\"\nexec = [\"true\", \"{{x}}\"]\n\
             params = [{{ name = \"x\", type = \"{kind}\" }}]\n"
        )
    });
    let types: String = types.collect();
    catalogue(&format!("{}{types}", FILE.replace("\"program\"", "\"true\"")))
});

fn prepared(catalogue: &Catalogue, name: &str, words: &[&str]) -> Result<Prepared, ArgumentError> {
    let command = catalogue.command(name).unwrap();
    let arguments = command.arguments(words)?;
    Ok(command.exec().unwrap().prepare(&arguments).unwrap())
}

fn argv(prepared: &Prepared) -> Vec<&[u8]> {
    prepared.argv.iter().map(|element| element.as_bytes()).collect()
}

fn fault(result: Result<Prepared, ArgumentError>) -> Option<Fault> {
    match result {
        Ok(_) => None,
        Err(ArgumentError::Unfit { fault, .. }) => Some(fault),
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn a_value_stays_one_element_byte_for_byte() {
    let catalogue = &CATALOGUE;
    let long = "x".repeat(100_000);
    for value in VALUES.iter().copied().chain([&*long]) {
        let free = prepared(catalogue, "free", &[value]);
        if value.is_empty() {
            assert_eq!(fault(free), Some(Fault::Empty));
        } else if value.contains('\0') {
            assert_eq!(fault(free), Some(Fault::Nul), "{value:?}");
        } else {
            let joined = format!("--x={value}");
            let prepared = free.unwrap();
            let expected: [&[u8]; 5] = [b"true", b"first", value.as_bytes(), joined.as_bytes(), b"last"];
            assert_eq!(argv(&prepared), expected, "{value:?}");
        }
    }
}

#[test]
fn no_value_is_taken_for_an_option() {
    let catalogue = &CATALOGUE;
    for value in VALUES.iter().filter(|value| value.starts_with('-')) {
        assert_eq!(
            fault(prepared(catalogue, "word", &[value])),
            Some(Fault::Dash),
            "{value:?}"
        );
        // Not even after `--`, which the program wouldn't see.
        let after = prepared(catalogue, "flag", &["--", value]);
        assert_eq!(fault(after), Some(Fault::Dash), "{value:?}");
        let after_flag = prepared(catalogue, "flag", &["--x", value]);
        assert_eq!(fault(after_flag), Some(Fault::Dash), "{value:?}");
    }
}

#[test]
fn an_element_that_is_too_long_is_no_argument() {
    let catalogue = &CATALOGUE;
    let command = catalogue.command("free").unwrap();
    let prepare = |length: usize| {
        let value = "x".repeat(length);
        let arguments = command.arguments(&[&value]).unwrap();
        command.exec().unwrap().prepare(&arguments).map(|_| ())
    };
    // `--x=` comes before it.
    assert!(prepare(super::super::LONGEST_ELEMENT - 4).is_ok());
    let error = prepare(super::super::LONGEST_ELEMENT - 3).unwrap_err();
    assert!(matches!(error, PrepareError::TooLong));
}

#[test]
fn secrets_are_shown_nowhere() {
    let catalogue = &CATALOGUE;
    let command = catalogue.command("secret").unwrap();
    let arguments = command.arguments(&["-hunter2\n"]).unwrap();
    assert_eq!(arguments.get(0), None);
    assert!(arguments.list(0).is_empty());
    let prepared = command.exec().unwrap().prepare(&arguments).unwrap();
    assert_eq!(argv(&prepared), [b"true"]);
    assert_eq!(prepared.stdin.as_ref().unwrap().expose(), b"-hunter2\n");
    for shown in [format!("{arguments:?}"), format!("{prepared:?}")] {
        assert!(!shown.contains("hunter2"), "{shown}");
    }
    for words in [&["hunter2-hunter2"][..], &["correct", "hunter2"], &["hunter2\0"]] {
        let error = command.arguments(words).unwrap_err();
        for speech in [caracola_speech::Speech::English, caracola_speech::Speech::Spanish] {
            let message = error.message(command, speech);
            assert!(!message.contains("hunter2") && message.contains("***"), "{message}");
        }
        assert!(!format!("{error:?}").contains("hunter2"));
    }
}

/// The bytes of each argument, as a real program counts them.
fn received(prepared: &Prepared) -> Vec<Vec<u8>> {
    let output = Command::new("/bin/sh")
        .arg0("sh")
        .args(["-c", "printf '%s\\0' \"$@\"", "sh"])
        .args(&prepared.argv[1..])
        .env_clear()
        .output()
        .unwrap();
    assert!(output.status.success());
    let mut elements: Vec<Vec<u8>> = output.stdout.split(|byte| *byte == 0).map(<[u8]>::to_vec).collect();
    elements.pop();
    elements
}

#[test]
fn a_real_program_receives_the_bytes() {
    let catalogue = &CATALOGUE;
    let words: Vec<&str> = VALUES
        .iter()
        .copied()
        .filter(|value| !value.contains('\0') && !value.is_empty())
        .collect();
    let prepared = prepared(catalogue, "many", &words).unwrap();
    let mut expected: Vec<Vec<u8>> = words.iter().map(|word| word.as_bytes().to_vec()).collect();
    expected.push(b"last".to_vec());
    assert_eq!(received(&prepared), expected);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_text_is_one_element_or_an_error(value in "(\\PC|[\\x00-\\x1f]|-|\\{|\\}){0,40}") {
        let catalogue = &CATALOGUE;
        let value = value.as_str();
        match prepared(catalogue, "free", &[value]) {
            Ok(prepared) => {
                let joined = format!("--x={value}");
                let expected: [&[u8]; 5] = [b"true", b"first", value.as_bytes(), joined.as_bytes(), b"last"];
                prop_assert_eq!(argv(&prepared), expected);
            }
            Err(_) => prop_assert!(value.is_empty() || value.contains('\0')),
        }
        match prepared(catalogue, "word", &[value]) {
            Ok(prepared) => prop_assert_eq!(argv(&prepared), [b"true", value.as_bytes()]),
            Err(_) => prop_assert!(value.is_empty() || value.contains('\0') || value.starts_with('-')),
        }
        match prepared(catalogue, "line", &[value]) {
            Ok(prepared) => prop_assert_eq!(argv(&prepared), [b"true", value.as_bytes()]),
            Err(_) => prop_assert!(value.trim().is_empty() || value.contains('\0')),
        }
    }

    #[test]
    fn any_words_are_as_many_elements(words in proptest::collection::vec("(\\PC|-|\n){1,8}", 1..12)) {
        let catalogue = &CATALOGUE;
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let prepared = prepared(catalogue, "many", &words).unwrap();
        let argv = argv(&prepared);
        prop_assert_eq!(argv.len(), words.len() + 2);
        prop_assert!(argv[1..].iter().zip(&words).all(|(element, word)| *element == word.as_bytes()));
    }

    #[test]
    fn flags_add_nothing_of_their_own(
        words in proptest::collection::vec(
            prop_oneof![Just("--x"), Just("-a"), Just("--"), Just("--x=v"), Just("--x=-v"), Just("-"), Just("w"), Just("--y")],
            0..8,
        )
    ) {
        let catalogue = &CATALOGUE;
        if let Ok(prepared) = prepared(catalogue, "flag", &words) {
            for element in &prepared.argv[1..] {
                let element = element.to_str().unwrap();
                prop_assert!(["--x", "-a", "v", "w"].contains(&element), "{:?} gave {:?}", words, element);
            }
            let dashed = prepared.argv.iter().filter(|element| element.as_bytes().starts_with(b"-")).count();
            prop_assert!(dashed <= 2);
        }
    }

    #[test]
    fn every_type_gives_what_was_typed(value in "(\\PC|[0-9a-f.:/-]){0,20}") {
        for kind in ["string", "integer", "number", "duration", "date", "ip", "host", "port", "url"] {
            if let Ok(prepared) = prepared(&CATALOGUE, kind, &[&value]) {
                prop_assert_eq!(argv(&prepared)[1], value.as_bytes());
                prop_assert!(!value.starts_with('-') && !value.is_empty());
            }
        }
    }
}
