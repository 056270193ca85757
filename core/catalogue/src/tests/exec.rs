//! Programs: what they get for what was typed.

use std::time::Duration;

use caracola_spawner::ResourceLimits;

use crate::{Exec, OnHangup, PROGRAM_PATH, Prepared};
use caracola_speech::Speech;

use super::{Catalogue, catalogue, language};

/// The words of argv for a line of words, as text.
fn argv(catalogue: &Catalogue, words: &[&str]) -> Vec<String> {
    let prepared = prepared(catalogue, words);
    let argv = prepared.argv.into_iter();
    argv.map(|element| element.into_string().unwrap()).collect()
}

fn prepared(catalogue: &Catalogue, words: &[&str]) -> Prepared {
    let command = catalogue.command(words[0]).unwrap();
    let arguments = command
        .arguments(&words[1..])
        .unwrap_or_else(|error| panic!("{words:?}: {error:?}"));
    command.exec().unwrap().prepare(&arguments).unwrap()
}

#[test]
fn every_key_of_a_program_is_read() {
    let catalogue = catalogue(
        r#"
        [commands.disk]
        summary = "Free space"
        exec = ["sh", "-c", "df {{}} \"$1\"", "sh", "--mount={mount}", "{more}"]
        params = [{ name = "mount" }, { name = "more", list = true, required = false }]
        env = { LANG = "es_ES.UTF-8", MOUNT = "<{mount}>" }
        pass_env = ["HOME", "NO_SUCH_VARIABLE_HERE"]
        cwd = "/srv"
        stdin = "{mount}\n"
        user = "nobody:adm"
        limits = { cpu = "5s", memory = "256MiB", files = 64, processes = 32, file_size = "1MiB" }
        timeout = "5s"
        max_output = "64KiB"
        max_running = 2
        queue = 0
        on_hangup = "continue"
        ok_exit = [0, 1]
        confirm = { en = "Really?", es = "¿Seguro?" }
        read_only = true
        umask = 0o077
        "#,
    );
    let exec = catalogue.command("disk").unwrap().exec().unwrap();
    assert_eq!(exec.program().written(), "sh");
    assert!(exec.program().path().unwrap().is_absolute());
    assert_eq!(exec.folder.to_str(), Some("/srv"));
    assert_eq!(
        (exec.user.as_deref(), exec.group.as_deref()),
        (Some("nobody"), Some("adm"))
    );
    let limits = ResourceLimits {
        cpu_seconds: Some(5),
        address_space: Some(256 << 20),
        file_size: Some(1 << 20),
        open_files: Some(64),
        processes: Some(32),
        core: None,
    };
    assert_eq!(exec.limits, limits);
    assert_eq!(exec.timeout, Duration::from_secs(5));
    assert_eq!((exec.max_output, exec.max_running, exec.queue), (64 << 10, 2, 0));
    assert_eq!(exec.on_hangup, OnHangup::Continue);
    assert!(exec.is_ok(0) && exec.is_ok(1) && !exec.is_ok(2) && !exec.is_ok(256));
    assert!(exec.confirm.is_some() && exec.read_only);
    assert_eq!(exec.umask, 0o077);

    let prepared = prepared(&catalogue, &["disk", "a b", "x", ""]);
    assert_eq!(
        prepared.argv,
        ["sh", "-c", "df {} \"$1\"", "sh", "--mount=a b", "x", ""]
    );
    assert_eq!(prepared.program, exec.program().path().unwrap());
    assert_eq!(prepared.stdin.unwrap().expose(), b"a b\n");
    let variable = |name: &str| {
        let found = prepared.environment.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value.to_str().unwrap().to_owned())
    };
    assert_eq!(variable("PATH").as_deref(), Some(PROGRAM_PATH));
    assert_eq!(variable("LANG").as_deref(), Some("es_ES.UTF-8"));
    assert_eq!(variable("MOUNT").as_deref(), Some("<a b>"));
    assert_eq!(variable("HOME"), std::env::var("HOME").ok());
    assert_eq!(
        prepared.environment.len(),
        if variable("HOME").is_some() { 4 } else { 3 }
    );
}

