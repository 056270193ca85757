//! The line editor: rustyline on a thread of its own, since it blocks while a person types.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::io::{self, IsTerminal as _};
use std::path::PathBuf;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use rustyline::completion::Completer;
use rustyline::config::{Behavior, BellStyle};
use rustyline::error::ReadlineError;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::history::{DefaultHistory, SearchDirection};
use rustyline::validate::Validator;
use rustyline::{ColorMode, CompletionType, Config, Context, Helper};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::complete::{self, Asked, Choice, Sources};
use super::hint::{self, Ghost};
use super::prompt::Prompt;
use super::words;
use crate::catalogue::Shared;
use crate::folders;
use crate::layout::Page;
use crate::layout::color::Depth;
use crate::screen::Screen;

/// Lines that the history keeps.
const HISTORY_LINES: usize = 10_000;
/// Completion doesn't wait longer than this for what only the server knows.
const ANSWER_LIMIT: Duration = Duration::from_millis(300);
/// For so long the last answer does: Tab is often pressed twice.
const ANSWER_LIFE: Duration = Duration::from_secs(2);

/// What the person did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Typed {
    Line(String),
    /// Ctrl-C.
    Interrupted {
        was_empty: bool,
    },
    /// Ctrl-D.
    End,
    /// The terminal is gone, or never was one.
    Failed(String),
}

/// Completion wants to know something from the server.
#[derive(Debug)]
pub(crate) struct Question {
    pub(crate) asked: Asked,
    pub(crate) answer: mpsc::SyncSender<Vec<String>>,
}

/// What comes from the editor's thread.
#[derive(Debug)]
pub(crate) enum Event {
    Typed(Typed),
    Question(Question),
}

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
}

impl Editor {
    pub(crate) fn start(setup: Setup) -> io::Result<Self> {
        let (prompts, asked) = mpsc::channel();
        let (sender, events) = unbounded_channel();
        std::thread::Builder::new()
            .name("editor".to_owned())
            .spawn(move || run(setup, &asked, &sender))?;
        Ok(Self { prompts, events })
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
                remember(&mut editor, &line, history.as_ref());
                Typed::Line(line)
            }
            Err(ReadlineError::Interrupted) => Typed::Interrupted {
                was_empty: editor.helper().is_none_or(|helper| helper.is_empty.get()),
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
    let behavior = if io::stdout().is_terminal() {
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
    editor.set_helper(Some(Assistant {
        catalogue: setup.catalogue,
        page: setup.page,
        events,
        answers: RefCell::new(HashMap::new()),
        is_empty: Cell::new(true),
    }));
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

/// What helps while typing: completion, hints, colours.
struct Assistant {
    catalogue: Shared,
    page: Page,
    events: UnboundedSender<Event>,
    answers: RefCell<HashMap<Asked, (Instant, Vec<String>)>>,
    /// Whether the line was empty when it was last drawn.
    is_empty: Cell<bool>,
}

impl Assistant {
    /// Asks the server, through the thread that talks with it, and gives up after [`ANSWER_LIMIT`].
    fn ask(&self, asked: Asked) -> Vec<String> {
        if let Some((when, names)) = self.answers.borrow().get(&asked)
            && when.elapsed() < ANSWER_LIFE
        {
            return names.clone();
        }
        let (answer, answered) = mpsc::sync_channel(1);
        if self.events.send(Event::Question(Question { asked, answer })).is_err() {
            return Vec::new();
        }
        let names = answered.recv_timeout(ANSWER_LIMIT).unwrap_or_default();
        self.answers.borrow_mut().insert(asked, (Instant::now(), names.clone()));
        names
    }
}

impl Helper for Assistant {}

impl Validator for Assistant {}

impl Completer for Assistant {
    type Candidate = Choice;

    fn complete(&self, line: &str, cursor: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Choice>)> {
        let catalogue = self.catalogue.current();
        let sources = Sources {
            catalogue: &catalogue,
            ask: &|asked| self.ask(asked),
            speech: self.page.speech,
            columns: self.page.measured_again().columns.unwrap_or(80).saturating_sub(1),
        };
        Ok(complete::complete(line, cursor, &sources))
    }
}

impl Hinter for Assistant {
    type Hint = Ghost;

    fn hint(&self, line: &str, cursor: usize, context: &Context<'_>) -> Option<Ghost> {
        self.is_empty.set(line.is_empty());
        let earlier = |text: &str| {
            let last = context.history().len().checked_sub(1)?;
            let found = context.history().starts_with(text, last, SearchDirection::Reverse);
            Some(found.ok()??.entry.into_owned())
        };
        hint::hint(line, cursor, &self.catalogue.current(), earlier)
    }
}

impl Highlighter for Assistant {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        Cow::Owned(painted(line, &self.catalogue, self.page))
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        Cow::Owned(self.page.palette.dim(hint))
    }

    fn highlight_candidate<'c>(&self, candidate: &'c str, _: CompletionType) -> Cow<'c, str> {
        match candidate.split_once("  ") {
            Some((value, about)) => {
                let about = self.page.palette.dim(about);
                Cow::Owned(format!("{}  {about}", self.page.palette.bold(value)))
            }
            None => Cow::Borrowed(candidate),
        }
    }

