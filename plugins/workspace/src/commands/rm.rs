//! `rm`: what is no longer wanted.

use caracola_sdk::Reply;

use super::silence;
use crate::context::Context;
use crate::fault::{Fault, Remedy};
use crate::folder::Kind;

pub(super) fn rm(context: &Context<'_>) -> Result<Reply, Fault> {
    let (recursive, force) = (context.call.flag("recursive"), context.call.flag("force"));
    let targets = context.several("paths")?;
    if targets.iter().any(|target| target.path.is_root()) {
        return Err(Fault::Root);
    }
    let targets = match context.found(&targets) {
        Err(Fault::AbsentPattern(_)) if force => return Ok(silence()),
        found => found?,
    };
    let Some(first) = targets.first() else {
        return Ok(silence());
    };
    let removed = context.change(&first.path, |changes| {
        for target in &targets {
            let path = &target.path;
            match changes.space().find(path)? {
                None if force => {}
                None => return Err(Fault::Absent(path.clone())),
                Some(about) if about.kind == Kind::Folder && recursive => changes.remove_folder(path)?,
                Some(about) if about.kind == Kind::Folder => {
                    return Err(Fault::IsFolder {
                        path: path.clone(),
                        remedy: Remedy::Recursive,
                    });
                }
                Some(_) => changes.remove_file(path)?,
            }
        }
        Ok(())
    });
    match removed {
        Err(Fault::Absent(_)) if force => Ok(silence()),
        removed => removed.map(|()| silence()),
    }
}
