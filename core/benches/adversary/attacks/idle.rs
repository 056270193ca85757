//! No attack: what the bench itself adds.

use anyhow::Result;

use super::Attack;
use crate::attacker::{Deeds, Target};

pub(super) const ATTACKS: &[Attack] =
    &[Attack::new("idle", "none", "nothing, but keep the attackers' processor busy", run).only_long()];

fn run(target: &Target) -> Result<Deeds> {
    while !target.over() {
        std::hint::spin_loop();
    }
    Ok("nothing".to_owned().into())
}
