//! Processes that a test can tell from all others.

use std::fs;
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

/// The variable that marked processes have.
const VARIABLE: &str = "CARACOLA_TEST_MARK";
/// Nothing tells of the end of a process that is nobody's child here, so one looks again after this.
const PAUSE: Duration = Duration::from_millis(20);

/// A mark that programs of one test have in their environment, and whatever they start has too.
#[derive(Debug)]
pub struct Mark(String);

impl Mark {
    /// A mark that nobody else has.
    #[expect(clippy::new_without_default, reason = "each one is another")]
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        Self(format!("{}-{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed)))
    }

    /// The mark that this process has.
    pub fn inherited() -> Result<Self> {
        Ok(Self(std::env::var(VARIABLE).context("this process has no mark")?))
    }

    /// The variable that has it, and its value.
    pub fn variable(&self) -> (&'static str, &str) {
        (VARIABLE, &self.0)
    }

    /// The key of a command in `commands.toml` that marks its program.
    pub fn toml(&self) -> String {
        format!("env = {{ {VARIABLE} = \"{}\" }}", self.0)
    }

    /// The living processes that have it, each with its command line.
    pub fn processes(&self) -> Result<Vec<(u32, String)>> {
        let wanted = format!("{VARIABLE}={}", self.0);
        let mut found = Vec::new();
        for entry in fs::read_dir("/proc")? {
            let Some(process) = entry?.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
                continue;
            };
            // Who has ended since, or belongs to somebody else, has no environment to be read.
            let environment = fs::read(format!("/proc/{process}/environ")).unwrap_or_default();
            if environment
                .split(|byte| *byte == 0)
                .any(|word| word == wanted.as_bytes())
            {
                let line = fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
                found.push((process, String::from_utf8_lossy(&line).replace('\0', " ")));
            }
        }
        Ok(found)
    }

    /// Waits until no process has it any more, for at most `within`. Returns how long that took.
    pub fn all_gone(&self, within: Duration) -> Result<Duration> {
        let began = Instant::now();
        loop {
            let left = self.processes()?;
            if left.is_empty() {
                return Ok(began.elapsed());
            }
            if began.elapsed() > within {
                bail!("still there after {within:?}: {left:?}");
            }
            thread::sleep(PAUSE);
        }
    }

    /// Nothing is left now, without any waiting.
    pub fn none_left(&self) -> Result<()> {
        let left = self.processes()?;
        if !left.is_empty() {
            bail!("still there: {left:?}");
        }
        Ok(())
    }
}
