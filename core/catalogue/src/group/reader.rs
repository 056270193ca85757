//! Reads a table under `[groups]`.

use super::Group;
use super::keys::GROUP;
use crate::diagnostic::{Diagnostic, quoted};
use crate::document::{Located, Value};
use crate::name;

/// Reads one group.
pub(crate) fn read(value: &Value) -> Option<Located<Group>> {
    let section = value.section(&GROUP)?;
    if name::check(value.key()).is_err() || value.key().contains(' ') {
        let message = format!("{} cannot be the name of a group", quoted(value.key()));
        value.report(Diagnostic::error(value.key_place(), message).help("it is one printable word"));
    }
    let title = section
        .required(
            "title",
            "this group",
            "write title = \"...\": it stands above the group's commands",
        )
        .and_then(|value| value.text());
    Some(Located {
        value: Group {
            name: value.key().to_owned(),
            title: title?,
        },
        place: value.key_place(),
    })
}
