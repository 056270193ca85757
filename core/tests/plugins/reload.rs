//! Other versions of a plugin, loaded while the server serves.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use anyhow::{Context as _, Result, ensure};
use caracola_wire::Push;

use crate::fixture::{ISOLATIONS, Plugin, code};

const FOR_ALL: &str = "roles = [\"guest\"]";

#[test]
fn a_new_version_takes_over_without_a_failure() -> Result<()> {
    let plugin = Plugin::new()?;
    for isolation in ISOLATIONS {
        plugin.build("1", &[])?;
        let server = plugin.serve(isolation, FOR_ALL)?;
        let mut waiting = server.shell("ana")?;
        waiting.send(b"*2\r\n$3\r\nRUN\r\n$6\r\nt.wait\r\n")?;
        waiting.push_where(|push| matches!(push, Push::Out { .. }))?;
        let done = AtomicBool::new(false);
        thread::scope(|scope| -> Result<()> {
            let busy = scope.spawn(|| -> Result<(u32, u32)> {
                let mut library = server.connect()?;
                let (mut old, mut new) = (0, 0);
                while !done.load(Ordering::Relaxed) {
                    match library.run(&["t.greet", "ben"])?.as_str() {
                        "Hello ben from 1" => old += 1,
                        "Hello ben from 2" => new += 1,
                        other => anyhow::bail!("{other}"),
                    }
                }
                Ok((old, new))
            });
            // On save: nobody asks for it.
            let replaced = plugin
                .build("2", &[])
                .and_then(|()| server.wait_for_log("plugins_changed=\"t\""));
            let mut shell = server.shell("ben")?;
            let answer = shell.run(&["t.greet", "ben"])?;
            done.store(true, Ordering::Relaxed);
            replaced?;
            assert_eq!(answer, "Hello ben from 2");
            let (old, _) = busy.join().map_err(|_| anyhow::anyhow!("a panic"))??;
            ensure!(old > 0, "nothing was asked while the old version was active");
            Ok(())
        })
        .with_context(|| server.log())?;
        // What began with the old version ends with it.
        waiting.send(b"*1\r\n$6\r\nCANCEL\r\n")?;
        assert_eq!(code(&waiting.reply()?), "CANCELLED");
        assert_eq!(waiting.reply()?.as_integer(), Some(1));
        assert_eq!(waiting.run(&["t.greet", "ana"])?, "Hello ana from 2");
    }
    Ok(())
}

#[test]
fn a_broken_version_changes_nothing_and_is_told() -> Result<()> {
    let plugin = Plugin::new()?;
    for isolation in ISOLATIONS {
        for more in [FOR_ALL, "roles = [\"guest\"]\noptional = true"] {
            plugin.build("1", &[])?;
            let server = plugin.serve(isolation, more)?;
            let mut shell = server.shell("ana")?;
            plugin.build("2", &["-DBROKEN"])?;
            server.wait_for_log("it is broken on purpose")?;
            let told = server.operator(&["reload"])?;
            assert_eq!(told.status.success(), more.contains("optional"), "{told:?}");
            assert_eq!(shell.run(&["t.greet", "ana"])?, "Hello ana from 1");
            plugin.build("3", &[])?;
            server
                .wait_for_log("plugins_changed=\"t\"")
                .with_context(|| server.log())?;
            assert_eq!(shell.run(&["t.greet", "ana"])?, "Hello ana from 3");
        }
    }
    Ok(())
}

#[test]
fn a_version_that_makes_no_sense_changes_nothing_however_often_it_is_tried() -> Result<()> {
    let plugin = Plugin::new()?;
    for isolation in ISOLATIONS {
        for more in [FOR_ALL, "roles = [\"guest\"]\noptional = true"] {
            plugin.build("1", &[])?;
            let server = plugin.serve(isolation, more)?;
            let mut shell = server.shell("ana")?;
            plugin.build("2", &["-DMORE=\"nonsense = 1\""])?;
            server.wait_for_log("makes no sense")?;
            for _ in 0..3 {
                let told = server.operator(&["reload"])?;
                assert_eq!(told.status.success(), more.contains("optional"), "{told:?}");
                assert_eq!(shell.run(&["t.greet", "ana"])?, "Hello ana from 1");
            }
        }
    }
    Ok(())
}

#[test]
fn a_reload_tells_of_plugins() -> Result<()> {
    let plugin = Plugin::new()?;
    for isolation in ISOLATIONS {
        let server = plugin.serve(isolation, FOR_ALL)?;
        let file = server.folder().join("commands.toml");
        let mut door = server.door()?;
        assert!(door.run(&["reload"])?.starts_with("Nothing new"));
        std::fs::write(&file, "[access]\nguest = true\n")?;
        // It may have been seen already, on save.
        door.run(&["reload"])?;
        server.wait_for_log("plugins_removed=\"t\"")?;
        let mut shell = server.shell("ana")?;
        assert_eq!(code(&shell.request(&["RUN", "t.greet", "ana"])?), "UNKNOWN");
    }
    Ok(())
}
