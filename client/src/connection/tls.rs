//! The ways to a TLS connection: the certificate is checked against the system's roots or against an authority of one's own, or only
//! the key's fingerprint is learnt.
//!
//! Only the first goes through native-tls: its connector always reads the system's roots, twice, which takes some 30 ms, three times
//! as much as all the rest of `caracola -c ls`. A handshake proves that the server holds its key whether or not anyone vouches for it.

use std::net::IpAddr;
use std::path::Path;
use std::pin::Pin;

use openssl::ssl::{Ssl, SslContext, SslContextBuilder, SslMethod, SslMode, SslVerifyMode, SslVersion};
use openssl::x509::X509;
use tokio::net::TcpStream;
use tokio_native_tls::native_tls;
use tokio_openssl::SslStream;

use super::Transport;
use super::fingerprint::Fingerprint;

/// Why there is no TLS connection.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TlsError {
    #[error("{0}")]
    Setup(#[from] openssl::error::ErrorStack),
    #[error("{0}")]
    Checked(#[from] native_tls::Error),
    #[error("{0}")]
    Handshake(#[from] openssl::ssl::Error),
    #[error("the server showed no certificate")]
    NoCertificate,
    #[error("can't read {path}: {error}")]
    Authority { path: String, error: std::io::Error },
}

/// Succeeds only if the certificate is valid for `host` under the system's roots.
pub(crate) async fn by_system(host: &str, tcp: TcpStream) -> Result<Box<dyn Transport>, TlsError> {
    let connector = native_tls::TlsConnector::builder()
        .min_protocol_version(Some(native_tls::Protocol::Tlsv12))
        .build()?;
    let connector = tokio_native_tls::TlsConnector::from(connector);
    Ok(Box::new(connector.connect(without_zone(host), tcp).await?))
}

/// Succeeds only if the certificate is valid for `host` under an authority in this PEM file.
pub(crate) async fn by_authority(host: &str, tcp: TcpStream, file: &Path) -> Result<Box<dyn Transport>, TlsError> {
    let unreadable = |error| TlsError::Authority {
        path: file.display().to_string(),
        error,
    };
    let pem = std::fs::read(file).map_err(unreadable)?;
    let authorities = X509::stack_from_pem(&pem)?;
    if authorities.is_empty() {
        return Err(unreadable(std::io::ErrorKind::InvalidData.into()));
    }
    let mut context = context(SslVerifyMode::PEER)?;
    for authority in authorities {
        context.cert_store_mut().add_cert(authority)?;
    }
    let mut ssl = Ssl::new(&context.build())?;
    match without_zone(host).parse::<IpAddr>() {
        Ok(address) => ssl.param_mut().set_ip(address)?,
        Err(_) => ssl.param_mut().set_host(host)?,
    }
    Ok(Box::new(handshake(host, ssl, tcp).await?))
}

/// Accepts any certificate and says which key the server has proved to hold. The caller decides whether it is the right one.
pub(crate) async fn any_key(host: &str, tcp: TcpStream) -> Result<(Box<dyn Transport>, Fingerprint), TlsError> {
    let ssl = Ssl::new(&context(SslVerifyMode::NONE)?.build())?;
    let stream = handshake(host, ssl, tcp).await?;
    let certificate = stream.ssl().peer_certificate().ok_or(TlsError::NoCertificate)?;
    let fingerprint = Fingerprint::of_certificate(&certificate)?;
    Ok((Box::new(stream), fingerprint))
}

/// Without any roots. The modes are those that native-tls sets: a write that has to be tried again may come from another place in
/// memory then.
fn context(verify: SslVerifyMode) -> Result<SslContextBuilder, TlsError> {
    let mut context = SslContext::builder(SslMethod::tls_client())?;
    context.set_min_proto_version(Some(SslVersion::TLS1_2))?;
    context.set_mode(SslMode::AUTO_RETRY | SslMode::ACCEPT_MOVING_WRITE_BUFFER | SslMode::ENABLE_PARTIAL_WRITE);
    context.set_verify(verify);
    Ok(context)
}

async fn handshake(host: &str, mut ssl: Ssl, tcp: TcpStream) -> Result<SslStream<TcpStream>, TlsError> {
    if without_zone(host).parse::<IpAddr>().is_err() {
        ssl.set_hostname(host)?;
    }
    let mut stream = SslStream::new(ssl, tcp)?;
    Pin::new(&mut stream).connect().await?;
    Ok(stream)
}

/// An address such as `fe80::1%eth0` stands in certificates without its zone.
fn without_zone(host: &str) -> &str {
    host.split('%').next().unwrap_or(host)
}
