//! A plugin that shows how the server's machine is: uptime, load, memory, disks and processes.
//!
//! What it shows may be of use to an attacker, so its functions are for operators unless the admin's file says otherwise.
//! Of a process it shows the name of the program, never its arguments or environment: secrets may be there.
#![forbid(unsafe_code)]

mod amount;
mod processes;
mod sentences;

use std::time::Duration;

use caracola_sdk::{Call, Error, Plugin, Reply, Start, Table};
use serde::Deserialize;
use sysinfo::{Disks, MemoryRefreshKind, System as Machine};

use self::amount::{percent, size, span};

/// The plugin. It keeps nothing.
pub struct System;

/// It has no settings: a key in its `config` table is a mistake.
#[derive(Deserialize)]
struct Config {}

impl Plugin for System {
    const DEFINITIONS: &'static str = include_str!("commands.toml");

    fn start(start: &Start<'_>) -> Result<Self, Error> {
        let Config {} = start.config()?;
        Ok(Self)
    }

    fn call(&self, call: &Call<'_>) -> Result<Reply, Error> {
        match call.function() {
            "uptime" => uptime(call),
            "load" => load(call),
            "memory" => memory(call),
            "disks" => disks(call),
            "processes" => processes::table(call),
            other => Err(Error::failed(format!("unknown function `{other}`"))),
        }
    }
}

caracola_sdk::export!(System);

/// The error for what the system doesn't say.
fn unreadable(call: &Call<'_>, error: &sysinfo::Error) -> Error {
    Error::failed(sentences::unreadable(call, error))
}

/// The error for what every machine has, and yet the system shows nothing of it.
fn unseen(call: &Call<'_>) -> Error {
    Error::failed(sentences::unseen(call))
}

fn uptime(call: &Call<'_>) -> Result<Reply, Error> {
    let seconds = Machine::uptime().map_err(|error| unreadable(call, &error))?;
    let load = Machine::load_average().map_err(|error| unreadable(call, &error))?;
    let up = span(call, Duration::from_secs(seconds));
    let load = [load.one, load.five, load.fifteen]
        .map(|load| format!("{load:.2}"))
        .join(", ");
    Ok(sentences::up(call, up, load).into())
}

fn load(call: &Call<'_>) -> Result<Reply, Error> {
    let load = Machine::load_average().map_err(|error| unreadable(call, &error))?;
    // Cores may be switched off, and a container may have fewer than the machine.
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let mut table = Table::new([
        sentences::over(call),
        sentences::tasks(call),
        sentences::of_all_processors(call),
    ]);
    for (minutes, load) in [(1, load.one), (5, load.five), (15, load.fifteen)] {
        #[expect(clippy::cast_precision_loss, reason = "there are not that many processors")]
        let share = load / processors as f64;
        table.push([
            span(call, Duration::from_mins(minutes)),
            format!("{load:.2}"),
            format!("{:.0} %", share * 100.0),
        ]);
    }
    Ok(table.note(sentences::processors(call, processors)).into())
}

fn memory(call: &Call<'_>) -> Result<Reply, Error> {
    let mut machine = Machine::new().map_err(|error| unreadable(call, &error))?;
    machine.refresh_memory_specifics(MemoryRefreshKind::everything());
    if machine.total_memory() == 0 {
        return Err(unseen(call));
    }
    let mut table = Table::new([
        String::new(),
        sentences::total(call),
        sentences::used(call),
        sentences::available(call),
        sentences::used_percent(call),
    ]);
    let mut row = |name: String, total: u64, available: u64| {
        let used = total.saturating_sub(available);
        table.push([name, size(total), size(used), size(available), percent(used, total)]);
    };
    row(
        sentences::memory(call),
        machine.total_memory(),
        machine.available_memory(),
    );
    if machine.total_swap() > 0 {
        row(sentences::swap(call), machine.total_swap(), machine.free_swap());
    }
    Ok(table.into())
}

fn disks(call: &Call<'_>) -> Result<Reply, Error> {
    let disks = Disks::new_with_refreshed_list().map_err(|error| unreadable(call, &error))?;
    let mut disks: Vec<_> = disks.iter().filter(|disk| disk.total_space() > 0).collect();
    if disks.is_empty() {
        return Err(unseen(call));
    }
    let used = |disk: &sysinfo::Disk| disk.total_space().saturating_sub(disk.available_space());
    // Per thousand: integers can be compared.
    disks.sort_by_key(|disk| {
        let filled = u128::from(used(disk)) * 1000 / u128::from(disk.total_space());
        (std::cmp::Reverse(filled), disk.mount_point().to_owned())
    });
    let mut table = Table::new([
        sentences::mounted_on(call),
        sentences::file_system(call),
        sentences::total(call),
        sentences::used(call),
        sentences::available(call),
        sentences::used_percent(call),
    ]);
    for disk in disks {
        table.push([
            disk.mount_point().to_string_lossy().into_owned(),
            disk.file_system().to_string_lossy().into_owned(),
            size(disk.total_space()),
            size(used(disk)),
            size(disk.available_space()),
            percent(used(disk), disk.total_space()),
        ]);
    }
    Ok(table.into())
}
