//! What comes of calling functions.

use anyhow::{Context as _, Result};
use caracola_testing::{Connection, TestServer};
use caracola_wire::{CatalogueExport, CatalogueReply, Completion, Push, Reply, Value};

use crate::fixture::{ISOLATIONS, Plugin, code};

const FOR_ALL: &str = "roles = [\"guest\"]";

/// Does something with a server whose guests may call everything, wherever the plugin runs.
fn with_each(test: impl Fn(&TestServer) -> Result<()>) -> Result<()> {
    let plugin = Plugin::new()?;
    for isolation in ISOLATIONS {
        let server = plugin.serve(isolation, FOR_ALL)?;
        test(&server).with_context(|| format!("isolation {isolation}\n{}", server.log()))?;
    }
    Ok(())
}

#[test]
fn functions_answer_shells_and_libraries() -> Result<()> {
    with_each(|server| {
        let mut shell = server.shell("ana")?;
        assert_eq!(
            shell.run_typed(&["t.greet", "ben"])?,
            Reply::Text("Hello ben from 1".into())
        );
        let mut library = server.connect()?;
        assert_eq!(library.run(&["t.greet", "ben"])?, "Hello ben from 1");
        assert_eq!(library.run(&["t.count", "3"])?, "1\n2\n3");
        assert!(library.run(&["t.greet", &"x".repeat(21)])?.starts_with("USAGE "));
        assert!(library.run(&["t.card"])?.contains("Mind the gap."));
        Ok(())
    })
}

#[test]
fn errors_have_the_codes_that_plugins_give_them() -> Result<()> {
    with_each(|server| {
        let mut shell = server.shell("ana")?;
        for (kind, expected) in [
            ("0", "FAILED"),
            ("1", "FAILED"),
            ("2", "USAGE"),
            ("3", "DENIED"),
            ("4", "BUSY"),
            ("5", "LIMIT"),
            ("6", "TIMEOUT"),
        ] {
            let reply = shell.request(&["RUN", "t.fail", kind])?;
            assert_eq!(code(&reply), expected, "{reply:?}");
            let told = matches!(&reply, Value::Error(error) if error.message.contains("because the test says so"));
            assert_eq!(told, kind != "0", "{reply:?}");
        }
        server.wait_for_log("gave no answer")
    })
}

#[test]
fn output_comes_as_it_is_made_and_then_its_end() -> Result<()> {
    with_each(|server| {
        let mut shell = server.shell("ana")?;
        let reply = shell.run_typed(&["t.count", "1000"])?;
        assert!(
            matches!(&reply, Reply::Exit(exit) if exit.status == Some(0)),
            "{reply:?}"
        );
        let mut said = Vec::new();
        for push in shell.pushes_until_now()? {
            if let Push::Out { bytes, stream: 1, .. } = push {
                said.extend_from_slice(&bytes);
            }
        }
        let said = String::from_utf8(said)?;
        let numbers: Vec<u32> = said.lines().map(str::parse).collect::<Result<_, _>>()?;
        assert!(numbers.into_iter().eq(1..=1000), "{said}");
        Ok(())
    })
}

#[test]
fn cards_tables_and_pictures() -> Result<()> {
    with_each(|server| {
        let mut shell = server.shell("ana")?;
        let Reply::Card(card) = shell.run_typed(&["t.card"])? else {
            anyhow::bail!("no card")
        };
        assert_eq!((card.summary.as_str(), card.examples[0].run.as_str()), ("An x", "x 1"));
        let Reply::Table(table) = shell.run_typed(&["t.table"])? else {
            anyhow::bail!("no table")
        };
        assert_eq!(
            (table.columns.len(), table.rows),
            (2, vec![vec!["1".into(), "2".into()]])
        );
        let Reply::Image(image) = shell.run_typed(&["t.picture"])? else {
            anyhow::bail!("no picture")
        };
        assert_eq!((image.width, image.height, image.alt.as_str()), (1, 1, "a pixel"));
        let Value::Bulk(png) = shell.request(&["IMAGE", &image.hash])? else {
            anyhow::bail!("no bytes")
        };
        assert!(png.starts_with(b"\x89PNG"));
        Ok(())
    })
}

#[test]
fn what_is_kept_for_a_session_is_its_own() -> Result<()> {
    with_each(|server| {
        let (mut ana, mut ben) = (server.shell("ana")?, server.shell("ben")?);
        assert_eq!(ana.run(&["t.cd", "/notes"])?, "from ");
        let prompt = ana.push_where(|push| matches!(push, Push::Prompt { .. }))?;
        assert_eq!(prompt, Push::Prompt { text: "/notes".into() });
        assert_eq!(ben.run(&["t.cd", "/b"])?, "from ");
        assert_eq!(ana.run(&["t.cd"])?, "from /notes");
        assert_eq!(ana.run(&["t.cd"])?, "from ");
        let mut library = server.connect()?;
        // Text for libraries has no blanks at its end.
        assert_eq!(library.run(&["t.cd", "/x"])?, "from");
        assert_eq!(library.run(&["t.cd", "/x"])?, "from /x");
        library.request(&["RESET"])?;
        assert_eq!(library.run(&["t.cd", "/x"])?, "from");
        Ok(())
    })
}

