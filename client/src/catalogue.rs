//! What the server's catalogue says, made ready for the keyboard: which name a line begins with, and which names begin as typed.

use std::sync::{Arc, PoisonError, RwLock};

use caracola_wire::line;
use caracola_wire::{CatalogueEntry, CatalogueExport};
use unicode_normalization::UnicodeNormalization as _;

use crate::layout::sanitize;

/// A command's name has one to this many words.
pub(crate) const MAX_NAME_WORDS: usize = 4;
/// What is longer is not a word of a name.
const MAX_WORD_BYTES: usize = 256;

/// The commands this session may see, by name and alias. Everything in it is harmless to a terminal.
#[derive(Debug, Default)]
pub(crate) struct Index {
    entries: Vec<CatalogueEntry>,
    /// Name and title.
    groups: Vec<(String, String)>,
    names: Vec<Name>,
}

/// A name or alias: lower case, one blank between its words. Sorted.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Name {
    text: String,
    entry: usize,
    is_alias: bool,
}

/// The catalogue in force, seen by the session that gets it and the editor that completes from it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shared(Arc<RwLock<Arc<Index>>>);

impl Shared {
    /// As it is now; a new one doesn't change what was got here.
    pub(crate) fn current(&self) -> Arc<Index> {
        let guard = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&guard)
    }

    pub(crate) fn replace(&self, index: Index) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(index);
    }
}

impl Index {
    /// Leaves out what can't be typed: names with control or invisible characters.
    pub(crate) fn new(export: CatalogueExport) -> Self {
        let mut index = Self {
            groups: export
                .groups
                .into_iter()
                .filter(|(name, _)| is_typable(name))
                .map(|(name, title)| (name, sanitize::line(&title).into_owned()))
                .collect(),
            ..Self::default()
        };
        for mut entry in export.entries {
            if !is_typable(&entry.name) {
                continue;
            }
            entry.aliases.retain(|alias| is_typable(alias));
            clean(&mut entry);
            let number = index.entries.len();
            let names = std::iter::once((&entry.name, false));
            for (name, is_alias) in names.chain(entry.aliases.iter().map(|alias| (alias, true))) {
                index.names.push(Name {
                    text: normalized(name),
                    entry: number,
                    is_alias,
                });
            }
            index.entries.push(entry);
        }
        index.names.sort();
        index
    }

    /// The command with exactly this name or alias.
    pub(crate) fn entry(&self, name: &str) -> Option<&CatalogueEntry> {
        let name = normalized(name);
        let place = self.names.binary_search_by(|other| other.text.cmp(&name)).ok()?;
        self.entries.get(self.names[place].entry)
    }

    /// The command that a line begins with, longest name first, and how many words its name takes there.
    ///
    /// Its words count, not its text: `'ls' -l` runs `ls`.
    pub(crate) fn find_in_line(&self, line: &str) -> Option<(&CatalogueEntry, usize)> {
        let words: Vec<String> = line::words(line).into_iter().map(|word| word.text).collect();
        self.find(&words)
    }

    /// The command that words begin with, longest name first, and how many of them its name takes.
    pub(crate) fn find(&self, words: &[String]) -> Option<(&CatalogueEntry, usize)> {
        (1..=words.len().min(MAX_NAME_WORDS))
            .rev()
            .find_map(|count| Some((self.entry(&words[..count].join(" "))?, count)))
    }

    /// All names and aliases, as they compare, with their commands.
    pub(crate) fn names(&self) -> impl Iterator<Item = (&str, &CatalogueEntry)> {
        let names = self.names.iter();
        names.filter_map(|name| Some((name.text.as_str(), self.entries.get(name.entry)?)))
    }

