//! A session as a person sees it: lines are run and their replies shown, and what others say is shown in between.

pub(crate) mod opening;
mod showing;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use caracola_wire::Push;

use crate::catalogue::Shared;
use crate::exit_status::ExitStatus;
use crate::interrupts::{Interrupt, Interrupts};
use crate::layout::stream::Pieces;
use crate::layout::{Page, message};
use crate::line;
use crate::pictures::Pictures;
use crate::screen::Screen;
use crate::session::{Incoming, Lost, Session, Ticket};
use crate::shell::complete::Asked;
use crate::shell::editor::Question;
use crate::shell::prompt::Place;
use crate::shell::words::Run;
use opening::Opened;

/// How long saying goodbye may take.
const FAREWELL: Duration = Duration::from_secs(1);

/// Where a conversation takes place.
#[derive(Clone)]
pub(crate) struct Setting {
    pub(crate) screen: Screen,
    pub(crate) page: Page,
    pub(crate) catalogue: Shared,
    pub(crate) pictures: Pictures,
    /// Whether messages and notices are shown; scripts show only replies.
    pub(crate) hears: bool,
}

/// How a line ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) status: ExitStatus,
    /// It was `quit`: the server closes the connection.
    pub(crate) leaves: bool,
}

/// A session in use.
pub(crate) struct Conversation {
    session: Session,
    setting: Setting,
    place: Place,
    token: String,
    /// Requests that no line waits for.
    aside: HashMap<Ticket, Aside>,
    /// The server's parting words.
    bye: Option<String>,
    /// Standard output and standard error of the program that is running.
    pieces: [Pieces; 2],
}

/// What becomes of a reply that no line waits for.
enum Aside {
    Catalogue,
    Names(Question),
    Nothing,
}

impl Conversation {
    /// Goes on from a session that was let in; what was said meanwhile is shown.
    pub(crate) fn new(opened: Opened, setting: Setting) -> Self {
        if let Some(index) = opened.catalogue {
            setting.catalogue.replace(index);
        }
        let mut conversation = Self {
            session: opened.session,
            setting,
            place: Place {
                name: opened.welcome.name,
                server: opened.welcome.server,
                room: opened.welcome.room,
            },
            token: opened.welcome.token,
            aside: HashMap::new(),
            bye: None,
            pieces: Default::default(),
        };
        for push in &opened.pushes {
            conversation.heard(push);
        }
        conversation
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// The secret that gets the name again after the connection is lost.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// Why the server ended the connection, if it said so.
    pub(crate) fn bye(&self) -> Option<&str> {
        self.bye.as_deref()
    }

    /// Tells the server that its person leaves, so that the name is free at once: a connection that only ends may be one
    /// that dropped, and its name is held for a while.
    pub(crate) async fn leave(&mut self) {
        self.session.queue(&["QUIT"]);
        // If it can't be told, the name is held: no reason to keep anybody.
        let _ = tokio::time::timeout(FAREWELL, self.session.flush()).await;
    }

    /// Lays replies out for this page from now on.
    pub(crate) fn turn_to(&mut self, page: Page) {
        self.setting.page = page;
    }

    /// Shows what others say until the connection is lost. Cancel safe.
    pub(crate) async fn listen(&mut self) -> Lost {
        loop {
            match self.session.next().await {
                Ok(incoming) => self.aside(incoming),
                Err(lost) => return lost,
            }
        }
    }

    /// Notes the editor's question down for the server.
    pub(crate) fn ask(&mut self, question: Question) {
        let command = match question.asked {
            Asked::People => "who",
            Asked::Rooms => "rooms",
        };
        let ticket = self.session.queue(["RUN", command]);
        self.aside.insert(ticket, Aside::Names(question));
    }

    /// Runs one line and shows its reply. Ctrl-C cancels it; a second one stops waiting.
    pub(crate) async fn run(&mut self, run: &Run, interrupts: &mut Interrupts) -> Result<Outcome, Lost> {
        let catalogue = self.setting.catalogue.current();
        let words = match line::request(&run.line, &catalogue) {
            Ok(words) => words,
            Err(error) => {
                self.complain(&error);
                return Ok(Outcome {
                    status: ExitStatus::Usage,
                    leaves: false,
                });
            }
        };
        let is_quit = catalogue
            .find_in_line(&run.line)
            .is_some_and(|(entry, _)| entry.name == "quit");
        let ticket = self.session.queue(opening::run_words(&words));
        let started = Instant::now();
        let status = self.finish(ticket, run.json, interrupts).await?;
        if run.timed {
            let seconds = format!("{:.3}", started.elapsed().as_secs_f64());
            let text = self.setting.page.speech.took(seconds);
            self.say(&text);
        }
        Ok(Outcome {
            status,
            leaves: is_quit && status.is_success(),
        })
    }

    /// Waits for the reply to a line that is already on its way, and shows it.
    pub(crate) async fn finish(
        &mut self,
        ticket: Ticket,
        json: bool,
        interrupts: &mut Interrupts,
    ) -> Result<ExitStatus, Lost> {
        let mut is_cancelled = false;
        loop {
            let incoming = tokio::select! {
                incoming = self.session.next() => incoming?,
                interrupt = interrupts.either() => {
                    if is_cancelled || interrupt == Interrupt::Terminate {
                        self.aside.insert(ticket, Aside::Nothing);
                        self.say(&self.setting.page.speech.gave_up());
                        return Ok(ExitStatus::Cancelled);
                    }
                    is_cancelled = true;
                    let cancel = self.session.queue(["CANCEL"]);
                    self.aside.insert(cancel, Aside::Nothing);
                    self.say(&self.setting.page.speech.cancelling());
                    continue;
                }
            };
            match incoming {
                Incoming::Reply { ticket: of, value } if of == ticket => {
                    return self.show(value, json).await;
                }
                other => self.aside(other),
            }
        }
    }

    /// What came in while no line, or another one, waits for it.
    fn aside(&mut self, incoming: Incoming) {
        match incoming {
            Incoming::Push(push) => self.heard(&push),
            Incoming::Reply { ticket, value } => match self.aside.remove(&ticket) {
                Some(Aside::Catalogue) => {
                    if let Some(index) = opening::index(&value) {
                        self.setting.catalogue.replace(index);
                    }
                }
                Some(Aside::Names(question)) => {
                    // The editor may have stopped waiting.
                    let _ = question.answer.try_send(showing::names(&value));
                }
                Some(Aside::Nothing) | None => {}
            },
        }
    }

    fn heard(&mut self, push: &Push) {
        match push {
            Push::Name { name } => name.clone_into(&mut self.place.name),
            Push::Room { room } => room.clone_into(&mut self.place.room),
            Push::Catalogue { .. } => {
                let ticket = self.session.queue(["CATALOGUE"]);
                self.aside.insert(ticket, Aside::Catalogue);
            }
            Push::Bye { reason } => self.bye = Some(reason.clone()),
            Push::Out { stream, bytes, .. } => {
                let stream = usize::from(*stream).clamp(1, 2);
                let text = self.pieces[stream - 1].add(bytes);
                self.print_output(stream, &text);
            }
            Push::Message { .. } | Push::Tell { .. } | Push::Notice { .. } | Push::Other(_) => {}
        }
        if self.setting.hears
            && let Some(text) = message::render(push, self.setting.page.measured_again())
        {
            self.setting.screen.above(&text);
        }
    }
}
