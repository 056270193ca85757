//! `cp` and `mv`: from one name to another.

use caracola_sdk::Reply;

use super::silence;
use crate::changes::{Changes, Content};
use crate::context::Context;
use crate::fault::{Fault, Missing, Remedy};
use crate::folder::Kind;
use crate::path::Path;
use crate::space::Space;

pub(super) fn cp(context: &Context<'_>) -> Result<Reply, Fault> {
    let recursive = context.call.flag("recursive");
    each(context, |changes, from, to| match changes.space().about(from)?.kind {
        Kind::Folder if recursive => changes.copy_folder(from, to),
        Kind::Folder => Err(Fault::IsFolder {
            path: from.clone(),
            remedy: Remedy::Recursive,
        }),
        Kind::File | Kind::Other if from == to => Err(Fault::Same(to.clone())),
        Kind::File | Kind::Other => changes.put(to, &Content::Copied(from)),
    })
}

pub(super) fn mv(context: &Context<'_>) -> Result<Reply, Fault> {
    each(context, |changes, from, to| {
        if from.is_root() {
            return Err(Fault::Root);
        }
        changes.rename(from, to)
    })
}

/// Does something with each thing that is named, and its new name. With `-n` nothing is replaced.
fn each(
    context: &Context<'_>,
    transfer: impl Fn(&mut Changes<'_>, &Path, &Path) -> Result<(), Fault>,
) -> Result<Reply, Fault> {
    let mut sources = context.several("paths")?;
    let target = sources.pop().filter(|_| !sources.is_empty());
    let target = target.ok_or(Fault::Missing(Missing::Target))?.path;
    let sources = context.found(&sources)?;
    let keeps = context.call.flag("keep");
    let first = sources.first().map_or(&target, |source| &source.path);
    context.change(first, |changes| {
        let into_folder = is_folder(changes.space(), &target)?;
        if sources.len() > 1 && !into_folder {
            return Err(Fault::Missing(Missing::FolderTarget));
        }
        for source in &sources {
            let to = match source.path.split() {
                Some((_, name)) if into_folder => target.join(name),
                _ => target.clone(),
            };
            if !(keeps && changes.space().find(&to)?.is_some()) {
                transfer(changes, &source.path, &to)?;
            }
        }
        Ok(silence())
    })
}

fn is_folder(space: Space<'_>, path: &Path) -> Result<bool, Fault> {
    Ok(space.find(path)?.is_some_and(|about| about.kind == Kind::Folder))
}
