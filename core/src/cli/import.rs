//! `caracolad import`: commands made of what other projects have written.

use std::fs::{self, Permissions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand, ValueEnum};

use super::print;
use caracola_catalogue::{Broken, Catalogue, Source};
use caracola_import::{ImportError, Imported, LanguageSelection, OptionForm, Request};
use caracola_plugin_host::Plugins;
use caracola_speech::Language;

/// The exit status for a file that makes no sense, as for arguments that don't.
const UNUSABLE: u8 = 2;

/// What commands are made of.
#[derive(Debug, Subcommand)]
pub(crate) enum ImportAction {
    /// Make cards of the pages of tldr-pages
    Tldr(TldrArguments),
}

/// What `import tldr` may be told.
#[derive(Debug, Args)]
pub(crate) struct TldrArguments {
    /// A copy of tldr-pages: the folder with the folders pages, pages.es and so on
    folder: PathBuf,
    /// The file to write; a commands.toml can include it
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The languages to take, the one of the command lines first; `all` takes every one there is
    #[arg(long, value_name = "TAGS", value_delimiter = ',', default_value = "en,es")]
    lang: Vec<Language>,
    /// The commands.toml that will include the file: what it defines itself is left out
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// How options look that pages spell in two ways
    #[arg(long, value_name = "FORM", default_value = "long")]
    options: Form,
    /// Replace the file if it is there
    #[arg(long)]
    force: bool,
}

/// A spelling of options.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// --long
    Long,
    /// -s
    Short,
}

pub(super) fn import(action: &ImportAction) -> Result<ExitCode> {
    match action {
        ImportAction::Tldr(arguments) => tldr(arguments),
    }
}

fn tldr(arguments: &TldrArguments) -> Result<ExitCode> {
    if !arguments.force && fs::symlink_metadata(&arguments.out).is_ok() {
        bail!("{}", there_already(&arguments.out));
    }
    let existing = match existing(arguments.config.as_deref(), &arguments.out) {
        Ok(existing) => existing,
        Err(broken) => {
            print::remark(broken.render(print::remarks_are_seen()))?;
            super::complain("the file of --config can't be used: fix it first");
            return Ok(ExitCode::from(UNUSABLE));
        }
    };
    let imported = caracola_import::tldr(&Request {
        folder: &arguments.folder,
        languages: wanted(&arguments.lang),
        options: match arguments.options {
            Form::Long => OptionForm::Long,
            Form::Short => OptionForm::Short,
        },
        existing: &existing,
    });
    let Imported { text, report } = match imported {
        Ok(imported) => imported,
        Err(error) => {
            if let ImportError::NothingLeft(report) = &error {
                print::remark(report)?;
            }
            return Err(error.into());
        }
    };
    write(&arguments.out, &text, arguments.force)?;
    print::remark(&report)?;
    let file = arguments.out.display();
    print::remark(format!(
        "Wrote {file}, {} KiB. A commands.toml can include it.",
        text.len().div_ceil(1024)
    ))?;
    if arguments.config.is_none() {
        print::remark("If that has cards of its own, import again with --config FILE --force: it keeps them.")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What the cards have to be beside: the commands of a file, or the built-in ones alone. That file may include what is about
/// to be written, which need not be there yet, nor go together with the rest: it will be another.
fn existing(config: Option<&Path>, out: &Path) -> Result<Catalogue, Broken> {
    let loaded = match config {
        Some(path) => Catalogue::load_without(&Source::Flag(path.to_owned()), out, &Plugins::new(None, None)),
        None => Catalogue::from_text(""),
    };
    loaded.map(|loaded| loaded.catalogue)
}

fn wanted(languages: &[Language]) -> LanguageSelection {
    if languages.iter().any(|language| language.as_str() == "all") {
        return LanguageSelection::All;
    }
    let mut wanted: Vec<Language> = Vec::new();
    for language in languages {
        if !wanted.contains(language) {
            wanted.push(language.clone());
        }
    }
    LanguageSelection::These(wanted)
}

fn there_already(path: &Path) -> String {
    format!(
        "{} is there already: give another name, or --force to replace it",
        path.display()
    )
}

/// Writes the file, in a folder that is made if need be, so that a reader finds all of it or none: to a neighbour first,
/// synced, then renamed. Everybody may read it, as far as the umask lets them; nobody else may write it, or the catalogue
/// would refuse it.
fn write(path: &Path, text: &str, replace: bool) -> Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let mut file = tempfile::Builder::new()
        .permissions(Permissions::from_mode(0o644))
        .tempfile_in(folder)
        .with_context(|| format!("cannot write in {}", folder.display()))?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.as_file().sync_all());
    written.with_context(|| format!("cannot write {}", path.display()))?;
    let persisted = if replace {
        file.persist(path)
    } else {
        file.persist_noclobber(path)
    };
    if let Err(failed) = persisted {
        if failed.error.kind() == ErrorKind::AlreadyExists {
            bail!("{}", there_already(path));
        }
        return Err(failed.error).with_context(|| format!("cannot write {}", path.display()));
    }
    Ok(())
}
