//! Whole files, as admins write them.

mod cards;
mod errors;
mod exec;
mod files;
mod finding;
mod hostile;
mod paths;
mod program_errors;
mod schema;
mod warnings;

use caracola_wire::line::corpus::{self, COMMAND, LINES};

use super::*;

/// The catalogue of a file that is right.
fn catalogue(text: &str) -> Catalogue {
    loaded(text).catalogue
}

fn loaded(text: &str) -> Loaded {
    Catalogue::from_text(text).unwrap_or_else(|broken| panic!("{broken}"))
}

/// What is told about a file that is wrong.
fn broken(text: &str) -> String {
    Catalogue::from_text(text).expect_err("the file is wrong").to_string()
}

/// What is told about a file that is doubtful.
fn warned(text: &str) -> String {
    let warnings = loaded(text).warnings;
    let warnings: Vec<String> = warnings.iter().map(ToString::to_string).collect();
    warnings.join("\n\n")
}

/// The params that the corpus of lines writes so.
pub(super) fn corpus_params(short: &str) -> Vec<Param> {
    let kind = |name: &str| match name {
        "boolean" => ParamKind::Boolean,
        "secret" => ParamKind::Secret,
        _ => ParamKind::String,
    };
    let params = corpus::params(short).into_iter();
    let params = params.map(|entry| Param {
        kind: kind(&entry.kind),
        required: false,
        rest: entry.rest,
        list: entry.list,
        flag: entry.flag,
        allow_dash: entry.allow_dash,
        ..Param::new(entry.name)
    });
    params.collect()
}

/// The catalogue of a file whose command `it` takes what the corpus of lines writes so. None where no file may say that: flags
/// beside the rest of a line.
pub(super) fn corpus_catalogue(short: &str) -> Option<Catalogue> {
    let params = corpus_params(short);
    let has_rest = params.iter().any(|param| param.rest);
    if has_rest && params.iter().any(|param| param.flag.is_some()) {
        return None;
    }
    let params = params.iter().map(|param| {
        let place = match &param.flag {
            Some(flag) => format!("flag = {flag:?}"),
            None => "required = false".to_owned(),
        };
        let mut keys = vec![
            format!("name = {:?}", param.name),
            format!("type = {:?}", param.kind.as_str()),
            place,
        ];
        let marks = [
            ("rest", param.rest),
            ("list", param.list),
            ("allow_dash", param.allow_dash),
        ];
        keys.extend(
            marks
                .iter()
                .filter(|(_, is_set)| *is_set)
                .map(|(key, _)| format!("{key} = true")),
        );
        format!("{{ {} }}", keys.join(", "))
    });
    let params: Vec<String> = params.collect();
    Some(catalogue(&format!(
        "[commands.{COMMAND}]\nsummary = \"It\"\nexec = [\"true\"]\nparams = [{}]\n",
        params.join(", ")
    )))
}

fn language(tag: &str) -> Language {
    tag.parse().unwrap()
}

#[test]
fn lines_become_the_words_that_the_corpus_says() {
    for line in LINES {
        let Some(catalogue) = corpus_catalogue(line.params) else {
            continue;
        };
        let (words, found) = catalogue.typed(line.typed).expect(line.typed);
        assert_eq!(found.map(|found| found.words), Some(1), "{}", line.typed);
        assert_eq!(words[1..], *line.words, "{} of {}", line.typed, line.params);
    }
}

#[test]
fn the_default_file_loads_without_a_warning() {
    let loaded = Catalogue::load(&Source::BuiltIn, None, &caracola_plugin_host::Plugins::new(None, None))
        .unwrap_or_else(|broken| panic!("{broken}"));
    assert!(loaded.warnings.is_empty(), "{:?}", loaded.warnings);
    let tags: Vec<&str> = loaded.catalogue.languages().iter().map(Language::as_str).collect();
    assert_eq!(tags, ["en", "es"]);
    let with_image = loaded
        .catalogue
        .commands()
        .iter()
        .filter(|command| command.image.is_some());
    assert_eq!(with_image.count(), DEFAULT_IMAGES.len());
}

