//! Passwords: right ones in great number, and wrong ones.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use caracola_testing::error_code;

use super::Attack;
use crate::attacker::{Deeds, Target};
use crate::lab;

/// How soon the right password must be in, however many guess beside it.
const IN: Duration = Duration::from_secs(30);

pub(super) const ATTACKS: &[Attack] = &[
    Attack::new(
        "logins",
        "10",
        "an account that logs in 200 times at once, again and again",
        logins,
    ),
    Attack::new("logins", "10", "the same, beside honest people", logins)
        .at_the_same_address("logins-same-address")
        .only_long(),
    Attack::new(
        "guesses",
        "11",
        "wrong passwords of names that nobody has, in eight threads",
        guesses,
    ),
    Attack::new("guesses", "11", "the same, beside honest people", guesses).at_the_same_address("guesses-same-address"),
    Attack::new(
        "guesses-one",
        "11",
        "wrong passwords of one account, whose owner then comes with the right one and a device secret",
        guesses_at_one,
    )
    .longer(7)
    .only_long(),
];

/// All wait for their hash at the same time.
fn logins(target: &Target) -> Result<Deeds> {
    let (mut asked, mut busy) = (0, 0);
    while !target.over() {
        let mut sessions = Vec::new();
        for number in 0..200 {
            let Ok(mut session) = target.connect(number) else {
                continue;
            };
            if session.send(&auth(lab::MALLORY, lab::PASSWORD)).is_ok() {
                sessions.push(session);
            }
            if target.over() {
                break;
            }
        }
        asked += sessions.len();
        for mut session in sessions {
            if target.over() {
                break;
            }
            if session.reply().is_ok_and(|reply| !error_code(&reply).is_empty()) {
                busy += 1;
            }
        }
    }
    Ok(format!("{asked} logins, {busy} refused").into())
}

fn guesses(target: &Target) -> Result<Deeds> {
    let (guessed, refused) = target.again(8, |number, turn| {
        let mut session = target.connect(number)?;
        for guess in 0..50 {
            if target.over() {
                break;
            }
            session.request(&["AUTH", &format!("nobody-{number}-{guess}"), &format!("wrong {turn}")])?;
        }
        Ok(50)
    });
    Ok(format!("{guessed} guesses, {refused} sessions lost").into())
}

/// The account's owner has logged in from there before, with a client that keeps a device secret as `caracola` does. While
/// four guess at the same name from the same address, the owner tries the right password, as soon as an impatient person
/// would. Without the secret nothing tells the owner from the four, who are let guess less than 3,000 times a day: then it
/// is the first to come after each wait that is let in.
fn guesses_at_one(target: &Target) -> Result<Deeds> {
    let device = log_in_for_device(target, None)?;
    let owner = || -> (u32, Option<Duration>) {
        thread::sleep(target.time() / 20);
        let began = Instant::now();
        let mut tries = 0;
        while !target.over() {
            tries += 1;
            if log_in_for_device(target, Some(&device)).is_ok() {
                return (tries, Some(began.elapsed()));
            }
            thread::sleep(Duration::from_millis(250).min(target.left()));
        }
        (tries, None)
    };
    let (guessed, (tries, within)) = thread::scope(|scope| {
        let owner = scope.spawn(owner);
        let (guessed, _) = target.again(4, |number, turn| {
            let mut session = target.connect(number)?;
            session.request(&["AUTH", lab::MALLORY, &format!("wrong {number} {turn}")])?;
            Ok(1)
        });
        (guessed, owner.join().unwrap_or((0, None)))
    });
    let mut deeds = Deeds::from(match within {
        Some(within) => format!("{guessed} guesses; the right password was in after {within:.1?}, {tries} tries"),
        None => format!("{guessed} guesses; the right password was not in, {tries} tries"),
    });
    // The short form is over too soon to say that it wouldn't have been.
    if within.map_or(target.time() > IN, |within| within > IN) {
        deeds.broke.push("the right password is shut out".to_owned());
    }
    Ok(deeds)
}

/// Logs in as [`lab::MALLORY`] with a device secret, if there is one already, and asks for another.
fn log_in_for_device(target: &Target, device: Option<&str>) -> Result<String> {
    let login = target
        .connect(0)?
        .log_in_for_device(lab::MALLORY, lab::PASSWORD, device)?;
    login.map_err(|error| anyhow!("{error}"))
}

fn auth(account: &str, password: &str) -> Vec<u8> {
    format!(
        "*3\r\n$4\r\nAUTH\r\n${}\r\n{account}\r\n${}\r\n{password}\r\n",
        account.len(),
        password.len()
    )
    .into_bytes()
}
