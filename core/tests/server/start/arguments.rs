//! The command line itself.

use anyhow::Result;
use caracola_testing::{Process, error_code};

use super::{assert_refused, builder, caracolad};

#[test]
fn help_and_version_go_to_standard_output() -> Result<()> {
    let version = Process::finish(caracolad().arg("--version"))?.success()?;
    assert_eq!(version, format!("caracolad {}\n", env!("CARGO_PKG_VERSION")));
    let help = Process::finish(caracolad().arg("--help"))?.success()?;
    for word in [
        "--listen",
        "--lan",
        "--config",
        "--state-dir",
        "--plugin-dir",
        "init",
        "cert",
        "sessions",
        "kick",
    ] {
        assert!(help.contains(word), "{word} in {help}");
    }
    Ok(())
}

#[test]
fn what_makes_no_sense_is_told_with_status_2() -> Result<()> {
    for (arguments, part) in [
        (&["--lissten", "127.0.0.1:0"][..], "--listen"),
        (&["sesions"], "sessions"),
        (&["--log-format", "xml"], "json"),
        (&["init"], "FOLDER"),
        (&["kick"], "NAME"),
        (
            &["--lan", "sessions"],
            "`--lan` is for serving, and cannot stand before `sessions`",
        ),
        (&["--config", "x.toml", "check"], "`--config <FILE>` is for serving"),
    ] {
        let finished = Process::finish(caracolad().args(arguments))?;
        assert_refused(&finished, 2, &[part]);
    }
    Ok(())
}

#[test]
fn help_is_that_of_the_subcommand() -> Result<()> {
    for words in [&[][..], &["kick"], &["user", "add"], &["import"], &["help"]] {
        let by_word = Process::finish(caracolad().arg("help").args(words))?.success()?;
        let by_flag = Process::finish(caracolad().args(words).arg("--help"))?.success()?;
        assert_eq!(by_word, by_flag, "{words:?}");
    }
    let finished = Process::finish(caracolad().args(["help", "user", "ad"]))?;
    assert_refused(&finished, 2, &["unrecognized subcommand 'ad'", "caracolad user"]);
    Ok(())
}

#[test]
fn the_reference_and_the_manual_are_printed() -> Result<()> {
    let reference = Process::finish(caracolad().args(["help", "commands.toml"]))?.success()?;
    assert_eq!(reference, include_str!("../../../docs/commands.toml.md"));
    for (page, head) in [
        (&[][..], ".TH \"caracolad\" \"8\" "),
        (&["caracolad"], ".TH \"caracolad\" \"8\" "),
        (&["caracola"], ".TH \"caracola\" \"1\" "),
        (&["commands.toml"], ".TH \"commands.toml\" \"5\" "),
    ] {
        let text = Process::finish(caracolad().arg("man").args(page))?.success()?;
        assert!(text.contains(head), "{page:?}: {text}");
    }
    let finished = Process::finish(caracolad().args(["man", "commands"]))?;
    assert_refused(&finished, 2, &["commands.toml"]);
    Ok(())
}

#[test]
fn the_state_folder_may_be_named_before_a_subcommand_or_behind_it() -> Result<()> {
    let server = builder().start()?;
    let state = server.state();
    for words in [&["sessions"][..], &["say", "hello"], &["user", "list"]] {
        let before = Process::finish(caracolad().arg("--state-dir").arg(&state).args(words))?.success()?;
        let behind = Process::finish(caracolad().args(words).arg("--state-dir").arg(&state))?.success()?;
        assert!(
            !before.is_empty() && before.len() == behind.len(),
            "{words:?}: {before} {behind}"
        );
    }
    Ok(())
}

#[test]
fn the_language_for_everybody_else_is_the_admins_choice() -> Result<()> {
    let server = builder().argument("--lang").argument("es").start()?;
    let mut library = server.connect()?;
    let reply = library.run(&["lss"])?;
    assert!(reply.contains("¿quisiste decir"), "{reply}");
    // Who asks for a language gets it; who asks for one that there isn't gets the server's.
    let mut ana = server.connect()?;
    ana.be_shell("ana", "en")?;
    assert!(ana.run(&["lss"])?.contains("did you mean"));
    let mut ivo = server.connect()?;
    ivo.be_shell("ivo", "hr")?;
    assert!(ivo.run(&["lss"])?.contains("¿quisiste decir"));
    assert_eq!(error_code(&ivo.request(&["PING"])?), "");
    Ok(())
}

#[test]
fn a_folder_for_plugins_must_be_one() -> Result<()> {
    let finished = builder()
        .argument("--plugin-dir")
        .argument("/no/such/folder")
        .finish()?;
    assert_refused(&finished, 1, &["--plugin-dir", "/no/such/folder"]);
    Ok(())
}
