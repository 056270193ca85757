//! Pages for `man`: of a command line with all its subcommands on one page, and of anything else that has sections and words
//! to explain. Both programs have such pages, and neither depends on the other, so what makes them stands here.
#![forbid(unsafe_code)]

mod command;

use clap_mangen::Man;
use clap_mangen::roff::{Inline, Roff, bold, italic, roman};

/// The manual that all pages belong to, as the line at their top says.
const MANUAL: &str = "Caracola";

/// A page that grows section by section. Words between backquotes are bold.
#[derive(Debug, Default)]
pub struct Page {
    /// In the language of troff, without what every such text begins with.
    text: String,
}

impl Page {
    /// A page of this name in a section of the manual such as "5", with one line on what it is about.
    pub fn new(name: &str, section: &str, about: &str) -> Self {
        let mut page = Self::default();
        page.head(name, section, MANUAL);
        page.section("NAME");
        page.write(|roff| {
            roff.text([roman(format!("{name} - {about}"))]);
        });
        page
    }

    /// The page of a program, in a section of the manual such as "8".
    pub fn of_command(command: clap::Command, section: &str) -> std::io::Result<Self> {
        command::page(command, section)
    }

    /// What stands at the top and the bottom of each sheet. There is no date: a page is as old as the program that prints it.
    fn head(&mut self, name: &str, section: &str, source: &str) {
        // `Roff` would leave out the empty word, and what follows it would be taken for the date.
        let line = format!(".TH \"{name}\" \"{section}\" \"\" \"{source}\" \"{MANUAL}\"\n");
        self.text += &line;
    }

    /// Begins a section. By custom titles are in capitals.
    pub fn section(&mut self, title: &str) {
        self.write(|roff| {
            roff.control("SH", [title]);
        });
    }

    /// Begins a part of a section.
    fn part(&mut self, title: &str) {
        self.write(|roff| {
            roff.control("SS", [title]);
        });
    }

    /// Adds a paragraph.
    pub fn paragraph(&mut self, text: &str) {
        self.write(|roff| {
            roff.control("PP", []).text(inlines(text));
        });
    }

    /// Adds a word, in italics what it takes, and below it what it is for.
    pub fn item(&mut self, word: &str, form: Option<&str>, about: &str) {
        let mut head = vec![bold(word)];
        if let Some(form) = form {
            head.push(roman(" "));
            // Two fonts at once there are not.
            head.push(italic(form.replace('`', "")));
        }
        self.write(|roff| {
            roff.control("TP", []).text(head).text(inlines(about));
        });
    }

    /// Adds lines as they stand.
    fn lines(&mut self, lines: &[&str]) {
        self.write(|roff| {
            roff.control("nf", []);
            for line in lines {
                roff.text([roman(*line)]);
            }
            roff.control("fi", []);
        });
    }

    /// Names related pages, such as "caracola(1)".
    pub fn see_also(&mut self, pages: &[&str]) {
        self.section("SEE ALSO");
        let mut line = Vec::new();
        for (number, page) in pages.iter().enumerate() {
            let (name, section) = page.split_at(page.find('(').unwrap_or(page.len()));
            let end = if number + 1 < pages.len() { ", " } else { "" };
            line.extend([bold(name), roman(format!("{section}{end}"))]);
        }
        self.write(|roff| {
            roff.text(line);
        });
    }

    /// The whole page, as `man` reads it.
    pub fn into_text(self) -> String {
        Roff::new().render() + &self.text
    }

    /// Adds what `write` writes.
    fn write(&mut self, write: impl FnOnce(&mut Roff)) {
        let mut roff = Roff::new();
        write(&mut roff);
        self.add(&roff.render());
    }

    /// Adds a text of troff, without its beginning.
    fn add(&mut self, text: &str) {
        self.text += text.strip_prefix(&Roff::new().render()).unwrap_or(text);
    }

    /// Adds a section of a page that clap's own generator makes.
    fn add_section(
        &mut self,
        man: &Man,
        render: fn(&Man, &mut dyn std::io::Write) -> std::io::Result<()>,
    ) -> std::io::Result<()> {
        let mut bytes = Vec::new();
        render(man, &mut bytes)?;
        self.add(&String::from_utf8_lossy(&bytes));
        Ok(())
    }
}

/// A text, with what stands between backquotes in bold.
fn inlines(text: &str) -> Vec<Inline> {
    let parts = text.split('`').enumerate();
    parts
        .filter(|(_, part)| !part.is_empty())
        .map(|(number, part)| if number % 2 == 1 { bold(part) } else { roman(part) })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_its_parts_in_order() {
        let mut page = Page::new("lab.toml", "5", "what the lab has");
        page.section("VALUES");
        page.paragraph("Say `port`, or nothing.");
        page.item("port", Some("integer"), "Where it listens.");
        page.see_also(&["lab(1)", "labd(8)"]);
        let text = page.into_text();
        let mut rest = text.as_str();
        for part in [
            ".TH \"lab.toml\" \"5\" \"\" \"Caracola\" \"Caracola\"\n",
            ".SH NAME\nlab.toml \\- what the lab has\n",
            ".SH VALUES\n.PP\nSay \\fBport\\fR, or nothing.\n",
            ".TP\n\\fBport\\fR \\fIinteger\\fR\nWhere it listens.\n",
            ".SH \"SEE ALSO\"\n\\fBlab\\fR(1), \\fBlabd\\fR(8)\n",
        ] {
            let (_, after) = rest.split_once(part).unwrap_or_else(|| panic!("no {part:?} in {rest}"));
            rest = after;
        }
        assert_eq!(text.matches("Aq").count(), Roff::new().render().matches("Aq").count());
    }

    #[test]
    fn no_text_is_taken_for_a_request() {
        let mut page = Page::new("a", "1", "b");
        page.paragraph(".so /etc/passwd");
        page.paragraph("'so /etc/passwd \\fB");
        let text = page.into_text();
        assert!(!text.contains("\n.so") && !text.contains("\n'so"), "{text}");
        assert!(text.contains("\\\\fB"), "{text}");
    }
}
