//! The documents, taken apart.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

/// A page of the project, in Markdown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Document {
    /// Its path from the top of the tree.
    path: &'static str,
    pub(crate) text: &'static str,
}

macro_rules! document {
    ($path:literal) => {
        Document {
            path: $path,
            text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../", $path)),
        }
    };
}

/// What everybody reads first.
pub(crate) const README: Document = document!("README.md");
/// The admin's guide.
pub(crate) const ADMIN: Document = document!("core/README.md");
/// The class's folders, and the demonstration.
pub(crate) const CLASS: Document = document!("core/docs/class.md");
/// Recipes for script authors, and exit statuses.
pub(crate) const SCRIPTS: Document = document!("core/docs/scripts.md");
/// The client's page.
pub(crate) const SHELL: Document = document!("client/README.md");

/// Those whose examples are run here; the SDK's tests run those of `plugins/README.md`.
pub(crate) const TESTED: [Document; 5] = [README, ADMIN, CLASS, SCRIPTS, SHELL];

/// How the code is laid out.
const ARCHITECTURE: Document = document!("ARCHITECTURE.md");

/// Those in which only links are followed.
const LINKED: [Document; 4] = [
    document!("core/docs/commands.toml.md"),
    document!("plugins/README.md"),
    ARCHITECTURE,
    document!("CHANGELOG.md"),
];

/// What stands between two fences.
#[derive(Debug)]
pub(crate) struct Block {
    /// The name in the comment `<!-- test: NAME -->` on the line before.
    pub(crate) name: Option<&'static str>,
    /// What the fence says about the language.
    pub(crate) language: &'static str,
    pub(crate) lines: Vec<&'static str>,
}

/// A test's name from a line that is a comment for tests.
fn name_of(line: &'static str) -> Option<&'static str> {
    line.strip_prefix("<!-- test: ")?.strip_suffix(" -->")
}

/// All blocks of a text, and the lines outside of them.
fn parts(text: &'static str) -> (Vec<Block>, Vec<&'static str>) {
    let (mut blocks, mut prose) = (Vec::new(), Vec::new());
    let mut name = None;
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let lines = lines.by_ref().take_while(|line| !line.starts_with("```")).collect();
            blocks.push(Block { name, language, lines });
        } else {
            prose.push(line);
        }
        name = name_of(line);
    }
    (blocks, prose)
}

impl Document {
    pub(crate) fn blocks(self) -> Vec<Block> {
        parts(self.text).0
    }

    /// The text of the block with this name.
    pub(crate) fn block(self, name: &str) -> Result<String> {
        let block = self.blocks().into_iter().find(|block| block.name == Some(name));
        let lines = block
            .with_context(|| format!("{} has no block {name}", self.path))?
            .lines;
        Ok(lines.join("\n") + "\n")
    }

    /// What stands between backquotes outside of blocks. A span may go on in the next line.
    pub(crate) fn spans(self) -> Vec<String> {
        let prose = parts(self.text).1.join("\n");
        // A span doesn't go on in the next paragraph; one that seems to would turn all that follows inside out.
        let paragraphs = prose.split("\n\n").flat_map(|text| text.split("\n|"));
        paragraphs
            .flat_map(|text| text.split('`').skip(1).step_by(2))
            .map(|span| span.replace('\n', " "))
            .collect()
    }

    /// The section under this heading, up to the next of its rank.
    pub(crate) fn section(self, heading: &str) -> Result<&'static str> {
        let (_, after) = self
            .text
            .split_once(&format!("\n## {heading}\n"))
            .with_context(|| format!("{} has no section {heading}", self.path))?;
        Ok(after.split("\n## ").next().unwrap_or(after))
    }

    /// The tables of a section: of each the cells by row, without the row that heads them.
    pub(crate) fn tables(self, heading: &str) -> Result<Vec<Vec<Vec<&'static str>>>> {
        let mut tables: Vec<Vec<Vec<_>>> = Vec::new();
        let mut before = "";
        for line in self.section(heading)?.lines() {
            if let Some(row) = line.strip_prefix("| ").and_then(|row| row.strip_suffix(" |")) {
                if !before.starts_with('|') {
                    tables.push(Vec::new());
                }
                let table = tables.last_mut().context("a row before any table")?;
                table.push(row.split(" | ").collect());
            }
            before = line;
        }
        for table in &mut tables {
            let is_rule = |row: &Vec<&str>| row.iter().all(|cell| *cell == "---");
            ensure!(table.get(1).is_some_and(is_rule), "a table without a head in {heading}");
            table.drain(..2);
        }
        Ok(tables)
    }

    /// The rows of the one table of a section.
    pub(crate) fn rows(self, heading: &str) -> Result<Vec<Vec<&'static str>>> {
        let tables = self.tables(heading)?;
        ensure!(
            tables.len() == 1,
            "{} tables in {heading} of {}",
            tables.len(),
            self.path
        );
        tables.into_iter().next().context("no table")
    }

    /// The lines that a section's table tells to type: what stands between backquotes in the first column.
    pub(crate) fn lines_to_type(self, heading: &str) -> Result<Vec<&'static str>> {
        self.rows(heading)?
            .iter()
            .map(|row| row.first()?.strip_prefix('`')?.strip_suffix('`'))
            .collect::<Option<Vec<_>>>()
            .with_context(|| format!("a row without a line in {heading} of {}", self.path))
    }
}

