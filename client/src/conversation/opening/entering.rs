//! Logging in: the password goes to a server that is believed, before anything else does.

use std::time::Duration;

use caracola_wire::{ErrorCode, ErrorReply, Value};
use tokio::time::timeout;

use super::{OpenError, connect, reply};
use crate::connection::Route;
use crate::login::{Login, Source};
use crate::phrases::Speech;
use crate::screen;
use crate::secret::Secret;
use crate::session::Session;

/// Connects and says who comes in, with a password from a file or one that is asked for.
pub(super) async fn log_in(login: &Login, route: &Route, speech: Speech) -> Result<Session, OpenError> {
    // A file that can't be used is told about before anything else.
    let mut known = match login.source {
        Source::Person => None,
        Source::File(_) | Source::Nobody => Some(password(login, route, speech).await?),
    };
    let mut session = connect(route, speech).await?;
    for left in (0..login.attempts()).rev() {
        let password = match known.take() {
            Some(password) => password,
            None => password(login, route, speech).await?,
        };
        let mut answer = try_password(&mut session, &login.user, &password, route.timeout).await;
        if let Err(OpenError::Lost(_)) = answer
            && login.source == Source::Person
        {
            // A server doesn't wait for ever until a person has typed.
            session = connect(route, speech).await?;
            answer = try_password(&mut session, &login.user, &password, route.timeout).await;
        }
        match answer? {
            Value::Error(error) if is_wrong_password(&error) && left > 0 => screen::tell(&speech.wrong_password()),
            Value::Error(error) => return Err(OpenError::Refused(error)),
            _ => break,
        }
    }
    Ok(session)
}

async fn try_password(
    session: &mut Session,
    user: &str,
    password: &Secret,
    limit: Duration,
) -> Result<Value, OpenError> {
    let words = [b"HELLO", &b"3"[..], b"AUTH", user.as_bytes(), password.expose()];
    let exchange = async {
        let hello = session.send_wiped(&words).await;
        reply(session, hello, &mut Vec::new()).await
    };
    timeout(limit, exchange).await.unwrap_or(Err(OpenError::TimedOut))
}

pub(super) fn is_wrong_password(error: &ErrorReply) -> bool {
    error.known_code() == Some(ErrorCode::WrongPass)
}

async fn password(login: &Login, route: &Route, speech: Speech) -> Result<Secret, OpenError> {
    let password = login.password(&route.place.name(), speech).await;
    password.map_err(OpenError::Password)
}