    /// The names that begin with `typed` (any case, any blanks), in order, with their commands; aliases only with `aliases`.
    pub(crate) fn starting_with(&self, typed: &str, aliases: bool) -> impl Iterator<Item = (&str, &CatalogueEntry)> {
        let mut prefix = normalized(typed);
        if typed.ends_with(char::is_whitespace) && !prefix.is_empty() {
            prefix.push(' ');
        }
        let first = self.names.partition_point(|name| name.text < prefix);
        self.names[first..]
            .iter()
            .take_while(move |name| name.text.starts_with(&prefix))
            .filter(move |name| aliases || !name.is_alias)
            .filter_map(|name| Some((name.text.as_str(), self.entries.get(name.entry)?)))
    }

    /// Groups: name and title.
    pub(crate) fn groups(&self) -> &[(String, String)] {
        &self.groups
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// The first words of a line, of which the name of its command is made, as far as they could be a name.
pub(crate) fn name_words(line: &str) -> Vec<String> {
    line::words(line)
        .into_iter()
        .map(|word| word.text)
        .take(MAX_NAME_WORDS)
        .take_while(|word| word.len() <= MAX_WORD_BYTES)
        .collect()
}

fn clean(entry: &mut CatalogueEntry) {
    let clean = |text: &mut String| {
        *text = sanitize::line(text).into_owned();
    };
    clean(&mut entry.summary);
    entry.examples.iter_mut().for_each(clean);
    entry.confirm.iter_mut().for_each(clean);
    for param in &mut entry.params {
        clean(&mut param.name);
        param.flag.iter_mut().for_each(clean);
        param.choices.retain(|(value, _)| is_typable(value));
        param.choices.iter_mut().for_each(|(_, about)| clean(about));
    }
}

/// Whether a word that came from the server may be put into the line that a person is typing.
pub(crate) fn is_typable(text: &str) -> bool {
    !text.trim().is_empty() && sanitize::line(text) == text
}

/// As the server compares names: in any case, and however accents are encoded.
fn normalized(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for word in name.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        if word.is_ascii() {
            out.push_str(&word.to_ascii_lowercase());
        } else {
            let composed: String = word.nfc().collect();
            out.extend(composed.to_lowercase().nfc());
        }
    }
    out
}

#[cfg(test)]
pub(crate) mod tests {
    use caracola_wire::ParamEntry;
    use caracola_wire::line::corpus;

    use super::*;

    pub(crate) fn param(name: &str, kind: &str) -> ParamEntry {
        ParamEntry {
            name: name.to_owned(),
            kind: kind.to_owned(),
            required: true,
            ..ParamEntry::default()
        }
    }

    pub(crate) fn entry(name: &str, aliases: &[&str], params: Vec<ParamEntry>) -> CatalogueEntry {
        CatalogueEntry {
            name: name.to_owned(),
            aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
            group: "commands".to_owned(),
            summary: format!("What {name} does"),
            action: "card".to_owned(),
            params,
            confirm: None,
            examples: vec![format!("{name} -l --all"), format!("{name} demo")],
        }
    }

