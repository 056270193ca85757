//! What can't be printed is a failure, and not the silence of success or a panic.

use std::fs::File;
use std::process::{Command, Stdio};

use anyhow::Result;

#[test]
fn a_full_disk_is_told_and_fails() -> Result<()> {
    let folder = tempfile::tempdir()?;
    for arguments in [
        &["schema"][..],
        &["help", "commands.toml"],
        &["man", "caracolad"],
        &["check"],
        &["init", "here"],
        &["cert", "--state-dir", "state"],
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_caracolad"));
        command.args(arguments).current_dir(folder.path());
        command.env_remove("CARACOLA_CONFIG").stdin(Stdio::null());
        let output = command
            .stdout(File::options().write(true).open("/dev/full")?)
            .output()?;
        let said = String::from_utf8(output.stderr)?;
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
        assert!(
            said.contains("cannot print on standard output: "),
            "{arguments:?}: {said}"
        );
    }
    Ok(())
}
