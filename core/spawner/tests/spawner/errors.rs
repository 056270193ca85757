//! Programs that can't be started.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use caracola_spawner::{LaunchError, Spawner};
use caracola_testing::Mark;
use rustix::io::Errno;

use crate::fixture::{Launching, is_root, open_descriptors, program, script};

async fn error(launching: Launching, spawner: &Spawner) -> LaunchError {
    spawner
        .launch(launching.build())
        .await
        .expect_err("it can't be started")
}

/// A file with this text and mode, in a folder that goes with the test.
fn file(folder: &Path, name: &str, text: &str, mode: u32) -> String {
    let path = folder.join(name);
    fs::write(&path, text).expect("a file can be written");
    fs::set_permissions(&path, Permissions::from_mode(mode)).expect("its mode can be set");
    path.to_str().expect("a path in UTF-8").to_owned()
}

pub(crate) async fn a_reason_is_given(spawner: Spawner) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder = folder.path();
    let plain = file(folder, "plain", "text", 0o644);
    let garbage = file(folder, "garbage", "\u{1}\u{2}", 0o755);
    let orphan = file(folder, "orphan", "#!/no/such/interpreter\n", 0o755);
    let script_without_line = file(folder, "script", "echo no shell guesses what this is\n", 0o755);
    let cases = [
        ("/no/such/program", LaunchError::NotFound),
        ("/bin/true/below", LaunchError::NotFound),
        (plain.as_str(), LaunchError::NotExecutable),
        (garbage.as_str(), LaunchError::NotExecutable),
        (orphan.as_str(), LaunchError::NotExecutable),
        (script_without_line.as_str(), LaunchError::NotExecutable),
        ("/tmp", LaunchError::NotExecutable),
        ("true", LaunchError::Malformed),
    ];
    for (path, expected) in cases {
        assert_eq!(error(program(path), &spawner).await, expected, "{path}");
    }
    let elsewhere = program("/bin/true").folder("/no/such/folder");
    assert_eq!(error(elsewhere, &spawner).await, LaunchError::Folder(Errno::NOENT));
    let file_as_folder = program("/bin/true").folder("/bin/true");
    assert_eq!(
        error(file_as_folder, &spawner).await,
        LaunchError::Folder(Errno::NOTDIR)
    );
    if is_root() {
        let secret = folder.join("secret");
        fs::create_dir(&secret).expect("a folder can be made");
        fs::set_permissions(&secret, Permissions::from_mode(0o700)).expect("its mode can be set");
        let hidden = file(&secret, "program", "#!/bin/sh\n", 0o755);
        let other = |launching: Launching| launching.identity(54_321, 54_321, &[]);
        assert_eq!(error(other(program(&hidden)), &spawner).await, LaunchError::Permission);
        let inside = other(program("/bin/true").folder(&secret));
        assert_eq!(error(inside, &spawner).await, LaunchError::Folder(Errno::ACCESS));
    } else {
        let other = program("/bin/true").identity(54_321, 54_321, &[]);
        assert_eq!(error(other, &spawner).await, LaunchError::Identity(Errno::PERM));
    }
}

pub(crate) async fn what_is_too_long_is_refused(spawner: Spawner) {
    let word = "x".repeat(131_072);
    assert_eq!(
        error(program("/bin/true").arguments([word]), &spawner).await,
        LaunchError::TooLong
    );
    let words = (0..70).map(|_| "x".repeat(100_000));
    assert_eq!(
        error(program("/bin/true").arguments(words), &spawner).await,
        LaunchError::TooLong
    );
    let words = (0..100).map(|_| "x".repeat(100_000));
    assert_eq!(
        error(program("/bin/true").arguments(words), &spawner).await,
        LaunchError::TooLong
    );
    let nul = program("/bin/true").arguments(["a\0b"]);
    assert_eq!(error(nul, &spawner).await, LaunchError::Malformed);
}

pub(crate) async fn a_refused_launch_leaves_nothing(spawner: Spawner) {
    let mark = Mark::new();
    error(program("/no/such/program").mark(&mark), &spawner).await;
    let before = open_descriptors().len();
    for _ in 0..50 {
        error(program("/no/such/program").mark(&mark).stdin("x"), &spawner).await;
    }
    assert_eq!(open_descriptors().len(), before);
    mark.none_left().expect("nothing is left");
    assert_eq!(script("echo and on it goes").text(&spawner).await, "and on it goes\n");
}
