//! Files that nobody else may read.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use anyhow::Result;

/// Writes a file of mode 0600: `caracolad` takes no key and no password from one that is open to others.
///
/// # Errors
/// If it can't be written.
pub fn write_secret(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text)?;
    Ok(fs::set_permissions(path, Permissions::from_mode(0o600))?)
}
