//! SHELL, CATALOGUE and IMAGE: what a person's shell asks for when it comes in.

use anyhow::{Context as _, Result};
use caracola_testing::{Connection, error_code};
use caracola_wire::{CatalogueExport, CatalogueReply, Push, Reply, ShellWelcome, Value};
use openssl::sha::sha256;

use super::{builder, server, simple};

fn catalogue(shell: &mut Connection, request: &[&str]) -> Result<CatalogueReply> {
    Ok(CatalogueReply::decode(&shell.request(request)?)?)
}

#[test]
fn a_shell_needs_resp3() -> Result<()> {
    let server = server()?;
    let mut library = server.connect()?;
    assert_eq!(error_code(&library.request(&["SHELL", "1"])?), "NOPROTO");
    library.request(&["HELLO", "3"])?;
    for wrong in [&["SHELL"][..], &["SHELL", "one"], &["SHELL", "1", "lang"]] {
        assert_eq!(error_code(&library.request(wrong)?), "ERR", "{wrong:?}");
    }
    let mut ana = server.shell("ana")?;
    let reply = ana.request(&["HELLO", "2"])?;
    assert_eq!(error_code(&reply), "NOPROTO", "a shell stays with RESP3");
    assert!(matches!(ana.request(&["HELLO"])?, Value::Map(_)));
    Ok(())
}

#[test]
fn a_shell_is_welcomed() -> Result<()> {
    let server = server()?;
    let mut ana = server.connect()?;
    ana.request(&["HELLO", "3"])?;
    let request = [
        "SHELL", "99", "NAME", "ana", "lang", "es-MX", "width", "100", "tomorrow", "x",
    ];
    let welcome = ShellWelcome::decode(&ana.request(&request)?)?;
    assert_eq!(welcome.version, 1, "the server answers its own version");
    assert_eq!(welcome.server, "caracola");
    assert_eq!(welcome.server_version, env!("CARGO_PKG_VERSION"));
    assert_eq!(welcome.name, "~ana");
    assert_eq!(welcome.user, "guest");
    assert_eq!(welcome.room, "lobby");
    assert_eq!(welcome.language.to_lowercase(), "es-mx");
    assert_eq!(welcome.token.len(), 32, "128 bits");
    let text = &welcome.welcome;
    for part in [
        "Te damos la bienvenida a caracola, ~ana",
        "TLSv1.2",
        "ECDHE",
        "en línea: 1",
    ] {
        assert!(text.contains(part), "{part:?} in {text:?}");
    }
    assert!(!text.contains("{{"), "{text:?}");
    let hash = catalogue(&mut ana, &["CATALOGUE"])?.hash;
    assert_eq!(welcome.catalogue, hash);
    Ok(())
}

#[test]
fn values_in_the_welcome_are_not_templates() -> Result<()> {
    let config = "[access]\nguest = true\n[server]\nname = '{{ user }}'\nwelcome = 'Hi {{ user }} of {{ server }}'\n";
    let server = builder().config(config).start()?;
    let mut ana = server.connect()?;
    let welcome = ana.be_shell("ana", "en")?;
    assert_eq!(welcome.welcome, "Hi ~ana of {{ user }}");
    Ok(())
}

#[test]
fn shell_said_twice_comes_in_once() -> Result<()> {
    let server = server()?;
    let mut ana = server.shell("ana")?;
    let mut ben = server.shell("ben")?;
    ana.push_where(|push| matches!(push, Push::Notice { kind, .. } if kind == "join"))?;
    let again = ben.be_shell("ben", "en")?;
    assert_eq!(again.name, "~ben");
    assert_eq!(ana.pushes_until_now()?, []);
    ben.request(&["RUN", "say", "once"])?;
    let heard = ana.pushes_until_now()?;
    assert_eq!(heard.len(), 1, "{heard:?}");
    Ok(())
}

#[test]
fn the_catalogue_is_named_by_the_hash_of_its_bytes() -> Result<()> {
    let server = server()?;
    let mut ana = server.shell("ana")?;
    let reply = catalogue(&mut ana, &["CATALOGUE"])?;
    let payload = reply.payload.context("no payload")?;
    assert_eq!(reply.hash, hex::encode(sha256(&payload)));
    let export = CatalogueExport::decode_payload(&payload)?;
    let entry = |name: &str| export.entries.iter().find(|entry| entry.name == name);
    let ls = entry("ls").context("no ls")?;
    assert_eq!(ls.action, "card");
    assert_eq!(ls.summary, "List what a folder contains");
    assert!(entry("say").is_some_and(|say| say.params.iter().any(|param| param.rest)));
    assert!(entry("kick").is_none(), "a guest does not see what operators have");
    assert!(
        export
            .groups
            .iter()
            .any(|(name, title)| name == "files" && title == "Files and folders")
    );

    let same = catalogue(&mut ana, &["CATALOGUE", "IF-NOT", &reply.hash])?;
    assert_eq!((same.hash.as_str(), same.payload), (reply.hash.as_str(), None));
    let other = catalogue(&mut ana, &["catalogue", "if-not", "00"])?;
    assert_eq!(other.payload, Some(payload));
    assert_eq!(error_code(&ana.request(&["CATALOGUE", "PLEASE"])?), "ERR");
    Ok(())
}