    fn highlight_char(&self, _: &str, _: usize, kind: CmdKind) -> bool {
        kind != CmdKind::MoveCursor
    }
}

/// The line with its command's name coloured: as known, or as unknown once a blank shows that it is complete.
fn painted(line: &str, catalogue: &Shared, page: Page) -> String {
    let start = line.len() - line.trim_start().len();
    let text = &line[start..];
    let catalogue = catalogue.current();
    let (name_words, is_known) = match catalogue.find_in_line(text) {
        Some((_, words)) => (words, true),
        None => (1, words::is_own(text.split_whitespace().next().unwrap_or_default())),
    };
    let end = nth_word_end(text, name_words);
    let (name, rest) = text.split_at(end);
    let may_grow = rest.is_empty() && catalogue.starting_with(name, true).next().is_some();
    let shown = if is_known {
        page.palette.known(name)
    } else if may_grow || text.starts_with(':') || catalogue.is_empty() {
        name.to_owned()
    } else {
        page.palette.error(name)
    };
    format!("{}{shown}{rest}", &line[..start])
}

/// Where the word with this number (from 1) ends, in bytes.
fn nth_word_end(text: &str, number: usize) -> usize {
    let mut end = 0;
    for _ in 0..number {
        let rest = &text[end..];
        let skipped = rest.len() - rest.trim_start().len();
        let word = rest.trim_start();
        end += skipped + word.find(char::is_whitespace).unwrap_or(word.len());
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::tests::index;
    use crate::layout::color::Palette;
    use crate::layout::tests::plain;
    use crate::layout::wrap;

    fn shown(line: &str) -> String {
        let catalogue = Shared::default();
        catalogue.replace(index());
        let page = Page {
            palette: Palette { depth: Depth::Indexed },
            ..plain(80)
        };
        painted(line, &catalogue, page)
    }

    #[test]
    fn known_and_unknown_names_look_different() {
        assert_eq!(shown("ls -l"), "\x1b[1;32mls\x1b[0m -l");
        assert_eq!(shown("  git  commit -m"), "  \x1b[1;32mgit  commit\x1b[0m -m");
        assert_eq!(shown("lss"), "\x1b[31mlss\x1b[0m");
        assert_eq!(shown("l"), "l");
        assert_eq!(shown("l x"), "\x1b[31ml\x1b[0m x");
        assert_eq!(shown(":help"), "\x1b[1;32m:help\x1b[0m");
        assert_eq!(shown(""), "");
    }

    #[test]
    fn colours_never_change_the_width() {
        for line in ["ls", " ünï 日本", "git commit 'a", ":x y", "   "] {
            assert_eq!(wrap::width(&shown(line)), wrap::width(line), "{line}");
        }
    }
}
