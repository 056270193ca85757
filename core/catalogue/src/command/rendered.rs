//! A card in the forms in which it travels.

use bytes::Bytes;
use caracola_wire::{Card, Encoder, Protocol};

use caracola_speech::Speech;
use caracola_speech::render;

/// How wide text is for those whose terminal isn't known, in columns.
const WIDTH: u16 = 80;

/// A form in which a card travels, complete with its frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CardForm {
    /// 80 columns of plain text as a bulk string.
    Resp2,
    /// 80 columns of plain text as a verbatim string.
    Resp3,
    /// The typed message for a session that said `SHELL`, in RESP3.
    Shell,
}

/// A card in one language, and as it goes over the wire.
#[derive(Debug)]
pub(crate) struct Rendered {
    pub(crate) card: Card,
    resp2: Bytes,
    resp3: Bytes,
    shell: Bytes,
}

impl Rendered {
    /// The forms of a card whose own words are said in `speech`.
    pub(crate) fn new(card: Card, speech: Speech) -> Self {
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

    /// The card as it goes over the wire.
    pub(crate) fn bytes(&self, form: CardForm) -> &Bytes {
        match form {
            CardForm::Resp2 => &self.resp2,
            CardForm::Resp3 => &self.resp3,
            CardForm::Shell => &self.shell,
        }
    }
}
