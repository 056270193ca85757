//! `caracolad serve`: reads the settings, opens everything, and serves until it is told to stop.

use std::fs;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result, anyhow, bail};
use tempfile::TempDir;
use tokio::signal::unix::{SignalKind, signal};

use super::server_user::{self, Opened};
use super::{ServeArguments, cert, init, listening, log, print, writable};
use crate::access::Logins;
use crate::access::Users;
use crate::access::afar::guests_run_nothing_from_afar;
use crate::access::users::{FILE as USER_FILE, Refreshed};
use crate::access::watch::Watch;
use crate::jobs::{Jobs, Ledger};
use crate::reload::{self, Sight};
use crate::request::{Context, Parts, VERSION};
use crate::server::{Server, Sockets};
use crate::state_folder::{self, StateFolder};
use caracola_catalogue::{Catalogue, Loaded, ReloadOn, Source};
use caracola_plugin_host::{Helpers, Plugins};
use caracola_spawner::descriptors;
use caracola_spawner::{Ended, Spawner};

/// The exit status for a file that makes no sense, as for arguments that don't.
const UNUSABLE: u8 = 2;
/// How often the users' file is looked at though no change of it was noticed: a folder that was replaced or unmounted tells of
/// none. A look is one system call.
const LOOK_ANYWAY: Duration = Duration::from_secs(5);
/// How often old keys of jobs are forgotten. At a start they are too.
const SWEEP: Duration = Duration::from_mins(10);

pub(super) fn serve(arguments: &ServeArguments, state: Option<&Path>) -> Result<ExitCode> {
    // Before there is any thread, and while the process is small: what starts programs is a copy of it.
    let starting = caracola_spawner::start()?;
    log::start(arguments.log_format, &arguments.log_level)?;
    let practice = arguments.practice.then(Practice::prepare).transpose()?;
    let source = match &practice {
        Some(practice) => Source::Flag(practice.file.clone()),
        None => Source::find(
            arguments.config.as_deref(),
            std::env::var_os("CARACOLA_CONFIG").as_deref(),
        ),
    };
    if let Some(folder) = &arguments.plugin_dir
        && !folder.is_dir()
    {
        bail!("--plugin-dir: {} is not a folder", folder.display());
    }
    let place = if arguments.private {
        None
    } else {
        Some(state_folder::find(state)?)
    };
    let opened = server_user::become_it(arguments, &source, place.as_deref())?;
    give_memory_back();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    let spawner = runtime.block_on(async { starting.connect() })?;
    let helpers = Helpers {
        spawner: spawner.clone(),
        runtime: runtime.handle().clone(),
    };
    let state = match place {
        None => StateFolder::temporary()?,
        Some(place) => StateFolder::open(place)?,
    };
    // Before there is a keeper: plugins have theirs when they are loaded.
    spawner
        .hold(state.keepers())
        .context("cannot hand the keepers' lock to the spawner")?;
    hide(&spawner, state.path());
    let plugins = Plugins::new(arguments.plugin_dir.clone(), Some(helpers)).keeping_out_of(state.path().to_owned());
    let plugins = Arc::new(plugins);
    // Here, on a thread that serves nobody: a plugin may take its time to begin.
    // What is changed while it is loaded is loaded again.
    let before = reload::look(&source, &plugins).ok();
    let Some(loaded) = load(&source, arguments, &plugins) else {
        // A file that makes no sense leaves nothing behind.
        state.discard()?;
        return Ok(ExitCode::from(UNUSABLE));
    };
    if let Err(error) = server_user::check(loaded.catalogue.settings(), spawner.is_root()) {
        state.discard()?;
        return Err(error);
    }
    if let Some(written) = before
        .as_ref()
        .and_then(|sight| writable::by_programs(&loaded.catalogue, sight, &plugins))
    {
        tracing::warn!(
            file = written,
            "what says which programs run can be written by programs: give it to root, or name another user for them"
        );
    }
    let users = match Users::open(state.path()) {
        Ok(users) => users,
        Err(error) => {
            super::complain(&error.to_string());
            return Ok(ExitCode::from(UNUSABLE));
        }
    };
    if users.in_force().is_empty() && !loaded.catalogue.settings().access.guest {
        tracing::warn!(
            "nobody can come in: there are no users yet (caracolad user add NAME), and no guests are let in"
        );
    }
    let served = runtime.block_on(run(
        (arguments, opened),
        (loaded, before),
        source,
        users,
        (spawner, plugins),
        &state,
    ));
    // A task that does not end keeps nobody waiting: what had to be flushed has been.
    runtime.shutdown_background();
    served?;
    drop(state);
    Ok(ExitCode::SUCCESS)
}

