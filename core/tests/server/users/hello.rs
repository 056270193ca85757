//! HELLO with AUTH: everything in it, or nothing.

use std::fs;

use anyhow::Result;
use caracola_testing::{PASSWORD, TEST_TIMEOUT, error_code};
use caracola_wire::Value;
use redis::{Client, TlsCertificates};

use super::{builder, is_operator, server};

#[test]
fn all_of_it_happens_or_none() -> Result<()> {
    let server = server()?;
    server.add_user("ana", "operator")?;
    let mut library = server.connect()?;
    for (request, code) in [
        (
            &["HELLO", "3", "AUTH", "ana", "wrong", "SETNAME", "app"][..],
            "WRONGPASS",
        ),
        (
            &["HELLO", "3", "SETNAME", "app", "AUTH", "nobody", PASSWORD],
            "WRONGPASS",
        ),
        (&["HELLO", "4", "AUTH", "ana", PASSWORD], "NOPROTO"),
        (&["HELLO", "3", "AUTH", "ana", PASSWORD, "SETNAME", "two words"], "ERR"),
        (&["HELLO", "3", "AUTH", "ana", PASSWORD, "SETNAME"], "ERR"),
        (&["HELLO", "3", "AUTH", "ana"], "ERR"),
    ] {
        let reply = library.request(request)?;
        assert_eq!(error_code(&reply), code, "{request:?}: {reply:?}");
        assert_eq!(library.request(&["CLIENT", "GETNAME"])?, Value::Null);
        assert!(!is_operator(&mut library)?, "{request:?}");
    }
    assert!(matches!(library.request(&["HELLO"])?, Value::Array(_)), "still RESP2");
    let reply = library.request(&["HELLO", "3", "AUTH", "ana", PASSWORD, "SETNAME", "app"])?;
    assert_eq!(reply.map_value("proto"), Some(&Value::Integer(3)));
    assert!(matches!(reply, Value::Map(_)));
    assert_eq!(library.request(&["CLIENT", "GETNAME"])?.as_str(), Some("app"));
    assert!(is_operator(&mut library)?);
    Ok(())
}

#[test]
fn a_library_logs_in_by_its_url() -> Result<()> {
    let server = builder().config("").start()?;
    server.add_user("ana", "operator")?;
    let port = server.address().port();
    let password = PASSWORD.replace(' ', "%20");
    for (login, protocol, welcome) in [
        (format!("ana:{password}@"), "resp2", true),
        (format!("ana:{password}@"), "resp3", true),
        ("ana:wrong@".to_owned(), "resp3", false),
        (format!(":{password}@"), "resp2", false),
        (String::new(), "resp2", false),
    ] {
        let certificates = TlsCertificates {
            client_tls: None,
            root_cert: Some(fs::read(server.certificate())?),
        };
        let url = format!("rediss://{login}localhost:{port}/?protocol={protocol}");
        let client = Client::build_with_tls(url, certificates)?;
        let connected = client.get_connection_with_timeout(TEST_TIMEOUT);
        let asked = connected.and_then(|mut connection| redis::cmd("whoami").query::<String>(&mut connection));
        assert_eq!(
            asked.as_ref().is_ok_and(|about| about.contains("operator")),
            welcome,
            "{asked:?}"
        );
    }
    Ok(())
}
