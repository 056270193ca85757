//! Sessions that ask and never read.

use std::fmt::Write as _;

use anyhow::Result;

use super::Attack;
use crate::attacker::{Deeds, Target};

pub(super) const ATTACKS: &[Attack] = &[
    Attack::new(
        "never-read",
        "13",
        "500 sessions that ask for a catalogue of 2,000 commands and never read",
        run,
    )
    .with_config(|_| many_commands(2000, "")),
    Attack::new(
        "deaf",
        "held",
        "200 shells in the lobby that never read while eight others speak",
        deaf,
    )
    .only_long(),
];

/// Commands with texts in two languages, `edition` in each of them.
pub(super) fn many_commands(count: usize, edition: &str) -> String {
    let mut text = String::new();
    for number in 0..count {
        let _ = writeln!(
            text,
            "[commands.tool{number}]\nsummary = {{ en = \"Does thing {number}{edition}\", es = \"Hace la cosa {number}\" }}\n\
             examples = [{{ run = \"tool{number} -l\", about = \"All of it\" }}]"
        );
    }
    text
}

fn run(target: &Target) -> Result<Deeds> {
    let mut held = Vec::new();
    let mut refused = 0;
    for number in 0..500 {
        if target.over() {
            break;
        }
        let asked = target.connect(number).and_then(|mut session| {
            session.send(b"*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n")?;
            session.send(&b"*1\r\n$9\r\nCATALOGUE\r\n".repeat(20))?;
            Ok(session)
        });
        match asked {
            Ok(session) => held.push(session),
            Err(_) => refused += 1,
        }
    }
    let deeds = format!("{} sessions, {refused} refused", held.len());
    target.hold(held);
    Ok(deeds.into())
}

fn deaf(target: &Target) -> Result<Deeds> {
    let mut held = Vec::new();
    for number in 0..200 {
        if target.left() < target.time() / 2 {
            break;
        }
        if let Ok(session) = target.shell(1000 + number) {
            held.push(session);
        }
    }
    let (said, _) = target.again(8, |number, _| {
        let mut session = target.shell(number)?;
        let text = "x".repeat(1000);
        let mut said = 0;
        while !target.over() {
            session.request(&["RUN", "say", &text])?;
            session.take_pushes();
            said += 1;
        }
        Ok(said)
    });
    Ok(format!("{} shells, {said} messages", held.len()).into())
}