/// Hides the state folder from programs. Where that can't be had, the server runs all the same, and says so once.
fn hide(spawner: &Spawner, state: &Path) {
    match spawner.hide(state) {
        Ok(()) => tracing::debug!(state = %state.display(), "programs don't see the state folder"),
        Err(error) => tracing::warn!(
            state = %state.display(), %error,
            "programs that run as the server's own user can read and change the state folder: let them run as another, with `user`"
        ),
    }
}

/// A folder with the default commands and those to practise with, and with the folders in which people do. It goes when this
/// is dropped.
struct Practice {
    file: PathBuf,
    _folder: TempDir,
}

impl Practice {
    fn prepare() -> Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("caracola-practice-")
            .permissions(fs::Permissions::from_mode(0o700))
            .tempdir()
            .context("cannot make a folder to practise in")?;
        Ok(Self {
            file: init::write(folder.path(), true)?,
            _folder: folder,
        })
    }
}

/// Loads the file; tells all that is wrong with it, underlined.
fn load(source: &Source, arguments: &ServeArguments, plugins: &Plugins) -> Option<Loaded> {
    let color = print::remarks_are_seen();
    match Catalogue::load(source, arguments.lang.clone(), plugins) {
        Ok(loaded) => {
            let catalogue = &loaded.catalogue;
            for warning in &loaded.warnings {
                // A server starts also where nobody reads what it says.
                let _ = print::remark(warning.render(color));
            }
            tracing::info!(
                commands = catalogue.commands().len(),
                languages = catalogue.languages().len(),
                plugins = catalogue.plugins().len(),
                from = %source,
                "loaded the commands"
            );
            Some(loaded)
        }
        Err(broken) => {
            let _ = print::remark(broken.render(color));
            super::complain(&format!("{source} can't be used: {} to fix", broken.diagnostics.len()));
            None
        }
    }
}

async fn run(
    (arguments, opened): (&ServeArguments, Option<Opened>),
    (loaded, before): (Loaded, Option<Sight>),
    source: Source,
    users: Users,
    (spawner, plugins): (Spawner, Arc<Plugins>),
    folder: &StateFolder,
) -> Result<()> {
    let state = folder.path();
    descriptors::raise_limit();
    let (sockets, certificate) = match opened {
        Some(Opened { sockets, certificate }) => (Some(sockets), certificate),
        None => (None, None),
    };
    let certificate = match certificate {
        Some(certificate) => certificate,
        None => cert::certificate(&arguments.certificate, state, Some(rustix::process::geteuid().as_raw()))?,
    };
    let (listen, optional) = listening::addresses(arguments, loaded.catalogue.settings());
    let ledger = Ledger::open(state_folder::jobs_in(state)).context("cannot read what is known of jobs")?;
    let flags = (arguments.lang.clone(), arguments.reload.map(ReloadOn::from));
    let (reloads, reloader) = reload::pair(source, flags, Arc::clone(&plugins), &loaded, before);
    let parts = Parts {
        spawner: Some(spawner.clone()),
        jobs: Jobs::new(ledger),
        plugins,
        reloads,
        logins: Logins::open(state),
    };
    let context = Context::new(loaded.catalogue, users, parts);
    let sockets = match sockets {
        Some(sockets) => sockets,
        None => Sockets::open(&listen, optional)?,
    };
    let server = Server::open(Arc::clone(&context), &certificate, sockets, folder)?;
    bound_sessions(&context);
    let addresses = server.addresses()?;
    guests_run_nothing_from_afar(&context.catalogue.load(), &addresses)?;
    stop_on_signal(Arc::clone(&context))?;
    tokio::spawn(follow_users(Arc::clone(&context), Watch::over(state, USER_FILE)));
    tokio::spawn(reloader.run(Arc::clone(&context), addresses.clone()));
    tokio::spawn(sweep_keys(Arc::clone(&context.jobs)));
    reload_on_signal(&context)?;
    let spawner_end = tokio::spawn(stop_with_spawner(Arc::clone(&context), spawner.clone()));
    if arguments.private {
        stop_with_input(Arc::clone(&context));
    }
    listening::announce(&addresses, server.fingerprint(), arguments.lan)?;
    tracing::info!(version = VERSION, state = %state.display(), "ready");
    let outcome = server.run().await;
    context.plugins.stop().await;
    if let Ok(Some(how)) = spawner_end.await {
        let _ = tokio::task::spawn_blocking(move || spawner.kill_orphans()).await;
        outcome.and(Err(anyhow!(
            "stopped because the process that starts programs {}",
            told(how)
        )))
    } else {
        tracing::info!("stopped");
        outcome
    }
}

