//! The one place that prints for whoever called `caracolad`: what was asked for goes to standard output, all else that people
//! are told to standard error. A write that fails is an error of the subcommand's: a full disk or a reader that has gone must
//! not look like success.
#![expect(clippy::disallowed_methods, reason = "it is where they are allowed")]

use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write as _};

use anyhow::{Context as _, Result};

/// A line on standard output; in colour only where there is a terminal for it.
pub(super) fn line(text: impl Display) -> Result<()> {
    lines(&format!("{text}\n"))
}

/// The same for several lines, the last with its end.
pub(super) fn lines(text: &str) -> Result<()> {
    let mut stdout = anstream::stdout();
    let printed = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    printed.context(NO_OUTPUT)
}

/// The bytes as they are, on standard output, which may be another program's input.
pub(super) fn bytes(bytes: &[u8]) -> Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes).and_then(|()| stdout.flush()).context(NO_OUTPUT)
}

const NO_OUTPUT: &str = "cannot print on standard output";

/// A line for people, on standard error.
pub(super) fn remark(text: impl Display) -> Result<()> {
    writeln!(anstream::stderr(), "{text}").context("cannot print on standard error")
}

/// A question, on standard error: the answer is typed behind it.
pub(super) fn question(text: &str) -> Result<()> {
    let mut stderr = io::stderr();
    let asked = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
    asked.context("cannot ask on standard error")
}

/// What is wrong, on standard error. If nobody reads that, there is nobody to be told; the exit status says it too.
pub(super) fn complaint(sentence: &str) {
    let style = anstyle::AnsiColor::Red.on_default().bold();
    let _ = writeln!(anstream::stderr(), "{style}error{style:#}: {sentence}");
}

/// Columns of the terminal that shows what is printed on standard output; where there is none, as many as no line has.
pub(super) fn width() -> u16 {
    if !is_seen() {
        return u16::MAX;
    }
    let size = rustix::termios::tcgetwinsize(io::stdout());
    size.map_or(80, |size| size.ws_col.max(20))
}

/// Whether a person sees what is printed on standard output.
pub(super) fn is_seen() -> bool {
    io::stdout().is_terminal()
}

/// Whether a person sees what is printed on standard error.
pub(super) fn remarks_are_seen() -> bool {
    io::stderr().is_terminal()
}
