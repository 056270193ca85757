//! `grep`: lines that match a pattern.

use caracola_sdk::Reply;
use regex::Regex;

use super::text;
use crate::context::Context;
use crate::fault::{Fault, Missing, Remedy};
use crate::folder::Kind;
use crate::output::Output;
use crate::path::{Path, shown};
use crate::pattern;
use crate::walk::{Next, walk};

pub(super) fn grep(context: &Context<'_>) -> Result<Reply, Fault> {
    let call = context.call;
    let recursive = call.flag("recursive");
    if call.argument("paths").is_none() && !recursive {
        return Err(Fault::Missing(Missing::Files));
    }
    let regex = pattern::line(call.argument("pattern").unwrap_or_default(), call.flag("any-case"))?;
    let targets = context.found_or_here("paths")?;
    let mut search = Search {
        regex,
        has_names: targets.len() > 1 || recursive,
        only_names: call.flag("names"),
        inverts: call.flag("invert"),
        has_numbers: call.flag("number"),
        output: Output::new(call),
    };
    for target in &targets {
        let name = shown(&target.typed);
        match context.space().about(&target.path)?.kind {
            Kind::Folder if recursive => search.folder(context, &target.path, &name)?,
            Kind::Folder => {
                return Err(Fault::IsFolder {
                    path: target.path.clone(),
                    remedy: Remedy::Recursive,
                });
            }
            Kind::File | Kind::Other => {
                let text = text::read(context.space(), &target.path)?;
                search.file(context, &name, &text)?;
            }
        }
    }
    search.output.reply()
}

/// A search, and what it has found.
struct Search<'a> {
    regex: Regex,
    has_names: bool,
    only_names: bool,
    inverts: bool,
    has_numbers: bool,
    output: Output<'a>,
}

impl Search<'_> {
    /// Searches all text files that are in a folder. Other files are skipped.
    fn folder(&mut self, context: &Context<'_>, path: &Path, name: &str) -> Result<(), Fault> {
        let Some(folder) = context.space().folder(path)? else {
            return Ok(());
        };
        let prefix = name.trim_end_matches('/');
        walk(&folder, path, &context.cancelled(), |met| {
            if met.entry.kind == Kind::File
                && let Ok(Some((file, about))) = met.folder.file(&met.entry.name)
                && let Ok(text) = text::read_opened(path, file, &about)
            {
                self.file(context, &format!("{prefix}/{}", met.way.join("/")), &text)?;
            }
            Ok(Next::Enter)
        })
    }

    fn file(&mut self, context: &Context<'_>, name: &str, text: &str) -> Result<(), Fault> {
        // Lines between two looks at whether somebody still waits.
        const PATIENCE: usize = 4096;
        for (number, line) in text.lines().enumerate() {
            if number % PATIENCE == 0 && context.call.is_cancelled() {
                return Err(Fault::Cancelled);
            }
            if self.regex.is_match(line) == self.inverts {
                continue;
            }
            if self.only_names {
                return self.output.line(name);
            }
            let mut found = String::new();
            if self.has_names {
                found.push_str(name);
                found.push(':');
            }
            if self.has_numbers {
                found.push_str(&(number + 1).to_string());
                found.push(':');
            }
            found.push_str(line);
            self.output.line(&found)?;
        }
        Ok(())
    }
}
