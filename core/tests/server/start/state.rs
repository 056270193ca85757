//! The state folder: one server at a time, nobody else's to read, and no later version's.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use anyhow::Result;

use super::{assert_refused, builder};

#[test]
fn a_second_server_on_the_same_folder_is_refused_and_the_first_goes_on() -> Result<()> {
    let first = builder().start()?;
    let mut ana = first.shell("ana")?;
    let second = builder().folder(first.folder()).finish()?;
    let state = first.state().display().to_string();
    assert_refused(
        &second,
        1,
        &["another caracolad", &state, "--state-dir", "caracolad stop"],
    );
    ana.request(&["PING"])?;
    assert!(first.operator(&["sessions"])?.success()?.contains("~ana"));
    Ok(())
}

#[test]
fn a_folder_that_others_may_enter_is_refused() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let state = folder.path().join("state");
    fs::create_dir(&state)?;
    fs::set_permissions(&state, fs::Permissions::from_mode(0o755))?;
    let finished = builder().folder(folder.path()).finish()?;
    assert_refused(&finished, 1, &["open to others", "chmod 700"]);
    assert_eq!(fs::read_dir(&state)?.count(), 0, "and no key is written there");
    Ok(())
}

#[test]
fn a_later_layout_is_not_misread() -> Result<()> {
    let mut server = builder().start()?;
    server.signal("TERM")?;
    server.wait()?;
    assert_eq!(fs::read_to_string(server.state().join("version"))?, "1\n");
    fs::write(server.state().join("version"), "2\n")?;
    let finished = builder().folder(server.folder()).finish()?;
    assert_refused(&finished, 1, &["later caracolad", "--state-dir"]);
    Ok(())
}

#[test]
fn a_path_too_long_for_the_door_is_told() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let deep = folder.path().join("x".repeat(100));
    fs::create_dir(&deep)?;
    let finished = builder().folder(&deep).finish()?;
    assert_refused(&finished, 1, &["too long", "--state-dir"]);
    Ok(())
}
