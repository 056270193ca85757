//! The shell: a prompt, lines run in turn, and messages above the prompt while somebody types.

pub(crate) mod complete;
pub(crate) mod editor;
mod hint;
pub(crate) mod prompt;
pub(crate) mod words;

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::sleep;

use crate::connection::Route;
use crate::conversation::opening::{self, Opened, Wishes};
use crate::conversation::{Conversation, Interrupts, Outcome, Setting};
use crate::exit_status::ExitStatus;
use crate::layout::color::Depth;
use crate::layout::{Page, message, sanitize, wrap};
use crate::script;
use crate::session::Lost;
use editor::{Editor, Event, Typed};
use words::{Action, Run};

/// A file for `:source` is no larger than this, in bytes.
const MAX_SOURCE_BYTES: u64 = 1024 * 1024;
/// Lines that leave even when no server is there to understand them.
const FAREWELLS: [&str; 4] = ["quit", "exit", "salir", "logout"];

/// What a shell needs besides a session.
pub(crate) struct Setup {
    pub(crate) route: Route,
    pub(crate) wishes: Wishes,
    pub(crate) setting: Setting,
    pub(crate) history: Option<PathBuf>,
}

/// A shell with somebody at it.
pub(crate) struct Shell {
    route: Route,
    wishes: Wishes,
    setting: Setting,
    editor: Editor,
    interrupts: Interrupts,
    /// None while there is no connection.
    conversation: Option<Conversation>,
}

/// Whether to open another prompt.
enum Next {
    Prompt,
    Leave(ExitStatus),
}

impl Shell {
    /// Greets, then reads and runs lines until the person leaves.
    pub(crate) async fn run(setup: Setup, opened: Opened) -> io::Result<ExitStatus> {
        let Setup {
            route,
            wishes,
            setting,
            history,
        } = setup;
        let interrupts = Interrupts::new()?;
        greet(&opened.welcome.welcome, &setting);
        let editor = Editor::start(editor::Setup {
            catalogue: setting.catalogue.clone(),
            history,
            page: setting.page,
            screen: setting.screen.clone(),
        })?;
        let shell = Self {
            conversation: Some(Conversation::new(opened, setting.clone())),
            route,
            wishes,
            setting,
            editor,
            interrupts,
        };
        Ok(shell.prompts().await)
    }

    async fn prompts(mut self) -> ExitStatus {
        loop {
            self.setting.page = self.setting.page.measured_again();
            let page = self.setting.page;
            self.editor.open(match &mut self.conversation {
                Some(conversation) => {
                    conversation.turn_to(page);
                    prompt::prompt(conversation.place(), page)
                }
                None => prompt::disconnected(page),
            });
            let typed = self.typed().await;
            if let Next::Leave(status) = self.act(typed).await {
                return status;
            }
        }
    }

