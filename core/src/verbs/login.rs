//! Logging in, for AUTH and HELLO: a password is checked off the session's thread, and then the session is somebody's.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use caracola_wire::Push;

use crate::access::failures::{Count, Guess, Trust, Wait};
use crate::access::login_queue::{Asker, Class};
use crate::access::password::verify;
use crate::access::{Account, LoginRefused, Password};
use crate::error::Error;
use crate::name::Name;
use crate::plugin_states::PluginStates;
use crate::request::exports::catalogue_hash;
use crate::request::{Caller, Context};
use crate::rooms::{notice_bytes, push_bytes};
use crate::sessions::LoginError;
use caracola_quota::LogThrottle;

/// A user and a password that somebody sent.
pub(super) struct Attempt {
    /// The session, for the log, and where it is from.
    session: u64,
    from: String,
    /// The name, if it could be one.
    name: Option<Name>,
    password: Password,
    /// None at the door: who comes in there could read the users' file.
    guess: Option<Guess>,
    asker: Asker,
}

/// By what wrong passwords for a name are counted: all spellings of it are guesses at one account.
pub(super) fn counted_name<'n>(name: Option<&'n Name>, typed: &'n [u8]) -> &'n [u8] {
    name.map_or(typed, |name| name.keys()[0].as_bytes())
}

impl Attempt {
    /// `device` is what the client says that an earlier login gave it.
    pub(super) fn new(context: &Context, caller: &Caller, user: &[u8], password: &[u8], device: Option<&[u8]>) -> Self {
        let name = std::str::from_utf8(user).ok().and_then(|user| Name::form(user).ok());
        let failures = &context.logins.failures;
        let address = caller.session.endpoint.neighbourhood();
        let key = counted_name(name.as_ref(), user);
        let guess = address.map(|address| {
            let trust = trust(context, address, name.as_ref(), device);
            failures.guess(address, key, password, trust)
        });
        let class = match guess.map(Guess::trust) {
            None => Class::Door,
            Some(Trust::Unknown) => Class::Unknown,
            Some(Trust::Address | Trust::Device(_)) => Class::Known,
        };
        let asker = Asker {
            class,
            address,
            name: failures.name(key),
        };
        Self {
            session: caller.session.id,
            from: caller.session.endpoint.to_string(),
            name,
            password: Password::new(password),
            guess,
            asker,
        }
    }
}

/// What is known of who guesses, before any password is looked at.
fn trust(context: &Context, address: IpAddr, name: Option<&Name>, device: Option<&[u8]>) -> Trust {
    let now = SystemTime::now();
    let accounts = context.users.in_force();
    let account = name.and_then(|name| accounts.find(name));
    if let Some(device) = device.and_then(|device| context.logins.devices.check(account, device, now)) {
        return Trust::Device(device);
    }
    let known = name.is_some_and(|name| context.logins.known.knows(address, name, now));
    if known { Trust::Address } else { Trust::Unknown }
}

/// Checks a password in its turn. An unknown user, a wrong password and a name that can't be one go the same way and come
/// to the same answer.
pub(super) async fn check(context: Arc<Context>, attempt: Attempt) -> Result<Account, Error> {
    let Attempt {
        session,
        from,
        name,
        password,
        guess,
        asker,
    } = attempt;
    may_guess(&context, guess)?;
    // Who waits for a turn doesn't lose the connection to somebody who comes later.
    let _kept = context.sessions.logging_in(session);
    let turn = context.logins.turn(asker).await.map_err(|refused| {
        static CROWDED: LogThrottle = LogThrottle::new();
        if let Some(repeated) = CROWDED.admit() {
            tracing::warn!(session, from, repeated, "so many logins wait that others are refused");
        }
        Error::Login(refused)
    })?;
    // While it waited, others from there may have guessed wrongly.
    may_guess(&context, guess)?;
    let checked = tokio::task::spawn_blocking({
        let context = Arc::clone(&context);
        move || {
            context.refresh_users();
            if context.users.is_unread(Instant::now()) {
                drop(turn);
                return Err(Error::Login(LoginRefused::NoUsers));
            }
            let accounts = context.users.in_force();
            let account = name.as_ref().and_then(|name| accounts.find(name));
            let right = verify(account.map(Account::password), &password);
            // Here, and not where it is waited for: who no longer waits has guessed all the same. And in its turn: who
            // has the next one finds this guess counted.
            let counted = count(&context, guess, account, right);
            drop(turn);
            match (counted?, account) {
                (None, Some(account)) => {
                    note(&context, guess, account);
                    Ok(account.clone())
                }
                (count, account) => {
                    log_wrong(session, &from, account, count);
                    Err(Error::WrongPassword)
                }
            }
        }
    });
    // It neither panics nor is cancelled, unless the server stops.
    checked.await.map_err(|_| Error::Login(LoginRefused::Crowded))?
}

