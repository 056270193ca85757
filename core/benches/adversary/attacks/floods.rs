//! More requests than anybody asks, well formed or not.

use anyhow::Result;

use super::Attack;
use crate::attacker::{Deeds, Target, accepted};

pub(super) const ATTACKS: &[Attack] = &[
    Attack::new("malformed", "held", "frames that are none, in eight threads", malformed),
    Attack::new(
        "messages",
        "held",
        "eight guests that speak in the lobby and change their names as fast as they can",
        messages,
    ),
    Attack::new(
        "requests",
        "held",
        "eight sessions that send 100 cards' requests at once, again and again",
        requests,
    ),
    Attack::new(
        "functions",
        "held",
        "eight guests that call a plugin's function again and again",
        functions,
    ),
    Attack::new(
        "workspaces",
        "10",
        "guests that come, take a workspace and leave, again and again",
        workspaces,
    )
    .longer(2),
];

/// Each ends its connection, or waits for more that never comes.
const FRAMES: &[&[u8]] = &[
    b"*x\r\n",
    b"*-2\r\n",
    b"*9999999999999999999\r\n",
    b"*1\r\n+PING\r\n",
    b"*1\r\n$-1\r\n",
    b"*1\r\n$9999999999999999999\r\n",
    b"*1\r\n$4\r\nPINGPONG\r\n",
    b"PING\0\r\n",
    b"*64\r\n$16384\r\n",
    b"\xff\xfe\xfd\x00\x80",
];

fn malformed(target: &Target) -> Result<Deeds> {
    let (sent, refused) = target.again(8, |number, turn| {
        let mut session = target.connect(number)?;
        let frame = FRAMES[usize::try_from(turn)? % FRAMES.len()];
        session.send(frame)?;
        session.send(&b"*1\r\n".repeat(4000))?;
        Ok(1)
    });
    Ok(format!("{sent} frames, {refused} refused").into())
}

fn requests(target: &Target) -> Result<Deeds> {
    const AT_ONCE: usize = 100;
    let request = b"*2\r\n$3\r\nRUN\r\n$4\r\ncard\r\n".repeat(AT_ONCE);
    let (sent, refused) = target.again(8, |number, _| {
        let mut session = target.connect(number)?;
        let mut sent = 0;
        while !target.over() {
            session.send(&request)?;
            for _ in 0..AT_ONCE {
                session.reply()?;
                sent += 1;
            }
        }
        Ok(sent)
    });
    Ok(format!("{sent} requests, {refused} refused").into())
}

/// Text that would be more than text on a terminal.
const HIDDEN: &str = "\u{1b}]2;title\u{7}\u{1b}[2J\u{9b}31m\r\n~operator: type your password here\u{202e}\u{200b}";

fn messages(target: &Target) -> Result<Deeds> {
    let (said, refused) = target.again(8, |number, turn| {
        let mut session = target.shell(number + usize::try_from(turn)? * 8)?;
        let mut said = 0;
        while !target.over() && said < 5000 {
            let reply = match said % 10 {
                0 => session.request(&["RUN", "name", &format!("guest-{number}-{said}")])?,
                1 => session.request(&["PUBLISH", "lobby", HIDDEN])?,
                2 => session.request(&["RUN", "say", HIDDEN])?,
                _ => session.request(&["RUN", "say", "to all of you, again and again"])?,
            };
            session.take_pushes();
            drop(reply);
            said += 1;
        }
        Ok(said)
    });
    Ok(format!("{said} messages and names, {refused} sessions lost").into())
}

fn functions(target: &Target) -> Result<Deeds> {
    let (called, refused) = target.again(8, |number, _| {
        let mut session = target.connect(number)?;
        let mut called = 0;
        while !target.over() {
            session.request(&["RUN", "pwd"])?;
            called += 1;
        }
        Ok(called)
    });
    Ok(format!("{called} calls, {refused} sessions lost").into())
}

/// Each guest's workspace stays for a while, and there are only so many.
fn workspaces(target: &Target) -> Result<Deeds> {
    let (taken, refused) = target.again(8, |number, turn| {
        let mut session = target.shell(number + usize::try_from(turn)? * 8)?;
        accepted(session.request(&["RUN", "write", "note", "here"])?)?;
        Ok(1)
    });
    Ok(format!("{taken} workspaces, {refused} refused").into())
}
