//! How a message's fields are put into a map and taken out of one.

use thiserror::Error;

use crate::{Encoder, ErrorReply, Value};

/// A value is not the message that was expected.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MessageError {
    /// The other side sent an error instead.
    #[error("{0}")]
    Error(ErrorReply),
    /// A field that the message cannot do without isn't there.
    #[error("the message has no `{field}`")]
    Missing {
        /// Its key, or what stands at its place.
        field: &'static str,
    },
    /// A message of a kind that this version doesn't know.
    #[error("the message is of an unknown kind, `{kind}`")]
    UnknownKind {
        /// The kind as received.
        kind: String,
    },
    /// A field holds something that cannot be its value.
    #[error("`{field}` of the message is not {expected}")]
    Wrong {
        /// Its key, or what stands at its place.
        field: &'static str,
        /// What it should be, with its article.
        expected: &'static str,
    },
}

const TEXT: &str = "a text";
const LIST: &str = "a list";

/// Writes fields: a key, then its value.
pub(super) trait PutFields {
    fn put_text(&mut self, field: &'static str, value: &str) -> &mut Self;
    fn put_optional(&mut self, field: &'static str, value: Option<&str>) -> &mut Self;
    fn put_texts(&mut self, field: &'static str, values: &[String]) -> &mut Self;
    fn put_unsigned(&mut self, field: &'static str, value: u64) -> &mut Self;
    fn put_boolean(&mut self, field: &'static str, value: bool) -> &mut Self;
    fn put_optional_boolean(&mut self, field: &'static str, value: Option<bool>) -> &mut Self;
    fn put_list<T>(&mut self, field: &'static str, items: &[T], each: impl FnMut(&T, &mut Self)) -> &mut Self;
    /// A number that isn't a field. Those beyond `i64` cannot be said and become the largest that can: the numbers
    /// here are times, counts and sizes.
    fn unsigned(&mut self, value: u64) -> &mut Self;
    /// An array of strings that isn't a field.
    fn texts(&mut self, values: &[String]) -> &mut Self;
}

impl PutFields for Encoder<'_> {
    fn put_text(&mut self, field: &'static str, value: &str) -> &mut Self {
        self.bulk(field.as_bytes()).bulk(value.as_bytes())
    }

    fn put_optional(&mut self, field: &'static str, value: Option<&str>) -> &mut Self {
        self.bulk(field.as_bytes());
        match value {
            Some(value) => self.bulk(value.as_bytes()),
            None => self.null(),
        }
    }

    fn put_texts(&mut self, field: &'static str, values: &[String]) -> &mut Self {
        self.bulk(field.as_bytes()).texts(values)
    }

    fn put_unsigned(&mut self, field: &'static str, value: u64) -> &mut Self {
        self.bulk(field.as_bytes()).unsigned(value)
    }

    fn put_boolean(&mut self, field: &'static str, value: bool) -> &mut Self {
        self.bulk(field.as_bytes()).boolean(value)
    }

    fn put_optional_boolean(&mut self, field: &'static str, value: Option<bool>) -> &mut Self {
        self.bulk(field.as_bytes());
        match value {
            Some(value) => self.boolean(value),
            None => self.null(),
        }
    }

    fn put_list<T>(&mut self, field: &'static str, items: &[T], mut each: impl FnMut(&T, &mut Self)) -> &mut Self {
        self.bulk(field.as_bytes()).array(items.len());
        for item in items {
            each(item, self);
        }
        self
    }

    fn unsigned(&mut self, value: u64) -> &mut Self {
        self.integer(i64::try_from(value).unwrap_or(i64::MAX))
    }

    fn texts(&mut self, values: &[String]) -> &mut Self {
        self.array(values.len());
        for value in values {
            self.bulk(value.as_bytes());
        }
        self
    }
}

/// A map, or RESP2's flat array, whose fields are taken out by name.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a>(&'a Value);

impl<'a> Fields<'a> {
    /// `message` names the whole in the error for something that isn't a map.
    pub(super) fn of(value: &'a Value, message: &'static str) -> Result<Self, MessageError> {
        match value {
            Value::Map(_) | Value::Array(_) => Ok(Self(value)),
            Value::Error(error) => Err(MessageError::Error(error.clone())),
            _ => Err(MessageError::Wrong {
                field: message,
                expected: "a map",
            }),
        }
    }

    /// The value, unless it is absent or null.
    pub(super) fn value(self, field: &str) -> Option<&'a Value> {
        self.0.map_value(field).filter(|value| **value != Value::Null)
    }

    pub(super) fn text(self, field: &'static str) -> Result<String, MessageError> {
        self.optional_text(field)?.ok_or(MessageError::Missing { field })
    }

    pub(super) fn optional_text(self, field: &'static str) -> Result<Option<String>, MessageError> {
        self.value(field).map(|value| text(value, field)).transpose()
    }

    /// An absent list is an empty one.
    pub(super) fn list<T>(
        self,
        field: &'static str,
        each: impl FnMut(&'a Value) -> Result<T, MessageError>,
    ) -> Result<Vec<T>, MessageError> {
        self.value(field)
            .map_or(Ok(&[][..]), |value| array(value, field))?
            .iter()
            .map(each)
            .collect()
    }

    pub(super) fn texts(self, field: &'static str) -> Result<Vec<String>, MessageError> {
        self.list(field, |value| text(value, field))
    }

    pub(super) fn optional_integer(self, field: &'static str) -> Result<Option<i64>, MessageError> {
        let wrong = MessageError::Wrong {
            field,
            expected: "an integer",
        };
        self.value(field)
            .map(|value| value.as_integer().ok_or(wrong))
            .transpose()
    }

    pub(super) fn unsigned<T: TryFrom<i64>>(self, field: &'static str) -> Result<T, MessageError> {
        unsigned(self.value(field).ok_or(MessageError::Missing { field })?, field)
    }

    /// An absent one is false.
    pub(super) fn boolean(self, field: &'static str) -> Result<bool, MessageError> {
        self.optional_boolean(field).map(Option::unwrap_or_default)
    }

    /// RESP2 has no booleans and sends 0 or 1.
    pub(super) fn optional_boolean(self, field: &'static str) -> Result<Option<bool>, MessageError> {
        match self.value(field) {
            None => Ok(None),
            Some(Value::Boolean(false) | Value::Integer(0)) => Ok(Some(false)),
            Some(Value::Boolean(true) | Value::Integer(1)) => Ok(Some(true)),
            Some(_) => Err(MessageError::Wrong {
                field,
                expected: "a boolean",
            }),
        }
    }
}

pub(super) fn text(value: &Value, field: &'static str) -> Result<String, MessageError> {
    value
        .as_str()
        .map(str::to_owned)
        .ok_or(MessageError::Wrong { field, expected: TEXT })
}

pub(super) fn array<'a>(value: &'a Value, field: &'static str) -> Result<&'a [Value], MessageError> {
    value.as_array().ok_or(MessageError::Wrong { field, expected: LIST })
}

/// An integer that is not negative and fits the type wanted.
pub(super) fn unsigned<T: TryFrom<i64>>(value: &Value, field: &'static str) -> Result<T, MessageError> {
    let number = value.as_integer().and_then(|number| T::try_from(number).ok());
    number.ok_or(MessageError::Wrong {
        field,
        expected: "a number in range",
    })
}
