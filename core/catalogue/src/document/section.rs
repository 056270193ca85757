//! Reads values out of a parsed TOML file. What is of the wrong type, unknown or missing is reported and left out, so
//! that reading goes on and all that is wrong is told at once.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys::Keys;
use crate::diagnostic::{Diagnostic, Doubt, Problems, SourceFile, SourceSpan, listed, nearest_word, quoted};
use crate::pattern::Patterns;
use crate::program::Programs;
use crate::text::Translations;

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Located<T> {
    pub(crate) value: T,
    pub(crate) place: SourceSpan,
}

/// What reading needs besides the value at hand.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'t> {
    pub(crate) file: &'t Arc<SourceFile>,
    pub(crate) problems: &'t Problems,
    pub(crate) translations: &'t Translations,
    pub(crate) programs: &'t Programs,
    pub(crate) patterns: &'t Patterns,
}

impl Reader<'_> {
    pub(crate) fn place(self, span: Range<usize>) -> SourceSpan {
        SourceSpan::new(self.file, span)
    }
}

/// A table, or the whole file.
#[derive(Clone, Copy)]
pub struct Section<'t> {
    pub(crate) reader: Reader<'t>,
    table: &'t DeTable<'t>,
    span: (usize, usize),
    /// The keys that it may have; none when they are names of the file's own.
    keys: Option<&'static Keys>,
}

impl<'t> Section<'t> {
    /// The whole file. Reports every key that it cannot have.
    pub(crate) fn whole_file(reader: Reader<'t>, table: &'t DeTable<'t>, keys: Option<&'static Keys>) -> Self {
        let section = Section {
            reader,
            table,
            span: (0, 0),
            keys,
        };
        if let Some(keys) = keys {
            section.reject_unknown(keys.what, &keys.names());
        }
        section
    }

    /// Its heading, or all of it when it is written inline.
    pub fn place(&self) -> SourceSpan {
        self.reader.place(self.span.0..self.span.1)
    }

    /// The value of `key`, if there is one.
    pub fn value(&self, key: &str) -> Option<Value<'t>> {
        debug_assert!(
            self.keys.is_none_or(|keys| keys.has(key)),
            "`{key}` is in no list of keys"
        );
        let (key, item) = self.table.get_key_value(key)?;
        Some(Value {
            reader: self.reader,
            key,
            item,
        })
    }

    /// All its values in the order of the file.
    pub fn values(&self) -> Vec<Value<'t>> {
        let reader = self.reader;
        let mut values: Vec<_> = self
            .table
            .iter()
            .map(|(key, item)| Value { reader, key, item })
            .collect();
        values.sort_by_key(|value| value.key.span().start);
        values
    }

    /// The values of the table `key`, whose keys are names of the file's own; none if there is no such table.
    pub fn named(&self, key: &str) -> Vec<Value<'t>> {
        let table = self.value(key).and_then(|value| value.table());
        table.map(|table| table.values()).unwrap_or_default()
    }

    /// Reports every key that isn't one of `names`, which `what` ("a command") has.
    pub fn reject_unknown(&self, what: &str, names: &[&str]) {
        for (key, _) in self.table {
            let name: &str = key.get_ref();
            if names.contains(&name) {
                continue;
            }
            let message = format!("{what} has no key {}", quoted(name));
            let diagnostic = Diagnostic::error(self.reader.place(key.span()), message).label("unknown key");
            self.reader
                .problems
                .error(match nearest_word(name, names.iter().copied()) {
                    Some(word) => diagnostic.help(format!("did you mean `{word}`?")),
                    None => diagnostic.help(format!("its keys are {}", listed(names, "and"))),
                });
        }
    }

    /// The value of `key`, or an error that `what` ("this command") needs one.
    pub fn required(&self, key: &str, what: &str, help: &str) -> Option<Value<'t>> {
        let value = self.value(key);
        if value.is_none() {
            let diagnostic = Diagnostic::error(self.place(), format!("{what} has no `{key}`"))
                .label(format!("needs `{key}`"))
                .help(help);
            self.reader.problems.error(diagnostic);
        }
        value
    }
}

