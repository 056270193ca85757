//! HELLO and AUTH: which protocol, and who.

use std::sync::Arc;

use caracola_wire::Protocol;

use super::client;
use super::login::{Attempt, check, enter};
use crate::error::Error;
use crate::request::{Caller, Context, Exchange, PendingReply, Progress, Response};

/// The user that a password alone is for, as with Redis. There is none here unless somebody makes one.
const DEFAULT_USER: &[u8] = b"default";

/// `AUTH [user] password`.
pub(super) fn auth(exchange: &mut Exchange<'_>) -> Result<Progress, Error> {
    let Exchange {
        context,
        caller,
        request,
        ..
    } = exchange;
    let word = |index| request.word(index).unwrap_or_default();
    let attempt = match request.len() {
        2 => Attempt::new(context, caller, DEFAULT_USER, word(1), None),
        3 => Attempt::new(context, caller, word(1), word(2), None),
        _ => return Err(Error::VerbArguments("syntax error")),
    };
    let context = Arc::clone(context);
    Ok(Progress::Pending(PendingReply::new(async move {
        let checked = check(context, attempt).await;
        move |context: &Arc<Context>, caller: &mut Caller| {
            enter(context, caller, &checked?)?;
            Ok(Response::LoggedIn)
        }
    })))
}

/// `HELLO [2|3 [DEVICE secret] [AUTH username password] [SETNAME name]]`. Nothing is changed unless everything in it is right.
///
/// `DEVICE` is ours: the secret of an earlier welcome, with which others' wrong guesses don't keep this login waiting. One
/// that is good for nothing is passed over in silence.
pub(super) fn hello(exchange: &mut Exchange<'_>) -> Result<Progress, Error> {
    let request = exchange.request;
    let protocol = match request.word(1) {
        None => exchange.caller.protocol,
        Some(b"2") => Protocol::Resp2,
        Some(b"3") => Protocol::Resp3,
        Some(_) => return Err(Error::Protocol),
    };
    let mut options = SessionOptions { protocol, label: None };
    let (mut login, mut device) = (None, None);
    let mut index = 2;
    while index < request.len() {
        let option = exchange.text(index)?;
        if option.eq_ignore_ascii_case("setname") && index + 1 < request.len() {
            options.label = Some(client::label(exchange.text(index + 1)?)?.to_owned());
            index += 2;
        } else if option.eq_ignore_ascii_case("auth") && index + 2 < request.len() {
            login = Some((index + 1, index + 2));
            index += 3;
        } else if option.eq_ignore_ascii_case("device") && index + 1 < request.len() {
            device = request.word(index + 1);
            index += 2;
        } else {
            return Err(Error::VerbArguments("Syntax error in HELLO"));
        }
    }
    let Exchange { context, caller, .. } = exchange;
    if caller.shell && protocol == Protocol::Resp2 {
        return Err(Error::NeedsResp3);
    }
    let Some((user, password)) = login else {
        if caller.user.is_guest() && !context.catalogue.load().settings().access.guest {
            return Err(Error::NotLoggedIn);
        }
        return Ok(Progress::Response(options.apply(caller)));
    };
    let word = |index| request.word(index).unwrap_or_default();
    let attempt = Attempt::new(context, caller, word(user), word(password), device);
    let context = Arc::clone(context);
    Ok(Progress::Pending(PendingReply::new(async move {
        let checked = check(context, attempt).await;
        move |context: &Arc<Context>, caller: &mut Caller| {
            enter(context, caller, &checked?)?;
            Ok(options.apply(caller))
        }
    })))
}

/// What a HELLO asks for beside the login.
struct SessionOptions {
    protocol: Protocol,
    label: Option<String>,
}

impl SessionOptions {
    fn apply(self, caller: &mut Caller) -> Response {
        if let Some(label) = self.label {
            caller.session.profile().label = label;
        }
        caller.protocol = self.protocol;
        caller.session.speaks(self.protocol, caller.shell);
        Response::Hello
    }
}
