//! The file with the cards.

use std::fmt::Write as _;

use super::card::Texts;
use super::claim::Claims;
use super::collection::{self, Named};
use super::folder::Found;
use super::report::Report;
use super::template::OptionForm;
use super::{ImportError, Request, toml_text};
use caracola_catalogue::Catalogue;
use caracola_speech::Language;

/// The group of all cards. One, since `help` shows the first of each group.
const GROUP: &str = "tldr";

/// The command that says who wrote the cards. Each of them leads to it.
const CREDIT: &str = "tldr-pages";

/// The largest file that a catalogue loads, in bytes.
const LARGEST_FILE: usize = 64 * 1024 * 1024;

const HEADER: &str = "\
Cards made of pages of tldr-pages by `caracolad import tldr`.
Copyright the tldr-pages team and contributors: https://github.com/tldr-pages/tldr
Licence: CC BY 4.0, https://creativecommons.org/licenses/by/4.0/
Changed: translations, and the pages of several platforms, were put together; of options with two spellings one is shown,
and placeholders without their braces; some sentences stand in comments. Do not edit: import again instead.";

const CREDIT_ENGLISH: &str = "\
These cards are made of pages of tldr-pages, https://github.com/tldr-pages/tldr
Copyright the tldr-pages team and contributors. Licence: CC BY 4.0, https://creativecommons.org/licenses/by/4.0/
Changed: translations and platforms were put together, and command lines were written out.";

const CREDIT_SPANISH: &str = "\
Estas fichas están hechas con páginas de tldr-pages, https://github.com/tldr-pages/tldr
Copyright del equipo y los colaboradores de tldr-pages. Licencia: CC BY 4.0, https://creativecommons.org/licenses/by/4.0/
Cambios: se unieron traducciones y plataformas, y se desarrollaron las líneas de comandos.";

/// The file in the making.
#[derive(Debug)]
pub(super) struct File {
    /// By name.
    cards: Vec<Named>,
    /// Whether some other file has the group already.
    has_group: bool,
    /// Whether it has the credit too.
    has_credit: bool,
}

impl File {
    /// Makes cards of pages; the report is told what became of those that make none of their own.
    pub(super) fn new(pages: Vec<Found>, request: &Request<'_>, report: &mut Report) -> Self {
        let mut claims = Claims::new(request.existing);
        // A page of this name would not get it. The number is nobody's.
        let credit = claims.claim(CREDIT, usize::MAX);
        let cards = collection::cards(pages, CREDIT, &mut claims, report);
        File {
            cards,
            has_group: claims.has_group(GROUP),
            has_credit: credit.is_err(),
        }
    }

    /// The text of the file, which has been loaded. The cards go as they are written: in all languages they are large.
    pub(super) fn text(self, languages: &[Language], options: OptionForm) -> Result<String, ImportError> {
        let mut text = String::new();
        for line in HEADER.lines() {
            toml_text::comment(&mut text, line);
        }
        text.push('\n');
        let mut group = String::new();
        let title = own_words(languages, "tldr pages", "Páginas de tldr");
        // Writing to a string cannot fail, here and below.
        let _ = writeln!(
            group,
            "[groups.{GROUP}]\ntitle = {}\n",
            toml_text::text(&title, languages)
        );
        if !self.has_group {
            text.push_str(&group);
        }
        if !self.has_credit {
            credit(&mut text, languages);
        }
        for named in self.cards {
            named.write(&mut text, languages, options);
        }
        if text.len() > LARGEST_FILE {
            return Err(ImportError::TooLarge {
                mib: LARGEST_FILE >> 20,
            });
        }
        if self.has_group {
            group.insert_str(0, &text);
            Catalogue::from_text(&group).map_err(ImportError::DoesNotLoad)?;
        } else {
            Catalogue::from_text(&text).map_err(ImportError::DoesNotLoad)?;
        }
        Ok(text)
    }
}

/// Words of ours in those of the languages that we speak, or else in English.
fn own_words(languages: &[Language], english: &str, spanish: &str) -> Texts {
    let spoken = languages
        .iter()
        .enumerate()
        .filter_map(|(number, language)| match language.base() {
            "en" => Some((number, english.to_owned())),
            "es" => Some((number, spanish.to_owned())),
            _ => None,
        });
    let texts: Texts = spoken.collect();
    if texts.is_empty() {
        Texts::from([(0, english.to_owned())])
    } else {
        texts
    }
}

fn credit(text: &mut String, languages: &[Language]) {
    let summary = own_words(
        languages,
        "Who wrote the cards of this group, and their licence",
        "Quién escribió las fichas de este grupo, y su licencia",
    );
    let reply = own_words(languages, CREDIT_ENGLISH, CREDIT_SPANISH);
    toml_text::heading(text, CREDIT);
    let _ = writeln!(
        text,
        "summary = {}\ngroup = \"{GROUP}\"\nreply = {}\n",
        toml_text::text(&summary, languages),
        toml_text::text(&reply, languages)
    );
}

impl Named {
    fn write(&self, text: &mut String, languages: &[Language], options: OptionForm) {
        let Named { name, aliases, card } = self;
        toml_text::comment(text, &format!("From {}", card.pages.join(", ")));
        for address in &card.more_information {
            toml_text::comment(text, &format!("More information: {address}"));
        }
        for remark in &card.remarks {
            toml_text::comment(text, remark);
        }
        toml_text::heading(text, name);
        let _ = writeln!(text, "summary = {}", toml_text::text(&card.summary, languages));
        let _ = writeln!(text, "group = \"{GROUP}\"");
        if !aliases.is_empty() {
            let _ = writeln!(text, "aliases = {}", toml_text::list(aliases));
        }
        if card.examples.is_empty() {
            text.push_str("examples = []\n");
        } else {
            text.push_str("examples = [\n");
            for example in &card.examples {
                let run = toml_text::quoted(&example.command.shown(options));
                let about = toml_text::text(&example.about, languages);
                let _ = writeln!(text, "  {{ run = {run}, about = {about} }},");
            }
            text.push_str("]\n");
        }
        let _ = writeln!(text, "see_also = {}\n", toml_text::list(&card.see_also));
    }
}
