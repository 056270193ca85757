//! What is wrong with a file, where, and what to do: shown with the line of source underlined.

mod problems;

use std::fmt;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, OnceLock};

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use caracola_plugin_host::PluginSettings;
use caracola_speech::excerpt;

pub(crate) use problems::{Doubt, Problems};

/// How many diagnostics are rendered at once; of the rest only the number is told.
const MOST_RENDERED: usize = 100;

/// How many of them are told in a line.
const MOST_IN_BRIEF: usize = 3;

/// Columns that rendered source lines are cut to.
const WIDTH: usize = 110;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The file cannot be used.
    Error,
    /// The file can be used, and is probably not what was meant.
    Warning,
}

/// The text of one file, as diagnostics point into it.
#[derive(Debug)]
pub struct SourceFile {
    name: Arc<str>,
    /// Where relative paths in it lead from; absolute.
    folder: Option<PathBuf>,
    text: String,
    line_starts: OnceLock<Vec<usize>>,
}

impl SourceFile {
    /// A text with its name, which diagnostics begin with.
    pub fn new(name: impl Into<Arc<str>>, text: impl Into<String>) -> Arc<Self> {
        SourceFile::within(None, name, text)
    }

    /// A file in a folder of the disk.
    pub(crate) fn within(folder: Option<&Path>, name: impl Into<Arc<str>>, text: impl Into<String>) -> Arc<Self> {
        Arc::new(SourceFile {
            name: name.into(),
            folder: folder.and_then(|folder| std::path::absolute(folder.join(".")).ok()),
            text: text.into(),
            line_starts: OnceLock::new(),
        })
    }

    /// The absolute path of its folder; none for what is built in.
    pub(crate) fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// The absolute path that a path in it means: without `..` if it is there, since people are shown it.
    pub(crate) fn path_from(&self, written: &str) -> PathBuf {
        let path = self.folder().unwrap_or(Path::new("/")).join(written);
        let goes_up = path.components().any(|part| part == Component::ParentDir);
        // Only the file system knows what `..` means behind a link.
        let resolved = goes_up.then(|| std::fs::canonicalize(&path)).and_then(Result::ok);
        resolved.unwrap_or_else(|| std::path::absolute(&path).unwrap_or(path))
    }

    /// The path as it was given, or what stands for it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// All of its text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its name, to be kept.
    pub(crate) fn shared_name(&self) -> Arc<str> {
        Arc::clone(&self.name)
    }

    /// The line that byte `offset` is in, from 0, and the byte range of that line without its end.
    fn line_at(&self, offset: usize) -> (usize, Range<usize>) {
        let starts = self.line_starts.get_or_init(|| {
            let ends = self.text.match_indices('\n').map(|(end, _)| end + 1);
            std::iter::once(0).chain(ends).collect()
        });
        let line = starts.partition_point(|start| *start <= offset) - 1;
        let start = starts[line];
        let end = starts.get(line + 1).map_or(self.text.len(), |next| next - 1);
        let end = end - usize::from(self.text[start..end].ends_with('\r'));
        (line, start..end)
    }
}

/// A stretch of a file.
#[derive(Debug, Clone)]
pub struct SourceSpan {
    file: Arc<SourceFile>,
    span: Range<usize>,
}

impl SourceSpan {
    /// `span` is in bytes; what lies outside the text, or inside a character, is moved to the nearest place that isn't.
    pub fn new(file: &Arc<SourceFile>, span: Range<usize>) -> Self {
        let boundary = |wanted: usize| {
            let mut offset = wanted.min(file.text.len());
            while !file.text.is_char_boundary(offset) {
                offset -= 1;
            }
            offset
        };
        let start = boundary(span.start);
        SourceSpan {
            file: Arc::clone(file),
            span: start..boundary(span.end).max(start),
        }
    }

    /// The file.
    pub fn file(&self) -> &SourceFile {
        &self.file
    }

    /// Where in the file, in bytes.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The line it begins in, from 1.
    pub fn line(&self) -> usize {
        self.file.line_at(self.span.start).0 + 1
    }

