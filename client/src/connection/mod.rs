//! Getting to a server: TCP and TLS with its key checked (safety rule 7), or the door on this machine.

pub(crate) mod devices;
pub(crate) mod door;
pub(crate) mod fingerprint;
pub(crate) mod known_hosts;
mod tcp;
mod tls;
pub(crate) mod trust;

use std::future::Future;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use caracola_speech::Speech;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;

use crate::address::Address;
use crate::io_reason::io_reason;
use crate::screen;
use devices::Devices;
use fingerprint::Fingerprint;
use known_hosts::{KnownHosts, Pin};
use tls::TlsError;
use trust::{Refusal, UnknownHostPolicy};

/// Bytes to and from a server, whatever carries them.
pub(crate) trait Transport: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Transport for T {}

/// Where to go and whom to believe.
#[derive(Debug, Clone)]
pub(crate) struct Route {
    pub(crate) endpoint: Endpoint,
    /// For the TCP connection and for the TLS handshake, each; the time a person takes to answer a question doesn't count.
    pub(crate) timeout: Duration,
}

/// Which way in.
#[derive(Debug, Clone)]
pub(crate) enum Endpoint {
    Network(Network),
    /// The path of the door's socket.
    Door(PathBuf),
}

/// A server on the network, and what decides whether its key is the right one.
#[derive(Debug, Clone)]
pub(crate) struct Network {
    pub(crate) address: Address,
    /// The only key to accept.
    pub(crate) fingerprint: Option<Fingerprint>,
    /// A PEM file of authorities to believe besides the system's.
    pub(crate) cacert: Option<PathBuf>,
    pub(crate) known_hosts: Option<KnownHosts>,
    /// Where device secrets are kept; none for a server that is only tried.
    pub(crate) devices: Option<Devices>,
    pub(crate) unknown_host: UnknownHostPolicy,
}

/// Why there is no connection.
#[derive(Debug)]
pub(crate) enum ConnectError {
    Unreachable(io::Error),
    TimedOut,
    Tls(TlsError),
    Refused(Refusal),
    KnownHosts { path: PathBuf, error: io::Error },
    NoDoor { path: PathBuf, error: io::Error },
}

impl ConnectError {
    /// The whole story for a person, in one or several lines. `place` is how they named the server.
    pub(crate) fn explain(&self, place: &str, speech: Speech) -> String {
        match self {
            Self::Unreachable(error) => speech.cannot_reach_server(place, io_reason(error, speech)),
            Self::TimedOut => speech.cannot_reach_server(place, speech.no_answer_in_time()),
            Self::Tls(error) => speech.no_secure_connection(place, error),
            Self::Refused(refusal) => refusal.explain(place, speech),
            Self::KnownHosts { path, error } => speech.cannot_use_file(path.display(), io_reason(error, speech)),
            Self::NoDoor { path, error } => speech.no_way_in_by_door(path.display(), io_reason(error, speech)),
        }
    }
}

impl Endpoint {
    /// How messages name it.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Network(network) => network.address.to_string(),
            Self::Door(path) => path.display().to_string(),
        }
    }
}

impl Route {
    /// Opens a connection whose other end is who it should be. Asks a person if it must and may.
    pub(crate) async fn open(&self, speech: Speech) -> Result<Box<dyn Transport>, ConnectError> {
        match &self.endpoint {
            Endpoint::Network(network) => network.open(self.timeout, speech).await,
            Endpoint::Door(path) => match door::open(path).await {
                Ok(stream) => Ok(Box::new(stream)),
                Err(error) => Err(ConnectError::NoDoor {
                    path: path.clone(),
                    error,
                }),
            },
        }
    }
}

impl Network {
    async fn open(&self, limit: Duration, speech: Speech) -> Result<Box<dyn Transport>, ConnectError> {
        if let Some(wanted) = &self.fingerprint {
            let (stream, seen) = self.any_key(limit).await?;
            return if seen == *wanted {
                Ok(stream)
            } else {
                Err(ConnectError::Refused(Refusal::NotTheOneNamed {
                    wanted: wanted.clone(),
                    seen,
                }))
            };
        }
        match self.pin()? {
            Some(pin) => self.open_pinned(pin, limit).await,
            None => self.open_unknown(limit, speech).await,
        }
    }

