//! `caracolad check`, `schema` and `init`, as an admin uses them.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use anyhow::Result;
use tempfile::TempDir;

fn caracolad(folder: &Path, arguments: &[&str]) -> Result<(Option<i32>, String)> {
    let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_caracolad"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("CARACOLA_CONFIG")
        .output()?;
    let said = format!("{}{}", String::from_utf8(stdout)?, String::from_utf8(stderr)?);
    Ok((status.code(), said))
}

fn file(text: &str) -> Result<TempDir> {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("commands.toml"), text)?;
    Ok(folder)
}

#[test]
fn a_file_without_fault_is_fine() -> Result<()> {
    let folder = file("[commands.x]\nsummary = \"X\"\nreply = \"x\"\n")?;
    for arguments in [&["check"][..], &["check", "commands.toml"], &["check", "--strict"]] {
        let (code, said) = caracolad(folder.path(), arguments)?;
        assert_eq!(code, Some(0), "{said}");
        assert_eq!(said, "commands.toml: 1 command, no errors, no warnings\n");
    }
    // Without a file it is the one that is built in.
    let nothing = tempfile::tempdir()?;
    let (code, said) = caracolad(nothing.path(), &["check"])?;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("no errors, no warnings"), "{said}");
    Ok(())
}

#[test]
fn warnings_are_told_and_fail_only_when_asked_to() -> Result<()> {
    let folder = file(
        "[commands.x]\nsummary = { en = \"X\", es = \"X\" }\nexec = [\"no-such-program-here\"]\n\
         [commands.y]\nsummary = \"Y\"\n[commands.z]\nsummary = { en = \"Z\" }\nexec = [\"vim\"]\n",
    )?;
    let (code, said) = caracolad(folder.path(), &["check"])?;
    assert_eq!(code, Some(0), "{said}");
    for told in [
        "note: 2 programs run as the server's own user, and can read what it can",
        "there is no program `no-such-program-here` on the path",
        "--> commands.toml:3:9",
        "the card `y` has no example",
        "this text is not given in `es`",
        "`vim` lets who uses it start a shell",
        "commands.toml: 3 commands, no errors, ",
    ] {
        assert!(said.contains(told), "{told}: {said}");
    }
    let (code, _) = caracolad(folder.path(), &["check", "--strict"])?;
    assert_eq!(code, Some(1));
    Ok(())
}

#[test]
fn all_errors_of_all_files_are_told_with_the_warnings() -> Result<()> {
    let folder = file(
        "include = [\"more/*.toml\"]\n[commands.x]\nsumary = \"X\"\n[commands.y]\nsummary = \"Y\"\n\
         [commands.z]\nsummary = \"Z\"\nexec = [\"df\", \"{mont}\"]\nparams = [{ name = \"mount\" }]\n",
    )?;
    fs::create_dir(folder.path().join("more"))?;
    fs::write(
        folder.path().join("more/a.toml"),
        "[commands.x]\nsummary = \"X again\"\nreply = \"x\"\n",
    )?;
    let (code, said) = caracolad(folder.path(), &["check"])?;
    assert_eq!(code, Some(2), "{said}");
    for told in [
        "a command has no key `sumary`",
        "did you mean `summary`?",
        "there is no param `mont`",
        "did you mean `{mount}`?",
        "more/a.toml:1:11",
        "the card `y` has no example",
        "commands.toml: 3 errors, 2 warnings\n",
    ] {
        assert!(said.contains(told), "{told}: {said}");
    }
    let (code, said) = caracolad(folder.path(), &["check", "nothing.toml"])?;
    assert_eq!(code, Some(2));
    assert!(said.contains("`nothing.toml` is not there"), "{said}");
    Ok(())
}

