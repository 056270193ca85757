//! What is kept of a job that was begun under a key: in one small file, as JSON, beyond its output and beyond the server.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::ending::Ending;
use super::owner::Owner;
use super::start_failure::StartFailure;
use caracola_quota::gate::Full;

/// A job, as it is remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its id.
    pub id: String,
    /// The command's name.
    pub command: String,
    /// Whose it is.
    pub owner: Owner,
    /// When it was asked for; once it has ended, when that was.
    pub since: SystemTime,
    /// How it ended, if it has.
    pub end: Option<End>,
}

/// The end of a job, and what there was of its output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// How it ended.
    pub ending: Ending,
    /// Whether that is success.
    pub ok: bool,
    /// How long it took, waiting for its place included.
    pub took: Duration,
    /// Pieces of output that were kept.
    pub chunks: usize,
    /// Bytes in them.
    pub bytes: usize,
    /// Whether it wrote more than that.
    pub truncated: bool,
}

impl End {
    /// The end of a job of which nothing more is known.
    pub fn lost() -> Self {
        Self {
            ending: Ending::Lost,
            ok: false,
            took: Duration::ZERO,
            chunks: 0,
            bytes: 0,
            truncated: false,
        }
    }
}

impl Record {
    /// The text of its file, with the hash of the request that began it.
    pub(super) fn write(&self, request: &str) -> String {
        let end = self.end.as_ref().map(|end| {
            let (how, number, reason) = match &end.ending {
                Ending::Exited(status) => ("exited", Some(i64::from(*status)), None),
                Ending::Signalled(signal) => ("signalled", Some(i64::from(*signal)), None),
                Ending::TimedOut(time) => (
                    "timed out",
                    Some(i64::try_from(millis(*time)).unwrap_or(i64::MAX)),
                    None,
                ),
                Ending::Cancelled => ("cancelled", None, None),
                Ending::HungUp => ("hung up", None, None),
                Ending::Busy(Full::All) => ("busy", None, None),
                Ending::Busy(Full::Share) => ("busy", Some(1), None),
                Ending::Busy(Full::Guests) => ("busy", Some(2), None),
                Ending::NotStarted(failure) => ("not started", None, Some(failure.word())),
                Ending::Stopped => ("stopped", None, None),
                Ending::Lost => ("lost", None, None),
            };
            json!({
                "how": how, "number": number, "reason": reason, "ok": end.ok, "ms": millis(end.took),
                "chunks": end.chunks, "bytes": end.bytes, "truncated": end.truncated,
            })
        });
        let user = match &self.owner {
            Owner::User(user) => Some(user),
            Owner::Session(_) => None,
        };
        let since = millis(self.since.duration_since(UNIX_EPOCH).unwrap_or_default());
        let record = json!({
            "request": request, "id": self.id, "command": self.command, "user": user, "since": since, "end": end,
        });
        format!("{record}\n")
    }

    /// Reads what [`Record::write`] writes: the record and the request's hash. `None` for anything else. A guest is nobody
    /// any more: its record has an owner that no session is.
    pub(super) fn read(text: &str) -> Option<(Self, String)> {
        let record: Value = serde_json::from_str(text).ok()?;
        let word = |key| record[key].as_str().map(str::to_owned);
        let end = match &record["end"] {
            Value::Null => None,
            end => Some(End {
                ending: ending(end)?,
                ok: end["ok"].as_bool()?,
                took: Duration::from_millis(end["ms"].as_u64()?),
                chunks: size(&end["chunks"])?,
                bytes: size(&end["bytes"])?,
                truncated: end["truncated"].as_bool()?,
            }),
        };
        let since = Duration::from_millis(record["since"].as_u64()?);
        let read = Self {
            id: word("id")?,
            command: word("command")?,
            owner: word("user").map_or(Owner::NOBODY, Owner::User),
            since: UNIX_EPOCH.checked_add(since)?,
            end,
        };
        Some((read, word("request")?))
    }
}

fn ending(end: &Value) -> Option<Ending> {
    let number = || end["number"].as_i64();
    let small = || i32::try_from(number()?).ok();
    Some(match end["how"].as_str()? {
        "exited" => Ending::Exited(small()?),
        "signalled" => Ending::Signalled(small()?),
        "timed out" => Ending::TimedOut(Duration::from_millis(u64::try_from(number()?).ok()?)),
        "cancelled" => Ending::Cancelled,
        "hung up" => Ending::HungUp,
        "busy" if number() == Some(1) => Ending::Busy(Full::Share),
        "busy" if number() == Some(2) => Ending::Busy(Full::Guests),
        "busy" => Ending::Busy(Full::All),
        "not started" => Ending::NotStarted(StartFailure::from_word(end["reason"].as_str()?)),
        "stopped" => Ending::Stopped,
        "lost" => Ending::Lost,
        _ => return None,
    })
}

