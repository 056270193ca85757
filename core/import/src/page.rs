//! One page: from Markdown to what it says.

use super::prose;
use super::template::Template;

/// The most examples taken from one page. Those of tldr-pages have eight at the most.
const MOST_EXAMPLES: usize = 64;

/// The longest command line taken, in bytes. A longer one is left out: cut, it would do something else.
const LONGEST_LINE: usize = 1000;

/// The longest command line read at all, placeholders and all, in bytes.
const LONGEST_TEMPLATE: usize = 4 * LONGEST_LINE;

/// What is told of one.
const TOO_LONG: &str = "an example longer than 1,000 bytes was left out";

/// The most commands that a page may name to be seen too.
const MOST_SEE_ALSO: usize = 16;

/// What a page says.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// Its heading: the name of the command as it is typed.
    pub(super) title: String,
    /// The lines about the command, without the ones below.
    pub(super) description: Vec<String>,
    /// Where more about it can be read.
    pub(super) more_information: Option<String>,
    /// The commands that it tells the reader to see too.
    pub(super) see_also: Vec<String>,
    /// How the command is used.
    pub(super) examples: Vec<PageExample>,
    /// What could not be taken over, with its line.
    pub(super) oddities: Vec<Oddity>,
}

/// A use of the command.
#[derive(Debug)]
pub(super) struct PageExample {
    pub(super) about: String,
    pub(super) command: Template,
}

/// Something in a page that could not be taken over as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Oddity {
    /// From 1; 0 for the page as a whole.
    pub(super) line: usize,
    /// What was done about what.
    pub(super) what: &'static str,
}

/// Why a text is not a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotAPage {
    #[error("it has no heading (`# name`)")]
    NoTitle,
    #[error("it has neither a description (`> ...`) nor an example")]
    Nothing,
}

/// Reads a page. No text makes it fail in any other way than these.
pub(super) fn read(text: &str) -> Result<Page, NotAPage> {
    let (text, hidden) = prose::visible(text);
    let mut reading = Reading::default();
    if hidden > 0 {
        reading.odd(0, "characters that cannot be printed were taken out");
    }
    for (number, line) in (1..).zip(text.lines()) {
        reading.line(number, line.trim());
    }
    reading.finish()
}

#[derive(Debug, Default)]
struct Reading {
    page: Page,
    /// The lines of the description, and the address in each that could be where more about the command can be read.
    description: Vec<(String, Option<String>)>,
    /// Words that await their command line, and where they stand.
    pending: Option<(usize, String)>,
}

impl Reading {
    fn odd(&mut self, line: usize, what: &'static str) {
        self.page.oddities.push(Oddity { line, what });
    }

    fn line(&mut self, number: usize, line: &str) {
        if line.is_empty() {
            return;
        }
        if let Some(title) = line.strip_prefix("# ") {
            if self.page.title.is_empty() {
                title.trim().clone_into(&mut self.page.title);
            } else {
                self.odd(number, "a second heading was left out");
            }
        } else if let Some(description) = line.strip_prefix('>') {
            self.description(number, description.trim());
        } else if let Some(about) = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")) {
            self.without_command();
            self.pending = Some((number, about.to_owned()));
        } else if line.starts_with('`') {
            self.command(number, line);
        } else {
            self.odd(number, "a line that is not part of a page was left out");
        }
    }

    fn description(&mut self, number: usize, line: &str) {
        if let Some(names) = prose::see_also(line) {
            self.page.see_also.extend(names);
            if self.page.see_also.len() > MOST_SEE_ALSO {
                self.page.see_also.truncate(MOST_SEE_ALSO);
                self.odd(number, "commands to see also past the 16th were left out");
            }
            return;
        }
        let plain = prose::plain(line);
        if plain.is_empty() {
            self.odd(number, "an empty line of the description was left out");
        } else {
            let address = prose::more_information(line).map(str::to_owned);
            self.description.push((plain, address));
        }
    }

    fn command(&mut self, number: usize, line: &str) {
        let Some((_, about)) = self.pending.take() else {
            self.odd(number, "a command line without words about it was left out");
            return;
        };
        let Some(command) = between_ticks(line) else {
            self.odd(number, "a command line without a closing backquote was left out");
            return;
        };
        if command.len() > LONGEST_TEMPLATE {
            self.odd(number, TOO_LONG);
            return;
        }
        let command = Template::parse(&prose::copyable(command));
        let (about, was_cut) = prose::about(&about);
        let shown = command.shown(super::OptionForm::Long);
        if shown.is_empty() || command.shown(super::OptionForm::Short).is_empty() || about.is_empty() {
            self.odd(number, "an example with nothing in it was left out");
        } else if shown.len() > LONGEST_LINE {
            self.odd(number, TOO_LONG);
        } else if self.page.examples.len() == MOST_EXAMPLES {
            self.odd(number, "an example past the 64th was left out");
        } else {
            if was_cut {
                self.odd(number, "words about an example longer than 500 columns were cut");
            }
            self.page.examples.push(PageExample { about, command });
        }
    }

    fn without_command(&mut self) {
        if let Some((number, _)) = self.pending.take() {
            self.odd(number, "words without a command line were left out");
        }
    }

    fn finish(mut self) -> Result<Page, NotAPage> {
        self.without_command();
        // The last one: an address before it is one that the description mentions.
        let more = self.description.iter().rposition(|(_, address)| address.is_some());
        self.page.more_information = more.and_then(|more| self.description.remove(more).1);
        self.page.description = self.description.into_iter().map(|(line, _)| line).collect();
        if self.page.title.is_empty() {
            return Err(NotAPage::NoTitle);
        }
        if self.page.description.is_empty() && self.page.examples.is_empty() {
            return Err(NotAPage::Nothing);
        }
        Ok(self.page)
    }
}