    /// The character of that line that it begins at, from 1.
    pub fn column(&self) -> usize {
        let (_, line) = self.file.line_at(self.span.start);
        let before = &self.file.text[line.start..self.span.start.max(line.start)];
        before.chars().count() + 1
    }

    /// Its first line alone, underlined where it covers it. Only that line is handed to the renderer, whose work grows
    /// with the text it is given.
    fn snippet(&self, kind: AnnotationKind, label: Option<&str>) -> Snippet<'_, Annotation<'_>> {
        let (line, range) = self.file.line_at(self.span.start);
        let start = self.span.start.clamp(range.start, range.end);
        let end = self.span.end.clamp(start, range.end);
        let marked = start - range.start..end - range.start;
        let annotation = kind.span(marked).label(label.map(str::to_owned));
        Snippet::source(&self.file.text[range])
            .path(Some(&*self.file.name))
            .line_start(line + 1)
            .annotation(annotation)
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, with which value: one sentence.
    pub message: String,
    /// A few words beside the underlined source.
    pub label: Option<String>,
    /// What to do about it.
    pub help: Option<String>,
    /// The source it is about; a file that can't be read has none.
    pub place: Option<SourceSpan>,
    /// Another stretch of source that it has to do with, and how.
    pub related: Option<(SourceSpan, String)>,
    /// The name of the file.
    pub file: Arc<str>,
    /// How many more there are like this one, which are not told by themselves.
    pub more: usize,
}

impl Diagnostic {
    /// The same, as nothing worse than a warning.
    pub(crate) fn into_warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    /// An error at that place.
    pub fn error(place: SourceSpan, message: impl Into<String>) -> Self {
        Diagnostic {
            severity: Severity::Error,
            message: message.into(),
            label: None,
            help: None,
            file: place.file.shared_name(),
            place: Some(place),
            related: None,
            more: 0,
        }
    }

    /// Where it is, what is wrong and what to do, in one line.
    pub fn brief(&self) -> String {
        let place = match &self.place {
            Some(place) => format!("{}:{}:{}: ", self.file, place.line(), place.column()),
            None if self.message.contains(&*self.file) => String::new(),
            None => format!("{}: ", self.file),
        };
        let help = self.help.as_ref().map_or(String::new(), |help| format!(" ({help})"));
        format!("{place}{}{help}", self.message)
    }

    pub(crate) fn warning(place: SourceSpan, message: impl Into<String>) -> Self {
        Diagnostic {
            severity: Severity::Warning,
            ..Diagnostic::error(place, message)
        }
    }

    /// An error about a file as a whole.
    pub(crate) fn about_file(file: impl Into<Arc<str>>, message: impl Into<String>) -> Self {
        Diagnostic {
            severity: Severity::Error,
            message: message.into(),
            label: None,
            help: None,
            file: file.into(),
            place: None,
            related: None,
            more: 0,
        }
    }

    pub(crate) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// The same with what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn related(mut self, place: SourceSpan, label: impl Into<String>) -> Self {
        self.related = Some((place, label.into()));
        self
    }

    /// The whole of it for a person to read, in colour or plain, without a line end at the end.
    pub fn render(&self, color: bool) -> String {
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let mut group = Group::with_title(level.primary_title(self.message.as_str()));
        match &self.place {
            Some(place) => {
                let label = self.label.as_deref();
                group = group.element(place.snippet(AnnotationKind::Primary, label));
            }
            None => group = group.element(Origin::path(&*self.file)),
        }
        if let Some((place, label)) = &self.related {
            group = group.element(place.snippet(AnnotationKind::Context, Some(label)));
        }
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        renderer.term_width(WIDTH).render(&[group])
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.render(false))
    }
}

/// Why a catalogue could not be loaded: all that is wrong with its files.
#[derive(Debug, Clone)]
pub struct Broken {
    /// The errors, file by file in the order of their places; never empty.
    pub diagnostics: Vec<Diagnostic>,
    /// What is doubtful besides, in the same order.
    pub warnings: Vec<Diagnostic>,
    /// What the files say about plugins, as far as it makes sense.
    pub plugins: Vec<PluginSettings>,
    /// Whether one of them is that something could not be read for a reason that passes: the same files may load a moment
    /// later.
    pub passing: bool,
    /// The files of images that they name.
    pub images: Vec<PathBuf>,
}

