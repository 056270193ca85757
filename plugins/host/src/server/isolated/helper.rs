//! The helper's own process: `caracolad plugin-helper`, which nobody starts by hand.

use std::io::{self, BufReader};
use std::os::fd::{FromRawFd as _, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::process::ExitCode;
use std::sync::Arc;

use rustix::fs::{FileType, fstat};
use rustix::io::{FdFlags, fcntl_setfd};
use rustix::process::{DumpableBehavior, set_dumpable_behavior};

use super::fence;
use super::pool::{WorkerPool, Writer};
use super::protocol::{self, FromHelper, LONGEST_TO_HELPER, Outset, ToHelper};
use crate::call::Invocation;
use crate::instance::Instance;
use crate::load_error::LoadError;
use crate::logger::{Level, Logger};
use crate::server::sealed;

/// The subcommand of the server's binary that runs this.
pub const SUBCOMMAND: &str = "plugin-helper";
/// The socket to the server.
const SOCKET: RawFd = 3;
/// The file with the library.
const LIBRARY: RawFd = 4;

/// Is a plugin's process until the server closes the connection. To be called by a `main` whose first argument is
/// [`SUBCOMMAND`], before it has any other thread: programs that aren't `caracolad` but start isolated plugins, such as
/// tests, are started in its stead.
#[expect(clippy::print_stderr, reason = "the server logs what a plugin's process prints")]
pub fn run() -> ExitCode {
    match take_descriptors().and_then(|(socket, file)| serve(socket, file)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{SUBCOMMAND}: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What the server gave. Neither is for programs that the plugin starts.
fn take_descriptors() -> io::Result<(UnixStream, OwnedFd)> {
    let refused = || io::Error::other("this is started by caracolad, for its plugins");
    // SAFETY: nothing in this process has taken these numbers for its own; whether anything is behind them is asked next,
    // and if not, this process ends.
    let (socket, file) = unsafe { (OwnedFd::from_raw_fd(SOCKET), OwnedFd::from_raw_fd(LIBRARY)) };
    let is = |kind, file: &OwnedFd| fstat(file).is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == kind);
    if !is(FileType::Socket, &socket) || !is(FileType::RegularFile, &file) {
        // They are somebody else's, or nobody's: not to be closed here.
        std::mem::forget((socket, file));
        return Err(refused());
    }
    fcntl_setfd(&socket, FdFlags::CLOEXEC)?;
    fcntl_setfd(&file, FdFlags::CLOEXEC)?;
    Ok((socket.into(), file))
}

fn serve(socket: UnixStream, file: OwnedFd) -> io::Result<()> {
    // A program of the same user has no business in here: it could answer in the plugin's name.
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    let writer = Arc::new(Writer::new(socket.try_clone()?));
    let mut reader = BufReader::with_capacity(64 * 1024, socket);
    let Some(ToHelper::<Invocation>::Begin(outset)) = protocol::read(&mut reader, LONGEST_TO_HELPER)? else {
        return Err(io::Error::other("the server didn't say how to begin"));
    };
    let beginning = &outset.beginning;
    let (held, lost) = fence::put_up(&beginning.read, &beginning.write, outset.network);
    writer.say(&FromHelper::Fenced(held))?;
    for path in lost {
        writer.say(&FromHelper::Log(Level::Warn, fence::lost(&path)))?;
    }
    match begin(&outset, file, &writer) {
        Ok(instance) => WorkerPool::new(reader, writer, instance, outset.at_once).serve(),
        Err(error) => writer.say(&FromHelper::Refused(error)),
    }
}

fn begin(outset: &Outset, file: OwnedFd, writer: &Arc<Writer>) -> Result<Instance, LoadError> {
    let library = sealed::load_copy(file)?;
    let to_server = Arc::clone(writer);
    let logger = Logger::new(move |level, text| {
        // Without a server there is no log.
        let _ = to_server.say(&FromHelper::Log(level, text.to_owned()));
    });
    let instance = Instance::start(library, &outset.beginning, logger)?;
    let began = writer.say(&FromHelper::Began(library.described.clone()));
    began.map_err(|error| LoadError::Helper(error.to_string()))?;
    Ok(instance)
}
