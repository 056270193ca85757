//! Reloads under load: nothing fails, and nothing is half of one version and half of another.

use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::Result;

use super::lab::{config, serve};
use super::versions;

/// As the bench `reload` does for a minute.
#[test]
fn every_reply_is_wholly_of_one_version() -> Result<()> {
    let lab = serve(&versions::commands(0))?;
    let path = lab.path("commands.toml");
    let counts = versions::alternate(&lab.server, &path, config, Duration::from_secs(3))?;
    let count = |count: &std::sync::atomic::AtomicU64| count.load(Ordering::Relaxed);
    assert!(count(&counts.reloads) >= 5, "{counts:?}");
    assert!(counts.replies.iter().all(|replies| count(replies) > 0), "{counts:?}");
    assert!(count(&counts.runs) > 0, "{counts:?}");
    Ok(())
}
