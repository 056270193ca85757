//! A bounded soak test: a thousand trees of processes that don't want to end, begun and hung up at random, leave nothing
//! behind. `cargo bench --bench trees -- 1000`; the number is that of the trees.
#![allow(clippy::print_stdout, reason = "it prints what it measured")]

#[path = "../tests/programs/exec/forest.rs"]
mod forest;
#[expect(dead_code, reason = "what only tests use")]
#[path = "../tests/programs/exec/lab.rs"]
mod lab;

use std::time::Instant;

use anyhow::Result;
use caracola_testing::Mark;

/// Clients at once, each with a tree.
const AT_ONCE: usize = 48;

fn main() -> Result<()> {
    let wanted = std::env::args()
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(1000);
    let mark = Mark::new();
    let lab = lab::Draft::new()?
        .program("tree", forest::TREE)?
        .serve(&forest::commands(&mark))?;
    let began = Instant::now();
    let (tally, last) = forest::grow(&lab.server, &mark, wanted, AT_ONCE)?;
    println!(
        "all gone after {:?}, the last {last:?} after the end of the load: {tally:?}",
        began.elapsed()
    );
    println!(
        "no process is left; resident memory {} KiB",
        lab.server.resident_memory()? / 1024
    );
    Ok(())
}
