//! What a plugin may answer.

use caracola_plugin_host::{Answered, Complaint, Failure};

use crate::{Card, Code, Error, Table};

/// An answer of any kind.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "they are the functions of `caracola_abi::Host`")]
pub enum Body {
    Text(String),
    Card(Card),
    Table(Table),
    Image { png: Vec<u8>, alt: String },
    Error(Error),
}

impl Body {
    /// What was answered, if anything was.
    pub(super) fn of(result: Result<Answered, Failure>) -> Option<Self> {
        match result {
            Ok(Answered::Text(text)) => Some(Self::Text(text)),
            Ok(Answered::Card(card)) => Some(Self::Card(Card {
                name: card.name,
                summary: card.summary,
                usage: card.usage,
                examples: card.examples,
                note: card.note,
            })),
            Ok(Answered::Table(table)) => Some(Self::Table(Table {
                columns: table.columns,
                cells: table.rows.into_iter().flatten().collect(),
                note: table.note,
            })),
            Ok(Answered::Image { png, alt }) => Some(Self::Image { png, alt }),
            Err(Failure::Said(complaint, message)) => Some(Self::Error(Error::new(code(complaint), message))),
            Ok(Answered::Done) | Err(_) => None,
        }
    }
}

fn code(complaint: Complaint) -> Code {
    match complaint {
        Complaint::Failed => Code::Failed,
        Complaint::Usage => Code::Usage,
        Complaint::Denied => Code::Denied,
        Complaint::Busy => Code::Busy,
        Complaint::Limit => Code::Limit,
        Complaint::Timeout => Code::Timeout,
    }
}