/// user, role, name, person, language, width.
fn who(connection: &mut Connection) -> Result<Vec<String>> {
    let told = connection.run(&["t.who"])?;
    Ok(told.split('|').map(str::to_owned).collect())
}

#[test]
fn a_guest_who_comes_back_is_the_same_person() -> Result<()> {
    with_each(|server| {
        let mut first = server.connect()?;
        let welcome = first.be_shell("ana", "es")?;
        let told = who(&mut first)?;
        let [user, role, name, person, language, width] = told.as_slice() else {
            anyhow::bail!("{told:?}")
        };
        assert_eq!(
            [user, role, name, language, width].map(String::as_str),
            ["", "guest", "~ana", "es", "80"]
        );
        assert!(person.len() == 33 && person.starts_with('~'), "{person}");
        assert_eq!(&who(&mut first)?[3], person);
        assert_ne!(&who(&mut server.shell("ben")?)?[3], person);
        drop(first);
        let mut second = server.connect()?;
        second.request(&["HELLO", "3"])?;
        second.request(&["SHELL", "1", "token", &welcome.token])?;
        let told = who(&mut second)?;
        assert_eq!((told[2].as_str(), &told[3]), ("~ana", person));
        let mut operator = server.door()?;
        assert_eq!(who(&mut operator)?[..2], ["operator", "admin"]);
        Ok(())
    })
}

#[test]
fn cancelling_ends_a_call_and_so_does_its_time() -> Result<()> {
    with_each(|server| {
        let mut shell = server.shell("ana")?;
        shell.send(b"*2\r\n$3\r\nRUN\r\n$6\r\nt.wait\r\n")?;
        shell.push_where(|push| matches!(push, Push::Out { .. }))?;
        shell.send(b"*1\r\n$6\r\nCANCEL\r\n")?;
        assert_eq!(code(&shell.reply()?), "CANCELLED");
        assert_eq!(shell.reply()?, Value::Integer(1));
        let reply = shell.request(&["RUN", "t.slow"])?;
        assert_eq!(code(&reply), "TIMEOUT", "{reply:?}");
        assert_eq!(shell.run(&["t.greet", "ana"])?, "Hello ana from 1");
        Ok(())
    })
}

#[test]
fn a_crash_costs_one_call_and_is_told() -> Result<()> {
    let plugin = Plugin::new()?;
    let server = plugin.serve("process", FOR_ALL)?;
    let (mut ana, mut ben) = (server.shell("ana")?, server.connect()?);
    ben.be_shell("ben", "es")?;
    ana.run(&["t.cd", "/notes"])?;
    for (shell, sentence) in [(&mut ana, "nothing else was harmed"), (&mut ben, "nada más se dañó")] {
        let reply = shell.request(&["RUN", "t.crash"])?;
        assert_eq!(code(&reply), "FAILED");
        let Value::Error(error) = reply else {
            anyhow::bail!("{reply:?}")
        };
        assert!(
            error.message.contains("the plugin t crashed") || error.message.contains("complemento t"),
            "{error}"
        );
        assert!(error.message.contains(sentence), "{error}");
    }
    // A restart takes a moment, and calls wait for it.
    assert_eq!(ana.run(&["t.cd"])?, "from /notes", "{}", server.log());
    Ok(())
}

#[test]
fn who_may_not_call_a_function_does_not_see_it() -> Result<()> {
    let plugin = Plugin::new()?;
    for isolation in ISOLATIONS {
        // Nothing said: for operators.
        let server = plugin.serve(isolation, "")?;
        let mut guest = server.shell("ana")?;
        for request in [&["RUN", "t.greet", "ben"][..], &["RUN", "help", "t.greet"]] {
            let reply = guest.request(request)?;
            assert!(matches!(code(&reply), "UNKNOWN" | "FAILED"), "{reply:?}");
        }
        assert!(!names(&mut guest)?.iter().any(|name| name.starts_with("t.")));
        assert_eq!(server.door()?.run(&["t.greet", "ben"])?, "Hello ben from 1");
        // A plugin can ask for more than the file, not for less.
        let server = plugin.serve(isolation, FOR_ALL)?;
        assert_eq!(code(&server.shell("ana")?.request(&["RUN", "t.admin"])?), "UNKNOWN");
        assert_eq!(server.door()?.run(&["t.admin"])?, "done");
    }
    Ok(())
}

fn export(connection: &mut Connection) -> Result<CatalogueExport> {
    let reply = CatalogueReply::decode(&connection.request(&["CATALOGUE"])?)?;
    Ok(CatalogueExport::decode_payload(&reply.payload.context("a payload")?)?)
}

