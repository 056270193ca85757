//! What plugins write to the log: bounded, and with nothing in it that could look like another line.

use std::ptr;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Instant;

use caracola_abi::{Context, LOG_DEBUG, LOG_ERROR, LOG_INFO, LOG_WARN};
use serde::{Deserialize, Serialize};

use caracola_speech::excerpt;

/// Characters of one line; the rest is left out, with a mark.
const LONGEST: usize = 1000;
/// Lines in one second; the rest is left out, and that is said.
const MOST: u32 = 50;

/// How much a line matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Level {
    /// Something failed.
    Error,
    /// Something is odd.
    Warn,
    /// Something happened.
    Info,
    /// For whoever looks for a mistake.
    Debug,
}

impl Level {
    /// What a plugin's number means; what it can't mean is worth knowing.
    pub(crate) fn of(number: u32) -> Self {
        match number {
            LOG_ERROR => Self::Error,
            LOG_WARN => Self::Warn,
            LOG_DEBUG => Self::Debug,
            LOG_INFO.. | 0 => Self::Info,
        }
    }
}

/// One plugin's way to the log.
pub struct Logger {
    began: Instant,
    /// The second that is counted, since `began`.
    second: AtomicU64,
    lines: AtomicU32,
    complaint: Mutex<String>,
    write: Write,
}

/// Where lines go.
type Write = Box<dyn Fn(Level, &str) + Send + Sync>;

impl Logger {
    /// Lines go to `write`.
    pub fn new(write: impl Fn(Level, &str) + Send + Sync + 'static) -> Self {
        Self {
            began: Instant::now(),
            second: AtomicU64::new(0),
            lines: AtomicU32::new(0),
            complaint: Mutex::default(),
            write: Box::new(write),
        }
    }

    /// Writes a line, unless there were too many in this second.
    pub(crate) fn log(&self, level: Level, text: &str) {
        let second = self.began.elapsed().as_secs();
        if self.second.swap(second, Ordering::Relaxed) != second {
            self.lines.store(0, Ordering::Relaxed);
        }
        match self.lines.fetch_add(1, Ordering::Relaxed) {
            count if count < MOST => {
                let shown = shown(text);
                (self.write)(level, &shown);
                if matches!(level, Level::Error | Level::Warn) {
                    *self.complaint.lock().unwrap_or_else(PoisonError::into_inner) = shown;
                }
            }
            MOST => (self.write)(
                Level::Warn,
                "writes too much to the log: the rest of this second is left out",
            ),
            _ => {}
        }
    }

    /// The last line that told of something wrong; empty if none did.
    pub(crate) fn complaint(&self) -> String {
        self.complaint.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Text as it may stand in a log: not too long, and one line.
pub(crate) fn shown(text: &str) -> String {
    excerpt::characters(text, LONGEST).chars().flat_map(harmless).collect()
}

/// A character as it may stand in a log.
fn harmless(character: char) -> impl Iterator<Item = char> {
    let escaped = caracola_wire::text::is_hidden(character).then(|| character.escape_default());
    let plain = escaped.is_none().then_some(character);
    escaped.into_iter().flatten().chain(plain)
}

/// The loggers of all plugins that this process has ever loaded: their number is what plugins are given as a pointer, and
/// may keep for ever.
static LOGGERS: RwLock<Vec<Arc<Logger>>> = RwLock::new(Vec::new());

/// Keeps a logger for as long as the process, and says what the plugin gets for it.
pub(crate) fn keep(logger: Logger) -> *mut Context {
    let mut loggers = LOGGERS.write().unwrap_or_else(PoisonError::into_inner);
    loggers.push(Arc::new(logger));
    // From 1: none is a null pointer.
    ptr::without_provenance_mut(loggers.len())
}

/// The logger that a plugin means.
pub(crate) fn find(context: *mut Context) -> Option<Arc<Logger>> {
    let number = context.addr().checked_sub(1)?;
    let loggers = LOGGERS.read().unwrap_or_else(PoisonError::into_inner);
    loggers.get(number).map(Arc::clone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_lines_is_cut() {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let logger = Logger::new({
            let lines = Arc::clone(&lines);
            move |_, line: &str| lines.lock().unwrap().push(line.to_owned())
        });
        for _ in 0..10 * MOST {
            logger.log(Level::Info, "one\ntwo\u{1b}[2J");
        }
        let lines = lines.lock().unwrap();
        assert_eq!(lines[0], "one\\ntwo\\u{1b}[2J");
        // The second may have changed in between.
        assert!(lines.len() <= 2 * (MOST as usize + 1), "{}", lines.len());
    }

    #[test]
    fn what_is_no_logger_is_none() {
        let context = keep(Logger::new(|_, _| {}));
        assert!(find(context).is_some());
        assert!(find(ptr::null_mut()).is_none());
        assert!(find(ptr::without_provenance_mut(usize::MAX)).is_none());
    }
}
