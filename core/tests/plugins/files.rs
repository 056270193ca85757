//! What files say about plugins: names, bindings, mistakes, and what `check` and `explain` tell.

use std::fs;

use anyhow::Result;
use caracola_testing::{Process, Usage, plain_command};
use caracola_wire::Reply;

use crate::builder;
use crate::fixture::{ISOLATIONS, Plugin, code};

#[test]
fn a_name_of_ones_own_says_what_the_plugin_doesnt() -> Result<()> {
    let plugin = Plugin::new()?;
    for isolation in ISOLATIONS {
        let more = "[commands.hello]\nplugin = \"t.greet\"\nsummary = \"Say hello\"\naliases = [\"hi\"]\nroles = [\"guest\"]\n\
                    [commands.tally]\nplugin = \"t.count\"\nconfirm = \"Really?\"\nroles = [\"guest\"]";
        let server = plugin.serve(isolation, more)?;
        let mut shell = server.shell("ana")?;
        assert_eq!(shell.run(&["hi", "ben"])?, "Hello ben from 1");
        let Reply::Card(card) = shell.run_typed(&["help", "hello"])? else {
            anyhow::bail!("no card")
        };
        assert_eq!(
            (card.summary.as_str(), card.usage[0].as_str()),
            ("Say hello", "hello NAME")
        );
        assert_eq!(card.examples[0].run, "hello ana");
        // The function's full name stays for those whom the plugin's own roles let in.
        assert_eq!(code(&shell.request(&["RUN", "t.greet", "ben"])?), "UNKNOWN");
        let Reply::Card(card) = shell.run_typed(&["help", "tally"])? else {
            anyhow::bail!("no card")
        };
        assert_eq!((card.summary.as_str(), card.usage[0].as_str()), ("Count", "tally TO"));
    }
    Ok(())
}

#[test]
fn an_included_file_binds_a_card_of_the_main_one() -> Result<()> {
    let plugin = Plugin::new()?;
    for isolation in ISOLATIONS {
        let folder = tempfile::tempdir()?;
        let main = "include = [\"d/*.toml\"]\n[access]\nguest = true\n[commands.ls]\nsummary = \"The card\"\n\
                    examples = [{ run = \"ls -l\", about = \"Long\" }]\n";
        let included = plugin
            .config(isolation, "roles = [\"guest\"]")
            .replace("[access]\nguest = true\n", "");
        fs::create_dir(folder.path().join("d"))?;
        fs::write(
            folder.path().join("d/t.toml"),
            format!("{included}[commands.ls]\nplugin = \"t.greet\"\n[commands.new]\nplugin = \"t.cd\"\n"),
        )?;
        let server = builder().folder(folder.path()).config(main).start()?;
        let mut shell = server.shell("ana")?;
        assert_eq!(shell.run(&["ls", "ben"])?, "Hello ben from 1");
        assert_eq!(shell.run(&["new"])?, "from ");
        let Reply::Card(card) = shell.run_typed(&["help", "ls"])? else {
            anyhow::bail!("no card")
        };
        assert_eq!(
            (card.summary.as_str(), card.examples[0].run.as_str()),
            ("The card", "ls -l")
        );
        assert_eq!(card.usage, ["ls NAME"]);
    }
    Ok(())
}

/// What a file is told to have wrong.
fn told(config: &str, strict: bool) -> Result<String> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("commands.toml");
    fs::write(&file, config)?;
    let mut command = plain_command(env!("CARGO_BIN_EXE_caracolad").as_ref());
    command.arg("check").arg(file).args(strict.then_some("--strict"));
    let finished = Process::finish(&mut command)?;
    assert!(!finished.status.success(), "{finished:?}");
    Ok(finished.stdout)
}

#[test]
fn what_cannot_be_bound_is_shown() -> Result<()> {
    let plugin = Plugin::new()?;
    let named = plugin.config("none", "");
    for (more, expected) in [
        (
            "[commands.a]\nsummary = \"A\"\nplugin = \"t.gret\"",
            "did you mean \"t.greet\"?",
        ),
        ("[commands.a]\nplugin = \"u.greet\"", "there is no plugin `u`"),
        ("[commands.a]\nplugin = \"greet\"", "is not a function of a plugin"),
        ("[commands.a]\nplugin = \"t.greet\"\nparams = []", "the plugin's to say"),
        ("[commands.help]\nplugin = \"t.greet\"", "is built in"),
        ("[commands.\"t.x\"]\nsummary = \"X\"", "would hide a function"),
        ("[plugins.T]\npath = \"x\"", "two plugins called"),
    ] {
        let told = told(&format!("{named}{more}\n"), false)?;
        assert!(told.contains(expected), "{expected}: {told}");
    }
    // Two files, since one cannot have the same table twice.
    let folder = tempfile::tempdir()?;
    let main = format!("include = [\"b.toml\"]\n{named}[commands.x]\nsummary = \"X\"\nreply = \"x\"\n");
    fs::write(folder.path().join("b.toml"), "[commands.x]\nplugin = \"t.greet\"\n")?;
    let finished = builder().folder(folder.path()).config(main).finish()?;
    assert!(finished.stderr.contains("has an action already"), "{finished:?}");
    Ok(())
}

