//! What the machine has too little of.

use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Result, ensure};
use caracola_testing::error_code;
use caracola_wire::Value;

use super::Attack;
use crate::attacker::{Deeds, Target, accepted};
use crate::honest::Kind;

pub(super) const ATTACKS: &[Attack] = &[
    Attack {
        // The honest people, what they need to come and go, and what the server keeps open.
        descriptors: Some(120),
        // Nobody can come in while all descriptors are taken: what counts is that those who are in don't notice.
        without: &[Kind::Login, Kind::Visit, Kind::Function],
        ..Attack::new(
            "descriptors",
            "14",
            "connections that take all descriptors of the server",
            descriptors,
        )
    },
    Attack {
        small_disk: true,
        // They can't be stored, and say so.
        without: &[Kind::Job, Kind::Login, Kind::Visit],
        possible: namespaces,
        config: |_| NOTE.to_owned(),
        ..Attack::new(
            "full-disk",
            "17",
            "keys of jobs and files of guests fill the disk",
            full_disk,
        )
    },
];

/// A program beside the honest people's, so that its places aren't in the way.
const NOTE: &str = r#"
[commands.note]
summary = "Do nothing, by a key"
exec = ["true"]
max_running = 16
roles = ["guest"]
examples = [{ run = "note", about = "Do it" }]
"#;

/// The door, a reload, a job and the end of a removed account must work all the same.
fn descriptors(target: &Target) -> Result<Deeds> {
    let mut account = target.account(0)?;
    let mut held = Vec::new();
    for number in 0..200 {
        let Ok(tcp) = target.tcp(number) else { break };
        held.push(tcp);
    }
    thread::sleep(Duration::from_millis(500));
    let mut deeds = Deeds::from(format!("{} connections", held.len()));
    let mut must = |what: &str, done: Result<()>| {
        if let Err(error) = done {
            deeds.broke.push(format!("{what}: {error:#}"));
        }
    };
    must(
        "the door",
        target.operator(&["sessions"]).and_then(|done| done.success().map(drop)),
    );
    must(
        "a reload",
        target.operator(&["reload"]).and_then(|done| done.success().map(drop)),
    );
    must(
        "a job",
        account.request(&["RUN", "pause", "0"]).and_then(accepted).map(drop),
    );
    let removed = target.operator(&["user", "remove", crate::lab::MALLORY]);
    must("a removal", removed.and_then(|done| done.success().map(drop)));
    thread::sleep(Duration::from_millis(500).min(target.left()));
    let goes_on = account
        .request(&["RUN", "pause", "0"])
        .is_ok_and(|reply| error_code(&reply).is_empty());
    must(
        "a removed account",
        if goes_on {
            Err(anyhow::anyhow!("its session goes on"))
        } else {
            Ok(())
        },
    );
    target.hold(held);
    Ok(deeds)
}

/// What can't be stored is refused; that is told to the admin, and callers hear of no folder of the server.
fn full_disk(target: &Target) -> Result<Deeds> {
    let text = "x".repeat(8000);
    let folder = target.orders.folder.to_string_lossy();
    let told = AtomicBool::new(false);
    let (stored, refused) = target.again(4, |number, _| {
        let mut session = target.connect(number)?;
        let mut stored = 0;
        for turn in 0_u64.. {
            if target.over() {
                break;
            }
            let job = session.request(&["JOB", "START", &format!("{number}-{turn}"), "note"])?;
            let file = session.request(&["RUN", "write", &format!("{turn}"), &text])?;
            for reply in [job, file] {
                stored += u64::from(error_code(&reply).is_empty());
                let path = matches!(reply, Value::Error(error) if error.message.contains(&*folder));
                told.fetch_or(path, Ordering::Relaxed);
            }
        }
        Ok(stored)
    });
    let mut deeds = Deeds::from(format!("{stored} stored, {refused} sessions lost"));
    if told.into_inner() {
        deeds.broke.push("callers are told a path of the server".to_owned());
    }
    Ok(deeds)
}

/// Whether this user may have a mount of its own.
fn namespaces() -> Result<()> {
    let mut command = Command::new("unshare");
    command.args([
        "--user",
        "--mount",
        "--map-root-user",
        "mount",
        "-t",
        "tmpfs",
        "disk",
        "/mnt",
    ]);
    let output = command.stdin(Stdio::null()).output()?;
    ensure!(
        output.status.success(),
        "no mount in a namespace: {}",
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(())
}
