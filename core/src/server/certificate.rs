//! The server's key and certificate: made on first start, kept in the state folder, checked before use.

use std::collections::BTreeSet;
use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use openssl::asn1::Asn1Time;
use openssl::bn::{BigNum, MsbOption};
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::x509::extension::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectAlternativeName, SubjectKeyIdentifier,
};
use openssl::x509::{X509, X509Builder, X509NameBuilder};
use zeroize::Zeroizing;

use crate::state_folder::write_atomically;
use caracola_spawner::trusted_file;

/// Days that a certificate of our own making is valid. Clients pin the key, so the date only matters to those that
/// verify the certificate itself; ten years outlive the machine.
const VALID_DAYS: u32 = 3650;
/// A certificate of our own making is renewed, with the same key, when fewer days than this remain.
const RENEW_DAYS: u32 = 30;
/// The largest file with a key, in bytes. An RSA key of 16,384 bits takes 13 KiB.
const MOST_KEY: u64 = 64 * 1024;

/// A private key and the certificate that goes with it, known to match.
pub struct Certificate {
    chain: Vec<X509>,
    key: PKey<Private>,
}

impl Certificate {
    /// Reads a certificate chain (leaf first) and a key (PKCS#8 or SEC1), both PEM, and refuses a pair that does not
    /// match: the TLS library would take it silently and fail at each handshake. The key must belong to `user`, if there is one,
    /// or to root.
    pub fn read(certificate: &Path, key: &Path, user: Option<u32>) -> Result<Self> {
        let pem =
            fs::read(certificate).with_context(|| format!("cannot read the certificate {}", certificate.display()))?;
        let chain = X509::stack_from_pem(&pem)
            .with_context(|| format!("{} is not a certificate in PEM form", certificate.display()))?;
        let Some(leaf) = chain.first() else {
            bail!(
                "{} holds no certificate: it needs a block that begins with -----BEGIN CERTIFICATE-----",
                certificate.display()
            );
        };
        let pem = read_key(key, user)?;
        // The callback keeps OpenSSL from asking for a pass phrase on the terminal of a server.
        let private = PKey::private_key_from_pem_callback(&pem, |_| Ok(0)).with_context(|| {
            format!(
                "{} is not an unencrypted private key in PEM form (PKCS#8 or SEC1)",
                key.display()
            )
        })?;
        let public = leaf
            .public_key()
            .with_context(|| format!("{} has no usable public key", certificate.display()))?;
        if !public.public_eq(&private) {
            bail!(
                "the key {} does not belong to the certificate {}: give --cert and --key that were made together",
                key.display(),
                certificate.display()
            );
        }
        Ok(Self { chain, key: private })
    }

    /// Takes the pair from `folder`, or makes it there: a P-256 key once, and a certificate for localhost, this host's
    /// name and `addresses`. The certificate is made again, with the same key, when it lacks one of these or is about to
    /// expire: clients that pinned the key notice nothing.
    pub fn keep_in(folder: &Path, addresses: &BTreeSet<IpAddr>) -> Result<Self> {
        let key_path = folder.join("key.pem");
        let certificate_path = folder.join("cert.pem");
        let names = names_of_this_host();
        let own = Some(rustix::process::geteuid().as_raw());
        if !key_path.exists() {
            let key = new_key().context("cannot make a key")?;
            write_atomically(&key_path, &key.private_key_to_pem_pkcs8()?)?;
        } else if certificate_path.exists() {
            let kept = Self::read(&certificate_path, &key_path, own)?;
            if kept.still_serves(&names, addresses)? {
                return Ok(kept);
            }
        }
        let pem = read_key(&key_path, own)?;
        let key = PKey::private_key_from_pem(&pem).with_context(|| {
            format!(
                "{} is not a private key; remove it to have a new one made (clients will ask about the new fingerprint)",
                key_path.display()
            )
        })?;
        let certificate = self_signed(&key, &names, addresses).context("cannot make a certificate")?;
        write_atomically(&certificate_path, &certificate.to_pem()?)?;
        Ok(Self {
            chain: vec![certificate],
            key,
        })
    }

    /// `SHA256:` and the unpadded base64 of the SHA-256 of the public key (SPKI, DER): what clients pin.
    pub fn fingerprint(&self) -> Result<String> {
        let spki = self.leaf()?.public_key()?.public_key_to_der()?;
        let digest = openssl::hash::hash(MessageDigest::sha256(), &spki)?;
        let base64 = openssl::base64::encode_block(&digest);
        Ok(format!("SHA256:{}", base64.trim_end_matches('=')))
    }

    /// The chain as PEM, leaf first: what other clients are given to verify the server with.
    pub fn chain_pem(&self) -> Result<Vec<u8>> {
        let mut pem = Vec::new();
        for certificate in &self.chain {
            pem.extend(certificate.to_pem()?);
        }
        Ok(pem)
    }

    /// What the TLS library takes. It wants PKCS#8 whatever form the key came in.
    pub fn identity(&self) -> Result<native_tls::Identity> {
        let key = self.key.private_key_to_pem_pkcs8()?;
        native_tls::Identity::from_pkcs8(&self.chain_pem()?, &key)
            .context("the TLS library does not take this certificate and key")
    }

    fn leaf(&self) -> Result<&X509> {
        self.chain.first().context("an empty certificate chain")
    }

