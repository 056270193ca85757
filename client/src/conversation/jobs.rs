//! Jobs: programs that run on while other lines are typed.

use std::fmt::Write as _;

use caracola_wire::{Exit, JobEntry, JobReport, JobState, MessageError, Reply, Table, Value};

use super::Conversation;
use super::asking::Prepared;
use super::running::Leaving;
use crate::exit_status::ExitStatus;
use crate::interrupts::Interrupts;
use crate::layout::{self, Page, sanitize};
use crate::session::Lost;
use caracola_speech::amount;

/// How long the server may wait for something to tell about a job, in milliseconds. Whoever leaves a job waits no longer
/// than this for the next reply, even if the server doesn't let the wait be cancelled.
const WAIT_MS: &str = "1000";
/// Random bytes in the key that makes a start unique.
const KEY_BYTES: usize = 16;
/// Columns of a terminal that the whole table of jobs fits on, short names provided.
const WIDE: usize = 60;
/// The columns of that table that a narrower one gets: all but how much was said, and whose the job is.
const NARROW_COLUMNS: usize = 4;

impl Conversation {
    /// Starts a job that runs a line, and says its id.
    pub(crate) async fn start_job(&mut self, line: &str, interrupts: &mut Interrupts) -> Result<ExitStatus, Lost> {
        let words = match self.prepare(line, interrupts).await? {
            Prepared::Ready { words, .. } => words,
            Prepared::Stopped(status) => return Ok(status),
        };
        let key = match random_key() {
            Ok(key) => key,
            Err(error) => {
                self.complain_of(&error.to_string());
                return Ok(ExitStatus::Failed);
            }
        };
        let ticket = self.send(&["JOB", "START", &key], words).await;
        let value = self.wait(ticket, Leaving::ByTwo, interrupts).await?;
        Ok(self.told(value, |conversation, value| {
            let id = value.as_str()?;
            let id = sanitize::line(id);
            if conversation.setting.hears {
                conversation.say(&conversation.setting.page.speech.job_started(id));
            } else {
                conversation.setting.screen.out(&format!("{id}\n"));
            }
            Some(())
        }))
    }

    /// Shows the jobs that there are.
    pub(crate) async fn list_jobs(&mut self, interrupts: &mut Interrupts) -> Result<ExitStatus, Lost> {
        let ticket = self.session.queue(["JOB", "LIST"]);
        let value = self.wait(ticket, Leaving::ByTwo, interrupts).await?;
        Ok(self.told(value, |conversation, value| {
            let jobs = entries(value)?;
            let page = conversation.setting.page;
            if jobs.is_empty() {
                conversation.say(&page.speech.no_jobs());
            } else {
                let reply = Reply::Table(table(&jobs, page));
                conversation.setting.screen.out(&layout::reply(&reply, None, page));
            }
            Some(())
        }))
    }

    /// Asks a job to end.
    pub(crate) async fn kill_job(&mut self, id: &str, interrupts: &mut Interrupts) -> Result<ExitStatus, Lost> {
        let ticket = self.session.queue(["JOB", "KILL", id]);
        let value = self.wait(ticket, Leaving::ByTwo, interrupts).await?;
        Ok(self.told(value, |conversation, value| {
            let (speech, id) = (conversation.setting.page.speech, sanitize::line(id));
            let text = match value.as_integer()? {
                0 => speech.job_had_ended(id),
                _ => speech.job_ends(id),
            };
            conversation.say(&text);
            Some(())
        }))
    }

