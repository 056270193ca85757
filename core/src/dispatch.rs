//! The checks that every request passes, in one visible list, and then its action.

use std::sync::Arc;
use std::time::{Duration, Instant};

use caracola_wire::{Encoder, Protocol, Reply, Request};

use crate::actions::{self, Call};
use crate::catalogue::{Action, CardForm, Catalogue, Command};
use crate::error::Error;
use crate::output::Output;
use crate::request::resolve::{self, Resolved};
use crate::request::{Caller, Context, Finish, PendingReply, Progress, REDIS_COMPATIBILITY, Response, VERSION};
use crate::verbs::{self, Verb};
use caracola_speech::excerpt;
use caracola_speech::render;

/// How long it takes to tell a session that it asks for too many runs.
const REFUSAL: Duration = Duration::from_millis(100);

/// What became of a request.
pub enum Outcome {
    /// Its reply was appended, and says that it succeeded or that it didn't.
    Done(bool),
    /// Its reply takes time: await it, give what it resolves to to [`finish`], and serve nothing else in between.
    Pending(PendingReply),
}

/// Serves one request and appends its reply to `out`, now or later.
pub fn dispatch(
    context: &Arc<Context>,
    caller: &mut Caller,
    request: &Request<'_>,
    now: Instant,
    out: &mut Output,
) -> Outcome {
    caller.requests += 1;
    let catalogue = context.catalogue.load();
    if caller.catalogue != catalogue.number() {
        // Reloaded: its languages may stand in another order.
        caller.speak(caller.language.clone(), &catalogue);
    }
    let was_settled = caller.settled;
    match serve(context, &catalogue, caller, request, now, out) {
        Ok(Progress::Pending(pending)) => Outcome::Pending(pending),
        Ok(progress @ (Progress::Done | Progress::Response(_))) => {
            if let Progress::Response(response) = progress {
                respond(caller, response, out);
            }
            settle_quietly(context, &catalogue, caller);
            Outcome::Done(true)
        }
        Err(error) => {
            if caller.settled && !was_settled {
                caller.settled = false;
                context.sessions.unsettle(&caller.session);
            }
            // What was mistyped, or came too early, may have been meant for a command that takes a secret.
            caller.wipe = true;
            if matches!(error, Error::TooManyRuns { .. }) {
                return Outcome::Pending(refused_slowly(error));
            }
            tell(&error, caller, out);
            Outcome::Done(false)
        }
    }
}

/// Ends a request that took time: appends its reply. Returns whether it succeeded.
pub fn finish(context: &Arc<Context>, caller: &mut Caller, finish: Finish, out: &mut Output) -> bool {
    match finish(context, caller) {
        Ok(response) => {
            respond(caller, response, out);
            true
        }
        Err(error) => {
            own_words(caller, out);
            tell(&error, caller, out);
            false
        }
    }
}

/// The answer to a flood takes a moment: who sends the next request once the last was refused shall not be faster by that.
fn refused_slowly(error: Error) -> PendingReply {
    PendingReply::new(async move {
        tokio::time::sleep(REFUSAL).await;
        move |_: &Arc<Context>, _: &mut Caller| Err(error)
    })
}

/// Encodes a response for who asked, and puts it in its place among what others say.
fn respond(caller: &Caller, response: Response, out: &mut Output) {
    if response.follows_own_words() {
        own_words(caller, out);
    }
    let mut encoder = Encoder::new(out, caller.protocol);
    match response {
        Response::Reply(reply) if caller.shell => reply.encode(&mut encoder),
        Response::Reply(reply) => {
            encoder.verbatim_text(&render::plain(&reply, caller.speech, caller.width));
        }
        Response::Verbatim(text) if caller.shell => Reply::Text(text).encode(&mut encoder),
        Response::Verbatim(text) => {
            encoder.verbatim_text(&text);
        }
        Response::Heard(listeners) => {
            encoder.integer(i64::try_from(listeners).unwrap_or(i64::MAX));
        }
        Response::LoggedIn => {
            encoder.simple("OK");
        }
        Response::Hello => hello(caller, &mut encoder),
        Response::Completion(completion) => completion.encode(&mut encoder),
        Response::JobId(id) => {
            encoder.bulk(id.as_bytes());
        }
        Response::Job(report) => report.encode(&mut encoder),
    }
}

/// What the request made others send to this very session. Nothing is lost if the session is to end: its task asks again.
fn own_words(caller: &Caller, out: &mut Output) {
    let _ = caller.session.outbox.take(out);
}

