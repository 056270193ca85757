//! A `commands.toml` that makes no sense: all of it is told at once, underlined, before anybody connects.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use anyhow::Result;
use caracola_testing::Process;

use super::{assert_refused, builder, caracolad};

const BROKEN: &str = r#"[access]
guest = "yes"
[server]
welcome = "Hello {{ nobody }}"
[commands.ls]
sumary = "List"
[commands.port]
summary = "A port"
params = [{ name = "port", type = "strin" }]
[commands."a b c d e"]
summary = "Too many words"
[commands.wifi]
summary = "One"
aliases = ["ls"]
"#;

#[test]
fn all_its_errors_are_shown_with_the_line_underlined() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let builder = builder().config(BROKEN);
    let mut command = builder.command(super::binary(), folder.path())?;
    // Whatever a developer's environment asks for, people get no stack traces.
    let finished = Process::finish(command.env("RUST_BACKTRACE", "1"))?;
    assert_refused(&finished, 2, &["can't be used"]);
    let stderr = &finished.stderr;
    for (line, column, underlined, carets) in [
        (2, 9, "guest = \"yes\"", "^^^^^"),
        (6, 1, "sumary = \"List\"", "^^^^^^"),
        (9, 35, "type = \"strin\"", "^^^^^^^"),
        (10, 0, "[commands.\"a b c d e\"]", "^"),
        (14, 0, "aliases = [\"ls\"]", "^"),
    ] {
        let place = if column == 0 {
            format!("commands.toml:{line}:")
        } else {
            format!("commands.toml:{line}:{column}")
        };
        assert!(stderr.contains(&place), "{place} in {stderr}");
        assert!(stderr.contains(underlined), "{underlined} in {stderr}");
        assert!(stderr.contains(carets), "{carets} in {stderr}");
    }
    assert!(stderr.contains("did you mean `summary`?"), "{stderr}");
    assert!(stderr.contains("`string`"), "the nearest type: {stderr}");
    assert!(stderr.contains("nobody"), "a template's unknown value: {stderr}");
    assert!(!folder.path().join("state").exists(), "nothing was made");
    Ok(())
}

#[test]
fn what_is_not_toml_is_shown_where_it_stops_being_it() -> Result<()> {
    let finished = builder().config("[commands.ls]\nsummary = \"List\n").finish()?;
    assert_refused(&finished, 2, &["commands.toml:2:", "summary = \"List", "^"]);
    Ok(())
}

#[test]
fn a_plugin_that_is_not_there_is_shown_where_it_is_named() -> Result<()> {
    for (config, told) in [
        (
            "[commands.hi]\nsummary = 'Hello'\nplugin = 'hello.hi'\n",
            "there is no plugin `hello`",
        ),
        ("[plugins.hello]\npath = 'no_such_library'\n", "is not there"),
        ("[plugins.hello]\npath = './no_such_library.so'\n", "cannot be read"),
    ] {
        let finished = builder().config(config).finish()?;
        assert_refused(&finished, 2, &[told, "^"]);
    }
    Ok(())
}

#[test]
fn a_file_that_is_not_there_or_not_ones_own_is_named() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let absent = folder.path().join("absent.toml");
    let start = |config: &std::path::Path| {
        let mut command = caracolad();
        command.arg("--config").arg(config);
        command.arg("--state-dir").arg(folder.path().join("state"));
        Process::finish(command.args(["--listen", "127.0.0.1:0"]))
    };
    assert_refused(&start(&absent)?, 2, &["absent.toml", "is not there"]);
    let open = folder.path().join("open.toml");
    fs::write(&open, "")?;
    fs::set_permissions(&open, fs::Permissions::from_mode(0o666))?;
    assert_refused(
        &start(&open)?,
        2,
        &["open.toml", "can be written by others", "chmod go-w"],
    );
    assert_refused(&start(folder.path())?, 2, &["is not a regular file"]);
    Ok(())
}

#[test]
fn doubts_are_told_and_stop_nothing() -> Result<()> {
    let config = "[access]\nguest = true\n[commands.ls]\nsummary = { en = 'List' }\nsee_also = ['nowhere']\n";
    let server = builder().config(config).start()?;
    let log = server.log();
    for part in [
        "warning: there is no command `nowhere`",
        "commands.toml:5:",
        "see_also = ['nowhere']",
        "^^^^^^^^^",
    ] {
        assert!(log.contains(part), "{part:?} in {log}");
    }
    server.shell("ana")?;
    Ok(())
}
