//! The shell: a prompt, lines run in turn, and messages above the prompt while somebody types.

mod assistant;
mod complete;
mod editor;
mod event;
mod hint;
mod own;
mod prompt;

use std::io;
use std::path::PathBuf;

use caracola_wire::Reply;

use crate::answers;
use crate::connection::Route;
use crate::conversation::opening::{self, Opened, SessionOptions};
use crate::conversation::{Conversation, Outcome, Setting};
use crate::exit_status::ExitStatus;
use crate::interrupts::Interrupts;
use crate::layout::{self, sanitize};
use crate::own_words::{self, Action, Run};
use crate::script;
use crate::session::Lost;
use editor::Editor;
use event::{Event, Typed};

/// What a shell needs besides a session.
pub(crate) struct Setup {
    pub(crate) route: Route,
    pub(crate) options: SessionOptions,
    pub(crate) setting: Setting,
    pub(crate) history: Option<PathBuf>,
    pub(crate) interrupts: Interrupts,
}

/// A shell with somebody at it.
pub(crate) struct Shell {
    route: Route,
    options: SessionOptions,
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
            options,
            setting,
            history,
            interrupts,
        } = setup;
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
            options,
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
                if let Some(conversation) = &mut self.conversation {
                    conversation.leave().await;
                }
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
                () = self.interrupts.terminated() => {
                    // The editor goes on reading until the process ends.
                    self.editor.restore_terminal();
                    return Typed::Terminated;
                }
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
                if text.trim().is_empty() && self.conversation.is_none() {
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
            Typed::Terminated => Next::Leave(ExitStatus::Cancelled),
            Typed::Failed(why) => {
                self.setting.screen.problem(&format!("{why}\n"));
                Next::Leave(ExitStatus::Failed)
            }
        }
    }

    /// Leaving is not a failure, unless the connection was lost and nobody wanted to reconnect.
    fn status_at_end(&self) -> ExitStatus {
        if self.conversation.is_some() {
            ExitStatus::Success
        } else {
            ExitStatus::Connection
        }
    }

    async fn act_on_line(&mut self, line: &str) -> Next {
        let action = match own_words::parse(line) {
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
            Action::Background(_) | Action::Jobs | Action::Attach(_) | Action::Kill(_) => self.job(action).await,
        }
        Next::Prompt
    }

    /// Also says whether the line succeeded and more may follow.
    async fn run_line(&mut self, run: &Run) -> (Next, bool) {
        let Some(conversation) = &mut self.conversation else {
            if answers::is_farewell(&run.line) {
                return (Next::Leave(ExitStatus::Connection), false);
            }
            self.not_sent();
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

    fn not_sent(&self) {
        let speech = self.setting.page.speech;
        self.complain(&speech.line_not_sent());
        self.remark(&speech.enter_reconnects());
    }

    fn lose(&mut self, lost: &Lost) {
        let Some(conversation) = self.conversation.take() else {
            return;
        };
        conversation
            .token()
            .clone_into(self.options.token.get_or_insert_default());
        let page = self.setting.page.measured_again();
        let why = script::farewell(&conversation, lost, &self.route, page);
        let what_now = page.remark(&page.speech.enter_reconnects());
        self.setting.screen.above(&(page.complaint(&why) + &what_now));
    }

    async fn reconnect(&mut self) {
        let speech = self.setting.page.speech;
        let opened = tokio::select! {
            opened = opening::open(&self.route, &self.options, speech) => opened,
            _ = self.interrupts.either() => return,
        };
        match opened {
            Ok(opened) => {
                let conversation = Conversation::new(opened, self.setting.clone());
                let name = sanitize::line(&conversation.place().name).into_owned();
                self.remark(&speech.connected_again(self.route.endpoint.name(), name));
                self.conversation = Some(conversation);
            }
            Err(error) => {
                self.complain(&error.explain(&self.route.endpoint, speech));
                self.remark(&speech.enter_reconnects());
            }
        }
    }

    fn complain(&self, text: &str) {
        self.setting.screen.problem(&self.setting.page.complaint(text));
    }

    fn remark(&self, text: &str) {
        self.setting.screen.problem(&self.setting.page.remark(text));
    }
}

fn greet(welcome: &str, setting: &Setting) {
    let reply = Reply::Text(welcome.to_owned());
    setting.screen.out(&layout::reply(&reply, None, setting.page));
}
