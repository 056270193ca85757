//! Lines that no person types: `-c`, and standard input that is a file or a pipe.

use std::io::{self, BufRead as _};

use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::catalogue;
use crate::connection::Route;
use crate::conversation::opening::{self, CatalogueScope, Opened, SessionOptions};
use crate::conversation::{Conversation, Outcome, Setting};
use crate::exit_status::ExitStatus;
use crate::interrupts::Interrupts;
use crate::layout::{Page, sanitize};
use crate::own_words::{self, Action, OwnError};
use crate::secret_line;
use crate::session::Lost;

/// Lines read ahead of the one that runs.
const READ_AHEAD: usize = 16;

/// What a script needs.
pub(crate) struct Script {
    pub(crate) route: Route,
    pub(crate) options: SessionOptions,
    pub(crate) setting: Setting,
    /// Go on after a line that fails.
    pub(crate) keep_going: bool,
    /// What to add when the server can't be reached.
    pub(crate) unreachable_hint: Option<String>,
}

impl Script {
    /// Runs the lines of `-c`. For a single one, only its own command is asked for, not the whole catalogue.
    pub(crate) async fn run_command(mut self, text: &str) -> io::Result<ExitStatus> {
        let lines: Vec<&str> = text.lines().collect();
        self.options.catalogue = match lines.as_slice() {
            [line] => scope_for(line),
            _ => CatalogueScope::All,
        };
        let (sender, receiver) = channel(lines.len().max(1));
        for line in lines {
            // The channel holds them all.
            let _ = sender.try_send(Ok(line.to_owned()));
        }
        drop(sender);
        self.run_lines(receiver).await
    }

    /// Runs the lines of standard input as they come.
    pub(crate) async fn run_stdin(mut self) -> io::Result<ExitStatus> {
        self.options.catalogue = CatalogueScope::All;
        let (sender, receiver) = channel(READ_AHEAD);
        std::thread::Builder::new()
            .name("standard input".to_owned())
            .spawn(move || read_lines(&sender))?;
        self.run_lines(receiver).await
    }

    async fn run_lines(self, mut lines: Receiver<Result<String, usize>>) -> io::Result<ExitStatus> {
        let mut interrupts = Interrupts::new()?;
        let opened = match self.open(&mut interrupts).await {
            Ok(opened) => opened,
            Err(status) => return Ok(status),
        };
        let mut conversation = Conversation::new(opened, self.setting.clone());
        let mut worst = ExitStatus::Success;
        let mut number = 0;
        loop {
            let line = tokio::select! {
                line = lines.recv() => line,
                _ = interrupts.either() => return Ok(ExitStatus::Cancelled),
                lost = conversation.listen() => return Ok(self.lost(&conversation, &lost)),
            };
            let Some(line) = line else {
                return Ok(self.finished(worst));
            };
            number += 1;
            let outcome = match &line {
                Ok(line) => run_line(line, &mut conversation, &self.setting, &mut interrupts).await,
                Err(number) => {
                    self.complain(&self.setting.page.speech.line_not_utf8(number));
                    Ok(ended(ExitStatus::Usage))
                }
            };
            match outcome {
                Ok(Outcome { leaves: true, .. }) => return Ok(self.finished(worst)),
                Ok(Outcome { status, .. }) if status.is_success() => {}
                Ok(Outcome { status, .. }) => {
                    worst = status;
                    if !self.keep_going || status == ExitStatus::Cancelled {
                        if let Ok(line) = line {
                            self.remark_stop(number, &line);
                        }
                        return Ok(self.finished(worst));
                    }
                }
                Err(lost) => return Ok(self.lost(&conversation, &lost)),
            }
            if self.setting.screen.is_broken() {
                return Ok(self.finished(worst));
            }
        }
    }

    /// The status at the end: what could not be printed is a failure too.
    fn finished(&self, worst: ExitStatus) -> ExitStatus {
        if self.setting.screen.tell_unwritten() && worst.is_success() {
            return ExitStatus::Failed;
        }
        worst
    }

    async fn open(&self, interrupts: &mut Interrupts) -> Result<Opened, ExitStatus> {
        tokio::select! {
            opened = opening::open(&self.route, &self.options, self.setting.page.speech) => {
                opened.map_err(|error| self.unreachable(&error))
            }
            _ = interrupts.either() => Err(ExitStatus::Cancelled),
        }
    }

    /// Which line it was, unless it was the only one.
    fn remark_stop(&self, number: usize, line: &str) {
        if number > 1 {
            let page = self.setting.page;
            let line = secret_line::presentable(line, &self.setting.catalogue.current());
            let text = page.speech.script_stopped(number, sanitize::line(&line));
            self.setting.screen.problem(&page.remark(&text));
        }
    }

    fn unreachable(&self, error: &opening::OpenError) -> ExitStatus {
        self.complain(&error.explain(&self.route.endpoint, self.setting.page.speech));
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
        self.setting.screen.problem(&self.setting.page.complaint(text));
    }
}

/// What to say when a connection is lost: the server's own reason, if it gave one, then ours.
pub(crate) fn farewell(conversation: &Conversation, lost: &Lost, route: &Route, page: Page) -> String {
    let why = page
        .speech
        .connection_lost(route.endpoint.name(), lost.explain(page.speech));
    match conversation.bye() {
        Some(reason) => {
            let reason = sanitize::line(reason);
            format!("{}\n{why}", page.speech.server_says_goodbye(reason))
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
    let speech = setting.page.speech;
    let complain = |text: String| {
        setting.screen.problem(&setting.page.complaint(&text));
        Ok(ended(ExitStatus::Usage))
    };
    match own_words::parse(line) {
        Ok(Action::Nothing) => Ok(Outcome {
            status: ExitStatus::Success,
            leaves: false,
        }),
        Ok(Action::Run(run)) => conversation.run(&run, interrupts).await,
        Ok(Action::Background(line)) => conversation.start_job(&line, interrupts).await.map(ended),
        Ok(Action::Jobs) => conversation.list_jobs(interrupts).await.map(ended),
        Ok(Action::Attach(id)) => conversation.attach(&id, interrupts).await.map(ended),
        Ok(Action::Kill(id)) => conversation.kill_job(&id, interrupts).await.map(ended),
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

fn ended(status: ExitStatus) -> Outcome {
    Outcome { status, leaves: false }
}

/// What must be known of the catalogue to run this line alone.
fn scope_for(line: &str) -> CatalogueScope {
    let line = match own_words::parse(line) {
        Ok(Action::Run(run)) => run.line,
        Ok(Action::Background(line)) => line,
        _ => return CatalogueScope::Nothing,
    };
    match catalogue::name_words(&line) {
        words if words.is_empty() => CatalogueScope::Nothing,
        words => CatalogueScope::Of(words),
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
    fn one_line_needs_one_command() {
        let wanted = |line| match scope_for(line) {
            CatalogueScope::Of(words) => words.join(" "),
            CatalogueScope::All => "all".to_owned(),
            CatalogueScope::Nothing => String::new(),
        };
        assert_eq!(wanted(" git  commit -m 'a b' c"), "git commit -m a b");
        assert_eq!(wanted("'git' com\\mit"), "git commit");
        assert_eq!(wanted(":time :json who"), "who");
        assert_eq!(wanted(":bg disk /"), "disk /");
        for line in ["", "# remark", ":jobs", ":nonsense", ":attach k7"] {
            assert_eq!(wanted(line), "", "{line}");
        }
    }
}
