//! `caracolad user`: who may log in. It writes the users' file, and waits until a server that runs has taken the change over.

use std::fs::{self, File, OpenOptions};
use std::net::IpAddr;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::process::ExitCode;
use std::time::SystemTime;

use anyhow::{Context as _, Result, bail};
use caracola_wire::{Reply, Table};
use clap::{Args, Subcommand};
use rustix::fs::{FlockOperation, flock};

use super::door;
use super::password::{self, PasswordArguments};
use super::print;
use crate::access::failures::LONGEST_WAIT_OF_ADDRESS;
use crate::access::user_file::{self, UserFile};
use crate::access::users::{self, FILE};
use crate::access::{Account, Accounts, Role};
use crate::calendar;
use crate::name::{Name, NameError};
use crate::state_folder;
use caracola_speech::Speech;
use caracola_speech::render;

/// What a change or a list of the users waits for.
const FIX_FIRST: &str = "the file of users must be fixed first";

/// What `caracolad user` is told.
#[derive(Debug, Args)]
pub(super) struct UserArguments {
    #[command(subcommand)]
    action: UserAction,
}

/// What `caracolad user` can do.
#[derive(Debug, Subcommand)]
enum UserAction {
    /// Let somebody log in; asks for their password
    Add {
        #[command(flatten)]
        who: Who,
        /// What they may do: each role may do all that those before it may
        #[arg(long, default_value = "user", value_parser = ["user", "operator", "admin"])]
        role: String,
        #[command(flatten)]
        password: PasswordArguments,
    },
    /// Show who may log in
    List,
    /// Let somebody log in no longer; their sessions and jobs end
    Remove(Who),
    /// Have the server that runs read the file again, and say whether it could
    Reload,
    /// Set somebody's password again; their sessions and jobs end
    Passwd {
        #[command(flatten)]
        who: Who,
        /// Let the sessions and jobs of who logged in with the former password go on
        #[arg(long)]
        keep_sessions: bool,
        #[command(flatten)]
        password: PasswordArguments,
    },
    /// Have the running server forget the wrong passwords that it counted for somebody: they need not wait any more
    Unlock {
        #[command(flatten)]
        who: Who,
        /// Forget those from this address too, for whatever names
        #[arg(long, value_name = "ADDRESS")]
        address: Option<IpAddr>,
    },
}

/// Whom it is about.
#[derive(Debug, Args)]
struct Who {
    /// Their name: 1-20 letters, digits, _ and -
    name: String,
}

pub(super) fn user(arguments: &UserArguments, state: Option<&Path>) -> Result<ExitCode> {
    let state = state_folder::find(state)?;
    match &arguments.action {
        UserAction::Add { who, role, password } => add(&state, &who.name, role, password),
        UserAction::List => list(&state),
        UserAction::Remove(who) => remove(&state, &who.name),
        UserAction::Reload => reload(&state),
        UserAction::Passwd {
            who,
            keep_sessions,
            password,
        } => passwd(&state, &who.name, *keep_sessions, password),
        UserAction::Unlock { who, address } => unlock(&state, &who.name, *address),
    }
}

fn add(state: &Path, name: &str, role: &str, password: &PasswordArguments) -> Result<ExitCode> {
    let name = Name::parse(name).map_err(|why| unfit(name, why))?;
    let role: Role = role.parse()?;
    prepare(state)?;
    // Before anybody is asked for a password in vain; and again once the file is ours.
    must_be_free(&accounts(state)?, &name)?;
    let Some(password) = password::ask(password, name.as_str())? else {
        return Ok(password::INTERRUPTED.into());
    };
    let since = format!("{}Z", calendar::utc(SystemTime::now()));
    let account = Account::new(name, role, Some(since), password)?;
    change(state, |file, accounts| {
        must_be_free(accounts, account.name())?;
        file.add(&account);
        Ok(())
    })?;
    done(format!("Added {}, {role}.", account.name().as_str()), state)
}

fn list(state: &Path) -> Result<ExitCode> {
    let accounts = accounts(state)?;
    if accounts.is_empty() {
        print::line("Nobody may log in yet: caracolad user add NAME")?;
        return Ok(ExitCode::SUCCESS);
    }
    let row = |account: &Account| {
        let since = account.since().unwrap_or("-");
        // The day says enough.
        let day = since.split(' ').next().unwrap_or(since);
        vec![
            account.name().as_str().to_owned(),
            account.role().to_string(),
            day.to_owned(),
        ]
    };
    let table = Table {
        columns: ["Name", "Role", "Since"].map(str::to_owned).to_vec(),
        rows: accounts.iter().map(row).collect(),
        note: None,
    };
    print::line(render::plain(&Reply::Table(table), Speech::English, 80))?;
    Ok(ExitCode::SUCCESS)
}

fn remove(state: &Path, name: &str) -> Result<ExitCode> {
    prepare(state)?;
    let mut removed = String::new();
    change(state, |file, accounts| {
        let account = existing(accounts, name)?;
        file.remove(account.name().as_str());
        account.name().as_str().clone_into(&mut removed);
        Ok(())
    })?;
    done(format!("Removed {removed}."), state)
}