#[test]
fn an_empty_file_has_the_built_ins_and_the_defaults() {
    let loaded = loaded("");
    assert!(loaded.warnings.is_empty());
    let catalogue = loaded.catalogue;
    assert_eq!(*catalogue.settings(), Settings::default());
    assert!(!catalogue.settings().access.guest);
    let help = catalogue.command("ayuda").unwrap();
    assert_eq!(help.name, "help");
    assert!(matches!(help.action, Action::Builtin(Builtin::Help)));
    assert_eq!(help.origin, DefinedAt::BuiltIn);
    assert!(
        catalogue
            .commands()
            .is_sorted_by_key(|command| command.name.to_lowercase())
    );
}

#[test]
fn every_setting_is_read() {
    let settings = catalogue(
        r#"
        [server]
        name = "lab"
        listen = ["0.0.0.0:0", "[::1]:22722", "lab.example.org:443"]
        welcome = { en = "Hi {{ user }}", es = "Hola {{ user }}" }
        authors = ["Ana", "Ben"]
        language = "es-MX"
        user = "caracola"
        reload = "command"
        [access]
        guest = true
        [limits]
        sessions = 100
        sessions_per_address = 10
        messages_per_second = 1
        runs_per_second = 2
        outbox = "64KiB"
        handshake = "500ms"
        idle = "2h"
        "#,
    )
    .settings()
    .clone();
    insta::assert_debug_snapshot!(settings);
}

#[test]
fn the_flag_for_the_language_comes_before_the_file() {
    let loaded = Catalogue::load(
        &Source::BuiltIn,
        Some(language("fr")),
        &caracola_plugin_host::Plugins::new(None, None),
    )
    .unwrap();
    let catalogue = loaded.catalogue;
    assert_eq!(catalogue.settings().server.language, language("fr"));
    let id = catalogue.language_id(&language("fr-CA"));
    assert_eq!(*catalogue.language(id), language("fr"));
}

#[test]
fn a_file_adds_to_the_card_of_a_built_in() {
    let catalogue = catalogue(
        r#"
        [groups.class]
        title = "In class"
        [commands.say]
        summary = "Speak up"
        aliases = ["shout"]
        group = "class"
        see_also = ["who"]
        examples = [{ run = "shout hello", about = "Greets" }]
        "#,
    );
    let say = catalogue.command("shout").unwrap();
    let english = catalogue.language_id(&Language::ENGLISH);
    assert_eq!(say.name, "say");
    assert_eq!(say.aliases, ["decir", "shout"]);
    assert_eq!(catalogue.text(&say.summary, english), "Speak up");
    assert_eq!(say.examples.len(), 1);
    assert_eq!(say.usage(), ["say TEXT..."]);
    assert!(matches!(say.action, Action::Builtin(_)));
    let groups: Vec<&str> = catalogue.groups().iter().map(|group| group.name.as_str()).collect();
    assert_eq!(groups.last(), Some(&"class"));
}

#[test]
fn a_group_that_is_built_in_can_get_another_title() {
    let catalogue = catalogue(
        r#"
        groups.talk.title = "Chat"
        groups.commands.title = "Ours"
        groups.unused.title = "Nothing in it"
        [commands.x]
        summary = "X"
        reply = "x"
        "#,
    );
    let english = catalogue.language_id(&Language::ENGLISH);
    let titles: Vec<(&str, &str)> = catalogue
        .groups()
        .iter()
        .map(|group| (group.name.as_str(), catalogue.text(&group.title, english)))
        .collect();
    assert!(titles.contains(&("talk", "Chat")), "{titles:?}");
    assert!(titles.contains(&("commands", "Ours")), "{titles:?}");
    assert!(!titles.iter().any(|(name, _)| *name == "unused"));
}

