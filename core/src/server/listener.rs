//! Where the server listens: sockets, their addresses, and the loop that takes connections from each.

use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener as StdTcpListener, ToSocketAddrs as _};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use socket2::{Domain, Protocol, SockRef, Socket, TcpKeepalive, Type};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_native_tls::{TlsAcceptor, TlsStream};

use super::session;
use super::transport::{Agreed, Transport};
use super::turnstile::Turnstiles;
use crate::access::User;
use crate::request::Context;
use crate::sessions::{Endpoint, Refusal, Session, Ticket};
use caracola_quota::LogThrottle;
use caracola_spawner::descriptors::{self, Use};

/// Connections that the kernel may keep until they are taken: a class that connects at the same moment, many times.
const BACKLOG: i32 = 1024;
/// When a silent peer is asked whether it is still there, and how often.
const KEEPALIVE: (Duration, Duration) = (Duration::from_mins(1), Duration::from_secs(15));
/// How long the loop waits when the system has no file descriptor for a new connection.
pub(super) const OUT_OF_FILES: Duration = Duration::from_millis(100);

/// Holds its place while a session runs; the server has stopped when all are gone.
pub(super) type Guard = mpsc::Sender<()>;

/// Why a socket could not be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ListenError {
    #[error(
        "port {} of {} is in use: stop the program that has it (ss -ltnp shows which), or choose another: --listen {} takes any free one",
        .0.port(), .0.ip(), SocketAddr::new(.0.ip(), 0)
    )]
    InUse(SocketAddr),
    #[error("{} is not an address of this machine: --listen takes one of its own, or 0.0.0.0 or [::] for all", .0.ip())]
    NotOurs(SocketAddr),
    #[error("no permission to listen on {0}: ports below 1024 are for root; choose a higher one with --listen")]
    NotAllowed(SocketAddr),
    #[error("cannot listen on {0}: {1}")]
    Other(SocketAddr, io::Error),
    #[error("cannot listen on {0:?}: write ADDRESS:PORT, such as 127.0.0.1:22722 or [::1]:22722")]
    Unreadable(String),
}

/// Opens a socket for each address of `wanted`, a host or an IP address with a port.
pub(crate) fn listen(wanted: &str) -> Result<Vec<StdTcpListener>, ListenError> {
    let unreadable = || ListenError::Unreadable(wanted.to_owned());
    let addresses: Vec<_> = wanted.to_socket_addrs().map_err(|_| unreadable())?.collect();
    if addresses.is_empty() {
        return Err(unreadable());
    }
    let open = |address| open(address).map_err(|error| cannot(address, error));
    addresses.into_iter().map(open).collect()
}

fn open(address: SocketAddr) -> io::Result<StdTcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        // The IPv4 side has a socket of its own, so that both may be asked for at once.
        socket.set_only_v6(true)?;
    }
    // A port whose last connections are still closing may be taken again at once.
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

fn cannot(address: SocketAddr, error: io::Error) -> ListenError {
    match error.kind() {
        io::ErrorKind::AddrInUse => ListenError::InUse(address),
        io::ErrorKind::AddrNotAvailable => ListenError::NotOurs(address),
        io::ErrorKind::PermissionDenied => ListenError::NotAllowed(address),
        _ => ListenError::Other(address, error),
    }
}

/// What every connection of a listener needs.
#[derive(Clone)]
pub(super) struct Reception {
    pub(super) context: Arc<Context>,
    pub(super) acceptor: TlsAcceptor,
    pub(super) turnstiles: Turnstiles,
}

/// Takes connections from one socket until it is dropped. Whatever happens to one of them is its own.
pub(super) async fn accept(reception: Reception, listener: TcpListener, guard: Guard) {
    static FAILED: LogThrottle = LogThrottle::new();
    static NONE_LEFT: LogThrottle = LogThrottle::new();
    loop {
        reception.turnstiles.connections.turn().await;
        match listener.accept().await {
            Ok((stream, peer)) => {
                if descriptors::is_kept_from(Use::Network, &stream) {
                    if let Some(repeated) = NONE_LEFT.admit() {
                        tracing::warn!(%peer, repeated, "turned away: the open files that are left are kept for the operator and for programs");
                    }
                    continue;
                }
                let Some(ticket) = place(&reception.context, peer) else {
                    continue;
                };
                let (reception, guard) = (reception.clone(), guard.clone());
                tokio::spawn(async move {
                    welcome(reception, stream, peer, ticket).await;
                    drop(guard);
                });
            }
            Err(error) => {
                // Out of descriptors, or a peer that was gone before it was taken: neither is a reason to stop.
                if let Some(repeated) = FAILED.admit() {
                    tracing::warn!(%error, repeated, "cannot take a connection");
                }
                tokio::time::sleep(OUT_OF_FILES).await;
            }
        }
    }
}

