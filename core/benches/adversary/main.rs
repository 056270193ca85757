//! What an adversary does to people who work: each attack against a server of its own, while 50 honest sessions read cards,
//! talk, call a plugin, run a program and log in.
//!
//! ```sh
//! cargo bench -p caracola-core --bench adversary                          # all of it, about ten minutes
//! cargo bench -p caracola-core --bench adversary -- --attack churn        # one attack, or several
//! cargo bench -p caracola-core --bench adversary -- --server PATH         # a caracolad of another build, plugins beside it
//! cargo test --workspace --bench adversary -- --short                     # two minutes, with the profile of the tests
//! ```
//!
//! It prints one table in Markdown, and one line of JSON for each attack. The exit status is 1 if an honest request failed,
//! honest requests took too long beside quiet, or the server kept memory, descriptors or processes; `report::Bounds` has
//! the bounds and their reasons. A server that dies is a row of the table, and the next attack has another server.
//!
//! # Who runs where
//! The server, its programs and its plugins have the first processor that this process may use. The honest sessions, which
//! are threads of this process, and the attackers, which are a process of their own (this binary once more), share the
//! second. What is measured is the server, so an attacker's own work must not delay an honest session: attackers are
//! scheduled only when nothing else wants the processor (`chrt --idle`, from util-linux). The attack `idle` does nothing
//! but keep that processor busy: its row shows what is left of this error.
//!
//! Honest sessions come from 127.0.0.1. Attackers come from 127.0.1.x, up to 200 sessions from each address, or, where it
//! matters whether they share an address with others, in a second form of the attack, from 127.0.0.1 as well.
//!
//! Everything stays on loopback, is bounded in time and number, and ends only processes that it started.
#![allow(clippy::print_stderr, clippy::print_stdout, reason = "it prints what it measured")]

mod attacker;
mod attacks;
mod honest;
mod lab;
mod machine;
mod report;
mod trial;
mod usage;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, ensure};
use clap::Parser;

use attacks::Attack;
use lab::Lab;
use machine::Cores;
use report::{Bounds, Report};
use trial::Times;

/// What an adversary does to people who work.
#[derive(Debug, Parser)]
struct Arguments {
    /// Two minutes for most attacks, with bounds for a busy machine
    #[arg(long)]
    short: bool,
    /// The caracolad to attack, with its plugins beside it; without it the one of this build
    #[arg(long, value_name = "PATH")]
    server: Option<PathBuf>,
    /// Only this attack; may be given several times
    #[arg(long = "attack", value_name = "NAME")]
    attacks: Vec<String>,
    /// List the attacks
    #[arg(long)]
    list: bool,
    /// Passed by `cargo bench`; means nothing here
    #[arg(long, hide = true)]
    bench: bool,
    /// Be the attackers: started by the bench itself
    #[command(subcommand)]
    attacker: Option<attacker::Role>,
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    if let Some(attacker::Role::Attacker(orders)) = arguments.attacker {
        attacker::act(&orders)?;
        return Ok(ExitCode::SUCCESS);
    }
    let chosen = chosen(&arguments.attacks, arguments.short)?;
    if arguments.list {
        for attack in chosen {
            println!("{}: {} (item {})", attack.name, attack.about, attack.item);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let (times, bounds) = if arguments.short {
        (Times::SHORT, Bounds::SHORT)
    } else {
        (Times::LONG, Bounds::LONG)
    };
    let lab = Lab::prepare(arguments.server, arguments.short)?;
    // After what cargo may have had to build, which wants all processors.
    let cores = Cores::choose()?;
    cores.run_on_load()?;
    let mut report = Report::new(&lab, cores, bounds);
    for attack in chosen {
        eprintln!("{}: {}", attack.name, attack.about);
        let row = trial::run(attack, &lab, cores, times, &bounds);
        eprintln!("  {}", report.judge(attack, &row));
    }
    println!("{report}");
    Ok(if report.holds() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The attacks of these names; without any, all that belong to the form.
fn chosen(names: &[String], short: bool) -> Result<Vec<&'static Attack>> {
    for name in names {
        ensure!(
            attacks::all().any(|attack| attack.name == name),
            "no attack is called {name:?}; --list shows them"
        );
    }
    let wanted = |attack: &&Attack| match names {
        [] => attack.short || !short,
        names => names.iter().any(|name| attack.name == name),
    };
    Ok(attacks::all().filter(wanted).collect())
}
