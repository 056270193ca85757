//! Runs the program of an example as a server would: by the spawner, within its limits, and with all that it started
//! ended before its outcome is told.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use tokio::runtime::Runtime;

use crate::actions::exec;
use crate::cli::loading::Workshop;
use crate::jobs::{self, JobEnd, Jobs, Ledger, Output, Owner, Plan, Stream};
use caracola_catalogue::Exec;
use caracola_quota::Tenant;
use caracola_spawner::{Launch, Spawner};

/// How a program, or what stands for one, ended.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It came to its end.
    Ended {
        /// How.
        ending: JobEnd,
        /// Whether more was written than is kept: a program that then ends by SIGPIPE has done what it should.
        truncated: bool,
        /// What it wrote to its standard output, then what it wrote to its standard error.
        output: String,
    },
    /// It didn't start, or not end in time.
    Failed(String),
}

/// What a server has to run programs with, and nobody connected.
pub(in crate::cli) struct ExampleRunner {
    runtime: Runtime,
    spawner: Spawner,
    jobs: Arc<Jobs>,
}

impl ExampleRunner {
    /// Programs are started with these tools.
    pub(in crate::cli) fn new(workshop: Workshop) -> Result<Self> {
        Ok(Self {
            runtime: workshop.runtime,
            spawner: workshop.spawner,
            // No example is asked for under a key, so there is none to keep.
            jobs: Arc::new(Jobs::new(Ledger::without_keys()?)),
        })
    }

    /// Runs a program to its end, and the end of all that it started.
    pub(super) fn run(&self, command: &str, definition: &Exec, launch: Launch) -> Result<Outcome> {
        let plan = Plan {
            command: command.to_owned(),
            owner: Owner::Session(0),
            tenant: Tenant::DOOR,
            limit: usize::try_from(definition.max_output).unwrap_or(usize::MAX),
            ok_exit: definition.ok_exit.clone(),
            ends_with_session: false,
        };
        let job = self.jobs.add(plan).context("no job can be made")?;
        self.runtime.block_on(jobs::run(
            Arc::clone(&self.jobs),
            Arc::clone(&job),
            self.spawner.clone(),
            launch,
            exec::bounds(definition),
        ));
        let ending = job.ending().unwrap_or(JobEnd::Lost);
        Ok(match ending {
            JobEnd::Exited(_) | JobEnd::Signalled(_) => Outcome::Ended {
                ending,
                truncated: job.output(Output::truncated),
                output: job.output(|output| {
                    let bytes = [output.all(Stream::Out), output.all(Stream::Err)].concat();
                    String::from_utf8_lossy(&bytes).into_owned()
                }),
            },
            JobEnd::TimedOut(time) => Outcome::Failed(format!("it had not ended after {time:?}")),
            JobEnd::NotStarted(_) => Outcome::Failed(format!("it does not start: {}", job.start_error())),
            JobEnd::Cancelled | JobEnd::HungUp | JobEnd::Busy(_) | JobEnd::Stopped | JobEnd::Lost => {
                Outcome::Failed("what became of it cannot be known: its keeper was ended".to_owned())
            }
        })
    }
}
