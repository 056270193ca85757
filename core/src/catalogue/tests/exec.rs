//! Programs: what they get for what was typed.

use std::time::Duration;

use super::{Catalogue, catalogue};
use crate::catalogue::{Exec, OnHangup, PROGRAM_PATH, Prepared, ProgramLimits};

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
    let limits = ProgramLimits {
        cpu: Some(5),
        memory: Some(256 << 20),
        files: Some(64),
        processes: Some(32),
        file_size: Some(1 << 20),
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
    assert_eq!(command.role, crate::access::role::Role::Operator);
    let exec = command.exec().unwrap();
    assert_eq!((exec.timeout, exec.max_output), (Exec::TIMEOUT, Exec::MAX_OUTPUT));
    assert_eq!((exec.max_running, exec.queue), (Exec::MAX_RUNNING, Exec::QUEUE));
    assert_eq!((exec.on_hangup, exec.umask), (OnHangup::End, Exec::UMASK));
    assert_eq!(exec.ok_exit, [0]);
    assert_eq!(exec.limits, ProgramLimits::default());
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
    let usage = catalogue.command("find").unwrap().usage();
    let expected = "find [-maxdepth DEPTH] [--all] [--name NAME]... WHERE [SIZE] [REST...]";
    assert_eq!(usage, [expected]);
}
