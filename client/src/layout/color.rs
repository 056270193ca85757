//! Whether the terminal shows colours, how many, and the few styles that the shell uses.

use std::fmt::Write as _;

/// How many colours there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Depth {
    None,
    /// The 256 of xterm.
    Indexed,
    /// 24 bits.
    True,
}

/// `--color`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum When {
    Auto,
    Always,
    Never,
}

impl Depth {
    /// `auto` colours a terminal unless `NO_COLOR` is set or `TERM` is `dumb`.
    pub(crate) fn choose(when: When, is_terminal: bool, variable: impl Fn(&str) -> Option<String>) -> Self {
        let is_set = |name| variable(name).is_some_and(|value| !value.is_empty());
        let is_dumb = variable("TERM").is_none_or(|term| term == "dumb" || term.is_empty());
        let wanted = match when {
            When::Always => true,
            When::Never => false,
            When::Auto => is_terminal && !is_dumb && !is_set("NO_COLOR"),
        };
        let is_true = variable("COLORTERM").is_some_and(|value| value == "truecolor" || value == "24bit");
        match (wanted, is_true) {
            (false, _) => Self::None,
            (true, true) => Self::True,
            (true, false) => Self::Indexed,
        }
    }
}

/// Paints text, or leaves it as it is where there are no colours.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Palette {
    pub(crate) depth: Depth,
}

impl Palette {
    #[cfg(test)]
    pub(crate) fn plain() -> Self {
        Self { depth: Depth::None }
    }

    pub(crate) fn bold(self, text: &str) -> String {
        self.paint(text, "1")
    }

    pub(crate) fn dim(self, text: &str) -> String {
        // Bright black, since faint (2) can't be read on many a terminal.
        self.paint(text, "90")
    }

    pub(crate) fn error(self, text: &str) -> String {
        self.paint(text, "31")
    }

    /// Headings of a card.
    pub(crate) fn heading(self, text: &str) -> String {
        self.paint(text, "1;33")
    }

    /// A command that can be typed as it stands.
    pub(crate) fn command(self, text: &str) -> String {
        self.paint(text, "36")
    }

    /// Rooms, and who is speaking.
    pub(crate) fn place(self, text: &str) -> String {
        self.paint(text, "35")
    }

    pub(crate) fn person(self, text: &str) -> String {
        self.paint(text, "32")
    }

    /// The name of a command that exists, as it is being typed.
    pub(crate) fn known(self, text: &str) -> String {
        self.paint(text, "1;32")
    }

    fn paint(self, text: &str, code: &str) -> String {
        if self.depth == Depth::None || text.is_empty() {
            return text.to_owned();
        }
        let mut out = String::with_capacity(text.len() + 12);
        // Writing to a String cannot fail.
        let _ = write!(out, "\x1b[{code}m{text}\x1b[0m");
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn depth(when: When, is_terminal: bool, variables: &[(&str, &str)]) -> Depth {
        Depth::choose(when, is_terminal, |name| {
            variables
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn asks_the_flag_the_terminal_and_the_environment() {
        let xterm = ("TERM", "xterm-256color");
        assert_eq!(depth(When::Auto, true, &[xterm]), Depth::Indexed);
        assert_eq!(
            depth(When::Auto, true, &[xterm, ("COLORTERM", "truecolor")]),
            Depth::True
        );
        assert_eq!(depth(When::Auto, true, &[xterm, ("NO_COLOR", "1")]), Depth::None);
        assert_eq!(depth(When::Auto, true, &[xterm, ("NO_COLOR", "")]), Depth::Indexed);
        assert_eq!(depth(When::Auto, true, &[("TERM", "dumb")]), Depth::None);
        assert_eq!(depth(When::Auto, false, &[xterm]), Depth::None);
        assert_eq!(depth(When::Always, false, &[("NO_COLOR", "1")]), Depth::Indexed);
        assert_eq!(depth(When::Never, true, &[xterm]), Depth::None);
    }
}