    fn still_serves(&self, names: &BTreeSet<String>, addresses: &BTreeSet<IpAddr>) -> Result<bool> {
        let leaf = self.leaf()?;
        let renew_from = Asn1Time::days_from_now(RENEW_DAYS)?;
        if leaf.not_after() < renew_from {
            return Ok(false);
        }
        let mut has_names = BTreeSet::new();
        let mut has_addresses = BTreeSet::new();
        for entry in leaf.subject_alt_names().into_iter().flatten() {
            if let Some(name) = entry.dnsname() {
                has_names.insert(name.to_owned());
            }
            if let Some(bytes) = entry.ipaddress() {
                if let Ok(four) = <[u8; 4]>::try_from(bytes) {
                    has_addresses.insert(IpAddr::from(four));
                } else if let Ok(sixteen) = <[u8; 16]>::try_from(bytes) {
                    has_addresses.insert(IpAddr::from(sixteen));
                }
            }
        }
        Ok(names.is_subset(&has_names) && addresses.is_subset(&has_addresses))
    }
}

/// A key's PEM; wiped when dropped. Refuses a file that others than `user` and root can read: who reads a copy of the key can be
/// the server.
fn read_key(path: &Path, user: Option<u32>) -> Result<Zeroizing<Vec<u8>>> {
    match trusted_file::read_key(path, MOST_KEY, user) {
        Ok(pem) => Ok(Zeroizing::new(pem)),
        Err(error) => {
            let help = error.help(path, "give --key the file that belongs to --cert");
            let help = help.map(|help| format!(": {help}")).unwrap_or_default();
            bail!("the key {} {error}{help}", path.display());
        }
    }
}

/// Where a certificate of our own making lies below the state folder.
pub fn folder_in(state: &Path) -> PathBuf {
    state.join("tls")
}

/// The addresses of this machine's interfaces, loopback included: they go into the certificate, and `--lan` prints
/// those that others can reach. Empty where the system does not tell.
pub fn addresses_of_this_host() -> BTreeSet<IpAddr> {
    if_addrs::get_if_addrs()
        .unwrap_or_default()
        .iter()
        .map(if_addrs::Interface::ip)
        .collect()
}

fn names_of_this_host() -> BTreeSet<String> {
    let mut names = BTreeSet::from(["localhost".to_owned()]);
    let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
    if !host.is_empty() && host.is_ascii() {
        names.insert(host);
    }
    names
}

fn new_key() -> Result<PKey<Private>> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
    Ok(PKey::from_ec_key(EcKey::generate(&group)?)?)
}

fn self_signed(key: &PKey<Private>, names: &BTreeSet<String>, addresses: &BTreeSet<IpAddr>) -> Result<X509> {
    let mut serial = BigNum::new()?;
    // 127 random bits: positive, and within the 20 bytes that RFC 5280 allows.
    serial.rand(127, MsbOption::MAYBE_ZERO, false)?;
    let mut name = X509NameBuilder::new()?;
    name.append_entry_by_text("CN", "Caracola")?;
    let name = name.build();

    let mut builder = X509Builder::new()?;
    builder.set_version(2)?;
    builder.set_serial_number(&*serial.to_asn1_integer()?)?;
    builder.set_subject_name(&name)?;
    builder.set_issuer_name(&name)?;
    builder.set_pubkey(key)?;
    builder.set_not_before(&*Asn1Time::days_from_now(0)?)?;
    builder.set_not_after(&*Asn1Time::days_from_now(VALID_DAYS)?)?;
    builder.append_extension(BasicConstraints::new().critical().build()?)?;
    builder.append_extension(KeyUsage::new().critical().digital_signature().build()?)?;
    builder.append_extension(ExtendedKeyUsage::new().server_auth().build()?)?;
    let subject_key = SubjectKeyIdentifier::new().build(&builder.x509v3_context(None, None))?;
    builder.append_extension(subject_key)?;
    let authority = AuthorityKeyIdentifier::new()
        .keyid(false)
        .build(&builder.x509v3_context(None, None))?;
    builder.append_extension(authority)?;
    let mut alternatives = SubjectAlternativeName::new();
    for name in names {
        alternatives.dns(name);
    }
    for address in addresses {
        alternatives.ip(&address.to_string());
    }
    let alternatives = alternatives.build(&builder.x509v3_context(None, None))?;
    builder.append_extension(alternatives)?;
    builder.sign(key, MessageDigest::sha256())?;
    Ok(builder.build())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn the_key_outlives_its_certificate() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let first = BTreeSet::from([IpAddr::from([127, 0, 0, 1])]);
        let before = Certificate::keep_in(folder.path(), &first)?;
        let same = Certificate::keep_in(folder.path(), &first)?;
        assert_eq!(before.chain_pem()?, same.chain_pem()?);

        let moved = BTreeSet::from([IpAddr::from([192, 168, 1, 20])]);
        let after = Certificate::keep_in(folder.path(), &moved)?;
        assert_eq!(before.fingerprint()?, after.fingerprint()?);
        assert_ne!(before.chain_pem()?, after.chain_pem()?);
        Ok(())
    }

    #[test]
    fn a_key_of_another_certificate_is_refused() -> Result<()> {
        let (one, other) = (tempfile::tempdir()?, tempfile::tempdir()?);
        Certificate::keep_in(one.path(), &BTreeSet::new())?;
        Certificate::keep_in(other.path(), &BTreeSet::new())?;
        let mixed = Certificate::read(&one.path().join("cert.pem"), &other.path().join("key.pem"), None);
        let message = mixed.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(message.contains("does not belong to"), "{message}");
        Ok(())
    }

    #[test]
    fn sec1_keys_are_taken() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let made = Certificate::keep_in(folder.path(), &BTreeSet::new())?;
        let sec1 = folder.path().join("sec1.pem");
        fs::write(&sec1, made.key.ec_key()?.private_key_to_pem()?)?;
        fs::set_permissions(&sec1, fs::Permissions::from_mode(0o600))?;
        assert!(fs::read_to_string(&sec1)?.contains("BEGIN EC PRIVATE KEY"));
        Certificate::read(&folder.path().join("cert.pem"), &sec1, None)?.identity()?;
        Ok(())
    }
}
