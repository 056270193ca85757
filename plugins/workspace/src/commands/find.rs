//! `find`: files and folders by their name, kind, size and age.

use std::time::{SystemTime, UNIX_EPOCH};

use caracola_sdk::{Call, Reply};
use regex::Regex;

use crate::context::Context;
use crate::fault::Fault;
use crate::folder::{About, Kind};
use crate::output::Output;
use crate::path::shown;
use crate::pattern;
use crate::sentences;
use crate::walk::{Next, walk};

pub(super) fn find(context: &Context<'_>) -> Result<Reply, Fault> {
    let filter = Filter::read(context.call)?;
    let start = match context.call.argument("folder") {
        Some(typed) => context.target(typed)?,
        None => context.here()?,
    };
    let mut output = Output::new(context.call);
    let about = context.space().about(&start.path)?;
    let typed = shown(&start.typed);
    let name = start.path.split().map_or(".", |(_, name)| name);
    if filter.is(name, about.kind, || Some(about)) {
        output.line(&typed)?;
    }
    if about.kind != Kind::Folder {
        return output.reply();
    }
    let Some(folder) = context.space().folder(&start.path)? else {
        return output.reply();
    };
    let prefix = typed.trim_end_matches('/');
    walk(&folder, &start.path, &context.cancelled(), |met| {
        let name = met.entry.name.to_string_lossy();
        if filter.is(&name, met.entry.kind, || met.folder.about(&met.entry.name).ok()) {
            output.line(&format!("{prefix}/{}", met.way.join("/")))?;
        }
        Ok(Next::Enter)
    })?;
    output.reply()
}

/// What a file must be to be listed: all of these.
struct Filter {
    names: Vec<Regex>,
    kind: Option<Kind>,
    /// How many of how many bytes, rounded up; only files have a size.
    size: Option<(Range, u64)>,
    /// Whole days since it was changed.
    days: Option<Range>,
}

/// `+N`: more than that; `-N`: less; `N`: just that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Range {
    More(u64),
    Less(u64),
    Just(u64),
}

impl Filter {
    fn read(call: &Call<'_>) -> Result<Self, Fault> {
        let mut names = Vec::new();
        for (param, any_case) in [("name", false), ("iname", true)] {
            if let Some(pattern) = call.argument(param) {
                names.push(pattern::name(pattern, any_case)?);
            }
        }
        Ok(Self {
            names,
            kind: call.argument("type").map(|kind| match kind {
                "d" => Kind::Folder,
                _ => Kind::File,
            }),
            size: call.argument("size").map(|size| read_size(call, size)).transpose()?,
            days: call
                .argument("mtime")
                .map(|days| read_range(call, days, days))
                .transpose()?,
        })
    }

    fn is(&self, name: &str, kind: Kind, about: impl FnOnce() -> Option<About>) -> bool {
        if self.kind.is_some_and(|wanted| wanted != kind) || !self.names.iter().all(|regex| regex.is_match(name)) {
            return false;
        }
        if self.size.is_none() && self.days.is_none() {
            return true;
        }
        let Some(about) = about() else {
            return false;
        };
        // How large a folder itself is depends on the file system, and isn't what anybody looks for.
        let fits = |(range, unit): (Range, u64)| kind == Kind::File && range.has(about.size.div_ceil(unit));
        self.size.is_none_or(fits) && self.days.is_none_or(|range| range.has(days_since(about.changed)))
    }
}

impl Range {
    fn has(self, number: u64) -> bool {
        match self {
            Self::More(least) => number > least,
            Self::Less(most) => number < most,
            Self::Just(wanted) => number == wanted,
        }
    }
}

/// `+100M`: a number, and a letter for the unit, without which it is a block of 512 bytes.
fn read_size(call: &Call<'_>, written: &str) -> Result<(Range, u64), Fault> {
    let units = [('c', 1), ('b', 512), ('k', 1 << 10), ('M', 1 << 20), ('G', 1 << 30)];
    for (letter, unit) in units {
        if let Some(number) = written.strip_suffix(letter) {
            return Ok((read_range(call, number, written)?, unit));
        }
    }
    Ok((read_range(call, written, written)?, 512))
}

fn read_range(call: &Call<'_>, number: &str, written: &str) -> Result<Range, Fault> {
    let (digits, range): (_, fn(u64) -> Range) = match number.split_at_checked(1) {
        Some(("+", digits)) => (digits, Range::More),
        Some(("-", digits)) => (digits, Range::Less),
        _ => (number, Range::Just),
    };
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let number = digits.parse().ok().filter(|_| is_number);
    number.map(range).ok_or_else(|| Fault::Pattern {
        pattern: written.to_owned(),
        reason: sentences::range(call),
    })
}

fn days_since(time: i64) -> u64 {
    const DAY: u64 = 24 * 60 * 60;
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs();
    now.saturating_sub(u64::try_from(time).unwrap_or_default()) / DAY
}
