//! Learn, then do: the class's folders, as the page has them in each language.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};
use caracola_testing::{Process, plugin};

use crate::book::CLASS;
use crate::first_command::listening;
use crate::shell;

/// The chapter in one language.
struct Chapter {
    heading: &'static str,
    /// The block that starts the server.
    block: &'static str,
    language: &'static str,
    /// What the lines of its table say, in order.
    said: [&'static str; 5],
}

const ENGLISH: Chapter = Chapter {
    heading: "Learn, then do",
    block: "practice",
    language: "en",
    said: [
        "plan.txt",
        "buy bread",
        "notes/",
        "plan.txt",
        "List what a folder contains",
    ],
};

const SPANISH: Chapter = Chapter {
    heading: "Aprender y luego hacer",
    block: "practice-es",
    language: "es",
    said: [
        "plan.txt",
        "comprar pan",
        "apuntes/",
        "plan.txt",
        "Lista lo que contiene una carpeta",
    ],
};

impl Chapter {
    /// The lines of the table, as a script.
    fn lines(&self) -> Result<String> {
        let mut script = CLASS.lines_to_type(self.heading)?.join("\n");
        script.push('\n');
        Ok(script)
    }

    fn is_told_in(&self, said: &str) {
        let mut rest = said;
        for part in self.said {
            let found = rest.split_once(part).map(|(_, after)| after);
            let Some(after) = found else {
                panic!("{part:?} is missing, or not in its place, in {said}");
            };
            rest = after;
        }
        for card in ["Nothing was run", "No se ejecutó nada"] {
            assert!(!said.contains(card), "{said}");
        }
    }

    /// A server as the page starts it, and a client that types the lines.
    fn is_true(&self) -> Result<()> {
        let folder = tempfile::tempdir()?;
        let started = CLASS.block(self.block)?;
        let (before, last) = started.trim_end().rsplit_once('\n').context("one line only")?;
        let mut command = practising(&format!("{before}\nexec {last}\n"), folder.path())?;
        command
            .env("STATE_DIRECTORY", folder.path().join("state"))
            .env("CARACOLA_LISTEN", "127.0.0.1:0");
        let server = Process::start(&mut command)?;
        let (address, fingerprint) = listening(&server)?;
        let script = format!(
            "caracola --lang {} --fingerprint {fingerprint} <<'END'\n{}END\n",
            self.language,
            self.lines()?
        );
        let mut client = shell(&script, folder.path())?;
        let said = Process::finish(client.env("CARACOLA_HOST", address))?.success()?;
        self.is_told_in(&said);
        assert!(folder.path().join("lab/workspaces").is_dir());
        Ok(())
    }

    /// `line`, which stands on the page, with the lines of the table for its script.
    fn is_tried_by(&self, line: &str) -> Result<()> {
        assert!(CLASS.spans().iter().any(|span| span == line), "{line}");
        let folder = tempfile::tempdir()?;
        let script = format!("{line} <<'END'\n{}END\n", self.lines()?);
        let said = Process::finish(&mut practising(&script, folder.path())?)?.success()?;
        self.is_told_in(&said);
        Ok(())
    }
}

/// Runs a shell's script where the workspace plugin is found.
fn practising(script: &str, folder: &Path) -> Result<Command> {
    let library = plugin("caracola-workspace")?;
    let beside = library.parent().context("the plugin is in no folder")?;
    let mut command = shell(script, folder)?;
    command.env("CARACOLA_PLUGIN_DIR", beside);
    Ok(command)
}

#[test]
fn a_class_does_what_the_cards_teach() -> Result<()> {
    ENGLISH.is_true()
}

#[test]
fn la_clase_hace_lo_que_dicen_las_fichas() -> Result<()> {
    SPANISH.is_true()
}

#[test]
fn one_tries_it_alone() -> Result<()> {
    ENGLISH.is_tried_by("caracola try --practice")
}

#[test]
fn tambien_se_prueba_a_solas() -> Result<()> {
    SPANISH.is_tried_by("caracola try --practice --lang es")
}
