//! A session's own task: reads requests, has them served in order, sends the replies and what others say.

use caracola_speech::amount;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use caracola_wire::text::make_harmless;
use caracola_wire::{Encoder, ErrorCode, ErrorReply, ProtocolError, Push, Request, RequestDecoder};
use tokio::time::{Sleep, sleep, sleep_until};

use super::connection::{Connection, Turn};
use super::hang_up::{HangUp, Wire};
use super::read_ahead::ReadAhead;
use super::turnstile::{Turnstile, Turnstiles};
use crate::access::User;
use crate::dispatch::{Outcome, dispatch, finish};
use crate::request::{Caller, Context, PendingReply};
use crate::rooms::LOBBY;
use crate::sessions::{EndReason, Session};
use crate::verbs::cancel::CancelWatch;
use crate::verbs::role_changed;
use caracola_speech::Speech;

/// Where nobody gets further without a login, the time for one is this many times that for the handshake; so is that for a
/// sensible request once there was any.
const LOGIN: u32 = 3;
/// Listeners that a session may send what it says without a turn: to encrypt and send a message takes some ten microseconds for
/// each, so that eight who speak to hundreds keep all others waiting for tens of milliseconds.
const LISTENERS: usize = 32;
/// How long a session that ends may take to be told so.
const FAREWELL: Duration = Duration::from_secs(2);

/// Why a session ended.
#[derive(Debug)]
enum DisconnectReason {
    /// It said goodbye.
    Quit,
    /// The connection was closed from the other side.
    HungUp,
    /// It sent more ahead of one request than may wait behind it.
    SentAhead,
    /// The connection broke.
    Broken(io::Error),
    /// It sent what no request is.
    Malformed(ProtocolError),
    /// The server's side ended it.
    Ended(EndReason),
    /// It was silent for too long.
    Idle,
    /// It asked for nothing sensible in the time for that.
    NoRequest,
    /// It did not log in where nobody gets further without.
    NoLogin,
}

/// Serves a session until it ends, whatever way.
pub(super) async fn run<S: Wire>(
    context: Arc<Context>,
    turnstiles: Turnstiles,
    stream: S,
    session: Arc<Session>,
    user: User,
) {
    let catalogue = context.catalogue.load_full();
    let limits = context.request_limits(&user);
    let mut task = Task {
        caller: Caller::new(Arc::clone(&session), user, &catalogue, Instant::now()),
        connection: Connection::new(stream, turnstiles.output),
        speakers: turnstiles.speakers,
        decoder: RequestDecoder::new(limits),
        context,
    };
    drop(catalogue);
    let reason = task.serve().await;
    // Many may leave at the same moment.
    turnstiles.connections.turn().await;
    task.disconnect(reason).await;
}

struct Task<S> {
    context: Arc<Context>,
    caller: Caller,
    connection: Connection<S>,
    speakers: Arc<Turnstile>,
    decoder: RequestDecoder,
}

impl<S: Wire> Task<S> {
    async fn serve(&mut self) -> DisconnectReason {
        let mut timeouts = IdleTimeouts::default();
        loop {
            match self.serve_input() {
                Ok(None) => {}
                Ok(Some(pending)) => {
                    if let Err(reason) = self.wait_for(pending).await {
                        return reason;
                    }
                    timeouts.heard();
                    // Who sends ahead keeps the turn below, which minds the time, from ever being taken.
                    if timeouts.is_over(&self.context, &self.caller) {
                        return timeouts.reason();
                    }
                    continue;
                }
                Err(error) => return DisconnectReason::Malformed(error),
            }
            if self.caller.leaving {
                return DisconnectReason::Quit;
            }
            if self.caller.listeners > LISTENERS {
                // Its reply waits with it: who speaks to many is slowed down, not those who listen or do something else.
                self.speakers.turn().await;
                self.caller.listeners = 0;
                continue;
            }
            // With so much output the peer must read first.
            let full = self.connection.is_full();
            let session = Arc::clone(&self.caller.session);
            let deadline = timeouts.deadline(&self.context, &self.caller);
            let turn = self.connection.turn(&session.outbox, !full, full, deadline).await;
            match turn {
                Ok(Turn::Input) => timeouts.heard(),
                Ok(Turn::Sent) => {}
                Ok(Turn::Nudged) => self.look_again(),
                Ok(Turn::End) => return DisconnectReason::HungUp,
                Ok(Turn::Ended(reason)) => return DisconnectReason::Ended(reason),
                Ok(Turn::Deadline) => return timeouts.reason(),
                Err(error) => return DisconnectReason::Broken(error),
            }
        }
    }