#[test]
fn what_a_definition_does_not_say_has_a_default() {
    let catalogue = catalogue("[commands.x]\nsummary = \"X\"\nexec = [\"true\"]\n");
    let command = catalogue.command("x").unwrap();
    assert_eq!(command.role, crate::Role::Operator);
    let exec = command.exec().unwrap();
    assert_eq!((exec.timeout, exec.max_output), (Exec::TIMEOUT, Exec::MAX_OUTPUT));
    assert_eq!((exec.max_running, exec.queue), (Exec::MAX_RUNNING, Exec::QUEUE));
    assert_eq!((exec.on_hangup, exec.umask), (OnHangup::End, Exec::UMASK));
    assert_eq!(exec.ok_exit, [0]);
    assert_eq!(exec.limits, ResourceLimits::default());
    assert!(exec.user.is_none() && exec.group.is_none() && exec.confirm.is_none() && !exec.read_only);
    let prepared = prepared(&catalogue, &["x"]);
    assert!(prepared.stdin.is_none() && prepared.descriptors.is_empty());
    assert_eq!(prepared.folder.to_str(), Some("/"));
    let names: Vec<_> = prepared.environment.iter().map(|(name, _)| name.clone()).collect();
    assert_eq!(names, ["PATH", "LANG"]);
}

const FLAGS: &str = r#"
[commands.find]
summary = "Finds"
exec = ["find", "{where}", "{depth}", "{all}", "{name}", "--size={size}", "{rest}"]
params = [
  { name = "depth", type = "integer", flag = "-maxdepth" },
  { name = "where" },
  { name = "all", type = "boolean", flag = "--all" },
  { name = "name", flag = "--name", list = true },
  { name = "size", required = false },
  { name = "rest", list = true, required = false, allow_dash = true },
]
"#;

#[test]
fn flags_may_stand_anywhere_and_go_where_the_file_says() {
    let catalogue = catalogue(FLAGS);
    for (line, expected) in [
        ("find .", "find ."),
        ("find . --all", "find . --all"),
        ("find --all -maxdepth 3 .", "find . -maxdepth 3 --all"),
        (
            "find . --name a --name=b --name c=d",
            "find . --name a --name b --name c=d",
        ),
        ("find . big", "find . --size=big"),
        ("find . big x -y --zz", "find . --size=big x -y --zz"),
        ("find -- . big --all", "find . --size=big --all"),
        ("find . big -- --all", "find . --size=big --all"),
        ("find . big --all -- --", "find . --all --size=big --"),
    ] {
        let words: Vec<&str> = line.split(' ').collect();
        assert_eq!(argv(&catalogue, &words).join(" "), expected, "{line}");
    }
    let wrong = catalogue.command("find").unwrap().arguments(&[".", "-maxdepth=3"]);
    let sentence = wrong.unwrap_err().sentence("find", Speech::English);
    assert!(sentence.contains("did you mean `-maxdepth`?"), "{sentence}");
    let usage = catalogue.command("find").unwrap().usage();
    let expected = "find [-maxdepth DEPTH] [--all] [--name NAME]... WHERE [SIZE] [REST...]";
    assert_eq!(usage, [expected]);
}

