//! The two ways to a TLS connection: with the certificate checked against the roots, or with only the key's fingerprint learnt.
//!
//! The second doesn't go through native-tls, whose connector always reads the system's roots, twice: some 30 ms, three times as
//! much as all the rest of `caracola -c ls`. A handshake proves that the server holds its key whether or not anyone vouches for it.

use std::net::IpAddr;
use std::path::Path;
use std::pin::Pin;

use openssl::ssl::{Ssl, SslContext, SslMethod, SslVerifyMode, SslVersion};
use tokio::net::TcpStream;
use tokio_native_tls::native_tls;

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

/// Succeeds only if the certificate is valid for `host` under the system's roots, or under the authority in the PEM file `cacert`.
pub(crate) async fn checked(host: &str, tcp: TcpStream, cacert: Option<&Path>) -> Result<Box<dyn Transport>, TlsError> {
    let mut builder = native_tls::TlsConnector::builder();
    builder.min_protocol_version(Some(native_tls::Protocol::Tlsv12));
    if let Some(path) = cacert {
        let pem = std::fs::read(path).map_err(|error| TlsError::Authority {
            path: path.display().to_string(),
            error,
        })?;
        for certificate in native_tls::Certificate::stack_from_pem(&pem)? {
            builder.add_root_certificate(certificate);
        }
    }
    let connector = tokio_native_tls::TlsConnector::from(builder.build()?);
    Ok(Box::new(connector.connect(without_zone(host), tcp).await?))
}

/// Accepts any certificate and says which key the server has proved to hold. The caller decides whether it is the right one.
pub(crate) async fn any_key(host: &str, tcp: TcpStream) -> Result<(Box<dyn Transport>, Fingerprint), TlsError> {
    let mut context = SslContext::builder(SslMethod::tls_client())?;
    context.set_min_proto_version(Some(SslVersion::TLS1_2))?;
    context.set_verify(SslVerifyMode::NONE);
    let mut ssl = Ssl::new(&context.build())?;
    if host.parse::<IpAddr>().is_err() && !host.contains(':') {
        ssl.set_hostname(host)?;
    }
    let mut stream = tokio_openssl::SslStream::new(ssl, tcp)?;
    Pin::new(&mut stream).connect().await?;
    let certificate = stream.ssl().peer_certificate().ok_or(TlsError::NoCertificate)?;
    let fingerprint = Fingerprint::of_certificate(&certificate)?;
    Ok((Box::new(stream), fingerprint))
}

/// An address such as `fe80::1%eth0` stands in certificates without its zone.
fn without_zone(host: &str) -> &str {
    host.split('%').next().unwrap_or(host)
}
