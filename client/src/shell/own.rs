//! What the shell's own words do.

use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use caracola_wire::{Reply, Table};
use tokio::time::sleep;

use super::{Next, Shell};
use crate::conversation::Outcome;
use crate::exit_status::ExitStatus;
use crate::io_reason::io_reason;
use crate::layout::color::Depth;
use crate::layout::{self, message, sanitize};
use crate::own_words::{self, Action, Run};
use crate::script;
use crate::secret_line;

/// The largest file for `:source`, in bytes.
const MAX_SOURCE_BYTES: u64 = 1024 * 1024;
impl Shell {
    pub(super) async fn source(&mut self, path: &str) -> Next {
        let text = match read_source(Path::new(path)) {
            Ok(text) => text,
            Err(error) => {
                let speech = self.setting.page.speech;
                self.complain(&speech.cannot_use_file(sanitize::line(path), io_reason(&error, speech)));
                return Next::Prompt;
            }
        };
        for (index, line) in text.lines().enumerate() {
            let Some(conversation) = &mut self.conversation else {
                break;
            };
            match script::run_line(line, conversation, &self.setting, &mut self.interrupts).await {
                Ok(Outcome { leaves: true, .. }) => return Next::Leave(ExitStatus::Success),
                Ok(Outcome { status, .. }) if status.is_success() => {}
                Ok(_) => {
                    let speech = self.setting.page.speech;
                    let line = secret_line::presentable(line, &self.setting.catalogue.current());
                    self.remark(&speech.script_stopped(index + 1, sanitize::line(&line)));
                    break;
                }
                Err(lost) => self.lose(&lost),
            }
        }
        Next::Prompt
    }

    /// Runs a line again and again, on a cleared screen where there is one, until Ctrl-C or until it fails.
    pub(super) async fn watch(&mut self, every: Duration, run: &Run) -> Next {
        loop {
            self.clear();
            let page = self.setting.page.measured_again();
            let now = SystemTime::now().duration_since(UNIX_EPOCH);
            let now = now.map_or(0, |time| u64::try_from(time.as_millis()).unwrap_or(0));
            let title = page.speech.watching(
                sanitize::line(&secret_line::presentable(&run.line, &self.setting.catalogue.current())),
                every.as_secs_f64(),
                message::time_of_day(now),
            );
            self.remark(&title);
            let (next, succeeded) = self.run_line(run).await;
            if !succeeded {
                return next;
            }
            if !self.pause(every).await {
                return Next::Prompt;
            }
        }
    }

    /// Starts, lists, shows or ends jobs.
    pub(super) async fn job(&mut self, action: Action) {
        let Some(conversation) = &mut self.conversation else {
            return self.not_sent();
        };
        let interrupts = &mut self.interrupts;
        let done = match action {
            Action::Background(line) => conversation.start_job(&line, interrupts).await,
            Action::Attach(id) => conversation.attach(&id, interrupts).await,
            Action::Kill(id) => conversation.kill_job(&id, interrupts).await,
            _ => conversation.list_jobs(interrupts).await,
        };
        if let Err(lost) = done {
            self.lose(&lost);
        }
    }

    /// Waits while messages are shown; false if Ctrl-C or the loss of the connection ended it.
    async fn pause(&mut self, time: Duration) -> bool {
        let Some(conversation) = &mut self.conversation else {
            return false;
        };
        let lost = tokio::select! {
            () = sleep(time) => return true,
            _ = self.interrupts.either() => return false,
            lost = conversation.listen() => lost,
        };
        self.lose(&lost);
        false
    }

    pub(super) fn help(&self) {
        let page = self.setting.page;
        let rows = own_words::all(page.speech)
            .map(|(_, usage, about)| vec![usage.to_owned(), about])
            .collect();
        let table = Table {
            columns: vec![String::new(); 2],
            rows,
            note: None,
        };
        self.setting.screen.problem(&page.remark(&page.speech.own_help_title()));
        self.setting
            .screen
            .out(&layout::reply(&Reply::Table(table), None, page));
    }

    pub(super) fn clear(&self) {
        // A terminal without colours may be one that knows no such sequence either.
        if self.setting.page.palette.depth > Depth::None {
            self.setting.screen.out("\x1b[H\x1b[2J");
        }
    }
}

fn read_source(path: &Path) -> io::Result<String> {
    use std::io::Read as _;

    let mut text = String::new();
    let file = std::fs::File::open(path)?;
    file.take(MAX_SOURCE_BYTES + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MAX_SOURCE_BYTES {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(text)
}
