//! Reads all files of a catalogue: the built-ins', the admin's, what that includes, and the images.

mod include;
mod plugins;
mod source;

use std::collections::{HashMap, HashSet};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;

use crate::diagnostic::{Diagnostic, Doubt, Problems, SourceFile, quoted};
use crate::document::Located;
use crate::file::{self, Contents, FileKind};
use crate::image::ImageFile;
use crate::plugin::KnownPlugin;
use crate::settings::Settings;
use caracola_plugin_host::Plugins;
use caracola_spawner::trusted_file::{self, FileError};
use caracola_wire::png;

pub use include::{IncludeError, files};
pub use source::{DEFAULT_FILE, DEFAULT_IMAGES, Source};

/// The definitions of the built-in commands.
pub(crate) const BUILTINS: &str = include_str!("../command/builtin.toml");

/// What all files say.
#[derive(Debug)]
pub(crate) struct Files {
    pub(crate) builtins: Contents,
    /// The admin's file.
    pub(crate) main: Contents,
    /// The included ones, in order.
    pub(crate) included: Vec<Contents>,
    /// The plugins that these name.
    pub(crate) plugins: Vec<KnownPlugin>,
    /// The names of all, in the order in which they were read.
    pub(crate) names: Vec<String>,
    /// Finds images for the definitions of a file.
    pub(crate) images: Images,
    /// Whether the admin's file on disk says nothing at all, as one whose saving failed.
    pub(crate) is_empty: bool,
}

/// Reads the files that `source` leads to, but for an included one at `left_out`.
pub(crate) fn from_source(source: &Source, left_out: Option<&Path>, plugins: &Plugins, problems: &Problems) -> Files {
    let Some(path) = source.path() else {
        let file = SourceFile::new("commands.toml (built in)", DEFAULT_FILE);
        return from_main(&file, Folder::Embedded, (None, left_out), plugins, problems);
    };
    let name = path.display().to_string();
    let text = read_text(path, &name, problems).unwrap_or_default();
    let file = SourceFile::within(path.parent(), name, text);
    from_main(&file, Folder::of(path), (Some(path), left_out), plugins, problems)
}

/// What the main file says about the server itself, read for this alone. What is wrong with the file is for the whole load
/// to tell: settings that can't be read have their defaults. An error that passes is returned, since the load may not meet it.
pub(crate) fn settings(source: &Source) -> Result<Settings, FileError> {
    let text = match source.path() {
        None => DEFAULT_FILE.to_owned(),
        Some(path) => match trusted_file::read(path, trusted_file::MOST_TEXT) {
            Ok(bytes) => String::from_utf8(bytes).unwrap_or_default(),
            Err(error) if error.is_passing() => return Err(error),
            Err(_) => String::new(),
        },
    };
    let file = SourceFile::new("commands.toml", text);
    Ok(file::read(&file, FileKind::Main, &Problems::default()).settings)
}

/// Reads `text` as if it were the admin's file; it can include nothing and has no images.
pub(crate) fn from_text(text: &str, plugins: &Plugins, problems: &Problems) -> Files {
    let file = SourceFile::new("commands.toml", text);
    from_main(&file, Folder::Nowhere, (None, None), plugins, problems)
}

fn from_main(
    main: &Arc<SourceFile>,
    folder: Folder,
    (path, left_out): (Option<&Path>, Option<&Path>),
    plugins: &Plugins,
    problems: &Problems,
) -> Files {
    let builtin_file = SourceFile::new("builtin.toml (built in)", BUILTINS);
    let builtins = file::read(&builtin_file, FileKind::BuiltIn, problems);
    let mut files = Files {
        builtins,
        main: file::read(main, FileKind::Main, problems),
        included: Vec::new(),
        plugins: Vec::new(),
        names: vec![builtin_file.name().to_owned(), main.name().to_owned()],
        images: Images::default(),
        is_empty: path.is_some() && says_nothing(main.text()),
    };
    if files.is_empty {
        let message = format!("{} is empty", quoted(main.name()));
        let help = "a running server refuses such a file: a save that failed may have left it";
        let diagnostic = Diagnostic::about_file(main.name(), message).help(help);
        problems.warning(Doubt::Empty, diagnostic.into_warning());
    }
    files
        .images
        .folders
        .insert(builtin_file.name().to_owned(), Folder::Embedded);
    let mut including = Including {
        seen: HashSet::new(),
        left_out: left_out.map(resolved),
        files: &mut files,
        problems,
    };
    path.map(|path| including.is_new(path));
    including.all(&folder);
    files.images.folders.insert(main.name().to_owned(), folder);
    let own = std::iter::once(&mut files.main).chain(&mut files.included);
    let named = own.flat_map(|contents| std::mem::take(&mut contents.plugins)).collect();
    files.plugins = plugins::load(named, plugins, &mut files.names, problems);
    files
}

/// Whether there are only blanks and comments in a file.
fn says_nothing(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim);
    lines.all(|line| line.is_empty() || line.starts_with('#'))
}

/// Where paths in a file lead from.
#[derive(Debug, Clone)]
enum Folder {
    /// A folder on disk.
    Disk(PathBuf),
    /// What is built into the server.
    Embedded,
    /// Nothing can be found.
    Nowhere,
}

impl Folder {
    /// That of a file on disk.
    fn of(path: &Path) -> Self {
        Folder::Disk(path.parent().unwrap_or(Path::new("")).to_owned())
    }
}

struct Including<'f> {
    /// Device and inode of each file that has been read, so that none is read twice.
    seen: HashSet<(u64, u64)>,
    /// A file that isn't read though it is included, as [`resolved`] tells its path.
    left_out: Option<PathBuf>,
    files: &'f mut Files,
    problems: &'f Problems,
}

