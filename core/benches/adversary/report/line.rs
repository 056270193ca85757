//! One line of the table.

use std::time::Duration;

use serde_json::{Value, json};

use super::Bounds;
use crate::attacks::Attack;
use crate::honest::{Baseline, Percentiles};
use crate::trial::Row;

/// A row, judged.
#[derive(Debug)]
pub(super) struct Line {
    cells: Vec<String>,
    machine: Value,
    wrong: Vec<String>,
    not_run: Option<String>,
}

impl Line {
    pub(super) const HEADINGS: &str = "\
| attack | item | honest done / failed | p99 quiet -> attack | stolen | memory before, peak, after | descriptors | processes | settled | log lines | attackers | |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |";

    pub(super) fn new(attack: &Attack, row: &Row, baseline: &Baseline, bounds: &Bounds) -> Self {
        let percentiles = row.samples.percentiles(baseline);
        let wrong = wrong(attack, row, bounds, &percentiles);
        let slowest = percentiles.iter().filter(|kind| kind.comparable);
        let slowest = slowest.max_by(|one, other| one.ratio().total_cmp(&other.ratio()));
        let pair = |take: fn(&caracola_testing::Usage) -> usize| match (&row.before, &row.after) {
            (Some(before), Some(rest)) => format!("{} -> {}", take(before), take(&rest.usage)),
            _ => "-".to_owned(),
        };
        let memory = row.before.as_ref().map_or_else(
            || "-".to_owned(),
            |before| {
                let after = row
                    .after
                    .as_ref()
                    .map_or_else(|| "-".to_owned(), |rest| mib(rest.usage.memory));
                format!("{}, {}, {after}", mib(before.memory), mib(row.peak))
            },
        );
        let settled = row
            .after
            .as_ref()
            .map_or_else(|| "-".to_owned(), |rest| format!("{:.1} s", rest.settled.as_secs_f64()));
        let cells = vec![
            attack.name.to_owned(),
            attack.item.to_owned(),
            format!("{} / {}", row.samples.done(), row.samples.failed()),
            slowest.map_or_else(|| "-".to_owned(), told),
            row.stolen.map_or_else(
                || "-".to_owned(),
                |(quiet, attack)| format!("{:.0}% -> {:.0}%", quiet * 100.0, attack * 100.0),
            ),
            memory,
            pair(|usage| usage.descriptors),
            pair(|usage| usage.processes),
            settled,
            row.logged.to_string(),
            row.deeds.did.clone(),
        ];
        Self {
            machine: machine(attack, row, &percentiles, &wrong),
            cells,
            wrong,
            not_run: row.not_run.clone(),
        }
    }

    pub(super) fn holds(&self) -> bool {
        self.wrong.is_empty()
    }

    pub(super) fn verdict(&self) -> String {
        match &self.not_run {
            Some(reason) => format!("not run: {reason}"),
            None if self.wrong.is_empty() => "holds".to_owned(),
            None => self.wrong.join("; "),
        }
    }

    pub(super) fn markdown(&self) -> String {
        let verdict = self.verdict();
        let cells = self.cells.iter().chain([&verdict]);
        let cells: Vec<_> = cells.map(|cell| cell.replace('|', "\\|").replace('\n', " ")).collect();
        format!("| {} |", cells.join(" | "))
    }

    pub(super) fn json(&self) -> String {
        self.machine.to_string()
    }
}

/// What is wrong with a row, each in a few words.
fn wrong(attack: &Attack, row: &Row, bounds: &Bounds, percentiles: &[Percentiles]) -> Vec<String> {
    let mut wrong = row.deeds.broke.clone();
    if attack.ends_server {
        return wrong;
    }
    if row.samples.failed() > 0 {
        let mut failures: Vec<_> = row.samples.failures().into_iter().collect();
        failures.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let worst = failures.first().map_or("", |(failure, _)| failure);
        wrong.push(format!("{} failed, most often: {worst}", row.samples.failed()));
    }
    for kind in percentiles.iter().filter(|kind| bounds.too_slow(kind)) {
        wrong.push(format!("{} {:.1}x slower", kind.kind.name(), kind.ratio()));
    }
    if let Some(ended) = &row.ended {
        wrong.push(format!("the server ended: {ended}"));
    }
    if let (Some(before), Some(rest)) = (&row.before, &row.after) {
        wrong.extend(
            bounds
                .left(before, attack.keeps, rest)
                .into_iter()
                .map(|what| format!("{what} left")),
        );
    }
    wrong
}

fn told(percentiles: &Percentiles) -> String {
    let (quiet, attack) = (milliseconds(percentiles.quiet), milliseconds(percentiles.attack));
    format!(
        "{} {quiet:.2} -> {attack:.2} ({:.1}x)",
        percentiles.kind.name(),
        percentiles.ratio()
    )
}

/// All of a row, for programs.
fn machine(attack: &Attack, row: &Row, percentiles: &[Percentiles], wrong: &[String]) -> Value {
    let kinds = percentiles.iter().map(|kind| {
        let times = json!({"quiet_ms": milliseconds(kind.quiet), "attack_ms": milliseconds(kind.attack), "comparable": kind.comparable});
        (kind.kind.name().to_owned(), times)
    });
    let usage = |usage: &caracola_testing::Usage| {
        json!({
            "memory": usage.memory,
            "descriptors": usage.descriptors,
            "processes": usage.processes,
            "threads": usage.threads,
        })
    };
    json!({
        "attack": attack.name,
        "item": attack.item,
        "not_run": row.not_run,
        "did": row.deeds.did,
        "done": row.samples.done(),
        "failed": row.samples.failed(),
        "failures": row.samples.failures(),
        "p99": kinds.collect::<serde_json::Map<_, _>>(),
        "stolen": row.stolen,
        "before": row.before.as_ref().map(usage),
        "peak_memory": row.peak,
        "after": row.after.as_ref().map(|rest| usage(&rest.usage)),
        "settled_s": row.after.as_ref().map(|rest| rest.settled.as_secs_f64()),
        "programs_left": row.after.as_ref().map(|rest| rest.programs),
        "logged": row.logged,
        "ended": row.ended,
        "wrong": wrong,
    })
}

fn mib(bytes: u64) -> String {
    format!("{}", (bytes + 512 * 1024) / (1024 * 1024))
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
