//! `cd` and `pwd`: where one is.

use caracola_sdk::Reply;

use super::silence;
use crate::context::Context;
use crate::fault::Fault;
use crate::folder::Kind;
use crate::path::Path;

pub(super) fn cd(context: &Context<'_>) -> Result<Reply, Fault> {
    let (to, prints) = match context.call.argument("folder") {
        None => (Path::ROOT, false),
        Some("-") => (context.whereabouts.before.clone(), true),
        // Also out of a folder that is gone.
        Some(up) if up.starts_with("..") => (Path::parse(up, &context.whereabouts.here)?, false),
        Some(typed) => (context.target(typed)?.path, false),
    };
    if context.space().about(&to)?.kind != Kind::Folder {
        return Err(Fault::NotFolder(to));
    }
    // Also looks whether it may be entered.
    context.space().folder(&to)?;
    context.whereabouts.go(context.call, &to)?;
    // As a shell does, where the name wasn't typed.
    Ok(if prints { to.to_string().into() } else { silence() })
}

pub(super) fn pwd(context: &Context<'_>) -> Result<Reply, Fault> {
    Ok(context.here()?.path.to_string().into())
}
