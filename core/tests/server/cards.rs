//! What commands answer: cards, replies and lookups of the default file, and the built-ins' help about all of them.

use anyhow::{Context as _, Result};
use caracola_testing::{Connection, TestServer, error_code};
use caracola_wire::{Card, CatalogueEntry, CatalogueExport, CatalogueReply, Reply, Value};

use crate::builder;

fn shell(server: &TestServer, language: &str) -> Result<Connection> {
    let mut connection = server.connect()?;
    connection.be_shell("reader", language)?;
    Ok(connection)
}

fn catalogue(shell: &mut Connection) -> Result<CatalogueExport> {
    let reply = CatalogueReply::decode(&shell.request(&["CATALOGUE"])?)?;
    Ok(CatalogueExport::decode_payload(&reply.payload.context("no payload")?)?)
}

fn card(shell: &mut Connection, words: &[&str]) -> Result<Card> {
    match shell.run_typed(words)? {
        Reply::Card(card) => Ok(card),
        other => anyhow::bail!("{words:?} answers no card: {other:?}"),
    }
}

fn by_action<'e>(export: &'e CatalogueExport, actions: &[&str]) -> Vec<&'e CatalogueEntry> {
    let wanted = |entry: &&CatalogueEntry| actions.contains(&entry.action.as_str());
    export.entries.iter().filter(wanted).collect()
}

/// Runs every example of the commands with one of `actions`, as a person types it, and gives the replies.
fn run_examples(actions: &[&str], check: impl Fn(&CatalogueEntry, &str, &Value)) -> Result<()> {
    let server = builder().start()?;
    for language in ["en", "es"] {
        let export = catalogue(&mut shell(&server, language)?)?;
        let mut count = 0;
        for entry in by_action(&export, actions) {
            assert!(!entry.summary.is_empty(), "{}", entry.name);
            for example in &entry.examples {
                // Each in a session of its own: `quit` has examples too.
                let mut reader = shell(&server, language)?;
                reader.send(format!("RUN {example}\r\n").as_bytes())?;
                check(entry, example, &reader.reply()?);
                count += 1;
            }
        }
        assert!(count >= 15, "only {count} examples in {language}");
    }
    Ok(())
}

#[test]
fn every_example_of_a_card_is_answered_by_that_card_with_the_example_first() -> Result<()> {
    run_examples(&["card"], |entry, example, reply| {
        let Ok(Reply::Card(card)) = Reply::decode(reply) else {
            panic!("{example}: {reply:?}");
        };
        assert_eq!(card.name, entry.name);
        let with_arguments = example.split(' ').count() > entry.name.split(' ').count();
        assert_eq!(card.note.is_some(), with_arguments, "{example}");
        if with_arguments {
            assert_eq!(card.examples.first().map(|first| first.run.as_str()), Some(example));
        }
    })
}

#[test]
fn every_example_of_a_reply_or_a_lookup_is_answered() -> Result<()> {
    let server = builder().start()?;
    for language in ["en", "es"] {
        let mut reader = shell(&server, language)?;
        for entry in by_action(&catalogue(&mut reader)?, &["reply", "lookup"]) {
            assert!(!entry.examples.is_empty(), "{} has no example", entry.name);
            for example in &entry.examples {
                let words = shell_words::split(example)?;
                let words: Vec<_> = words.iter().map(String::as_str).collect();
                let reply = reader.run_typed(&words)?;
                assert!(
                    matches!(&reply, Reply::Text(text) if text.len() > 20),
                    "{example}: {reply:?}"
                );
            }
        }
    }
    Ok(())
}

#[test]
fn every_example_of_a_built_in_makes_sense_to_it() -> Result<()> {
    run_examples(&["builtin"], |_, example, reply| {
        let code = error_code(reply);
        assert!(!["UNKNOWN", "USAGE", "ERR"].contains(&code), "{example}: {reply:?}");
    })
}

#[test]
fn every_command_has_a_card_by_each_of_its_names_in_both_languages() -> Result<()> {
    let server = builder().start()?;
    for (language, own) in [
        ("en", "Show whole files, one after another"),
        ("es", "Muestra archivos completos, uno tras otro"),
    ] {
        let mut reader = shell(&server, language)?;
        let export = catalogue(&mut reader)?;
        assert!(export.entries.len() > 40);
        for entry in &export.entries {
            for name in [&entry.name].into_iter().chain(&entry.aliases) {
                let card = card(&mut reader, &["help", name])?;
                assert_eq!(card.name, entry.name, "help {name}");
                assert_eq!(card.summary, entry.summary, "help {name}");
                assert_eq!(card.language, language);
                assert!(card.examples.len() >= 2 || entry.name == "sockets", "{name}");
                assert_eq!(card.note, None, "nothing was asked to run");
            }
        }
        assert_eq!(card(&mut reader, &["cat"])?.summary, own);
    }
    Ok(())
}

