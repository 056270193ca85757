//! What is kept of a job that was begun under a key: in one small file, as JSON, beyond its output and beyond the server.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::ending::JobEnd;
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
    pub end: Option<EndRecord>,
}

/// The end of a job, and what there was of its output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndRecord {
    /// How it ended.
    pub ending: JobEnd,
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

impl EndRecord {
    /// The end of a job of which nothing more is known.
    pub fn lost() -> Self {
        Self {
            ending: JobEnd::Lost,
            ok: false,
            took: Duration::ZERO,
            chunks: 0,
            bytes: 0,
            truncated: false,
        }
    }
}

/// A record as its file has it. The keys stand in the order of the alphabet, and all are always there.
#[derive(Debug, Serialize, Deserialize)]
struct StoredRecord {
    command: String,
    end: Option<StoredEnd>,
    id: String,
    /// The hash of the request that began the job.
    request: String,
    /// Milliseconds since 1970.
    since: u64,
    /// None for a guest's.
    user: Option<String>,
}

/// The end as the file has it.
#[derive(Debug, Serialize, Deserialize)]
struct StoredEnd {
    bytes: usize,
    chunks: usize,
    how: How,
    ms: u64,
    /// The status of [`How::Exited`], the signal of [`How::Signalled`], the milliseconds of [`How::TimedOut`]; for [`How::Busy`]
    /// who had too many: none for all together, 1 for those of one person, 2 for those of guests.
    number: Option<i64>,
    ok: bool,
    /// Why it was [`How::NotStarted`].
    reason: Option<String>,
    truncated: bool,
}

/// The kind of an end.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum How {
    Exited,
    Signalled,
    #[serde(rename = "timed out")]
    TimedOut,
    Cancelled,
    #[serde(rename = "hung up")]
    HungUp,
    Busy,
    #[serde(rename = "not started")]
    NotStarted,
    Stopped,
    Lost,
}

impl Record {
    /// The text of its file, with the hash of the request that began it.
    pub(super) fn write(&self, request: &str) -> serde_json::Result<String> {
        let stored = StoredRecord {
            command: self.command.clone(),
            end: self.end.as_ref().map(StoredEnd::from),
            id: self.id.clone(),
            request: request.to_owned(),
            since: millis(self.since.duration_since(UNIX_EPOCH).unwrap_or_default()),
            user: match &self.owner {
                Owner::User(user) => Some(user.clone()),
                Owner::Session(_) => None,
            },
        };
        Ok(serde_json::to_string(&stored)? + "\n")
    }

    /// Reads what [`Record::write`] writes: the record and the request's hash. `None` for anything else. A guest's session
    /// ended with its server: the record has an owner that no session is.
    pub(super) fn read(text: &str) -> Option<(Self, String)> {
        let stored: StoredRecord = serde_json::from_str(text).ok()?;
        let end = match stored.end {
            Some(end) => Some(end.read()?),
            None => None,
        };
        let record = Self {
            id: stored.id,
            command: stored.command,
            owner: stored.user.map_or(Owner::NOBODY, Owner::User),
            since: UNIX_EPOCH.checked_add(Duration::from_millis(stored.since))?,
            end,
        };
        Some((record, stored.request))
    }
}

impl From<&EndRecord> for StoredEnd {
    fn from(end: &EndRecord) -> Self {
        let (how, number, reason) = match &end.ending {
            JobEnd::Exited(status) => (How::Exited, Some(i64::from(*status)), None),
            JobEnd::Signalled(signal) => (How::Signalled, Some(i64::from(*signal)), None),
            JobEnd::TimedOut(time) => (
                How::TimedOut,
                Some(i64::try_from(millis(*time)).unwrap_or(i64::MAX)),
                None,
            ),
            JobEnd::Cancelled => (How::Cancelled, None, None),
            JobEnd::HungUp => (How::HungUp, None, None),
            JobEnd::Busy(Full::All) => (How::Busy, None, None),
            JobEnd::Busy(Full::Share) => (How::Busy, Some(1), None),
            JobEnd::Busy(Full::Guests) => (How::Busy, Some(2), None),
            JobEnd::NotStarted(failure) => (How::NotStarted, None, Some(failure.word().to_owned())),
            JobEnd::Stopped => (How::Stopped, None, None),
            JobEnd::Lost => (How::Lost, None, None),
        };
        Self {
            bytes: end.bytes,
            chunks: end.chunks,
            how,
            ms: millis(end.took),
            number,
            ok: end.ok,
            reason,
            truncated: end.truncated,
        }
    }
}