fn names(connection: &mut Connection) -> Result<Vec<String>> {
    Ok(export(connection)?
        .entries
        .into_iter()
        .map(|entry| entry.name)
        .collect())
}

#[test]
fn functions_are_commands_for_help_and_for_clients() -> Result<()> {
    with_each(|server| {
        let mut shell = server.shell("ana")?;
        let export = export(&mut shell)?;
        let entry = |name: &str| {
            export
                .entries
                .iter()
                .find(|entry| entry.name == name)
                .context("no entry")
        };
        let greet = entry("t.greet")?;
        assert_eq!((greet.action.as_str(), greet.group.as_str()), ("plugin", "tests"));
        assert!(greet.params[0].complete);
        assert_eq!(greet.examples, ["t.greet ana"]);
        assert_eq!(entry("t.count")?.confirm.as_deref(), Some("Count?"));
        let Reply::Card(card) = shell.run_typed(&["help", "t.greet"])? else {
            anyhow::bail!("no card")
        };
        assert_eq!(card.usage, ["t.greet NAME"]);
        assert_eq!(card.see_also, ["t.cd", "help"]);
        let mut library = server.connect()?;
        let docs = format!("{:?}", library.request(&["COMMAND", "DOCS", "t.greet"])?);
        assert!(docs.contains("Greet somebody"), "{docs}");
        Ok(())
    })
}

#[test]
fn plugins_complete_their_own_params() -> Result<()> {
    let plugin = Plugin::new()?;
    for isolation in ISOLATIONS {
        let more = "[commands.hail]\nsummary = \"Hail\"\nexec = [\"echo\", \"{who}\"]\nroles = [\"guest\"]\n\
                    params = [{ name = \"who\", complete = \"t.names\" }]";
        let server = plugin.serve(isolation, &format!("{FOR_ALL}\n{more}"))?;
        let mut shell = server.shell("ana")?;
        let mut offers = |words: &[&str]| -> Result<Vec<(String, String)>> {
            let words: Vec<_> = ["COMPLETE"].iter().chain(words).copied().collect();
            let completion = Completion::decode(&shell.request(&words)?)?;
            Ok(completion
                .offers
                .into_iter()
                .map(|offer| (offer.value, offer.about))
                .collect())
        };
        let typed = ("anna".to_owned(), "made of what was typed".to_owned());
        assert_eq!(offers(&["t.greet", "an"])?, [typed], "and nothing that harms");
        assert_eq!(offers(&["hail", "a"])?, [("ana".to_owned(), "the first".to_owned())]);
    }
    Ok(())
}

#[test]
fn a_value_begins_with_a_dash_unless_the_plugin_says_otherwise() -> Result<()> {
    let plugin = Plugin::new()?;
    let more = "[commands.plain]\nsummary = 'Plain'\nparams = [{ name = 'word', allow_dash = false }]\n";
    plugin.build("1", &[&format!("-DMORE=\"{}\"", more.replace('\n', "\\n"))])?;
    let server = plugin.serve("none", FOR_ALL)?;
    let mut shell = server.shell("ana")?;
    assert_eq!(shell.run(&["t.cd", "-"])?, "from ");
    assert_eq!(shell.run(&["t.plain", "word"])?, "done");
    assert_eq!(code(&shell.request(&["RUN", "t.plain", "-word"])?), "USAGE");
    Ok(())
}

#[test]
fn secrets_reach_the_plugin_and_nothing_else() -> Result<()> {
    with_each(|server| {
        let mut shell = server.shell("ana")?;
        assert_eq!(shell.run(&["t.lock", "hunter2"])?, "7 letters");
        let reply = shell.request(&["RUN", "t.count", "hunter2x"])?;
        assert_eq!(code(&reply), "USAGE");
        shell.run(&["t.greet", "ana"])?;
        assert!(!server.log().contains("hunter2\""), "{}", server.log());
        assert!(!server.log().contains("hunter2 "), "{}", server.log());
        Ok(())
    })
}

#[test]
fn admins_see_how_plugins_are() -> Result<()> {
    with_each(|server| {
        let mut shell = server.shell("ana")?;
        assert_eq!(code(&shell.request(&["RUN", "plugins"])?), "UNKNOWN");
        shell.run(&["t.greet", "ana"])?;
        shell.run(&["t.fail", "0"])?;
        let told = server.operator(&["plugins"])?;
        for part in ["t (tester)", "libtester.so", "works"] {
            assert!(told.stdout.contains(part), "{part}: {told:?}");
        }
        let mut door = server.door()?;
        door.be_shell("", "es")?;
        let Reply::Table(table) = door.run_typed(&["complementos"])? else {
            anyhow::bail!("no table")
        };
        assert_eq!(table.columns[..2], ["Nombre", "Versión"]);
        assert_eq!(table.rows[0][5..7], ["2", "1"]);
        Ok(())
    })
}