#[test]
fn the_default_file_has_what_was_promised() -> Result<()> {
    let server = builder().start()?;
    let mut reader = shell(&server, "en")?;
    for name in [
        "ls", "mkdir", "cd", "pwd", "cp", "mv", "rm", "cat", "less", "grep", "find", "chmod", "sudo", "ssh", "tar",
        "ps",
    ] {
        let card = card(&mut reader, &[name])?;
        assert!(card.examples.len() >= 2, "{name}");
        let drawn = ["ls", "mkdir", "cd", "cp", "rm", "sudo"].contains(&name);
        assert_eq!(card.image.is_some(), drawn, "{name}");
    }
    for port in ["80", "443", "21", "22", "25", "53", "67", "68", "110", "389", "3306"] {
        let english = reader.run(&["port", port])?;
        let spanish = shell(&server, "es")?.run(&["puerto", port])?;
        assert!(english.len() > 20 && spanish.len() > 20, "{port}");
        assert_ne!(english, spanish, "{port}");
    }
    Ok(())
}

#[test]
fn a_library_reads_a_card_as_text_of_eighty_columns() -> Result<()> {
    let server = builder().start()?;
    let mut library = server.connect()?;
    let export = catalogue(&mut shell(&server, "en")?)?;
    for entry in by_action(&export, &["card"]) {
        let mut request = vec!["RUN"];
        request.extend(entry.name.split(' '));
        let reply = library.request(&request)?;
        let text = reply.as_str().with_context(|| format!("{reply:?}"))?;
        assert!(
            text.starts_with(&entry.name) && text.contains(&entry.summary[..10]),
            "{text}"
        );
        let widest = text.lines().map(unicode_width::UnicodeWidthStr::width).max();
        assert!(widest.is_some_and(|widest| widest <= 80), "{widest:?}:\n{text}");
        assert!(!text.contains('\u{1b}'), "{text}");
        // Rendered once at load or now, it is the same card.
        let name = entry.name.as_str();
        assert_eq!(library.request(&["RUN", "help", name])?, reply, "{name}");
    }
    Ok(())
}

#[test]
fn arguments_of_a_card_choose_its_first_example_and_run_nothing() -> Result<()> {
    let server = builder().start()?;
    let mut library = server.connect()?;
    let text = library.run(&["ls", "-a", "/etc"])?;
    assert!(text.ends_with("Nothing was run."), "{text}");
    let place = |part: &str| text.find(part).with_context(|| format!("no {part:?} in {text}"));
    assert!(place("ls -a ~")? < place("ls -l")?, "{text}");
    assert!(library.run(&["mkdir", "demo"])?.ends_with("Nothing was run."));
    library.run(&["lang", "es"])?;
    assert!(library.run(&["mkdir", "demo"])?.ends_with("No se ejecutó nada."));
    // No argument moves a cursor, ends a line or comes back as part of a card.
    let text = library.run(&["ls", "\u{1b}[2J\r\n+OK"])?;
    assert!(!text.contains('\u{1b}') && !text.contains("+OK"), "{text:?}");
    Ok(())
}

#[test]
fn help_finds_names_groups_and_words() -> Result<()> {
    let server = builder().start()?;
    let mut reader = shell(&server, "en")?;
    let Reply::Text(all) = reader.run_typed(&["help"])? else {
        panic!("no text");
    };
    let place = |part: &str| all.find(part).with_context(|| format!("no {part:?} in {all}"));
    assert!(place("This server's own commands")? < place("\n  say ")?);
    assert!(place("\n  say ")? < place("Cards, lookups and programs")?);
    assert!(place("Cards, lookups and programs")? < place("\n  mkdir ")?);
    assert!(!all.contains("kick"), "operators' commands are not for guests");

    let names = |reply: Reply| match reply {
        Reply::Table(table) => table.rows.into_iter().map(|row| row[0].clone()).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    let files = names(reader.run_typed(&["help", "files"])?);
    assert!(
        files.contains(&"ls".to_owned()) && files.contains(&"rm".to_owned()),
        "{files:?}"
    );
    assert!(!files.contains(&"say".to_owned()));
    assert_eq!(
        names(reader.run_typed(&["help", "Files and folders"])?),
        files,
        "by its title"
    );
    let found = names(reader.run_typed(&["help", "folder"])?);
    assert!(found.contains(&"mkdir".to_owned()), "{found:?}");
    assert_eq!(card(&mut reader, &["help", "LS"])?.name, "ls");
    assert_eq!(card(&mut reader, &["help", "git  commit"])?.name, "git commit");
    assert_eq!(card(&mut reader, &["ayuda", "git", "commit"])?.name, "git commit");
    Ok(())
}

#[test]
fn names_of_several_words_are_found_longest_first() -> Result<()> {
    let config = r#"
        [access]
        guest = true
        [commands.git]
        summary = "Keep versions"
        [commands."git commit"]
        summary = "Keep one version"
        aliases = ["gc", "git ci"]
        [commands."git commit all the"]
        summary = "Keep all the versions"
    "#;
    let server = builder().config(config).start()?;
    let mut reader = shell(&server, "en")?;
    for (words, name, note) in [
        (&["git"][..], "git", false),
        (&["git", "push"], "git", true),
        (&["GIT", "Commit"], "git commit", false),
        (&["git", "ci", "-m", "x"], "git commit", true),
        (&["gc"], "git commit", false),
        (&["git", "commit", "all", "my"], "git commit", true),
        (&["git", "commit", "all", "the"], "git commit all the", false),
    ] {
        let card = card(&mut reader, words)?;
        assert_eq!((card.name.as_str(), card.note.is_some()), (name, note), "{words:?}");
    }
    Ok(())
}
