//! Paths never leave their root.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use anyhow::{Context as _, Result};
use caracola_wire::Value;
use rustix::fs::{CWD, RenameFlags, renameat_with};

use super::lab::{Draft, Lab, run};

const COMMANDS: &str = r#"
[commands.named]
summary = "Shows what it gets"
roles = ["guest"]
exec = ["printf", "%s", "{path}"]
params = [{ name = "path", type = "path", root = "room" }]

[commands.file]
summary = "Shows an open file"
roles = ["guest"]
exec = ["cat", "{path}"]
params = [{ name = "path", type = "path", root = "room", must_exist = true, kind = "file", as = "fd" }]

[commands.fresh]
summary = "Names what need not be there"
roles = ["guest"]
exec = ["printf", "%s", "{path}"]
params = [{ name = "path", type = "path", root = "room" }]
"#;

/// How often the paths are asked for while they are swapped.
const RACES: usize = 400;

/// `room` is the root; `outside`, beside it, is nobody's business.
fn lab() -> Result<Lab> {
    let draft = Draft::new()?;
    let folder = draft.folder();
    fs::create_dir_all(folder.join("room/inner"))?;
    fs::create_dir(folder.join("outside"))?;
    fs::write(folder.join("room/inner/note"), "inside")?;
    fs::write(folder.join("outside/note"), "outside")?;
    let room = folder.join("room");
    symlink("inner/note", room.join("good"))?;
    symlink("../outside/note", room.join("bad"))?;
    symlink(folder.join("outside"), room.join("away"))?;
    symlink("inner/../../outside", room.join("sly"))?;
    symlink("loop", room.join("loop"))?;
    symlink("/proc/self/root", room.join("magic"))?;
    draft.serve(COMMANDS)
}

/// What the program wrote; none if the client got an error.
fn shown(lab: &Lab, command: &str, path: &str) -> Result<Option<String>> {
    let reply = run(&mut lab.server.connect()?, &[command.as_bytes(), path.as_bytes()])?;
    Ok(match &reply {
        Value::Error(_) => None,
        value => Some(value.as_str().context("no text")?.to_owned()),
    })
}

#[test]
fn what_is_inside_is_found() -> Result<()> {
    let lab = lab()?;
    let room = fs::canonicalize(lab.path("room"))?;
    let note = room.join("inner/note");
    let note = note.to_str().context("odd folder")?;
    let absolute = lab.path("room/inner/note");
    for path in [
        "inner/note",
        "good",
        "./inner//note",
        "inner/../good",
        absolute.to_str().context("odd folder")?,
    ] {
        assert_eq!(shown(&lab, "named", path)?.as_deref(), Some(note), "{path}");
        assert_eq!(shown(&lab, "file", path)?.as_deref(), Some("inside"), "{path}");
    }
    let fresh = room.join("new/file");
    assert_eq!(shown(&lab, "fresh", "new/file")?.as_deref(), fresh.to_str());
    Ok(())
}

#[test]
fn what_is_outside_is_refused() -> Result<()> {
    let lab = lab()?;
    let outside = lab.path("outside/note");
    let twin = lab.path("room-like");
    fs::create_dir(&twin)?;
    fs::write(twin.join("note"), "outside")?;
    let paths = [
        "..",
        "../outside/note",
        "inner/../../outside/note",
        "bad",
        "away/note",
        "sly/note",
        "loop",
        "magic/etc/passwd",
        "/etc/passwd",
        "/",
        "//etc/passwd",
        "/proc/self/cwd/etc/passwd",
        "inner/note/../../../outside/note",
        "new/../../outside/note",
        "",
        "~/x\0",
        outside.to_str().context("odd folder")?,
        twin.to_str().context("odd folder")?,
    ];
    for path in paths {
        for command in ["named", "file", "fresh"] {
            assert_eq!(shown(&lab, command, path)?, None, "{command} {path}");
        }
    }
    Ok(())
}

/// Swaps two names for each other until it is told to stop.
fn swap(one: &Path, other: &Path, is_over: &AtomicBool) -> Result<()> {
    while !is_over.load(Ordering::Relaxed) {
        renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?;
    }
    // As it was, or the other way round: both are fine.
    Ok(())
}

/// Asks again and again for what is swapped meanwhile; gives the answers.
fn asked_while_swapped(lab: &Lab, command: &str, path: &str, one: &str, other: &str) -> Result<Vec<Option<String>>> {
    let (one, other) = (lab.path(one), lab.path(other));
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let swapping = scope.spawn(|| swap(&one, &other, &is_over));
        let mut client = lab.server.connect()?;
        let answers: Result<Vec<_>> = (0..RACES)
            .map(|_| {
                let reply = run(&mut client, &[command.as_bytes(), path.as_bytes()])?;
                Ok(match &reply {
                    Value::Error(_) => None,
                    value => Some(value.as_str().unwrap_or("no text").to_owned()),
                })
            })
            .collect();
        is_over.store(true, Ordering::Relaxed);
        swapping.join().expect("it doesn't panic")?;
        answers
    })
}

/// A folder becomes a link to the outside and a folder again, all the time.
#[test]
fn a_folder_that_is_swapped_for_a_link_leads_nowhere_else() -> Result<()> {
    let lab = lab()?;
    let opened = asked_while_swapped(&lab, "file", "inner/note", "room/inner", "room/away")?;
    for answer in opened.iter().flatten() {
        assert_eq!(answer, "inside");
    }
    let room = fs::canonicalize(lab.path("room"))?;
    let named = asked_while_swapped(&lab, "named", "inner/note", "room/inner", "room/away")?;
    for answer in named.iter().flatten() {
        // Whichever of the two names the folder had at that moment: no link.
        assert!(Path::new(answer).starts_with(&room), "{answer}");
    }
    assert!(named.iter().any(Option::is_some), "no attempt came to a program");
    Ok(())
}

/// The same with the file itself.
#[test]
fn a_file_that_is_swapped_for_a_link_is_not_another() -> Result<()> {
    let lab = lab()?;
    fs::write(lab.path("room/plain"), "inside")?;
    let opened = asked_while_swapped(&lab, "file", "plain", "room/plain", "room/bad")?;
    for answer in opened.iter().flatten() {
        assert_eq!(answer, "inside");
    }
    Ok(())
}

/// A folder that is moved out of the root under way takes nobody with it.
#[test]
fn a_folder_that_is_moved_out_takes_nobody_along() -> Result<()> {
    let lab = lab()?;
    // The two folders change places. Whoever stood in the one when it left, and then went one up, would be in the folder
    // around the root.
    fs::write(lab.path("secret"), "secret")?;
    let opened = asked_while_swapped(&lab, "file", "inner/../secret", "room/inner", "outside")?;
    assert!(opened.iter().all(Option::is_none), "{opened:?}");
    Ok(())
}
