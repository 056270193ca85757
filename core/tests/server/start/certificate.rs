//! Keys and certificates: the server's own, and those that an admin brings.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use anyhow::{Context as _, Result};
use caracola_testing::{Connection, Process, TestServer};
use openssl::base64;
use openssl::pkey::PKey;
use openssl::sha::sha256;
use openssl::x509::X509;

use super::{assert_refused, builder, caracolad};

#[test]
fn the_key_stays_the_same_over_restarts() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut prints = Vec::new();
    for _ in 0..2 {
        let mut server = builder().folder(folder.path()).start()?;
        prints.push(server.fingerprint().to_owned());
        server.signal("TERM")?;
        server.wait()?;
    }
    assert_eq!(prints[0], prints[1]);
    // A certificate that is lost is made again, with the same key.
    fs::remove_file(folder.path().join("state/tls/cert.pem"))?;
    let server = builder().folder(folder.path()).start()?;
    assert_eq!(server.fingerprint(), prints[0]);
    let other = builder().start()?;
    assert_ne!(other.fingerprint(), prints[0]);
    Ok(())
}

#[test]
fn the_fingerprint_is_the_hash_of_the_public_key() -> Result<()> {
    let server = builder().start()?;
    let certificate = X509::from_pem(&fs::read(server.certificate())?)?;
    let digest = sha256(&certificate.public_key()?.public_key_to_der()?);
    let wanted = format!("SHA256:{}", base64::encode_block(&digest).trim_end_matches('='));
    assert_eq!(server.fingerprint(), wanted);
    let key = certificate.public_key()?;
    assert_eq!(key.ec_key()?.group().degree(), 256);
    let names = certificate.subject_alt_names().context("no names")?;
    assert!(names.iter().any(|name| name.dnsname() == Some("localhost")));
    assert!(names.iter().any(|name| name.ipaddress() == Some(&[127, 0, 0, 1])));
    Ok(())
}

#[test]
fn the_key_is_nobody_elses_to_read() -> Result<()> {
    let server = builder().start()?;
    for (path, mode) in [
        ("", 0o700),
        ("tls", 0o700),
        ("tls/key.pem", 0o600),
        ("door.sock", 0o600),
    ] {
        let found = fs::metadata(server.state().join(path))?.permissions().mode() & 0o777;
        assert_eq!(found, mode, "{path:?} is {found:o}");
    }
    Ok(())
}

#[test]
fn cert_prints_what_other_clients_verify_with() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let cert = || -> Result<String> {
        let mut command = caracolad();
        command.arg("cert").arg("--state-dir").arg(folder.path().join("state"));
        Process::finish(&mut command)?.success()
    };
    // Before the first start it is made, and then it stays.
    let pem = cert()?;
    let server = builder().folder(folder.path()).start()?;
    assert_eq!(cert()?, pem, "while a server runs, too");
    let saved = folder.path().join("caracola.pem");
    fs::write(&saved, &pem)?;
    Connection::open(server.address(), &saved)?.request(&["PING"])?;
    // And it is no other server's.
    let other = builder().start()?;
    assert!(Connection::open(other.address(), &saved).is_err());
    Ok(())
}

/// A certificate and its key, made by a server that runs.
fn pair(server: &TestServer) -> (std::path::PathBuf, std::path::PathBuf) {
    (server.certificate(), server.state().join("tls/key.pem"))
}

#[test]
fn a_pair_of_ones_own_is_shown() -> Result<()> {
    let maker = builder().start()?;
    let (certificate, key) = pair(&maker);
    let server = builder()
        .argument("--cert")
        .argument(&certificate)
        .argument("--key")
        .argument(&key)
        .start()?;
    assert_eq!(server.fingerprint(), maker.fingerprint());
    Connection::open(server.address(), &certificate)?.request(&["PING"])?;
    assert!(!server.certificate().exists(), "none is made beside it");
    Ok(())
}

#[test]
fn a_key_in_sec1_form_is_taken() -> Result<()> {
    let maker = builder().start()?;
    let (certificate, key) = pair(&maker);
    let private = PKey::private_key_from_pem(&fs::read(key)?)?;
    let sec1 = maker.folder().join("sec1.pem");
    fs::write(&sec1, private.ec_key()?.private_key_to_pem()?)?;
    fs::set_permissions(&sec1, fs::Permissions::from_mode(0o600))?;
    assert!(fs::read_to_string(&sec1)?.starts_with("-----BEGIN EC PRIVATE KEY-----"));
    let server = builder()
        .argument("--cert")
        .argument(&certificate)
        .argument("--key")
        .argument(&sec1)
        .start()?;
    Connection::open(server.address(), &certificate)?.request(&["PING"])?;
    Ok(())
}

#[test]
fn a_pair_that_does_not_match_is_refused() -> Result<()> {
    let (one, other) = (builder().start()?, builder().start()?);
    let (certificate, _) = pair(&one);
    let (_, key) = pair(&other);
    let start = |certificate: &std::path::Path, key: &std::path::Path| {
        let builder = builder().argument("--cert").argument(certificate);
        builder.argument("--key").argument(key).finish()
    };
    let names = [certificate.display().to_string(), key.display().to_string()];
    assert_refused(
        &start(&certificate, &key)?,
        1,
        &["does not belong to", &names[0], &names[1]],
    );
    assert_refused(&start(&key, &key)?, 1, &["certificate", &names[1]]);
    assert_refused(&start(&certificate, &certificate)?, 1, &["private key", &names[0]]);
    let absent = one.folder().join("absent.pem");
    assert_refused(&start(&absent, &key)?, 1, &["absent.pem"]);
    let finished = builder().argument("--cert").argument(&certificate).finish()?;
    assert_refused(&finished, 2, &["--key"]);
    Ok(())
}

#[test]
fn a_key_of_another_users_is_refused() -> Result<()> {
    if !rustix::process::geteuid().is_root() {
        eprintln!("only root can give a file to another user");
        return Ok(());
    }
    let maker = builder().start()?;
    let (certificate, key) = pair(&maker);
    std::os::unix::fs::chown(&key, Some(54_321), None)?;
    let refused = builder().argument("--cert").argument(&certificate);
    let refused = refused.argument("--key").argument(&key).finish()?;
    assert_refused(
        &refused,
        1,
        &["belongs to user 54321, who is not root", "run: chown 0", "key.pem"],
    );
    Ok(())
}

/// Who reads the key can be the server, so a key that others can read is refused like sshd refuses it; also the server's
/// own, which somebody may have copied about.
#[test]
fn a_key_that_others_can_read_is_refused() -> Result<()> {
    let maker = builder().start()?;
    let (certificate, key) = pair(&maker);
    let mode = |path: &std::path::Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode));
    let start = || {
        let builder = builder().argument("--cert").argument(&certificate);
        builder.argument("--key").argument(&key)
    };
    for open in [0o604, 0o644, 0o620, 0o666] {
        mode(&key, open)?;
        let shown = format!("{open:o}");
        let wanted = ["is open to others", &shown, "run: chmod 600", "key.pem"];
        assert_refused(&start().finish()?, 1, &wanted);
    }
    mode(&key, 0o400)?;
    start().start()?;

    let folder = tempfile::tempdir()?;
    let own = folder.path().join("state/tls/key.pem");
    let mut server = builder().folder(folder.path()).start()?;
    server.signal("TERM")?;
    server.wait()?;
    mode(&own, 0o644)?;
    let finished = builder().folder(folder.path()).finish()?;
    assert_refused(&finished, 1, &["state/tls/key.pem", "is open to others"]);
    Ok(())
}
