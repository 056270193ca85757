//! What a command shows about itself, and the forms in which that travels.

use bytes::Bytes;
use caracola_wire::{Card, CardParam, Encoder, Example, Image, Protocol};

use super::about;
use super::command::{CardForm, Command};
use super::languages::{LanguageId, Languages};
use caracola_speech::Speech;
use caracola_speech::render;

/// How wide text is for those whose terminal isn't known, in columns.
const WIDTH: u16 = 80;

/// A card in one language, and as it goes over the wire.
#[derive(Debug)]
pub(super) struct Rendered {
    pub(super) card: Card,
    resp2: Bytes,
    resp3: Bytes,
    shell: Bytes,
}

impl Rendered {
    pub(super) fn new(command: &Command, languages: &Languages, language: LanguageId) -> Self {
        let speech = Speech::of(languages.language(language), Speech::English);
        let card = card(command, languages, language, speech);
        let text = render::plain_card(&card, speech, WIDTH);
        let mut bytes = Vec::with_capacity(text.len() + 32);
        let mut encoded = |protocol, encode: &dyn Fn(&mut Encoder)| {
            bytes.clear();
            encode(&mut Encoder::new(&mut bytes, protocol));
            Bytes::copy_from_slice(&bytes)
        };
        let resp2 = encoded(Protocol::Resp2, &|encoder| _ = encoder.verbatim_text(&text));
        let resp3 = encoded(Protocol::Resp3, &|encoder| _ = encoder.verbatim_text(&text));
        let shell = encoded(Protocol::Resp3, &|encoder| card.encode(encoder));
        Rendered {
            card,
            resp2,
            resp3,
            shell,
        }
    }

    pub(super) fn bytes(&self, form: CardForm) -> &Bytes {
        match form {
            CardForm::Resp2 => &self.resp2,
            CardForm::Resp3 => &self.resp3,
            CardForm::Shell => &self.shell,
        }
    }
}

fn card(command: &Command, languages: &Languages, language: LanguageId, speech: Speech) -> Card {
    let text = |text| languages.text(text, language).to_owned();
    let examples = command.examples.iter().map(|example| Example {
        run: example.run.clone(),
        about: text(&example.about),
    });
    let params = command.params.iter().filter_map(|param| {
        let about = about::about(param, languages, language, speech);
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
pub(super) fn for_words(card: &Card, name: &str, words: &[&str]) -> Card {
    let mut card = card.clone();
    let mut examples: Vec<(usize, Example)> = std::mem::take(&mut card.examples)
        .into_iter()
        .map(|example| (shared_words(&example.run, name, words), example))
        .collect();
    examples.sort_by_key(|(shared, _)| std::cmp::Reverse(*shared));
    card.examples = examples.into_iter().map(|(_, example)| example).collect();
    card.note = Some(match speech(&card) {
        Speech::English => "Nothing was run.".to_owned(),
        Speech::Spanish => "No se ejecutó nada.".to_owned(),
    });
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
