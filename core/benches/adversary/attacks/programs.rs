//! Programs: too many, too long, kept.

use std::thread;

use anyhow::Result;
use caracola_testing::error_code;

use super::Attack;
use crate::attacker::{Deeds, Target};

pub(super) const ATTACKS: &[Attack] = &[
    Attack::new("runs", "15", "eight guests that run a program again and again", runs),
    Attack::new("runs-same-address", "15", "the same, beside honest people", runs)
        .at_the_same_address("runs-same-address"),
    Attack::new(
        "places",
        "10",
        "a guest fills a program's places and queue with JOB START",
        places,
    ),
    Attack::new("places", "10", "the same, beside honest people", places).at_the_same_address("places-same-address"),
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

/// Starts as many as it takes, again and again: those that ran leave places for the next.
fn places(target: &Target) -> Result<Deeds> {
    let (mut begun, mut refused, mut turn) = (0, 0, 0);
    let mut session = target.connect(0)?;
    while !target.over() {
        for number in 0..20 {
            let key = format!("place-{turn}-{number}");
            let reply = session.request(&["JOB", "START", &key, "pause", "50"])?;
            if error_code(&reply).is_empty() {
                begun += 1;
            } else {
                refused += 1;
            }
        }
        turn += 1;
        thread::sleep(std::time::Duration::from_millis(200).min(target.left()));
    }
    Ok(format!("{begun} long jobs, {refused} refused").into())
}
