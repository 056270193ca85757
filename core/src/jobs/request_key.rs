//! A key of `JOB START` and what it stands for, as hashes: words of a request are nothing to keep.
//!
//! A secret leaves no trace, not even a hash: a short one can be guessed from that. The same key with another secret is
//! refused by the server that stored it, which knows the difference in memory; a server that was started since answers
//! it as the same request.

use openssl::error::ErrorStack;

/// A key and the request that it came with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestKey {
    /// The user and the key.
    pub(super) key: String,
    /// The command and its arguments without the secrets. It is stored, and whoever steals it may try what it is of.
    pub(super) request: String,
    /// The secrets, by the salt. Stored nowhere: secrets may be short, and a hash of a short secret is as good as the
    /// secret. So a server that was restarted takes a key with another secret for the same request.
    pub(super) secrets: [u8; 32],
}

/// Random, and known to this process only.
#[derive(Clone)]
pub(super) struct Salt([u8; 32]);

impl RequestKey {
    /// Characters of a key's hash.
    pub(super) const LENGTH: usize = 64;

    pub(super) fn new(salt: &Salt, user: &str, key: &str, request: &[&str], secrets: &[&str]) -> Self {
        Self {
            key: hex::encode(digest(&[], &[user, key])),
            request: hex::encode(digest(&[], request)),
            secrets: digest(&salt.0, secrets),
        }
    }
}

impl Salt {
    pub(super) fn random() -> Result<Self, ErrorStack> {
        let mut bytes = [0; 32];
        openssl::rand::rand_bytes(&mut bytes)?;
        Ok(Self(bytes))
    }
}

impl std::fmt::Debug for Salt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Salt(..)")
    }
}

/// A hash over words that no other words share: each is counted before it is hashed.
fn digest(salt: &[u8], words: &[&str]) -> [u8; 32] {
    let mut hasher = openssl::sha::Sha256::new();
    hasher.update(salt);
    for word in words {
        hasher.update(&(word.len() as u64).to_be_bytes());
        hasher.update(word.as_bytes());
    }
    hasher.finish()
}