#[test]
fn many_warnings_of_a_kind_are_counted() -> Result<()> {
    let cards: Vec<String> = (0..25)
        .map(|number| format!("[commands.c{number}]\nsummary = \"C\"\n"))
        .collect();
    let folder = file(&cards.concat())?;
    let (code, said) = caracolad(folder.path(), &["check"])?;
    assert_eq!(code, Some(0));
    assert!(said.ends_with("25 commands, no errors, 25 warnings\n"), "{said}");
    assert_eq!(said.matches("warning:").count(), 11);
    Ok(())
}

const EXAMPLES: &str = r#"
[commands.hello]
summary = "Greets"
reply = "Hello there"
examples = [
  { run = "hello", about = "Right", expect = "Hello" },
  { run = "hello", about = "Only shown" },
]
[commands.port]
summary = "Ports"
lookup = { 443 = "Safe pages" }
examples = [
  { run = "port 443", about = "Right", expect = "Safe" },
  { run = "port 1", about = "Not there", expect = "no such", expect_exit = 1 },
]
[commands.card]
summary = "A card"
examples = [{ run = "card", about = "Itself", expect = "A card" }]
[commands.touch]
summary = "Makes a file"
exec = ["sh", "-c", "echo made > \"$1\" && echo \"$1\" && pwd", "sh", "{file}"]
params = [{ name = "file", type = "path", root = "ROOT" }]
examples = [{ run = "touch 'a b'", about = "Makes it", expect = "/a b" }]
[commands.fail]
summary = "Fails"
exec = ["false"]
examples = [
  { run = "fail", about = "As it should", expect_exit = 1 },
  { run = "fail", about = "Unexpected", expect = "fine" },
]
[commands.slow]
summary = "Takes too long"
exec = ["sleep", "60"]
timeout = "100ms"
examples = [{ run = "slow", about = "Too slow", expect_exit = 0 }]
[commands.wrong]
summary = "Wrong"
exec = ["echo", "{number}"]
params = [{ name = "number", type = "integer" }]
examples = [
  { run = "wrong 5", about = "Says another", expect = "6" },
  { run = "wrong five", about = "Isn't taken", expect = "five" },
]
[commands.sum]
summary = "Reads"
exec = ["cat"]
stdin = "{text}"
params = [{ name = "text", rest = true }]
read_only = true
examples = [{ run = "sum a b", about = "Says it", expect = "a b" }]
"#;

#[test]
fn examples_that_promise_something_are_run_where_they_do_no_harm() -> Result<()> {
    let root = tempfile::tempdir()?;
    let folder = file(&EXAMPLES.replace("ROOT", root.path().to_str().unwrap()))?;
    let (code, said) = caracolad(folder.path(), &["check", "--run-examples"])?;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.ends_with("11 examples run, 4 failed, 1 skipped\n"), "{said}");
    for told in [
        "failed: the example `fail` of `fail` (commands.toml:",
        "it ended with status 1, not with status 0",
        "it had not ended after 100ms",
        "its output has no \"6\": \"5\"",
        "NUMBER cannot be `five`",
    ] {
        assert!(said.contains(told), "{told}: {said}");
    }
    assert!(fs::read_dir(root.path())?.next().is_none(), "the real root was touched");
    let (code, said) = caracolad(folder.path(), &["check"])?;
    assert_eq!(code, Some(0), "nothing is run unless asked: {said}");
    Ok(())
}

#[test]
fn the_lines_of_examples_are_read_as_a_shell_reads_them() -> Result<()> {
    let folder = file(
        r#"
        [commands."db upload"]
        summary = "Uploads"
        exec = ["cat"]
        stdin = "{file}: {about}"
        params = [{ name = "file" }, { name = "about", rest = true }]
        examples = [{ run = "db upload a.txt it's lunch", about = "With a quote", expect = "a.txt: it's lunch" }]
        [commands.note]
        summary = "Keeps a note"
        exec = ["cat"]
        stdin = "{text}"
        params = [{ name = "text", rest = true }]
        examples = [
          { run = "note a  b", about = "As it is typed", expect = "a  b" },
          { run = "note   \"there\"  world", about = "Quotes too", expect = "\"there\"  world" },
        ]
        "#,
    )?;
    let (code, said) = caracolad(folder.path(), &["check", "--run-examples"])?;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.ends_with("3 examples run, 0 failed, 0 skipped\n"), "{said}");
    assert!(!said.contains("is refused"), "{said}");
    Ok(())
}

