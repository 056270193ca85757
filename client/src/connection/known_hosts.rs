//! The pinned fingerprints: a text file of lines `host:port SHA256:...` that people may read and edit.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::fingerprint::Fingerprint;
use crate::address::Address;
use crate::folders;

/// The file of pins. Nothing is kept in memory: another client may have written meanwhile.
#[derive(Debug, Clone)]
pub(crate) struct KnownHosts {
    path: PathBuf,
}

/// A pin and where it stands, so that a person can be told which line to remove.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pin {
    pub(crate) fingerprint: Fingerprint,
    /// Counted from 1.
    pub(crate) line: usize,
}

impl KnownHosts {
    pub(crate) fn at(path: PathBuf) -> Self {
        Self { path }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// What is pinned for a server: the first line that names it. A line that isn't understood is passed over.
    pub(crate) fn find(&self, address: &Address) -> io::Result<Option<Pin>> {
        let text = self.read()?;
        let name = address.to_string();
        let pin = text.lines().enumerate().find_map(|(number, line)| {
            let mut words = line.split_whitespace();
            if words.next() != Some(&name) {
                return None;
            }
            Some(Pin {
                fingerprint: words.next()?.parse().ok()?,
                line: number + 1,
            })
        });
        Ok(pin)
    }

    /// Pins a server, replacing what was pinned for it; all other lines, comments too, stay as they are.
    pub(crate) fn pin(&self, address: &Address, fingerprint: &Fingerprint) -> io::Result<()> {
        let _lock = folders::lock(&self.path)?;
        let name = address.to_string();
        let mut text = String::new();
        for line in self.read()?.lines() {
            if line.split_whitespace().next() != Some(&name) {
                text.push_str(line);
                text.push('\n');
            }
        }
        text.push_str(&format!("{name} {fingerprint}\n"));
        folders::replace(&self.path, text.as_bytes())
    }

    fn read(&self) -> io::Result<String> {
        match fs::read(&self.path) {
            Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn address(text: &str) -> Address {
        Address::parse(text).expect(text)
    }

    fn fingerprint(seed: u8) -> Fingerprint {
        Fingerprint::of_key(&[seed])
    }

    #[test]
    fn pins_are_found_again_and_replaced() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let hosts = KnownHosts::at(folder.path().join("new/caracola/known_hosts"));
        assert_eq!(hosts.find(&address("lab"))?, None);
        hosts.pin(&address("lab"), &fingerprint(1))?;
        hosts.pin(&address("[::1]:5"), &fingerprint(2))?;
        hosts.pin(&address("LAB:22722"), &fingerprint(3))?;
        let pin = |fingerprint, line| Some(Pin { fingerprint, line });
        assert_eq!(hosts.find(&address("[::1]:5"))?, pin(fingerprint(2), 1));
        assert_eq!(hosts.find(&address("ana@lab"))?, pin(fingerprint(3), 2));
        assert_eq!(hosts.find(&address("lab:1"))?, None);
        Ok(())
    }

    #[test]
    fn other_lines_stay_and_odd_ones_do_no_harm() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("known_hosts");
        fs::write(
            &path,
            b"# mine\n\nlab:22722\nlab:22722 MD5:1\n\xff\xfe\nother:1 SHA256:x",
        )?;
        let hosts = KnownHosts::at(path.clone());
        assert_eq!(hosts.find(&address("lab"))?, None);
        hosts.pin(&address("here"), &fingerprint(1))?;
        let text = fs::read_to_string(&path)?;
        assert!(text.starts_with("# mine\n\nlab:22722\nlab:22722 MD5:1\n"), "{text}");
        assert!(text.ends_with(&format!("other:1 SHA256:x\nhere:22722 {}\n", fingerprint(1))));
        Ok(())
    }

    #[test]
    fn the_file_and_its_folder_are_for_their_owner_alone() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("caracola/known_hosts");
        KnownHosts::at(path.clone()).pin(&address("lab"), &fingerprint(1))?;
        let mode = |path: &Path| -> io::Result<u32> { Ok(fs::metadata(path)?.permissions().mode() & 0o777) };
        assert_eq!(mode(&path)?, 0o600);
        assert_eq!(mode(&folder.path().join("caracola"))?, 0o700);
        Ok(())
    }

    #[test]
    fn clients_that_pin_at_once_lose_no_line() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let hosts = KnownHosts::at(folder.path().join("known_hosts"));
        std::thread::scope(|scope| {
            for client in 0..8_u8 {
                let hosts = &hosts;
                scope.spawn(move || {
                    for round in 0..4_u8 {
                        let host = address(&format!("host{client}-{round}"));
                        hosts.pin(&host, &fingerprint(client)).expect("pinned");
                    }
                });
            }
        });
        assert_eq!(hosts.read()?.lines().count(), 32);
        Ok(())
    }
}
