//! HELLO and AUTH: which protocol, and who.

use std::sync::Arc;

use caracola_wire::{Encoder, Protocol, Request};

use super::login::{Attempt, check, enter};
use super::{client, text};
use crate::error::Error;
use crate::request::{Caller, Context, Later, Progress, REDIS_COMPATIBILITY, VERSION};

/// The user that a password alone is for, as with Redis. There is none here unless somebody makes one.
const DEFAULT_USER: &[u8] = b"default";

/// `AUTH [user] password`.
pub(super) fn auth(context: &Arc<Context>, caller: &Caller, request: &Request<'_>) -> Result<Progress, Error> {
    let word = |index| request.word(index).unwrap_or_default();
    let attempt = match request.len() {
        2 => Attempt::new(context, caller, DEFAULT_USER, word(1), None),
        3 => Attempt::new(context, caller, word(1), word(2), None),
        _ => return Err(Error::VerbArguments("syntax error")),
    };
    let context = Arc::clone(context);
    Ok(Progress::Later(Later::new(async move {
        let checked = check(context, attempt).await;
        move |context: &Arc<Context>, caller: &mut Caller, out: &mut Vec<u8>| {
            enter(context, caller, &checked?)?;
            Encoder::new(out, caller.protocol).simple("OK");
            Ok(())
        }
    })))
}

/// `HELLO [2|3 [DEVICE secret] [AUTH username password] [SETNAME name]]`. Nothing is changed unless everything in it is right.
///
/// `DEVICE` is ours: the secret of an earlier welcome, with which others' wrong guesses don't keep this login waiting. One
/// that is good for nothing is passed over in silence.
pub(super) fn hello(
    context: &Arc<Context>,
    caller: &mut Caller,
    request: &Request<'_>,
    out: &mut Vec<u8>,
) -> Result<Progress, Error> {
    let protocol = match request.word(1) {
        None => caller.protocol,
        Some(b"2") => Protocol::Resp2,
        Some(b"3") => Protocol::Resp3,
        Some(_) => return Err(Error::Protocol),
    };
    let mut wishes = Wishes { protocol, label: None };
    let (mut login, mut device) = (None, None);
    let mut index = 2;
    while index < request.len() {
        let option = text(request, index)?;
        if option.eq_ignore_ascii_case("setname") && index + 1 < request.len() {
            wishes.label = Some(client::label(text(request, index + 1)?)?.to_owned());
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
    if caller.shell && protocol == Protocol::Resp2 {
        return Err(Error::NeedsResp3);
    }
    let Some((user, password)) = login else {
        if caller.user.is_guest() && !context.catalogue.load().settings().access.guest {
            return Err(Error::NotLoggedIn);
        }
        wishes.grant(caller, out);
        return Ok(Progress::Done);
    };
    let word = |index| request.word(index).unwrap_or_default();
    let attempt = Attempt::new(context, caller, word(user), word(password), device);
    let context = Arc::clone(context);
    Ok(Progress::Later(Later::new(async move {
        let checked = check(context, attempt).await;
        move |context: &Arc<Context>, caller: &mut Caller, out: &mut Vec<u8>| {
            enter(context, caller, &checked?)?;
            wishes.grant(caller, out);
            Ok(())
        }
    })))
}

/// What a HELLO asks for beside the login.
struct Wishes {
    protocol: Protocol,
    label: Option<String>,
}

impl Wishes {
    fn grant(self, caller: &mut Caller, out: &mut Vec<u8>) {
        if let Some(label) = self.label {
            caller.session.profile().label = label;
        }
        caller.protocol = self.protocol;
        caller.session.speaks(self.protocol, caller.shell);
        Encoder::new(out, self.protocol)
            .map(8)
            .bulk(b"server")
            .bulk(b"caracola")
            .bulk(b"version")
            .bulk(REDIS_COMPATIBILITY.as_bytes())
            .bulk(b"proto")
            .integer(if self.protocol == Protocol::Resp3 { 3 } else { 2 })
            .bulk(b"id")
            .integer(i64::try_from(caller.session.id).unwrap_or(i64::MAX))
            .bulk(b"mode")
            .bulk(b"standalone")
            .bulk(b"role")
            .bulk(b"master")
            .bulk(b"modules")
            .array(0)
            .bulk(b"caracola_version")
            .bulk(VERSION.as_bytes());
    }
}