    /// Serves all requests that are complete, until there is enough output for the peer to read, or one of them takes its
    /// time.
    fn serve_input(&mut self) -> Result<Option<PendingReply>, ProtocolError> {
        let Self {
            context,
            caller,
            connection,
            decoder,
            ..
        } = self;
        // A login, like a change of settings, came before.
        decoder.set_limits(context.request_limits(&caller.user));
        let (mut served, mut failed) = (0, 0);
        let mut done = 0;
        let now = Instant::now();
        let outcome = loop {
            if caller.leaving || connection.is_full() || caller.listeners > LISTENERS {
                break Ok(None);
            }
            // Who is out is out: what they sent before is not run any more.
            if caller
                .session
                .outbox
                .end_reason()
                .is_some_and(|reason| reason.takes_rights())
            {
                break Ok(None);
            }
            if caller.session.outbox.take_nudge() {
                role_changed(context, caller);
            }
            let request: Request<'_> = match decoder.decode(&connection.input[done..]) {
                Ok(Some(request)) => request,
                Ok(None) => {
                    done += decoder.take_skipped();
                    break Ok(None);
                }
                Err(error) => break Err(error),
            };
            let begun = done;
            done += request.wire_len();
            served += 1;
            let start = if served == 1 { now } else { Instant::now() };
            // Who types has no client between these bytes and the terminal.
            let typed = request.line().is_some();
            caller.session.outbox.set_typed(typed);
            let from = connection.output.len();
            let outcome = dispatch(context, caller, &request, start, &mut connection.output);
            if typed {
                make_harmless(&mut connection.output, from);
            }
            if caller.wipe {
                decoder.wipe();
                connection.wipe(begun..done);
            }
            match outcome {
                Outcome::Done(true) => {}
                Outcome::Done(false) => failed += 1,
                Outcome::Pending(pending) => break Ok(Some(pending)),
            }
        };
        connection.consume(done);
        if served > 0 {
            caller.session.touch(now);
            context.metrics.requests(served, failed);
        }
        outcome
    }

    /// Awaits a request that takes its time, and appends its reply. In the meantime others are heard, and so is the end:
    /// then the request is dropped, and with it what it had begun.
    async fn wait_for(&mut self, mut pending: PendingReply) -> Result<(), DisconnectReason> {
        let session = Arc::clone(&self.caller.session);
        session.set_waiting(true);
        let limits = self.context.request_limits(&self.caller.user);
        let mut cancel_watch = CancelWatch::new(limits, &self.caller);
        let mut ahead = ReadAhead::new(limits);
        let mut watch = None;
        loop {
            cancel_watch.look(&self.connection.input, &mut self.caller, &mut pending);
            let length = self.connection.input.len();
            if ahead.is_exceeded(length) {
                return Err(DisconnectReason::SentAhead);
            }
            let read = ahead.reads(length);
            if !read && watch.is_none() {
                // Without a descriptor to spare a hang-up is seen later.
                watch = self.connection.watch().ok();
            }
            let turn = tokio::select! {
                end = &mut pending => {
                    session.set_waiting(false);
                    let output = &mut self.connection.output;
                    let from = output.len();
                    let failed = !finish(&self.context, &mut self.caller, end, output);
                    if session.outbox.is_typed() {
                        make_harmless(output, from);
                    }
                    // It was counted when it came.
                    self.context.metrics.requests(0, u64::from(failed));
                    return Ok(());
                }
                turn = self.connection.turn(&session.outbox, read, false, None) => turn,
                () = seen(watch.as_ref()) => Ok(Turn::End),
                () = ahead.resumed(length) => continue,
            };
            match turn {
                Ok(Turn::Input | Turn::Sent | Turn::Deadline) => {}
                Ok(Turn::Nudged) => self.look_again(),
                Ok(Turn::End) => return Err(DisconnectReason::HungUp),
                Ok(Turn::Ended(reason)) => return Err(DisconnectReason::Ended(reason)),
                Err(error) => return Err(DisconnectReason::Broken(error)),
            }
        }
    }

    /// Somebody changed what the session may do.
    fn look_again(&mut self) {
        if self.caller.session.outbox.take_nudge() {
            role_changed(&self.context, &mut self.caller);
        }
    }

    /// Tells the peer why, if it still listens; then tells the others, and the log.
    async fn disconnect(mut self, reason: DisconnectReason) {
        let caller = &self.caller;
        let from = self.connection.output.len();
        let goodbye = match &reason {
            DisconnectReason::Malformed(error) => {
                let reply = ErrorReply::new(error.code(), error.to_string());
                Encoder::new(&mut self.connection.output, caller.protocol).error(&reply);
                None
            }
            DisconnectReason::SentAhead => {
                let message = caller.speech.end_sent_ahead();
                let reply = ErrorReply::new(ErrorCode::Limit, message.clone());
                Encoder::new(&mut self.connection.output, caller.protocol).error(&reply);
                Some(message)
            }
            DisconnectReason::Ended(reason) => Some(farewell(reason, caller.speech)),
            DisconnectReason::Quit if caller.shell => Some(String::new()),
            DisconnectReason::Idle => Some(caller.speech.end_idle()),
            DisconnectReason::Quit
            | DisconnectReason::HungUp
            | DisconnectReason::Broken(_)
            | DisconnectReason::NoRequest
            | DisconnectReason::NoLogin => None,
        };
        if let (Some(reason), true) = (goodbye, caller.shell) {
            Push::Bye { reason }.encode(&mut Encoder::new(&mut self.connection.output, caller.protocol));
        }
        if caller.session.outbox.is_typed() {
            make_harmless(&mut self.connection.output, from);
        }
        self.leave(&reason);
        // Somebody who did not read until now is not waited for.
        if !matches!(
            reason,
            DisconnectReason::Broken(_) | DisconnectReason::HungUp | DisconnectReason::Ended(EndReason::TooSlow)
        ) {
            self.connection.close(FAREWELL).await;
        }
    }

    fn leave(&mut self, reason: &DisconnectReason) {
        let session = &self.caller.session;
        let was_in = self.context.rooms.leave_all(session);
        let name = session.shown_name();
        let hold = !matches!(
            reason,
            DisconnectReason::Quit | DisconnectReason::Ended(EndReason::Kicked)
        );
        // A script's name is nobody's to come back to.
        self.context.sessions.exit(session, hold && session.is_present());
        self.context.jobs.session_ended(session.id);
        let resumed = matches!(reason, DisconnectReason::Ended(EndReason::Resumed));
        let stopping = matches!(reason, DisconnectReason::Ended(EndReason::Stopping));
        if self.caller.shell && !resumed && !stopping && !name.is_empty() {
            // One notice is enough for those who shared several rooms; the lobby is where all are.
            let room = was_in.iter().find(|room| *room == LOBBY).or(was_in.first());
            if let Some(room) = room {
                self.context
                    .rooms
                    .notice(room, None, "leave", |speech| speech.left_server(&name));
            }
        }
        self.caller.log.summarise();
        tracing::info!(
            session = session.id,
            name,
            reason = %ReasonForLog(reason),
            after = %amount::span(session.age()),
            "left"
        );
    }
}