#[test]
fn guests_may_run_a_program_only_where_the_file_says_so() {
    let file = |access: &str, roles: &str| {
        let text = format!("[access]\n{access}\n[commands.x]\nsummary = \"X\"\nexec = [\"true\"]\n{roles}\n");
        let catalogue = catalogue(&text);
        let commands = catalogue.guest_exec_commands();
        commands.map(|command| command.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(file("guest = true", "roles = [\"guest\"]"), ["x"]);
    assert_eq!(file("guest = true", ""), [""; 0]);
    assert_eq!(file("guest = true", "roles = [\"user\"]"), [""; 0]);
    assert_eq!(file("guest = false", "roles = [\"guest\"]"), [""; 0]);
    assert_eq!(file("guest = true\nguest_exec = true", "roles = [\"guest\"]"), [""; 0]);
}

#[test]
fn a_value_that_is_left_out_takes_its_element_along() {
    let catalogue = catalogue(
        r#"
        [commands.x]
        summary = "X"
        exec = ["ls", "{a}", "--b={b}", "end"]
        env = { A = "{a}", B = "b" }
        stdin = "{a}"
        params = [{ name = "a", required = false }, { name = "b", flag = "-b" }]
        "#,
    );
    assert_eq!(argv(&catalogue, &["x"]), ["ls", "end"]);
    assert_eq!(argv(&catalogue, &["x", "", "-b", "2"]), ["ls", "", "--b=2", "end"]);
    let bare = prepared(&catalogue, &["x"]);
    assert!(bare.stdin.is_none());
    assert!(!bare.environment.iter().any(|(name, _)| name == "A"));
    let empty = prepared(&catalogue, &["x", ""]);
    assert_eq!(empty.stdin.unwrap().expose(), b"");
    assert!(empty.environment.contains(&("A".into(), "".into())));
}

#[test]
fn wrong_arguments_are_told_with_what_would_be_right() {
    let catalogue = catalogue(
        r#"
        [commands.c]
        summary = "C"
        exec = ["true", "{a}", "{n}", "{d}", "{w}", "{i}", "{h}", "{p}", "{u}", "{s}", "{f}", "{x}", "{q}"]
        params = [
          { name = "a", pattern = "[a-z]+", max_len = 5 },
          { name = "n", type = "integer", flag = "-n", max = 9, required = true },
          { name = "d", type = "duration", flag = "-d" },
          { name = "w", type = "date", flag = "-w" },
          { name = "i", type = "ip", flag = "-i" },
          { name = "h", type = "host", flag = "-h" },
          { name = "p", type = "port", flag = "-p" },
          { name = "u", type = "url", flag = "-u" },
          { name = "s", type = "url", flag = "-s", schemes = ["sftp"] },
          { name = "f", type = "path", flag = "-f", root = "/usr", must_exist = true, kind = "file" },
          { name = "x", type = "number", flag = "-x" },
          { name = "q", type = "boolean", flag = "--quiet" },
        ]
        "#,
    );
    let command = catalogue.command("c").unwrap();
    let usage = command.usage().join(" ");
    let lines = [
        "",
        "a",
        "A -n 1",
        "abcdef -n 1",
        "a b -n 1",
        "a\0 -n 1",
        "-a -n 1",
        "a -n",
        "a -n 10",
        "a -n 01",
        "a -n 1 -n 1",
        "a -n -1",
        "a -n 1 --quite",
        "a -n 1 -z",
        "a -n 1 --quiet=yes",
        "a -n 1 --quiet --quiet",
        "a -n 1 -d 5",
        "a -n 1 -w 2026-02-30",
        "a -n 1 -i 127.1",
        "a -n 1 -h a_b",
        "a -n 1 -p 0",
        "a -n 1 -u example.org",
        "a -n 1 -u ftp://example.org",
        "a -n 1 -s https://example.org",
        "a -n 1 -u https://me@example.org",
        "a -n 1 -f ../etc/passwd",
        "a -n 1 -f no-such-file",
        "a -n 1 -f bin",
        "a -n 1 -x 1,5",
        "-- -n -n 1",
    ];
    let told = lines.map(|line| {
        let words: Vec<&str> = line.split(' ').filter(|word| !word.is_empty()).collect();
        let error = command.arguments(&words).expect_err(line);
        let told = [Speech::English, Speech::Spanish].map(|speech| error.message(command, speech));
        let [english, spanish] = told.map(|message| message.split(" Us").next().unwrap().to_owned());
        format!("c {line}\n  {english}\n  {spanish}")
    });
    insta::assert_snapshot!(format!("{usage}\n\n{}", told.join("\n")));
}

#[test]
fn cards_of_programs_say_what_they_take() {
    let catalogue = catalogue(
        r#"
        [commands.backup]
        summary = { en = "Save files", es = "Guarda archivos" }
        exec = ["true", "{files}", "{level}", "{dry}", "{to}", "{wait}", "{tag}"]
        stdin = "{key}"
        params = [
          { name = "key", type = "secret", help = { en = "Password", es = "Contraseña" } },
          { name = "level", type = "integer", flag = "--level", min = 1, max = 9, default = 5 },
          { name = "dry", type = "boolean", flag = "--dry-run", help = { en = "Only say what would be done", es = "Solo dice qué haría" } },
          { name = "to", type = "host", flag = "--to", suggest = { nas = { en = "the one in the cellar", es = "el del sótano" } } },
          { name = "wait", type = "duration", flag = "--wait" },
          { name = "tag", flag = "--tag", list = true, required = true },
          { name = "files", type = "path", root = "/srv", list = true },
        ]
        confirm = "Save them?"
        "#,
    );
    let command = catalogue.command("backup").unwrap();
    let told = ["en", "es"].map(|tag| {
        let id = catalogue.language_id(&language(tag));
        let speech = Speech::of(&language(tag), Speech::English);
        caracola_speech::render::plain_card(command.card(id), speech, 80)
    });
    insta::assert_snapshot!(told.join("\n----\n"));
    let id = catalogue.language_id(&language("en"));
    let export = catalogue.export(id, |command| command.name == "backup");
    let entry = &export.entries[0];
    assert_eq!(
        (entry.action.as_str(), entry.confirm.as_deref()),
        ("exec", Some("Save them?"))
    );
    let params: Vec<(&str, Option<&str>)> = entry
        .params
        .iter()
        .map(|param| (param.name.as_str(), param.flag.as_deref()))
        .collect();
    assert_eq!(params[..2], [("key", None), ("files", None)]);
    assert_eq!(params[4], ("to", Some("--to")));
    assert_eq!(
        entry.params[4].choices,
        [("nas".to_owned(), "the one in the cellar".to_owned())]
    );
}
