//! Replies, errors and pushes become lines for one terminal. Whatever others wrote passes `sanitize` on its way.

pub(crate) mod card;
pub(crate) mod color;
pub(crate) mod image;
pub(crate) mod message;
pub(crate) mod sanitize;
pub(crate) mod stream;
mod table;
pub(crate) mod wrap;

use caracola_speech::amount;
use caracola_wire::{ErrorCode, ErrorReply, Exit, Reply};

use crate::screen;
use caracola_speech::Speech;
use color::{Depth, Palette, When};
use image::Picture;

/// Prose is folded at this many columns even where the terminal is wider: longer lines are hard to read.
const MAX_PROSE_COLUMNS: usize = 100;
/// Where standard output isn't a terminal, cards and tables are laid out for as many columns as the server's own text form.
const FILE_COLUMNS: usize = 80;
/// A program that ran longer than this, in milliseconds, is worth a word on how long it took.
const SLOW_MS: u64 = 3000;
/// A terminal needs this many columns for pictures.
const MIN_PICTURE_COLUMNS: usize = 60;

/// What the output can show.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page {
    /// Columns of the terminal; none when the output is a file or a pipe, where nothing is folded.
    pub(crate) columns: Option<usize>,
    pub(crate) palette: Palette,
    pub(crate) speech: Speech,
}

impl Page {
    /// Looks at standard output and the environment.
    pub(crate) fn of_stdout(when: When, speech: Speech) -> Self {
        let is_terminal = screen::is_seen();
        let depth = Depth::choose(when, is_terminal, |name| std::env::var(name).ok());
        Self {
            columns: is_terminal.then(terminal_columns),
            palette: Palette { depth },
            speech,
        }
    }

    /// The same page after the terminal may have been resized.
    pub(crate) fn measured_again(self) -> Self {
        Self {
            columns: self.columns.map(|_| terminal_columns()),
            ..self
        }
    }

    /// Columns for tables.
    fn table_columns(self) -> usize {
        self.columns.unwrap_or(usize::MAX)
    }

    /// Columns for cards.
    fn card_columns(self) -> usize {
        self.columns.unwrap_or(FILE_COLUMNS).min(MAX_PROSE_COLUMNS)
    }

    /// Columns for text as the server wrote it.
    fn text_columns(self) -> usize {
        self.columns
            .map_or(usize::MAX, |columns| columns.min(MAX_PROSE_COLUMNS))
    }

    /// What the client itself remarks, as folded and dimmed lines.
    pub(crate) fn remark(self, text: &str) -> String {
        wrap::painted(text, self.text_columns(), |line| self.palette.dim(line))
    }

    /// What the client itself finds wrong, as folded lines in the colour of errors.
    pub(crate) fn complaint(self, text: &str) -> String {
        wrap::painted(text, self.text_columns(), |line| self.palette.error(line))
    }

    /// Whether pictures are worth fetching.
    pub(crate) fn shows_pictures(self) -> bool {
        self.palette.depth > Depth::None && self.columns.is_some_and(|columns| columns >= MIN_PICTURE_COLUMNS)
    }
}

fn terminal_columns() -> usize {
    screen::columns().unwrap_or(FILE_COLUMNS)
}

/// A reply as lines, the last with its line end. Empty for a program that ended well.
pub(crate) fn reply(reply: &Reply, picture: Option<&Picture>, page: Page) -> String {
    match reply {
        Reply::Text(text) => prose(text, page),
        Reply::Card(card) => card::render(card, picture, page),
        Reply::Table(table) => table::render(table, page.table_columns(), page.palette),
        Reply::Image(image) => image::render(image, picture, page, page.speech),
        Reply::Exit(exit) => ending(exit, false, page),
    }
}

