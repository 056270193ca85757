//! `caracolad init FOLDER`: an editable copy of the default file.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};

use super::{print, schema};
use caracola_catalogue::{DEFAULT_FILE, DEFAULT_IMAGES, SCHEMA_FILE};

/// The file that binds the default cards to the functions of the plugin `workspace`.
const PRACTICE: (&str, &str) = (
    "practice.toml",
    include_str!("../../../plugins/workspace/practice.toml"),
);
/// The line of the default file that shows how to include others, and what it becomes.
const INCLUDE: (&str, &str) = ("# include = [\"commands.d/*.toml\"]", "include = [\"practice.toml\"]");

/// Where the default file's images are in the source tree, and where they are beside a copy.
const IMAGES: (&str, &str) = ("core/assets/", "images/");

pub(super) fn init(folder: &Path, practice: bool) -> Result<ExitCode> {
    let file = write(folder, practice)?;
    print::line(format!(
        "Wrote {}. Edit it, then start: caracolad --config {}",
        file.display(),
        file.display()
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// Writes everything into a folder, and says where the file with the commands is.
pub(super) fn write(folder: &Path, practice: bool) -> Result<PathBuf> {
    let images = folder.join(IMAGES.1);
    fs::create_dir_all(&images).with_context(|| format!("cannot make the folder {}", images.display()))?;
    let file = folder.join("commands.toml");
    write_new(&file, copy(practice).as_bytes())?;
    write_new(&folder.join(SCHEMA_FILE), schema::text().as_bytes())?;
    if practice {
        write_new(&folder.join(PRACTICE.0), PRACTICE.1.as_bytes())?;
    }
    for (path, bytes) in DEFAULT_IMAGES {
        let name = path.strip_prefix(IMAGES.0).unwrap_or(path);
        write_new(&images.join(name), bytes)?;
    }
    Ok(file)
}

/// The default file, with paths as they are beside a copy: the schema, then the images.
fn copy(practice: bool) -> String {
    let schema = format!("#:schema {}{SCHEMA_FILE}", IMAGES.0);
    let copy = DEFAULT_FILE
        .replacen(&schema, &format!("#:schema ./{SCHEMA_FILE}"), 1)
        .replace(IMAGES.0, IMAGES.1);
    if practice {
        copy.replacen(INCLUDE.0, INCLUDE.1, 1)
    } else {
        copy
    }
}

/// Writes a file that is not there yet: somebody's work is never overwritten.
fn write_new(path: &Path, content: &[u8]) -> Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .with_context(|| format!("cannot write {} (choose a folder without one)", path.display()))?;
    file.write_all(content)
        .with_context(|| format!("cannot write {}", path.display()))
}
