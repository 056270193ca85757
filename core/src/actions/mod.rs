//! What running a command does.

pub mod builtin;
pub(crate) mod completing;
pub(crate) mod exec;
mod plugin;
mod rate;

use std::sync::Arc;
use std::time::Instant;

use caracola_wire::{Protocol, Reply};

use crate::error::Error;
use crate::request::resolve::{self, Resolved};
use crate::request::{Caller, Context, Exchange, Progress, Response};
use caracola_catalogue::{Action, Arguments, CardForm, Catalogue, Command};
use caracola_speech::excerpt;

/// A command about to run: its arguments are checked, and the caller may run it.
pub struct Call<'c> {
    /// What all sessions share.
    pub context: &'c Arc<Context>,
    /// The catalogue that the command is from.
    pub catalogue: &'c Catalogue,
    /// Who asks.
    pub caller: &'c mut Caller,
    /// What is asked for.
    pub command: &'c Command,
    /// The words after the name, as they came.
    pub words: &'c [&'c str],
    /// The same, checked.
    pub arguments: Arguments<'c>,
    /// When the request was read.
    pub now: Instant,
}

/// Runs the command whose name begins at word `skip` of a request, and logs it.
pub(crate) fn run(exchange: &mut Exchange<'_>, skip: usize) -> Result<Progress, Error> {
    let now = exchange.now;
    let resolved = resolve::command(exchange.catalogue, exchange.caller, exchange.request, skip);
    let resolved = resolved.inspect_err(|error| {
        exchange.caller.log.ran("?", error.code().as_str(), now, now);
    })?;
    let command = resolved.command;
    // Whatever comes of it: a secret may have been typed, perhaps in another's place.
    exchange.caller.wipe = command.takes_secret();
    note_doing(exchange.caller, command);
    match act(exchange, &resolved) {
        // A program's run is logged when it is over.
        Ok(Progress::Pending(pending)) => {
            let name = command.name.clone();
            let pending = pending.noted(move |caller, error| log(caller, &name, error, now));
            Ok(Progress::Pending(pending))
        }
        done => {
            log(exchange.caller, &command.name, done.as_ref().err(), now);
            done
        }
    }
}

/// Checks the arguments and carries the action out.
fn act(exchange: &mut Exchange<'_>, resolved: &Resolved<'_>) -> Result<Progress, Error> {
    let Resolved { command, after } = *resolved;
    if matches!(command.action, Action::Card) && exchange.request.len() == after {
        // Copied as it was encoded when it was first asked for.
        let caller = &*exchange.caller;
        let card = command.card_bytes(caller.language_id, card_form(caller));
        exchange.out.extend_from_slice(card);
        return Ok(Progress::Done);
    }
    let words = resolve::words(command, exchange.request, after)?;
    let arguments = resolve::arguments(command, exchange.caller, &words)?;
    perform(&mut Call {
        context: exchange.context,
        catalogue: exchange.catalogue,
        caller: exchange.caller,
        command,
        words: &words,
        arguments,
        now: exchange.now,
    })
}

fn card_form(caller: &Caller) -> CardForm {
    match (caller.shell, caller.protocol) {
        (true, _) => CardForm::Shell,
        (false, Protocol::Resp3) => CardForm::Resp3,
        (false, Protocol::Resp2) => CardForm::Resp2,
    }
}

fn note_doing(caller: &Caller, command: &Command) {
    let mut profile = caller.session.profile();
    if profile.doing != command.name {
        profile.doing.clone_from(&command.name);
    }
}

fn log(caller: &mut Caller, name: &str, error: Option<&Error>, start: Instant) {
    let code = error.map_or("ok", |error| error.code().as_str());
    caller.log.ran(name, code, start, Instant::now());
}

/// Carries the action of a command out, or begins to.
fn perform(call: &mut Call<'_>) -> Result<Progress, Error> {
    let command = call.command;
    let reply = match &command.action {
        Action::Plugin(function) => return plugin::run(call, function),
        Action::Exec(definition) => return exec::run(call, definition).map(Progress::Pending),
        Action::Card => Ok(Reply::Card(call.command.card_for(call.words, call.caller.language_id))),
        Action::Reply(text) => Ok(Reply::Text(
            call.catalogue.text(text, call.caller.language_id).to_owned(),
        )),
        Action::Lookup(lookup) => {
            let wanted = call.arguments.get(0).unwrap_or_default();
            match lookup.get(wanted, call.caller.language_id) {
                Some(text) => Ok(Reply::Text(text.to_owned())),
                None => Err(Error::Lookup {
                    wanted: excerpt::word(wanted),
                    nearest: lookup.nearest(wanted).into_iter().map(str::to_owned).collect(),
                }),
            }
        }
        Action::Builtin(builtin) => return builtin::perform(*builtin, call),
    };
    reply.map(|reply| Progress::Response(Response::Reply(reply)))
}
