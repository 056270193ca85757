//! The one place that prints. What can't be written is known afterwards: [`Screen::tell_unwritten`].
//!
//! While a prompt is open, what others say goes above it by rustyline's external printer. That printer blocks when the editor
//! isn't reading, as between Enter and the next prompt, so a thread of its own hands texts to it: nobody else ever waits for it.
#![expect(clippy::disallowed_methods, reason = "it is where they are allowed")]

use std::io::{self, IsTerminal as _, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use rustyline::ExternalPrinter;

/// Says something on standard error, before there is a session. Nobody is left to tell if that fails.
pub(crate) fn tell(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Asks a person something, or shows what they type: on the terminal, which either of the two may be. One that can't be
/// written to can't be answered from either.
pub(crate) fn ask(text: &str) {
    let _ = if errors_are_seen() {
        io::stderr().write_all(text.as_bytes())
    } else {
        let mut stdout = io::stdout();
        stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush())
    };
}

/// Leaves the line of a prompt that is open while the process ends. If the terminal is gone, there is none.
pub(crate) fn leave_prompt() {
    let _ = writeln!(io::stdout());
}

/// Whether standard output is a terminal.
pub(crate) fn is_seen() -> bool {
    io::stdout().is_terminal()
}

/// Whether standard error is a terminal.
pub(crate) fn errors_are_seen() -> bool {
    io::stderr().is_terminal()
}

/// Columns of the terminal that standard output is, if it tells them.
pub(crate) fn columns() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
    (size.ws_col > 0).then_some(usize::from(size.ws_col))
}

/// A handle; clones print to the same place.
#[derive(Clone)]
pub(crate) struct Screen {
    shared: Arc<Shared>,
    /// Errors go to standard error.
    splits_errors: bool,
    is_terminal: bool,
    /// Standard error.
    errors_are_terminal: bool,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Somebody is, or soon will be, typing.
    prompt_open: bool,
    /// Somebody is asked a question: what others say waits for the answer.
    asking: bool,
    /// Where on the terminal a program hasn't ended its line.
    open_line: Option<Target>,
    printer: Printer,
    /// What is to be printed above the prompt.
    waiting: String,
    /// Why something could not be written: whoever read our output has gone, or a disk is full.
    unwritten: Option<io::Error>,
}

#[derive(Clone, Copy)]
enum Target {
    Output,
    Errors,
}

/// The thread that prints above the prompt.
#[derive(Default, PartialEq, Eq)]
enum Printer {
    #[default]
    Missing,
    Idle,
    /// Perhaps for long: until the editor reads.
    HandingOver,
}

impl Screen {
    /// For a shell: everything goes to standard output.
    pub(crate) fn for_shell() -> Self {
        Self::new(false)
    }

    /// For `-c` and scripts: replies go to standard output and errors to standard error.
    pub(crate) fn for_script() -> Self {
        Self::new(true)
    }

    fn new(splits_errors: bool) -> Self {
        Self {
            shared: Arc::default(),
            splits_errors,
            is_terminal: is_seen(),
            errors_are_terminal: errors_are_seen(),
        }
    }

    /// Prints a reply. No prompt is open.
    pub(crate) fn out(&self, text: &str) {
        let mut state = self.state();
        if self.is_terminal {
            state.end_line();
        }
        state.write(text.as_bytes());
    }

    /// Prints what went wrong. No prompt is open.
    pub(crate) fn problem(&self, text: &str) {
        if !self.splits_errors {
            return self.out(text);
        }
        let mut state = self.state();
        if self.errors_are_terminal {
            state.end_line();
        }
        state.write_error(text.as_bytes());
    }

    /// Prints what a program wrote to its standard output (1) or standard error (2).
    pub(crate) fn output(&self, stream: usize, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let target = self.target(stream);
        let mut state = self.state();
        if self.shows(stream) {
            state.open_line = (!ends_line(bytes)).then_some(target);
        }
        match target {
            Target::Output => state.write(bytes),
            Target::Errors => state.write_error(bytes),
        }
    }

    /// Whether what a program writes there is shown by a terminal.
    pub(crate) fn shows(&self, stream: usize) -> bool {
        match self.target(stream) {
            Target::Output => self.is_terminal || !self.splits_errors,
            Target::Errors => self.errors_are_terminal,
        }
    }

    fn target(&self, stream: usize) -> Target {
        if stream == 2 && self.splits_errors {
            Target::Errors
        } else {
            Target::Output
        }
    }

    /// Ends the line that a program left open, so that a prompt doesn't overwrite it.
    pub(crate) fn end_line(&self) {
        self.state().end_line();
    }

    /// Somebody is asked a question: what others say waits until [`Screen::asked`].
    pub(crate) fn asks(&self) {
        let mut state = self.state();
        state.end_line();
        state.asking = true;
    }

    /// The question is answered, or taken back.
    pub(crate) fn asked(&self) {
        let mut state = self.state();
        state.asking = false;
        state.write_waiting();
    }

    /// Prints whole lines that aren't a reply: above the prompt if one is open, else where the cursor is.
    pub(crate) fn above(&self, text: &str) {
        let mut state = self.state();
        match state.printer {
            _ if state.asking => state.waiting.push_str(text),
            Printer::Idle if !state.prompt_open => state.write_line(text),
            Printer::Missing => state.write_line(text),
            Printer::Idle | Printer::HandingOver => {
                state.waiting.push_str(text);
                self.shared.changed.notify_one();
            }
        }
    }

