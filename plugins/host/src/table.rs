//! The functions that plugins call. Each copies what it is given, checks it, and hands it to the call that it belongs to.

use caracola_abi::{
    ABI_VERSION, Card, Context, ERROR_BUSY, ERROR_DENIED, ERROR_FAILED, ERROR_LIMIT, ERROR_TIMEOUT, ERROR_USAGE,
    Example, GONE, Host, MALFORMED, Request, STREAM_ERR, STREAM_OUT, Str, TOO_LARGE, Table,
};

use caracola_wire::png::SIGNATURE;

use crate::call::{Answered, COST_OF_TEXT, Complaint, Failure, PluginCard, PluginTable};
use crate::collector::{Collector, ROOM_FOR_ERROR};
use crate::handle;
use crate::logger::{self, Level};
use crate::observer::Utterance;
use crate::sized;

/// What every plugin of this process gets: the server's functions, by the ABI.
#[expect(clippy::cast_possible_truncation, reason = "it is some hundred bytes")]
pub(crate) static HOST: Host = Host {
    abi: ABI_VERSION,
    size: size_of::<Host>() as u32,
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

/// Finds the call that something is said to, and lets `take` read and take it.
fn with(request: *mut Request, said: Utterance, take: impl FnOnce(&Collector) -> Option<i32>) -> i32 {
    if request.is_null() {
        return MALFORMED;
    }
    handle::find(request).map_or(GONE, |call| call.hear(said, take))
}

unsafe extern "C" fn log(context: *mut Context, level: u32, text: Str) {
    // SAFETY: the ABI demands that the text is readable while this runs.
    let bytes = unsafe { text.bytes() };
    if let (Some(logger), Some(bytes)) = (logger::find(context), bytes) {
        logger.log(Level::of(level), &String::from_utf8_lossy(bytes));
    }
}

unsafe extern "C" fn text(request: *mut Request, text: Str) -> i32 {
    with(request, Utterance::Answer, |call| {
        if text.len > call.most() {
            return Some(call.answer(text.len, Ok(Answered::Done)));
        }
        // SAFETY: the ABI demands that the text is readable while this runs.
        let text = unsafe { text.text() }?;
        Some(call.answer(text.len(), Ok(Answered::Text(text.to_owned()))))
    })
}

unsafe extern "C" fn card(request: *mut Request, card: *const Card) -> i32 {
    with(request, Utterance::Answer, |call| {
        // SAFETY: the ABI demands a card of the size that it says, or null.
        let card = unsafe { sized::read(card) }.ok()?;
        let count = card.usage_count.checked_add(card.example_count)?;
        if count > call.most() {
            return Some(TOO_LARGE);
        }
        // SAFETY: the ABI demands that all of it is readable while this runs.
        let (usage, examples) = unsafe {
            (
                list(card.usage, card.usage_count)?,
                list::<Example>(card.examples, card.example_count)?,
            )
        };
        let mut bytes = 0;
        let read = Reader { bytes: &mut bytes };
        let card = read.card(&card, usage, examples)?;
        Some(call.answer(bytes, Ok(Answered::Card(card))))
    })
}

unsafe extern "C" fn table(request: *mut Request, table: *const Table) -> i32 {
    with(request, Utterance::Answer, |call| {
        // SAFETY: the ABI demands a table of the size that it says, or null.
        let table = unsafe { sized::read(table) }.ok()?;
        if table.column_count == 0 {
            return None;
        }
        let count = table.column_count.checked_mul(table.row_count)?;
        if count.checked_add(table.column_count)? > call.most() / size_of::<Str>() {
            return Some(call.answer(usize::MAX, Ok(Answered::Done)));
        }
        // SAFETY: the ABI demands that all of it is readable while this runs.
        let (columns, cells) = unsafe { (list(table.columns, table.column_count)?, list(table.cells, count)?) };
        let mut bytes = 0;
        let read = Reader { bytes: &mut bytes };
        let table = read.table(&table, columns, cells)?;
        Some(call.answer(bytes, Ok(Answered::Table(table))))
    })
}

unsafe extern "C" fn image(request: *mut Request, png: Str, alt: Str) -> i32 {
    with(request, Utterance::Answer, |call| {
        // SAFETY: the ABI demands that both are readable while this runs.
        let (png, alt) = unsafe { (png.bytes()?, alt.text()?) };
        if !png.starts_with(SIGNATURE) {
            return None;
        }
        let bytes = png.len().checked_add(alt.len())?;
        if bytes > call.most() {
            return Some(call.answer(bytes, Ok(Answered::Done)));
        }
        let (png, alt) = (png.to_owned(), alt.to_owned());
        Some(call.answer(bytes, Ok(Answered::Image { png, alt })))
    })
}

unsafe extern "C" fn error(request: *mut Request, code: u32, message: Str) -> i32 {
    with(request, Utterance::Answer, |call| {
        let complaint = match code {
            ERROR_FAILED => Complaint::Failed,
            ERROR_USAGE => Complaint::Usage,
            ERROR_DENIED => Complaint::Denied,
            ERROR_BUSY => Complaint::Busy,
            ERROR_LIMIT => Complaint::Limit,
            ERROR_TIMEOUT => Complaint::Timeout,
            _ => return None,
        };
        if message.len > call.most().saturating_add(ROOM_FOR_ERROR) {
            return Some(call.answer(message.len, Ok(Answered::Done)));
        }
        // SAFETY: the ABI demands that the text is readable while this runs.
        let message = unsafe { message.text() }?;
        let said = Failure::Said(complaint, message.to_owned());
        Some(call.answer(message.len(), Err(said)))
    })
}

unsafe extern "C" fn chunk(request: *mut Request, stream: u32, bytes: Str) -> i32 {
    with(request, Utterance::Chunk, |call| {
        let stream = match stream {
            STREAM_OUT => 1,
            STREAM_ERR => 2,
            _ => return None,
        };
        if bytes.len > call.most() {
            return Some(TOO_LARGE);
        }
        // SAFETY: the ABI demands that the bytes are readable while this runs.
        Some(call.chunk(stream, unsafe { bytes.bytes() }?))
    })
}

unsafe extern "C" fn is_cancelled(request: *mut Request) -> i32 {
    let asked = with(request, Utterance::IsCancelled, |call| {
        Some(i32::from(call.is_cancelled()))
    });
    // A call that is over, or never was, has nobody who waits for it.
    i32::from(asked != 0)
}

unsafe extern "C" fn candidate(request: *mut Request, value: Str, about: Str) -> i32 {
    with(request, Utterance::Candidate, |call| {
        // SAFETY: the ABI demands that both are readable while this runs.
        let (value, about) = unsafe { (value.text()?, about.text()?) };
        Some(call.candidate(value, about))
    })
}

unsafe extern "C" fn set_state(request: *mut Request, state: Str) -> i32 {
    with(request, Utterance::State, |call| {
        // SAFETY: the ABI demands that the text is readable while this runs.
        Some(call.set_state(unsafe { state.text() }?))
    })
}

unsafe extern "C" fn set_prompt(request: *mut Request, text: Str) -> i32 {
    with(request, Utterance::Prompt, |call| {
        // SAFETY: the ABI demands that the text is readable while this runs.
        Some(call.set_prompt(unsafe { text.text() }?))
    })
}

/// A list of the ABI.
///
/// # Safety
/// Unless it is null, `first` points to `count` values that stay as they are for `'a`.
unsafe fn list<'a, T>(first: *const T, count: usize) -> Option<&'a [T]> {
    if count == 0 {
        return Some(&[]);
    }
    if first.is_null() || !first.is_aligned() || count > isize::MAX as usize / size_of::<T>() {
        return None;
    }
    // SAFETY: as promised, and it is neither null nor misaligned nor too long.
    Some(unsafe { std::slice::from_raw_parts(first, count) })
}

/// Copies texts, and counts what they cost: each something, however short.
struct Reader<'b> {
    bytes: &'b mut usize,
}

