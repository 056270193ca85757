//! Who comes in, and where the password comes from. It lives only as long as the login.

use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use caracola_speech::Speech;

use crate::io_reason::io_reason;
use crate::secret::{MAX_BYTES, Secret};
use crate::terminal::{self, Echo};

/// How often a person may mistype before the client gives up.
const ATTEMPTS: usize = 3;

/// A user who comes in with a password.
#[derive(Debug, Clone)]
pub(crate) struct Login {
    pub(crate) user: String,
    pub(crate) source: Source,
}

/// Where the password comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    File(PathBuf),
    /// Somebody at the terminal.
    Person,
    /// There is neither.
    Nobody,
}

/// Why there is no password.
#[derive(Debug)]
pub(crate) enum PasswordError {
    NobodyToAsk,
    /// The person didn't want to say it.
    GivenUp,
    File {
        path: PathBuf,
        fault: FileFault,
    },
    Terminal(io::Error),
}

/// What is wrong with a file that should hold a password.
#[derive(Debug)]
pub(crate) enum FileFault {
    Unreadable(io::Error),
    /// Others may read or write it; with its mode.
    Open(u32),
    /// It is empty, or longer than any password, or has more than one line.
    NotOneLine,
}

impl PasswordError {
    pub(crate) fn explain(&self, speech: Speech) -> String {
        match self {
            Self::NobodyToAsk => speech.no_password(),
            Self::GivenUp => speech.not_connected(),
            Self::Terminal(error) => speech.cannot_ask(io_reason(error, speech)),
            Self::File { path, fault } => {
                let path = path.display();
                match fault {
                    FileFault::Unreadable(error) => speech.cannot_use_file(path, io_reason(error, speech)),
                    FileFault::Open(mode) => speech.password_file_open(path, format!("{mode:03o}")),
                    FileFault::NotOneLine => speech.password_file_lines(path),
                }
            }
        }
    }
}

impl Login {
    /// How many passwords may be tried.
    pub(crate) fn attempts(&self) -> usize {
        if self.source == Source::Person { ATTEMPTS } else { 1 }
    }

    /// Reads the password, or asks for it. `place` is how the person knows the server. Cancel safe.
    pub(crate) async fn password(&self, place: &str, speech: Speech) -> Result<Secret, PasswordError> {
        match &self.source {
            Source::File(path) => read_file(path),
            Source::Person => {
                let question = speech.ask_password(&self.user, place);
                let answer = terminal::ask(&format!("{question} "), Echo::Unseen).await;
                answer.map_err(PasswordError::Terminal)?.ok_or(PasswordError::GivenUp)
            }
            Source::Nobody => Err(PasswordError::NobodyToAsk),
        }
    }
}

fn read_file(path: &Path) -> Result<Secret, PasswordError> {
    read_password(path).map_err(|fault| PasswordError::File {
        path: path.to_owned(),
        fault,
    })
}

/// The one line of a file that only its owner may read. A pipe will do too, as from `<(...)`.
fn read_password(path: &Path) -> Result<Secret, FileFault> {
    let mut file = File::open(path).map_err(FileFault::Unreadable)?;
    let mode = file.metadata().map_err(FileFault::Unreadable)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(FileFault::Open(mode));
    }
    let mut secret = Secret::empty();
    let mut byte = [0];
    while file.read(&mut byte).map_err(FileFault::Unreadable)? > 0 {
        if secret.expose().len() == MAX_BYTES {
            return Err(FileFault::NotOneLine);
        }
        secret.push(byte[0]);
    }
    let line = secret.expose();
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.is_empty() || line.contains(&b'\n') {
        return Err(FileFault::NotOneLine);
    }
    let length = line.len();
    secret.truncate(length);
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn password(content: &[u8], mode: u32) -> Result<Vec<u8>, FileFault> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("password");
        fs::write(&path, content).expect("written");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("a mode");
        read_password(&path).map(|secret| secret.expose().to_vec())
    }

    #[test]
    fn the_line_of_a_file_is_the_password() {
        for content in [&b"correct horse"[..], b"correct horse\n", b"correct horse\r\n"] {
            assert_eq!(password(content, 0o600).ok().as_deref(), Some(&b"correct horse"[..]));
        }
        assert_eq!(password(b" \xff \n", 0o400).ok().as_deref(), Some(&b" \xff "[..]));
    }

    #[test]
    fn a_file_that_others_may_read_is_refused() {
        for mode in [0o640, 0o604, 0o620, 0o777] {
            assert!(matches!(password(b"x\n", mode), Err(FileFault::Open(seen)) if seen == mode));
        }
    }

    #[test]
    fn a_password_is_one_line() {
        for content in [&b""[..], b"\n", b"two\nlines\n", &[b'x'; MAX_BYTES + 1]] {
            assert!(matches!(password(content, 0o600), Err(FileFault::NotOneLine)));
        }
        let missing = read_password(Path::new("/nonexistent"));
        assert!(matches!(missing, Err(FileFault::Unreadable(_))));
    }
}
