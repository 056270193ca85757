//! `mkdir` and `touch`: what is new and empty.

use caracola_sdk::Reply;

use super::silence;
use crate::changes::{Changes, Content};
use crate::context::Context;
use crate::fault::Fault;
use crate::folder::Kind;
use crate::path::Path;

pub(super) fn mkdir(context: &Context<'_>) -> Result<Reply, Fault> {
    let targets = context.several("paths")?;
    let with_parents = context.call.flag("parents");
    context.make(|changes| {
        for target in &targets {
            if with_parents {
                make_all(changes, &target.path)?;
            } else {
                changes.make_folder(&target.path)?;
            }
        }
        Ok(silence())
    })
}

/// Makes a folder and those above it that are missing.
fn make_all(changes: &mut Changes<'_>, path: &Path) -> Result<(), Fault> {
    let mut way = Path::ROOT;
    for name in path.names() {
        way = way.join(name);
        match changes.space().find(&way)? {
            None => changes.make_folder(&way)?,
            Some(about) if about.kind == Kind::Folder => {}
            Some(_) => return Err(Fault::NotFolder(way)),
        }
    }
    Ok(())
}

pub(super) fn touch(context: &Context<'_>) -> Result<Reply, Fault> {
    let targets = context.several("paths")?;
    context.make(|changes| {
        for target in &targets {
            match changes.space().find(&target.path)? {
                None => changes.put(&target.path, &Content::Bytes(&[]))?,
                Some(_) => changes.touch(&target.path)?,
            }
        }
        Ok(silence())
    })
}
