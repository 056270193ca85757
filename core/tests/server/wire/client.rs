//! CLIENT: what a connection calls itself, and what it may see of others.

use anyhow::Result;
use caracola_testing::error_code;
use caracola_wire::Value;

use super::{bulk, server, simple};

#[test]
fn ids_count_up() -> Result<()> {
    let server = server()?;
    let (mut one, mut other) = (server.connect()?, server.connect()?);
    let ids = [one.request(&["CLIENT", "ID"])?, other.request(&["client", "id"])?];
    let ids = ids.map(|id| id.as_integer().unwrap_or_default());
    assert!(ids[0] > 0 && ids[1] > 0 && ids[0] != ids[1], "{ids:?}");
    Ok(())
}

#[test]
fn a_name_is_set_and_told() -> Result<()> {
    let server = server()?;
    let mut library = server.connect()?;
    assert_eq!(library.request(&["CLIENT", "GETNAME"])?, Value::Null);
    assert_eq!(library.request(&["CLIENT", "SETNAME", "app"])?, simple("OK"));
    assert_eq!(library.request(&["CLIENT", "GETNAME"])?, bulk("app"));
    for bad in ["two words", "line\nbreak", "ñ"] {
        let reply = library.request(&["CLIENT", "SETNAME", bad])?;
        assert_eq!(error_code(&reply), "ERR", "{bad:?}");
    }
    assert_eq!(library.request(&["CLIENT", "GETNAME"])?, bulk("app"));
    Ok(())
}

#[test]
fn a_library_says_what_it_is() -> Result<()> {
    let server = server()?;
    let mut library = server.connect()?;
    let ok = simple("OK");
    assert_eq!(library.request(&["CLIENT", "SETINFO", "LIB-NAME", "redis-py"])?, ok);
    assert_eq!(library.request(&["CLIENT", "SETINFO", "lib-ver", "6.4.0"])?, ok);
    for wrong in [
        &["CLIENT", "SETINFO", "lib-color", "red"][..],
        &["CLIENT", "SETINFO", "lib-name"],
        &["CLIENT", "SETINFO", "lib-name", "with blank"],
    ] {
        let reply = library.request(wrong)?;
        assert_eq!(error_code(&reply), "ERR", "{wrong:?}");
    }
    Ok(())
}

#[test]
fn info_and_list_show_a_guest_nobody_but_itself() -> Result<()> {
    let server = server()?;
    let (mut one, mut other) = (server.connect()?, server.connect()?);
    other.request(&["CLIENT", "SETNAME", "other"])?;
    one.request(&["CLIENT", "SETNAME", "one"])?;
    let info = one.request(&["CLIENT", "INFO"])?;
    let line = info.as_str().unwrap_or_default();
    assert!(matches!(info, Value::Bulk(_)), "RESP2 has no text type: {info:?}");
    for field in ["id=", " addr=127.0.0.1:", " name=one ", " user=guest ", " resp=2"] {
        assert!(line.contains(field), "{field:?} in {line:?}");
    }
    let list = one.request(&["CLIENT", "LIST"])?;
    let list = list.as_str().unwrap_or_default();
    assert_eq!(list.lines().count(), 1, "{list}");
    assert!(list.contains(" name=one "), "{list}");

    one.request(&["HELLO", "3"])?;
    let info = one.request(&["CLIENT", "INFO"])?;
    assert!(matches!(&info, Value::Verbatim { format, .. } if format == b"txt"));
    assert!(info.as_str().is_some_and(|line| line.contains(" resp=3")));
    Ok(())
}

#[test]
fn a_guest_ends_nobody() -> Result<()> {
    let server = server()?;
    let (mut one, mut other) = (server.connect()?, server.connect()?);
    let id = other.request(&["CLIENT", "ID"])?.as_integer().unwrap_or_default();
    let reply = one.request(&["CLIENT", "KILL", "ID", &id.to_string()])?;
    assert_eq!(error_code(&reply), "DENIED", "{reply:?}");
    assert_eq!(other.request(&["PING"])?, simple("PONG"));
    Ok(())
}

#[test]
fn what_client_does_not_know_is_an_error() -> Result<()> {
    let server = server()?;
    let mut library = server.connect()?;
    for wrong in [
        &["CLIENT"][..],
        &["CLIENT", "TRACKING", "ON"],
        &["CLIENT", "ID", "7"],
        &["CLIENT", "SETNAME"],
        &["CLIENT", "\u{1b}[2J"],
    ] {
        let reply = library.request(wrong)?;
        assert_eq!(error_code(&reply), "ERR", "{wrong:?}: {reply:?}");
    }
    Ok(())
}
