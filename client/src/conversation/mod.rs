//! A session as a person sees it: lines are run and their replies shown, and what others say is shown in between.

pub(crate) mod opening;

use std::collections::HashMap;
use std::io;
use std::time::{Duration, Instant};

use caracola_wire::{Card, Image, Push, Reply, Value};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::timeout;

use crate::catalogue::Shared;
use crate::exit_status::ExitStatus;
use crate::json;
use crate::layout::color::Depth;
use crate::layout::image::Picture;
use crate::layout::stream::Pieces;
use crate::layout::{self, Page, message, sanitize};
use crate::line::{self, LineError};
use crate::pictures::{self, Pictures};
use crate::screen::Screen;
use crate::session::{Incoming, Lost, Session, Ticket};
use crate::shell::complete::Asked;
use crate::shell::editor::Question;
use crate::shell::prompt::Place;
use crate::shell::words::Run;
use opening::Opened;

/// A card is shown without its picture when that takes longer to come.
const PICTURE_LIMIT: Duration = Duration::from_secs(3);

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

/// Ctrl-C, when no editor reads the keyboard.
pub(crate) struct Interrupts(Signal);

impl Interrupts {
    /// Must be made before the first prompt: the editor sets the signal's handler aside while it reads and then puts back the
    /// one that it found.
    pub(crate) fn new() -> io::Result<Self> {
        signal(SignalKind::interrupt()).map(Self)
    }

    pub(crate) async fn next(&mut self) {
        if self.0.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }
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
        for push in opened.pushes {
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
                () = interrupts.next() => {
                    if is_cancelled {
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

    async fn show(&mut self, value: Value, json: bool) -> Result<ExitStatus, Lost> {
        for stream in 1..=2 {
            let rest = self.pieces[stream - 1].finish();
            self.print_output(stream, &rest);
        }
        if json {
            self.setting.screen.out(&format!("{}\n", json::encode(&value)));
            return Ok(status(&value));
        }
        if let Value::Error(error) = &value {
            self.setting.screen.problem(&layout::error(error, self.setting.page));
            return Ok(status(&value));
        }
        match decode(&value) {
            Ok(reply) => {
                let picture = self.picture_of(&reply).await?;
                let text = layout::reply(&reply, picture.as_ref(), self.setting.page);
                self.setting.screen.out(&text);
                Ok(status(&value))
            }
            Err(error) => {
                let text = self.setting.page.speech.not_understood(error);
                self.setting.screen.problem(&format!("{text}\n"));
                Ok(ExitStatus::Failed)
            }
        }
    }

    /// The picture that belongs to a reply, from the cache or the server, if the terminal can show it.
    async fn picture_of(&mut self, reply: &Reply) -> Result<Option<Picture>, Lost> {
        let (Reply::Image(Image { hash, .. })
        | Reply::Card(Card {
            image: Some(Image { hash, .. }),
            ..
        })) = reply
        else {
            return Ok(None);
        };
        if !self.setting.page.shows_pictures() || !pictures::is_hash(hash) {
            return Ok(None);
        }
        let kept = self.setting.pictures.find(hash);
        let bytes = match kept {
            Some(bytes) => Some(bytes),
            None => self.fetch(hash).await?,
        };
        Ok(bytes.as_deref().and_then(Picture::decode))
    }

    async fn fetch(&mut self, hash: &str) -> Result<Option<Vec<u8>>, Lost> {
        let ticket = self.session.queue(["IMAGE", hash]);
        let reply = async {
            loop {
                match self.session.next().await? {
                    Incoming::Reply { ticket: of, value } if of == ticket => return Ok(value),
                    other => self.aside(other),
                }
            }
        };
        match timeout(PICTURE_LIMIT, reply).await {
            Ok(Ok(Value::Bulk(bytes))) => Ok(self.setting.pictures.keep(hash, bytes.into())),
            Ok(Ok(_)) => Ok(None),
            Ok(Err(lost)) => Err(lost),
            Err(_) => {
                self.aside.insert(ticket, Aside::Nothing);
                Ok(None)
            }
        }
    }

    /// What came in while no line, or another one, waits for it.
    fn aside(&mut self, incoming: Incoming) {
        match incoming {
            Incoming::Push(push) => self.heard(push),
            Incoming::Reply { ticket, value } => match self.aside.remove(&ticket) {
                Some(Aside::Catalogue) => {
                    if let Some(index) = opening::index(&value) {
                        self.setting.catalogue.replace(index);
                    }
                }
                Some(Aside::Names(question)) => {
                    // The editor may have stopped waiting.
                    let _ = question.answer.try_send(first_column(&value));
                }
                Some(Aside::Nothing) | None => {}
            },
        }
    }

    fn heard(&mut self, push: Push) {
        match &push {
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
            && let Some(text) = message::render(&push, self.setting.page.measured_again())
        {
            self.setting.screen.above(&text);
        }
    }

    fn print_output(&self, stream: usize, text: &str) {
        let keeps_colors = self.setting.page.palette.depth > Depth::None;
        let text = sanitize::colored(text, keeps_colors);
        if stream == 2 {
            self.setting.screen.problem(&text);
        } else {
            self.setting.screen.out(&text);
        }
    }

    fn complain(&self, error: &LineError) {
        let Page { speech, palette, .. } = self.setting.page;
        let text = match error {
            LineError::Quote(quote) => speech.open_quote(quote),
            LineError::Operator(sign) => speech.means_nothing(sign),
        };
        self.setting.screen.problem(&format!("{}\n", palette.error(&text)));
    }

    /// A remark of the client itself, apart from replies.
    fn say(&self, text: &str) {
        let text = self.setting.page.palette.dim(text);
        self.setting.screen.problem(&format!("{text}\n"));
    }
}

/// A reply of a known kind, or whatever can be shown as text.
fn decode(value: &Value) -> Result<Reply, caracola_wire::MessageError> {
    match value.as_str() {
        Some(text) => Ok(Reply::Text(text.to_owned())),
        None => Reply::decode(value),
    }
}

fn status(value: &Value) -> ExitStatus {
    match value {
        Value::Error(error) => ExitStatus::from(error),
        _ => match Reply::decode(value) {
            Ok(Reply::Exit(exit)) if exit.status != Some(0) => ExitStatus::Failed,
            _ => ExitStatus::Success,
        },
    }
}

fn first_column(value: &Value) -> Vec<String> {
    let Ok(Reply::Table(table)) = Reply::decode(value) else {
        return Vec::new();
    };
    let cells = table.rows.into_iter().filter_map(|row| row.into_iter().next());
    cells.filter(|cell| !cell.is_empty()).collect()
}
