//! `ls`: what is in a folder.

use std::cmp::Reverse;

use caracola_sdk::{Reply, Table};

use super::is_hidden;
use crate::context::Context;
use crate::fault::Fault;
use crate::folder::{About, Entry, Kind};
use crate::output::Output;
use crate::path::Path;
use crate::render;
use crate::sentences;

/// A name that is listed, and what it is.
struct Listed {
    name: String,
    about: About,
}

pub(super) fn ls(context: &Context<'_>) -> Result<Reply, Fault> {
    let targets = context.found_or_here("paths")?;
    let mut files = Vec::new();
    let mut folders = Vec::new();
    for target in targets {
        let about = context.space().about(&target.path)?;
        if about.kind == Kind::Folder {
            folders.push(target);
        } else {
            files.push(Listed {
                name: crate::path::shown(&target.typed),
                about,
            });
        }
    }
    sort(context, &mut files);
    let has_headings = folders.len() > 1 || !files.is_empty();
    let mut groups = Vec::new();
    if !files.is_empty() {
        groups.push((None, files));
    }
    for folder in folders {
        let listed = list(context, &folder.path)?;
        groups.push((has_headings.then(|| crate::path::shown(&folder.typed)), listed));
    }
    if context.call.flag("long") {
        return Ok(table(context, &groups).into());
    }
    let mut output = Output::new(context.call);
    for (number, (heading, listed)) in groups.iter().enumerate() {
        if number > 0 {
            output.line("")?;
        }
        if let Some(heading) = heading {
            output.line(&format!("{heading}:"))?;
        }
        let names: Vec<String> = listed.iter().map(Listed::shown).collect();
        output.push(&render::columns(&names, context.call.width()))?;
    }
    output.reply()
}

/// What is in a folder. What goes away meanwhile isn't.
fn list(context: &Context<'_>, path: &Path) -> Result<Vec<Listed>, Fault> {
    let space = context.space();
    let Some(folder) = space.folder(path)? else {
        return Ok(Vec::new());
    };
    let all = context.call.flag("all");
    let entries = space.list(path)?;
    let entries = entries.iter().filter(|entry| all || !is_hidden(&entry.shown()));
    let about = |entry: &Entry| folder.about(&entry.name).ok();
    let mut listed: Vec<Listed> = entries
        .filter_map(|entry| {
            Some(Listed {
                name: entry.shown(),
                about: about(entry)?,
            })
        })
        .collect();
    sort(context, &mut listed);
    Ok(listed)
}

fn sort(context: &Context<'_>, listed: &mut [Listed]) {
    let flag = |flag| context.call.flag(flag);
    listed.sort_by_cached_key(|one| {
        let number = match &one.about {
            about if flag("size") => i64::try_from(about.size).unwrap_or(i64::MAX),
            about if flag("time") => about.changed,
            _ => 0,
        };
        (Reverse(number), one.name.to_lowercase(), one.name.clone())
    });
    if flag("reverse") {
        listed.reverse();
    }
}

fn table(context: &Context<'_>, groups: &[(Option<String>, Vec<Listed>)]) -> Table {
    let call = context.call;
    let mut table = Table::new([
        sentences::column_name(call),
        sentences::column_size(call),
        sentences::column_changed(call),
    ]);
    for (heading, listed) in groups {
        for one in listed {
            let name = match heading {
                Some(heading) => format!("{}/{}", heading.trim_end_matches('/'), one.shown()),
                None => one.shown(),
            };
            let size = match one.about.kind {
                Kind::File => render::bytes(one.about.size),
                Kind::Folder | Kind::Other => "-".into(),
            };
            table.push([name, size, render::time(one.about.changed)]);
        }
    }
    table
}

impl Listed {
    /// A folder is shown with a slash, and what is neither folder nor file with a question mark.
    fn shown(&self) -> String {
        let mark = match self.about.kind {
            Kind::File => "",
            Kind::Folder => "/",
            Kind::Other => "?",
        };
        format!("{}{mark}", self.name)
    }
}