/// A value with its key. An element of a list has the list's key.
#[derive(Clone, Copy)]
pub struct Value<'t> {
    pub(crate) reader: Reader<'t>,
    key: &'t Spanned<toml::de::DeString<'t>>,
    item: &'t Spanned<DeValue<'t>>,
}

impl<'t> Value<'t> {
    /// Its key.
    pub fn key(&self) -> &'t str {
        self.key.get_ref()
    }

    /// Where its key stands.
    pub fn key_place(&self) -> SourceSpan {
        self.reader.place(self.key.span())
    }

    /// Where the value stands.
    pub fn place(&self) -> SourceSpan {
        self.reader.place(self.item.span())
    }

    /// The value as it was parsed.
    pub fn value(&self) -> &'t DeValue<'t> {
        self.item.get_ref()
    }

    pub(crate) fn span(&self) -> Range<usize> {
        self.item.span()
    }

    /// Whether it is a table.
    pub fn is_table(&self) -> bool {
        self.item.get_ref().is_table()
    }

    pub(crate) fn is_string(&self) -> bool {
        self.item.get_ref().is_str()
    }

    /// A fault of the value, to be completed and reported.
    pub fn error(&self, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(self.place(), message)
    }

    /// Adds a fault to those of the file.
    pub fn report(&self, diagnostic: Diagnostic) {
        self.reader.problems.error(diagnostic);
    }

    pub(crate) fn located<T>(&self, value: T) -> Located<T> {
        Located {
            value,
            place: self.place(),
        }
    }

    /// A string; reports anything else.
    pub fn string(&self) -> Option<&'t str> {
        match self.item.get_ref() {
            DeValue::String(text) => Some(text),
            other => {
                let mut diagnostic = self.wrong_type("a string");
                if let Some(bare) = scalar(other) {
                    diagnostic = diagnostic.help(format!("write it in quotes: \"{bare}\""));
                }
                self.report(diagnostic);
                None
            }
        }
    }

    /// A string that has something in it.
    pub(crate) fn words(&self) -> Option<&'t str> {
        let text = self.string()?;
        if text.trim().is_empty() {
            let message = format!("`{}` is empty", self.key());
            self.report(self.error(message).help("write something, or leave the key out"));
            return None;
        }
        Some(text)
    }

    pub(crate) fn boolean(&self) -> Option<bool> {
        let found = self.item.get_ref().as_bool();
        if found.is_none() {
            let diagnostic = self.wrong_type("`true` or `false`");
            self.report(match self.item.get_ref().as_str() {
                Some(word @ ("true" | "false")) => diagnostic.help(format!("take the quotes away: {word}")),
                _ => diagnostic,
            });
        }
        found
    }

    pub(crate) fn integer(&self) -> Option<i64> {
        let Some(integer) = self.item.get_ref().as_integer() else {
            self.report(self.wrong_type("an integer"));
            return None;
        };
        let parsed = i64::from_str_radix(integer.as_str(), integer.radix()).ok();
        if parsed.is_none() {
            self.report(self.error(format!("`{}` does not fit in 64 bits", self.key())));
        }
        parsed
    }

    /// An integer from 1 to 4,294,967,295.
    pub(crate) fn count(&self) -> Option<u32> {
        let integer = self.integer()?;
        match u32::try_from(integer) {
            Ok(count) if count > 0 => Some(count),
            _ => {
                let message = format!("`{}` is {integer}; it must be from 1 to {}", self.key(), u32::MAX);
                self.report(self.error(message).label("out of range"));
                None
            }
        }
    }

    /// An integer or a floating-point number that is finite.
    pub(crate) fn number(&self) -> Option<f64> {
        let written = match self.item.get_ref() {
            #[expect(clippy::cast_precision_loss, reason = "a bound is a number that a person can read")]
            DeValue::Integer(_) => return self.integer().map(|integer| integer as f64),
            DeValue::Float(float) => float.as_str(),
            _ => {
                self.report(self.wrong_type("a number"));
                return None;
            }
        };
        let parsed = written.parse::<f64>().ok().filter(|number| number.is_finite());
        if parsed.is_none() {
            self.report(self.error(format!("`{}` must be a finite number", self.key())));
        }
        parsed
    }

    /// The elements of a list.
    pub(crate) fn list(&self) -> Option<impl Iterator<Item = Value<'t>> + use<'t>> {
        let Some(items) = self.item.get_ref().as_array() else {
            let mut diagnostic = self.wrong_type("a list");
            if let Some(text) = self.item.get_ref().as_str() {
                diagnostic = diagnostic.help(format!("put it in brackets: [\"{}\"]", text.escape_debug()));
            }
            self.report(diagnostic);
            return None;
        };
        let Value { reader, key, .. } = *self;
        Some(items.iter().map(move |item| Value { reader, key, item }))
    }

    /// A list of strings that have something in them.
    pub(crate) fn strings(&self) -> Option<Vec<Located<String>>> {
        let elements = self.list()?;
        let strings = elements.filter_map(|element| {
            let words = element.words()?;
            Some(element.located(words.to_owned()))
        });
        Some(strings.collect())
    }

    /// A table that may have these keys. Reports every other.
    pub(crate) fn section(&self, keys: &'static Keys) -> Option<Section<'t>> {
        let section = Section {
            keys: Some(keys),
            ..self.table()?
        };
        section.reject_unknown(keys.what, &keys.names());
        Some(section)
    }

    /// A table whose keys are names of the file's own.
    pub fn table(&self) -> Option<Section<'t>> {
        let Some(table) = self.item.get_ref().as_table() else {
            self.report(self.wrong_type("a table"));
            return None;
        };
        let span = self.item.span();
        Some(Section {
            reader: self.reader,
            table,
            span: (span.start, span.end),
            keys: None,
        })
    }

    /// A word that must be one of some: reports any other, with the nearest of `known`.
    pub(crate) fn unknown_word(&self, word: &str, what: &str, known: &[&str]) {
        let article = if what.starts_with(['a', 'e', 'i', 'o', 'u']) {
            "an"
        } else {
            "a"
        };
        let diagnostic = self
            .error(format!("{} is not {article} {what}", quoted(word)))
            .label(format!("unknown {what}"));
        let diagnostic = match nearest_word(word, known.iter().copied()) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic.help(format!("it can be {}", listed(known, "or"))),
        };
        self.report(diagnostic);
    }

    /// Doubts a folder that isn't there; `help` says what follows from that.
    pub(crate) fn warn_unless_folder(&self, folder: &Path, help: &str) {
        if folder.is_dir() {
            return;
        }
        let message = format!("there is no folder {}", quoted(&folder.to_string_lossy()));
        let diagnostic = Diagnostic::warning(self.place(), message).help(help);
        self.reader.problems.warning(Doubt::NoFolder, diagnostic);
    }

    pub(crate) fn wrong_type(&self, expected: &str) -> Diagnostic {
        let found = type_name(self.item.get_ref());
        self.error(format!("`{}` takes {expected}, not {found}", self.key()))
            .label(format!("this is {found}"))
    }
}

fn type_name(value: &DeValue) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a floating-point number",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// How a value that isn't a string could be written as one.
pub(crate) fn scalar(value: &DeValue) -> Option<String> {
    match value {
        DeValue::Integer(integer) => Some(integer.to_string()),
        DeValue::Float(float) => Some(float.as_str().to_owned()),
        DeValue::Boolean(boolean) => Some(boolean.to_string()),
        DeValue::Datetime(datetime) => Some(datetime.to_string()),
        DeValue::String(_) | DeValue::Array(_) | DeValue::Table(_) => None,
    }
}