/// The server about itself, in the words of Redis.
fn hello(caller: &Caller, encoder: &mut Encoder<'_>) {
    encoder
        .map(8)
        .bulk(b"server")
        .bulk(b"caracola")
        .bulk(b"version")
        .bulk(REDIS_COMPATIBILITY.as_bytes())
        .bulk(b"proto")
        .integer(if caller.protocol == Protocol::Resp3 { 3 } else { 2 })
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

fn tell(error: &Error, caller: &Caller, out: &mut Vec<u8>) {
    let reply = caller.error(error);
    Encoder::new(out, caller.protocol).error(&reply);
}

/// The list. The order matters: what comes first must not depend on what comes later.
fn serve(
    context: &Arc<Context>,
    catalogue: &Catalogue,
    caller: &mut Caller,
    request: &Request<'_>,
    now: Instant,
    out: &mut Output,
) -> Result<Progress, Error> {
    let Some(first) = request.word(0) else {
        return Ok(Progress::Done);
    };
    let verb = Verb::parse(first);
    caller.wipe = matches!(verb, Some(Verb::Auth | Verb::Hello | Verb::Job));
    // What came of a CANCEL is over with its turn, also when the turn is refused.
    let ended = verb == Some(Verb::Cancel) && caller.cancelled.pop_front().unwrap_or(false);
    admitted(catalogue, caller, verb)?;
    settle(context, caller, verb)?;
    allowed_while_subscribed(caller, verb, first)?;
    match verb {
        Some(Verb::Cancel) => verbs::cancel::serve(caller, ended, request, out).map(|()| Progress::Done),
        Some(Verb::Run) if request.len() < 2 => Err(Error::VerbArity("run")),
        Some(Verb::Run) => run(context, catalogue, caller, request, 1, now, out),
        Some(verb) => verbs::serve(context, catalogue, caller, verb, request, now, out),
        None => run(context, catalogue, caller, request, 0, now, out),
    }
}

/// Verbs that lead to a login or away.
fn leads_to_login(verb: Option<Verb>) -> bool {
    matches!(verb, Some(Verb::Hello | Verb::Auth | Verb::Quit | Verb::Reset))
}

/// Before login nobody gets further than logging in, unless guests are let in.
fn admitted(catalogue: &Catalogue, caller: &Caller, verb: Option<Verb>) -> Result<(), Error> {
    if leads_to_login(verb) || !caller.user.is_guest() || catalogue.settings().access.guest {
        Ok(())
    } else {
        Err(Error::NotLoggedIn)
    }
}

/// A new connection that asks for something takes a guest's place for it, before it is served.
fn settle(context: &Context, caller: &mut Caller, verb: Option<Verb>) -> Result<(), Error> {
    if !caller.settled && !leads_to_login(verb) {
        let settled = context.sessions.settle(&caller.session, context.room());
        settled.map_err(|limit| {
            limit.log(&caller.session);
            Error::Place(limit)
        })?;
        caller.settled = true;
    }
    Ok(())
}

/// A guest who said HELLO, as connection pools do, and may be silent after that, has a place if there is one. If not, the
/// reply was the same, and there is time for a login.
fn settle_quietly(context: &Context, catalogue: &Catalogue, caller: &mut Caller) {
    if !caller.settled && catalogue.settings().access.guest {
        let settled = context.sessions.settle(&caller.session, context.room());
        caller.settled = settled.is_ok();
    }
}

/// A RESP2 connection that listens to rooms may do little else: its replies and messages would be mixed up.
fn allowed_while_subscribed(caller: &Caller, verb: Option<Verb>, word: &[u8]) -> Result<(), Error> {
    let free = matches!(
        verb,
        Some(Verb::Subscribe | Verb::Unsubscribe | Verb::Ping | Verb::Quit | Verb::Reset)
    );
    if free || !caller.only_listens() {
        Ok(())
    } else {
        Err(Error::WhileSubscribed(shown(word).to_lowercase()))
    }
}

/// Runs the command whose name begins at word `skip`, and logs it.
fn run(
    context: &Arc<Context>,
    catalogue: &Catalogue,
    caller: &mut Caller,
    request: &Request<'_>,
    skip: usize,
    now: Instant,
    out: &mut Vec<u8>,
) -> Result<Progress, Error> {
    let found = resolve::command(catalogue, caller, request, skip).inspect_err(|error| {
        caller.log.ran("?", error.code().as_str(), now, now);
    })?;
    let command = found.command;
    // Whatever comes of it: a secret may have been typed, perhaps in another's place.
    caller.wipe = command.takes_secret();
    note_doing(caller, command);
    match act(context, catalogue, caller, &found, request, now, out) {
        // A program's run is logged when it is over.
        Ok(Progress::Pending(pending)) => {
            let name = command.name.clone();
            let pending = pending.noted(move |caller, error| log(caller, &name, error, now));
            Ok(Progress::Pending(pending))
        }
        done => {
            log(caller, &command.name, done.as_ref().err(), now);
            done
        }
    }
}

fn log(caller: &mut Caller, name: &str, error: Option<&Error>, start: Instant) {
    let code = error.map_or("ok", |error| error.code().as_str());
    caller.log.ran(name, code, start, Instant::now());
}

/// Checks the arguments and carries the action out.
fn act(
    context: &Arc<Context>,
    catalogue: &Catalogue,
    caller: &mut Caller,
    found: &Resolved<'_>,
    request: &Request<'_>,
    now: Instant,
    out: &mut Vec<u8>,
) -> Result<Progress, Error> {
    let Resolved { command, after } = *found;
    if matches!(command.action, Action::Card) && request.len() == after {
        out.extend_from_slice(command.card_bytes(caller.language_id, card_form(caller)));
        return Ok(Progress::Done);
    }
    let words = resolve::words(command, request, after)?;
    let arguments = resolve::arguments(command, caller, &words)?;
    let mut call = Call {
        context,
        catalogue,
        caller,
        command,
        words: &words,
        arguments,
        now,
    };
    actions::perform(&mut call)
}

fn card_form(caller: &Caller) -> CardForm {
    match (caller.shell, caller.protocol) {
        (true, _) => CardForm::Shell,
        (false, Protocol::Resp3) => CardForm::Resp3,
        (false, Protocol::Resp2) => CardForm::Resp2,
    }
}

/// A stranger's word as it may be told back: short, and with nothing in it that could move a cursor.
fn shown(word: &[u8]) -> String {
    excerpt::escaped_word(&String::from_utf8_lossy(word))
}

fn note_doing(caller: &Caller, command: &Command) {
    let mut profile = caller.session.profile();
    if profile.doing != command.name {
        profile.doing.clone_from(&command.name);
    }
}
