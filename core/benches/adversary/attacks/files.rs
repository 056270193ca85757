//! The admin's files, while they are written.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::thread;
use std::time::Duration;

use anyhow::Result;
use caracola_testing::resident_memory;

use super::Attack;
use super::never_read::many_commands;
use crate::attacker::{Deeds, Target, accepted};

/// How many times as large as after the first reload a server may be after ten.
const GROWTH: f64 = 1.3;

pub(super) const ATTACKS: &[Attack] = &[
    Attack::new(
        "half-written",
        "5",
        "the file of commands is emptied and written in two parts, again and again",
        half_written,
    ),
    Attack {
        // Two catalogues are alive while one takes the other's place: that was not so before. The attack itself judges.
        keeps: u64::MAX,
        ..Attack::new("reloads", "13", "ten reloads of many commands", reloads)
            .with_config(|short| many_commands(if short { 1000 } else { 10_000 }, EDITION))
            .longer(6)
    },
];

/// What changes from one edition of the file to the next.
const EDITION: &str = " (0)";

/// As an editor or a script does that doesn't write beside it and rename. The pause is one in which the server looks at the
/// file; it must not take what it sees then.
fn half_written(target: &Target) -> Result<Deeds> {
    const PAUSE: Duration = Duration::from_millis(400);
    let whole = fs::read_to_string(target.file())?;
    let half = whole.find("[commands.pwd]").unwrap_or_default();
    let mut written = 0;
    while !target.over() {
        let mut file = OpenOptions::new().write(true).truncate(true).open(target.file())?;
        thread::sleep(PAUSE);
        file.write_all(&whole.as_bytes()[..half])?;
        thread::sleep(PAUSE);
        file.write_all(&whole.as_bytes()[half..])?;
        drop(file);
        written += 1;
        thread::sleep(PAUSE.min(target.left()));
    }
    Ok(format!("written {written} times").into())
}

/// The server's memory counts once it has given back what it gives back: for that it has some seconds, which the short form
/// hasn't.
fn reloads(target: &Target) -> Result<Deeds> {
    let text = fs::read_to_string(target.file())?;
    let mut door = target.door()?;
    let mut reload = |edition: usize| -> Result<()> {
        let draft = target.file().with_extension("draft");
        fs::write(&draft, text.replace(EDITION, &format!(" ({edition})")))?;
        fs::rename(&draft, target.file())?;
        accepted(door.request(&["RUN", "reload"])?)?;
        Ok(())
    };
    let given_back = || {
        thread::sleep(target.time() * 2 / 5);
        resident_memory(target.orders.process)
    };
    reload(1)?;
    let first = given_back()?;
    let mut done = 1;
    while done < 10 && !target.over() {
        done += 1;
        reload(done)?;
    }
    let last = given_back()?;
    let mib = |bytes: u64| bytes / 1024 / 1024;
    let mut deeds = Deeds::from(format!(
        "{done} reloads; {} MiB after the first, {} MiB after the last",
        mib(first),
        mib(last)
    ));
    #[expect(clippy::cast_precision_loss, reason = "a megabyte more or less")]
    let grown = last as f64 > first as f64 * GROWTH;
    if grown && !target.orders.short {
        deeds.broke.push("memory grows with each reload".to_owned());
    }
    Ok(deeds)
}
