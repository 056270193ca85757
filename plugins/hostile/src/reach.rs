//! What it tries to reach, and what came of it: `refused: ...`, or what it got.

use std::fmt::Display;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::time::Duration;

/// How long it waits for anybody.
const PATIENCE: Duration = Duration::from_secs(5);

/// Asks for the sessions as an operator does.
pub(crate) fn door(path: &str) -> String {
    tell(|| {
        let mut door = UnixStream::connect(path)?;
        door.set_read_timeout(Some(PATIENCE))?;
        door.write_all(b"*2\r\n$3\r\nRUN\r\n$8\r\nsessions\r\n")?;
        let mut bytes = [0; 4096];
        match door.read(&mut bytes)? {
            0 => Err(io::Error::other("closed")),
            count => Ok(String::from_utf8_lossy(&bytes[..count]).into_owned()),
        }
    })
}

pub(crate) fn connect(address: &str) -> String {
    tell(|| TcpStream::connect(address).map(|_| "connected"))
}

pub(crate) fn read(path: &str) -> String {
    tell(|| fs::read(path).map(|bytes| format!("read {} bytes", bytes.len())))
}

pub(crate) fn write(path: &str) -> String {
    tell(|| fs::write(path, b"hostile").map(|()| "written"))
}

pub(crate) fn files() -> String {
    let mut open = Vec::new();
    let error = loop {
        match File::open("/dev/null") {
            Ok(file) => open.push(file),
            Err(error) => break error,
        }
    };
    let count = open.len();
    // They stay open: that is the point.
    std::mem::forget(open);
    format!("refused: {error} after {count}")
}

pub(crate) fn environment() -> String {
    let variables: Vec<_> = std::env::vars_os()
        .map(|(name, value)| format!("{}={}", name.display(), value.display()))
        .collect();
    variables.join("\n")
}

/// Each open descriptor and what it leads to.
pub(crate) fn descriptors() -> String {
    tell(|| {
        let mut lines = Vec::new();
        for entry in fs::read_dir("/proc/self/fd")? {
            let entry = entry?;
            // The one of the list itself is closed by now.
            if let Ok(target) = fs::read_link(entry.path()) {
                lines.push(format!("{} {}", entry.file_name().display(), target.display()));
            }
        }
        Ok(lines.join("\n"))
    })
}

fn tell<T: Display>(attempt: impl FnOnce() -> io::Result<T>) -> String {
    match attempt() {
        Ok(got) => got.to_string(),
        Err(error) => format!("refused: {error}"),
    }
}