/// Takes over every change of the users' file, also when nobody logs in: who is removed is out at once. What couldn't be read
/// is tried again, whether or not the file changes.
async fn follow_users(context: Arc<Context>, mut watch: Watch) {
    loop {
        let context = Arc::clone(&context);
        // The first look is for what changed since the start.
        let looked = tokio::task::spawn_blocking(move || context.refresh_users());
        let wait = match looked.await {
            Ok(Refreshed::LookAgain(wait)) => wait,
            Err(error) if error.is_cancelled() => return,
            Ok(Refreshed::Settled | Refreshed::Useless) | Err(_) => LOOK_ANYWAY,
        };
        tokio::select! {
            () = watch.changed() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Forgets the keys of jobs once their day is over.
async fn sweep_keys(jobs: Arc<Jobs>) {
    loop {
        tokio::time::sleep(SWEEP).await;
        let jobs = Arc::clone(&jobs);
        let swept = tokio::task::spawn_blocking(move || jobs.ledger().sweep(SystemTime::now()));
        if swept.await.is_err() {
            return;
        }
    }
}

/// The first SIGINT or SIGTERM stops politely; a second one at once.
fn stop_on_signal(context: Arc<Context>) -> Result<()> {
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot watch for SIGINT")?;
    let mut terminate = signal(SignalKind::terminate()).context("cannot watch for SIGTERM")?;
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => tracing::info!("SIGINT: stopping"),
            _ = terminate.recv() => tracing::info!("SIGTERM: stopping"),
        }
        context.stop();
        tokio::select! {
            _ = interrupt.recv() => std::process::exit(130),
            _ = terminate.recv() => std::process::exit(143),
        }
    });
    Ok(())
}

/// SIGHUP has the files looked at. It is no operator's word: any program of the server's own user can send it.
fn reload_on_signal(context: &Arc<Context>) -> Result<()> {
    let mut hang_up = signal(SignalKind::hangup()).context("cannot watch for SIGHUP")?;
    let reloads = context.reloads.clone();
    tokio::spawn(async move {
        while hang_up.recv().await.is_some() {
            reloads.look_again();
        }
    });
    Ok(())
}

/// Stops when the spawner ends, and says how it did; `None` if the server stops before. A server that can't start programs is
/// half a server: whoever watches over it is to start a whole one.
async fn stop_with_spawner(context: Arc<Context>, spawner: Spawner) -> Option<Ended> {
    let how = tokio::select! {
        biased;
        () = context.stopped() => return None,
        how = spawner.ended() => how,
    };
    tracing::error!(
        "the process that starts programs (caracola-spawn) {}: the server ends its programs and stops",
        told(how)
    );
    context.stop();
    Some(how)
}

fn told(how: Ended) -> String {
    match how {
        Ended::Exited(status) => format!("ended with status {status}"),
        Ended::Signalled(signal) => format!("was ended by signal {signal}"),
        Ended::Lost => "is gone".to_owned(),
    }
}

/// Stops when standard input ends: whoever started the server holds the other end, and the kernel closes it however
/// they end. A thread, because a read of standard input can't be cancelled.
fn stop_with_input(context: Arc<Context>) {
    std::thread::spawn(move || {
        let mut stdin = std::io::stdin().lock();
        let mut bytes = [0; 256];
        while !matches!(stdin.read(&mut bytes), Ok(0) | Err(_)) {}
        context.stop();
        tracing::info!("standard input ended: stopping");
    });
}

/// Has the allocator give memory back to the system by itself, on a thread of its own, also when nothing is asked of it any
/// more. Only now: there must be no thread before the spawner is forked.
fn give_memory_back() {
    if let Err(error) = tikv_jemalloc_ctl::background_thread::write(true) {
        tracing::warn!(%error, "memory that is freed is given back to the system only while more is asked for");
    }
}

/// Each connection is a descriptor: where there are too few for the sessions that the settings allow, there may be fewer.
fn bound_sessions(context: &Context) {
    let fit = descriptors::for_connections();
    context.bound_sessions(fit);
    let wanted = context.catalogue.load().settings().limits.sessions as usize;
    if fit < wanted {
        tracing::warn!(
            sessions = fit,
            setting = wanted,
            open_files = descriptors::limit(),
            "fewer sessions than [limits] sessions: the system allows too few open files (ulimit -Hn, LimitNOFILE= of a unit)"
        );
    }
}
