//! `tree`: folders drawn with all that is in them.

use caracola_sdk::{Call, Reply};

use super::is_hidden;
use crate::context::Context;
use crate::fault::Fault;
use crate::folder::Kind;
use crate::output::Output;
use crate::path::shown;
use crate::sentences;
use crate::walk::{Next, walk};

pub(super) fn tree(context: &Context<'_>) -> Result<Reply, Fault> {
    let target = match context.call.argument("folder") {
        Some(typed) => context.target(typed)?,
        None => context.here()?,
    };
    let (all, only_folders) = (context.call.flag("all"), context.call.flag("folders"));
    let mut output = Output::new(context.call);
    output.line(&shown(&target.typed))?;
    let (mut folders, mut files) = (0, 0);
    if let Some(folder) = context.space().folder(&target.path)? {
        // How a line is drawn depends on what follows it, so all come before the first.
        let mut lines: Vec<(usize, String)> = Vec::new();
        walk(&folder, &target.path, &context.cancelled(), |met| {
            let is_folder = met.entry.kind == Kind::Folder;
            let name = met.way.last().map_or("", String::as_str);
            if (only_folders && !is_folder) || (!all && is_hidden(name)) {
                return Ok(Next::Pass);
            }
            if is_folder {
                folders += 1;
            } else {
                files += 1;
            }
            let mark = if is_folder { "/" } else { "" };
            lines.push((met.way.len(), format!("{name}{mark}")));
            Ok(Next::Enter)
        })?;
        draw(&lines, &mut output)?;
    }
    output.line(&format!("\n{}", counted(context.call, folders, files)))?;
    output.reply()
}

fn counted(call: &Call<'_>, folders: usize, files: usize) -> String {
    let folders = match folders {
        1 => sentences::one_folder(call),
        _ => sentences::folders(call, folders),
    };
    let files = match files {
        1 => sentences::one_file(call),
        _ => sentences::files(call, files),
    };
    sentences::counted(call, folders, files)
}

/// Draws names, each with its level from 1, with lines to those at the same level.
fn draw(names: &[(usize, String)], output: &mut Output<'_>) -> Result<(), Fault> {
    // From the end, it is known at which levels names follow.
    let mut follows: Vec<bool> = Vec::new();
    let mut prefixes = Vec::with_capacity(names.len());
    for (level, _) in names.iter().rev() {
        follows.resize(*level, false);
        let (own, above) = follows.split_last_mut().map_or((false, &[][..]), |(own, above)| {
            let follows = *own;
            *own = true;
            (follows, &*above)
        });
        let above = above.iter().map(|follows| if *follows { "│   " } else { "    " });
        let own = if own { "├── " } else { "└── " };
        prefixes.push(above.chain([own]).collect::<String>());
    }
    let mut lines = prefixes.iter().rev().zip(names);
    lines.try_for_each(|(prefix, (_, name))| output.line(&format!("{prefix}{name}")))
}
