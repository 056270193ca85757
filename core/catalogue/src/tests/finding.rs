//! Finding commands, by name and otherwise, and checking what comes after the name.

use super::{Catalogue, Command, Language, catalogue, language};
use crate::{ArgumentError, Role};
use caracola_speech::Speech;

const FILE: &str = r#"
[commands.ls]
summary = { en = "List what a folder contains", es = "Muestra qué contiene un directorio" }
aliases = ["dir"]
[commands.git]
summary = "Keep versions"
[commands."git commit"]
summary = "Record changes"
aliases = ["ci", "save it"]
[commands.shape]
summary = "Shapes"
reply = "x"
params = [
  { name = "size", type = "integer", min = 1, max = 11 },
  { name = "form", choices = ["Round", "square"], default = "square" },
  { name = "scale", type = "number", required = false },
  { name = "filled", type = "boolean", default = true },
  { name = "word", max_len = 3, required = false },
  { name = "tags", list = true, required = false },
]
[commands.secret]
summary = "Secrets"
reply = "x"
roles = ["admin"]
[commands.port]
summary = "Ports"
[commands.port.lookup]
443 = { en = "Safe pages", es = "Páginas seguras" }
HTTP = "Pages"
22 = "Shells"
"#;

fn find(catalogue: &Catalogue, line: &str) -> Option<(String, usize)> {
    let found = catalogue.find(line.split(' ').map(str::as_bytes))?;
    Some((found.command.name.clone(), found.words))
}

#[test]
fn the_longest_name_wins_and_aliases_count() {
    let catalogue = catalogue(FILE);
    for (line, name, words) in [
        ("ls -l", "ls", 1),
        ("DIR", "ls", 1),
        ("git push", "git", 1),
        ("git commit -m x", "git commit", 2),
        ("save IT now", "git commit", 2),
        ("ci", "git commit", 1),
        ("decir hola", "say", 1),
    ] {
        assert_eq!(find(&catalogue, line), Some((name.to_owned(), words)), "{line}");
    }
    assert_eq!(find(&catalogue, "save"), None);
    assert_eq!(find(&catalogue, "lss"), None);
    assert_eq!(
        catalogue.command("Git Commit").map(|command| command.name.as_str()),
        Some("git commit")
    );
    assert!(catalogue.command("git commit -m").is_none());
}

#[test]
fn the_nearest_names_are_those_one_may_see() {
    let catalogue = catalogue(FILE);
    let guest = |command: &Command| command.role == Role::Guest;
    assert_eq!(catalogue.nearest("lss", guest)[0], "ls");
    assert_eq!(catalogue.nearest("ayudda", guest), ["ayuda"]);
    assert_eq!(catalogue.nearest("git comit", guest), ["git", "git commit"]);
    assert!(catalogue.nearest("secrt", guest).is_empty());
    assert_eq!(catalogue.nearest("secrt", |_| true), ["secret"]);
}

#[test]
fn search_looks_into_names_aliases_and_summaries() {
    let catalogue = catalogue(FILE);
    let search = |words: &str, tag: &str| -> Vec<String> {
        let id = catalogue.language_id(&language(tag));
        let found = catalogue.search(words, id, |command| command.role == Role::Guest);
        found.iter().map(|command| command.name.clone()).collect()
    };
    assert_eq!(search("folder list", "en"), ["ls"]);
    assert_eq!(search("que directorio", "es"), ["ls"]);
    assert_eq!(search("VERSIONS", "en"), ["git"]);
    assert_eq!(search("git", "en"), ["git", "git commit"]);
    assert_eq!(search("save", "en")[0], "git commit");
    assert!(search("secret", "en").is_empty());
    assert!(search("  ", "en").is_empty());
}