impl Broken {
    /// Everything for a person to read, and how many errors there are. Past a hundred only their number is told.
    pub fn render(&self, color: bool) -> String {
        let told = self.diagnostics.iter().take(MOST_RENDERED);
        let mut parts: Vec<String> = told.map(|diagnostic| diagnostic.render(color)).collect();
        let untold = self.diagnostics.len().saturating_sub(MOST_RENDERED);
        if untold > 0 {
            parts.push(format!("and {untold} more like these"));
        }
        parts.push(match self.diagnostics.len() {
            1 => "1 error".to_owned(),
            errors => format!("{errors} errors"),
        });
        parts.join("\n\n")
    }

    /// The first errors in one line, without their sources, and how many more there are: for answers that have but one.
    pub fn brief(&self) -> String {
        let told = self.diagnostics.iter().take(MOST_IN_BRIEF);
        let mut parts: Vec<String> = told.map(Diagnostic::brief).collect();
        let untold = self.diagnostics.len().saturating_sub(MOST_IN_BRIEF);
        if untold > 0 {
            parts.push(format!("and {untold} more"));
        }
        parts.join("; ")
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.render(false))
    }
}

impl std::error::Error for Broken {}

/// A value as it stands in a message: in back quotes, shortened, control and direction-changing characters made visible.
pub(crate) fn quoted(value: &str) -> String {
    const LONGEST: usize = 48;
    let shown: String = excerpt::characters(value, LONGEST)
        .chars()
        .flat_map(|character| {
            let hidden = caracola_wire::text::is_hidden(character);
            let (escaped, plain) = if hidden {
                (Some(character.escape_unicode()), None)
            } else {
                (None, Some(character))
            };
            escaped.into_iter().flatten().chain(plain)
        })
        .collect();
    format!("`{shown}`")
}

/// `a`, `b` and `c`, for the end of a sentence.
pub(crate) fn listed(words: &[&str], last_joined_by: &str) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} {last_joined_by} {last}", others.join(", ")),
    }
}

/// The word of `known` that someone who wrote `word` most probably meant.
pub fn nearest_word<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    const LONGEST: usize = 64;
    if word.len() > LONGEST {
        return None;
    }
    let farthest = (word.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&word.to_lowercase(), candidate), candidate))
        .filter(|(distance, _)| *distance <= farthest)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_shown_without_their_detours() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path().canonicalize().expect("it is there");
        std::fs::create_dir_all(folder.join("conf.d")).expect("a folder");
        std::fs::create_dir(folder.join("data")).expect("a folder");
        std::os::unix::fs::symlink("data", folder.join("link")).expect("a link");
        let file = SourceFile::within(Some(&folder.join("conf.d")), "a.toml", "");
        assert_eq!(file.path_from("../data"), folder.join("data"));
        assert_eq!(file.path_from("/srv/./data"), Path::new("/srv/data"));
        // What may yet come keeps its meaning, and so does a link.
        assert_eq!(file.path_from("../none"), folder.join("conf.d/../none"));
        let main = SourceFile::within(Some(&folder), "b.toml", "");
        assert_eq!(main.path_from("link"), folder.join("link"));
    }

    #[test]
    fn a_line_tells_the_first_errors_and_counts_the_rest() {
        let file = SourceFile::new("a.toml", "one\ntwo\n");
        let error = Diagnostic::error(SourceSpan::new(&file, 5..6), "that is wrong").help("fix it");
        let broken = |count| Broken {
            diagnostics: vec![error.clone(); count],
            warnings: Vec::new(),
            plugins: Vec::new(),
            passing: false,
            images: Vec::new(),
        };
        assert_eq!(broken(1).brief(), "a.toml:2:2: that is wrong (fix it)");
        assert!(
            broken(5)
                .brief()
                .ends_with("; a.toml:2:2: that is wrong (fix it); and 2 more")
        );
    }
}