fn size(value: &Value) -> Option<usize> {
    usize::try_from(value.as_u64()?).ok()
}

/// As many as JSON and everybody who reads it can count; that is for some hundred years.
fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(end: Option<End>) -> Record {
        Record {
            id: "k7".to_owned(),
            command: "disk".to_owned(),
            owner: Owner::User("ana".to_owned()),
            since: UNIX_EPOCH + Duration::from_millis(1_234_567),
            end,
        }
    }

    #[test]
    fn every_ending_is_read_as_it_was_written() {
        let endings = [
            Ending::Exited(-3),
            Ending::Signalled(15),
            Ending::TimedOut(Duration::from_millis(1500)),
            Ending::Cancelled,
            Ending::HungUp,
            Ending::Busy(Full::All),
            Ending::Busy(Full::Share),
            Ending::Busy(Full::Guests),
            Ending::NotStarted(StartFailure::ArgumentsTooLong),
            Ending::NotStarted(StartFailure::Definition),
            Ending::NotStarted(StartFailure::Gone),
            Ending::NotStarted(StartFailure::NoRoom),
            Ending::Stopped,
            Ending::Lost,
        ];
        for ending in endings {
            let end = End {
                ending,
                ok: true,
                took: Duration::from_millis(42),
                chunks: 3,
                bytes: 1000,
                truncated: true,
            };
            let written = record(Some(end));
            assert_eq!(Record::read(&written.write("hash")), Some((written, "hash".to_owned())));
        }
        let running = record(None);
        assert_eq!(Record::read(&running.write("hash")), Some((running, "hash".to_owned())));
    }

    /// What servers have written since 0.1, to the byte.
    #[test]
    fn the_stored_form_is_what_it_was() {
        let running = r#"{"command":"disk","end":null,"id":"k7","request":"hash","since":1234567,"user":"ana"}"#;
        let exited = r#"{"bytes":1000,"chunks":3,"how":"exited","ms":42,"number":-3,"ok":true,"reason":null,"truncated":true}"#;
        let exit = End {
            ending: Ending::Exited(-3),
            ok: true,
            took: Duration::from_millis(42),
            chunks: 3,
            bytes: 1000,
            truncated: true,
        };
        let other = |how: &str, number: &str, reason: &str, ending| {
            let end = format!(
                r#"{{"bytes":0,"chunks":0,"how":"{how}","ms":0,"number":{number},"ok":false,"reason":{reason},"truncated":false}}"#
            );
            let record = record(Some(End { ending, ..End::lost() }));
            (running.replace("null", &end), record)
        };
        let no_room = Ending::NotStarted(StartFailure::NoRoom);
        let timed_out = Ending::TimedOut(Duration::from_millis(1500));
        let stored = [
            (running.to_owned(), record(None)),
            (running.replace("null", exited), record(Some(exit))),
            other("signalled", "9", "null", Ending::Signalled(9)),
            other("timed out", "1500", "null", timed_out),
            other("cancelled", "null", "null", Ending::Cancelled),
            other("hung up", "null", "null", Ending::HungUp),
            other("busy", "null", "null", Ending::Busy(Full::All)),
            other("busy", "1", "null", Ending::Busy(Full::Share)),
            other("busy", "2", "null", Ending::Busy(Full::Guests)),
            other("not started", "null", r#""no room""#, no_room),
            other("stopped", "null", "null", Ending::Stopped),
            other("lost", "null", "null", Ending::Lost),
        ];
        for (text, record) in stored {
            assert_eq!(record.write("hash"), format!("{text}\n"));
            assert_eq!(Record::read(&text), Some((record, "hash".to_owned())), "{text}");
        }
    }

    #[test]
    fn a_guest_is_nobody_afterwards() {
        let mut written = record(None);
        written.owner = Owner::Session(7);
        let read = Record::read(&written.write("hash")).map(|(record, _)| record.owner);
        assert_eq!(read, Some(Owner::NOBODY));
    }

    #[test]
    fn what_is_no_record() {
        let whole = record(Some(End::lost())).write("hash");
        for text in ["", "{}", "abc k7", &whole[..20], &whole.replace("lost", "won")] {
            assert_eq!(Record::read(text), None, "{text}");
        }
    }
}