/// Waits for a hang-up, if somebody watches for it.
async fn seen(watch: Option<&HangUp>) {
    match watch {
        Some(watch) => watch.seen().await,
        None => std::future::pending().await,
    }
}

/// How long a session may be silent, and how long it may take to ask for something sensible, or to log in.
#[derive(Default)]
struct IdleTimeouts {
    idle: Option<Pin<Box<Sleep>>>,
    /// Something was heard since the time for silence was set.
    heard: bool,
    /// Runs while the session holds no place of its own: it has asked for nothing that was served, or must log in and
    /// hasn't. Bytes that make no request don't prolong it.
    new: Option<NewTimeout>,
}

/// The deadline of a session that came to nothing yet.
struct NewTimeout {
    since: tokio::time::Instant,
    sleep: Pin<Box<Sleep>>,
    /// Whether it must log in.
    must_log_in: bool,
}

impl IdleTimeouts {
    /// When the session is ended for its silence, if ever, by the active settings.
    fn deadline(&mut self, context: &Context, caller: &Caller) -> Option<&mut Pin<Box<Sleep>>> {
        let catalogue = context.catalogue.load();
        let settings = catalogue.settings();
        let must_log_in = caller.user.is_guest() && !settings.access.guest;
        if must_log_in || !caller.settled {
            let time = if must_log_in || caller.requests > 0 {
                // Somebody who types, and mistyped, or was told to log in.
                settings.limits.handshake * LOGIN
            } else {
                settings.limits.handshake
            };
            let new = self.new.get_or_insert_with(|| {
                let since = tokio::time::Instant::now();
                NewTimeout {
                    since,
                    sleep: Box::pin(sleep_until(since + time)),
                    must_log_in,
                }
            });
            new.must_log_in = must_log_in;
            if new.sleep.deadline() != new.since + time {
                new.sleep.as_mut().reset(new.since + time);
            }
            return Some(&mut new.sleep);
        }
        self.new = None;
        let time = settings.limits.idle?;
        let idle = self.idle.get_or_insert_with(|| Box::pin(sleep(time)));
        if std::mem::take(&mut self.heard) {
            idle.as_mut().reset(tokio::time::Instant::now() + time);
        }
        Some(idle)
    }

