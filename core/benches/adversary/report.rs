//! The table, and what is too much.

mod bounds;
mod line;

use std::fmt;
use std::path::PathBuf;

use crate::attacks::Attack;
use crate::honest::Baseline;
use crate::lab::Lab;
use crate::machine::Cores;
use crate::trial::Row;

pub(crate) use bounds::Bounds;
use line::Line;

/// The rows so far.
#[derive(Debug)]
pub(crate) struct Report {
    server: PathBuf,
    cores: Cores,
    bounds: Bounds,
    baseline: Baseline,
    lines: Vec<Line>,
}

impl Report {
    pub(crate) fn new(lab: &Lab, cores: Cores, bounds: Bounds) -> Self {
        Self {
            server: lab.server.clone(),
            cores,
            bounds,
            baseline: Baseline::default(),
            lines: Vec::new(),
        }
    }

    /// Takes a row, and says in a line what is wrong with it.
    pub(crate) fn judge(&mut self, attack: &Attack, row: &Row) -> String {
        self.baseline.add(&row.samples);
        let line = Line::new(attack, row, &self.baseline, &self.bounds);
        let verdict = line.verdict();
        self.lines.push(line);
        verdict
    }

    /// Whether nothing was wrong with any row.
    pub(crate) fn holds(&self) -> bool {
        self.lines.iter().all(Line::holds)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Cores { server, load } = self.cores;
        writeln!(
            f,
            "{} on processor {server}, honest sessions and attackers on {load}{}. Memory in MiB; p99 in ms, quiet (on this \
             and all servers before it) -> beside attackers, of the kind of request that got slowest; stolen: what of both \
             processors others than this machine had, quiet -> attack.\n",
            self.server.display(),
            if self.cores.are_two() {
                ""
            } else {
                " as well: the p99s mean little"
            },
        )?;
        writeln!(f, "{}", Line::HEADINGS)?;
        for line in &self.lines {
            writeln!(f, "{}", line.markdown())?;
        }
        writeln!(f)?;
        for line in &self.lines {
            writeln!(f, "{}", line.json())?;
        }
        Ok(())
    }
}
