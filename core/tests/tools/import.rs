//! `caracolad import tldr` from outside: what it writes, what it tells, and what a server makes of it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use caracola_testing::{Finished, Process, TestServer, plain_command};
use caracola_wire::{Card, Reply, Table};
use tempfile::TempDir;

const BINARY: &str = env!("CARGO_BIN_EXE_caracolad");

/// A file that includes what was imported.
const INCLUDING: &str = "include = [\"commands.d/*.toml\"]\n[access]\nguest = true\n";

/// A folder with pages of our own making in `tldr`, and room for a server.
struct Place(TempDir);

impl Place {
    fn new() -> Result<Self> {
        let place = Place(tempfile::tempdir()?);
        place.page(
            "pages/common/quay-dock.md",
            "quay dock",
            "Dock a ship.",
            "quay dock {{[-s|--ship]}} {{ship}}",
        )?;
        place.page(
            "pages.es/common/quay-dock.md",
            "quay dock",
            "Atraca un barco.",
            "quay dock -s {{barco}}",
        )?;
        place.page("pages/common/!.md", "!", "Call the whole crew.", "! {{name}}")?;
        place.page("pages/osx/ls.md", "ls", "List ships.", "ls {{[-a|--all]}}")?;
        Ok(place)
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn page(&self, path: &str, title: &str, description: &str, command: &str) -> Result<()> {
        let path = self.path("tldr").join(path);
        fs::create_dir_all(path.parent().context("no folder")?)?;
        let words = description.trim_end_matches('.');
        let page = format!("# {title}\n\n> {description}\n\n- {words}:\n\n`{command}`\n");
        Ok(fs::write(path, page)?)
    }

    /// Imports its pages into `out`.
    fn import(&self, out: &str, arguments: &[&str]) -> Result<Finished> {
        import(&self.path("tldr"), &self.path(out), arguments)
    }
}

fn import(folder: &Path, out: &Path, arguments: &[&str]) -> Result<Finished> {
    let mut command = plain_command(Path::new(BINARY));
    command
        .args(["import", "tldr"])
        .arg(folder)
        .arg("--out")
        .arg(out)
        .args(arguments);
    Process::finish(&mut command)
}

fn check(config: &str) -> Result<Finished> {
    Process::finish(plain_command(Path::new(BINARY)).args(["check", config]))
}

fn card(reply: Reply) -> Result<Card> {
    match reply {
        Reply::Card(card) => Ok(card),
        other => anyhow::bail!("no card: {other:?}"),
    }
}

fn table(reply: Reply) -> Result<Table> {
    match reply {
        Reply::Table(table) => Ok(table),
        other => anyhow::bail!("no table: {other:?}"),
    }
}

#[test]
fn what_is_imported_is_served_in_both_languages() -> Result<()> {
    let place = Place::new()?;
    let imported = place.import("commands.d/tldr.toml", &[])?;
    assert_eq!(imported.stdout, "");
    for told in [
        "Pages read: 3 in en, 1 in es\n",
        "Cards written: 3 (3 in en, 1 in es)",
        "Skipped: 0\n",
    ] {
        assert!(imported.stderr.contains(told), "{}", imported.stderr);
    }
    imported.success()?;
    let server = TestServer::builder()
        .binary(BINARY)
        .folder(place.path(""))
        .config(INCLUDING)
        .start()?;
    let mut ana = server.shell("ana")?;
    let quay = card(ana.run_typed(&["quay", "dock"])?)?;
    assert_eq!(quay.summary, "Dock a ship");
    assert_eq!(quay.examples[0].run, "quay dock --ship ship");
    assert_eq!(quay.see_also, ["tldr-pages"]);
    assert_eq!(card(ana.run_typed(&["!"])?)?.summary, "Call the whole crew");
    let found = table(ana.run_typed(&["help", "list ships"])?)?;
    assert_eq!(found.rows, [["ls", "List ships (macOS)"]]);
    let mut eva = server.connect()?;
    eva.be_shell("eva", "es_MX.UTF-8")?;
    let quay = card(eva.run_typed(&["quay", "dock"])?)?;
    assert_eq!(
        (quay.summary.as_str(), quay.examples[0].about.as_str()),
        ("Atraca un barco", "Atraca un barco")
    );
    assert_eq!(quay.examples[0].run, "quay dock --ship ship");
    Ok(())
}

#[test]
fn a_file_with_cards_of_its_own_keeps_them() -> Result<()> {
    let place = Place::new()?;
    let own = format!("{INCLUDING}[commands.ls]\nsummary = \"Our own list\"\nexamples = []\n");
    fs::write(place.path("commands.toml"), &own)?;
    let config = place.path("commands.toml").display().to_string();
    for arguments in [&["--config", &config][..], &["--config", &config, "--force"]] {
        let imported = place.import("commands.d/tldr.toml", arguments)?;
        assert!(imported.stderr.contains("pages/osx/ls.md: "), "{}", imported.stderr);
        assert!(
            imported.stderr.contains("commands.toml defines `ls` itself"),
            "{}",
            imported.stderr
        );
        imported.success()?;
    }
    let server = TestServer::builder()
        .binary(BINARY)
        .folder(place.path(""))
        .config(own)
        .start()?;
    let mut ana = server.shell("ana")?;
    assert_eq!(card(ana.run_typed(&["ls"])?)?.summary, "Our own list");
    assert_eq!(card(ana.run_typed(&["quay", "dock"])?)?.summary, "Dock a ship");
    Ok(())
}

#[test]
fn a_file_that_does_not_go_with_its_includer_is_made_again() -> Result<()> {
    let place = Place::new()?;
    let config = place.path("commands.toml").display().to_string();
    // Included by name before it is there.
    let own = "include = [\"tldr.toml\"]\n[access]\nguest = true\n[commands.ls]\nsummary = \"Ours\"\nexamples = []\n";
    fs::write(place.path("commands.toml"), own)?;
    place.import("tldr.toml", &["--config", &config])?.success()?;
    // Made without a look at the includer: both have `ls`, and neither server nor check takes that.
    place.import("tldr.toml", &["--force"])?.success()?;
    let checked = check(&config)?;
    assert_eq!(checked.status.code(), Some(2), "{}", checked.stderr);
    // The way out that the report names.
    place
        .import("tldr.toml", &["--config", &config, "--force"])?
        .success()?;
    check(&config)?.success()?;
    Ok(())
}

#[test]
fn a_file_is_replaced_only_when_asked_and_never_half_written() -> Result<()> {
    let place = Place::new()?;
    place.import("tldr.toml", &["--lang", "en"])?.success()?;
    let out = place.path("tldr.toml");
    let first = fs::read_to_string(&out)?;
    assert!(!first.contains("Atraca"));
    assert_eq!(fs::metadata(&out)?.permissions().mode() & 0o022, 0);
    let refused = place.import("tldr.toml", &[])?;
    assert_eq!(refused.status.code(), Some(1));
    assert!(refused.stderr.contains("--force to replace it"), "{}", refused.stderr);
    assert_eq!(fs::read_to_string(&out)?, first);
    place.import("tldr.toml", &["--force"])?.success()?;
    assert!(fs::read_to_string(&out)?.contains("Atraca"));
    let mut left: Vec<_> = fs::read_dir(place.path(""))?
        .map(|entry| Ok(entry?.file_name()))
        .collect::<Result<_>>()?;
    left.sort();
    assert_eq!(left, ["tldr", "tldr.toml"]);
    Ok(())
}

#[test]
fn where_nothing_can_be_written_nothing_is() -> Result<()> {
    let place = Place::new()?;
    fs::create_dir_all(place.path("empty"))?;
    let empty = import(&place.path("empty"), &place.path("new/tldr.toml"), &[])?;
    assert_eq!(empty.status.code(), Some(1));
    assert!(empty.stderr.contains("there is no folder `pages`"), "{}", empty.stderr);
    let french = place.import("new/tldr.toml", &["--lang", "fr"])?;
    assert_eq!(french.status.code(), Some(1));
    assert!(french.stderr.contains("there are some in en, es"), "{}", french.stderr);
    fs::write(place.path("broken.toml"), "[commands.x]\nsumary = \"x\"\n")?;
    let broken = place.path("broken.toml").display().to_string();
    let broken = place.import("new/tldr.toml", &["--config", &broken])?;
    assert_eq!(broken.status.code(), Some(2));
    assert!(broken.stderr.contains("did you mean `summary`?"), "{}", broken.stderr);
    assert!(!place.path("new").exists());
    fs::write(place.path("file"), "")?;
    let blocked = place.import("file/tldr.toml", &[])?;
    assert_eq!(blocked.status.code(), Some(1));
    assert!(blocked.stderr.contains("cannot make the folder"), "{}", blocked.stderr);
    Ok(())
}

#[test]
fn thousands_of_pages_make_a_server_that_is_pleasant_to_use() -> Result<()> {
    const PAGES: usize = 7200;
    let place = Place::new()?;
    for number in 0..PAGES {
        let platform = ["common", "common", "common", "linux", "windows"][number % 5];
        let (stem, title) = (format!("ship{number}-row"), format!("ship{number} row"));
        let command = format!("ship{number} row {{{{[-f|--fast]}}}} {{{{path/to/sea}}}}");
        let english = format!("Row ship {number} over sea {}.", number % 100);
        place.page(&format!("pages/{platform}/{stem}.md"), &title, &english, &command)?;
        if number % 4 == 0 {
            let spanish = format!("Rema el barco {number} por el mar {}.", number % 100);
            place.page(&format!("pages.es/{platform}/{stem}.md"), &title, &spanish, &command)?;
        }
    }
    let imported = place.import("commands.d/tldr.toml", &[])?;
    let told = format!(
        "Cards written: {} ({} in en, {} in es)",
        PAGES + 3,
        PAGES + 3,
        PAGES / 4 + 1
    );
    assert!(imported.stderr.contains(&told), "{}", imported.stderr);
    imported.success()?;
    let server = TestServer::builder()
        .binary(BINARY)
        .folder(place.path(""))
        .config(INCLUDING)
        .start()?;
    assert!(!server.log().contains("warning"), "{}", server.log());
    let mut ana = server.shell("ana")?;
    let Reply::Text(help) = ana.run_typed(&["help"])? else {
        anyhow::bail!("no text")
    };
    assert!(help.lines().count() < 150, "{help}");
    assert!(help.contains("help tldr pages"), "{help}");
    let found = table(ana.run_typed(&["help", "sea 42"])?)?;
    assert_eq!(found.rows.len(), 50);
    let found = card(ana.run_typed(&["ship4321", "row"])?)?;
    assert_eq!(found.summary, "Row ship 4321 over sea 21");
    Ok(())
}