fn passwd(state: &Path, name: &str, keep_sessions: bool, password: &PasswordArguments) -> Result<ExitCode> {
    prepare(state)?;
    let name = existing(&accounts(state)?, name)?.name().clone();
    let Some(password) = password::ask(password, name.as_str())? else {
        return Ok(password::INTERRUPTED.into());
    };
    change(state, |file, accounts| {
        let account = existing(accounts, name.as_str())?;
        let kept = keep_sessions.then(|| account.password().fingerprint());
        file.set_password(account.name().as_str(), &password, kept.as_deref());
        Ok(())
    })?;
    done(format!("{} has a new password.", name.as_str()), state)
}

/// Says what was changed, and has a server that runs take that over: also if it could not be said.
fn done(sentence: String, state: &Path) -> Result<ExitCode> {
    let said = print::line(sentence);
    let status = tell_server(state);
    said.map(|()| status)
}

/// Has a server that runs take the change over. Success is also that none runs; a server that hasn't taken it is told of on
/// standard error.
fn tell_server(state: &Path) -> ExitCode {
    match door::reload_users(state) {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            super::complain(&format!(
                "the file is changed, but the server that runs has not taken the change over yet: {error:#}; it goes on trying, and `caracolad user reload` asks it again"
            ));
            ExitCode::FAILURE
        }
    }
}

/// Has the server that runs read the file again.
fn reload(state: &Path) -> Result<ExitCode> {
    if !door::reload_users(state)? {
        bail!("no server runs on the state folder {}", state.display());
    }
    print::line("The server has read who may log in.")?;
    Ok(ExitCode::SUCCESS)
}

/// The counts are in the memory of the server that runs: it is asked through its door.
fn unlock(state: &Path, name: &str, address: Option<IpAddr>) -> Result<ExitCode> {
    let from = address.map(|address| address.to_string());
    let forgotten = door::unlock(Some(state), name, from.as_deref())?;
    print::line(unlocked(name, from.as_deref(), forgotten))?;
    Ok(ExitCode::SUCCESS)
}

/// What was forgotten, and who may still have to wait.
fn unlocked(name: &str, address: Option<&str>, forgotten: i64) -> String {
    let of = match address {
        Some(address) => format!("for {name} and from {address}"),
        None => format!("for {name}"),
    };
    let said = if forgotten == 0 {
        format!("No wrong passwords {of} were counted")
    } else {
        format!("The wrong passwords {of} are forgotten")
    };
    if address.is_some() {
        return format!("{said}: no login for this name from there has to wait.");
    }
    let longest = LONGEST_WAIT_OF_ADDRESS.as_secs();
    format!(
        "{said}. An address from which too many came, for whatever names, may still have to wait, {longest} s at most: `--address ADDRESS` has that forgotten too."
    )
}

/// Makes the state folder if need be. Only for whoever runs the server: a file that somebody else wrote there would be
/// no use to it.
fn prepare(state: &Path) -> Result<()> {
    if let Ok(about) = fs::metadata(state)
        && about.uid() != rustix::process::geteuid().as_raw()
    {
        bail!(
            "the state folder {} belongs to user {}: run this as that user (sudo -u '#{}' caracolad user ...)",
            state.display(),
            about.uid(),
            about.uid()
        );
    }
    state_folder::prepare(state)
}

fn accounts(state: &Path) -> Result<Accounts> {
    let text = users::read_text(state)?.unwrap_or_default();
    user_file::read(&state.join(FILE), &text).context(FIX_FIRST)
}

/// Changes the file, one process at a time.
fn change(state: &Path, change: impl FnOnce(&mut UserFile, &Accounts) -> Result<()>) -> Result<()> {
    let _lock = lock(state)?;
    let text = users::read_text(state)?.unwrap_or_default();
    let accounts = user_file::read(&state.join(FILE), &text).context(FIX_FIRST)?;
    let mut file = UserFile::parse(&state.join(FILE), &text).context(FIX_FIRST)?;
    change(&mut file, &accounts)?;
    state_folder::write_atomically(&state.join(FILE), file.to_text().as_bytes())
}

/// Waits until no other process changes the file. The file itself can't be locked: it is another after each change.
fn lock(state: &Path) -> Result<File> {
    let path = state.join("users.lock");
    let lock = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(&path)
        .with_context(|| format!("cannot open {}", path.display()))?;
    flock(&lock, FlockOperation::LockExclusive).with_context(|| format!("cannot lock {}", path.display()))?;
    Ok(lock)
}

fn must_be_free(accounts: &Accounts, name: &Name) -> Result<()> {
    match accounts.find(name).map(|other| other.name().as_str()) {
        None => Ok(()),
        Some(other) if other == name.as_str() => {
            bail!("there is a user {other} already: caracolad user passwd {other} sets a new password")
        }
        Some(other) => bail!("{:?} looks like the user {other}: choose another name", name.as_str()),
    }
}

fn existing<'a>(accounts: &'a Accounts, name: &str) -> Result<&'a Account> {
    let found = Name::form(name).map_err(|why| unfit(name, why))?;
    accounts.find(&found).with_context(|| {
        format!(
            "there is no user {:?}: caracolad user list shows who there is",
            found.as_str()
        )
    })
}

fn unfit(name: &str, why: NameError) -> anyhow::Error {
    anyhow::anyhow!(why.sentence(name, Speech::English))
}
