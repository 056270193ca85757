//! A session as a person sees it: lines are run and their replies shown, and what others say is shown in between.

pub(crate) mod asking;
mod jobs;
pub(crate) mod opening;
mod running;
mod showing;

use std::collections::HashMap;
use std::time::Duration;

use caracola_wire::Push;

use crate::catalogue::Shared;
use crate::exit_status::ExitStatus;
use crate::layout::{Page, message};
use crate::pictures::Pictures;
use crate::question::{Asked, Question};
use crate::screen::Screen;
use crate::session::{Incoming, Lost, Session, Ticket};
use asking::ConfirmPolicy;
use opening::Opened;
use running::Running;

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
    /// What becomes of commands that ask first.
    pub(crate) confirm: ConfirmPolicy,
    /// Whether somebody at the terminal can be asked for secrets.
    pub(crate) has_person: bool,
}

/// Where a person is, as the prompt tells it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Place {
    pub(crate) name: String,
    pub(crate) server: String,
    pub(crate) room: String,
    /// What a plugin has it tell instead of the room, such as a folder.
    pub(crate) aside: String,
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
    /// The line whose program's output is shown. What others write that nobody waits for any more is not.
    running: Option<Running>,
    commands: Commands,
}

/// Which commands are known.
#[derive(Default)]
struct Commands {
    /// Of all that there are; none if fewer were asked for.
    hash: Option<String>,
    is_asked: bool,
    /// They changed again while they were asked for.
    is_stale: bool,
}

/// What becomes of a reply that no line waits for.
enum Aside {
    Catalogue,
    Offers(Question),
    Nothing,
}

impl Conversation {
    /// Goes on from a session that was let in; what was said meanwhile is shown.
    pub(crate) fn new(opened: Opened, setting: Setting) -> Self {
        let mut commands = Commands::default();
        if let Some(catalogue) = opened.catalogue {
            commands.hash = catalogue.hash;
            setting.catalogue.replace(catalogue.index);
        }
        let mut conversation = Self {
            session: opened.session,
            setting,
            place: Place {
                aside: String::new(),
                name: opened.welcome.name,
                server: opened.welcome.server,
                room: opened.welcome.room,
            },
            token: opened.welcome.token,
            aside: HashMap::new(),
            bye: None,
            running: None,
            commands,
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
        let ticket = match &question.asked {
            Asked::People => self.session.queue(["RUN", "who"]),
            Asked::Rooms => self.session.queue(["RUN", "rooms"]),
            Asked::Jobs { .. } => self.session.queue(["JOB", "LIST"]),
            Asked::Values { words } => {
                let words = words.iter().map(String::as_str);
                let words: Vec<&str> = std::iter::once("COMPLETE").chain(words).collect();
                self.session.queue(words)
            }
        };
        self.aside.insert(ticket, Aside::Offers(question));
    }

    /// What came in while no line, or another one, waits for it.
    fn aside(&mut self, incoming: Incoming) {
        match incoming {
            Incoming::Push(push) => self.heard(&push),
            Incoming::Reply { ticket, value } => match self.aside.remove(&ticket) {
                Some(Aside::Catalogue) => {
                    if let Some(catalogue) = opening::catalogue(&value) {
                        self.commands.hash = catalogue.hash;
                        self.setting.catalogue.replace(catalogue.index);
                    }
                    self.commands.is_asked = false;
                    if self.commands.is_stale {
                        self.fetch_commands();
                    }
                }
                Some(Aside::Offers(question)) => {
                    let offers = match &question.asked {
                        Asked::People | Asked::Rooms => showing::names(&value),
                        Asked::Jobs { running } => jobs::ids(&value, *running),
                        Asked::Values { .. } => showing::offers(&value),
                    };
                    // The editor may have stopped waiting.
                    let _ = question.answer.try_send(offers);
                }
                Some(Aside::Nothing) | None => {}
            },
        }
    }

    /// Stops what was begun to complete a line that has been sent by now: the line would wait behind it.
    fn stop_completing(&mut self) {
        let values =
            |aside: &Aside| matches!(aside, Aside::Offers(question) if matches!(question.asked, Asked::Values { .. }));
        let asked = self.aside.iter().filter(|(_, aside)| values(aside));
        let asked: Vec<Ticket> = asked.map(|(ticket, _)| *ticket).collect();
        for ticket in asked {
            let cancel = self.session.queue(["CANCEL", &ticket.number().to_string()]);
            self.aside.insert(cancel, Aside::Nothing);
        }
    }

    fn heard(&mut self, push: &Push) {
        match push {
            Push::Name { name } => name.clone_into(&mut self.place.name),
            Push::Prompt { text } => text.clone_into(&mut self.place.aside),
            Push::Room { room } => room.clone_into(&mut self.place.room),
            Push::Catalogue { hash } => {
                // Who runs one line has what it needs.
                if self.commands.hash.as_ref().is_some_and(|known| known != hash) {
                    self.fetch_commands();
                }
            }
            Push::Bye { reason } => self.bye = Some(reason.clone()),
            Push::Out { request, stream, bytes } => {
                if let Some(running) = &mut self.running
                    && running.ticket.number() == *request
                {
                    running.outputs.print(*stream, bytes, &self.setting.screen);
                }
            }
            Push::Message { .. } | Push::Tell { .. } | Push::Notice { .. } | Push::Other(_) => {}
        }
        if self.setting.hears
            && let Some(text) = message::render(push, self.setting.page.measured_again())
        {
            self.setting.screen.above(&text);
        }
    }

    /// Asks for the commands again, however often they change meanwhile.
    fn fetch_commands(&mut self) {
        self.commands.is_stale = self.commands.is_asked;
        if !self.commands.is_asked {
            self.commands.is_asked = true;
            let ticket = match &self.commands.hash {
                // A reload may have changed nothing that this person sees.
                Some(known) => self.session.queue(["CATALOGUE", "IF-NOT", known]),
                None => self.session.queue(["CATALOGUE"]),
            };
            self.aside.insert(ticket, Aside::Catalogue);
        }
    }
}
