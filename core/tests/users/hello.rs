//! HELLO with AUTH: everything in it, or nothing.

use anyhow::Result;
use caracola_testing::error_code;
use caracola_wire::Value;

use crate::{PASSWORD, add, is_operator, server};

#[test]
fn all_of_it_happens_or_none() -> Result<()> {
    let server = server()?;
    add(&server, "ana", "operator")?;
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
