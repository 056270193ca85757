//! How a conversation shows what it got.

use std::time::Duration;

use caracola_wire::line::LineError;
use caracola_wire::{Card, Completion, Image, MessageError, Reply, Value};
use tokio::time::timeout;

use super::{Aside, Conversation};
use crate::exit_status::ExitStatus;
use crate::json;
use crate::layout::image::Picture;
use crate::layout::{self, sanitize};
use crate::pictures;
use crate::session::{Incoming, Lost};

/// A card is shown without its picture when that takes longer to come.
const PICTURE_LIMIT: Duration = Duration::from_secs(3);

impl Conversation {
    pub(super) async fn show(&mut self, value: Value, json: bool) -> Result<ExitStatus, Lost> {
        if json {
            self.setting.screen.out(&format!("{}\n", json::encode(&value)));
            return Ok(status(&value));
        }
        if let Value::Error(error) = &value {
            self.setting.screen.problem(&layout::error(error, self.setting.page));
            return Ok(status(&value));
        }
        match decode(&value) {
            Ok(Reply::Exit(exit)) => {
                // It isn't what the program said: a script that reads that doesn't get it.
                let text = layout::ending(&exit, self.setting.hears, self.setting.page);
                self.setting.screen.problem(&text);
                Ok(status(&value))
            }
            Ok(reply) => {
                let picture = self.picture_of(&reply).await?;
                let text = layout::reply(&reply, picture.as_ref(), self.setting.page);
                self.setting.screen.out(&text);
                Ok(status(&value))
            }
            Err(error) => {
                let text = self
                    .setting
                    .page
                    .speech
                    .not_understood(sanitize::line(&error.to_string()));
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

    pub(super) fn complain(&self, error: &LineError) {
        let speech = self.setting.page.speech;
        let text = match error {
            LineError::Quote(quote) => speech.quote_not_closed(quote),
            LineError::Operator(sign) => speech.sign_means_nothing(sign),
        };
        self.complain_of(&text);
    }

    pub(super) fn complain_of(&self, text: &str) {
        self.setting.screen.problem(&self.setting.page.complaint(text));
    }

    /// A remark of the client itself, apart from replies.
    pub(super) fn say(&self, text: &str) {
        self.setting.screen.problem(&self.setting.page.remark(text));
    }
}

/// A reply of a known kind, or whatever can be shown as text.
fn decode(value: &Value) -> Result<Reply, MessageError> {
    match value.as_str() {
        Some(text) => Ok(Reply::Text(text.to_owned())),
        None => Reply::decode(value),
    }
}

fn status(value: &Value) -> ExitStatus {
    match value {
        Value::Error(error) => ExitStatus::from(error),
        _ => match Reply::decode(value) {
            Ok(Reply::Exit(exit)) if !exit.is_success() => ExitStatus::Failed,
            _ => ExitStatus::Success,
        },
    }
}

/// The names in a list of people or rooms, about which there is nothing more to say.
pub(super) fn names(value: &Value) -> Vec<(String, String)> {
    let Ok(Reply::Table(table)) = Reply::decode(value) else {
        return Vec::new();
    };
    // A mark such as `(you)` may follow the name. The `~` of guests need not be typed.
    let name = |row: Vec<String>| {
        let word = row.first()?.split_whitespace().next()?;
        Some((word.strip_prefix('~').unwrap_or(word).to_owned(), String::new()))
    };
    table.rows.into_iter().filter_map(name).collect()
}

/// The values in the reply to `COMPLETE`, and what each is about.
pub(super) fn offers(value: &Value) -> Vec<(String, String)> {
    // A server that can't complete says so by an error, which is nothing to show in the middle of a line.
    let offers = Completion::decode(value).unwrap_or_default().offers.into_iter();
    offers
        .map(|offer| (offer.value, sanitize::line(&offer.about).into_owned()))
        .collect()
}
