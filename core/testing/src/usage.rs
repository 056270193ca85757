//! What a server takes of the machine.

use std::collections::HashMap;
use std::fmt;
use std::fs;

use anyhow::{Context as _, Result};

/// What a process takes now, as Linux tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usage {
    /// Resident memory, in bytes.
    pub memory: u64,
    /// Open descriptors.
    pub descriptors: usize,
    /// Threads.
    pub threads: usize,
    /// Processes below it, children's children and so on, those included that have ended and are waited for by nobody.
    pub processes: usize,
}

impl Usage {
    /// That of the process of this number. Fails if it isn't there, or where the kernel doesn't tell.
    pub fn of(process: u32) -> Result<Self> {
        let entries = |what: &str| entries(&format!("/proc/{process}/{what}"));
        Ok(Self {
            memory: resident_memory(process)?,
            descriptors: entries("fd")?,
            threads: entries("task")?,
            processes: descendants(process)?.len(),
        })
    }
}

/// The memory that a process really has now, in bytes. Fails once it has ended.
pub fn resident_memory(process: u32) -> Result<u64> {
    memory(process, "status", "VmRSS:")
}

/// Whether there is such a process, which is not a mere record of its end.
pub fn is_alive(process: impl fmt::Display) -> bool {
    let status = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let state = status.rsplit(") ").next().unwrap_or_default();
    !state.is_empty() && !state.starts_with('Z')
}

/// How many entries a folder of `/proc` has. The server lets nobody but root list its descriptors; Linux 6.2 and later tell
/// everybody their number as the folder's size.
fn entries(folder: &str) -> Result<usize> {
    match fs::read_dir(folder) {
        Ok(entries) => Ok(entries.count()),
        Err(error) => match usize::try_from(fs::metadata(folder)?.len())? {
            0 => Err(error).context("the kernel doesn't tell how many descriptors there are"),
            number => Ok(number),
        },
    }
}

/// A process's share of the memory that it uses, in bytes: what several share is divided among them.
pub fn proportional_memory(process: u32) -> Result<u64> {
    memory(process, "smaps_rollup", "Pss:")
}

fn memory(process: u32, file: &str, field: &str) -> Result<u64> {
    let told = fs::read_to_string(format!("/proc/{process}/{file}"))?;
    let line = told.lines().find_map(|line| line.strip_prefix(field));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    Ok(kilobytes
        .with_context(|| format!("no {field}"))?
        .trim()
        .parse::<u64>()?
        * 1024)
}

/// The processes below a process, children's children and so on, those included that have ended and are waited for by
/// nobody.
pub fn descendants(root: u32) -> Result<Vec<u32>> {
    let mut parents = HashMap::new();
    for entry in fs::read_dir("/proc")? {
        let Some(process) = entry?.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        // Who has ended meanwhile isn't there any more.
        let status = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        let fields = status.rsplit(") ").next().unwrap_or_default();
        if let Some(parent) = fields.split(' ').nth(1).and_then(|parent| parent.parse::<u32>().ok()) {
            parents.insert(process, parent);
        }
    }
    let is_below = |process: &u32| {
        let mut above = parents.get(process);
        while let Some(parent) = above {
            if *parent == root {
                return true;
            }
            above = parents.get(parent);
        }
        false
    };
    Ok(parents.keys().copied().filter(is_below).collect())
}
