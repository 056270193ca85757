//! `caracolad explain`: what would come of a line.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use anyhow::Result;
use tempfile::TempDir;

const FILE: &str = r#"[access]
guest = true
[commands.disk]
summary = "Free space"
exec = ["df", "-h", "--type={type}", "{mount}"]
params = [{ name = "mount", type = "path", root = "/", must_exist = true, default = "/" }, { name = "type", flag = "--type" }]
env = { BLOCKSIZE = "1K", WHERE = "{mount}" }
pass_env = ["CARACOLA_TEST_VARIABLE"]
roles = ["user"]
timeout = "5s"
max_output = "64KiB"
max_running = 2
queue = 8
limits = { cpu = "5s", memory = "256MiB", files = 64 }
user = "nobody:nogroup"
confirm = { en = "Look?", es = "¿Mirar?" }
[commands.lock]
summary = "Sets a password"
exec = ["cat"]
stdin = "{password}\n"
params = [{ name = "password", type = "secret" }]
on_hangup = "continue"
ok_exit = [0, 3]
[commands.open]
summary = "Shows a file"
exec = ["cat", "--", "{file}"]
params = [{ name = "file", type = "path", root = "/usr", as = "fd" }]
[commands.missing]
summary = "Runs what isn't there"
exec = ["no-such-program-here"]
[commands.hello]
summary = "Greets"
reply = "Hello"
[commands."db upload"]
summary = "Uploads a file"
exec = ["echo", "{file}", "{about}"]
params = [{ name = "file" }, { name = "about", rest = true }]
[commands.note]
summary = "Keeps a note"
exec = ["echo", "{text}"]
params = [{ name = "text", rest = true }]
"#;

struct Explained {
    code: Option<i32>,
    said: String,
}

struct Explainer {
    folder: TempDir,
}

impl Explainer {
    fn new() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        fs::write(folder.path().join("commands.toml"), FILE)?;
        Ok(Explainer { folder })
    }

    fn user(&self, words: &[&str], password: &str) -> Result<()> {
        let file = self.folder.path().join("password");
        fs::write(&file, password)?;
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600))?;
        let output = Command::new(env!("CARGO_BIN_EXE_caracolad"))
            .args(["--state-dir", "state", "user"])
            .args(words)
            .args(["--password-file", "password"])
            .current_dir(self.folder.path())
            .output()?;
        assert!(output.status.success(), "{output:?}");
        Ok(())
    }

    fn explain(&self, user: &str, line: &str) -> Result<Explained> {
        let output = Command::new(env!("CARGO_BIN_EXE_caracolad"))
            .args(["explain", "--user", user, line, "--state-dir", "state"])
            .current_dir(self.folder.path())
            .env_remove("CARACOLA_CONFIG")
            .env("CARACOLA_TEST_VARIABLE", "passed")
            .output()?;
        let said = format!(
            "{}{}",
            String::from_utf8(output.stdout)?,
            String::from_utf8(output.stderr)?
        );
        Ok(Explained {
            code: output.status.code(),
            said,
        })
    }
}

#[test]
fn everything_that_a_program_would_get_is_told() -> Result<()> {
    let explained = Explainer::new()?.explain("user", "disk '/usr/../usr' --type 'a b'")?;
    assert_eq!(explained.code, Some(0), "{}", explained.said);
    insta::assert_snapshot!(explained.said);
    Ok(())
}

#[test]
fn who_may_not_run_it_learns_by_which_rule() -> Result<()> {
    let place = Explainer::new()?;
    for (user, line, code, told) in [
        (
            "guest",
            "disk",
            1,
            "no, and to this user the command does not exist: `roles` (commands.toml:9) lets the role user",
        ),
        ("operator", "disk", 0, "yes: `roles` (commands.toml:9)"),
        (
            "user",
            "lock x",
            1,
            "without `roles`, programs are for the role operator",
        ),
        ("admin", "lock x", 0, "yes: without `roles`, programs"),
        ("guest", "hello", 0, "yes: without `roles`, this is for the role guest"),
        (
            "operator",
            "missing",
            1,
            "there is no program `no-such-program-here` in /usr/local/sbin",
        ),
        ("operator", "disk --tpye x", 1, "did you mean `--type`?"),
        (
            "operator",
            "disk /no-such-folder-here",
            1,
            "there is nothing of that name in /.",
        ),
        ("operator", "dsk", 1, "disk"),
        ("operator", "open ../etc/passwd", 1, "it must stay in /usr."),
        ("operator", "open bin", 0, "file = \"/usr/bin\", open"),
        ("operator", "open bin", 0, "2: \"/dev/fd/3\""),
        ("guest", "who", 0, "who (built in)"),
    ] {
        let explained = place.explain(user, line)?;
        assert!(explained.said.contains(told), "{user} {line}: {}", explained.said);
        assert_eq!(explained.code, Some(code), "{user} {line}: {}", explained.said);
    }
    let unbalanced = place.explain("guest", "hello 'x")?;
    assert_eq!(unbalanced.code, Some(1));
    Ok(())
}

