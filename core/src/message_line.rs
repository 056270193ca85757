//! What people say to each other, as everybody may be sent it.

use caracola_wire::text;

/// Lines that one message may have. A screen holds about as many, and each counts as a message where those are limited.
pub const MOST_LINES: usize = 20;

/// One line that somebody says: clean, and not blank. Nobody is sent anything else, whatever they listen with; so it is made
/// where words come in, and nowhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageLine(String);

/// Why words can't be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnfitMessage {
    /// Nothing of them can be seen.
    Empty,
    /// More than there may be: [`MOST_LINES`], or fewer where a sender may never send as many at once.
    TooManyLines {
        /// How many there may be.
        most: usize,
    },
}

impl MessageLine {
    /// The lines of what somebody says: at least one. The line breaks in it would let a sender write whole lines of others, so
    /// each line becomes a message of its own.
    pub fn split(words: &str) -> Result<Vec<Self>, UnfitMessage> {
        let lines: Vec<_> = text::lines(words).take(MOST_LINES + 1).map(Self).collect();
        match lines.len() {
            0 => Err(UnfitMessage::Empty),
            1..=MOST_LINES => Ok(lines),
            _ => Err(UnfitMessage::TooManyLines { most: MOST_LINES }),
        }
    }

    /// The line.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<MessageLine> for String {
    fn from(line: MessageLine) -> Self {
        line.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(words: &str) -> Result<Vec<String>, UnfitMessage> {
        Ok(MessageLine::split(words)?.into_iter().map(String::from).collect())
    }

    #[test]
    fn each_line_is_a_message() {
        assert_eq!(split("one"), Ok(vec!["one".to_owned()]));
        assert_eq!(
            split("\r\none\u{2028}\x1b[2Jtwo\n"),
            Ok(vec!["one".to_owned(), "[2Jtwo".to_owned()])
        );
        assert_eq!(split("\u{200b} \n\u{3164}"), Err(UnfitMessage::Empty));
        assert_eq!(
            split(&"x\n".repeat(MOST_LINES)).map(|lines| lines.len()),
            Ok(MOST_LINES)
        );
        assert_eq!(
            split(&"x\n".repeat(MOST_LINES + 1)),
            Err(UnfitMessage::TooManyLines { most: MOST_LINES })
        );
    }
}