    /// Waits for a line while messages come in and the editor's questions are answered.
    async fn typed(&mut self) -> Typed {
        loop {
            let conversation = &mut self.conversation;
            let listen = async {
                match conversation {
                    Some(conversation) => conversation.listen().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                event = self.editor.next() => match event {
                    Event::Typed(typed) => return typed,
                    Event::Question(question) => {
                        if let Some(conversation) = &mut self.conversation {
                            conversation.ask(question);
                        }
                    }
                },
                lost = listen => self.lose(&lost),
            }
        }
    }

    async fn act(&mut self, typed: Typed) -> Next {
        match typed {
            Typed::Line(text) => {
                // Several lines come from a paste; they run in turn.
                for line in text.lines() {
                    if let Next::Leave(status) = self.act_on_line(line.trim()).await {
                        return Next::Leave(status);
                    }
                }
                if text.is_empty() && self.conversation.is_none() {
                    self.reconnect().await;
                }
                Next::Prompt
            }
            Typed::Interrupted { was_empty } => {
                if was_empty {
                    self.remark(&self.setting.page.speech.how_to_leave());
                }
                Next::Prompt
            }
            Typed::End => Next::Leave(self.status_at_end()),
            Typed::Failed(why) => {
                self.setting.screen.problem(&format!("{why}\n"));
                Next::Leave(ExitStatus::Failed)
            }
        }
    }

    /// Leaving is no failure, unless the connection was lost and nobody wanted it back.
    fn status_at_end(&self) -> ExitStatus {
        if self.conversation.is_some() {
            ExitStatus::Success
        } else {
            ExitStatus::Connection
        }
    }

    async fn act_on_line(&mut self, line: &str) -> Next {
        let action = match words::parse(line) {
            Ok(action) => action,
            Err(error) => {
                self.complain(&script::explain(&error, self.setting.page));
                return Next::Prompt;
            }
        };
        match action {
            Action::Nothing => {}
            Action::Quit => return Next::Leave(self.status_at_end()),
            Action::Help => self.help(),
            Action::Clear => self.clear(),
            Action::Source(path) => return self.source(&path).await,
            Action::Watch(every, run) => return self.watch(every, &run).await,
            Action::Run(run) => return self.run_line(&run).await.0,
        }
        Next::Prompt
    }

    /// Also says whether the line succeeded and more may follow.
    async fn run_line(&mut self, run: &Run) -> (Next, bool) {
        let Some(conversation) = &mut self.conversation else {
            if FAREWELLS.contains(&run.line.to_lowercase().as_str()) {
                return (Next::Leave(ExitStatus::Connection), false);
            }
            let speech = self.setting.page.speech;
            self.complain(&speech.not_sent());
            self.remark(&speech.enter_reconnects());
            return (Next::Prompt, false);
        };
        match conversation.run(run, &mut self.interrupts).await {
            Ok(Outcome { leaves: true, .. }) => (Next::Leave(ExitStatus::Success), false),
            Ok(Outcome { status, .. }) => (Next::Prompt, status.is_success()),
            Err(lost) => {
                self.lose(&lost);
                (Next::Prompt, false)
            }
        }
    }

    fn lose(&mut self, lost: &Lost) {
        let Some(conversation) = self.conversation.take() else {
            return;
        };
        conversation
            .token()
            .clone_into(self.wishes.token.get_or_insert_default());
        let Page { speech, palette, .. } = self.setting.page;
        let why = script::farewell(&conversation, lost, &self.route, self.setting.page);
        let mut text = String::new();
        for line in why.lines() {
            text.push_str(&format!("{}\n", palette.error(line)));
        }
        text.push_str(&format!("{}\n", palette.dim(&speech.enter_reconnects())));
        self.setting.screen.above(&text);
    }

    async fn reconnect(&mut self) {
        let speech = self.setting.page.speech;
        match opening::open(&self.route, &self.wishes, speech).await {
            Ok(opened) => {
                let conversation = Conversation::new(opened, self.setting.clone());
                let name = sanitize::line(&conversation.place().name).into_owned();
                self.remark(&speech.connected_as(self.route.place.name(), name));
                self.conversation = Some(conversation);
            }
            Err(error) => {
                self.complain(&error.explain(&self.route.place, speech));
                self.remark(&speech.enter_reconnects());
            }
        }
    }

    async fn source(&mut self, path: &str) -> Next {
        let text = match read_source(Path::new(path)) {
            Ok(text) => text,
            Err(error) => {
                let speech = self.setting.page.speech;
                self.complain(&speech.cannot_use_file(sanitize::line(path), speech.io_reason(&error)));
                return Next::Prompt;
            }
        };
        for (index, line) in text.lines().enumerate() {
            let Some(conversation) = &mut self.conversation else {
                break;
            };
            match script::run_line(line, conversation, &self.setting, &mut self.interrupts).await {
                Ok(Outcome { leaves: true, .. }) => return Next::Leave(ExitStatus::Success),
                Ok(Outcome { status, .. }) if status.is_success() => {}
                Ok(_) => {
                    let speech = self.setting.page.speech;
                    self.remark(&speech.script_stopped(index + 1, sanitize::line(line)));
                    break;
                }
                Err(lost) => self.lose(&lost),
            }
        }
        Next::Prompt
    }

    /// Runs a line again and again, on a cleared screen where there is one, until Ctrl-C or until it fails.
    async fn watch(&mut self, every: Duration, run: &Run) -> Next {
        loop {
            self.clear();
            let page = self.setting.page.measured_again();
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
            let now = now.map_or(0, |time| u64::try_from(time.as_millis()).unwrap_or(0));
            let title = page.speech.watching(
                sanitize::line(&run.line),
                every.as_secs_f64(),
                message::time_of_day(now),
            );
            self.remark(&title);
            let (next, succeeded) = self.run_line(run).await;
            if !succeeded {
                return next;
            }
            if !self.pause(every).await {
                return Next::Prompt;
            }
        }
    }

    /// Waits while messages are shown; false if Ctrl-C or the loss of the connection ended it.
    async fn pause(&mut self, time: Duration) -> bool {
        let Some(conversation) = &mut self.conversation else {
            return false;
        };
        let lost = tokio::select! {
            () = sleep(time) => return true,
            () = self.interrupts.next() => return false,
            lost = conversation.listen() => lost,
        };
        self.lose(&lost);
        false
    }

    fn help(&self) {
        let Page { speech, palette, .. } = self.setting.page;
        let own = words::all(speech);
        let widest = own.iter().map(|(_, usage, _)| usage.len()).max().unwrap_or(0);
        let mut text = format!("{}\n", palette.heading(&speech.own_help_title()));
        for (_, usage, about) in own {
            let usage = palette.command(&wrap::pad(usage, widest));
            text.push_str(&format!("  {usage}  {about}\n"));
        }
        self.setting.screen.out(&text);
    }

    fn clear(&self) {
        // A terminal without colours may be one that knows no such sequence either.
        if self.setting.page.palette.depth > Depth::None {
            self.setting.screen.out("\x1b[H\x1b[2J");
        }
    }

    fn complain(&self, text: &str) {
        for line in text.lines() {
            let line = self.setting.page.palette.error(line);
            self.setting.screen.problem(&format!("{line}\n"));
        }
    }

    fn remark(&self, text: &str) {
        let text = self.setting.page.palette.dim(text);
        self.setting.screen.problem(&format!("{text}\n"));
    }
}

fn greet(welcome: &str, setting: &Setting) {
    let reply = caracola_wire::Reply::Text(welcome.to_owned());
    setting.screen.out(&crate::layout::reply(&reply, None, setting.page));
}

fn read_source(path: &Path) -> io::Result<String> {
    use std::io::Read as _;

    let mut text = String::new();
    let file = std::fs::File::open(path)?;
    file.take(MAX_SOURCE_BYTES + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MAX_SOURCE_BYTES {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(text)
}