#[test]
fn who_runs_one_line_asks_for_one_command() -> Result<()> {
    let server = server()?;
    let mut ana = server.shell("ana")?;
    let mut names = |words: &[&str]| -> Result<Vec<String>> {
        let reply = catalogue(&mut ana, &[&["CATALOGUE", "OF"], words].concat())?;
        let export = CatalogueExport::decode_payload(&reply.payload.context("no payload")?)?;
        Ok(export.entries.into_iter().map(|entry| entry.name).collect())
    };
    assert_eq!(names(&["Git", "COMMIT", "-m", "x"])?, ["git commit"]);
    assert_eq!(names(&["ls"])?, ["ls"]);
    assert_eq!(names(&["lss"])?, Vec::<String>::new());
    assert_eq!(names(&["kick", "ben"])?, Vec::<String>::new(), "what operators have");
    assert_eq!(error_code(&ana.request(&["CATALOGUE", "OF"])?), "ERR");
    Ok(())
}

#[test]
fn another_language_is_another_catalogue() -> Result<()> {
    let server = server()?;
    let mut ana = server.shell("ana")?;
    let english = catalogue(&mut ana, &["CATALOGUE"])?;
    ana.request(&["RUN", "lang", "es"])?;
    let Push::Catalogue { hash } = ana.push_where(|push| matches!(push, Push::Catalogue { .. }))? else {
        unreachable!("push_where returned another")
    };
    assert_ne!(hash, english.hash);
    let spanish = catalogue(&mut ana, &["CATALOGUE", "IF-NOT", &english.hash])?;
    assert_eq!(spanish.hash, hash);
    let export = CatalogueExport::decode_payload(&spanish.payload.context("no payload")?)?;
    let ls = export.entries.iter().find(|entry| entry.name == "ls");
    assert_eq!(
        ls.map(|ls| ls.summary.as_str()),
        Some("Lista lo que contiene una carpeta")
    );
    Ok(())
}

#[test]
fn an_image_is_a_png_of_the_hash_that_its_card_named() -> Result<()> {
    let server = server()?;
    let mut ana = server.shell("ana")?;
    for name in ["ls", "mkdir", "cd", "cp", "rm", "sudo"] {
        let Reply::Card(card) = ana.run_typed(&[name])? else {
            panic!("{name} is not a card");
        };
        let image = card.image.with_context(|| format!("{name} has no image"))?;
        let reply = ana.request(&["IMAGE", &image.hash])?;
        let png = reply.as_bytes().with_context(|| format!("{reply:?}"))?;
        assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"), "{name}");
        assert_eq!(hex::encode(sha256(png)), image.hash, "{name}");
        // Width and height stand in the first chunk.
        assert_eq!(png[16..20], image.width.to_be_bytes(), "{name}");
        assert_eq!(png[20..24], image.height.to_be_bytes(), "{name}");
        assert!(!image.alt.is_empty());
    }
    let reply = ana.request(&["IMAGE", &"0".repeat(64)])?;
    assert!(matches!(reply, Value::Error(_)), "{reply:?}");
    assert_eq!(ana.request(&["PING"])?, simple("PONG"));
    Ok(())
}

#[test]
fn replies_to_a_shell_are_typed() -> Result<()> {
    let server = server()?;
    let mut ana = server.shell("ana")?;
    assert!(matches!(ana.run_typed(&["ls"])?, Reply::Card(card) if card.name == "ls"));
    assert!(matches!(ana.run_typed(&["who"])?, Reply::Table(table) if table.rows.len() == 1));
    assert!(matches!(ana.run_typed(&["time"])?, Reply::Text(_)));
    assert!(matches!(ana.run_typed(&["quit"])?, Reply::Text(_)));
    let bye = ana.push_where(|push| matches!(push, Push::Bye { .. }))?;
    assert!(matches!(bye, Push::Bye { .. }));
    assert_eq!(ana.rest()?, b"", "and the connection is closed");
    Ok(())
}

#[test]
fn a_quiet_shell_is_nobodys_arrival() -> Result<()> {
    let server = server()?;
    let mut ana = server.shell("ana")?;
    let mut script = server.connect()?;
    script.request(&["HELLO", "3"])?;
    script.request(&["SHELL", "1", "name", "script", "quiet", "1"])?;
    assert!(matches!(script.run_typed(&["ls"])?, Reply::Card(_)));
    assert!(
        !script.run(&["say", "from a script"])?.is_empty(),
        "it does not hear its own words"
    );
    let heard = ana.pushes_until_now()?;
    assert!(
        matches!(&heard[..], [Push::Message { text, .. }] if text == "from a script"),
        "{heard:?}"
    );
    let Reply::Table(who) = ana.run_typed(&["who"])? else {
        panic!("no table");
    };
    assert_eq!(who.rows.len(), 1, "{who:?}");
    script.request(&["RUN", "quit"])?;
    script.rest()?;
    assert_eq!(ana.pushes_until_now()?, []);
    Ok(())
}
