//! The script of a demonstration: who types what where, and what must then appear.

use anyhow::{Context as _, Result, bail};

/// One line of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step<'p> {
    /// `ana$ caracola localhost`: a command in a terminal.
    Start(&'p str),
    /// `ana> ls`: a line at the prompt.
    Type(&'p str),
    /// `ana< text`: this appears on the screen.
    See(&'p str),
    /// `ana$`: what was started has ended.
    End,
}

/// Who does each step, and what; with the line of the script for messages.
pub(crate) fn steps(play: &str) -> impl Iterator<Item = Result<(&str, Step<'_>, &str)>> {
    let lines = play.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| {
        let (who, step) = step(line).with_context(|| format!("no step: {line}"))?;
        Ok((who, step, line))
    })
}

fn step(line: &str) -> Result<(&str, Step<'_>)> {
    let end = line.find(|letter: char| !letter.is_ascii_lowercase());
    let (who, rest) = line.split_at(end.context("it does nothing")?);
    let (sign, text) = rest.split_at(1);
    let text = text.trim();
    let step = match (sign, text) {
        _ if who.is_empty() => bail!("nobody does it"),
        ("$", "") => Step::End,
        ("$", command) => Step::Start(command),
        (_, "") => bail!("there is nothing to type or to see"),
        (">", line) => Step::Type(line),
        ("<", text) => Step::See(text),
        _ => bail!("{sign:?} is none of $ > <"),
    };
    Ok((who, step))
}

#[test]
fn each_kind_of_step_is_understood() -> Result<()> {
    let play = "# A title\n\nana$ caracola localhost\nana> say a < b\nana< a < b\nana$\n";
    let steps: Vec<_> = steps(play).collect::<Result<_>>()?;
    let steps: Vec<_> = steps.iter().map(|(who, step, _)| (*who, *step)).collect();
    let expected = [
        Step::Start("caracola localhost"),
        Step::Type("say a < b"),
        Step::See("a < b"),
        Step::End,
    ];
    assert_eq!(steps, expected.map(|step| ("ana", step)));
    for line in ["ana", "$ caracola", "ana>", "ana<  ", "Ana> ls", "ana: ls", "ana ls"] {
        assert!(step(line).is_err(), "{line}");
    }
    Ok(())
}