#[test]
fn lookups_answer_in_the_language_and_offer_the_nearest_keys() {
    let catalogue = catalogue(FILE);
    let super::Action::Lookup(lookup) = &catalogue.command("port").unwrap().action else {
        panic!("it is a lookup");
    };
    let spanish = catalogue.language_id(&language("es-MX"));
    let english = catalogue.language_id(&Language::ENGLISH);
    assert_eq!(lookup.get("443", spanish), Some("Páginas seguras"));
    assert_eq!(lookup.get("443", english), Some("Safe pages"));
    assert_eq!(lookup.get(" http ", spanish), Some("Pages"));
    assert_eq!(lookup.get("80", english), None);
    assert_eq!(lookup.nearest("htpt"), ["HTTP"]);
    assert_eq!(lookup.keys().collect::<Vec<_>>(), ["443", "HTTP", "22"]);
    let export = catalogue.export(english, |command| command.name == "port");
    let choices = &export.entries[0].params[0].choices;
    assert_eq!(choices[0], ("443".to_owned(), "Safe pages".to_owned()));
    assert_eq!(choices.len(), 3);
}

#[test]
fn arguments_are_checked_and_defaults_filled_in() {
    let catalogue = catalogue(FILE);
    let shape = catalogue.command("shape").unwrap();
    let given = shape.arguments(&["3", "ROUND", "1.5", "off", "abc", "x", "y"]).unwrap();
    let values: Vec<Option<&str>> = (0..5).map(|position| given.get(position)).collect();
    assert_eq!(
        values,
        [Some("3"), Some("Round"), Some("1.5"), Some("false"), Some("abc")]
    );
    assert_eq!(given.list(5), ["x", "y"]);
    let given = shape.arguments(&["11"]).unwrap();
    let values: Vec<Option<&str>> = (0..7).map(|position| given.get(position)).collect();
    assert_eq!(
        values,
        [Some("11"), Some("square"), None, Some("true"), None, None, None]
    );
    assert!(given.list(5).is_empty() && given.list(99).is_empty());
}

#[test]
fn the_rest_of_a_line_is_one_value() {
    let catalogue = catalogue("");
    let tell = catalogue.command("tell").unwrap();
    let whole = tell.arguments(&["ana", "it's  late "]).unwrap();
    assert_eq!(whole.get(1), Some("it's  late "));
    let words = tell.arguments(&["ana", "see", "you"]).unwrap();
    assert_eq!(words.get(1), Some("see you"));
    assert!(matches!(
        tell.arguments(&["ana", "  "]),
        Err(ArgumentError::Missing { .. })
    ));
    let help = catalogue.command("help").unwrap();
    assert_eq!(help.arguments(&[""]).unwrap().get(0), None);
}

#[test]
fn a_card_takes_anything() {
    let catalogue = catalogue(FILE);
    let given = catalogue.command("git").unwrap().arguments(&["push", "-f"]).unwrap();
    assert_eq!(
        (given.get(0), given.get(1), given.get(2)),
        (Some("push"), Some("-f"), None)
    );
}

#[test]
fn wrong_arguments_are_told_in_one_line_with_the_usage() {
    let catalogue = catalogue(FILE);
    let wrong = |name: &str, words: &[&str]| {
        let command = catalogue.command(name).unwrap();
        let error = command.arguments(words).unwrap_err();
        [Speech::English, Speech::Spanish]
            .map(|speech| error.message(command, speech))
            .join("\n")
    };
    let many = vec!["x"; 2];
    let told = [
        wrong("tell", &[]),
        wrong("tell", &["ana"]),
        wrong("tell", &["", "hi"]),
        wrong("who", &many),
        wrong("shape", &["two"]),
        wrong("shape", &["0"]),
        wrong("shape", &["12"]),
        wrong("shape", &["1", "sqare"]),
        wrong("shape", &["1", "triangular"]),
        wrong("shape", &["1", "round", "inf"]),
        wrong("shape", &["1", "round", "1", "perhaps"]),
        wrong("shape", &["1", "round", "1", "no", "longer"]),
        wrong("lang", &["klingon"]),
        wrong("port", &[]),
        wrong("who", &["\u{1b}[2J\r\n\u{202e}"]),
    ];
    insta::assert_snapshot!(told.join("\n\n"));
}