    /// Whether there is no use in printing any more.
    pub(crate) fn is_broken(&self) -> bool {
        self.state().unwritten.is_some()
    }

    /// Tells why not all could be printed, and returns whether there was anything to tell: a reader that has gone wants no more.
    pub(crate) fn tell_unwritten(&self) -> bool {
        let state = self.state();
        let is_told = |error: &&io::Error| error.kind() != io::ErrorKind::BrokenPipe;
        let Some(error) = state.unwritten.as_ref().filter(is_told) else {
            return false;
        };
        tell(&format!("caracola: cannot print: {error}"));
        true
    }

    /// Starts the thread that prints above the prompt. It ends with the process.
    pub(crate) fn print_above_with(&self, mut printer: impl ExternalPrinter + Send + 'static) -> io::Result<()> {
        let screen = self.clone();
        self.state().printer = Printer::Idle;
        let started = std::thread::Builder::new()
            .name("above the prompt".to_owned())
            .spawn(move || {
                loop {
                    let text = screen.next_waiting();
                    let failed = printer.print(text.clone()).is_err();
                    let mut state = screen.state();
                    state.printer = Printer::Idle;
                    if failed {
                        state.write(text.as_bytes());
                    }
                }
            });
        if started.is_err() {
            self.state().printer = Printer::Missing;
        }
        started.map(drop)
    }

    /// The editor is about to read a line.
    pub(crate) fn prompt_opens(&self) {
        self.state().prompt_open = true;
        self.shared.changed.notify_one();
    }

    /// The editor has read its line: what still waits is printed now.
    pub(crate) fn prompt_closed(&self) {
        let mut state = self.state();
        state.prompt_open = false;
        state.write_waiting();
    }

    fn next_waiting(&self) -> String {
        let mut state = self.state();
        while state.waiting.is_empty() || !state.prompt_open {
            state = self.shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.printer = Printer::HandingOver;
        std::mem::take(&mut state.waiting)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Writes at once, so that no other text comes in between.
    fn write(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let mut stdout = io::stdout().lock();
        let written = stdout.write_all(bytes).and_then(|()| stdout.flush());
        self.note(written);
    }

    fn write_error(&mut self, bytes: &[u8]) {
        let written = io::stderr().write_all(bytes);
        self.note(written);
    }

    fn note(&mut self, written: io::Result<()>) {
        if let Err(error) = written {
            self.unwritten.get_or_insert(error);
        }
    }

    fn write_line(&mut self, text: &str) {
        self.end_line();
        self.write(text.as_bytes());
    }

    fn end_line(&mut self) {
        match self.open_line.take() {
            Some(Target::Output) => self.write(b"\n"),
            Some(Target::Errors) => self.write_error(b"\n"),
            None => {}
        }
    }

    fn write_waiting(&mut self) {
        if self.printer != Printer::HandingOver && !self.waiting.is_empty() {
            let waiting = std::mem::take(&mut self.waiting);
            self.write_line(&waiting);
        }
    }
}

/// Whether the cursor stands at the start of a line after this; a colour that ends there doesn't move it.
fn ends_line(bytes: &[u8]) -> bool {
    let mut bytes = bytes;
    while let Some(shorter) = bytes.strip_suffix(b"\x1b[0m") {
        bytes = shorter;
    }
    bytes.ends_with(b"\n")
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
    use std::time::Duration;

    use super::*;

    /// As rustyline's: holds one text and blocks on the next until someone reads.
    struct Bounded(SyncSender<String>);

    impl ExternalPrinter for Bounded {
        fn print(&mut self, text: String) -> rustyline::Result<()> {
            self.0
                .send(text)
                .map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe).into())
        }
    }

    fn screen() -> (Screen, Receiver<String>) {
        let (sender, receiver) = sync_channel(1);
        let screen = Screen::for_shell();
        screen.print_above_with(Bounded(sender)).expect("a thread");
        (screen, receiver)
    }

    fn all(receiver: &Receiver<String>, until: &str) -> String {
        let mut text = String::new();
        while !text.ends_with(until) {
            let more = receiver.recv_timeout(Duration::from_secs(5));
            text.push_str(&more.expect("handed over in time"));
        }
        text
    }

    #[test]
    fn nobody_waits_for_an_editor_that_does_not_read() {
        let (screen, receiver) = screen();
        screen.prompt_opens();
        for number in 0..100 {
            screen.above(&format!("{number}\n"));
        }
        // The editor reads none of them yet, and nothing here may wait for it.
        screen.out("");
        let expected: Vec<String> = (0..100).map(|number| number.to_string()).collect();
        assert_eq!(all(&receiver, "\n99\n").lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_closed_prompt_does_not_wait_either() {
        let (screen, receiver) = screen();
        screen.prompt_opens();
        for number in 0..10 {
            screen.above(&format!("{number}\n"));
        }
        screen.prompt_closed();
        screen.out("");
        screen.prompt_opens();
        screen.above("last\n");
        // What was handed over before the prompt closed comes first.
        assert!(all(&receiver, "last\n").ends_with("last\n"));
    }

    #[test]
    fn a_colour_does_not_move_the_cursor() {
        assert!(ends_line(b"a\n") && ends_line(b"\x1b[31ma\n\x1b[0m"));
        assert!(!ends_line(b"a") && !ends_line(b"\na\x1b[0m"));
    }

    #[test]
    fn without_a_prompt_texts_are_not_held() {
        let (screen, receiver) = screen();
        screen.above("");
        screen.prompt_opens();
        screen.above("first\n");
        assert_eq!(all(&receiver, "first\n"), "first\n");
    }
}
