//! No panic passes through the C ABI.
//!
//! Panics are heard by a hook in the plugin's own copy of std, for panics in functions that a server called; all others
//! go where they went. So the log has the place, and the server's standard error nothing.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::mem;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;
use std::thread;

thread_local! {
    /// How many guarded functions of this thread are running.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    /// What the last panic in one of them said, and where. The plugin may have caught that one itself.
    static LAST: RefCell<Option<(String, String)>> = const { RefCell::new(None) };
}

/// Runs something. If it panics, the error says how and where.
///
/// What it leaves behind half done is seen by later calls, as after any panic that is caught: a lock that it held is
/// poisoned.
pub(crate) fn guarded<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    listen();
    DEPTH.set(DEPTH.get() + 1);
    let result = panic::catch_unwind(AssertUnwindSafe(run));
    let result = result.map_err(|payload| {
        let said = message(&*payload);
        let heard = LAST.try_with(RefCell::take).ok().flatten();
        let said = match heard {
            Some((same, place)) if same == said => format!("{said} ({place})"),
            _ => said,
        };
        discard(payload);
        said
    });
    DEPTH.set(DEPTH.get() - 1);
    result
}

/// Drops a panic's payload, whose own `drop` may panic, and so on. What does that endlessly is left.
fn discard(payload: Box<dyn Any + Send>) {
    let mut payload = payload;
    for _ in 0..8 {
        match panic::catch_unwind(AssertUnwindSafe(|| drop(payload))) {
            Ok(()) => return,
            Err(next) => payload = next,
        }
    }
    mem::forget(payload);
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("a panic without words").to_owned()
}

/// Hears what panics in guarded functions say, instead of letting them write to the process's standard error. All other
/// panics go where they went before.
fn listen() {
    static ONCE: Once = Once::new();
    if ONCE.is_completed() || thread::panicking() {
        return;
    }
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if DEPTH.try_with(Cell::get).unwrap_or(0) == 0 {
                return before(info);
            }
            let said = message(info.payload());
            let place = info
                .location()
                .map_or_else(String::new, |at| format!("{}:{}", at.file(), at.line()));
            let _ = LAST.try_with(|last| last.replace(Some((said, place))));
        }));
    });
}
