//! Questions to the person at the terminal, before the first prompt or between two of them.
//!
//! Keys are read one by one with the terminal's own echo off, so that an answer can stay unseen, and Ctrl-C is a key like
//! any other. Whatever ends a question, the terminal is as it was.

use std::io::{self, IsTerminal as _, PipeReader};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::{Errno, read};
use rustix::termios::{InputModes, LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use crate::layout::sanitize::is_hidden;
use crate::screen;
use crate::secret::Secret;

/// Whether the answer is seen as it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Echo {
    Seen,
    Unseen,
}

/// Whether there is anybody to ask.
pub(crate) fn has_person() -> bool {
    io::stdin().is_terminal() && (screen::errors_are_seen() || screen::is_seen())
}

/// Asks, and waits for a line; none if the person wants none of it: Ctrl-C, Ctrl-D, a terminal that is gone. Cancel safe:
/// the question is taken back. What was typed before the question is not an answer to it.
pub(crate) async fn ask(question: &str, echo: Echo) -> io::Result<Option<Secret>> {
    let _raw = Raw::enter()?;
    screen::ask(question);
    // Its other end closes when this is dropped, and that ends the thread.
    let (taken_back, _question) = io::pipe()?;
    let (answer, answered) = oneshot::channel();
    std::thread::Builder::new()
        .name("question".to_owned())
        .spawn(move || _ = answer.send(read_line(echo, &taken_back)))?;
    Ok(answered.await.ok().flatten())
}

/// As [`ask`], for an answer that is not a secret.
pub(crate) async fn ask_openly(question: &str) -> io::Result<Option<String>> {
    let answer = ask(question, Echo::Seen).await?;
    Ok(answer.map(|line| String::from_utf8_lossy(line.expose()).into_owned()))
}

/// Reads keys up to the end of the line, and none behind it.
fn read_line(echo: Echo, taken_back: &PipeReader) -> Option<Secret> {
    let stdin = io::stdin();
    let mut typing = Typing::new(echo);
    let mut byte = Zeroizing::new([0]);
    loop {
        let mut fds = [
            PollFd::new(taken_back, PollFlags::IN),
            PollFd::new(&stdin, PollFlags::IN),
        ];
        match poll(&mut fds, None) {
            Ok(_) if !fds[0].revents().is_empty() => return None,
            Ok(_) => {}
            Err(Errno::INTR) => continue,
            Err(_) => return None,
        }
        match read(&stdin, byte.as_mut_slice()) {
            Ok(0) | Err(_) => return None,
            Ok(_) => {}
        }
        match typing.press(byte[0]) {
            Key::Typed(shown) => screen::ask(&shown),
            Key::Done => return Some(typing.line),
            Key::GivenUp => return None,
        }
    }
}

/// The terminal gives each key as it is pressed, and shows none, until this is dropped.
struct Raw {
    before: Termios,
}

impl Raw {
    fn enter() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut raw = before.clone();
        raw.local_modes -= LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG | LocalModes::IEXTEN;
        raw.input_modes -= InputModes::IXON;
        raw.special_codes[SpecialCodeIndex::VMIN] = 1;
        raw.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(io::stdin(), OptionalActions::Flush, &raw)?;
        Ok(Self { before })
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        screen::ask("\n");
        // If the terminal is gone there is nothing to restore.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.before);
    }
}

/// What a key did.
#[derive(Debug, PartialEq, Eq)]
enum Key {
    /// With what the terminal is to show of it.
    Typed(String),
    Done,
    GivenUp,
}

/// A line that is being typed.
struct Typing {
    line: Secret,
    echo: Echo,
    escape: Escape,
    /// The bytes of the character that is being typed, for the echo.
    character: Zeroizing<Vec<u8>>,
}

/// Keys such as the arrows send several bytes, none of which is part of an answer.
#[derive(PartialEq, Eq)]
enum Escape {
    None,
    Begun,
    Sequence,
}

impl Typing {
    fn new(echo: Echo) -> Self {
        Self {
            line: Secret::empty(),
            echo,
            escape: Escape::None,
            character: Zeroizing::new(Vec::with_capacity(4)),
        }
    }

