//! Lines that no person types: `-c`, and standard input that is a file or a pipe.

use std::io::{self, BufRead as _};

use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::connection::Route;
use crate::conversation::opening::{self, Wishes};
use crate::conversation::{Conversation, Interrupts, Outcome, Setting};
use crate::exit_status::ExitStatus;
use crate::layout::{Page, sanitize};
use crate::line;
use crate::session::Lost;
use crate::shell::words::{self, Action, OwnError, Run};

/// Lines read ahead of the one that runs.
const READ_AHEAD: usize = 16;

/// What a script needs.
pub(crate) struct Script {
    pub(crate) route: Route,
    pub(crate) wishes: Wishes,
    pub(crate) setting: Setting,
    /// Go on after a line that fails.
    pub(crate) keep_going: bool,
    /// What to add when the server can't be reached.
    pub(crate) unreachable_hint: Option<String>,
}

impl Script {
    /// Runs the lines of `-c`. One plain line goes out together with the introduction, and without asking for the catalogue.
    pub(crate) async fn run_command(mut self, text: &str) -> io::Result<ExitStatus> {
        let plain = plain_run(text);
        let Some(run) = plain else {
            let lines: Vec<Result<String, usize>> = text.lines().map(|line| Ok(line.to_owned())).collect();
            let (sender, receiver) = channel(lines.len().max(1));
            for line in lines {
                // The channel holds them all.
                let _ = sender.try_send(line);
            }
            drop(sender);
            return self.run_lines(receiver).await;
        };
        self.wishes.run = Some(run.line.split_whitespace().map(str::to_owned).collect());
        let mut interrupts = Interrupts::new()?;
        let opened = match opening::open(&self.route, &self.wishes, self.setting.page.speech).await {
            Ok(opened) => opened,
            Err(error) => return Ok(self.unreachable(&error)),
        };
        let ticket = opened.run;
        let mut conversation = Conversation::new(opened, self.setting.clone());
        let Some(ticket) = ticket else {
            return Ok(ExitStatus::Failed);
        };
        match conversation.finish(ticket, run.json, &mut interrupts).await {
            Ok(status) => Ok(status),
            Err(lost) => Ok(self.lost(&conversation, &lost)),
        }
    }

    /// Runs the lines of standard input as they come.
    pub(crate) async fn run_stdin(self) -> io::Result<ExitStatus> {
        let (sender, receiver) = channel(READ_AHEAD);
        std::thread::Builder::new()
            .name("standard input".to_owned())
            .spawn(move || read_lines(&sender))?;
        self.run_lines(receiver).await
    }

    async fn run_lines(mut self, mut lines: Receiver<Result<String, usize>>) -> io::Result<ExitStatus> {
        self.wishes.catalogue = true;
        let mut interrupts = Interrupts::new()?;
        let opened = match opening::open(&self.route, &self.wishes, self.setting.page.speech).await {
            Ok(opened) => opened,
            Err(error) => return Ok(self.unreachable(&error)),
        };
        let mut conversation = Conversation::new(opened, self.setting.clone());
        let mut worst = ExitStatus::Success;
        let mut number = 0;
        loop {
            let line = tokio::select! {
                line = lines.recv() => line,
                lost = conversation.listen() => return Ok(self.lost(&conversation, &lost)),
            };
            let Some(line) = line else {
                return Ok(worst);
            };
            number += 1;
            let outcome = match &line {
                Ok(line) => run_line(line, &mut conversation, &self.setting, &mut interrupts).await,
                Err(number) => {
                    self.complain(&self.setting.page.speech.not_utf8(number));
                    Ok(failed(ExitStatus::Usage))
                }
            };
            match outcome {
                Ok(Outcome { leaves: true, .. }) => return Ok(worst),
                Ok(Outcome { status, .. }) if status.is_success() => {}
                Ok(Outcome { status, .. }) => {
                    worst = status;
                    if !self.keep_going || status == ExitStatus::Cancelled {
                        if let Ok(line) = line {
                            self.remark_stop(number, &line);
                        }
                        return Ok(worst);
                    }
                }
                Err(lost) => return Ok(self.lost(&conversation, &lost)),
            }
            if self.setting.screen.is_broken() {
                return Ok(worst);
            }
        }
    }

