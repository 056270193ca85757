//! Logging in: the password goes to a server that is believed, before anything else does.

use std::time::Duration;

use caracola_speech::Speech;
use caracola_wire::{ErrorCode, ErrorReply, Value};
use tokio::time::timeout;

use super::{OpenError, connect, reply};
use crate::connection::Route;
use crate::connection::devices::Device;
use crate::login::{Login, Source};
use crate::screen;
use crate::secret::Secret;
use crate::session::Session;

/// Connects and says who comes in, with a password from a file or one that is asked for.
/// `device` is what an earlier login left, if anything.
pub(super) async fn log_in(
    login: &Login,
    mut device: Option<Device>,
    route: &Route,
    speech: Speech,
) -> Result<Session, OpenError> {
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
        let mut attempt = Attempt {
            user: &login.user,
            password: &password,
            device: device.as_ref(),
        };
        let mut answer = attempt.send(&mut session, route.timeout).await;
        if let Err(OpenError::Lost(_)) = answer
            && login.source == Source::Person
        {
            // A server doesn't wait for ever until a person has typed.
            session = connect(route, speech).await?;
            answer = attempt.send(&mut session, route.timeout).await;
        }
        if let Ok(Value::Error(error)) = &answer
            && error.known_code() == Some(ErrorCode::Err)
            && attempt.device.take().is_some()
        {
            // An older server is there now, which knows of no devices.
            answer = attempt.send(&mut session, route.timeout).await;
            device = None;
        }
        match answer? {
            Value::Error(error) if is_wrong_password(&error) && left > 0 => screen::tell(&speech.wrong_password()),
            Value::Error(error) => return Err(OpenError::Refused(error)),
            _ => break,
        }
    }
    Ok(session)
}

/// What is sent to log in.
struct Attempt<'a> {
    user: &'a str,
    password: &'a Secret,
    device: Option<&'a Device>,
}

impl Attempt<'_> {
    async fn send(&self, session: &mut Session, limit: Duration) -> Result<Value, OpenError> {
        let mut words = vec![b"HELLO", &b"3"[..]];
        if let Some(device) = self.device {
            words.extend([&b"DEVICE"[..], device.secret.as_bytes()]);
        }
        words.extend([b"AUTH", self.user.as_bytes(), self.password.expose()]);
        let exchange = async {
            let hello = session.send_wiped(&words).await;
            reply(session, hello, &mut Vec::new()).await
        };
        timeout(limit, exchange).await.unwrap_or(Err(OpenError::TimedOut))
    }
}

pub(super) fn is_wrong_password(error: &ErrorReply) -> bool {
    error.known_code() == Some(ErrorCode::WrongPass)
}

async fn password(login: &Login, route: &Route, speech: Speech) -> Result<Secret, OpenError> {
    let password = login.password(&route.endpoint.name(), speech).await;
    password.map_err(OpenError::Password)
}
