//! `quota`: how much there is, and how much there may be.

use caracola_sdk::Reply;

use crate::context::Context;
use crate::fault::Fault;
use crate::path::Path;
use crate::render::bytes;
use crate::sentences;
use crate::usage::{self, Usage};

pub(super) fn quota(context: &Context<'_>) -> Result<Reply, Fault> {
    let used = match context.space().folder(&Path::ROOT)? {
        Some(folder) => usage::count(&folder).map_err(Fault::system(&Path::ROOT))?.0,
        None => Usage::default(),
    };
    let limits = context.store.limits();
    let (entries, most_entries) = (used.entries, limits.entries);
    let (size, most_size) = (bytes(used.bytes), bytes(limits.bytes));
    Ok(sentences::quota(context.call, entries, most_entries, size, most_size).into())
}
