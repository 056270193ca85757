//! What a program gets besides its arguments: nothing that the file doesn't say.

use std::collections::BTreeSet;
use std::fs::{self, File};

use anyhow::Result;
use caracola_wire::Value;

use super::lab::{Draft, Lab, run, serve};

/// Runs a command as a library, which gets text.
fn text(lab: &Lab, words: &[&str]) -> Result<String> {
    let mut connection = lab.server.connect()?;
    let words: Vec<&[u8]> = words.iter().map(|word| word.as_bytes()).collect();
    match run(&mut connection, &words)? {
        Value::Error(error) => anyhow::bail!("{words:?}: {error}"),
        value => Ok(value.as_str().unwrap_or_default().to_owned()),
    }
}

#[test]
fn the_environment_is_what_the_file_says() -> Result<()> {
    // Cargo gives it to every test, and so does this test to its server.
    const PASSED: &str = "CARGO_MANIFEST_DIR";
    assert!(std::env::var_os("HOME").is_some() || std::env::var_os("CARGO").is_some());
    let lab = serve(&format!(
        r#"
        [commands.bare]
        summary = "The least"
        roles = ["guest"]
        exec = ["env"]
        [commands.set]
        summary = "Some more"
        roles = ["guest"]
        exec = ["env"]
        params = [{{ name = "word" }}]
        env = {{ WORD = "<{{word}}>", LANG = "es_ES.UTF-8" }}
        pass_env = ["{PASSED}", "NO_SUCH_VARIABLE_HERE"]
        "#
    ))?;
    let lines =
        |words: &[&str]| -> Result<BTreeSet<String>> { Ok(text(&lab, words)?.lines().map(str::to_owned).collect()) };
    let path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin".to_owned();
    assert_eq!(
        lines(&["bare"])?,
        BTreeSet::from([path.clone(), "LANG=C.UTF-8".to_owned()])
    );
    let set = BTreeSet::from([
        path,
        "LANG=es_ES.UTF-8".to_owned(),
        "WORD=<$(id) = \"x\">".to_owned(),
        format!("{PASSED}={}", std::env::var(PASSED)?),
    ]);
    assert_eq!(lines(&["set", "$(id) = \"x\""])?, set);
    Ok(())
}

#[test]
fn folder_mask_and_limits_are_what_the_file_says() -> Result<()> {
    let draft = Draft::new()?.program(
        "show",
        "pwd -P; umask; ulimit -t; ulimit -n; ulimit -v; ulimit -f; ulimit -c",
    )?;
    fs::create_dir(draft.folder().join("room"))?;
    let lab = draft.serve(
        r#"
        [commands.bare]
        summary = "The least"
        roles = ["guest"]
        exec = ["./show"]
        [commands.set]
        summary = "Everything"
        roles = ["guest"]
        exec = ["./show"]
        cwd = "room"
        umask = "077"
        limits = { cpu = "7s", files = 32, memory = "512MiB", file_size = "1MiB" }
        "#,
    )?;
    let room = fs::canonicalize(lab.path("room"))?;
    let set = text(&lab, &["set"])?;
    // The shell counts address space in KiB and files in blocks of 512 bytes.
    let wanted = [&*room.to_string_lossy(), "0077", "7", "32", "524288", "2048", "0"];
    assert_eq!(set.lines().collect::<Vec<_>>(), wanted);
    let bare = text(&lab, &["bare"])?;
    let bare: Vec<_> = bare.lines().collect();
    assert_eq!((bare[0], bare[1], bare[6]), ("/", "0022", "0"), "{bare:?}");
    Ok(())
}

#[test]
fn standard_input_is_nothing_or_the_value_of_a_param() -> Result<()> {
    let lab = serve(
        r#"
        [commands.nothing]
        summary = "Reads nothing"
        roles = ["guest"]
        exec = ["sh", "-c", "readlink /proc/self/fd/0; cat; ls /proc/self/fd | wc -l"]
        [commands.value]
        summary = "Reads a value"
        roles = ["guest"]
        exec = ["cat"]
        params = [{ name = "text" }]
        stdin = "<{text}>"
        [commands.secret]
        summary = "Reads a secret"
        roles = ["guest"]
        exec = ["cat"]
        params = [{ name = "word", type = "secret" }]
        stdin = "{word}"
        "#,
    )?;
    // Its three streams and the folder that it reads: nothing of the server's is open in it.
    assert_eq!(text(&lab, &["nothing"])?, "/dev/null\n4\n");
    let long = "ñ ".repeat(5000);
    for value in ["$(id)\n'", "two words", &long] {
        assert_eq!(text(&lab, &["value", value])?, format!("<{value}>"));
    }
    assert_eq!(text(&lab, &["secret", "hunter-22"])?, "hunter-22");
    assert!(!lab.server.log().contains("hunter-22"));
    Ok(())
}

#[test]
fn a_program_has_a_session_of_its_own_and_no_terminal() -> Result<()> {
    let lab = serve(
        r#"
        [commands.tty]
        summary = "Looks for a terminal"
        roles = ["guest"]
        exec = ["cut", "-d", " ", "-f", "1,5,6,7", "/proc/self/stat"]
        "#,
    )?;
    let shown = text(&lab, &["tty"])?;
    let [process, group, session, terminal] = shown.split_whitespace().collect::<Vec<_>>()[..] else {
        anyhow::bail!("{shown:?}");
    };
    assert_eq!((group, session, terminal), (process, process, "0"));
    Ok(())
}

/// Only root may become somebody else; anybody else's server says so.
#[test]
fn a_program_runs_as_the_user_that_the_file_says() -> Result<()> {
    let lab = serve(
        r#"
        [commands.id]
        summary = "Who am I"
        roles = ["guest"]
        exec = ["sh", "-c", "id -un; id -gn; id -Gn"]
        user = "nobody:daemon"
        "#,
    );
    if rustix::process::geteuid().is_root() {
        let shown = text(&lab?, &["id"])?;
        assert_eq!(shown.lines().collect::<Vec<_>>(), ["nobody", "daemon", "daemon"]);
        return Ok(());
    }
    let Ok(lab) = lab else { return Ok(()) };
    let reply = run(&mut lab.server.connect()?, &[b"id"])?;
    assert!(
        matches!(&reply, Value::Error(error) if error.code == "FAILED"),
        "{reply:?}"
    );
    Ok(())
}

#[test]
fn a_file_that_is_too_large_is_not_written() -> Result<()> {
    let lab = serve(
        r#"
        [commands.fill]
        summary = "Writes a large file"
        roles = ["guest"]
        exec = ["dd", "if=/dev/zero", "of=large", "bs=4096", "count=100"]
        cwd = "."
        limits = { file_size = "64KiB" }
        "#,
    )?;
    let reply = run(&mut lab.server.connect()?, &[b"fill"])?;
    assert!(
        matches!(&reply, Value::Error(error) if error.code == "FAILED"),
        "{reply:?}"
    );
    assert_eq!(File::open(lab.path("large"))?.metadata()?.len(), 64 * 1024);
    Ok(())
}