const AS_SERVED: &str = r#"
[commands.detach]
summary = "Leaves a process behind"
exec = ["sh", "-c", "setsid sleep 600 >/dev/null 2>&1 & echo left $!"]
examples = [{ run = "detach", about = "Its number is in the report", expect = "another" }]
[commands.limits]
summary = "Says what it may"
exec = ["sh", "-c", "echo $(ulimit -n) $(ulimit -c) $(umask)"]
limits = { files = 33 }
umask = "077"
examples = [{ run = "limits", about = "As the file says", expect = "33 0 0077" }]
[commands.read]
summary = "Gets an open file"
exec = ["cat", "--", "{file}"]
params = [{ name = "file", type = "path", root = "ROOT", as = "fd" }]
read_only = true
examples = [{ run = "read note", about = "Its text", expect = "remember" }]
[commands.much]
summary = "Never ends by itself"
exec = ["yes"]
max_output = "1KiB"
examples = [{ run = "much", about = "Cut, which is not a failure", expect = "y" }]
[commands.killed]
summary = "Is ended"
exec = ["sh", "-c", "kill -KILL $$"]
examples = [{ run = "killed", about = "Fails", expect_exit = 0 }]
"#;

#[test]
fn the_programs_of_examples_are_started_as_a_server_starts_them() -> Result<()> {
    let root = tempfile::tempdir()?;
    fs::write(root.path().join("note"), "remember")?;
    let folder = file(&AS_SERVED.replace("ROOT", root.path().to_str().unwrap()))?;
    let (code, said) = caracolad(folder.path(), &["check", "--run-examples"])?;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.ends_with("5 examples run, 2 failed, 0 skipped\n"), "{said}");
    assert!(said.contains("it ended by the signal SIGKILL"), "{said}");
    let left = said.split_once("left ").and_then(|(_, rest)| rest.split_once('"'));
    let process: u32 = left.map(|(number, _)| number.parse()).unwrap()?;
    assert!(
        !Path::new(&format!("/proc/{process}")).exists(),
        "process {process} is still there"
    );
    Ok(())
}

#[test]
fn absolute_paths_of_examples_lead_into_the_scratch_folder() -> Result<()> {
    let root = tempfile::tempdir()?;
    let text = r#"
        [commands.make]
        summary = "Makes a file"
        exec = ["touch", "{file}"]
        params = [{ name = "file", type = "path", root = "ROOT", default = "ROOT/usual" }]
        examples = [
          { run = "make ROOT/a", about = "Absolute", expect_exit = 0 },
          { run = "make", about = "The default", expect_exit = 0 },
          { run = "make /etc/a", about = "Elsewhere", expect_exit = 0 },
        ]
        [commands.show]
        summary = "Shows a file"
        exec = ["cat", "{file}"]
        params = [{ name = "file", type = "path", root = "ROOT", must_exist = true }]
        examples = [{ run = "show a", about = "Not there", expect_exit = 0 }]
    "#;
    let folder = file(&text.replace("ROOT", root.path().to_str().unwrap()))?;
    let (_, said) = caracolad(folder.path(), &["check", "--run-examples"])?;
    assert!(said.contains("FILE cannot be `/etc/a`: it must stay in"), "{said}");
    assert!(
        said.contains("1 example cannot be run: the file it names is not in a scratch folder"),
        "{said}"
    );
    assert!(said.ends_with("3 examples run, 1 failed, 1 skipped\n"), "{said}");
    assert!(fs::read_dir(root.path())?.next().is_none(), "the real root was touched");
    Ok(())
}

