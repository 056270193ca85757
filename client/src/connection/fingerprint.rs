//! A server's fingerprint: SHA-256 over its public key, written as OpenSSH writes it. A renewed certificate with the same key has
//! the same one.

use std::fmt;
use std::str::FromStr;

use openssl::base64;
use openssl::sha::sha256;
use openssl::x509::X509;

const PREFIX: &str = "SHA256:";

/// Compare two with `==`; both are public, so time tells nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fingerprint([u8; 32]);

/// Why a text is not a fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a fingerprint: it must look like SHA256: and 43 letters, digits, + or /")]
pub(crate) struct FingerprintError(String);

impl Fingerprint {
    /// Of a public key, as the DER of its `SubjectPublicKeyInfo`.
    pub(crate) fn of_key(spki: &[u8]) -> Self {
        Self(sha256(spki))
    }

    /// Of the key in a certificate.
    pub(crate) fn of_certificate(certificate: &X509) -> Result<Self, openssl::error::ErrorStack> {
        Ok(Self::of_key(&certificate.public_key()?.public_key_to_der()?))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = base64::encode_block(&self.0);
        write!(formatter, "{PREFIX}{}", text.trim_end_matches('='))
    }
}

impl FromStr for Fingerprint {
    type Err = FingerprintError;

    fn from_str(text: &str) -> Result<Self, FingerprintError> {
        let wrong = || FingerprintError(text.to_owned());
        let digits = text.trim().strip_prefix(PREFIX).ok_or_else(wrong)?;
        let digits = digits.trim_end_matches('=');
        // 32 bytes are 43 digits and one `=`.
        if digits.len() != 43 {
            return Err(wrong());
        }
        let bytes = base64::decode_block(&format!("{digits}=")).map_err(|_| wrong())?;
        // OpenSSL keeps the zero bytes that the padding stands for.
        let bytes: [u8; 32] = bytes
            .get(..32)
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or_else(wrong)?;
        Ok(Self(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_written_as_openssh_writes_it() {
        // printf key | openssl dgst -sha256 -binary | base64
        let text = "SHA256:LHDhK3oGRvkiefQnx7OOczTY5Tic/xZ6HcMOc/gmtoM";
        let fingerprint = Fingerprint::of_key(b"key");
        assert_eq!(fingerprint.to_string(), text);
        assert_eq!(fingerprint.to_string().parse(), Ok(fingerprint.clone()));
        assert_eq!(format!(" {fingerprint}=\n").parse(), Ok(fingerprint));
    }

    #[test]
    fn what_is_none_says_so() {
        for text in ["", "SHA256:", "SHA256:short", "MD5:00:11", "yes"] {
            assert!(text.parse::<Fingerprint>().is_err(), "{text}");
        }
        let long = format!("SHA256:{}", "A".repeat(44));
        assert!(long.parse::<Fingerprint>().is_err());
        let odd = format!("SHA256:{}", "!".repeat(43));
        assert!(odd.parse::<Fingerprint>().is_err());
    }
}