#[test]
fn roles_hide_what_others_name() {
    let catalogue = catalogue(
        r#"
        [commands.open]
        summary = "For all"
        reply = "x"
        see_also = ["secret", "nothing", "who"]
        [commands.secret]
        summary = "For some"
        reply = "x"
        roles = ["admin", "operator"]
        see_also = ["open"]
        "#,
    );
    let secret = catalogue.command("secret").unwrap();
    assert_eq!(secret.role, crate::Role::Operator);
    assert_eq!(secret.see_also, ["open"]);
    assert_eq!(catalogue.command("open").unwrap().see_also, ["who"]);
    let english = catalogue.language_id(&Language::ENGLISH);
    let export = catalogue.export(english, |command| command.role < secret.role);
    assert!(export.entries.iter().any(|entry| entry.name == "open"));
    assert!(
        export
            .entries
            .iter()
            .all(|entry| entry.name != "secret" && entry.name != "stop")
    );
    assert!(export.groups.iter().all(|(name, _)| name != "operator"));
}

mod never_panics {
    use proptest::prelude::*;

    use super::super::{Catalogue, DEFAULT_FILE};

    fn load(text: &str) {
        match Catalogue::from_text(text) {
            Ok(loaded) => loaded.warnings.iter().for_each(|warning| _ = warning.render(true)),
            Err(broken) => _ = broken.render(true),
        }
    }

    const PIECES: &[&str] = &[
        "[commands.ls]\n",
        "[commands.\"a b\"]\n",
        "[[commands.x]]\n",
        "[commands]\n",
        "[groups.g]\n",
        "[server]\n",
        "[limits]\n",
        "[commands.ls.lookup]\n",
        "include = ",
        "summary = ",
        "title = ",
        "params = ",
        "examples = ",
        "roles = ",
        "choices = ",
        "min = ",
        "name = ",
        "welcome = ",
        "aliases = ",
        "exec = ",
        "exec = [\"df\", \"{a}\", \"-{b}\"]\n",
        "stdin = ",
        "env = { A = \"{a}\" }\n",
        "timeout = ",
        "umask = ",
        "\"{a}\"",
        "\"5s\"",
        "[{ name = \"a\", type = \"path\", root = \"/\", as = \"fd\" }]\n",
        "[{ name = \"a\", flag = \"-a\", complete = \"ls\", pattern = \"(\" }]\n",
        "reply = ",
        "\"text\"",
        "\"{{ x }}\"",
        "\"ls\"",
        "3",
        "-1",
        "0x7f",
        "1e400",
        "nan",
        "true",
        "1979-05-27",
        "[",
        "]",
        "{",
        "}",
        "{ en = \"a\", es = \"b\" }",
        "[{ name = \"a\", rest = true }]",
        "[\"a\", \"b\"]",
        ",",
        "\n",
        "\r\n",
        "\"\"\"\n",
        "'",
        "\\",
        "#",
        ".",
        "=",
        "é",
        "\u{202e}",
        "\0",
        "ls.summary = \"x\"\n",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn on_any_text(text in "\\PC{0,200}") {
            load(&text);
        }

        #[test]
        fn on_pieces_of_files(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..60)) {
            load(&pieces.concat());
        }

        #[test]
        fn on_the_default_file_with_a_part_changed(
            at in any::<proptest::sample::Index>(),
            length in 0usize..200,
            instead in proptest::sample::select(PIECES),
        ) {
            let starts: Vec<usize> = DEFAULT_FILE.char_indices().map(|(start, _)| start).collect();
            let start = *at.get(&starts);
            let mut end = (start + length).min(DEFAULT_FILE.len());
            while !DEFAULT_FILE.is_char_boundary(end) {
                end += 1;
            }
            load(&format!("{}{instead}{}", &DEFAULT_FILE[..start], &DEFAULT_FILE[end..]));
        }
    }
}
