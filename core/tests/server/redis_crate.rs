//! A client that we did not write: the `redis` crate, over TLS, as its users use it.

use std::fs;
use std::sync::mpsc;

use anyhow::{Context as _, Result, bail};
use caracola_testing::{TEST_TIMEOUT, TestServer};
use caracola_wire::Push;
use redis::{Client, Connection, PushKind, TlsCertificates, Value};

use crate::server;

/// A client that trusts the server's certificate and nothing else.
fn client(server: &TestServer, options: &str) -> Result<Client> {
    let certificates = TlsCertificates {
        client_tls: None,
        root_cert: Some(fs::read(server.certificate())?),
    };
    let url = format!("rediss://localhost:{}/{options}", server.address().port());
    Ok(Client::build_with_tls(url, certificates)?)
}

fn connect(server: &TestServer, options: &str) -> Result<Connection> {
    let connection = client(server, options)?.get_connection_with_timeout(TEST_TIMEOUT)?;
    connection.set_read_timeout(Some(TEST_TIMEOUT))?;
    Ok(connection)
}

const PROTOCOLS: [&str; 2] = ["?protocol=resp2", "?protocol=resp3"];

#[test]
fn a_card_is_text_by_either_way_of_asking() -> Result<()> {
    let server = server()?;
    for protocol in PROTOCOLS {
        let mut connection = connect(&server, protocol)?;
        let card: String = redis::cmd("RUN").arg("ls").query(&mut connection)?;
        assert!(card.starts_with("ls") && card.contains("ls -l"), "{protocol}: {card}");
        let bare: String = redis::cmd("ls").query(&mut connection)?;
        assert_eq!(bare, card, "{protocol}");
        let port: String = redis::cmd("RUN").arg("port").arg(443).query(&mut connection)?;
        assert!(port.contains("HTTPS"), "{port}");
        let pong: String = redis::cmd("PING").query(&mut connection)?;
        assert_eq!(pong, "PONG");
    }
    Ok(())
}

#[test]
fn an_error_is_an_error_with_its_code() -> Result<()> {
    let server = server()?;
    for protocol in PROTOCOLS {
        let mut connection = connect(&server, protocol)?;
        for (words, code) in [
            (&["lss"][..], "UNKNOWN"),
            (&["port"], "USAGE"),
            (&["port", "0"], "FAILED"),
        ] {
            let outcome = redis::cmd("RUN").arg(words).query::<Value>(&mut connection);
            let Err(error) = outcome else {
                bail!("{words:?}: {outcome:?}");
            };
            assert_eq!(error.code(), Some(code), "{error}");
            assert!(!error.is_connection_dropped() && !error.is_io_error(), "{error:?}");
        }
        let card: String = redis::cmd("RUN").arg("ls").query(&mut connection)?;
        assert!(card.starts_with("ls"), "and it goes on");
    }
    Ok(())
}

#[test]
fn a_pipeline_keeps_its_order() -> Result<()> {
    let server = server()?;
    let mut connection = connect(&server, PROTOCOLS[1])?;
    let mut pipeline = redis::pipe();
    for number in 0..500 {
        pipeline.cmd("ECHO").arg(number);
    }
    let numbers: Vec<u32> = pipeline.query(&mut connection)?;
    assert_eq!(numbers, (0..500).collect::<Vec<_>>());
    let mixed: (String, String) = redis::pipe()
        .cmd("RUN")
        .arg("mkdir")
        .arg("demo")
        .cmd("PING")
        .query(&mut connection)?;
    assert!(mixed.0.ends_with("Nothing was run.") && mixed.1 == "PONG", "{mixed:?}");
    Ok(())
}

#[test]
fn a_classic_subscriber_hears_what_a_shell_says() -> Result<()> {
    let server = server()?;
    let mut ana = server.shell("ana")?;
    let mut connection = connect(&server, PROTOCOLS[0])?;
    let mut room = connection.as_pubsub();
    room.subscribe("lobby")?;
    ana.request(&["RUN", "say", "hola, ñandú"])?;
    let message = room.get_message()?;
    assert_eq!(message.get_channel_name(), "lobby");
    assert_eq!(message.get_payload::<String>()?, "~ana: hola, ñandú");
    Ok(())
}

#[test]
fn with_resp3_one_connection_listens_and_speaks() -> Result<()> {
    let server = server()?;
    let mut ana = server.shell("ana")?;
    let mut connection = connect(&server, PROTOCOLS[1])?;
    let (sender, heard) = mpsc::channel();
    connection.set_push_sender(sender);
    redis::cmd("CLIENT").arg("SETNAME").arg("bot").exec(&mut connection)?;
    connection.subscribe_resp3("lobby")?;
    let listeners: i64 = redis::cmd("PUBLISH").arg("lobby").arg("beep").query(&mut connection)?;
    assert_eq!(listeners, 2);
    let said = ana.push_where(|push| matches!(push, Push::Message { .. }))?;
    assert!(
        matches!(&said, Push::Message { name, text, .. } if name == "~bot" && text == "beep"),
        "{said:?}"
    );
    let message = loop {
        let push = heard.recv_timeout(TEST_TIMEOUT).context("no message came")?;
        if push.kind == PushKind::Message {
            break push.data;
        }
    };
    let words: Vec<String> = redis::from_redis_value(Value::Array(message))?;
    assert_eq!(words, ["lobby", "~bot: beep"]);
    Ok(())
}

#[test]
fn a_certificate_that_it_does_not_know_is_refused() -> Result<()> {
    let (server, other) = (server()?, server()?);
    let certificates = TlsCertificates {
        client_tls: None,
        root_cert: Some(fs::read(other.certificate())?),
    };
    let url = format!("rediss://localhost:{}", server.address().port());
    let stranger = Client::build_with_tls(url, certificates)?.get_connection_with_timeout(TEST_TIMEOUT);
    assert!(stranger.is_err());
    let plain = Client::open(format!("redis://localhost:{}", server.address().port()))?;
    assert!(
        plain.get_connection_with_timeout(TEST_TIMEOUT).is_err(),
        "nor is there anything without TLS"
    );
    Ok(())
}
