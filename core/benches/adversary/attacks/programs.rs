//! Programs: too many, and too long.

use std::thread;
use std::time::Duration;

use anyhow::Result;
use caracola_testing::error_code;

use super::Attack;
use crate::attacker::{Deeds, Target, accepted};

/// What ten thousand keys with their records may cost: 1.6 KB each. They are kept for a day.
const KEYS: u64 = 16 * 1024 * 1024;

pub(super) const ATTACKS: &[Attack] = &[
    Attack::new("runs", "15", "eight guests that run a program again and again", runs),
    Attack::new("runs", "15", "the same, beside honest people", runs)
        .at_the_same_address("runs-same-address")
        .at_guests_cost()
        .only_long(),
    Attack::new(
        "cancels",
        "held",
        "eight guests that start a long program and cancel it, again and again",
        cancels,
    )
    .only_long(),
    Attack::new(
        "places",
        "10",
        "a guest fills a program's places and queue with JOB START, and leaves",
        places,
    )
    .at_guests_cost(),
    Attack::new("places", "10", "the same, beside honest people", places)
        .at_the_same_address("places-same-address")
        .at_guests_cost(),
    Attack::new(
        "forks",
        "held",
        "guests that run a program with 200 processes in sessions of their own, and hang up",
        forks,
    )
    .with_config(|_| {
        r#"
[commands.fork]
summary = "Start 200 processes"
exec = ["sh", "-c", "for i in $(seq 200); do setsid sleep 60 & done; wait"]
roles = ["guest"]
examples = [{ run = "fork", about = "Start them" }]
"#
        .to_owned()
    })
    .only_long(),
    Attack {
        keeps: KEYS,
        ..Attack::new("keys", "10", "eight guests that use up the keys of jobs", keys)
            .with_config(|_| {
                // Beside the honest people's program, so that its places aren't in the way.
                r#"
[commands.note]
summary = "Do nothing, by a key"
exec = ["true"]
max_running = 32
queue = 64
roles = ["guest"]
examples = [{ run = "note", about = "Do it" }]
"#
                .to_owned()
            })
            .longer(3)
            .only_long()
    },
];

fn runs(target: &Target) -> Result<Deeds> {
    let (ran, refused) = target.again(8, |number, _| {
        let mut session = target.connect(number)?;
        let mut ran = 0;
        while !target.over() {
            if error_code(&session.request(&["RUN", "pause", "0"])?).is_empty() {
                ran += 1;
            }
        }
        Ok(ran)
    });
    Ok(format!("{ran} runs, {refused} sessions lost").into())
}

fn cancels(target: &Target) -> Result<Deeds> {
    let (cancelled, refused) = target.again(8, |number, _| {
        let mut session = target.connect(number)?;
        let mut cancelled = 0;
        while !target.over() {
            session.send(b"*3\r\n$3\r\nRUN\r\n$5\r\npause\r\n$2\r\n50\r\n*1\r\n$6\r\nCANCEL\r\n")?;
            session.reply()?;
            session.reply()?;
            cancelled += 1;
        }
        Ok(cancelled)
    });
    Ok(format!("{cancelled} cancelled, {refused} sessions lost").into())
}

/// Starts as many as it takes, again and again. When the guest is gone, its jobs must be.
fn places(target: &Target) -> Result<Deeds> {
    let (mut begun, mut refused, mut turn) = (0, 0, 0);
    let mut session = target.connect(0)?;
    while !target.over() {
        for number in 0..30 {
            let key = format!("place-{turn}-{number}");
            let reply = session.request(&["JOB", "START", &key, "pause", "50"])?;
            if error_code(&reply).is_empty() {
                begun += 1;
            } else {
                refused += 1;
            }
        }
        turn += 1;
        thread::sleep(Duration::from_millis(200).min(target.left()));
    }
    Ok(format!("{begun} long jobs, {refused} refused").into())
}

/// Eight guests, each of whom asks for the next job as soon as one is begun.
fn keys(target: &Target) -> Result<Deeds> {
    let (begun, refused) = target.again(8, |number, turn| {
        let mut session = target.connect(number)?;
        let mut begun = 0;
        while !target.over() {
            let key = format!("key-{number}-{turn}-{begun}");
            accepted(session.request(&["JOB", "START", &key, "note"])?)?;
            begun += 1;
        }
        Ok(begun)
    });
    Ok(format!("{begun} keys, {refused} refused").into())
}

fn forks(target: &Target) -> Result<Deeds> {
    let (ran, refused) = target.again(4, |number, _| {
        let mut session = target.connect(number)?;
        session.send(b"*2\r\n$3\r\nRUN\r\n$4\r\nfork\r\n")?;
        thread::sleep(Duration::from_millis(500).min(target.left()));
        Ok(1)
    });
    Ok(format!("{ran} runs, {refused} sessions lost").into())
}