/// Counts a guess: `None` if it was right. A guess that others overtook has to wait, right or wrong: else those made side by
/// side would be more than are allowed.
fn count(
    context: &Context,
    guess: Option<Guess>,
    account: Option<&Account>,
    right: bool,
) -> Result<Option<Count>, Error> {
    let failures = &context.logins.failures;
    let right = right && account.is_some();
    let Some(guess) = guess else {
        return Ok((!right).then_some(Count::Counted));
    };
    if right {
        may_guess(context, Some(guess))?;
        failures.right(guess);
        return Ok(None);
    }
    failures.wrong(guess, Instant::now()).map(Some).map_err(too_many)
}

/// The account is known where the login came from. Blocks on the disk.
fn note(context: &Context, guess: Option<Guess>, account: &Account) {
    if let Some(guess) = guess {
        let now = SystemTime::now();
        context.logins.known.note(guess.address(), account.name(), now);
    }
}

/// Logs a wrong guess, if it counted: so each address has as few lines as it has guesses.
fn log_wrong(session: u64, from: &str, account: Option<&Account>, count: Option<Count>) {
    // A name that is nobody's may be a password in the wrong place: it is not logged.
    let user = account.map_or("?", |account| account.name().as_str());
    if count == Some(Count::Repeated) {
        tracing::debug!(session, from, user, "the same wrong password again");
        return;
    }
    tracing::warn!(session, from, user, "wrong password, or no such user");
    if count == Some(Count::Full) {
        tracing::warn!(
            session,
            from,
            user,
            "too many wrong passwords for this name or from this address: more of them have to wait"
        );
    }
}

fn may_guess(context: &Context, guess: Option<Guess>) -> Result<(), Error> {
    let wait = guess.and_then(|guess| context.logins.failures.wait(guess, Instant::now()));
    wait.map_or(Ok(()), |wait| Err(too_many(wait)))
}

fn too_many(Wait { time, cause }: Wait) -> Error {
    Error::Login(LoginRefused::TooMany {
        cause,
        seconds: time.as_secs() + 1,
    })
}

/// The password was right: the session is the account's owner's from now on, by name and by rights.
pub(super) fn enter(context: &Context, caller: &mut Caller, account: &Account) -> Result<(), Error> {
    let session = Arc::clone(&caller.session);
    let before = session.shown_name();
    // What plugins keep is for who the session was until now.
    caller.states = PluginStates::default();
    caller.user = context
        .sessions
        .log_in(&session, account, context.capacity())
        .map_err(|error| match error {
            LoginError::Outdated => Error::WrongPassword,
            LoginError::Banned => Error::Login(LoginRefused::Banned),
            LoginError::Full(limit) => {
                limit.log(&session);
                Error::Place(limit)
            }
        })?;
    caller.settled = true;
    tracing::info!(session = session.id, user = caller.user.label(), role = %caller.user.role(), "logged in");
    let after = session.shown_name();
    if before != after && !before.is_empty() {
        for room in context.rooms.of(&session) {
            context.rooms.notice(&room, Some(session.id), "name", |speech| {
                speech.renamed(&before, &after)
            });
        }
    }
    if caller.shell {
        session.outbox.push(push_bytes(&Push::Name { name: after }));
        offer_commands(context, caller);
    }
    Ok(())
}

/// Somebody changed the role of the account that the session is logged in to: it has the new one at once.
pub(crate) fn role_changed(context: &Context, caller: &mut Caller) {
    let user = caller.session.profile().user.clone();
    if user == caller.user {
        return;
    }
    caller.user = user;
    if caller.shell {
        caller.session.outbox.push(notice_bytes(
            "moderation",
            &caller.speech.role_changed(caller.user.role()),
        ));
        offer_commands(context, caller);
    }
}

/// Other commands can be seen now: the shell fetches them again.
fn offer_commands(context: &Context, caller: &Caller) {
    let hash = catalogue_hash(&context.catalogue.load(), caller);
    caller.session.outbox.push(push_bytes(&Push::Catalogue { hash }));
}
