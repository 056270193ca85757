//! What could stand at the end of a line that is being typed.
//!
//! `COMPLETE word ...` asks: the words of the line from the command's name on, the last of them as far as it was typed,
//! empty where it is yet to be begun. The answer is an array of [`Offer`]s, empty where nothing is known.

use super::MessageError;
use super::fields::{array, text};
use crate::text::is_clean;
use crate::{Encoder, Value};

/// A word that could stand in the last one's place.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Offer {
    /// The word, whole and without quotes.
    pub value: String,
    /// What it is about, in a few words; often nothing.
    pub about: String,
}

impl Offer {
    /// The longest value, in bytes: a longer one is none to choose from a list.
    pub const LONGEST: usize = 1024;

    /// Whether a value can be offered: there is something of it, and nothing in it that a terminal would act on.
    pub fn is_usable(value: &str) -> bool {
        !value.is_empty() && value.len() <= Self::LONGEST && is_clean(value)
    }
}

/// The reply to `COMPLETE`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Completion {
    /// What is offered, the likeliest first.
    pub offers: Vec<Offer>,
}

impl Completion {
    /// Writes an array of arrays.
    pub fn encode(&self, encoder: &mut Encoder<'_>) {
        encoder.array(self.offers.len());
        for offer in &self.offers {
            encoder
                .array(2)
                .bulk(offer.value.as_bytes())
                .bulk(offer.about.as_bytes());
        }
    }

    /// Reads what [`Completion::encode`] writes.
    pub fn decode(value: &Value) -> Result<Self, MessageError> {
        if let Value::Error(error) = value {
            return Err(MessageError::Error(error.clone()));
        }
        let offers = array(value, "completion")?.iter().map(Offer::decode);
        Ok(Self {
            offers: offers.collect::<Result<_, _>>()?,
        })
    }
}

impl Offer {
    fn decode(value: &Value) -> Result<Self, MessageError> {
        let [word, about, ..] = array(value, "completion")? else {
            return Err(MessageError::Wrong {
                field: "completion",
                expected: "a list of pairs",
            });
        };
        Ok(Self {
            value: text(word, "value")?,
            about: text(about, "about")?,
        })
    }
}
