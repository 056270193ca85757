//! The server's functions, as safe as they can be without knowing what a request is.
//!
//! A server's structs are read field by field, through the pointer that came: a reference to the whole would reach
//! beyond one that an older server made.

use std::slice;

use caracola_abi as abi;
use caracola_abi::Str;

use crate::error::{Error, Refused};
use crate::reply::{Card, Table};

/// The server's table of functions. It may be larger or smaller than the one that we were compiled with, so each function
/// is read from its place, and never the table as a whole.
#[derive(Clone, Copy)]
pub(crate) struct Host(*const abi::Host);

// SAFETY: by the ABI, the table stays as it is for as long as the process, and its functions may be called from any thread.
unsafe impl Send for Host {}
// SAFETY: as above.
unsafe impl Sync for Host {}

impl Host {
    /// The table, if it is one whose functions we know.
    ///
    /// # Safety
    /// `host` is null, or a server's table, which stays for as long as the process.
    pub(crate) unsafe fn new(host: *const abi::Host) -> Option<Self> {
        if host.is_null() {
            return None;
        }
        // SAFETY: it isn't null; every table begins with these two.
        let (version, size) = unsafe { ((*host).abi, (*host).size) };
        (version == abi::ABI_VERSION && size >= abi::Host::FIRST_SIZE).then_some(Self(host))
    }

    /// # Safety
    /// `context` came with this table.
    pub(crate) unsafe fn log(self, context: *mut abi::Context, level: u32, text: &str) {
        // SAFETY: the table is one, as `new` saw; the context is the caller's promise.
        unsafe { ((*self.0).log)(context, level, Str::new(text)) }
    }

    /// # Safety
    /// For this and the functions below: `request` came with a call that hasn't returned.
    pub(crate) unsafe fn text(self, request: *mut abi::Request, text: &str) -> Result<(), Refused> {
        // SAFETY: the table is one, as `new` saw; the request is the caller's promise.
        Refused::check(unsafe { ((*self.0).text)(request, Str::new(text)) })
    }

    /// # Safety
    /// As for [`Host::text`].
    pub(crate) unsafe fn card(self, request: *mut abi::Request, card: &Card) -> Result<(), Refused> {
        let usage: Vec<Str> = card.usage.iter().map(|line| Str::new(line)).collect();
        let examples = card.examples.iter().map(|(run, about)| abi::Example {
            run: Str::new(run),
            about: Str::new(about),
        });
        let examples: Vec<abi::Example> = examples.collect();
        let card = abi::Card {
            size: size::<abi::Card>(),
            reserved: 0,
            name: Str::new(&card.name),
            summary: Str::new(&card.summary),
            usage: usage.as_ptr(),
            usage_count: usage.len(),
            examples: examples.as_ptr(),
            example_count: examples.len(),
            note: Str::new(&card.note),
        };
        // SAFETY: as in `text`; what the card points to lives until the end of this function.
        Refused::check(unsafe { ((*self.0).card)(request, &raw const card) })
    }

    /// # Safety
    /// As for [`Host::text`].
    pub(crate) unsafe fn table(self, request: *mut abi::Request, table: &Table) -> Result<(), Refused> {
        let columns: Vec<Str> = table.columns.iter().map(|column| Str::new(column)).collect();
        let cells: Vec<Str> = table.cells.iter().map(|cell| Str::new(cell)).collect();
        let table = abi::Table {
            size: size::<abi::Table>(),
            reserved: 0,
            columns: columns.as_ptr(),
            column_count: columns.len(),
            cells: cells.as_ptr(),
            row_count: cells.len() / columns.len().max(1),
            note: Str::new(&table.note),
        };
        // SAFETY: as in `text`; what the table points to lives until the end of this function.
        Refused::check(unsafe { ((*self.0).table)(request, &raw const table) })
    }

    /// # Safety
    /// As for [`Host::text`].
    pub(crate) unsafe fn image(self, request: *mut abi::Request, png: &[u8], alt: &str) -> Result<(), Refused> {
        // SAFETY: as in `text`.
        Refused::check(unsafe { ((*self.0).image)(request, Str::from_bytes(png), Str::new(alt)) })
    }

    /// # Safety
    /// As for [`Host::text`].
    pub(crate) unsafe fn error(self, request: *mut abi::Request, error: &Error) -> Result<(), Refused> {
        // SAFETY: as in `text`.
        Refused::check(unsafe { ((*self.0).error)(request, error.code().number(), Str::new(error.message())) })
    }

    /// # Safety
    /// As for [`Host::text`].
    pub(crate) unsafe fn chunk(self, request: *mut abi::Request, stream: u32, bytes: &[u8]) -> Result<(), Refused> {
        // SAFETY: as in `text`.
        Refused::check(unsafe { ((*self.0).chunk)(request, stream, Str::from_bytes(bytes)) })
    }

    /// # Safety
    /// As for [`Host::text`].
    pub(crate) unsafe fn is_cancelled(self, request: *mut abi::Request) -> bool {
        // SAFETY: as in `text`.
        unsafe { ((*self.0).is_cancelled)(request) != 0 }
    }

    /// # Safety
    /// As for [`Host::text`].
    pub(crate) unsafe fn candidate(self, request: *mut abi::Request, value: &str, about: &str) -> Result<(), Refused> {
        // SAFETY: as in `text`.
        Refused::check(unsafe { ((*self.0).candidate)(request, Str::new(value), Str::new(about)) })
    }

    /// # Safety
    /// As for [`Host::text`].
    pub(crate) unsafe fn set_state(self, request: *mut abi::Request, state: &str) -> Result<(), Refused> {
        // SAFETY: as in `text`.
        Refused::check(unsafe { ((*self.0).set_state)(request, Str::new(state)) })
    }

    /// # Safety
    /// As for [`Host::text`].
    pub(crate) unsafe fn set_prompt(self, request: *mut abi::Request, text: &str) -> Result<(), Refused> {
        // SAFETY: as in `text`.
        Refused::check(unsafe { ((*self.0).set_prompt)(request, Str::new(text)) })
    }
}

/// The size of a struct of the ABI, as they say it.
#[expect(clippy::cast_possible_truncation, reason = "they are some hundred bytes")]
pub(crate) const fn size<T>() -> u32 {
    size_of::<T>() as u32
}

/// A list that came through the ABI; `None` if it can't be one.
///
/// # Safety
/// Unless it is null, `first` points to `count` values that stay as they are for `'a`.
pub(crate) unsafe fn list<'a, T>(first: *const T, count: usize) -> Option<&'a [T]> {
    if count == 0 {
        return Some(&[]);
    }
    let fits = count
        .checked_mul(size_of::<T>())
        .is_some_and(|size| isize::try_from(size).is_ok());
    if first.is_null() || !first.is_aligned() || !fits {
        return None;
    }
    // SAFETY: as promised by the caller; and it is neither null, unaligned nor too large.
    Some(unsafe { slice::from_raw_parts(first, count) })
}