/// A place for a connection, or a line in the log about why there is none, and which limit it was.
fn place(context: &Context, peer: SocketAddr) -> Option<Ticket> {
    static BANNED: LogThrottle = LogThrottle::new();
    static CROWDED: LogThrottle = LogThrottle::new();
    static FULL: LogThrottle = LogThrottle::new();
    static FULL_FROM_THERE: LogThrottle = LogThrottle::new();
    match context.sessions.reserve(peer.ip(), context.capacity()) {
        Ok(ticket) => {
            if ticket.crowded
                && let Some(repeated) = CROWDED.admit()
            {
                tracing::warn!(
                    %peer,
                    repeated,
                    "all places are taken: a connection that never asked for anything made room ([limits] sessions, sessions_per_address)"
                );
            }
            Some(ticket)
        }
        Err(refusal) => {
            let throttle = match refusal {
                Refusal::Full => &FULL,
                Refusal::FullFromThere => &FULL_FROM_THERE,
                Refusal::Banned | Refusal::Displaced | Refusal::Stopping => &BANNED,
            };
            if let Some(repeated) = throttle.admit() {
                tracing::warn!(%peer, ?refusal, repeated, "turned away");
            }
            None
        }
    }
}

/// One connection from its handshake on. It has a place already.
async fn welcome(reception: Reception, stream: TcpStream, peer: SocketAddr, ticket: Ticket) {
    let peer = SocketAddr::new(canonical(peer.ip()), peer.port());
    let handshake = shake_hands(&reception, stream, peer, &ticket).await;
    let Reception {
        context, turnstiles, ..
    } = reception;
    let Some((stream, Agreed { version, cipher })) = handshake else {
        context.sessions.give_up(&ticket);
        return;
    };
    let endpoint = Endpoint::Network {
        peer,
        tls: version,
        cipher,
    };
    let user = User::guest();
    match context
        .sessions
        .enter(Some(&ticket), endpoint, user.clone(), context.capacity())
    {
        Ok(session) => {
            drop(ticket);
            connected(&context, &session, version, cipher);
            session::run(context, turnstiles, stream, session, user).await;
        }
        Err(refusal) => tracing::info!(%peer, ?refusal, "turned away"),
    }
}

/// The TLS handshake, for as long as it may take. `None`, and a line in the log, if nothing came of it.
async fn shake_hands(
    reception: &Reception,
    stream: TcpStream,
    peer: SocketAddr,
    ticket: &Ticket,
) -> Option<(TlsStream<Transport<TcpStream>>, Agreed)> {
    let Reception {
        context,
        acceptor,
        turnstiles,
    } = reception;
    let turnstile = &turnstiles.connections;
    prepare(&stream);
    let mut handshake = pin!(async {
        // TLS costs memory, and a peer that says nothing doesn't get to it.
        stream.readable().await?;
        let stream = turnstile.pace(acceptor.accept(Transport::new(stream))).await;
        anyhow::Ok(stream?)
    });
    let handshake = tokio::select! {
        handshake = tokio::time::timeout(context.handshake(), handshake.as_mut()) => match handshake {
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(error)) => Err(("no TLS handshake", Some(error.to_string()))),
            Err(_) => Err(("no TLS handshake in time", None)),
        },
        () = context.stopped() => return None,
        () = ticket.displaced() => Err(("no TLS handshake before the place was needed", None)),
    };
    let mut stream = match handshake {
        Ok(stream) => stream,
        Err((reason, error)) => {
            // The time of many may be up at the same moment.
            turnstile.turn().await;
            tracing::info!(%peer, error, "{reason}: closed");
            return None;
        }
    };
    let Some(agreed) = stream.get_mut().get_mut().get_mut().agreed() else {
        tracing::info!(%peer, "no forward-secret authenticated cipher: closed");
        return None;
    };
    Some((stream, agreed))
}

fn connected(context: &Context, session: &Session, tls: &str, cipher: &str) {
    context.metrics.connection();
    tracing::info!(session = session.id, peer = %session.endpoint, tls, cipher, "connected");
}

/// An IPv4 address that came over an IPv6 socket is shown as what it is.
fn canonical(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

/// What every connection gets.
fn prepare(stream: &TcpStream) {
    // Replies are written whole: waiting for more would only add to each round trip. If the system refuses either
    // setting, the connection works all the same.
    let _ = stream.set_nodelay(true);
    let keepalive = TcpKeepalive::new().with_time(KEEPALIVE.0).with_interval(KEEPALIVE.1);
    let _ = SockRef::from(stream).set_tcp_keepalive(&keepalive);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_silent_peer_is_asked_whether_it_is_there() -> io::Result<()> {
        let listener = TcpListener::from_std(open("127.0.0.1:0".parse().expect("an address"))?)?;
        let _peer = TcpStream::connect(listener.local_addr()?).await?;
        let (stream, _) = listener.accept().await?;
        prepare(&stream);
        let socket = SockRef::from(&stream);
        assert!(socket.keepalive()? && socket.tcp_nodelay()?);
        assert_eq!(
            (socket.tcp_keepalive_time()?, socket.tcp_keepalive_interval()?),
            KEEPALIVE
        );
        Ok(())
    }
}
