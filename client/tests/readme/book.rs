//! The README, taken apart.

use anyhow::{Context as _, Result};

/// The whole of it.
pub(crate) const TEXT: &str = include_str!("../../../README.md");

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

/// All blocks, and the lines outside of them.
fn parts() -> (Vec<Block>, Vec<&'static str>) {
    let (mut blocks, mut prose) = (Vec::new(), Vec::new());
    let mut name = None;
    let mut lines = TEXT.lines();
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

pub(crate) fn blocks() -> Vec<Block> {
    parts().0
}

/// The text of the block with this name.
pub(crate) fn block(name: &str) -> Result<String> {
    let block = blocks().into_iter().find(|block| block.name == Some(name));
    let lines = block.with_context(|| format!("the README has no block {name}"))?.lines;
    Ok(lines.join("\n") + "\n")
}

/// What stands between backquotes outside of blocks. A span may go on in the next line.
pub(crate) fn spans() -> Vec<String> {
    let prose = parts().1.join("\n");
    // A span doesn't go on in the next paragraph; one that seems to would turn all that follows inside out.
    let paragraphs = prose.split("\n\n").flat_map(|text| text.split("\n|"));
    paragraphs
        .flat_map(|text| text.split('`').skip(1).step_by(2))
        .map(|span| span.replace('\n', " "))
        .collect()
}

/// The section under this heading, up to the next of its rank.
pub(crate) fn section(heading: &str) -> Result<&'static str> {
    let (_, after) = TEXT
        .split_once(&format!("\n## {heading}\n"))
        .with_context(|| format!("the README has no section {heading}"))?;
    Ok(after.split("\n## ").next().unwrap_or(after))
}

/// The cells of a section's tables, without the rows that head them.
pub(crate) fn rows(heading: &str) -> Result<Vec<Vec<&'static str>>> {
    let lines = section(heading)?.lines();
    let rows = lines.filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    let rows: Vec<Vec<_>> = rows.map(|row| row.split(" | ").collect()).collect();
    let after = |rule: usize| rows.get(rule + 1..).unwrap_or_default().to_vec();
    let rule = rows.iter().position(|row| row.iter().all(|cell| *cell == "---"));
    rule.map(after).with_context(|| format!("no table in {heading}"))
}

#[test]
fn the_two_commands_stand_at_the_top() -> Result<()> {
    let blocks = blocks();
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

#[test]
fn it_asks_for_the_rust_that_the_packages_ask_for() {
    let version = env!("CARGO_PKG_RUST_VERSION");
    assert!(
        TEXT.contains(&format!("[Rust](https://rustup.rs) {version} or later")),
        "{version}"
    );
}

/// Those on this page, as GitHub makes them from headings.
#[test]
fn links_lead_somewhere() {
    let anchor = |heading: &str| {
        let kept = heading
            .chars()
            .filter(|letter| letter.is_alphanumeric() || " -".contains(*letter));
        kept.collect::<String>().to_lowercase().replace(' ', "-")
    };
    let prose = parts().1;
    let headings = prose.iter().filter(|line| line.starts_with('#'));
    let anchors: Vec<_> = headings
        .map(|line| anchor(line.trim_start_matches('#').trim()))
        .collect();
    let links: Vec<_> = TEXT
        .split("](#")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .collect();
    assert!(!links.is_empty());
    for link in links {
        assert!(anchors.iter().any(|anchor| anchor == link), "#{link} in {anchors:?}");
    }
}