#[test]
fn a_line_is_read_as_a_shell_reads_it() -> Result<()> {
    let place = Explainer::new()?;
    for (line, told) in [
        ("db upload a.txt it's lunch", "about = \"it's lunch\""),
        ("db upload 'a b' it's", "file = \"a b\""),
        ("note a  b", "text = \"a  b\""),
        ("note   \"there\"  world ", r#"text = "\"there\"  world""#),
        ("note buy --now", "text = \"buy --now\""),
    ] {
        let explained = place.explain("operator", line)?;
        assert!(explained.said.contains(told), "{line}: {}", explained.said);
        assert_eq!(explained.code, Some(0), "{line}: {}", explained.said);
    }
    let piped = place.explain("operator", "db upload a.txt | wc")?;
    assert_eq!(
        piped.code,
        Some(0),
        "in the rest of a line a sign is a letter: {}",
        piped.said
    );
    let piped = place.explain("operator", "missing | wc")?;
    assert_eq!(piped.code, Some(1));
    assert!(piped.said.contains("`|` means nothing here"), "{}", piped.said);
    Ok(())
}

#[test]
fn whoever_has_an_account_is_known_by_name() -> Result<()> {
    let place = Explainer::new()?;
    place.user(&["add", "rosa"], "correct horse battery")?;
    place.user(&["add", "user", "--role", "operator"], "correct horse battery")?;
    let state = place.folder.path().join("state/users.toml");
    let account = |line: usize| format!("rosa: an account, of the role user ({}:{line})", state.display());
    for (user, line, code, told) in [
        ("rosa", "disk", 0, account(5)),
        ("ROSA", "disk", 0, account(5)),
        (
            "rosa",
            "lock x",
            1,
            "no, and to this user the command does not exist".to_owned(),
        ),
        (
            "operator",
            "lock x",
            0,
            "operator: anybody of the role operator\n".to_owned(),
        ),
        // An account comes before the role that it is called like.
        ("user", "lock x", 0, "user: an account, of the role operator".to_owned()),
        ("roza", "hello", 1, "did you mean `rosa`?".to_owned()),
        ("oprator", "hello", 1, "did you mean `operator`?".to_owned()),
        (
            "not a name",
            "hello",
            1,
            "\"not a name\" is neither a user in".to_owned(),
        ),
    ] {
        let explained = place.explain(user, line)?;
        assert!(explained.said.contains(&told), "{user} {line}: {}", explained.said);
        assert_eq!(explained.code, Some(code), "{user} {line}: {}", explained.said);
    }
    fs::write(&state, "[usres]\n")?;
    let explained = place.explain("operator", "hello")?;
    assert!(explained.said.contains("is not known: "), "{}", explained.said);
    assert_eq!(explained.code, Some(0));
    let explained = place.explain("rosa", "hello")?;
    assert!(
        explained
            .said
            .contains("users.toml:1:2: the file of users has no key `usres` (did you mean `users`?)"),
        "{}",
        explained.said
    );
    assert_eq!(explained.code, Some(1));
    Ok(())
}

#[test]
fn whether_guests_are_let_in_at_all_is_told() -> Result<()> {
    let place = Explainer::new()?;
    let hello = place.explain("guest", "hello")?;
    assert!(
        hello.said.contains("Let in      yes: guest = true in line 2\n"),
        "{}",
        hello.said
    );
    assert_eq!(hello.code, Some(0));
    for (access, told) in [
        ("guest = false", "no, so nobody can ask this: guest = false in line 2\n"),
        (
            "guest_exec = true",
            "no, so nobody can ask this: there is no guest = true under [access]\n",
        ),
    ] {
        fs::write(
            place.folder.path().join("commands.toml"),
            FILE.replace("guest = true", access),
        )?;
        let hello = place.explain("guest", "hello")?;
        assert!(hello.said.contains(told), "{}", hello.said);
        assert_eq!(hello.code, Some(1));
    }
    Ok(())
}

#[test]
fn secrets_stay_secret() -> Result<()> {
    let place = Explainer::new()?;
    let explained = place.explain("operator", "lock hunter2")?;
    assert_eq!(explained.code, Some(0));
    assert!(explained.said.contains("password = ***"), "{}", explained.said);
    assert!(explained.said.contains("Input       ***"), "{}", explained.said);
    for line in ["lock hunter2", "lock one hunter2", "lock -hunter2"] {
        let explained = place.explain("operator", line)?;
        assert!(!explained.said.contains("hunter2"), "{line}: {}", explained.said);
    }
    Ok(())
}