impl Reader<'_> {
    fn text(&mut self, text: Str) -> Option<String> {
        // SAFETY: the ABI demands that everything that is handed over is readable until the function returns, and this
        // is only used in such a function.
        let text = unsafe { text.text() }?;
        *self.bytes = self.bytes.checked_add(text.len() + COST_OF_TEXT)?;
        Some(text.to_owned())
    }

    fn texts(&mut self, texts: &[Str]) -> Option<Vec<String>> {
        texts.iter().map(|text| self.text(*text)).collect()
    }

    fn card(mut self, card: &Card, usage: &[Str], examples: &[Example]) -> Option<PluginCard> {
        let mut pairs = Vec::with_capacity(examples.len());
        for example in examples {
            pairs.push((self.text(example.run)?, self.text(example.about)?));
        }
        Some(PluginCard {
            name: self.text(card.name)?,
            summary: self.text(card.summary)?,
            usage: self.texts(usage)?,
            examples: pairs,
            note: self.text(card.note)?,
        })
    }

    fn table(mut self, table: &Table, columns: &[Str], cells: &[Str]) -> Option<PluginTable> {
        let mut rows = Vec::with_capacity(table.row_count);
        for row in cells.chunks(columns.len()) {
            rows.push(self.texts(row)?);
        }
        Some(PluginTable {
            columns: self.texts(columns)?,
            rows,
            note: self.text(table.note)?,
        })
    }
}
