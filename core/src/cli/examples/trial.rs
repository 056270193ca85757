//! Runs one program to its end, within its time, and takes what it says.

use std::io::Read;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::catalogue::{Prepared, Secret};

/// How a program ended.
#[derive(Debug)]
pub(super) enum Outcome {
    /// By itself.
    Exited {
        /// Its status; that of a shell, 128 and the number, for one that a signal ended.
        status: i32,
        /// What it wrote to its standard output, then what it wrote to its standard error.
        output: String,
    },
    /// It didn't start, or not end in time.
    Failed(String),
}

/// Starts it in a process group of its own, which ends with it.
pub(super) fn run(prepared: Prepared, timeout: Duration, max_output: u64) -> Outcome {
    let mut command = Command::new(&prepared.program);
    command
        .arg0(&prepared.argv[0])
        .args(&prepared.argv[1..])
        .env_clear()
        .envs(prepared.environment)
        .current_dir(&prepared.folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0);
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return Outcome::Failed(format!("{} does not start: {error}", prepared.program.display())),
    };
    write(&mut child, prepared.stdin);
    let outputs = [
        child.stdout.take().map(|stream| read(stream, max_output)),
        child.stderr.take().map(|stream| read(stream, max_output)),
    ];
    let deadline = Instant::now() + timeout;
    let mut output = Vec::new();
    let mut ended = true;
    for stream in outputs.into_iter().flatten() {
        match stream.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(bytes) => output.extend(bytes),
            Err(_) => ended = false,
        }
    }
    let status = if ended { wait(&mut child, deadline) } else { None };
    end(&mut child);
    match status {
        Some(status) => Outcome::Exited {
            status,
            output: String::from_utf8_lossy(&output).into_owned(),
        },
        None => Outcome::Failed(format!("it had not ended after {timeout:?}")),
    }
}

/// Writes beside whatever else happens: a program that doesn't read must not hold anyone up.
fn write(child: &mut Child, input: Option<Secret>) {
    let stdin = child.stdin.take();
    if let (Some(mut stdin), Some(input)) = (stdin, input) {
        thread::spawn(move || {
            // A program may well end without having read.
            let _ = std::io::Write::write_all(&mut stdin, input.expose());
        });
    }
}

/// What comes until the end, at most `most` bytes; the rest is read and forgotten, so that the program goes on.
fn read(mut stream: impl Read + Send + 'static, most: u64) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // Broken off is as good as ended.
        let _ = stream.by_ref().take(most).read_to_end(&mut bytes);
        let _ = std::io::copy(&mut stream, &mut std::io::sink());
        let _ = sender.send(bytes);
    });
    receiver
}

/// The status of a program that has closed its output, if it ends in time.
fn wait(child: &mut Child, deadline: Instant) -> Option<i32> {
    const PAUSE: Duration = Duration::from_millis(2);
    const SIGNALLED: i32 = 128;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => {
                let signal = status.signal().map(|signal| SIGNALLED + signal);
                return status.code().or(signal);
            }
            Ok(None) if Instant::now() < deadline => thread::sleep(PAUSE),
            Ok(None) | Err(_) => return None,
        }
    }
}

/// Ends what is left of it.
fn end(child: &mut Child) {
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        // Mostly nobody is there any more.
        let _ = kill_process_group(group, Signal::KILL);
    }
    let _ = child.wait();
}
