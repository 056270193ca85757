//! Processes of the server, killed by somebody who may: the same user, or the kernel out of memory.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use caracola_testing::descendants;
use rustix::process::{Pid, Signal, kill_process};

use super::{Attack, endure};
use crate::attacker::{Deeds, Target};

/// How soon a server without its spawner must have ended.
const ENDED: Duration = Duration::from_secs(2);

pub(super) const ATTACKS: &[Attack] = &[
    Attack::new(
        "keepers",
        "held",
        "programs and their keepers are killed while they run",
        keepers,
    )
    // Beside the honest people's program, so that none of theirs is killed.
    .with_config(|_| endure(8)),
    Attack {
        ends_server: true,
        ..Attack::new(
            "spawner",
            "3",
            "the spawner is killed: the server must end, to be started again",
            spawner,
        )
    },
];

/// Kills a program, or the keeper above it, as soon as it runs; its caller must be told each time.
fn keepers(target: &Target) -> Result<Deeds> {
    let spawner = spawner_of(target.orders.process)?;
    let (told, lost) = target.again(4, |number, turn| {
        let mut session = target.connect(number)?;
        session.send(b"*2\r\n$3\r\nRUN\r\n$6\r\nendure\r\n")?;
        kill_one(target, spawner, turn % 2 == 0)?;
        session.reply()?;
        Ok(1)
    });
    Ok(format!("{told} killed, {lost} times nobody was told").into())
}

/// Any of those that run will do: whoever started it is told, and the others kill one more.
fn kill_one(target: &Target, spawner: u32, keeper: bool) -> Result<()> {
    while !target.over() {
        let descendants = descendants(target.orders.process)?;
        for program in descendants.iter().copied() {
            let line = std::fs::read(format!("/proc/{program}/cmdline")).unwrap_or_default();
            if line != b"sleep\x0060\0" {
                continue;
            }
            // One that has lost its keeper already is the spawner's, and is another's once the server has ended.
            let is_keeper = |parent: &u32| *parent != spawner && descendants.contains(parent);
            let parent = parent(program).ok().filter(is_keeper);
            if let Some(parent) = parent {
                return kill(if keeper { parent } else { program });
            }
        }
        thread::sleep(Duration::from_millis(5));
    }
    bail!("the time is over")
}

fn spawner(target: &Target) -> Result<Deeds> {
    let server = target.orders.process;
    let child = |process: &u32| parent(*process).is_ok_and(|parent| parent == server);
    let spawner = descendants(server)?
        .into_iter()
        .find(child)
        .context("the server has no child")?;
    kill(spawner)?;
    let killed = Instant::now();
    while !target.over() {
        // What has ended has no command line, even before its parent knows.
        if std::fs::read(format!("/proc/{server}/cmdline")).map_or(true, |line| line.is_empty()) {
            let took = killed.elapsed();
            let mut deeds = Deeds::from(format!("the server ended after {took:.1?}"));
            if took > ENDED {
                deeds.broke.push("the server went on without its spawner".to_owned());
            }
            return Ok(deeds);
        }
        thread::sleep(Duration::from_millis(10));
    }
    let mut deeds = Deeds::from("the server did not end".to_owned());
    deeds.broke.push("the server went on without its spawner".to_owned());
    Ok(deeds)
}

/// The one child that a server has.
fn spawner_of(server: u32) -> Result<u32> {
    let child = |process: &u32| parent(*process).is_ok_and(|parent| parent == server);
    descendants(server)?
        .into_iter()
        .find(child)
        .context("the server has no child")
}

fn parent(process: u32) -> Result<u32> {
    let status = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    let fields = status.rsplit(") ").next().unwrap_or_default();
    Ok(fields.split(' ').nth(1).context("no parent")?.parse()?)
}

/// Only ever a descendant of the server that the bench has started.
fn kill(process: u32) -> Result<()> {
    let process = Pid::from_raw(i32::try_from(process)?).context("no process")?;
    Ok(kill_process(process, Signal::KILL)?)
}
