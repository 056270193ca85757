//! Text from outside as it may stand in one sentence or one line of the log: bounded, with a mark where it was cut.
//!
//! What a program wrote, what a plugin said, what was typed and what a file holds may each be as long as its own limit
//! allows. None of that belongs whole into an error, a notice or a log line, so all of them are cut here.

/// Characters of a word that is told back. Long enough to recognise what one typed.
const WORD: usize = 40;
/// Bytes of a line that a program or a file has, the mark included. Two lines of a wide terminal; errors of most programs
/// fit.
pub const LINE: usize = 256;
/// Bytes of a sentence that a plugin says on purpose, the mark included: it may explain itself, not send a page.
pub const SENTENCE: usize = 1024;
/// Stands where something was left out.
const MARK: char = '…';

/// A word as it may be told back.
pub fn word(text: &str) -> String {
    characters(text, WORD)
}

/// A word as it may be told back outside quotes that escape it: nothing in it moves a cursor.
pub fn escaped_word(text: &str) -> String {
    let mut shown: String = text.chars().take(WORD).flat_map(char::escape_debug).collect();
    if text.chars().nth(WORD).is_some() {
        shown.push(MARK);
    }
    shown
}

/// At most `most` characters of a text, and the mark if it has more.
pub fn characters(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}{MARK}", &text[..end]),
    }
}

/// At most `most` bytes of a text, the mark included if it has more. Cuts between characters.
pub fn bytes(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(most.saturating_sub(MARK.len_utf8()));
    format!("{}{MARK}", &text[..end])
}

/// The first `most` lines of a text, each of at most [`LINE`] bytes.
pub fn lines(text: &str, most: usize) -> String {
    let lines: Vec<_> = text.lines().take(most).map(|line| bytes(line, LINE)).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_fits_is_whole() {
        assert_eq!(bytes("short", 5), "short");
        assert_eq!(characters("día", 3), "día");
        assert_eq!(word(&"é".repeat(WORD)), "é".repeat(WORD));
    }

    #[test]
    fn what_is_cut_says_so() {
        assert_eq!(bytes("longer", 5), "lo…");
        assert_eq!(characters("días", 3), "día…");
        assert_eq!(escaped_word(&"\n".repeat(50)), format!("{}…", "\\n".repeat(WORD)));
        assert_eq!(lines("one\ntwo\nthree", 2), "one\ntwo");
        assert_eq!(lines(&"x".repeat(1000), 2).len(), LINE);
    }

    proptest! {
        #[test]
        fn bytes_are_at_most_so_many(text in ".{0,100}", most in 3usize..120) {
            let cut = bytes(&text, most);
            prop_assert!(cut.len() <= most);
            prop_assert!(cut == text || cut.ends_with(MARK));
        }
    }
}