#[test]
fn a_plugin_that_makes_no_sense_is_an_error_or_done_without() -> Result<()> {
    let plugin = Plugin::new()?;
    let broken = [
        (
            "-DMORE=\"[commands.x]\\nsumary = 'x'\\n\"",
            "tester 2 (its own definitions):",
        ),
        ("-DBROKEN", "it is broken on purpose"),
    ];
    for (flag, expected) in broken {
        plugin.build("2", &[flag])?;
        let told = told(&plugin.config("none", ""), false)?;
        assert!(told.contains(expected) && told.contains("commands.toml:4:"), "{told}");
        // The commands that need it are cards, or missing.
        let more = "optional = true\nroles = [\"guest\"]\n\
                    [commands.x]\nsummary = \"X\"\nplugin = \"t.greet\"\n[commands.y]\nplugin = \"t.greet\"\n";
        let server = plugin.serve("none", more)?;
        let mut shell = server.shell("ana")?;
        assert!(matches!(shell.run_typed(&["x", "y"])?, Reply::Card(_)));
        assert_eq!(code(&shell.request(&["RUN", "y"])?), "UNKNOWN");
        assert_eq!(code(&shell.request(&["RUN", "t.greet"])?), "UNKNOWN");
        assert!(server.log().contains("it is a card until then"), "{}", server.log());
        assert!(
            server
                .operator(&["plugins"])?
                .stdout
                .contains("not loaded, see the log: t")
        );
    }
    Ok(())
}

#[test]
fn what_is_no_plugin_leaves_nothing_behind_however_often_it_is_tried() -> Result<()> {
    const RELOADS: usize = 5;
    let plugin = Plugin::new()?;
    // No library, and a library that is not a plugin.
    for (flag, copies_kept) in [(None, 0), (Some("-Dcaracola_plugin=something_else"), 1)] {
        match flag {
            None => fs::write(plugin.path(), "no library")?,
            Some(flag) => plugin.build("1", &[flag])?,
        }
        let server = plugin.serve("none", "optional = true")?;
        let before = Usage::of(server.process())?.descriptors;
        for _ in 0..RELOADS {
            server.operator(&["reload"])?.success()?;
        }
        let Ok(open) = fs::read_dir(format!("/proc/{}/fd", server.process())) else {
            // Only root may see which they are; to others the kernel tells how many.
            assert!(Usage::of(server.process())?.descriptors < before + RELOADS);
            continue;
        };
        let copies = open.filter_map(|file| fs::read_link(file.ok()?.path()).ok());
        let copies = copies.filter(|to| to.to_string_lossy().contains("caracola-plugin"));
        assert_eq!(copies.count(), copies_kept);
    }
    Ok(())
}

#[test]
fn a_fence_around_the_server_itself_is_doubted() -> Result<()> {
    let plugin = Plugin::new()?;
    let told = told(&plugin.config("none", "network = true"), true)?;
    assert!(told.contains("`network` holds nobody to anything"), "{told}");
    Ok(())
}

#[test]
fn explain_tells_what_a_call_would_be() -> Result<()> {
    let plugin = Plugin::new()?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("commands.toml");
    for isolation in ISOLATIONS {
        fs::write(&file, plugin.config(isolation, "timeout = \"3s\""))?;
        let mut command = plain_command(env!("CARGO_BIN_EXE_caracolad").as_ref());
        command.args(["explain", "--user", "operator", "--config"]).arg(&file);
        let finished = Process::finish(command.arg("t.lock hunter2"))?;
        assert!(finished.status.success(), "{finished:?}");
        for part in [
            "Calls       t.lock",
            "tester 1",
            "libtester.so",
            "3s of time",
            "word = ***",
        ] {
            assert!(finished.stdout.contains(part), "{part}: {finished:?}");
        }
        assert!(!finished.stdout.contains("hunter2"), "{finished:?}");
    }
    Ok(())
}