    fn pin(&self) -> Result<Option<Pin>, ConnectError> {
        let Some(hosts) = &self.known_hosts else {
            return Ok(None);
        };
        hosts.find(&self.address).map_err(|error| ConnectError::KnownHosts {
            path: hosts.path().to_owned(),
            error,
        })
    }

    async fn open_pinned(&self, pin: Pin, limit: Duration) -> Result<Box<dyn Transport>, ConnectError> {
        let (stream, seen) = self.any_key(limit).await?;
        if seen == pin.fingerprint {
            return Ok(stream);
        }
        drop(stream);
        // Another key, but one that an authority vouches for: the server got a certificate of its own.
        if let Ok(stream) = self.vouched(limit).await {
            return Ok(stream);
        }
        Err(ConnectError::Refused(Refusal::Changed {
            pin,
            seen,
            file: self
                .known_hosts
                .as_ref()
                .map(|hosts| hosts.path().to_owned())
                .unwrap_or_default(),
        }))
    }

    async fn open_unknown(&self, limit: Duration, speech: Speech) -> Result<Box<dyn Transport>, ConnectError> {
        match self.vouched(limit).await {
            Ok(stream) => return Ok(stream),
            // What went wrong may be the certificate; if not, the next handshake fails too and says so.
            Err(ConnectError::Tls(error)) if !matches!(error, TlsError::Authority { .. }) => {}
            Err(error) => return Err(error),
        }
        let (stream, seen) = self.any_key(limit).await?;
        let asked = match &self.unknown_host {
            UnknownHostPolicy::Ask => {
                // A server waits only so long for the first word: this connection isn't kept during the question.
                drop(stream);
                let place = self.address.to_string();
                let answer = trust::ask(&place, &seen, speech).await;
                answer.map_err(ConnectError::Refused)?;
                None
            }
            UnknownHostPolicy::Trust => Some(stream),
            UnknownHostPolicy::Refuse => return Err(ConnectError::Refused(Refusal::Unknown { seen })),
        };
        self.remember(&seen, speech);
        if let Some(stream) = asked {
            return Ok(stream);
        }
        let (stream, again) = self.any_key(limit).await?;
        if again == seen {
            Ok(stream)
        } else {
            Err(ConnectError::Refused(Refusal::NotTheOneNamed {
                wanted: seen,
                seen: again,
            }))
        }
    }

    /// Pins the key. If that can't be done the person is told, and asked again next time.
    fn remember(&self, seen: &Fingerprint, speech: Speech) {
        let Some(hosts) = &self.known_hosts else {
            return;
        };
        let file = hosts.path().display();
        screen::tell(&match hosts.pin(&self.address, seen) {
            Ok(()) => speech.key_pinned(&self.address, seen, file),
            Err(error) => speech.cannot_use_file(file, io_reason(&error, speech)),
        });
    }

    async fn any_key(&self, limit: Duration) -> Result<(Box<dyn Transport>, Fingerprint), ConnectError> {
        let tcp = self.tcp(limit).await?;
        within(limit, tls::any_key(&self.address.host, tcp)).await
    }

    /// Succeeds only if somebody vouches for the certificate: an authority in the named file, else one of the system's.
    async fn vouched(&self, limit: Duration) -> Result<Box<dyn Transport>, ConnectError> {
        if let Some(file) = &self.cacert {
            let tcp = self.tcp(limit).await?;
            match within(limit, tls::by_authority(&self.address.host, tcp, file)).await {
                Ok(stream) => return Ok(stream),
                // A file that can't be used is the person's mistake.
                Err(ConnectError::Tls(error)) if !matches!(error, TlsError::Authority { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        let tcp = self.tcp(limit).await?;
        within(limit, tls::by_system(&self.address.host, tcp)).await
    }

    async fn tcp(&self, limit: Duration) -> Result<tokio::net::TcpStream, ConnectError> {
        tcp::connect(&self.address, limit)
            .await
            .map_err(ConnectError::Unreachable)
    }
}

async fn within<T>(limit: Duration, handshake: impl Future<Output = Result<T, TlsError>>) -> Result<T, ConnectError> {
    match timeout(limit, handshake).await {
        Ok(result) => result.map_err(ConnectError::Tls),
        Err(_) => Err(ConnectError::TimedOut),
    }
}
