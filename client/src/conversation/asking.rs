//! What a command wants to know from the person before it is sent: whether they mean it, and secrets that they left out.

use caracola_wire::CatalogueEntry;

use super::Conversation;
use crate::answers::is_yes;
use crate::exit_status::ExitStatus;
use crate::interrupts::Interrupts;
use crate::io_reason::io_reason;
use crate::request::{self, Part};
use crate::secret::Secret;
use crate::session::Lost;
use crate::terminal::{self, Echo};

/// What becomes of commands that ask before they are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ConfirmPolicy {
    Ask,
    /// `--yes`.
    AssumeYes,
    /// There is nobody to ask.
    Refuse,
}

/// A line that is ready to be sent, or won't be.
pub(super) enum Prepared {
    Ready { words: Vec<Part>, is_quit: bool },
    Stopped(ExitStatus),
}

impl Conversation {
    /// Reads a line and asks what there is to be asked.
    pub(super) async fn prepare(&mut self, line: &str, interrupts: &mut Interrupts) -> Result<Prepared, Lost> {
        let catalogue = self.setting.catalogue.current();
        let request = match request::read(line, &catalogue) {
            Ok(request) => request,
            Err(error) => {
                self.complain(&error);
                return Ok(Prepared::Stopped(ExitStatus::Usage));
            }
        };
        let Some(entry) = request.command else {
            let words = request.with_secrets(Vec::new());
            return Ok(Prepared::Ready { words, is_quit: false });
        };
        if let Some(status) = self.unconfirmed(entry, interrupts).await? {
            return Ok(Prepared::Stopped(status));
        }
        let mut secrets = Vec::new();
        if self.setting.has_person {
            for number in request.missing_secrets() {
                let question = self
                    .setting
                    .page
                    .speech
                    .ask_secret(entry.params[number].name.to_uppercase());
                match self.question(&question, Echo::Unseen, interrupts).await? {
                    Some(secret) => secrets.push((number, secret)),
                    None => return Ok(self.nothing_run()),
                }
            }
        }
        let words = request.with_secrets(secrets);
        Ok(Prepared::Ready {
            words,
            is_quit: entry.name == "quit",
        })
    }

    /// How it ends if the command asks first and nobody says yes.
    async fn unconfirmed(
        &mut self,
        entry: &CatalogueEntry,
        interrupts: &mut Interrupts,
    ) -> Result<Option<ExitStatus>, Lost> {
        let Some(question) = &entry.confirm else {
            return Ok(None);
        };
        let speech = self.setting.page.speech;
        match self.setting.confirm {
            ConfirmPolicy::AssumeYes => Ok(None),
            ConfirmPolicy::Refuse => {
                self.complain_of(&speech.asks_first(&entry.name, question));
                Ok(Some(ExitStatus::Usage))
            }
            ConfirmPolicy::Ask => {
                let question = speech.ask_whether(question);
                let answer = self.question(&question, Echo::Seen, interrupts).await?;
                if answer.is_some_and(|answer| is_yes(&String::from_utf8_lossy(answer.expose()))) {
                    return Ok(None);
                }
                self.nothing_run();
                Ok(Some(ExitStatus::Cancelled))
            }
        }
    }

    /// Asks while what others say waits; none if the person wants none of it.
    async fn question(
        &mut self,
        question: &str,
        echo: Echo,
        interrupts: &mut Interrupts,
    ) -> Result<Option<Secret>, Lost> {
        let screen = self.setting.screen.clone();
        screen.asks();
        let question = format!("{question} ");
        let answer = tokio::select! {
            answer = terminal::ask(&question, echo) => Ok(answer),
            lost = self.listen() => Err(lost),
            _ = interrupts.either() => Ok(Ok(None)),
        };
        screen.asked();
        match answer? {
            Ok(answer) => Ok(answer),
            Err(error) => {
                let speech = self.setting.page.speech;
                self.complain_of(&speech.cannot_ask(io_reason(&error, speech)));
                Ok(None)
            }
        }
    }

    fn nothing_run(&self) -> Prepared {
        self.say(&self.setting.page.speech.nothing_run());
        Prepared::Stopped(ExitStatus::Cancelled)
    }
}
