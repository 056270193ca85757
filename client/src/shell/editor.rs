//! The line editor: rustyline on a thread of its own, since it blocks while a person types.

use std::io;
use std::path::PathBuf;
use std::sync::mpsc;

use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use rustyline::config::{Behavior, BellStyle};
use rustyline::error::ReadlineError;
use rustyline::history::DefaultHistory;
use rustyline::{ColorMode, CompletionType, Config};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::assistant::Assistant;
use super::event::{Event, Typed};
use super::prompt::Prompt;
use crate::catalogue::Shared;
use crate::folders;
use crate::layout::Page;
use crate::layout::color::Depth;
use crate::screen::{self, Screen};
use crate::secret_line;

/// Lines that the history keeps.
const HISTORY_LINES: usize = 10_000;

/// What an editor needs to know.
pub(crate) struct Setup {
    pub(crate) catalogue: Shared,
    pub(crate) history: Option<PathBuf>,
    pub(crate) page: Page,
    pub(crate) screen: Screen,
}

/// A handle on the thread. It ends when this is dropped, unless a prompt is open: then with the process.
pub(crate) struct Editor {
    prompts: mpsc::Sender<Prompt>,
    events: UnboundedReceiver<Event>,
    /// How the terminal was set before the first prompt.
    terminal: Option<Termios>,
}

impl Editor {
    pub(crate) fn start(setup: Setup) -> io::Result<Self> {
        let (prompts, asked) = mpsc::channel();
        let (sender, events) = unbounded_channel();
        std::thread::Builder::new()
            .name("editor".to_owned())
            .spawn(move || run(setup, &asked, &sender))?;
        Ok(Self {
            prompts,
            events,
            terminal: tcgetattr(io::stdin()).ok(),
        })
    }

    /// Makes the terminal echo again, when the process is to end while a prompt is open.
    pub(crate) fn restore_terminal(&self) {
        if let Some(terminal) = &self.terminal {
            // If the terminal is gone there is nothing to restore.
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, terminal);
            screen::leave_prompt();
        }
    }

    /// Opens a prompt; what is typed comes as an event.
    pub(crate) fn open(&self, prompt: Prompt) {
        // A thread that has ended has said so by an event.
        let _ = self.prompts.send(prompt);
    }

    /// Waits for the next event. Cancel safe.
    pub(crate) async fn next(&mut self) -> Event {
        let ended = || Event::Typed(Typed::Failed("the editor's thread ended".to_owned()));
        self.events.recv().await.unwrap_or_else(ended)
    }
}

type Line = rustyline::Editor<Assistant, DefaultHistory>;

fn run(setup: Setup, prompts: &mpsc::Receiver<Prompt>, events: &UnboundedSender<Event>) {
    let screen = setup.screen.clone();
    let history = setup.history.clone();
    let catalogue = setup.catalogue.clone();
    let mut editor = match create(setup, events.clone()) {
        Ok(editor) => editor,
        Err(error) => {
            let _ = events.send(Event::Typed(Typed::Failed(error.to_string())));
            return;
        }
    };
    while let Ok(prompt) = prompts.recv() {
        screen.prompt_opens();
        let read = editor.readline(&prompt);
        screen.prompt_closed();
        let typed = match read {
            Ok(line) => {
                if !secret_line::tells_secret(&line, &catalogue.current()) {
                    remember(&mut editor, &line, history.as_ref());
                }
                Typed::Line(line)
            }
            Err(ReadlineError::Interrupted) => Typed::Interrupted {
                was_empty: editor.helper().is_none_or(Assistant::saw_empty_line),
            },
            Err(ReadlineError::Eof) => Typed::End,
            Err(error) => Typed::Failed(error.to_string()),
        };
        if events.send(Event::Typed(typed)).is_err() {
            return;
        }
    }
}

fn create(setup: Setup, events: UnboundedSender<Event>) -> rustyline::Result<Line> {
    let has_colors = setup.page.palette.depth > Depth::None;
    // With standard output in a file, the prompt still belongs on the terminal.
    let behavior = if screen::is_seen() {
        Behavior::Stdio
    } else {
        Behavior::PreferTerm
    };
    let config = Config::builder()
        .max_history_size(HISTORY_LINES)?
        .history_ignore_dups(true)?
        .history_ignore_space(true)
        .completion_type(CompletionType::List)
        .completion_show_all_if_ambiguous(true)
        .completion_prompt_limit(usize::MAX)
        .bell_style(BellStyle::None)
        .color_mode(if has_colors {
            ColorMode::Enabled
        } else {
            ColorMode::Disabled
        })
        .behavior(behavior)
        .bracketed_paste(true)
        .build();
    let mut editor = Line::with_config(config)?;
    if let Some(path) = &setup.history {
        load_history(&mut editor, path, &setup.screen, setup.page);
    }
    // Where there is no such printer (`TERM=dumb`), messages are printed where the cursor is.
    if let Ok(printer) = editor.create_external_printer() {
        setup.screen.print_above_with(printer)?;
    }
    editor.set_helper(Some(Assistant::new(setup.catalogue, setup.page, events)));
    Ok(editor)
}

fn load_history(editor: &mut Line, path: &PathBuf, screen: &Screen, page: Page) {
    let made = path.parent().map_or(Ok(()), folders::create_private);
    let loaded = match made {
        Ok(()) => editor.load_history(path),
        Err(error) => Err(error.into()),
    };
    match loaded {
        Ok(()) => {}
        Err(ReadlineError::Io(error)) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => {
            let text = page.speech.cannot_use_file(path.display(), error);
            screen.above(&format!("{}\n", page.palette.dim(&text)));
        }
    }
}

/// Saved after each line: a shell that is killed forgets nothing.
fn remember(editor: &mut Line, line: &str, path: Option<&PathBuf>) {
    let was_added = editor.add_history_entry(line).unwrap_or(false);
    if was_added && let Some(path) = path {
        // It was said at the start if the file can't be used.
        let _ = editor.append_history(path);
    }
}
