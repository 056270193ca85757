//! The checks that every request passes, in one visible list, and then its action.

use caracola_speech::excerpt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use caracola_wire::{Encoder, Protocol, Reply, Request};

use crate::actions;
use crate::error::Error;
use crate::output::Output;
use crate::request::{
    Caller, Context, Exchange, Finish, PendingReply, Progress, REDIS_COMPATIBILITY, Response, VERSION,
};
use crate::verbs::Verb;
use caracola_catalogue::Catalogue;
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
    let served = serve(&mut Exchange {
        context,
        catalogue: &catalogue,
        caller,
        request,
        now,
        acted: false,
        out,
    });
    match served {
        Ok(Progress::Done) => {}
        Ok(Progress::Response(response)) => respond(caller, response, out),
        Ok(Progress::Pending(pending)) => return Outcome::Pending(pending),
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
            return Outcome::Done(false);
        }
    }
    settle_quietly(context, &catalogue, caller);
    Outcome::Done(true)
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
fn serve(exchange: &mut Exchange<'_>) -> Result<Progress, Error> {
    let Some(first) = exchange.request.word(0) else {
        return Ok(Progress::Done);
    };
    let verb = Verb::named(first);
    let is = |property: fn(&Verb) -> bool| verb.is_some_and(property);
    exchange.caller.wipe = is(|verb| verb.may_hold_secret);
    if is(|verb| verb.acts_ahead) {
        // What came of it is over with its turn, also when the turn is refused.
        exchange.acted = exchange.caller.cancelled.pop_front().unwrap_or(false);
    }
    if !is(|verb| verb.before_login) {
        admit(exchange.catalogue, exchange.caller)?;
        settle(exchange.context, exchange.caller)?;
    }
    if exchange.caller.only_listens() && !is(|verb| verb.while_subscribed) {
        return Err(Error::WhileSubscribed(shown(first).to_lowercase()));
    }
    match verb {
        Some(verb) => verb.serve(exchange),
        None => actions::run(exchange, 0),
    }
}

/// Before login nobody gets further than logging in, unless guests are let in.
fn admit(catalogue: &Catalogue, caller: &Caller) -> Result<(), Error> {
    if !caller.user.is_guest() || catalogue.settings().access.guest {
        Ok(())
    } else {
        Err(Error::NotLoggedIn)
    }
}

/// A new connection that asks for something takes a guest's place for it, before it is served.
fn settle(context: &Context, caller: &mut Caller) -> Result<(), Error> {
    if !caller.settled {
        let settled = context.sessions.settle(&caller.session, context.capacity());
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
        let settled = context.sessions.settle(&caller.session, context.capacity());
        caller.settled = settled.is_ok();
    }
}

/// A stranger's word as it may be told back: short, and with nothing in it that could move a cursor.
fn shown(word: &[u8]) -> String {
    excerpt::escaped_word(&String::from_utf8_lossy(word))
}