/// The names of a page's headings in links, as GitHub makes them.
fn anchors(text: &str) -> Vec<String> {
    let anchor = |heading: &str| {
        let kept = heading
            .chars()
            .filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
        kept.collect::<String>().to_lowercase().replace(' ', "-")
    };
    let mut in_block = false;
    let headings = text.lines().filter(|line| {
        in_block ^= line.starts_with("```");
        !in_block && line.starts_with('#')
    });
    headings
        .map(|line| anchor(line.trim_start_matches('#').trim()))
        .collect()
}

/// Follows a link of a page, to the heading that it names if it names one.
fn follow(document: Document, link: &str) -> Result<()> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = top.join(document.path);
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    let target: PathBuf = match path {
        "" => page,
        path => page.parent().context("a page in no folder")?.join(path),
    };
    ensure!(target.exists(), "there is no {}", target.display());
    if !anchor.is_empty() {
        let anchors = anchors(&fs::read_to_string(&target)?);
        ensure!(anchors.iter().any(|known| known == anchor), "#{anchor} in {anchors:?}");
    }
    Ok(())
}

#[test]
fn the_two_commands_stand_at_the_top() -> Result<()> {
    let blocks = README.blocks();
    let first = blocks.first().context("no block")?;
    let commands: Vec<_> = first.lines.iter().filter_map(|line| line.split(" #").next()).collect();
    let commands: Vec<_> = commands.iter().map(|command| command.trim()).collect();
    assert_eq!(
        commands,
        [
            "cargo build --release && target/release/caracola try",
            "cargo test --workspace"
        ]
    );
    Ok(())
}

/// The page that everybody reads first is one that everybody can read.
#[test]
fn the_first_page_is_short() {
    let lines = README.text.lines().count();
    assert!(lines <= 300, "{lines} lines");
}

#[test]
fn it_asks_for_the_rust_that_the_packages_ask_for() {
    let version = env!("CARGO_PKG_RUST_VERSION");
    assert!(
        README
            .text
            .contains(&format!("[Rust](https://rustup.rs) {version} or later")),
        "{version}"
    );
}

#[test]
fn no_two_blocks_have_one_name() {
    let mut seen = BTreeSet::new();
    for document in TESTED {
        for name in document.blocks().iter().filter_map(|block| block.name) {
            assert!(seen.insert(name), "{name} stands twice");
        }
    }
    assert!(seen.len() > 12, "{seen:?}");
}

/// Those to other pages, to headings and to files; not those to other sites.
#[test]
fn links_lead_somewhere() -> Result<()> {
    let mut followed = 0;
    for document in TESTED.into_iter().chain(LINKED) {
        let prose = parts(document.text).1.join("\n");
        let links = prose
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
            .filter(|link| !link.starts_with("http"));
        for link in links {
            follow(document, link).with_context(|| format!("the link {link} of {}", document.path))?;
            followed += 1;
        }
    }
    assert!(followed > 30, "{followed} links");
    for link in ["no.md", "#no-such-heading", "core/README.md#no-such-heading"] {
        assert!(follow(README, link).is_err(), "{link}");
    }
    Ok(())
}

/// All files and folders of the tree, as paths from its top.
fn tree() -> Result<Vec<String>> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    let mut folders = vec![top.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.strip_prefix(&top)?.to_string_lossy().into_owned();
            if path.is_dir() && name != "target" && name != ".git" {
                folders.push(path);
            }
            found.push(name);
        }
    }
    Ok(found)
}

/// Whether a span of code names a file or folder of the tree, rather than a word of the code or a file of somebody's own.
fn is_path(span: &str) -> bool {
    let is_plain = span
        .chars()
        .all(|letter| letter.is_ascii_alphanumeric() || "/._-".contains(letter));
    let within = ["core/", "client/", "plugins/"].iter().any(|top| span.starts_with(top));
    is_plain && (within || Path::new(span).extension().is_some_and(|extension| extension == "rs"))
}

/// A path may be told from its top, or by its end where that is clear.
#[test]
fn files_that_the_architecture_names_are_there() -> Result<()> {
    let tree = tree()?;
    let is_there = |path: &str| {
        let path = path.trim_end_matches('/');
        tree.iter()
            .any(|known| known == path || known.ends_with(&format!("/{path}")))
    };
    let paths: BTreeSet<_> = ARCHITECTURE.spans().into_iter().filter(|span| is_path(span)).collect();
    assert!(paths.len() > 60, "{paths:?}");
    let gone: Vec<_> = paths.iter().filter(|path| !is_there(path)).collect();
    assert!(gone.is_empty(), "{gone:?}");
    Ok(())
}
