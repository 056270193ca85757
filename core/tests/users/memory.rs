//! What a login leaves behind in the server's memory: nothing that could be read there.
//!
//! By the door, where all buffers are ours. Over TLS the last record stays in OpenSSL's buffer until the next one is read.

use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;

use anyhow::{Context as _, Result};
use caracola_testing::TestServer;

use crate::{add, framed, is_ok, server, user_with_password};

/// Whether the server has these bytes anywhere in what it may write to. None if the system lets nobody look.
fn holds(server: &TestServer, wanted: &[u8]) -> Result<Option<bool>> {
    let process = format!("/proc/{}", server.process());
    let Ok(memory) = File::open(format!("{process}/mem")) else {
        return Ok(None);
    };
    for line in fs::read_to_string(format!("{process}/maps"))?.lines() {
        let mut fields = line.split_whitespace();
        let (range, rights) = (fields.next().context("no range")?, fields.next().context("no rights")?);
        if !rights.starts_with("rw") {
            continue;
        }
        let (start, end) = range.split_once('-').context("no range")?;
        let (start, end) = (u64::from_str_radix(start, 16)?, u64::from_str_radix(end, 16)?);
        let mut bytes = vec![0; usize::try_from(end - start)?];
        // What was unmapped in the meantime holds nothing any more.
        if memory.read_exact_at(&mut bytes, start).is_ok() && bytes.windows(wanted.len()).any(|found| found == wanted) {
            return Ok(Some(true));
        }
    }
    Ok(Some(false))
}

#[test]
fn no_password_is_left_in_it() -> Result<()> {
    let server = server()?;
    add(&server, "ana", "user")?;
    let password = ["zealous", "quokka", "4711"].join("-");
    user_with_password(&server.state(), &["passwd", "ana"], &password)?.success()?;
    let mut session = server.door()?;
    for login in [
        framed(&["AUTH", "ana", &password]),
        framed(&["HELLO", "2", "AUTH", "ana", &password, "SETNAME", "app"]),
        format!("AUTH ana {password}\r\n").into(),
        format!("AUTH \"ana\" \"{password}\"\r\n").into(),
        format!("PING\r\nAUTH ana {password}\r\nPING\r\n").into(),
    ] {
        session.send(&login)?;
        session.reply()?;
    }
    for _ in 0..2 {
        session.reply()?;
    }
    // In pieces, after a request that is served before the rest is there; and broken off.
    let whole = framed(&["AUTH", "ana", &password]);
    let (most, end) = whole.split_at(whole.len() - 2);
    let mut pieces = server.door()?;
    pieces.send(&[b"PING\r\n".as_slice(), &most[..40], &most[40..]].concat())?;
    assert_eq!(pieces.reply()?.as_str(), Some("PONG"));
    pieces.send(end)?;
    assert!(is_ok(&pieces.reply()?));
    pieces.send(&[b"PING\r\n", most].concat())?;
    assert_eq!(pieces.reply()?.as_str(), Some("PONG"));
    drop(pieces);
    server.wait_for_log("left session=2")?;

    let Some(found) = holds(&server, server.state().as_os_str().as_encoded_bytes())? else {
        eprintln!("nobody may look into another process here");
        return Ok(());
    };
    assert!(found, "the server knows where its state is");
    assert_eq!(holds(&server, password.as_bytes())?, Some(false));
    assert_eq!(session.request(&["PING"])?.as_str(), Some("PONG"));
    Ok(())
}
