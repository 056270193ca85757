//! The functions that a plugin calls, in a test: they check, copy and remember.

use caracola_abi as abi;
use caracola_abi::Str;

use super::body::Body;
use super::lock;
use super::record::{Journal, Record};
use crate::host::{list, size};
use crate::{Candidate, Card, Code, Error, Level, Stream, Table};

/// What [`abi::Start::host`] points to.
pub(super) static TABLE: abi::Host = abi::Host {
    abi: abi::ABI_VERSION,
    size: size::<abi::Host>(),
    log,
    text,
    card,
    table,
    image,
    error,
    chunk,
    is_cancelled,
    candidate,
    set_state,
    set_prompt,
};

/// What a PNG file begins with.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The request's record.
///
/// # Safety
/// `request` is null, or was made by [`Record::request`].
unsafe fn record(request: *mut abi::Request) -> Option<&'static Record> {
    // SAFETY: as promised by the caller; records stay.
    unsafe { request.cast::<Record>().as_ref() }
}

/// Runs something with a request's record and what it is told, or says that they make no sense.
///
/// # Safety
/// As for [`record`].
unsafe fn with(request: *mut abi::Request, then: impl FnOnce(&Record) -> Option<i32>) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe { record(request) }.and_then(then).unwrap_or(abi::MALFORMED)
}

/// A copy of a text.
///
/// # Safety
/// As for [`Str::text`], until this returns.
unsafe fn copy(text: Str) -> Option<String> {
    // SAFETY: as promised by the caller.
    unsafe { text.text() }.map(str::to_owned)
}

/// Copies of texts.
///
/// # Safety
/// As for [`copy`] and [`list`].
unsafe fn copies(first: *const Str, count: usize) -> Option<Vec<String>> {
    // SAFETY: as promised by the caller.
    unsafe { list(first, count)?.iter().map(|text| copy(*text)).collect() }
}

unsafe extern "C" fn log(context: *mut abi::Context, level: u32, text: Str) {
    let level = match level {
        abi::LOG_ERROR => Level::Error,
        abi::LOG_WARN => Level::Warn,
        abi::LOG_DEBUG => Level::Debug,
        _ => Level::Info,
    };
    // SAFETY: the plugin has it from `Start`, and it stays. The text is the plugin's promise.
    let (journal, bytes) = unsafe { (context.cast::<Journal>().as_ref(), text.bytes()) };
    if let (Some(journal), Some(bytes)) = (journal, bytes) {
        lock(&journal.lines).push((level, String::from_utf8_lossy(bytes).into_owned()));
    }
}

unsafe extern "C" fn text(request: *mut abi::Request, text: Str) -> i32 {
    // SAFETY: for this and the functions below: the plugin's promise, by the ABI.
    unsafe {
        with(request, |record| {
            let text = copy(text)?;
            let bytes = text.len();
            Some(record.answer(Body::Text(text), bytes))
        })
    }
}

unsafe extern "C" fn card(request: *mut abi::Request, card: *const abi::Card) -> i32 {
    // SAFETY: as in `text`.
    unsafe {
        with(request, |record| {
            if card.is_null() || !card.is_aligned() || (*card).size < abi::Card::FIRST_SIZE {
                return None;
            }
            let examples = list((*card).examples, (*card).example_count)?.iter();
            let card = Card {
                name: copy((*card).name)?,
                summary: copy((*card).summary)?,
                usage: copies((*card).usage, (*card).usage_count)?,
                examples: examples
                    .map(|example| Some((copy(example.run)?, copy(example.about)?)))
                    .collect::<Option<_>>()?,
                note: copy((*card).note)?,
            };
            let examples = card.examples.iter().map(|(run, about)| run.len() + about.len());
            let lists = card.usage.iter().map(String::len).chain(examples).sum::<usize>();
            let bytes = card.name.len() + card.summary.len() + card.note.len() + lists;
            Some(record.answer(Body::Card(card), bytes))
        })
    }
}

unsafe extern "C" fn table(request: *mut abi::Request, table: *const abi::Table) -> i32 {
    // SAFETY: as in `text`.
    unsafe {
        with(request, |record| {
            if table.is_null() || !table.is_aligned() || (*table).size < abi::Table::FIRST_SIZE {
                return None;
            }
            let (columns, rows) = ((*table).column_count, (*table).row_count);
            if columns == 0 {
                return None;
            }
            let table = Table {
                columns: copies((*table).columns, columns)?,
                cells: copies((*table).cells, columns.checked_mul(rows)?)?,
                note: copy((*table).note)?,
            };
            let texts = table.columns.iter().chain(&table.cells);
            let bytes = table.note.len() + texts.map(String::len).sum::<usize>();
            Some(record.answer(Body::Table(table), bytes))
        })
    }
}

unsafe extern "C" fn image(request: *mut abi::Request, png: Str, alt: Str) -> i32 {
    // SAFETY: as in `text`.
    unsafe {
        with(request, |record| {
            let png = png.bytes().filter(|bytes| bytes.starts_with(PNG))?.to_vec();
            let bytes = png.len();
            Some(record.answer(Body::Image { png, alt: copy(alt)? }, bytes))
        })
    }
}

unsafe extern "C" fn error(request: *mut abi::Request, code: u32, message: Str) -> i32 {
    let code = match code {
        abi::ERROR_FAILED => Code::Failed,
        abi::ERROR_USAGE => Code::Usage,
        abi::ERROR_DENIED => Code::Denied,
        abi::ERROR_BUSY => Code::Busy,
        abi::ERROR_LIMIT => Code::Limit,
        abi::ERROR_TIMEOUT => Code::Timeout,
        _ => return abi::MALFORMED,
    };
    // SAFETY: as in `text`.
    unsafe {
        with(request, |record| {
            let message = copy(message)?;
            let bytes = message.len();
            Some(record.answer(Body::Error(Error::new(code, message)), bytes))
        })
    }
}

unsafe extern "C" fn chunk(request: *mut abi::Request, stream: u32, bytes: Str) -> i32 {
    let stream = match stream {
        abi::STREAM_OUT => Stream::Out,
        abi::STREAM_ERR => Stream::Err,
        _ => return abi::MALFORMED,
    };
    // SAFETY: as in `text`.
    unsafe { with(request, |record| Some(record.chunk(stream, bytes.bytes()?))) }
}

unsafe extern "C" fn is_cancelled(request: *mut abi::Request) -> i32 {
    // SAFETY: as in `text`.
    unsafe { record(request) }.map_or(abi::MALFORMED, |record| i32::from(record.is_cancelled()))
}

unsafe extern "C" fn candidate(request: *mut abi::Request, value: Str, about: Str) -> i32 {
    // SAFETY: as in `text`.
    unsafe {
        with(request, |record| {
            let (value, about) = (copy(value)?, copy(about)?);
            Some(record.candidate(Candidate { value, about }))
        })
    }
}

unsafe extern "C" fn set_state(request: *mut abi::Request, state: Str) -> i32 {
    // SAFETY: as in `text`.
    unsafe { with(request, |record| Some(record.set_state(copy(state)?))) }
}

unsafe extern "C" fn set_prompt(request: *mut abi::Request, text: Str) -> i32 {
    // SAFETY: as in `text`.
    unsafe { with(request, |record| Some(record.set_prompt(copy(text)?))) }
}
