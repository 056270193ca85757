//! Reads files that decide what the server does: only those that nobody but its own user and root can write (nobody but root,
//! where root started it), and what is secret only where nobody else can read it.

use std::fs::{File, Metadata, OpenOptions};
use std::io::Read;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use rustix::io::Errno;

use crate::identity;

/// The largest file with commands, in bytes.
pub const MOST_TEXT: u64 = 64 * 1024 * 1024;

/// Why a file isn't read. The message goes on after the file's name.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// Nothing has that name.
    #[error("is not there")]
    Missing,
    /// A folder, a device, a socket.
    #[error("is not a regular file")]
    NotAFile,
    /// Whoever owns it could change it.
    #[error("belongs to user {owner}, who is {}", not_trusted(*.server))]
    OfAnother {
        /// The number of the user it belongs to.
        owner: u32,
        /// The number of the user that the server runs as.
        server: u32,
    },
    /// Others may write it.
    #[error("can be written by others (its mode is {mode:03o})")]
    WritableByOthers {
        /// Its permission bits.
        mode: u32,
    },
    /// Others may read it, though it holds a secret.
    #[error("is open to others (its mode is {mode:03o})")]
    OpenToOthers {
        /// Its permission bits.
        mode: u32,
    },
    /// It has more bytes than this.
    #[error("is larger than {} MiB", .0 >> 20)]
    TooLarge(u64),
    /// The system refuses.
    #[error("cannot be read: {0}")]
    Unreadable(std::io::Error),
}

impl FileError {
    /// Whether the same file may well be read a moment later: nothing is known about it yet.
    pub fn is_passing(&self) -> bool {
        matches!(self, FileError::Unreadable(error) if is_passing(error))
    }

    /// What to do about it; `missing` is for when the file isn't there.
    pub fn help(&self, path: &Path, missing: &str) -> Option<String> {
        let path: String = path.to_string_lossy().escape_debug().collect();
        match self {
            FileError::Missing => Some(missing.to_owned()),
            FileError::OfAnother { server, .. } => Some(format!("run: chown {server} {path}")),
            FileError::WritableByOthers { .. } => Some(format!("run: chmod go-w {path}")),
            FileError::OpenToOthers { .. } => Some(format!("run: chmod 600 {path}")),
            FileError::NotAFile | FileError::TooLarge(_) | FileError::Unreadable(_) => None,
        }
    }
}

/// Who the owner of a file is not.
fn not_trusted(server: u32) -> String {
    if server == 0 {
        return "not root, as it must be where root started the server".to_owned();
    }
    format!("neither root nor the server's user {server}")
}

/// Whether an error is one of the machine and not of the file that was to be read: no descriptors or memory left, a disk
/// that failed once, a signal. Who meets one knows nothing about the file yet, and tries again.
pub fn is_passing(error: &std::io::Error) -> bool {
    let errno = error.raw_os_error().map(Errno::from_raw_os_error);
    matches!(
        errno,
        Some(Errno::MFILE | Errno::NFILE | Errno::NOMEM | Errno::IO | Errno::INTR)
    )
}

/// The bytes of a file that root or the server's user owns ([`identity::trusted_owner`]) and nobody else can write.
///
/// The checks are made on the file that is open, so that it cannot be swapped in between.
pub fn read(path: &Path, most: u64) -> Result<Vec<u8>, FileError> {
    let opened = OpenOptions::new()
        .read(true)
        .custom_flags(nonblocking()) // opening a named pipe would otherwise wait for a writer
        .open(path);
    let file = opened.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => FileError::Missing,
        _ => FileError::Unreadable(error),
    })?;
    let metadata = file.metadata().map_err(FileError::Unreadable)?;
    check(&metadata, identity::trusted_owner())?;
    read_at_most(file, most)
}

/// The bytes of a private key that nobody but its owner can read, or a group to which root gave it. With a `user` the owner is
/// that one or root: anybody else could read it again at any time.
pub fn read_key(path: &Path, most: u64, user: Option<u32>) -> Result<Vec<u8>, FileError> {
    let file = open_secret(path, nonblocking())?;
    let metadata = file.metadata().map_err(FileError::Unreadable)?;
    if !metadata.is_file() {
        return Err(FileError::NotAFile);
    }
    if let Some(server) = user {
        check_owner(metadata.uid(), server)?;
    }
    read_at_most(file, most)
}

/// Opens what somebody may have written a password into, on the same terms. It may be a pipe, whose bytes nobody else
/// gets: `--password-file <(pass show caracola)`. Waits for a writer then.
pub fn open_password(path: &Path) -> Result<File, FileError> {
    open_secret(path, 0)
}

fn open_secret(path: &Path, flags: i32) -> Result<File, FileError> {
    let opened = OpenOptions::new().read(true).custom_flags(flags).open(path);
    let file = opened.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => FileError::Missing,
        _ => FileError::Unreadable(error),
    })?;
    let metadata = file.metadata().map_err(FileError::Unreadable)?;
    if metadata.is_file() {
        check_secrecy(metadata.mode() & 0o777, metadata.uid())?;
    }
    Ok(file)
}

/// What root owns may be
/// readable for a group, as `/etc/ssl/private` has it on Debian (0640, `ssl-cert`): nobody but root gave it to that group.
/// `PostgreSQL` has the same rule; sshd, whose keys no other program needs, is stricter.
fn check_secrecy(mode: u32, owner: u32) -> Result<(), FileError> {
    const OF_OTHERS: u32 = 0o077;
    const OF_OTHERS_FOR_ROOT: u32 = 0o037;
    let refused = if owner == 0 { OF_OTHERS_FOR_ROOT } else { OF_OTHERS };
    if mode & refused != 0 {
        return Err(FileError::OpenToOthers { mode });
    }
    Ok(())
}

