//! A plugin that tells how the server's machine is: uptime, load, memory, disks and processes.
//!
//! What it tells may be of use to an attacker, so its functions are for operators unless the admin's file says otherwise.
//! Of a process it tells the name of the program, never its arguments or environment: secrets may be there.
#![forbid(unsafe_code)]

mod amount;
mod processes;

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
            other => Err(Error::failed(format!("there is no function {other}"))),
        }
    }
}

caracola_sdk::export!(System);

/// The error for what the system didn't tell.
fn untold(call: &Call<'_>, error: &sysinfo::Error) -> Error {
    hidden(call, &format!(": {error}"))
}

/// The error for what can't be nothing, and yet nothing is seen of it.
fn unseen(call: &Call<'_>) -> Error {
    hidden(call, "")
}

fn hidden(call: &Call<'_>, why: &str) -> Error {
    Error::failed(call.speak(
        format!("The system doesn't tell{why}. An admin may have to let the plugin read /proc and /sys."),
        format!(
            "El sistema no lo dice{why}. Quizá alguien con permiso deba dejar que el complemento lea /proc y /sys."
        ),
    ))
}

fn uptime(call: &Call<'_>) -> Result<Reply, Error> {
    let seconds = Machine::uptime().map_err(|error| untold(call, &error))?;
    let load = Machine::load_average().map_err(|error| untold(call, &error))?;
    let up = span(call, Duration::from_secs(seconds));
    let load = [load.one, load.five, load.fifteen]
        .map(|load| format!("{load:.2}"))
        .join(", ");
    Ok(call
        .speak(
            format!("Up for {up}. Load: {load}."),
            format!("Encendida desde hace {up}. Carga: {load}."),
        )
        .into())
}

fn load(call: &Call<'_>) -> Result<Reply, Error> {
    let load = Machine::load_average().map_err(|error| untold(call, &error))?;
    // Cores may be switched off, and a container may have fewer than the machine.
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let mut table = Table::new(call.speak(
        ["over", "tasks", "of all processors"],
        ["durante", "tareas", "de todos los procesadores"],
    ));
    for (minutes, load) in [(1, load.one), (5, load.five), (15, load.fifteen)] {
        #[expect(clippy::cast_precision_loss, reason = "there are not that many processors")]
        let share = load / processors as f64;
        table.push([
            span(call, Duration::from_mins(minutes)),
            format!("{load:.2}"),
            format!("{:.0} %", share * 100.0),
        ]);
    }
    let note = call.speak(
        format!("Processors: {processors}."),
        format!("Procesadores: {processors}."),
    );
    Ok(table.note(note).into())
}

fn memory(call: &Call<'_>) -> Result<Reply, Error> {
    let mut machine = Machine::new().map_err(|error| untold(call, &error))?;
    machine.refresh_memory_specifics(MemoryRefreshKind::everything());
    if machine.total_memory() == 0 {
        return Err(unseen(call));
    }
    let mut table = Table::new(call.speak(
        ["", "all", "used", "left", "used %"],
        ["", "total", "en uso", "libre", "% en uso"],
    ));
    let mut row = |name: &str, all: u64, left: u64| {
        let used = all.saturating_sub(left);
        table.push([name.to_owned(), size(all), size(used), size(left), percent(used, all)]);
    };
    row(
        call.speak("memory", "memoria"),
        machine.total_memory(),
        machine.available_memory(),
    );
    if machine.total_swap() > 0 {
        row(
            call.speak("swap", "intercambio"),
            machine.total_swap(),
            machine.free_swap(),
        );
    }
    Ok(table.into())
}

fn disks(call: &Call<'_>) -> Result<Reply, Error> {
    let disks = Disks::new_with_refreshed_list().map_err(|error| untold(call, &error))?;
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
    let mut table = Table::new(call.speak(
        ["mounted on", "type", "all", "used", "left", "used %"],
        ["montado en", "tipo", "total", "en uso", "libre", "% en uso"],
    ));
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
