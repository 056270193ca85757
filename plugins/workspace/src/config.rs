//! What an admin may say in the plugin's `config` table.

use caracola_sdk::Error;
use serde::Deserialize;

/// The `config` table, as it is written.
#[derive(Deserialize)]
pub(crate) struct Config {
    quota: Option<Size>,
    files: Option<u64>,
    guests: Option<usize>,
}

/// What one person may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Bytes, counted as [`Usage`](crate::usage::Usage) counts them.
    pub(crate) bytes: u64,
    /// Files and folders.
    pub(crate) entries: u64,
    /// Guests' folders that there may be at once.
    pub(crate) guests: usize,
}

/// A size: a number of bytes, or text such as `10MiB`.
#[derive(Deserialize)]
#[serde(try_from = "Written")]
struct Size(u64);

#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Bytes(u64),
    Text(String),
}

impl TryFrom<Written> for Size {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        match written {
            Written::Bytes(bytes) => Ok(Self(bytes)),
            Written::Text(text) => size(&text)
                .map(Self)
                .ok_or_else(|| format!("'{text}' is not a size; write it as \"10MiB\"")),
        }
    }
}

/// Reads a size such as `512`, `64KiB`, `10 MiB`, `1G`. A unit of one letter is the one with `iB`.
pub(crate) fn size(text: &str) -> Option<u64> {
    let digits = text.trim().trim_end_matches(|letter: char| !letter.is_ascii_digit());
    let unit: u64 = match text.trim()[digits.len()..].trim_start() {
        "" | "B" => 1,
        "k" | "K" | "KiB" => 1 << 10,
        "M" | "MiB" => 1 << 20,
        "G" | "GiB" => 1 << 30,
        "kB" | "KB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(unit)
}

impl Limits {
    const BYTES: u64 = 10 << 20;
    const ENTRIES: u64 = 1000;
    const GUESTS: usize = 256;
    /// What fits into a folder at all; see [`MOST_LISTED`](crate::folder::MOST_LISTED).
    const MOST_ENTRIES: u64 = 50_000;

    /// What the table says, or is usual.
    pub(crate) fn new(config: &Config) -> Result<Self, Error> {
        let limits = Self {
            bytes: config.quota.as_ref().map_or(Self::BYTES, |size| size.0),
            entries: config.files.unwrap_or(Self::ENTRIES),
            guests: config.guests.unwrap_or(Self::GUESTS),
        };
        if limits.entries > Self::MOST_ENTRIES {
            let (files, most) = (limits.entries, Self::MOST_ENTRIES);
            return Err(Error::failed(format!(
                "config.files: {files} is too many; at most {most} files a person can be counted soon enough"
            )));
        }
        Ok(limits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        for (text, bytes) in [
            ("512", Some(512)),
            ("64KiB", Some(65536)),
            ("10 MiB", Some(10 << 20)),
            ("1G", Some(1 << 30)),
            ("2MB", Some(2_000_000)),
            ("", None),
            ("MiB", None),
            ("-1", None),
            ("1TiB?", None),
            ("99999999999999999999", None),
            ("99999999999999999G", None),
        ] {
            assert_eq!(size(text), bytes, "{text:?}");
        }
    }
}
