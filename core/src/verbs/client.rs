//! CLIENT: what a connection calls itself, and what operators may ask about others.
//!
//! A library's `CLIENT SETNAME` is a label, not a person's name: connection pools give all their connections the same
//! one, and it must not fail. When a library speaks, its name is as near to its label as is free.

use std::fmt::Write as _;
use std::sync::Arc;

use caracola_wire::Protocol;

use super::login::counted_name;
use super::unknown_subcommand;
use crate::error::Error;
use crate::name::Name;
use crate::request::{Exchange, Progress};
use crate::sessions::{EndReason, Endpoint, Form, Session, neighbourhood};
use caracola_catalogue::Role;

/// The longest label that `CLIENT SETNAME` takes, in bytes. Redis has no limit; nobody needs more.
const LABEL: usize = 128;

pub(super) fn serve(exchange: &mut Exchange<'_>) -> Result<Progress, Error> {
    let subcommand = exchange.text(1)?.to_ascii_lowercase();
    let arguments = exchange.request.len() - 2;
    let session = Arc::clone(&exchange.caller.session);
    match (subcommand.as_str(), arguments) {
        ("setname", 1) => {
            let label = label(exchange.text(2)?)?;
            label.clone_into(&mut session.profile().label);
            exchange.encoder().simple("OK");
        }
        ("getname", 0) => {
            let label = session.profile().label.clone();
            if label.is_empty() {
                exchange.encoder().null();
            } else {
                exchange.encoder().bulk(label.as_bytes());
            }
        }
        ("setinfo", 2) => {
            set_info(exchange)?;
            exchange.encoder().simple("OK");
        }
        ("id", 0) => {
            exchange
                .encoder()
                .integer(i64::try_from(session.id).unwrap_or(i64::MAX));
        }
        ("info", 0) => {
            exchange.encoder().verbatim_text(&line(&session));
        }
        ("list", _) => {
            let lines: String = visible(exchange).iter().map(|one| line(one)).collect();
            exchange.encoder().verbatim_text(&lines);
        }
        ("kill", 1..) => {
            let killed = kill(exchange)?;
            exchange.encoder().integer(killed);
        }
        ("unlock", 1 | 2) => {
            let forgotten = unlock(exchange)?;
            exchange.encoder().integer(forgotten);
        }
        ("setname" | "getname" | "setinfo" | "id" | "info" | "kill" | "unlock", _) => {
            return Err(Error::VerbArity("client"));
        }
        _ => return Err(unknown_subcommand("CLIENT", &subcommand)),
    }
    Ok(Progress::Done)
}

/// `CLIENT UNLOCK name [address]`: forgets the wrong passwords that were counted for a name, and those from an address. How
/// many counts there were.
fn unlock(exchange: &Exchange<'_>) -> Result<i64, Error> {
    let Exchange { context, caller, .. } = exchange;
    if caller.user.role() < Role::Operator {
        return Err(Error::OperatorsOnly);
    }
    let typed = exchange.text(2)?;
    let name = Name::form(typed).ok();
    let address = match exchange.request.len() {
        4 => {
            let address = exchange.text(3)?.parse();
            let address = address.map_err(|_| Error::VerbArguments("that is not an IP address"))?;
            Some(neighbourhood(address))
        }
        _ => None,
    };
    let counted = counted_name(name.as_ref(), typed.as_bytes());
    let forgotten = context.logins.failures.forget(counted, address);
    tracing::info!(by = caller.session.id, forgotten, "wrong passwords forgotten");
    Ok(i64::try_from(forgotten).unwrap_or(i64::MAX))
}

/// A library's label: the rules of Redis, so that none of them fails on connect.
pub(super) fn label(text: &str) -> Result<&str, Error> {
    if text.len() > LABEL || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::VerbArguments(
            "Client names cannot contain spaces, newlines or special characters.",
        ));
    }
    Ok(text)
}

fn set_info(exchange: &mut Exchange<'_>) -> Result<(), Error> {
    let value = label(exchange.text(3)?)?.to_owned();
    match exchange.text(2)?.to_ascii_lowercase().as_str() {
        "lib-name" => exchange.caller.library[0] = value,
        "lib-ver" => exchange.caller.library[1] = value,
        _ => return Err(Error::VerbArguments("Unrecognized option for CLIENT SETINFO")),
    }
    Ok(())
}

/// Operators see everybody; everybody else sees themselves.
fn visible(exchange: &Exchange<'_>) -> Vec<Arc<Session>> {
    let Exchange { context, caller, .. } = exchange;
    if caller.user.role() >= Role::Operator {
        context.sessions.list()
    } else {
        vec![Arc::clone(&caller.session)]
    }
}

/// `CLIENT KILL ID n` or `CLIENT KILL address:port`, for operators.
fn kill(exchange: &Exchange<'_>) -> Result<i64, Error> {
    let Exchange { context, caller, .. } = exchange;
    if caller.user.role() < Role::Operator {
        return Err(Error::OperatorsOnly);
    }
    let wanted: Box<dyn Fn(&Session) -> bool> = match exchange.request.len() {
        3 => {
            let address = exchange.text(2)?.to_owned();
            Box::new(move |session| session.endpoint.to_string() == address)
        }
        4 if exchange.text(2)?.eq_ignore_ascii_case("id") => {
            let id: u64 = exchange
                .text(3)?
                .parse()
                .map_err(|_| Error::VerbArguments("client-id should be greater than 0"))?;
            Box::new(move |session| session.id == id)
        }
        _ => return Err(Error::VerbArguments("CLIENT KILL takes ID and a number, or an address")),
    };
    let mut killed = 0;
    for session in context.sessions.list() {
        if wanted(&session) {
            session.outbox.end(EndReason::Kicked);
            killed += 1;
        }
    }
    Ok(killed)
}

/// One line of `CLIENT LIST`, in the fields of Redis that mean something here.
fn line(session: &Session) -> String {
    let address = match &session.endpoint {
        Endpoint::Network { peer, .. } => peer.to_string(),
        Endpoint::Door { .. } => "door:0".to_owned(),
    };
    let profile = session.profile();
    let resp = match session.form() {
        Form::Resp2 => Protocol::Resp2,
        Form::Resp3 | Form::Shell => Protocol::Resp3,
    };
    let mut line = format!(
        "id={} addr={address} name={} age={} idle={} user={} resp={}",
        session.id,
        profile.label,
        session.age().as_secs(),
        session.idle().as_secs(),
        profile.user.label(),
        if resp == Protocol::Resp3 { 3 } else { 2 },
    );
    // Writing to a String can't fail.
    let _ = writeln!(line, " cmd={}", profile.doing.replace(' ', "|"));
    line
}