    /// A small catalogue: cards (`ls`, `git commit`, `git`), `say` and `tell` with a rest, `help`, `paint` with choices,
    /// `find` and `note` with flags, `login` and `unlock` with secrets, `wipe` that asks first,
    /// `mount` with a flag that the server completes, `grep` whose values may begin with a dash.
    pub(crate) fn index() -> Index {
        let rest = |name| ParamEntry {
            rest: true,
            ..param(name, "text")
        };
        let help = ParamEntry {
            required: false,
            ..rest("topic")
        };
        let color = ParamEntry {
            choices: vec![
                ("red".to_owned(), "like blood".to_owned()),
                ("green".to_owned(), String::new()),
                ("x\u{1b}".to_owned(), "can't be typed".to_owned()),
            ],
            ..param("color", "choice")
        };
        let flagged = |name: &str, kind| ParamEntry {
            flag: Some(format!("--{name}")),
            required: false,
            ..param(name, kind)
        };
        let all = flagged("all", "boolean");
        let key = ParamEntry {
            required: true,
            ..flagged("key", "secret")
        };
        let disk = ParamEntry {
            complete: true,
            ..param("disk", "string")
        };
        let flagged_disk = ParamEntry {
            flag: Some("--disk".to_owned()),
            required: false,
            ..disk.clone()
        };
        let pattern = ParamEntry {
            allow_dash: true,
            ..param("pattern", "string")
        };
        let paths = ParamEntry {
            list: true,
            complete: true,
            ..pattern.clone()
        };
        let number = ParamEntry {
            flag: Some("-n".to_owned()),
            ..flagged("number", "boolean")
        };
        let wipe = CatalogueEntry {
            confirm: Some("Really wipe\u{7} it?".to_owned()),
            ..entry("wipe", &[], vec![disk])
        };
        Index::new(CatalogueExport {
            entries: vec![
                entry("ls", &["dir"], vec![]),
                entry("lsof", &[], vec![]),
                entry("git", &[], vec![]),
                entry("git commit", &["git ci"], vec![]),
                entry("say", &["decir"], vec![rest("text")]),
                entry("tell", &[], vec![param("name", "person"), rest("text")]),
                entry("help", &["ayuda"], vec![help]),
                entry("paint", &[], vec![color]),
                entry("join", &[], vec![param("room", "room")]),
                entry("lang", &[], vec![param("language", "language")]),
                entry(
                    "find",
                    &[],
                    vec![param("folder", "path"), flagged("depth", "integer"), all],
                ),
                entry("note", &[], vec![flagged("urgent", "boolean"), rest("text")]),
                entry("login", &[], vec![param("user", "string"), param("password", "secret")]),
                entry("unlock", &[], vec![param("door", "string"), key]),
                wipe,
                entry("mount", &[], vec![param("place", "string"), flagged_disk]),
                entry("grep", &[], vec![pattern, paths, number]),
                entry("evil\u{1b}[2J", &[], vec![]),
            ],
            groups: vec![("files".to_owned(), "Files and\u{7} folders".to_owned())],
        })
    }

    /// Only the command `it`, which takes what the corpus of lines writes so.
    pub(crate) fn corpus_index(params: &str) -> Index {
        index_of(corpus::params(params))
    }

    /// Only the command `it` with these params.
    pub(crate) fn index_of(params: Vec<ParamEntry>) -> Index {
        let entry = CatalogueEntry {
            examples: Vec::new(),
            ..entry(corpus::COMMAND, &[], params)
        };
        Index::new(CatalogueExport {
            entries: vec![entry],
            groups: Vec::new(),
        })
    }

    #[test]
    fn finds_the_longest_name_in_any_case() {
        let index = index();
        let found = |line| {
            index
                .find_in_line(line)
                .map(|(entry, words)| (entry.name.as_str(), words))
        };
        assert_eq!(found("git commit -m x"), Some(("git commit", 2)));
        assert_eq!(found("  GIT   Commit"), Some(("git commit", 2)));
        assert_eq!(found("git push"), Some(("git", 1)));
        assert_eq!(found("dir -l"), Some(("ls", 1)));
        assert_eq!(found("lss"), None);
        assert_eq!(found(""), None);
    }

    #[test]
    fn names_that_begin_as_typed() {
        let index = index();
        let names =
            |typed, aliases| -> Vec<&str> { index.starting_with(typed, aliases).map(|(name, _)| name).collect() };
        assert_eq!(names("l", false), ["lang", "login", "ls", "lsof"]);
        assert_eq!(names("GIT C", true), ["git ci", "git commit"]);
        assert_eq!(names("git ", false), ["git commit"]);
        assert_eq!(names("d", false), Vec::<&str>::new());
        assert_eq!(names("d", true), ["decir", "dir"]);
        assert!(!names("", true).iter().any(|name| name.starts_with("evil")));
    }

    #[test]
    fn what_cannot_be_typed_is_left_out() {
        let index = index();
        let paint = index.entry("paint").expect("paint");
        assert_eq!(paint.params[0].choices.len(), 2);
        let wipe = index.entry("wipe").and_then(|entry| entry.confirm.as_deref());
        assert_eq!(wipe, Some("Really wipe^G it?"));
        assert_eq!(index.groups()[0].1, "Files and^G folders");
    }
}
