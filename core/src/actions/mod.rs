//! What running a command does.

pub mod builtin;
pub(crate) mod completing;
pub(crate) mod exec;
mod plugin;
mod rate;

use std::sync::Arc;
use std::time::Instant;

use caracola_wire::Reply;

use crate::catalogue::{Action, Arguments, Catalogue, Command};
use crate::error::Error;
use crate::request::{Caller, Context, Progress, Response};
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

/// Carries the action of a command out, or begins to.
pub fn perform(call: &mut Call<'_>) -> Result<Progress, Error> {
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
        Action::Builtin(name) => return builtin::perform(name, call),
    };
    reply.map(|reply| Progress::Response(Response::Reply(reply)))
}