    /// Which line it was, unless it was the only one.
    fn remark_stop(&self, number: usize, line: &str) {
        if number > 1 {
            let Page { speech, palette, .. } = self.setting.page;
            let text = speech.script_stopped(number, sanitize::line(line));
            self.setting.screen.problem(&format!("{}\n", palette.dim(&text)));
        }
    }

    fn unreachable(&self, error: &opening::OpenError) -> ExitStatus {
        self.complain(&error.explain(&self.route.place, self.setting.page.speech));
        if let Some(hint) = &self.unreachable_hint
            && matches!(error, opening::OpenError::Connect(_))
        {
            self.complain(hint);
        }
        error.status()
    }

    fn lost(&self, conversation: &Conversation, lost: &Lost) -> ExitStatus {
        self.complain(&farewell(conversation, lost, &self.route, self.setting.page));
        ExitStatus::Connection
    }

    fn complain(&self, text: &str) {
        let Page { palette, .. } = self.setting.page;
        for line in text.lines() {
            self.setting.screen.problem(&format!("{}\n", palette.error(line)));
        }
    }
}

/// What to say when a connection is lost: the server's own reason, if it gave one, then ours.
pub(crate) fn farewell(conversation: &Conversation, lost: &Lost, route: &Route, page: Page) -> String {
    let why = page
        .speech
        .connection_lost(route.place.name(), lost.explain(page.speech));
    match conversation.bye() {
        Some(reason) => {
            let reason = sanitize::line(reason);
            format!("{}\n{why}", page.speech.goodbye(reason))
        }
        None => why,
    }
}

/// Runs one line of a script. The shell's own words work as far as they make sense without a person.
pub(crate) async fn run_line(
    line: &str,
    conversation: &mut Conversation,
    setting: &Setting,
    interrupts: &mut Interrupts,
) -> Result<Outcome, Lost> {
    let Page { speech, palette, .. } = setting.page;
    let complain = |text: String| {
        setting.screen.problem(&format!("{}\n", palette.error(&text)));
        Ok(failed(ExitStatus::Usage))
    };
    match words::parse(line) {
        Ok(Action::Nothing) => Ok(Outcome {
            status: ExitStatus::Success,
            leaves: false,
        }),
        Ok(Action::Run(run)) => conversation.run(&run, interrupts).await,
        Ok(Action::Quit) => Ok(Outcome {
            status: ExitStatus::Success,
            leaves: true,
        }),
        Ok(Action::Source(_)) => complain(speech.nested_source()),
        Ok(Action::Watch(..) | Action::Help | Action::Clear) => {
            let word = line.split_whitespace().next().unwrap_or_default();
            complain(speech.own_shell_only(word))
        }
        Err(error) => complain(explain(&error, setting.page)),
    }
}

/// What is wrong with an own word.
pub(crate) fn explain(error: &OwnError, page: Page) -> String {
    match error {
        OwnError::Unknown { word, nearest } => page.speech.own_unknown(word, nearest),
        OwnError::Usage(usage) => page.speech.own_usage(usage),
    }
}

fn failed(status: ExitStatus) -> Outcome {
    Outcome { status, leaves: false }
}

/// The only line of `text`, if the server reads it as this client would without a catalogue.
fn plain_run(text: &str) -> Option<Run> {
    if text.trim().contains('\n') || !line::is_plain(text.trim()) {
        return None;
    }
    match words::parse(text) {
        Ok(Action::Run(run)) if !run.timed => Some(run),
        _ => None,
    }
}

/// Each line without its end; the number of a line (from 1) that isn't UTF-8.
fn read_lines(sender: &Sender<Result<String, usize>>) {
    let mut input = io::stdin().lock();
    let mut number = 0;
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        match input.read_until(b'\n', &mut bytes) {
            Ok(length) if length > 0 => {}
            _ => return,
        }
        number += 1;
        let line = match std::str::from_utf8(&bytes) {
            Ok(text) => Ok(text.trim_end_matches(['\n', '\r']).to_owned()),
            Err(_) => Err(number),
        };
        if sender.blocking_send(line).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_plain_line_goes_without_the_catalogue() {
        assert_eq!(plain_run(" ls -l ").map(|run| run.line), Some("ls -l".to_owned()));
        assert_eq!(plain_run(":json who").map(|run| run.json), Some(true));
        for text in ["", "ls\npwd", "ls 'a'", ":time ls", ":quit", "# remark", "ls | wc"] {
            assert_eq!(plain_run(text), None, "{text}");
        }
    }
}
