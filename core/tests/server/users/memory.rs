//! What a login leaves behind in the server's memory: nothing that could be read there.
//!
//! By the door, where all buffers are ours. Over TLS the last record stays in OpenSSL's buffer until the next one is read.

use anyhow::Result;
use caracola_testing::framed;

use super::{is_ok, server};

#[test]
fn no_password_is_left_in_it() -> Result<()> {
    let server = server()?;
    server.add_user("ana", "user")?;
    let password = ["zealous", "quokka", "4711"].join("-");
    server.user_with_password(&["passwd", "ana"], &password)?.success()?;
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

    let Some(found) = server.memory_holds(server.state().as_os_str().as_encoded_bytes())? else {
        eprintln!("nobody may look into another process here");
        return Ok(());
    };
    assert!(found, "the server knows where its state is");
    assert_eq!(server.memory_holds(password.as_bytes())?, Some(false));
    assert_eq!(session.request(&["PING"])?.as_str(), Some("PONG"));
    Ok(())
}