fn nonblocking() -> i32 {
    rustix::fs::OFlags::NONBLOCK.bits().cast_signed()
}

fn check(metadata: &Metadata, server: u32) -> Result<(), FileError> {
    const WRITABLE_BY_OTHERS: u32 = 0o022;
    if !metadata.is_file() {
        return Err(FileError::NotAFile);
    }
    check_owner(metadata.uid(), server)?;
    let mode = metadata.mode() & 0o777;
    if mode & WRITABLE_BY_OTHERS != 0 {
        return Err(FileError::WritableByOthers { mode });
    }
    Ok(())
}

fn check_owner(owner: u32, server: u32) -> Result<(), FileError> {
    if owner != 0 && owner != server {
        return Err(FileError::OfAnother { owner, server });
    }
    Ok(())
}

fn read_at_most(file: File, most: u64) -> Result<Vec<u8>, FileError> {
    let mut bytes = Vec::new();
    let read = file.take(most + 1).read_to_end(&mut bytes);
    let read = read.map_err(FileError::Unreadable)?;
    if u64::try_from(read).unwrap_or(u64::MAX) > most {
        return Err(FileError::TooLarge(most));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn only_files_of_our_own_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("commands.toml");
        assert!(matches!(read(&path, 10), Err(FileError::Missing)));
        fs::write(&path, "x = 1").unwrap();
        let mode = |mode| fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        for allowed in [0o600, 0o644, 0o755] {
            mode(allowed);
            assert_eq!(read(&path, 10).unwrap(), b"x = 1");
        }
        for refused in [0o664, 0o646, 0o666] {
            mode(refused);
            let error = read(&path, 10).unwrap_err();
            assert!(matches!(error, FileError::WritableByOthers { mode } if mode == refused));
            assert!(error.help(&path, "").unwrap().starts_with("run: chmod go-w /"));
        }
        mode(0o600);
        assert!(matches!(read(&path, 4), Err(FileError::TooLarge(4))));
        assert!(matches!(read(folder.path(), 4), Err(FileError::NotAFile)));
    }

    #[test]
    fn a_key_is_for_its_owner_or_for_a_group_of_roots() {
        const ANA: u32 = 1000;
        for (mode, owner, taken) in [
            (0o600, ANA, true),
            (0o400, ANA, true),
            (0o640, ANA, false),
            (0o604, ANA, false),
            (0o644, ANA, false),
            (0o600, 0, true),
            (0o640, 0, true),
            (0o440, 0, true),
            (0o660, 0, false),
            (0o644, 0, false),
            (0o604, 0, false),
        ] {
            assert_eq!(check_secrecy(mode, owner).is_ok(), taken, "{mode:o} of {owner}");
        }
        let error = check_secrecy(0o644, ANA).unwrap_err();
        assert_eq!(error.help(Path::new("/k"), "").unwrap(), "run: chmod 600 /k");
    }

    #[test]
    fn a_key_is_roots_or_the_servers() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.pem");
        fs::write(&path, "k").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        let owner = fs::metadata(&path).unwrap().uid();
        assert!(read_key(&path, 9, Some(owner)).is_ok() && read_key(&path, 9, None).is_ok());
        let others = read_key(&path, 9, Some(owner + 1));
        assert_eq!(others.is_ok(), owner == 0);
        if owner == 0 {
            std::os::unix::fs::chown(&path, Some(54321), None).unwrap();
            let refused = |user| {
                matches!(
                    read_key(&path, 9, Some(user)),
                    Err(FileError::OfAnother { owner: 54321, .. })
                )
            };
            assert!(refused(0) && refused(54322));
            assert!(read_key(&path, 9, Some(54321)).is_ok());
        }
    }

    #[test]
    fn errors_of_the_machine_pass_and_those_of_the_file_stay() {
        for (errno, passing) in [
            (Errno::MFILE, true),
            (Errno::NFILE, true),
            (Errno::NOMEM, true),
            (Errno::IO, true),
            (Errno::INTR, true),
            (Errno::NOENT, false),
            (Errno::ACCESS, false),
            (Errno::LOOP, false),
        ] {
            let error = std::io::Error::from(errno);
            assert_eq!(is_passing(&error), passing, "{error}");
            assert_eq!(FileError::Unreadable(error).is_passing(), passing);
        }
        assert!(!is_passing(&std::io::ErrorKind::InvalidData.into()));
        assert!(!FileError::Missing.is_passing());
    }

    #[test]
    fn files_of_others_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("commands.toml");
        fs::write(&path, "").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        let metadata = fs::metadata(&path).unwrap();
        let owner = metadata.uid();
        assert!(check(&metadata, owner).is_ok());
        let other = check(&metadata, owner + 1);
        // Root's files are everyone's.
        assert_eq!(other.is_ok(), owner == 0);
    }

    #[test]
    fn where_root_started_the_server_no_file_of_another_user_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("commands.toml");
        fs::write(&path, "").unwrap();
        if rustix::process::geteuid().is_root() {
            std::os::unix::fs::chown(&path, Some(54321), None).unwrap();
        }
        let owner = fs::metadata(&path).unwrap().uid();
        let error = check(&fs::metadata(&path).unwrap(), 0).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with(&format!("belongs to user {owner}, who is not root"))
        );
        assert_eq!(error.help(Path::new("/c"), "").unwrap(), "run: chown 0 /c");
    }

    #[test]
    fn a_named_pipe_is_refused_without_waiting() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        let mode = rustix::fs::Mode::RUSR;
        rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, mode, 0).unwrap();
        assert!(matches!(read(&path, 10), Err(FileError::NotAFile)));
    }
}
