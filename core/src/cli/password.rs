//! Where a new password comes from: a terminal without echo, a file or standard input; never the command line, which
//! everybody on the machine can read.

use std::io::{self, IsTerminal as _, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

use super::print;
use crate::access::Password;
use crate::access::password::{LONGEST, StoredPassword, UnfitPassword};
use caracola_spawner::trusted_file::{self, FileError};

/// The exit status of a program that Ctrl-C ended.
pub(super) const INTERRUPTED: u8 = 130;

/// Where the password is read from; without any of these a terminal is asked.
#[derive(Debug, Args)]
pub(super) struct PasswordArguments {
    /// Read the password from a file (its first line, which must be all of it) that only you can read
    #[arg(long, value_name = "FILE", conflicts_with = "password_stdin")]
    password_file: Option<PathBuf>,
    /// Read the password from standard input
    #[arg(long)]
    password_stdin: bool,
}

/// Gets a fit password from where the arguments say, and hashes it. None if the person thought better of it.
pub(super) fn ask(arguments: &PasswordArguments, name: &str) -> Result<Option<StoredPassword>> {
    let password = if let Some(path) = &arguments.password_file {
        from_file(path)?
    } else if arguments.password_stdin {
        from(io::stdin().lock()).context("cannot read the password from standard input")?
    } else if io::stdin().is_terminal() {
        match from_terminal(name)? {
            Some(password) => password,
            None => return Ok(None),
        }
    } else {
        bail!("there is no terminal to ask for the password: give --password-file FILE or --password-stdin");
    };
    password.check()?;
    match password.hash() {
        Ok(stored) => Ok(Some(stored)),
        Err(error) => bail!("cannot hash the password: {error}"),
    }
}

fn from_file(path: &Path) -> Result<Password> {
    let file = match trusted_file::open_password(path) {
        Ok(file) => file,
        Err(FileError::Missing) => bail!("cannot read {}: it is not there", path.display()),
        Err(FileError::Unreadable(error)) => bail!("cannot read {}: {error}", path.display()),
        Err(error) => {
            let help = error.help(path, "").unwrap_or_default();
            bail!("{} {error}: {help}", path.display());
        }
    };
    from(file).with_context(|| format!("cannot read {}", path.display()))
}

/// One line, with or without its end.
fn from(source: impl Read) -> Result<Password> {
    // As much as may be in it, and one byte more to see that it is too much: so the buffer never grows, which would leave
    // a copy behind.
    let most = LONGEST + "\r\n".len();
    let mut bytes = Zeroizing::new(vec![0; most + 1]);
    let mut filled = 0;
    let mut source = source;
    while filled < bytes.len() {
        match source.read(&mut bytes[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    if filled > most {
        bail!(UnfitPassword::TooLong);
    }
    let line = bytes[..filled].strip_suffix(b"\n").unwrap_or(&bytes[..filled]);
    Ok(Password::new(line.strip_suffix(b"\r").unwrap_or(line)))
}

/// Asks twice, until both are the same and fit.
fn from_terminal(name: &str) -> Result<Option<Password>> {
    let terminal = Silent::begin()?;
    loop {
        let Some(first) = terminal.line(&format!("Password for {name}: "))? else {
            return Ok(None);
        };
        if let Err(unfit) = first.check() {
            super::complain(&unfit.to_string());
            continue;
        }
        let Some(second) = terminal.line("The same again: ")? else {
            return Ok(None);
        };
        if first.is(&second) {
            return Ok(Some(first));
        }
        super::complain("these were two different passwords: try again");
    }
}

/// A terminal that shows nothing of what is typed, until dropped. Its keys are read as they come, Ctrl-C too, so that
/// no key can end the program and leave the terminal silent.
struct Silent {
    terminal: io::Stdin,
    before: Termios,
}

impl Silent {
    fn begin() -> Result<Self> {
        let terminal = io::stdin();
        let before = tcgetattr(&terminal).context("cannot silence the terminal")?;
        let mut silent = before.clone();
        silent
            .local_modes
            .remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
        silent.special_codes[SpecialCodeIndex::VMIN] = 1;
        silent.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(&terminal, OptionalActions::Flush, &silent).context("cannot silence the terminal")?;
        Ok(Self { terminal, before })
    }

    /// One line; none if Ctrl-C or Ctrl-D was typed, or the terminal is gone.
    fn line(&self, prompt: &str) -> Result<Option<Password>> {
        print::question(prompt)?;
        let typed = typed(&self.terminal);
        print::remark("")?;
        typed
    }
}

impl Drop for Silent {
    fn drop(&mut self) {
        // If the terminal is gone, nobody misses its echo.
        let _ = tcsetattr(&self.terminal, OptionalActions::Flush, &self.before);
    }
}

/// Reads keys up to Enter, past the buffer of standard input, which would keep them.
fn typed(terminal: &io::Stdin) -> Result<Option<Password>> {
    const CTRL_C: u8 = 0x03;
    const CTRL_D: u8 = 0x04;
    const CTRL_U: u8 = 0x15;
    const BACKSPACE: [u8; 2] = [0x08, 0x7f];
    // Room for one byte too many, so that too much is seen to be that.
    let mut line = Zeroizing::new(Vec::with_capacity(LONGEST + 1));
    let mut key = Zeroizing::new([0]);
    loop {
        match rustix::io::read(terminal, key.as_mut()) {
            Ok(0) => return Ok(None),
            Ok(_) => {}
            Err(rustix::io::Errno::INTR) => continue,
            Err(error) => return Err(error).context("cannot read the terminal"),
        }
        match key[0] {
            b'\r' | b'\n' => return Ok(Some(Password::new(&line))),
            CTRL_C | CTRL_D => return Ok(None),
            CTRL_U => line.clear(),
            key if BACKSPACE.contains(&key) => erase(&mut line),
            key if line.len() <= LONGEST => line.push(key),
            _ => {}
        }
    }
}

/// Takes the last character off.
fn erase(line: &mut Vec<u8>) {
    while let Some(byte) = line.pop() {
        let continues = byte & 0b1100_0000 == 0b1000_0000;
        if !continues {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_taken_without_its_end_and_nothing_else() -> Result<()> {
        for (bytes, password) in [
            ("correct horse", "correct horse"),
            ("correct horse\n", "correct horse"),
            (" correct horse \r\n", " correct horse "),
        ] {
            assert!(
                from(bytes.as_bytes())?.is(&Password::new(password.as_bytes())),
                "{bytes:?}"
            );
        }
        let two = from(b"correct horse\nbattery\n".as_slice())?;
        assert_eq!(two.check(), Err(UnfitPassword::Untypeable));
        let long = "x".repeat(LONGEST);
        assert_eq!(from(format!("{long}\r\n").as_bytes())?.check(), Ok(()));
        assert!(from(format!("{long}x\r\n").as_bytes()).is_err());
        Ok(())
    }

    #[test]
    fn a_whole_character_is_erased() {
        let mut line = "ñandú".as_bytes().to_vec();
        erase(&mut line);
        assert_eq!(line, "ñand".as_bytes());
        line.truncate(2);
        erase(&mut line);
        erase(&mut line);
        assert_eq!(line, b"");
    }
}