impl Including<'_> {
    fn all(&mut self, folder: &Folder) {
        let Folder::Disk(folder) = folder else {
            return;
        };
        for include in std::mem::take(&mut self.files.main.includes) {
            match include::files(folder, &include.value) {
                Ok(paths) => {
                    for path in paths {
                        self.one(&path, &include);
                    }
                }
                Err(error) => {
                    if error.is_passing() {
                        self.problems.will_pass();
                    }
                    let message = format!("{} cannot be included: {error}", quoted(&include.value));
                    self.problems.error(Diagnostic::error(include.place, message));
                }
            }
        }
    }

    fn one(&mut self, path: &Path, include: &Located<String>) {
        if self
            .left_out
            .as_ref()
            .is_some_and(|left_out| resolved(path) == *left_out)
            || !self.is_new(path)
        {
            return;
        }
        let name = path.display().to_string();
        let bytes = match trusted_file::read(path, trusted_file::MOST_TEXT) {
            Ok(bytes) => bytes,
            Err(error) => {
                if error.is_passing() {
                    self.problems.will_pass();
                }
                let message = format!("{} {error}", quoted(&name));
                let diagnostic = Diagnostic::error(include.place.clone(), message).label("included here");
                let help = "without `*` or `?` it is a file, which must be there";
                let diagnostic = with_help(diagnostic, error.help(path, help));
                self.problems.syntax_error(diagnostic);
                return;
            }
        };
        let Some(text) = as_text(bytes, &name, self.problems) else {
            return;
        };
        let source = SourceFile::within(path.parent(), name.as_str(), text);
        let contents = file::read(&source, FileKind::Included, self.problems);
        self.files.included.push(contents);
        self.files.images.folders.insert(name.clone(), Folder::of(path));
        self.files.names.push(name);
    }

    /// Whether a file hasn't been read yet. One that isn't there is new: reading it says what is wrong.
    fn is_new(&mut self, path: &Path) -> bool {
        let Ok(metadata) = std::fs::metadata(path) else {
            return true;
        };
        self.seen.insert((metadata.dev(), metadata.ino()))
    }
}

/// The one path of a file that may not be there: of its folder without links, and its name.
fn resolved(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    path.file_name()
        .map_or_else(|| folder.clone(), |name| folder.join(name))
}

fn read_text(path: &Path, name: &str, problems: &Problems) -> Option<String> {
    match trusted_file::read(path, trusted_file::MOST_TEXT) {
        Ok(bytes) => as_text(bytes, name, problems),
        Err(error) => {
            if error.is_passing() {
                problems.will_pass();
            }
            let diagnostic = Diagnostic::about_file(name, format!("{} {error}", quoted(name)));
            let help = "check the path; `caracolad init FOLDER` writes a file to begin with";
            problems.syntax_error(with_help(diagnostic, error.help(path, help)));
            None
        }
    }
}

fn as_text(bytes: Vec<u8>, name: &str, problems: &Problems) -> Option<String> {
    let error = match String::from_utf8(bytes) {
        Ok(text) => return Some(text),
        Err(error) => error,
    };
    let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
    let line = valid.split(|byte| *byte == b'\n').count();
    let message = format!("{} is not UTF-8 text in line {line}", quoted(name));
    let diagnostic = Diagnostic::about_file(name, message).help("save it as UTF-8");
    problems.syntax_error(diagnostic);
    None
}

fn with_help(diagnostic: Diagnostic, help: Option<String>) -> Diagnostic {
    match help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

/// Reads images, each file once.
#[derive(Debug, Default)]
pub(crate) struct Images {
    /// By the name of the file that paths stand in.
    folders: HashMap<String, Folder>,
    read: HashMap<PathBuf, Arc<ImageFile>>,
}

impl Images {
    /// The image that a definition names; what is wrong with it is reported.
    pub(crate) fn image(&mut self, named: &Located<String>, problems: &Problems) -> Option<Arc<ImageFile>> {
        let folder = self.folders.get(named.place.file().name())?;
        let path = match folder {
            Folder::Disk(folder) => folder.join(&named.value),
            Folder::Embedded | Folder::Nowhere => PathBuf::from(&named.value),
        };
        if let Some(image) = self.read.get(&path) {
            return Some(Arc::clone(image));
        }
        let report = |message: String, help: Option<String>| {
            let message = format!("the image {} {message}", quoted(&named.value));
            problems.error(with_help(Diagnostic::error(named.place.clone(), message), help));
        };
        if matches!(folder, Folder::Disk(_)) {
            problems.depends_on(path.clone());
        }
        let bytes = match bytes_of(folder, &path, &named.value) {
            Ok(bytes) => bytes,
            Err(error) => {
                if error.is_passing() {
                    problems.will_pass();
                }
                let help = error.help(&path, "its path begins at the folder of this file");
                report(error.to_string(), help);
                return None;
            }
        };
        match ImageFile::new(bytes) {
            Ok(image) => {
                let image = Arc::new(image);
                self.read.insert(path, Arc::clone(&image));
                Some(image)
            }
            Err(error) => {
                let error = error.to_string();
                let (message, help) = error.split_once("; ").unwrap_or((&error, ""));
                report(message.to_owned(), (!help.is_empty()).then(|| help.to_owned()));
                None
            }
        }
    }
}

fn bytes_of(folder: &Folder, path: &Path, named: &str) -> Result<Bytes, FileError> {
    match folder {
        Folder::Disk(_) => trusted_file::read(path, png::MOST_BYTES as u64).map(Bytes::from),
        Folder::Embedded => DEFAULT_IMAGES
            .iter()
            .find(|(path, _)| *path == named)
            .map(|(_, bytes)| Bytes::from_static(bytes))
            .ok_or(FileError::Missing),
        Folder::Nowhere => Err(FileError::Missing),
    }
}
