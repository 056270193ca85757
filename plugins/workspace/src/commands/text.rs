//! `cat`, `write` and `append`: what is in files.

use std::fs::File;
use std::io::Read;

use caracola_sdk::{Refused, Reply};

use super::silence;
use crate::changes::Content;
use crate::context::{Context, Target};
use crate::fault::Fault;
use crate::folder::About;
use crate::output::Output;
use crate::path::Path;
use crate::space::Space;

/// The largest file that is read as text, in bytes. It is in memory meanwhile. Servers show less at once.
const MOST_BYTES: u64 = 16 << 20;

pub(super) fn cat(context: &Context<'_>) -> Result<Reply, Fault> {
    let targets: Vec<Target> = context.found(&context.several("paths")?)?;
    let mut output = Output::new(context.call);
    let mut number = 0;
    for target in &targets {
        let text = read(context.space(), &target.path)?;
        if !context.call.flag("number") {
            output.push(&text)?;
            continue;
        }
        for line in text.split_inclusive('\n') {
            number += 1;
            output.push(&format!("{number:>6}  {line}"))?;
        }
    }
    output.reply()
}

/// A file as text. What has a zero byte, or isn't UTF-8, isn't text.
pub(super) fn read(space: Space<'_>, path: &Path) -> Result<String, Fault> {
    let (file, about) = space.file(path)?;
    read_opened(path, file, &about)
}

/// The same of a file that is open.
pub(super) fn read_opened(path: &Path, file: File, about: &About) -> Result<String, Fault> {
    if about.size > MOST_BYTES {
        return Err(Fault::Refused(Refused::TooLarge));
    }
    let mut bytes = Vec::new();
    file.take(MOST_BYTES)
        .read_to_end(&mut bytes)
        .map_err(Fault::system(path))?;
    match String::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => Ok(text),
        _ => Err(Fault::Binary {
            path: path.clone(),
            size: about.size,
        }),
    }
}

pub(super) fn write(context: &Context<'_>) -> Result<Reply, Fault> {
    let (target, line) = (context.one("file")?, line(context));
    context.make(|changes| changes.put(&target.path, &Content::Bytes(line.as_bytes())))?;
    Ok(silence())
}

pub(super) fn append(context: &Context<'_>) -> Result<Reply, Fault> {
    let (target, line) = (context.one("file")?, line(context));
    context.make(|changes| changes.put(&target.path, &Content::Appended(line.as_bytes())))?;
    Ok(silence())
}

/// The words as the line that is written.
fn line(context: &Context<'_>) -> String {
    format!("{}\n", context.call.argument("text").unwrap_or_default())
}
