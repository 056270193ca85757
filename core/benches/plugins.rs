//! What an empty call of a plugin costs: in the server's process, and in one of its own. Prints the median and the 99th
//! percentile of the time of a call, one after the other, and the processor time of both processes together; how long it takes
//! to load the plugin, and the memory of its process. What a call costs the server alone, from outside, is in `functions`.
//! `cargo bench -p caracola-core --bench plugins`; `$CALLS` says how many.
#![allow(clippy::print_stdout, reason = "it prints what it measured")]

use std::path::Path;
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use caracola_plugin_host::{Asker, Fence, Helpers, Invocation, Isolation, Plugin, PluginSettings, Plugins};
use caracola_quota::Tenant;
use caracola_spawner::Starting;
use caracola_testing::{Usage, proportional_memory};
use tokio::runtime::Handle;

fn main() -> Result<ExitCode> {
    if std::env::args()
        .nth(1)
        .is_some_and(|first| first == caracola_plugin_host::HELPER)
    {
        return Ok(caracola_plugin_host::be_helper());
    }
    let starting = caracola_spawner::start()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    // On a worker, as a session is.
    runtime.block_on(async { tokio::spawn(measure(starting)).await })??;
    Ok(ExitCode::SUCCESS)
}

async fn measure(starting: Starting) -> Result<()> {
    let calls = std::env::var("CALLS").ok().and_then(|calls| calls.parse().ok());
    let calls: u32 = calls.unwrap_or(20_000);
    let folder = tempfile::tempdir()?;
    let library = folder.path().join("empty.so");
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let compiled = Command::new("cc")
        .args(["-shared", "-fPIC", "-O2", "-I"])
        .arg(package.join("../plugins/abi"))
        .arg("-o")
        .arg(&library)
        .arg(package.join("benches/empty.c"))
        .status()?;
    ensure!(compiled.success(), "cannot compile the plugin");
    let helpers = Helpers {
        spawner: starting.connect()?,
        runtime: Handle::current(),
    };
    let plugins = Arc::new(Plugins::new(None, Some(helpers)));
    let mut loaded = Vec::new();
    for isolation in Isolation::ALL {
        let settings = settings(&library, isolation);
        let plugins = Arc::clone(&plugins);
        let began = Instant::now();
        let loading = tokio::task::spawn_blocking(move || plugins.load(&settings));
        loaded.push((isolation.as_str(), loading.await?.context("the plugin")?));
        println!("isolation {:8} loaded in {:?}", isolation.as_str(), began.elapsed());
    }
    for (_, plugin) in &loaded {
        if let Some(process) = plugin.report().process {
            let process = u32::try_from(process)?;
            let (all, share) = (Usage::of(process)?.memory, proportional_memory(process)?);
            println!(
                "its process: {} KiB resident, its share {} KiB",
                all / 1024,
                share / 1024
            );
        }
    }
    // In turns, so that what else goes on hits both alike.
    for (_, plugin) in &loaded {
        run(plugin, calls / 10).await?;
    }
    for _ in 0..3 {
        for (isolation, plugin) in &loaded {
            let helper = plugin.report().process;
            let before = processor_time(helper)?;
            let mut times = run(plugin, calls).await?;
            let spent = processor_time(helper)?.saturating_sub(before);
            times.sort_unstable();
            println!(
                "isolation {isolation:8} median {:6.1} us   p99 {:6.1} us   processor {:6.1} us a call",
                micros(times[times.len() / 2]),
                micros(times[times.len() * 99 / 100]),
                micros(spent) / f64::from(calls),
            );
        }
    }
    let (_, here) = loaded
        .iter()
        .find(|(_, plugin)| plugin.is_called_inline())
        .context("both are there")?;
    let mut times: Vec<_> = (0..calls)
        .map(|_| {
            let began = Instant::now();
            let answer = here.call_inline(&invocation());
            (began.elapsed(), answer.result.is_ok())
        })
        .collect();
    ensure!(times.iter().all(|(_, is_good)| *is_good), "a call failed");
    times.sort_unstable();
    println!("inline             median {:6.1} us", micros(times[times.len() / 2].0));
    Ok(())
}

async fn run(plugin: &Arc<Plugin>, calls: u32) -> Result<Vec<Duration>> {
    let mut times = Vec::with_capacity(calls as usize);
    for _ in 0..calls {
        let began = Instant::now();
        let answer = plugin.call(Tenant::DOOR, invocation(), None).await;
        times.push(began.elapsed());
        if let Err(failure) = answer.result {
            bail!("a call failed: {failure}");
        }
    }
    Ok(times)
}

fn invocation() -> Invocation {
    Invocation {
        function: "empty".into(),
        arguments: Vec::new(),
        asker: Asker {
            user: "ana".into(),
            role: "user".into(),
            name: "ana".into(),
            person: "ana".into(),
            session: 1,
            state: String::new(),
            language: "en".into(),
            width: 80,
        },
        timeout: Duration::from_secs(10),
        max_output: 1024 * 1024,
        streams: false,
    }
}

fn settings(library: &Path, isolation: Isolation) -> PluginSettings {
    PluginSettings {
        name: isolation.as_str().into(),
        path: library.to_owned(),
        isolation,
        optional: false,
        config: "{}".into(),
        timeout: PluginSettings::TIMEOUT,
        max_running: PluginSettings::MAX_RUNNING,
        queue: PluginSettings::QUEUE,
        max_output: PluginSettings::MAX_OUTPUT,
        fence: Fence::default(),
    }
}

/// What this process and the helper have used so far. The kernel counts in hundredths of a second.
fn processor_time(helper: Option<i32>) -> Result<Duration> {
    let mut hundredths = 0;
    for process in [Some("self".to_owned()), helper.map(|helper| helper.to_string())]
        .into_iter()
        .flatten()
    {
        let status = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
        let fields = status.rsplit(") ").next().context("an odd line")?;
        for field in fields.split(' ').skip(11).take(2) {
            hundredths += field.parse::<u64>()?;
        }
    }
    Ok(Duration::from_millis(10 * hundredths))
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000_000.0
}
