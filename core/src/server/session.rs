//! A session's own task: reads requests, has them served in order, sends the replies and what others say.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use caracola_wire::{Encoder, ErrorReply, ProtocolError, Push, Request, RequestDecoder, RequestLimits};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Sleep;

use super::connection::{Connection, Turn};
use crate::access::User;
use crate::caller::Caller;
use crate::context::Context;
use crate::dispatch::dispatch;
use crate::language::Speech;
use crate::phrases;
use crate::rooms::LOBBY;
use crate::sessions::{Ending, Session};

/// How long a session that ends may take to be told so.
const FAREWELL: Duration = Duration::from_secs(2);

/// Why a session ended.
#[derive(Debug)]
enum Departure {
    /// It said goodbye.
    Quit,
    /// The connection was closed from the other side.
    HungUp,
    /// The connection broke.
    Broken(io::Error),
    /// It sent what no request is.
    Malformed(ProtocolError),
    /// The server's side ended it.
    Ended(Ending),
    /// It was silent for too long, or never logged in.
    Idle,
}

/// Serves a session until it ends, whatever way.
pub(crate) async fn run<S>(context: Arc<Context>, stream: S, session: Arc<Session>, user: User)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let catalogue = context.catalogue.load_full();
    let limits = if user.is_guest() {
        context.guest_limits()
    } else {
        RequestLimits::USER
    };
    let mut task = Task {
        caller: Caller::new(Arc::clone(&session), user, &catalogue, Instant::now()),
        connection: Connection::new(stream),
        decoder: RequestDecoder::new(limits),
        context,
    };
    drop(catalogue);
    let departure = task.serve().await;
    task.depart(departure).await;
}

struct Task<S> {
    context: Arc<Context>,
    caller: Caller,
    connection: Connection<S>,
    decoder: RequestDecoder,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Task<S> {
    async fn serve(&mut self) -> Departure {
        let idle = self.context.catalogue.load().settings().limits.idle;
        let mut deadline: Option<Pin<Box<Sleep>>> = idle.map(|idle| Box::pin(tokio::time::sleep(idle)));
        loop {
            match self.serve_input() {
                Ok(()) => {}
                Err(error) => return Departure::Malformed(error),
            }
            if self.caller.leaving {
                return Departure::Quit;
            }
            // With so much output the peer must read first.
            let full = self.connection.is_full();
            let session = Arc::clone(&self.caller.session);
            let turn = self
                .connection
                .turn(&session.outbox, !full, full, deadline.as_mut())
                .await;
            match turn {
                Ok(Turn::Input) => {
                    if let (Some(idle), Some(deadline)) = (idle, deadline.as_mut()) {
                        deadline.as_mut().reset(tokio::time::Instant::now() + idle);
                    }
                }
                Ok(Turn::Sent) => {}
                Ok(Turn::End) => return Departure::HungUp,
                Ok(Turn::Ending(ending)) => return Departure::Ended(ending),
                Ok(Turn::Deadline) => return Departure::Idle,
                Err(error) => return Departure::Broken(error),
            }
        }
    }

    /// Serves all requests that are complete, until there is enough output for the peer to read.
    fn serve_input(&mut self) -> Result<(), ProtocolError> {
        let Self {
            context,
            caller,
            connection,
            decoder,
        } = self;
        let (mut served, mut failed) = (0, 0);
        let mut done = 0;
        let now = Instant::now();
        let outcome = loop {
            if caller.leaving || connection.is_full() {
                break Ok(());
            }
            let request: Request<'_> = match decoder.decode(&connection.input[done..]) {
                Ok(Some(request)) => request,
                Ok(None) => {
                    done += decoder.take_skipped();
                    break Ok(());
                }
                Err(error) => break Err(error),
            };
            done += request.wire_len();
            served += 1;
            // Pipelined requests of one read share its time: nothing that they do takes long enough to matter.
            if !dispatch(context, caller, &request, now, &mut connection.output) {
                failed += 1;
            }
        };
        connection.consume(done);
        if served > 0 {
            caller.session.touch(now);
            context.metrics.requests(served, failed);
        }
        outcome
    }

    /// Tells the peer why, if it still listens; then tells the others, and the log.
    async fn depart(mut self, departure: Departure) {
        let caller = &self.caller;
        let reason = match &departure {
            Departure::Malformed(error) => {
                let reply = ErrorReply::new(error.code(), error.to_string());
                Encoder::new(&mut self.connection.output, caller.protocol).error(&reply);
                None
            }
            Departure::Ended(ending) => Some(farewell(ending, caller.speech)),
            Departure::Quit if caller.shell => Some(String::new()),
            Departure::Idle => Some(phrases::idle(caller.speech)),
            Departure::Quit | Departure::HungUp | Departure::Broken(_) => None,
        };
        if let (Some(reason), true) = (reason, caller.shell) {
            Push::Bye { reason }.encode(&mut Encoder::new(&mut self.connection.output, caller.protocol));
        }
        self.leave(&departure);
        // Somebody who did not read until now is not waited for.
        if !matches!(
            departure,
            Departure::Broken(_) | Departure::HungUp | Departure::Ended(Ending::TooSlow)
        ) {
            self.connection.close(FAREWELL).await;
        }
    }

    fn leave(&mut self, departure: &Departure) {
        let session = &self.caller.session;
        let was_in = self.context.rooms.leave_all(session);
        let name = session.shown_name();
        let hold = !matches!(departure, Departure::Quit | Departure::Ended(Ending::Kicked));
        self.context.sessions.exit(session, hold && self.caller.shell);
        let resumed = matches!(departure, Departure::Ended(Ending::Resumed));
        let stopping = matches!(departure, Departure::Ended(Ending::Stopping));
        if self.caller.shell && !resumed && !stopping && !name.is_empty() {
            // One notice is enough for those who shared several rooms; the lobby is where all are.
            let room = was_in.iter().find(|room| *room == LOBBY).or(was_in.first());
            if let Some(room) = room {
                self.context
                    .rooms
                    .notice(room, None, "leave", |speech| phrases::disconnected(speech, &name));
            }
        }
        self.caller.log.summarise();
        tracing::info!(
            session = session.id,
            name,
            reason = %Reason(departure),
            after = %phrases::span(session.age()),
            "left"
        );
    }
}

fn farewell(ending: &Ending, speech: Speech) -> String {
    match ending {
        Ending::Stopping => phrases::stopping(speech),
        Ending::Kicked => phrases::kicked(speech),
        Ending::Resumed => phrases::resumed(speech),
        Ending::TooSlow => phrases::too_slow(speech),
    }
}

/// A departure for the log.
struct Reason<'d>(&'d Departure);

impl std::fmt::Display for Reason<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Departure::Quit => f.write_str("quit"),
            Departure::HungUp => f.write_str("hung up"),
            Departure::Broken(error) => write!(f, "connection broke: {error}"),
            Departure::Malformed(error) => write!(f, "malformed request: {error}"),
            Departure::Ended(ending) => f.write_str(&farewell(ending, Speech::English)),
            Departure::Idle => f.write_str("idle for too long"),
        }
    }
}
