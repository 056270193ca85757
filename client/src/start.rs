//! From the command line to a shell, a script or a trial.

use std::env;
use std::io::{self, IsTerminal as _};
use std::path::PathBuf;
use std::time::Duration;

use caracola_speech::Speech;

use crate::address::{Address, AddressError};
use crate::arguments::{Arguments, Common, Task};
use crate::catalogue::Shared;
use crate::connection::devices::Devices;
use crate::connection::known_hosts::KnownHosts;
use crate::connection::trust::UnknownHostPolicy;
use crate::connection::{Endpoint, Network, Route, door};
use crate::conversation::Setting;
use crate::conversation::asking::ConfirmPolicy;
use crate::conversation::opening::{self, CatalogueScope, OpenError, SessionOptions};
use crate::exit_status::ExitStatus;
use crate::folders;
use crate::interrupts::Interrupts;
use crate::language::Language;
use crate::layout::Page;
use crate::login::{Login, Source};
use crate::pictures::Pictures;
use crate::screen::{self, Screen};
use crate::script::Script;
use crate::shell::{self, Shell};
use crate::terminal;
use crate::trial::Trial;

/// The longest name that is asked for, in characters.
const MAX_NAME: usize = 20;

/// Why there is nothing to connect to.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    #[error("{0}")]
    Address(#[from] AddressError),
    #[error("can't tell where the server's state folder is; say so with --state-dir")]
    NoStateFolder,
    /// With the sentence for it.
    #[error("{0}")]
    PasswordOfNobody(String),
}

/// What was asked for, ready to go.
pub(crate) struct Start {
    route: Route,
    options: SessionOptions,
    common: Common,
    page: Page,
    speech: Speech,
    /// The server wasn't named, so there may be none.
    is_default: bool,
    /// Ends when this is dropped.
    trial: Option<Trial>,
}

impl Start {
    /// Decides where to go and in which language. Starts the private server if that is where.
    pub(crate) fn prepare(arguments: Arguments) -> Result<Self, ExitStatus> {
        let language = Language::choose(arguments.common.lang.as_deref(), |name| env::var(name).ok());
        let speech = language.speech;
        let page = Page::of_stdout(arguments.common.color, speech);
        let trial = match arguments.task {
            Some(Task::Try { practice }) => Some(Trial::start(practice).map_err(|error| {
                screen::tell(&error.explain(speech));
                ExitStatus::Connection
            })?),
            None => None,
        };
        let (endpoint, is_default) = endpoint(&arguments, trial.as_ref()).map_err(|error| {
            screen::tell(&format!("caracola: {error}"));
            ExitStatus::OwnUsage
        })?;
        let login = login(&endpoint, arguments.proof.password_file, speech).map_err(|error| {
            screen::tell(&format!("caracola: {error}"));
            ExitStatus::OwnUsage
        })?;
        let common = arguments.common;
        Ok(Self {
            route: Route {
                endpoint,
                timeout: Duration::from_secs_f64(common.timeout),
            },
            options: SessionOptions {
                language: language.tag,
                name: match (&common.name, &login) {
                    // Who logs in is called like the account.
                    (None, Some(_)) => None,
                    (name, _) => display_name(name.as_deref()),
                },
                login,
                columns: page.columns.and_then(|columns| u16::try_from(columns).ok()),
                ..SessionOptions::default()
            },
            common,
            page,
            speech,
            is_default,
            trial,
        })
    }

    /// Runs until there is nothing more to do.
    pub(crate) async fn run(self) -> io::Result<ExitStatus> {
        let is_shell = self.common.command.is_none() && io::stdin().is_terminal();
        let screen = if is_shell {
            Screen::for_shell()
        } else {
            Screen::for_script()
        };
        let setting = Setting {
            screen,
            page: self.page,
            catalogue: Shared::default(),
            pictures: Pictures::in_folder(folders::images()),
            hears: is_shell,
            confirm: match (self.common.yes, is_shell) {
                (true, _) => ConfirmPolicy::AssumeYes,
                (false, true) => ConfirmPolicy::Ask,
                (false, false) => ConfirmPolicy::Refuse,
            },
            has_person: terminal::has_person(),
        };
        if is_shell {
            return self.shell(setting).await;
        }
        let script = Script {
            unreachable_hint: self.hint(),
            route: self.route,
            options: SessionOptions {
                quiet: true,
                ..self.options
            },
            setting,
            keep_going: self.common.keep_going,
        };
        match self.common.command {
            Some(text) => script.run_command(&text).await,
            None => script.run_stdin().await,
        }
    }