    /// Whether the time for a first sensible request, or for the login, is up.
    fn is_over(&mut self, context: &Context, caller: &Caller) -> bool {
        self.deadline(context, caller);
        let now = tokio::time::Instant::now();
        self.new.as_ref().is_some_and(|new| new.sleep.deadline() <= now)
    }

    /// The peer said something: it may be silent as long again.
    fn heard(&mut self) {
        self.heard = true;
    }

    /// Why the deadline ended the session.
    fn reason(&self) -> DisconnectReason {
        match &self.new {
            Some(NewTimeout { must_log_in: true, .. }) => DisconnectReason::NoLogin,
            Some(_) => DisconnectReason::NoRequest,
            None => DisconnectReason::Idle,
        }
    }
}

fn farewell(reason: &EndReason, speech: Speech) -> String {
    match reason {
        EndReason::Stopping => speech.server_stopping(),
        EndReason::Kicked => speech.end_kicked(),
        EndReason::Removed => speech.end_account_removed(),
        EndReason::PasswordChanged => speech.end_password_changed(),
        EndReason::Displaced => speech.end_displaced(),
        EndReason::Resumed => speech.end_resumed(),
        EndReason::TooSlow => speech.end_too_slow(),
    }
}

/// A reason for the log.
struct ReasonForLog<'r>(&'r DisconnectReason);

impl std::fmt::Display for ReasonForLog<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            DisconnectReason::Quit => f.write_str("quit"),
            DisconnectReason::HungUp => f.write_str("hung up"),
            DisconnectReason::Broken(error) => write!(f, "connection broke: {error}"),
            DisconnectReason::Malformed(error) => write!(f, "malformed request: {error}"),
            DisconnectReason::Ended(reason) => f.write_str(&farewell(reason, Speech::English)),
            DisconnectReason::SentAhead => f.write_str("sent too much ahead of one request"),
            DisconnectReason::Idle => f.write_str("idle for too long"),
            DisconnectReason::NoRequest => f.write_str("no request in time"),
            DisconnectReason::NoLogin => f.write_str("no login in time"),
        }
    }
}
