//! The TCP connection below TLS: every address of the host in turn, and a peer that is gone gets noticed.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use rustix::net::sockopt;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, timeout};

use crate::address::Address;

/// After this long without a word the kernel asks whether the server is still there, ...
const KEEPALIVE_IDLE: Duration = Duration::from_secs(30);
/// ... asks again at this interval, ...
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(10);
/// ... and after so many questions without an answer the connection is lost.
const KEEPALIVE_PROBES: u32 = 3;

/// Tries the host's addresses in the order the system gives them. Each gets its share of the time that is left, so that one that
/// swallows everything doesn't keep the others from being tried.
pub(crate) async fn connect(address: &Address, limit: Duration) -> io::Result<TcpStream> {
    let end = Instant::now() + limit;
    let timed_out = || io::Error::from(io::ErrorKind::TimedOut);
    let found = timeout(limit, lookup_host((address.host.as_str(), address.port)))
        .await
        .map_err(|_| timed_out())??;
    let places: Vec<SocketAddr> = found.collect();
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for (number, place) in places.iter().enumerate() {
        let left = end.saturating_duration_since(Instant::now());
        let share = left / u32::try_from(places.len() - number).unwrap_or(1);
        match timeout(share, TcpStream::connect(place)).await {
            Ok(Ok(stream)) => {
                tune(&stream)?;
                return Ok(stream);
            }
            Ok(Err(error)) => last = error,
            Err(_) => last = timed_out(),
        }
    }
    Err(last)
}

fn tune(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    sockopt::set_socket_keepalive(stream, true)?;
    sockopt::set_tcp_keepidle(stream, KEEPALIVE_IDLE)?;
    sockopt::set_tcp_keepintvl(stream, KEEPALIVE_INTERVAL)?;
    sockopt::set_tcp_keepcnt(stream, KEEPALIVE_PROBES)?;
    Ok(())
}