    fn press(&mut self, byte: u8) -> Key {
        match self.escape {
            Escape::None => {}
            Escape::Begun => {
                self.escape = if matches!(byte, b'[' | b'O') {
                    Escape::Sequence
                } else {
                    Escape::None
                };
                return Key::Typed(String::new());
            }
            Escape::Sequence => {
                if (0x40..0x7f).contains(&byte) {
                    self.escape = Escape::None;
                }
                return Key::Typed(String::new());
            }
        }
        match byte {
            b'\n' | b'\r' => Key::Done,
            // Ctrl-C, and Ctrl-D on an empty line.
            0x03 => Key::GivenUp,
            0x04 if self.line.is_empty() => Key::GivenUp,
            0x08 | 0x7f => Key::Typed(self.take_back(1)),
            // Ctrl-U.
            0x15 => Key::Typed(self.take_back(usize::MAX)),
            0x1b => {
                self.escape = Escape::Begun;
                Key::Typed(String::new())
            }
            b'\t' | b' '..=0xff => {
                self.line.push(byte);
                Key::Typed(self.shown(byte))
            }
            _ => Key::Typed(String::new()),
        }
    }

    /// Takes up to so many characters away, and says what wipes them off the screen.
    fn take_back(&mut self, count: usize) -> String {
        let mut wipes = String::new();
        for _ in 0..count {
            if !self.line.pop() {
                break;
            }
            if self.echo == Echo::Seen {
                wipes.push_str("\x08 \x08");
            }
        }
        wipes
    }

    /// The character that this byte ends, if it is to be seen.
    fn shown(&mut self, byte: u8) -> String {
        if self.echo == Echo::Unseen || byte == b'\t' {
            return String::new();
        }
        if byte & 0xc0 != 0x80 || self.character.len() == 4 {
            self.character.clear();
        }
        self.character.push(byte);
        let text = std::str::from_utf8(&self.character).unwrap_or_default();
        // Above 0x7f there are control characters too.
        text.chars().filter(|character| !is_hidden(*character)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was typed in the end, and what was seen of it.
    fn typed(keys: &str, echo: Echo) -> (Option<String>, String) {
        let mut typing = Typing::new(echo);
        let mut seen = String::new();
        for byte in keys.bytes() {
            match typing.press(byte) {
                Key::Typed(shown) => seen.push_str(&shown),
                Key::Done => break,
                Key::GivenUp => return (None, seen),
            }
        }
        (Some(String::from_utf8_lossy(typing.line.expose()).into_owned()), seen)
    }

    #[test]
    fn an_answer_is_seen_or_not() {
        assert_eq!(typed("sí\n", Echo::Seen), (Some("sí".into()), "sí".into()));
        assert_eq!(
            typed("pässwörd 1\r", Echo::Unseen),
            (Some("pässwörd 1".into()), String::new())
        );
    }

    #[test]
    fn mistakes_can_be_corrected() {
        assert_eq!(typed("nó\x7fo\n", Echo::Unseen).0.as_deref(), Some("no"));
        assert_eq!(
            typed("a\x7f\x7f\x7fb\n", Echo::Seen),
            (Some("b".into()), "a\x08 \x08b".into())
        );
        assert_eq!(typed("all wrong\x15right\n", Echo::Unseen).0.as_deref(), Some("right"));
        assert_eq!(
            typed("no\x15y\n", Echo::Seen),
            (Some("y".into()), "no\x08 \x08\x08 \x08y".into())
        );
    }

    #[test]
    fn arrows_and_control_keys_are_no_part_of_it() {
        assert_eq!(
            typed("a\x1b[A\x1b[1;5Cb\x1bOPc\x00\x01d\n", Echo::Unseen).0.as_deref(),
            Some("abcd")
        );
    }

    #[test]
    fn can_be_given_up() {
        assert_eq!(typed("secr\x03", Echo::Unseen), (None, String::new()));
        assert_eq!(typed("\x04", Echo::Unseen).0, None);
        assert_eq!(typed("a\x04b\n", Echo::Unseen).0.as_deref(), Some("ab"));
    }

    #[test]
    fn what_is_seen_is_harmless() {
        assert_eq!(typed("a\u{9b}2Jb\n", Echo::Seen).1, "a2Jb");
    }
}
