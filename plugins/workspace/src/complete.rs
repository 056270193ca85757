//! What Tab offers: the names in the folder that is being typed.

use caracola_sdk::{Call, Candidate};
use caracola_wire::text::is_hidden;

use crate::fault::Fault;
use crate::folder::Kind;
use crate::path::Path;
use crate::person::Place;
use crate::space::Space;
use crate::store::Store;
use crate::whereabouts::Whereabouts;

/// More don't help: people type another letter instead.
const MOST: usize = 500;

/// The names that what is being typed may become, after as much of a path as was typed.
pub(crate) fn candidates(call: &Call<'_>, store: &Store) -> Result<Vec<Candidate>, Fault> {
    let Some((_, typed)) = call.typed() else {
        return Ok(Vec::new());
    };
    if typed == "~" {
        return Ok(vec![Candidate::new("~/")]);
    }
    let (prefix, begun) = typed.split_at(typed.rfind('/').map_or(0, |slash| slash + 1));
    let folder = if prefix.is_empty() { "." } else { prefix };
    let folder = Path::parse(folder, &Whereabouts::of(call).here)?;
    let root = store.existing(&Place::of(call.person())?)?;
    let entries = Space::new(root.as_ref()).list(&folder)?;
    let only_folders = matches!(call.function(), "cd" | "mkdir" | "tree" | "find");
    let begun = begun.to_lowercase();
    let mut candidates = Vec::new();
    for entry in &entries {
        let Some(name) = entry.name.to_str() else {
            continue;
        };
        let is_meant = name.to_lowercase().starts_with(&begun)
            && (begun.starts_with('.') || !name.starts_with('.'))
            && !name.contains(is_hidden);
        let slash = match entry.kind {
            Kind::Folder => "/",
            Kind::File if !only_folders => "",
            _ => continue,
        };
        if is_meant {
            // A name that begins with a dash would be taken for a flag.
            let dot = if prefix.is_empty() && name.starts_with('-') {
                "./"
            } else {
                ""
            };
            candidates.push(Candidate::new(format!("{dot}{prefix}{name}{slash}")));
        }
        if candidates.len() == MOST {
            break;
        }
    }
    Ok(candidates)
}