#[test]
fn an_example_that_runs_as_another_user_is_tried_by_root_only() -> Result<()> {
    let folder = file(
        "[commands.me]\nsummary = \"Me\"\nexec = [\"sh\", \"-c\", \"touch a && ls -l a\"]\nuser = \"nobody\"\n\
         examples = [{ run = \"me\", about = \"A file of its own\", expect = \" nobody \" }]\n",
    )?;
    let (code, said) = caracolad(folder.path(), &["check", "--run-examples"])?;
    assert_eq!(code, Some(0), "{said}");
    let expected = if rustix::process::geteuid().is_root() {
        "1 example run, 0 failed, 0 skipped"
    } else {
        "only root can try that"
    };
    assert!(said.contains(expected), "{said}");
    Ok(())
}

#[test]
fn a_copy_of_the_default_file_has_its_schema_beside_it() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (code, said) = caracolad(folder.path(), &["init", "mine"])?;
    assert_eq!(code, Some(0), "{said}");
    let mine = folder.path().join("mine");
    let text = fs::read_to_string(mine.join("commands.toml"))?;
    let first = text.lines().next().unwrap();
    let path = first.strip_prefix("#:schema ").unwrap();
    let (code, schema) = caracolad(folder.path(), &["schema"])?;
    assert_eq!(code, Some(0));
    assert_eq!(fs::read_to_string(mine.join(path))?, schema);
    let schema: serde_json::Value = serde_json::from_str(&schema)?;
    assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
    let (code, said) = caracolad(folder.path(), &["check", "--strict", "mine/commands.toml"])?;
    assert_eq!(code, Some(0), "{said}");
    Ok(())
}

#[test]
fn the_default_file_points_to_the_schema_in_the_source_tree() -> Result<()> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let text = fs::read_to_string(top.join("commands.toml"))?;
    let path = text.lines().next().unwrap().strip_prefix("#:schema ").unwrap();
    assert!(top.join(path).is_file(), "{path}");
    Ok(())
}

/// What a value could make a program do is told with the param, the place and what to do; a param that lets no such value
/// through is nobody's concern.
#[test]
fn known_escapes_are_told_with_the_param() -> Result<()> {
    let folder = file(
        r#"
[commands.query]
summary = "Ask"
exec = ["sqlite3", "/srv/shop.db", "{question}"]
params = [{ name = "question" }]
[commands.build]
summary = "Build"
exec = ["make", "-C", "/srv/site", "{target}"]
params = [{ name = "target" }]
[commands.show]
summary = "Show"
exec = ["cat", "/srv/{file}"]
params = [{ name = "file" }]
[commands.fine]
summary = "Fine"
exec = ["sqlite3", "/srv/shop.db", "select * from orders where id = {id}"]
params = [{ name = "id", type = "integer" }]
[commands.fine-too]
summary = "Fine"
exec = ["make", "-C", "/srv/site", "{target}"]
params = [{ name = "target", choices = ["all", "clean"] }]
[commands.and-this]
summary = "Fine"
exec = ["cat", "{file}"]
params = [{ name = "file", type = "path", root = "." }]
"#,
    )?;
    let (code, said) = caracolad(folder.path(), &["check"])?;
    assert_eq!(code, Some(0), "{said}");
    for told in [
        "a value of `question` could make `sqlite3` start a shell (`.shell`)",
        "--> commands.toml:4:36",
        "or put \"-safe\" into `exec`",
        "a value of `target` could make `make` start another program (`SHELL=...`)",
        "--> commands.toml:8:36",
        "a value of `file` could make `cat` read any file that the program may",
        "make `file` a path with a `root`",
    ] {
        assert!(said.contains(told), "{told}: {said}");
    }
    assert_eq!(said.matches(" could make ").count(), 3, "{said}");
    Ok(())
}