    async fn shell(mut self, setting: Setting) -> io::Result<ExitStatus> {
        if let Some(trial) = &self.trial {
            let program = env::args().next().unwrap_or_default();
            let text = self.speech.others_type(trial.invitation(&program));
            setting.screen.out(&format!("{text}\n\n"));
        }
        self.options.catalogue = CatalogueScope::All;
        // From here on a signal leaves the terminal as it was, whatever is being asked.
        let mut interrupts = Interrupts::new()?;
        let opened = tokio::select! {
            opened = opening::open(&self.route, &self.options, self.speech) => opened,
            _ = interrupts.either() => return Ok(ExitStatus::Cancelled),
        };
        let opened = match opened {
            Ok(opened) => opened,
            Err(error) => return Ok(self.unreachable(&error)),
        };
        let history = if self.common.no_history {
            None
        } else {
            self.common.history.clone().or_else(folders::history)
        };
        let setup = shell::Setup {
            route: self.route.clone(),
            options: self.options.clone(),
            setting,
            history,
            interrupts,
        };
        Shell::run(setup, opened).await
    }

    fn unreachable(&self, error: &OpenError) -> ExitStatus {
        screen::tell(&error.explain(&self.route.endpoint, self.speech));
        if let (OpenError::Connect(_), Some(hint)) = (error, self.hint()) {
            screen::tell(&hint);
        }
        error.status()
    }

    fn hint(&self) -> Option<String> {
        self.is_default.then(|| self.speech.try_instead())
    }
}

/// Where to go, and whether nobody said so.
fn endpoint(arguments: &Arguments, trial: Option<&Trial>) -> Result<(Endpoint, bool), StartError> {
    if arguments.door.local {
        let state = folders::server_state(arguments.door.state_dir.as_deref());
        let state = state.ok_or(StartError::NoStateFolder)?;
        return Ok((Endpoint::Door(door::path(&state)), false));
    }
    if let Some(trial) = trial {
        let network = Network {
            address: trial.address.clone(),
            fingerprint: Some(trial.fingerprint.clone()),
            cacert: None,
            known_hosts: None,
            devices: None,
            unknown_host: UnknownHostPolicy::Refuse,
        };
        return Ok((Endpoint::Network(network), false));
    }
    let from_environment = env::var("CARACOLA_HOST").ok().filter(|host| !host.is_empty());
    let named = arguments.server.clone().or(from_environment);
    let address = match &named {
        Some(text) => Address::parse(text)?,
        None => Address::default_server(),
    };
    let unknown_host = if arguments.trust.trust_new {
        UnknownHostPolicy::Trust
    } else if terminal::has_person() {
        UnknownHostPolicy::Ask
    } else {
        UnknownHostPolicy::Refuse
    };
    let network = Network {
        address,
        fingerprint: arguments.trust.fingerprint.clone(),
        cacert: arguments.trust.cacert.clone(),
        known_hosts: folders::known_hosts().map(KnownHosts::at),
        devices: folders::devices().map(Devices::at),
        unknown_host,
    };
    Ok((Endpoint::Network(network), named.is_none()))
}

/// Who comes in with a password, and where it comes from.
fn login(endpoint: &Endpoint, password_file: Option<PathBuf>, speech: Speech) -> Result<Option<Login>, StartError> {
    let user = match endpoint {
        Endpoint::Network(network) => network.address.user.clone(),
        Endpoint::Door(_) => None,
    };
    let Some(user) = user else {
        return match password_file {
            Some(_) => Err(StartError::PasswordOfNobody(speech.password_without_user())),
            None => Ok(None),
        };
    };
    let source = match password_file {
        Some(path) => Source::File(path),
        None if terminal::has_person() => Source::Person,
        None => Source::Nobody,
    };
    Ok(Some(Login { user, source }))
}

/// A name is asked for as the person wrote it; the name on this machine is made to fit the rules of names first.
fn display_name(wanted: Option<&str>) -> Option<String> {
    if let Some(name) = wanted {
        return Some(name.to_owned());
    }
    ["USER", "LOGNAME"]
        .iter()
        .filter_map(|variable| env::var(variable).ok())
        .map(|name| fitting(&name))
        .find(|name| !name.is_empty())
}

fn fitting(name: &str) -> String {
    name.chars()
        .filter(|character| character.is_alphanumeric() || matches!(character, '_' | '-'))
        .take(MAX_NAME)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_accounts_are_made_to_fit() {
        assert_eq!(fitting("ana"), "ana");
        assert_eq!(fitting("CORP\\ana.díaz@lab"), "CORPanadíazlab");
        assert_eq!(fitting(&"x".repeat(30)).len(), MAX_NAME);
        assert_eq!(fitting("..."), "");
    }
}