    /// Shows what a job has said and says until it ends. Ctrl-C leaves it running.
    pub(crate) async fn attach(&mut self, id: &str, interrupts: &mut Interrupts) -> Result<ExitStatus, Lost> {
        let mut outputs = self.outputs(false);
        let mut from = 0;
        let status = loop {
            let ticket = self
                .session
                .queue(["JOB", "READ", id, &from.to_string(), "WAIT", WAIT_MS]);
            let Some(value) = self.wait(ticket, Leaving::ByOne, interrupts).await? else {
                outputs.finish(&self.setting.screen);
                self.say(&self.setting.page.speech.job_goes_on(sanitize::line(id)));
                break ExitStatus::Cancelled;
            };
            let report = match JobReport::decode(&value) {
                Ok(report) => report,
                Err(error) => break self.not_told(&error),
            };
            if report.from > from {
                self.say(&self.setting.page.speech.job_output_gone());
            }
            for (stream, bytes) in &report.output {
                outputs.print(*stream, bytes, &self.setting.screen);
            }
            // A server that didn't move on would be asked the same for ever.
            from = report.next.max(report.from.saturating_add(report.output.len() as u64));
            if report.entry.state == JobState::Ended && report.output.is_empty() {
                outputs.finish(&self.setting.screen);
                break self.job_ended(&report.entry);
            }
        };
        if self.setting.hears {
            self.setting.screen.end_line();
        }
        Ok(status)
    }

    fn job_ended(&self, entry: &JobEntry) -> ExitStatus {
        let exit = Exit {
            status: entry.status,
            signal: entry.signal.clone(),
            ok: entry.ok,
            ms: entry.ms,
            job: None,
            truncated: entry.truncated,
        };
        if let Some(why) = &entry.ending {
            self.complain_of(&sanitize::line(why));
        }
        let page = self.setting.page;
        let text = layout::ending(&exit, self.setting.hears, page);
        self.setting.screen.problem(&text);
        if entry.is_success() {
            ExitStatus::Success
        } else {
            ExitStatus::Failed
        }
    }

    /// Shows a reply, or the error that it is, or that it isn't what was expected.
    fn told(&self, value: Option<Value>, show: impl FnOnce(&Self, &Value) -> Option<()>) -> ExitStatus {
        let Some(value) = value else {
            self.say(&self.setting.page.speech.stopped_waiting());
            return ExitStatus::Cancelled;
        };
        if let Value::Error(error) = value {
            return self.not_told(&MessageError::Error(error));
        }
        match show(self, &value) {
            Some(()) => ExitStatus::Success,
            None => self.not_told(&MessageError::Wrong {
                field: "job",
                expected: "what was asked for",
            }),
        }
    }

    fn not_told(&self, error: &MessageError) -> ExitStatus {
        if let MessageError::Error(error) = error {
            self.setting.screen.problem(&layout::error(error, self.setting.page));
            return ExitStatus::from(error);
        }
        let why = error.to_string();
        let text = self.setting.page.speech.not_understood(sanitize::line(&why));
        self.complain_of(&text);
        ExitStatus::Failed
    }
}

/// The jobs in the reply to `JOB LIST`.
fn entries(value: &Value) -> Option<Vec<JobEntry>> {
    value
        .as_array()?
        .iter()
        .map(|entry| JobEntry::decode(entry).ok())
        .collect()
}

/// Ids and commands of jobs, for completion, the newest first; with `running`, of those alone that haven't ended.
pub(super) fn ids(value: &Value, running: bool) -> Vec<(String, String)> {
    entries(value)
        .unwrap_or_default()
        .into_iter()
        .rev()
        .filter(|entry| !running || entry.state != JobState::Ended)
        .map(|entry| (entry.id, sanitize::line(&entry.command).into_owned()))
        .collect()
}

/// On a narrow terminal, without what can best be missed: an id that is folded can't be copied.
fn table(jobs: &[JobEntry], page: Page) -> Table {
    let speech = page.speech;
    let state = |job: &JobEntry| match job.state {
        JobState::Waiting => speech.job_waiting(),
        JobState::Running => speech.job_running(),
        JobState::Ended if job.is_success() => speech.job_ended(),
        // The server's sentence comes first: why it ended the program tells more than how the program then went.
        JobState::Ended => match (&job.ending, &job.signal, job.status) {
            (Some(why), _, _) => why.clone(),
            (None, Some(signal), _) => speech.exit_signal(signal),
            (None, None, Some(status)) if status != 0 => speech.exit_status(status),
            (None, None, _) => speech.job_ended(),
        },
    };
    let row = |job: &JobEntry| {
        vec![
            job.id.clone(),
            job.command.clone(),
            state(job),
            amount::run_time(job.ms),
            amount::size(job.bytes),
            job.user.clone(),
        ]
    };
    let mut columns = vec![
        speech.column_job(),
        speech.column_command(),
        speech.column_state(),
        speech.column_time(),
        speech.column_output(),
        speech.column_user(),
    ];
    let mut rows: Vec<Vec<String>> = jobs.iter().map(row).collect();
    if page.columns.is_some_and(|columns| columns < WIDE) {
        columns.truncate(NARROW_COLUMNS);
        for row in &mut rows {
            row.truncate(NARROW_COLUMNS);
        }
    }
    Table {
        columns,
        rows,
        note: None,
    }
}

