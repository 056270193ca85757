//! Files of a loaded plugin that are overwritten in place, and many replacements under load.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use anyhow::{Result, anyhow, ensure};
use caracola_testing::{c_plugin_with, error_code, framed};

use super::fixture::{config_of, is_back, while_a_class_works};
use crate::builder;

/// How often it is replaced under load.
const REPLACEMENTS: u32 = 20;

const VERSIONED: &str = r#"
#include "caracola.h"
#include <string.h>

static const CaracolaHost *host;

static CaracolaStr str(const char *text) { return (CaracolaStr){(const uint8_t *)text, strlen(text)}; }

static int32_t start(const CaracolaStart *given, void **instance) {
    (void)instance;
    host = given->host;
    return 0;
}

static int32_t call(void *instance, const CaracolaCall *call) {
    (void)instance;
    return host->text(call->request, str(VERSION));
}

const CaracolaPlugin *caracola_plugin(void) {
    static CaracolaPlugin plugin;
    plugin = (CaracolaPlugin){.abi = CARACOLA_ABI_VERSION, .size = sizeof plugin, .start = start, .call = call};
    plugin.name = str("versioned");
    plugin.version = str(VERSION);
    plugin.definitions = str("[commands.version]\nsummary = 'Version'\n");
    return &plugin;
}
"#;

#[test]
fn a_file_that_is_overwritten_in_place_harms_nothing() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let good = fs::read(caracola_testing::plugin("caracola-hostile")?)?;
    let other = fs::read(caracola_testing::hostile_c(folder.path(), &[])?)?;
    let path = folder.path().join("plugin.so");
    for isolation in ["process", "none"] {
        fs::write(&path, &good)?;
        let server = builder()
            .config(
                config_of(&path.to_string_lossy(), isolation, "timeout = \"20s\"").replace("timeout = \"2s\"\n", ""),
            )
            .start()?;
        let (mut caller, mut naps) = (server.shell("caller")?, server.shell("naps")?);
        while_a_class_works(&server, || {
            // Began with the old one, and ends with it.
            naps.send(&framed(&["RUN", "h.nap", "3000"]))?;
            // What no compiler wrote, over the very bytes that are loaded.
            fs::write(&path, vec![0xcc; good.len()])?;
            let told = server.operator(&["reload"])?;
            ensure!(
                !told.status.success() && told.stderr.contains("is not a library"),
                "{told:?}"
            );
            // Half of a good one, as while it is copied.
            fs::write(&path, &other[..other.len() / 2])?;
            let told = server.operator(&["reload"])?;
            ensure!(
                !told.status.success() && told.stderr.contains("is cut short"),
                "{told:?}"
            );
            is_back(&mut caller)?;
            ensure!(caller.run(&["h.fine", "still here"])? == "still here");
            fs::write(&path, &other)?;
            // It may have been seen already, on save.
            server.operator(&["reload"])?.success()?;
            is_back(&mut caller)?;
            ensure!(caller.run(&["h.twice"])? == "first");
            ensure!(error_code(&caller.request(&["RUN", "h.nap", "1"])?) == "UNKNOWN");
            ensure!(caracola_wire::Reply::decode(&naps.reply()?)? == caracola_wire::Reply::Text("awake".into()));
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn many_replacements_fail_nobody() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let source = folder.path().join("versioned.c");
    fs::write(&source, VERSIONED)?;
    let mut versions = Vec::new();
    for version in ["1", "2"] {
        let library = c_plugin_with(&source, folder.path(), version, &[&format!("VERSION=\"{version}\"")])?;
        versions.push(fs::read(library)?);
    }
    let path = folder.path().join("plugin.so");
    for isolation in ["process", "none"] {
        fs::write(&path, &versions[0])?;
        let server = builder()
            .config(config_of(&path.to_string_lossy(), isolation, ""))
            .start()?;
        let done = AtomicBool::new(false);
        while_a_class_works(&server, || {
            let mut caller = server.shell("caller")?;
            thread::scope(|scope| {
                let busy = scope.spawn(|| -> Result<u32> {
                    let mut library = server.connect()?;
                    let mut count = 0;
                    while !done.load(Ordering::Relaxed) {
                        let said = library.run(&["h.version"])?;
                        ensure!(matches!(said.as_str(), "1" | "2"), "{said}");
                        count += 1;
                    }
                    Ok(count)
                });
                let replaced = (1..=REPLACEMENTS).try_for_each(|number| -> Result<()> {
                    let version = (number % 2) as usize;
                    let new = folder.path().join("new.so");
                    if number % 4 < 2 {
                        fs::write(&path, &versions[version])?;
                    } else {
                        fs::write(&new, &versions[version])?;
                        fs::rename(&new, &path)?;
                    }
                    server.operator(&["reload"])?.success()?;
                    let said = caller.run(&["h.version"])?;
                    ensure!(said == (version + 1).to_string(), "replacement {number}: {said}");
                    Ok(())
                });
                done.store(true, Ordering::Relaxed);
                let asked = busy.join().map_err(|_| anyhow!("a panic"))?;
                replaced?;
                ensure!(asked? > REPLACEMENTS, "nothing was asked meanwhile");
                Ok(())
            })
        })?;
    }
    Ok(())
}
