//! The server: sockets, TLS, the door, and one task for each session.

pub mod certificate;
mod connection;
mod door;
mod hang_up;
mod listener;
mod read_ahead;
mod session;
mod transport;
mod turnstile;

use std::net::{SocketAddr, TcpListener as StdTcpListener};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_native_tls::TlsAcceptor;

use crate::request::Context;
use crate::state_folder::{StateFolder, door_in};
use certificate::Certificate;
use door::Door;
use listener::{ListenError, Reception};
use turnstile::Turnstiles;

/// How long sessions and programs may take to end once the server stops. Each is told at once and has two seconds for its last
/// bytes, so that the whole stop stays within five.
const STOP: Duration = Duration::from_secs(4);

/// A server that holds its sockets and has not begun to serve.
pub struct Server {
    context: Arc<Context>,
    listeners: Vec<TcpListener>,
    acceptor: TlsAcceptor,
    door: Door,
    fingerprint: String,
}

/// The sockets that a server is reached by, which wait for it to serve.
#[derive(Debug)]
pub struct Sockets(Vec<StdTcpListener>);

impl Sockets {
    /// Opens a socket for each address of `listen`, which have ports. One of `optional` may fail (this machine may have no
    /// IPv6) as long as another is open.
    pub fn open(listen: &[String], optional: bool) -> Result<Self> {
        let mut listeners = Vec::new();
        let mut failures = Vec::new();
        for address in listen {
            match listener::listen(address) {
                Ok(opened) => listeners.extend(opened),
                Err(error) if optional && !matches!(error, ListenError::InUse(_)) => failures.push(error),
                Err(error) => return Err(error.into()),
            }
        }
        match failures.into_iter().next() {
            Some(error) if listeners.is_empty() => return Err(error.into()),
            Some(error) => tracing::debug!(%error, "one of the usual addresses is not there"),
            None => {}
        }
        if listeners.is_empty() {
            bail!("no address to listen on: give --listen ADDRESS:PORT");
        }
        Ok(Self(listeners))
    }
}

impl Server {
    /// Takes the sockets, and opens the door in the state folder unless programs of an earlier server run there yet. To be
    /// called inside the runtime.
    pub fn open(
        context: Arc<Context>,
        certificate: &Certificate,
        sockets: Sockets,
        state: &StateFolder,
    ) -> Result<Self> {
        let acceptor = acceptor(certificate)?;
        let listeners = sockets.0.into_iter().map(TcpListener::from_std);
        let listeners = listeners
            .collect::<Result<_, _>>()
            .context("cannot watch the sockets")?;
        Ok(Self {
            context,
            listeners,
            acceptor,
            door: Door::new(&door_in(state.path()), state.keepers().try_clone()?)?,
            fingerprint: certificate.fingerprint()?,
        })
    }

    /// The addresses that the server listens on, with the ports it got.
    pub fn addresses(&self) -> Result<Vec<SocketAddr>> {
        let addresses = self.listeners.iter().map(TcpListener::local_addr);
        addresses
            .map(|address| address.context("a socket without an address"))
            .collect()
    }

    /// What clients pin: see [`Certificate::fingerprint`].
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Serves until [`Context::stop`] is called and all sessions have ended, or have had their time to. The same if the door
    /// can't be opened; that is an error then.
    pub async fn run(self) -> Result<()> {
        let Self {
            context,
            listeners,
            acceptor,
            mut door,
            ..
        } = self;
        let (guard, mut all_gone) = mpsc::channel(1);
        let mut doors = JoinSet::new();
        let turnstiles = Turnstiles::new();
        for listener in listeners {
            let reception = Reception {
                context: Arc::clone(&context),
                acceptor: acceptor.clone(),
                turnstiles: turnstiles.clone(),
            };
            doors.spawn(listener::accept(reception, listener, guard.clone()));
        }
        let served = tokio::select! {
            () = context.stopped() => Ok(()),
            Err(error) = door.serve(&context, &turnstiles, guard.clone()) => Err(error),
        };
        context.stop();
        doors.shutdown().await;
        drop(door);
        context.sessions.close();
        drop(guard);
        // Nothing is ever sent: the channel ends when the last session has dropped its side.
        let gone = tokio::time::timeout(STOP, all_gone.recv());
        // Beside the sessions, since programs have two seconds for their last words too.
        let ended = tokio::time::timeout(STOP, context.jobs.stop());
        let (gone, ended) = tokio::join!(gone, ended);
        if gone.is_err() {
            tracing::warn!("some sessions did not end in time");
        }
        if ended.is_err() {
            tracing::warn!("some programs did not end in time");
        }
        served
    }
}

/// TLS 1.2, the most that the library's acceptor speaks. Which ciphers are good enough is checked after the handshake.
fn acceptor(certificate: &Certificate) -> Result<TlsAcceptor> {
    let acceptor = native_tls::TlsAcceptor::builder(certificate.identity()?)
        .min_protocol_version(Some(native_tls::Protocol::Tlsv12))
        .build()
        .context("the TLS library does not take this certificate")?;
    Ok(acceptor.into())
}