impl StoredEnd {
    /// The end that it says; `None` if a number is missing, or is none of its kind.
    fn read(self) -> Option<EndRecord> {
        let small = |number: Option<i64>| i32::try_from(number?).ok();
        let ending = match self.how {
            How::Exited => JobEnd::Exited(small(self.number)?),
            How::Signalled => JobEnd::Signalled(small(self.number)?),
            How::TimedOut => JobEnd::TimedOut(Duration::from_millis(u64::try_from(self.number?).ok()?)),
            How::Cancelled => JobEnd::Cancelled,
            How::HungUp => JobEnd::HungUp,
            How::Busy => JobEnd::Busy(match self.number {
                Some(1) => Full::Share,
                Some(2) => Full::Guests,
                _ => Full::All,
            }),
            How::NotStarted => JobEnd::NotStarted(StartFailure::from_word(&self.reason?)),
            How::Stopped => JobEnd::Stopped,
            How::Lost => JobEnd::Lost,
        };
        Some(EndRecord {
            ending,
            ok: self.ok,
            took: Duration::from_millis(self.ms),
            chunks: self.chunks,
            bytes: self.bytes,
            truncated: self.truncated,
        })
    }
}

/// As many as JSON and everybody who reads it can count; that is for some hundred years.
fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(end: Option<EndRecord>) -> Record {
        Record {
            id: "k7".to_owned(),
            command: "disk".to_owned(),
            owner: Owner::User("ana".to_owned()),
            since: UNIX_EPOCH + Duration::from_millis(1_234_567),
            end,
        }
    }

    fn file_of(record: &Record) -> String {
        record.write("hash").expect("it can be written")
    }

    #[test]
    fn every_ending_is_read_as_it_was_written() {
        let endings = [
            JobEnd::Exited(-3),
            JobEnd::Signalled(15),
            JobEnd::TimedOut(Duration::from_millis(1500)),
            JobEnd::Cancelled,
            JobEnd::HungUp,
            JobEnd::Busy(Full::All),
            JobEnd::Busy(Full::Share),
            JobEnd::Busy(Full::Guests),
            JobEnd::NotStarted(StartFailure::ArgumentsTooLong),
            JobEnd::NotStarted(StartFailure::Definition),
            JobEnd::NotStarted(StartFailure::Gone),
            JobEnd::NotStarted(StartFailure::NoRoom),
            JobEnd::Stopped,
            JobEnd::Lost,
        ];
        for ending in endings {
            let end = EndRecord {
                ending,
                ok: true,
                took: Duration::from_millis(42),
                chunks: 3,
                bytes: 1000,
                truncated: true,
            };
            let written = record(Some(end));
            assert_eq!(Record::read(&file_of(&written)), Some((written, "hash".to_owned())));
        }
        let running = record(None);
        assert_eq!(Record::read(&file_of(&running)), Some((running, "hash".to_owned())));
    }

    /// What servers have written since 0.1, to the byte.
    #[test]
    fn the_stored_form_is_what_it_was() {
        let running = r#"{"command":"disk","end":null,"id":"k7","request":"hash","since":1234567,"user":"ana"}"#;
        let exited =
            r#"{"bytes":1000,"chunks":3,"how":"exited","ms":42,"number":-3,"ok":true,"reason":null,"truncated":true}"#;
        let exit = EndRecord {
            ending: JobEnd::Exited(-3),
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
            let record = record(Some(EndRecord {
                ending,
                ..EndRecord::lost()
            }));
            (running.replace("null", &end), record)
        };
        let no_room = JobEnd::NotStarted(StartFailure::NoRoom);
        let timed_out = JobEnd::TimedOut(Duration::from_millis(1500));
        let stored = [
            (running.to_owned(), record(None)),
            (running.replace("null", exited), record(Some(exit))),
            other("signalled", "9", "null", JobEnd::Signalled(9)),
            other("timed out", "1500", "null", timed_out),
            other("cancelled", "null", "null", JobEnd::Cancelled),
            other("hung up", "null", "null", JobEnd::HungUp),
            other("busy", "null", "null", JobEnd::Busy(Full::All)),
            other("busy", "1", "null", JobEnd::Busy(Full::Share)),
            other("busy", "2", "null", JobEnd::Busy(Full::Guests)),
            other("not started", "null", r#""no room""#, no_room),
            other("stopped", "null", "null", JobEnd::Stopped),
            other("lost", "null", "null", JobEnd::Lost),
        ];
        for (text, record) in stored {
            assert_eq!(file_of(&record), format!("{text}\n"));
            assert_eq!(Record::read(&text), Some((record, "hash".to_owned())), "{text}");
        }
    }

    #[test]
    fn a_guest_is_nobody_afterwards() {
        let mut written = record(None);
        written.owner = Owner::Session(7);
        let read = Record::read(&file_of(&written)).map(|(record, _)| record.owner);
        assert_eq!(read, Some(Owner::NOBODY));
    }

    #[test]
    fn what_is_no_record() {
        let whole = file_of(&record(Some(EndRecord::lost())));
        for text in ["", "{}", "abc k7", &whole[..20], &whole.replace("lost", "won")] {
            assert_eq!(Record::read(text), None, "{text}");
        }
    }
}
