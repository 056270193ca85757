//! HELLO and AUTH: which protocol, and who.

use caracola_wire::{Encoder, Protocol, Request};

use super::{client, text};
use crate::caller::Caller;
use crate::context::{Context, REDIS_COMPATIBILITY, VERSION};
use crate::error::Error;

/// No user can log in on this version: whatever is tried is a wrong pair.
pub(super) fn auth() -> Result<(), Error> {
    Err(Error::WrongPassword)
}

/// `HELLO [2|3 [AUTH username password] [SETNAME name]]`. Nothing is changed unless everything in it is right.
pub(super) fn hello(
    context: &Context,
    caller: &mut Caller,
    request: &Request<'_>,
    out: &mut Vec<u8>,
) -> Result<(), Error> {
    let protocol = match request.word(1) {
        None => caller.protocol,
        Some(b"2") => Protocol::Resp2,
        Some(b"3") => Protocol::Resp3,
        Some(_) => return Err(Error::Protocol),
    };
    let mut label = None;
    let mut index = 2;
    while index < request.len() {
        let option = text(request, index)?;
        if option.eq_ignore_ascii_case("setname") && index + 1 < request.len() {
            label = Some(client::label(text(request, index + 1)?)?);
            index += 2;
        } else if option.eq_ignore_ascii_case("auth") && index + 2 < request.len() {
            auth()?;
            index += 3;
        } else {
            return Err(Error::VerbArguments("Syntax error in HELLO"));
        }
    }
    let guests_welcome = context.catalogue.load().settings().access.guest;
    if caller.user.is_guest() && !guests_welcome {
        return Err(Error::NotLoggedIn);
    }
    if caller.shell && protocol == Protocol::Resp2 {
        return Err(Error::NeedsResp3);
    }
    if let Some(label) = label {
        label.clone_into(&mut caller.session.profile().label);
    }
    caller.protocol = protocol;
    caller.session.speaks(protocol, caller.shell);
    Encoder::new(out, protocol)
        .map(8)
        .bulk(b"server")
        .bulk(b"caracola")
        .bulk(b"version")
        .bulk(REDIS_COMPATIBILITY.as_bytes())
        .bulk(b"proto")
        .integer(if protocol == Protocol::Resp3 { 3 } else { 2 })
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
    Ok(())
}