/// Code between as many backquotes as it begins with; more than one lets the code have backquotes in it.
fn between_ticks(line: &str) -> Option<&str> {
    let ticks = line.bytes().take_while(|byte| *byte == b'`').count();
    let (opening, rest) = line.split_at(ticks);
    let code = rest.strip_suffix(opening)?;
    Some(if ticks > 1 { code.trim() } else { code })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OptionForm;

    const QUAY: &str = "\
# quay dock

> Dock a ship at the quay.
> Mind the tide, see: <https://example.org/tide>.
> See also: `pier`, `buoy light`.
> More information: <https://example.org/quay>.

- Dock a ship:

`quay dock {{[-s|--ship]}} {{ship}}`

- Leave with `all` ships:

`quay leave *`
";

    fn told(text: &str) -> Vec<(usize, &'static str)> {
        let page = read(text).unwrap();
        page.oddities.iter().map(|oddity| (oddity.line, oddity.what)).collect()
    }

    #[test]
    fn a_page_is_read() {
        let page = read(QUAY).unwrap();
        assert_eq!(page.title, "quay dock");
        assert_eq!(
            page.description,
            [
                "Dock a ship at the quay.",
                "Mind the tide, see: https://example.org/tide."
            ]
        );
        assert_eq!(page.more_information.as_deref(), Some("https://example.org/quay"));
        assert_eq!(page.see_also, ["pier", "buoy light"]);
        let examples: Vec<(String, &str)> = page
            .examples
            .iter()
            .map(|example| (example.command.shown(OptionForm::Long), example.about.as_str()))
            .collect();
        assert_eq!(examples[0], ("quay dock --ship ship".to_owned(), "Dock a ship"));
        assert_eq!(examples[1], ("quay leave *".to_owned(), "Leave with all ships"));
        assert!(page.oddities.is_empty());
    }

    #[test]
    fn line_ends_of_windows_and_a_mark_of_byte_order_do_no_harm() {
        let odd = format!("\u{feff}{}", QUAY.replace('\n', "\r\n"));
        let page = read(&odd).unwrap();
        assert_eq!((page.title.as_str(), page.examples.len()), ("quay dock", 2));
        assert!(page.oddities.is_empty());
    }

    #[test]
    fn code_may_have_backquotes_in_it() {
        let page = read("# quay\n\n- Use the shell:\n\n`` quay `date` ``\n").unwrap();
        assert_eq!(page.examples[0].command.shown(OptionForm::Long), "quay `date`");
        let page = read("# quay\n\n- Use the shell:\n\n`quay `date``\n").unwrap();
        assert_eq!(page.examples[0].command.shown(OptionForm::Long), "quay `date`");
    }

    #[test]
    fn what_is_no_page_is_said_to_be_none() {
        assert_eq!(read("").unwrap_err(), NotAPage::NoTitle);
        assert_eq!(read("> Dock a ship.\n").unwrap_err(), NotAPage::NoTitle);
        assert_eq!(read("# \n> Dock a ship.\n").unwrap_err(), NotAPage::NoTitle);
        assert_eq!(read("# quay\n").unwrap_err(), NotAPage::Nothing);
    }

    #[test]
    fn what_is_left_out_of_a_page_is_told_with_its_line() {
        assert_eq!(
            told("# quay\n> Dock.\n- No command:\n- Dock:\n`quay`\n`quay again`\nstray\n- Last:\n"),
            [
                (3, "words without a command line were left out"),
                (6, "a command line without words about it was left out"),
                (7, "a line that is not part of a page was left out"),
                (8, "words without a command line were left out"),
            ]
        );
        assert_eq!(told("# quay\n>\n> Dock.\n")[0].0, 2);
        assert_eq!(told("# quay\n# quay\n> Dock.\n")[0].0, 2);
        assert_eq!(told("# quay\n> Dock.\n- Open:\n`quay\n")[0].0, 4);
        assert_eq!(told("# quay\n> Dock.\n- Nothing:\n``\n")[0].0, 4);
        assert_eq!(told("# quay\n> Dock.\n- Nothing:\n`{{}}`\n")[0].0, 4);
        assert_eq!(told("# quay\n> D\u{1b}ock.\n")[0].0, 0);
    }

    #[test]
    fn long_lines_and_many_examples_are_bounded() {
        let long = format!("# quay\n> Dock.\n- Long:\n`quay {}`\n", "x".repeat(LONGEST_LINE));
        assert_eq!(told(&long), [(4, "an example longer than 1,000 bytes was left out")]);
        let longer = format!("# quay\n> Dock.\n- Long:\n`quay {}`\n", "{{".repeat(LONGEST_TEMPLATE));
        assert_eq!(told(&longer), [(4, TOO_LONG)]);
        let seen = format!("# quay\n> Dock.\n> See also:{}.\n", " `a`,".repeat(20));
        assert_eq!((read(&seen).unwrap().see_also.len(), told(&seen)[0].0), (16, 3));
        let many = format!("# quay\n> Dock.\n{}", "- Dock:\n`quay`\n".repeat(MOST_EXAMPLES + 2));
        assert_eq!(read(&many).unwrap().examples.len(), MOST_EXAMPLES);
        assert_eq!(told(&many).len(), 2);
    }
}