/// Nobody else uses the same one, so that a start that is sent twice starts one job.
fn random_key() -> Result<String, openssl::error::ErrorStack> {
    let mut bytes = [0; KEY_BYTES];
    openssl::rand::rand_bytes(&mut bytes)?;
    let mut key = String::with_capacity(2 * KEY_BYTES);
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(key, "{byte:02x}");
    }
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::tests::plain;

    fn job(id: &str, state: JobState) -> JobEntry {
        JobEntry {
            id: id.to_owned(),
            command: format!("disk /{id}\u{7}"),
            state,
            user: "ana".to_owned(),
            ms: 1500,
            bytes: 2048,
            ..JobEntry::default()
        }
    }

    #[test]
    fn a_table_of_jobs() {
        let failed = JobEntry {
            status: Some(2),
            ..job("c", JobState::Ended)
        };
        let found_nothing = JobEntry {
            status: Some(4),
            ok: Some(true),
            ..job("d", JobState::Ended)
        };
        let cancelled = JobEntry {
            ending: Some("it was cancelled".to_owned()),
            ok: Some(false),
            ..job("e", JobState::Ended)
        };
        let jobs = [
            job("a", JobState::Running),
            job("b", JobState::Waiting),
            failed,
            found_nothing,
            cancelled,
        ];
        let reply = Reply::Table(table(&jobs, plain(100)));
        let shown = layout::reply(&reply, None, plain(100));
        for part in [
            "disk /a^G",
            "running",
            "waiting",
            "exit status 2",
            "ended",
            "it was cancelled",
            "1.5 s",
            "2.0 KiB",
            "ana",
        ] {
            assert!(shown.contains(part), "{part} in {shown}");
        }
        assert!(!shown.contains("exit status 4"), "{shown}");
    }

    #[test]
    fn ids_stay_whole_on_a_narrow_terminal() {
        let timed_out = JobEntry {
            id: "f2g5qhwknk".to_owned(),
            ending: Some("it ran for longer than 1s and was ended".to_owned()),
            ..job("x", JobState::Ended)
        };
        let shown = |columns| {
            let reply = Reply::Table(table(std::slice::from_ref(&timed_out), plain(columns)));
            layout::reply(&reply, None, plain(columns))
        };
        let narrow = shown(40);
        assert!(narrow.contains("\nf2g5qhwknk  disk /x^G"), "{narrow}");
        assert!(narrow.starts_with("job         command"), "{narrow}");
        assert!(shown(80).contains("ana") && !narrow.contains("ana"), "{narrow}");
    }

    #[test]
    fn the_newest_jobs_are_offered_first() {
        let mut bytes = Vec::new();
        let mut encoder = caracola_wire::Encoder::new(&mut bytes, caracola_wire::Protocol::Resp3);
        encoder.array(3);
        for (id, state) in [
            ("a", JobState::Running),
            ("b", JobState::Ended),
            ("c", JobState::Waiting),
        ] {
            job(id, state).encode(&mut encoder);
        }
        let mut decoder = caracola_wire::ValueDecoder::new(caracola_wire::ValueLimits::default());
        let value = decoder
            .decode(&mut bytes.as_slice().into())
            .expect("a value")
            .expect("all of it");
        let offered = |running| ids(&value, running).into_iter().map(|(id, _)| id).collect::<Vec<_>>();
        assert_eq!(offered(false), ["c", "b", "a"]);
        assert_eq!(offered(true), ["c", "a"]);
    }

    #[test]
    fn keys_differ() {
        let (first, second) = (random_key().expect("a key"), random_key().expect("a key"));
        assert!(first.len() == 32 && first != second);
    }
}
