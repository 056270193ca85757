//! What a command shows about itself.

use bytes::Bytes;
use caracola_wire::{Card, CardParam, Example, Image};

use super::Command;
use super::rendered::{CardForm, Rendered};
use crate::param;
use crate::text::{LanguageId, Languages};
use caracola_speech::Speech;

impl Command {
    /// Its card in a language. Built the first time it is asked for, then kept.
    pub fn card(&self, language: LanguageId) -> &Card {
        &self.rendered(language).card
    }

    /// Its card as it goes over the wire: running a card is one copy of this.
    pub fn card_bytes(&self, language: LanguageId, form: CardForm) -> &Bytes {
        self.rendered(language).bytes(form)
    }

    /// The card for someone who ran it with arguments: the example nearest to them first, and a note that nothing was run.
    pub fn card_for(&self, words: &[&str], language: LanguageId) -> Card {
        for_words(self.card(language), &self.name, words)
    }

    fn rendered(&self, language: LanguageId) -> &Rendered {
        let position = self.languages.position(language);
        self.rendered[position].get_or_init(|| {
            let speech = Speech::of(self.languages.language(language), Speech::English);
            Box::new(Rendered::new(card(self, &self.languages, language, speech), speech))
        })
    }
}

fn card(command: &Command, languages: &Languages, language: LanguageId, speech: Speech) -> Card {
    let text = |text| languages.text(text, language).to_owned();
    let examples = command.examples.iter().map(|example| Example {
        run: example.run.clone(),
        about: text(&example.about),
    });
    let params = command.params.iter().filter_map(|param| {
        let about = param::about(param, languages, language, speech);
        let name = param.card_label();
        (!about.is_empty()).then_some(CardParam { name, about })
    });
    let summary = text(&command.summary);
    let image = command.image.as_ref().map(|image| Image {
        hash: image.hash.clone(),
        width: image.width,
        height: image.height,
        alt: format!("{}: {summary}", command.name),
    });
    Card {
        name: command.name.clone(),
        summary,
        language: languages.language(language).as_str().to_owned(),
        usage: command.usage(),
        aliases: command.aliases.clone(),
        params: params.collect(),
        examples: examples.collect(),
        see_also: command.see_also.clone(),
        image,
        note: None,
    }
}

/// The card for someone who ran it with `words`: the example that has most of them first, and a note.
fn for_words(card: &Card, name: &str, words: &[&str]) -> Card {
    let mut card = card.clone();
    let mut examples: Vec<(usize, Example)> = std::mem::take(&mut card.examples)
        .into_iter()
        .map(|example| (shared_words(&example.run, name, words), example))
        .collect();
    examples.sort_by_key(|(shared, _)| std::cmp::Reverse(*shared));
    card.examples = examples.into_iter().map(|(_, example)| example).collect();
    card.note = Some(speech(&card).nothing_was_run());
    card
}

/// What the server's own words on a card are said in.
fn speech(card: &Card) -> Speech {
    let language = card.language.parse();
    language.map_or_else(
        |_| Speech::default(),
        |language| Speech::of(&language, Speech::default()),
    )
}

/// How much of `words` an example has: whole words count most, then options that share letters (`-la` and `-l`).
fn shared_words(run: &str, name: &str, words: &[&str]) -> usize {
    let own = name.split(' ').count();
    let parts: Vec<&str> = run.split_whitespace().skip(own).collect();
    let score = |word: &&str| {
        if parts.contains(word) {
            4
        } else if word.starts_with('-') {
            let letters = word.trim_start_matches('-');
            let alike = parts
                .iter()
                .filter(|part| part.starts_with('-') && !part.starts_with("--"));
            usize::from(
                alike
                    .flat_map(|part| part.chars().skip(1))
                    .any(|letter| letters.contains(letter)),
            )
        } else {
            0
        }
    };
    words.iter().map(score).sum()
}
