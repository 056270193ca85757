//! The processes that use most.

use std::cmp::Reverse;
use std::thread::sleep;

use caracola_sdk::{Call, Error, Reply, Table};
use sysinfo::{
    MINIMUM_CPU_UPDATE_INTERVAL, Process, ProcessRefreshKind, ProcessesToUpdate, System as Machine, UpdateKind, Users,
};

use crate::amount::size;
use crate::{sentences, unreadable, unseen};

/// Processes sorted by what they use, with whom they belong to.
pub(crate) fn table(call: &Call<'_>) -> Result<Reply, Error> {
    let count: usize = call.parsed("count")?.unwrap_or(20);
    let by_memory = call.argument("by") == Some("memory");
    let mut machine = Machine::new().map_err(|error| unreadable(call, &error))?;
    refresh(&mut machine);
    if machine.processes().is_empty() {
        return Err(unseen(call));
    }
    // What a process uses of the processors is the difference between two looks.
    sleep(MINIMUM_CPU_UPDATE_INTERVAL);
    refresh(&mut machine);
    let users = Users::new_with_refreshed_list().map_err(|error| unreadable(call, &error))?;

    let mut processes: Vec<&Process> = machine.processes().values().collect();
    let all = processes.len();
    if by_memory {
        processes.sort_by_key(|process| (Reverse(process.memory()), process.pid()));
    } else {
        processes.sort_by(|one, other| {
            let cpu = other.cpu_usage().total_cmp(&one.cpu_usage());
            cpu.then_with(|| other.memory().cmp(&one.memory()))
        });
    }
    processes.truncate(count);

    let mut table = Table::new([
        sentences::process(call),
        sentences::user(call),
        sentences::cpu(call),
        sentences::memory(call),
        sentences::program(call),
    ]);
    for process in &processes {
        let user = process.user_id().and_then(|id| users.get_user_by_id(id));
        table.push([
            process.pid().to_string(),
            user.map_or_else(|| "-".to_owned(), |user| user.name().to_owned()),
            format!("{:.0} %", process.cpu_usage()),
            size(process.memory()),
            process.name().to_string_lossy().into_owned(),
        ]);
    }
    let shown = processes.len();
    Ok(table.note(sentences::shown_of(call, shown, all)).into())
}

fn refresh(machine: &mut Machine) {
    let what = ProcessRefreshKind::nothing()
        .with_cpu()
        .with_memory()
        .with_user(UpdateKind::OnlyIfNotSet)
        .without_tasks();
    machine.refresh_processes_specifics(ProcessesToUpdate::All, true, what);
}
