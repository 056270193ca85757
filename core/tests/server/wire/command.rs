//! COMMAND: the types of each reply are those that redis-cli asserts when it prepares its help.

use anyhow::{Context as _, Result};
use caracola_testing::{Connection, error_code};
use caracola_wire::Value;

use super::{builder, bulk, server};

/// A command whose card has all that `COMMAND DOCS` can tell.
const RICH: &str = r#"
[access]
guest = true
[commands.paint]
summary = "Paint something"
params = [
  { name = "color", type = "string" },
  { name = "things", type = "string", list = true, required = false },
]
reply = "painted"
[commands."white wall"]
summary = "Paint a wall"
reply = "painted a wall"
"#;

fn names(list: &Value) -> Vec<&str> {
    let items = list.as_array().unwrap_or_default();
    items.iter().filter_map(Value::as_str).collect()
}

#[test]
fn count_list_and_the_bare_verb_agree() -> Result<()> {
    let server = server()?;
    let mut library = server.connect()?;
    let count = library
        .request(&["COMMAND", "COUNT"])?
        .as_integer()
        .context("no number")?;
    let list = library.request(&["command", "list"])?;
    let names = names(&list);
    assert_eq!(i64::try_from(names.len())?, count);
    let all = library.request(&["COMMAND"])?;
    assert_eq!(all.as_array().map(<[_]>::len), Some(names.len()));
    let all = library.request(&["COMMAND", "INFO"])?;
    assert_eq!(all.as_array().map(<[_]>::len), Some(names.len()));
    for known in ["ping", "subscribe", "ls", "mkdir", "who"] {
        assert!(names.contains(&known), "{known}");
    }
    // A guest does not learn of what operators have.
    for hidden in ["stop", "kick", "sessions", "announce"] {
        assert!(!names.contains(&hidden), "{hidden}");
    }
    Ok(())
}

#[test]
fn info_has_the_ten_fields_of_redis() -> Result<()> {
    let server = server()?;
    let mut library = server.connect()?;
    for (protocol, set) in [("2", false), ("3", true)] {
        library.request(&["HELLO", protocol])?;
        let reply = library.request(&["COMMAND", "INFO", "LS", "no-such"])?;
        let [ls, none] = reply.as_array().context("no array")? else {
            panic!("{reply:?}");
        };
        assert_eq!(*none, Value::Null);
        let fields = ls.as_array().context("no array")?;
        assert_eq!(fields.len(), 10);
        assert_eq!(fields[0], bulk("ls"));
        assert!(matches!(fields[1], Value::Integer(-1)));
        let flags = match (&fields[2], set) {
            (Value::Set(flags), true) | (Value::Array(flags), false) => flags,
            (other, _) => panic!("flags in RESP{protocol}: {other:?}"),
        };
        assert!(!flags.is_empty() && flags.iter().all(|flag| matches!(flag, Value::Simple(_))));
        assert!(fields[3..6].iter().all(|key| *key == Value::Integer(0)));
        assert_eq!(matches!(fields[6], Value::Set(_)), set);
        assert!(fields[7..].iter().all(|field| matches!(field, Value::Array(_))));
    }
    Ok(())
}

#[test]
fn docs_are_maps_of_bulk_strings() -> Result<()> {
    let server = builder().config(RICH).start()?;
    let mut library = server.connect()?;
    library.request(&["HELLO", "3"])?;
    let reply = library.request(&["COMMAND", "DOCS", "paint", "no-such"])?;
    let Value::Map(pairs) = &reply else {
        panic!("no map: {reply:?}");
    };
    let [(name, docs)] = &pairs[..] else {
        panic!("{pairs:?}");
    };
    assert_eq!(*name, bulk("paint"));
    assert!(matches!(docs, Value::Map(_)));
    assert_eq!(docs.map_value("summary"), Some(&bulk("Paint something")));
    assert_eq!(docs.map_value("since"), Some(&bulk("7.0.15")));
    assert_eq!(docs.map_value("group"), Some(&bulk("commands")));
    let arguments = docs.map_value("arguments").and_then(Value::as_array);
    let [color, things] = arguments.context("no arguments")? else {
        panic!("{docs:?}");
    };
    assert_eq!(color.map_value("name"), Some(&bulk("color")));
    assert_eq!(color.map_value("type"), Some(&bulk("string")));
    assert_eq!(color.map_value("flags"), None);
    let Some(Value::Set(flags)) = things.map_value("flags") else {
        panic!("{things:?}");
    };
    assert!(flags.iter().all(|flag| matches!(flag, Value::Simple(_))));
    let flags: Vec<_> = flags.iter().filter_map(Value::as_str).collect();
    assert_eq!(flags, ["optional", "multiple"]);
    Ok(())
}

#[test]
fn docs_in_resp2_are_flat_arrays() -> Result<()> {
    let server = builder().config(RICH).start()?;
    let mut library = server.connect()?;
    let reply = library.request(&["COMMAND", "DOCS", "paint", "white wall"])?;
    assert_eq!(reply.as_array().map(<[_]>::len), Some(4));
    let docs = reply.map_value("paint").context("no paint")?;
    assert!(matches!(docs, Value::Array(_)));
    assert_eq!(docs.map_value("summary"), Some(&bulk("Paint something")));
    assert!(reply.map_value("white wall").is_some());
    let all = library.request(&["COMMAND", "DOCS"])?;
    let count = library.request(&["COMMAND", "COUNT"])?.as_integer().unwrap_or_default();
    assert_eq!(all.as_array().map(|all| all.len() / 2), usize::try_from(count).ok());
    Ok(())
}

#[test]
fn every_verb_has_docs() -> Result<()> {
    let server = server()?;
    let mut library = server.connect()?;
    for verb in [
        "auth",
        "cancel",
        "catalogue",
        "client",
        "command",
        "config",
        "echo",
        "hello",
        "image",
        "info",
        "ping",
        "publish",
        "quit",
        "reset",
        "run",
        "select",
        "shell",
        "subscribe",
        "unsubscribe",
    ] {
        assert!(!summary(&mut library, verb)?.is_empty(), "{verb}");
    }
    let reply = library.request(&["COMMAND", "GETKEYS", "ls"])?;
    assert_eq!(error_code(&reply), "ERR");
    Ok(())
}

fn summary(library: &mut Connection, name: &str) -> Result<String> {
    let docs = library.request(&["COMMAND", "DOCS", name])?;
    let summary = docs.map_value(name).and_then(|docs| docs.map_value("summary"));
    Ok(summary.and_then(Value::as_str).unwrap_or_default().to_owned())
}
