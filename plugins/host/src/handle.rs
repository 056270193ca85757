//! What a plugin has in its hand while it works at a call: a number in the form of a pointer, never an address.
//!
//! Whatever it does with it, and however long it keeps it, no memory is touched by that. The numbers follow no order that is
//! easy to see, so that a plugin that answers to wrong ones meets none of another plugin's calls.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use caracola_abi::Request;

use crate::collector::Collector;

type Shard = HashMap<usize, Arc<Collector>>;

/// How many maps share the requests, so that calls on several processors don't wait for each other.
const SHARDS: usize = 16;

/// The calls that plugins of this process work at, by number.
static OPEN: LazyLock<[Mutex<Shard>; SHARDS]> = LazyLock::new(Default::default);
/// How many calls there have been.
static COUNT: AtomicUsize = AtomicUsize::new(0);
/// What makes a call's number of its count: an odd factor, by which no two become the same, and what is added.
static SCATTER: LazyLock<(usize, usize)> = LazyLock::new(|| {
    let random = RandomState::new();
    #[expect(clippy::cast_possible_truncation, reason = "any bits will do")]
    let bits = |which: u8| random.hash_one(which) as usize;
    (bits(0) | 1, bits(1))
});

/// What a plugin has in its hand while a call lasts.
#[derive(Debug)]
pub(crate) struct Handle {
    number: usize,
}

impl Handle {
    /// A handle of a call. It is good until it is dropped; if somebody observes the call, they are told of later uses.
    pub(crate) fn open(collector: &Arc<Collector>) -> Self {
        let mut number = next();
        if number == 0 {
            // It would be a null pointer.
            number = next();
        }
        shard(number).insert(number, Arc::clone(collector));
        Self { number }
    }

    /// What the plugin gets.
    pub(crate) fn pointer(&self) -> *mut Request {
        ptr::without_provenance_mut(self.number)
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        let mut shard = shard(self.number);
        if let Some(call) = shard.remove(&self.number)
            && call.close()
        {
            shard.insert(self.number, call);
        }
    }
}

fn next() -> usize {
    let (factor, more) = *SCATTER;
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    count.wrapping_mul(factor).wrapping_add(more)
}

/// The call that a plugin means, if it is still going on.
pub(crate) fn find(request: *mut Request) -> Option<Arc<Collector>> {
    let number = request.addr();
    shard(number).get(&number).map(Arc::clone)
}

fn shard(number: usize) -> MutexGuard<'static, Shard> {
    OPEN[number % SHARDS].lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::Invocation;
    use crate::collector::Purpose;

    #[test]
    fn a_handle_that_is_kept_too_long_means_nothing() {
        let call = Collector::new(Purpose::Call, &Invocation::default(), None);
        let handle = Handle::open(&call);
        let pointer = handle.pointer();
        assert!(find(pointer).is_some());
        drop(handle);
        assert!(find(pointer).is_none());
        assert!(find(ptr::null_mut()).is_none());
    }
}