fn prose(text: &str, page: Page) -> String {
    let clean = sanitize::colored(text, page.palette.depth > Depth::None);
    let mut out = wrap::fold(&clean, page.text_columns()).join("\n");
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

/// How a program ended, as a line; empty if there is nothing to say about it. `tells_time`: say so too when it took long.
pub(crate) fn ending(exit: &Exit, tells_time: bool, page: Page) -> String {
    let mut parts = Vec::new();
    match (&exit.signal, exit.status) {
        // How a program says that all is well is its own business.
        _ if exit.is_success() => {}
        (Some(signal), _) => parts.push(page.speech.exit_signal(sanitize::line(signal))),
        (None, Some(status)) if status != 0 => parts.push(page.speech.exit_status(status)),
        (None, _) => {}
    }
    if exit.truncated {
        parts.push(page.speech.output_truncated());
        // There may be more to read of it.
        parts.extend(exit.job.iter().map(|job| page.speech.job(sanitize::line(job))));
    }
    if tells_time && exit.ms >= SLOW_MS {
        parts.push(amount::run_time(exit.ms));
    }
    if parts.is_empty() {
        return String::new();
    }
    format!("{}\n", page.palette.dim(&format!("({})", parts.join("; "))))
}

/// An error as lines: the sentence, and its code where the sentence alone might not tell what kind of error it is.
pub(crate) fn error(error: &ErrorReply, page: Page) -> String {
    let message = sanitize::line(&error.message);
    let says_it_all = matches!(
        error.known_code(),
        Some(
            ErrorCode::Unknown
                | ErrorCode::Usage
                | ErrorCode::Denied
                | ErrorCode::NoAuth
                | ErrorCode::WrongPass
                | ErrorCode::Cancelled
                | ErrorCode::Failed
                | ErrorCode::Timeout
        )
    );
    let code = sanitize::line(&error.code);
    let text = match (message.is_empty(), says_it_all) {
        (true, _) => code.into_owned(),
        (false, true) => message.into_owned(),
        (false, false) => format!("{message} ({code})"),
    };
    page.complaint(&text)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A page without colours.
    pub(crate) fn plain(columns: usize) -> Page {
        Page {
            columns: Some(columns),
            palette: Palette::plain(),
            speech: Speech::English,
        }
    }

    #[test]
    fn text_is_folded_on_a_terminal_and_left_alone_in_a_file() {
        let text = Reply::Text("one two three\n  four five six".to_owned());
        assert_eq!(reply(&text, None, plain(9)), "one two\nthree\n  four\n  five\n  six\n");
        let file = Page {
            columns: None,
            ..plain(9)
        };
        assert_eq!(reply(&text, None, file), "one two three\n  four five six\n");
    }

    #[test]
    fn colours_of_the_server_need_a_terminal_with_colours() {
        let text = Reply::Text("\x1b[31mred\x1b[2J".to_owned());
        assert_eq!(reply(&text, None, plain(80)), "red^[[2J\n");
    }

    #[test]
    fn a_program_that_ended_well_says_nothing() {
        let exit = |status, signal: Option<&str>, truncated| {
            let exit = Exit {
                status,
                signal: signal.map(str::to_owned),
                truncated,
                ..Exit::default()
            };
            reply(&Reply::Exit(exit), None, plain(80))
        };
        assert_eq!(exit(Some(0), None, false), "");
        assert_eq!(exit(Some(2), None, false), "(exit status 2)\n");
        assert_eq!(
            exit(None, Some("SIGTERM"), true),
            "(ended by SIGTERM; the output was cut short)\n"
        );
        let slow = Exit {
            status: Some(0),
            ms: 4200,
            job: Some("k7".to_owned()),
            ..Exit::default()
        };
        assert_eq!(ending(&slow, true, plain(80)), "(4.2 s)\n");
        assert_eq!(ending(&slow, false, plain(80)), "");
        let failed = Exit {
            status: Some(1),
            ..slow
        };
        assert_eq!(ending(&failed, true, plain(80)), "(exit status 1; 4.2 s)\n");
        let fine = Exit {
            ok: Some(true),
            ..failed.clone()
        };
        assert_eq!(ending(&fine, true, plain(80)), "(4.2 s)\n");
        let cut = Exit {
            truncated: true,
            ..failed
        };
        assert_eq!(
            ending(&cut, false, plain(80)),
            "(exit status 1; the output was cut short; job k7)\n"
        );
    }

    #[test]
    fn errors_say_the_message_first() {
        let shown = |code, message| error(&ErrorReply::new(code, message), plain(80));
        assert_eq!(
            shown(ErrorCode::Unknown, "no such command: lss"),
            "no such command: lss\n"
        );
        assert_eq!(shown(ErrorCode::Limit, "too fast"), "too fast (LIMIT)\n");
        assert_eq!(shown(ErrorCode::Err, ""), "ERR\n");
        assert_eq!(shown(ErrorCode::Unknown, "\x1b[2J"), "^[[2J\n");
    }
}
