//! Running one line: it goes out, what its program writes is shown as it comes, and Ctrl-C cancels it.

use std::time::Instant;

use caracola_wire::Value;

use super::asking::Prepared;
use super::{Aside, Conversation, Outcome};
use crate::exit_status::ExitStatus;
use crate::interrupts::{Interrupt, Interrupts};
use crate::json;
use crate::layout::color::Depth;
use crate::layout::stream::{Reader, Stream};
use crate::own_words::Run;
use crate::request::Part;
use crate::screen::Screen;
use crate::session::{Incoming, Lost, Ticket};

/// What Ctrl-C does while a reply is awaited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaving {
    /// The first cancels the request, a second stops waiting.
    ByTwo,
    /// The first cancels it and stops waiting.
    ByOne,
}

/// The outputs of a program that is running.
#[derive(Debug)]
pub(super) struct Outputs {
    streams: [Stream; 2],
    as_json: bool,
    has_colors: bool,
}

/// The request that is running.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) ticket: Ticket,
    pub(super) outputs: Outputs,
}

impl Outputs {
    fn reader(&self, stream: usize, screen: &Screen) -> Reader {
        if self.as_json {
            Reader::Escaper
        } else if screen.shows(stream) {
            Reader::Terminal {
                has_colors: self.has_colors,
            }
        } else {
            Reader::Program
        }
    }

    /// Prints what can be printed of it now. `stream` is 1 or 2.
    pub(super) fn print(&mut self, stream: u8, bytes: &[u8], screen: &Screen) {
        let stream = usize::from(stream).clamp(1, 2);
        let ready = self.streams[stream - 1].add(bytes, self.reader(stream, screen));
        self.show(stream, &ready, screen);
    }

    /// Prints what is left when the program has ended.
    pub(super) fn finish(&mut self, screen: &Screen) {
        for stream in 1..=2 {
            let rest = self.streams[stream - 1].finish(self.reader(stream, screen));
            self.show(stream, &rest, screen);
        }
    }

    fn show(&self, stream: usize, bytes: &[u8], screen: &Screen) {
        if !self.as_json {
            screen.output(stream, bytes);
        } else if !bytes.is_empty() {
            screen.out(&json::output(stream, &String::from_utf8_lossy(bytes)));
        }
    }
}

impl Conversation {
    /// Runs one line and shows its reply. Ctrl-C cancels it; a second one stops waiting.
    pub(crate) async fn run(&mut self, run: &Run, interrupts: &mut Interrupts) -> Result<Outcome, Lost> {
        let (words, is_quit) = match self.prepare(&run.line, interrupts).await? {
            Prepared::Ready { words, is_quit } => (words, is_quit),
            Prepared::Stopped(status) => return Ok(Outcome { status, leaves: false }),
        };
        let ticket = self.send(&["RUN"], words).await;
        let started = Instant::now();
        let status = self.finish(ticket, run.json, interrupts).await?;
        if run.timed {
            let seconds = format!("{:.3}", started.elapsed().as_secs_f64());
            self.say(&self.setting.page.speech.took(seconds));
        }
        Ok(Outcome {
            status,
            leaves: is_quit && status.is_success(),
        })
    }

    /// Sends a request that begins with the words of `head`; one with a secret in it leaves no copy behind.
    pub(super) async fn send(&mut self, head: &[&str], words: Vec<Part>) -> Ticket {
        self.stop_completing();
        let head = head.iter().map(|word| Part::Open((*word).to_owned()));
        let words: Vec<Part> = head.chain(words).collect();
        if words.iter().any(|word| matches!(word, Part::Secret(_))) {
            self.session.send_wiped(&words).await
        } else {
            self.session.queue(&words)
        }
    }

    /// Waits for the reply to a line that is on its way, and shows it.
    async fn finish(&mut self, ticket: Ticket, json: bool, interrupts: &mut Interrupts) -> Result<ExitStatus, Lost> {
        let outputs = self.outputs(json);
        self.running = Some(Running { ticket, outputs });
        let waited = self.wait(ticket, Leaving::ByTwo, interrupts).await;
        if let Some(mut running) = self.running.take() {
            running.outputs.finish(&self.setting.screen);
        }
        let status = if let Some(value) = waited? {
            self.show(value, json).await?
        } else {
            self.say(&self.setting.page.speech.stopped_waiting());
            ExitStatus::Cancelled
        };
        if self.setting.hears {
            // A prompt follows.
            self.setting.screen.end_line();
        }
        Ok(status)
    }

    pub(super) fn outputs(&self, as_json: bool) -> Outputs {
        Outputs {
            streams: Default::default(),
            as_json,
            has_colors: self.setting.page.palette.depth > Depth::None,
        }
    }

    /// Waits for the reply to a request while all else is heard; none if the person doesn't want to wait any longer.
    pub(super) async fn wait(
        &mut self,
        ticket: Ticket,
        leaving: Leaving,
        interrupts: &mut Interrupts,
    ) -> Result<Option<Value>, Lost> {
        let mut is_cancelled = false;
        loop {
            let incoming = tokio::select! {
                incoming = self.session.next() => incoming?,
                interrupt = interrupts.either() => {
                    if !is_cancelled {
                        is_cancelled = true;
                        let number = ticket.number().to_string();
                        let cancel = self.session.queue(["CANCEL", &number]);
                        self.aside.insert(cancel, Aside::Nothing);
                        if leaving == Leaving::ByTwo && interrupt == Interrupt::Cancel {
                            self.say(&self.setting.page.speech.cancelling());
                            continue;
                        }
                    }
                    self.aside.insert(ticket, Aside::Nothing);
                    return Ok(None);
                }
            };
            match incoming {
                Incoming::Reply { ticket: of, value } if of == ticket => return Ok(Some(value)),
                other => self.aside(other),
            }
        }
    }
}
