//! A plugin that misbehaves on request, and who asks it.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use caracola_plugin_host::{
    Answer, Answered, Asker, Failure, Fence, Helpers, Invocation, Isolation, LoadError, Plugin, PluginSettings, Plugins,
};
use caracola_quota::Tenant;
use caracola_spawner::Spawner;
use caracola_testing::Usage;
use tempfile::TempDir;
use tokio::runtime::Handle;

/// Longer than any call takes that isn't meant to overstay.
const LONG: Duration = Duration::from_secs(20);

/// All that a test has.
#[derive(Clone)]
pub(crate) struct Fixture {
    pub(crate) plugins: Arc<Plugins>,
    pub(crate) folder: Arc<TempDir>,
    helpers: Helpers,
}

impl Fixture {
    /// Compiles the plugin, by the compiler that the tests were linked with.
    pub(crate) fn new(spawner: Spawner) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        let compiled = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-I"])
            .arg(package.join("../abi"))
            .arg("-o")
            .arg(folder.path().join("moody.so"))
            .arg(package.join("tests/isolated/moody.c"))
            .status()
            .expect("there is a C compiler, which Rust links with");
        assert!(compiled.success());
        let helpers = Helpers {
            spawner,
            runtime: Handle::current(),
        };
        let state = folder.path().join("state");
        std::fs::create_dir(&state).expect("a state folder");
        Self {
            plugins: Arc::new(Plugins::new(None, Some(helpers.clone())).keeping_out_of(state)),
            folder: Arc::new(folder),
            helpers,
        }
    }

    /// Those of another server, as it were.
    pub(crate) fn more_plugins(&self) -> Arc<Plugins> {
        Arc::new(Plugins::new(None, Some(self.helpers.clone())))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn settings(&self, name: &str) -> PluginSettings {
        PluginSettings {
            name: name.into(),
            path: self.path("moody.so"),
            isolation: Isolation::Process,
            optional: false,
            config: "{}".into(),
            timeout: LONG,
            max_running: 4,
            queue: 64,
            max_output: 1024 * 1024,
            fence: Fence::default(),
        }
    }

    pub(crate) async fn try_load(&self, settings: PluginSettings) -> Result<Arc<Plugin>, LoadError> {
        load_from(&self.plugins, settings).await
    }

    /// A plugin of its own for the test of that name.
    pub(crate) async fn load(&self, name: &str) -> Arc<Plugin> {
        let loaded = self.try_load(self.settings(name)).await;
        loaded.unwrap_or_else(|error| panic!("the plugin {error}"))
    }

    pub(crate) async fn load_with(&self, name: &str, change: impl FnOnce(&mut PluginSettings)) -> Arc<Plugin> {
        let mut settings = self.settings(name);
        change(&mut settings);
        let loaded = self.try_load(settings).await;
        loaded.unwrap_or_else(|error| panic!("the plugin {error}"))
    }
}

/// Loads where it may block.
pub(crate) async fn load_from(plugins: &Arc<Plugins>, settings: PluginSettings) -> Result<Arc<Plugin>, LoadError> {
    let plugins = Arc::clone(plugins);
    let loading = tokio::task::spawn_blocking(move || plugins.load(&settings));
    loading.await.expect("loading doesn't panic")
}

/// A use of a function, with at most one argument.
pub(crate) fn invocation(function: &str, argument: &str) -> Invocation {
    Invocation {
        function: function.into(),
        arguments: vec![("text".into(), vec![argument.into()])],
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
        timeout: LONG,
        max_output: 1024 * 1024,
        streams: false,
    }
}

pub(crate) async fn call(plugin: &Arc<Plugin>, function: &str, argument: &str) -> Answer {
    plugin.call(Tenant::DOOR, invocation(function, argument), None).await
}

/// The text that it answers.
pub(crate) async fn text(plugin: &Arc<Plugin>, function: &str, argument: &str) -> String {
    match call(plugin, function, argument).await.result {
        Ok(Answered::Text(text)) => text,
        other => panic!("{function} {argument}: {other:?}"),
    }
}

/// How it crashed, by what it was asked.
pub(crate) async fn crash(plugin: &Arc<Plugin>, function: &str) -> String {
    match call(plugin, function, "").await.result {
        Err(Failure::Crashed(how)) => how,
        other => panic!("{function}: {other:?}"),
    }
}

pub(crate) async fn assert_answers(plugin: &Arc<Plugin>) {
    assert_eq!(text(plugin, "echo", "still there").await, "still there");
}

/// Nothing tells when a process is gone that isn't ours, so this looks again and again.
pub(crate) async fn becomes(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(10), "{what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// What this process takes of the machine.
pub(crate) fn usage() -> Usage {
    Usage::of(std::process::id()).expect("there is /proc")
}

/// The server's log so far.
static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct ToLog;

impl Write for ToLog {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Keeps the log of this process, for [`log_of`].
pub(crate) fn keep_log() {
    tracing_subscriber::fmt().with_ansi(false).with_writer(|| ToLog).init();
}

/// The lines of one plugin.
pub(crate) fn log_of(plugin: &str) -> Vec<String> {
    let log = LOG.lock().unwrap_or_else(PoisonError::into_inner);
    let marked = format!("plugin=\"{plugin}\"");
    let text = String::from_utf8_lossy(&log);
    let lines = text.lines().filter(|line| line.contains(&marked));
    lines.map(str::to_owned).collect()
}
