//! What a plugin's process may reach.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use caracola_plugin_host::LoadError;

use crate::fixture::{Fixture, text};

const DENIED: &str = "Permission denied";

fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Without Landlock in the kernel, there is nothing to see.
fn is_held(plugin: &caracola_plugin_host::Plugin) -> bool {
    let fence = plugin.report().fence.unwrap_or_default();
    let held = fence.starts_with("Landlock");
    if !held {
        println!("not tested here: {fence}");
    }
    held
}

pub(crate) async fn only_what_the_settings_name_is_reached(fixture: Fixture) {
    let (read, write, other) = (fixture.path("read"), fixture.path("new/write"), fixture.path("other"));
    for folder in [&read, &other] {
        fs::create_dir(folder).expect("a folder");
        fs::write(folder.join("file"), "x").expect("a file");
    }
    let plugin = fixture
        .load_with("fenced", |settings| {
            settings.fence.read = vec![read.clone()];
            settings.fence.write = vec![write.clone()];
        })
        .await;
    let mode = fs::metadata(&write).expect("it was made").permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    if !is_held(&plugin) {
        return;
    }
    let reads = async |path: &Path| text(&plugin, "read", &shown(path)).await;
    let writes = async |path: &Path| text(&plugin, "write", &shown(path)).await;
    assert_eq!(reads(&read.join("file")).await, "opened");
    assert_eq!(writes(&read.join("file")).await, DENIED);
    assert_eq!(writes(&write.join("file")).await, "opened");
    assert_eq!(reads(&write.join("file")).await, "opened");
    assert_eq!(reads(&other.join("file")).await, DENIED);
    assert_eq!(reads(&fixture.path("moody.so")).await, DENIED);
    assert_eq!(reads(Path::new("/etc/shadow")).await, DENIED);
    assert_eq!(reads(Path::new("/proc/self/status")).await, DENIED);
    assert_eq!(reads(Path::new("/etc/passwd")).await, "opened");
    assert_eq!(writes(Path::new("/dev/null")).await, "opened");
    let server = std::process::id().to_string();
    assert_eq!(text(&plugin, "signal", &server).await, "Operation not permitted");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("a port").port().to_string();
    assert_eq!(text(&plugin, "connect", &port).await, DENIED);
}

pub(crate) async fn the_network_is_reached_if_the_settings_say_so(fixture: Fixture) {
    let plugin = fixture
        .load_with("online", |settings| settings.fence.network = true)
        .await;
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("a port").port().to_string();
    assert_eq!(text(&plugin, "connect", &port).await, "connected");
}

pub(crate) async fn the_state_folder_is_never_in_the_fence(fixture: Fixture) {
    for (path, is_write) in [("state", true), ("state/jobs", true), ("", false), ("state", false)] {
        let mut settings = fixture.settings("state");
        let paths = vec![fixture.path(path)];
        if is_write {
            settings.fence.write = paths;
        } else {
            settings.fence.read = paths;
        }
        let error = fixture.try_load(settings).await.expect_err("it is the server's own");
        assert!(matches!(&error, LoadError::Fence(_)), "{path}: {error:?}");
    }
    assert!(!fixture.path("state/jobs").exists(), "nothing was made there");
}

pub(crate) async fn memory_is_limited(fixture: Fixture) {
    let plugin = fixture
        .load_with("memory", |settings| settings.fence.memory = Some(512 * 1024 * 1024))
        .await;
    assert_eq!(text(&plugin, "memory", "16").await, "taken");
    assert_eq!(text(&plugin, "memory", "600").await, "refused");
}

pub(crate) async fn it_has_nothing_of_the_servers(fixture: Fixture) {
    let plugin = fixture.load("alone").await;
    let surroundings = text(&plugin, "surroundings", "").await;
    let environment: Vec<&str> = surroundings.split(' ').filter(|word| word.contains('=')).collect();
    let own = format!("user={}", rustix::process::getuid().as_raw());
    assert_eq!(
        environment,
        [
            "LANG=C.UTF-8",
            "MALLOC_ARENA_MAX=2",
            "MALLOC_CONF=narenas:1,tcache:false",
            "PATH=/usr/bin:/bin",
            &own
        ],
        "{surroundings}"
    );
    let descriptors = surroundings.split(' ').filter(|word| word.parse::<u32>().is_ok());
    assert!(
        descriptors.count() <= 6,
        "its streams, its socket twice, its library: {surroundings}"
    );
    let process = plugin.report().process.expect("a process");
    let status = fs::read_to_string(format!("/proc/{process}/status")).expect("it runs");
    assert!(status.contains("NoNewPrivs:\t1"), "{status}");
    let limits = fs::read_to_string(format!("/proc/{process}/limits")).expect("it runs");
    let core = limits.lines().find(|line| line.starts_with("Max core file size"));
    let fields: Vec<_> = core.unwrap_or_default().split_ascii_whitespace().collect();
    assert_eq!(fields[4..6], ["0", "0"], "{limits}");
}

pub(crate) async fn it_runs_as_another_user(fixture: Fixture) {
    if !rustix::process::geteuid().is_root() {
        println!("not tested here: only root may");
        return;
    }
    let write = tempfile::tempdir().expect("a folder");
    fs::set_permissions(write.path(), fs::Permissions::from_mode(0o755)).expect("it is ours");
    let own = write.path().join("own");
    let plugin = fixture
        .load_with("nobody", |settings| {
            settings.fence.user = Some("nobody".into());
            settings.fence.write = vec![own.clone()];
        })
        .await;
    let surroundings = text(&plugin, "surroundings", "").await;
    assert!(surroundings.ends_with("user=65534"), "{surroundings}");
    assert_eq!(text(&plugin, "write", &shown(&own.join("file"))).await, "opened");
}
