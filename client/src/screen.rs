//! The one place that prints once a session is open.
//!
//! While a prompt is open, what others say goes above it by rustyline's external printer. That printer blocks when the editor
//! isn't reading, as between Enter and the next prompt, so a thread of its own hands texts to it: nobody else ever waits for it.

use std::io::{self, Write as _};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use rustyline::ExternalPrinter;

/// A handle; clones print to the same place.
#[derive(Clone)]
pub(crate) struct Screen {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Somebody is, or soon will be, typing.
    prompt_open: bool,
    /// There is a thread that prints above the prompt.
    has_printer: bool,
    /// That thread is just handing a text over.
    is_handing_over: bool,
    /// What is to be printed above the prompt.
    waiting: String,
    /// Errors go to standard error.
    splits_errors: bool,
    /// Whoever read our output has gone.
    is_broken: bool,
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
        let state = State {
            splits_errors,
            ..State::default()
        };
        Self {
            shared: Arc::new(Shared {
                state: Mutex::new(state),
                changed: Condvar::new(),
            }),
        }
    }

    /// Prints a reply. No prompt is open.
    pub(crate) fn out(&self, text: &str) {
        self.state().write(text);
    }

    /// Prints what went wrong. No prompt is open.
    pub(crate) fn problem(&self, text: &str) {
        let mut state = self.state();
        if state.splits_errors {
            // Nobody is left to tell if this fails.
            let _ = io::stderr().write_all(text.as_bytes());
        } else {
            state.write(text);
        }
    }

    /// Prints whole lines that aren't a reply: above the prompt if one is open, else where the cursor is.
    pub(crate) fn above(&self, text: &str) {
        let mut state = self.state();
        if state.has_printer && (state.prompt_open || state.is_handing_over) {
            state.waiting.push_str(text);
            self.shared.changed.notify_one();
        } else {
            state.write(text);
        }
    }

    /// Whether there is no use in printing any more.
    pub(crate) fn is_broken(&self) -> bool {
        self.state().is_broken
    }

    /// Starts the thread that prints above the prompt. It ends with the process.
    pub(crate) fn print_above_with(&self, mut printer: impl ExternalPrinter + Send + 'static) -> io::Result<()> {
        let screen = self.clone();
        std::thread::Builder::new()
            .name("above the prompt".to_owned())
            .spawn(move || {
                loop {
                    let text = screen.next_waiting();
                    let failed = printer.print(text.clone()).is_err();
                    let mut state = screen.state();
                    state.is_handing_over = false;
                    if failed {
                        state.write(&text);
                    }
                }
            })?;
        self.state().has_printer = true;
        Ok(())
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
        if !state.is_handing_over {
            let waiting = std::mem::take(&mut state.waiting);
            state.write(&waiting);
        }
    }

    fn next_waiting(&self) -> String {
        let mut state = self.state();
        while state.waiting.is_empty() || !state.prompt_open {
            state = self.shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.is_handing_over = true;
        std::mem::take(&mut state.waiting)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Writes at once, so that no other text comes in between.
    fn write(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        let mut stdout = io::stdout().lock();
        let result = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
        if result.is_err() {
            self.is_broken = true;
        }
    }
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
        let expected: String = (0..100).map(|number| format!("{number}\n")).collect();
        assert_eq!(all(&receiver, "\n99\n"), expected);
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
    fn without_a_prompt_texts_are_not_held() {
        let (screen, receiver) = screen();
        screen.above("");
        screen.prompt_opens();
        screen.above("first\n");
        assert_eq!(all(&receiver, "first\n"), "first\n");
    }
}
