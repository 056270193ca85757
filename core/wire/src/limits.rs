//! How much of anything one side accepts from the other.
//!
//! Guests may send 64 words in a request: a card takes any arguments, and real command lines of a dozen words are
//! common. What bounds the cost is 16 KiB a word and 64 KiB in all.

/// The longest line that a person may type, in bytes without its line end. `request_bytes` may make it shorter.
pub const MAX_INLINE_BYTES: usize = 16 * 1024;

/// The most words in such a line. [`RequestLimits::words`] doesn't apply to it: its length bounds it already.
pub const MAX_INLINE_WORDS: usize = 1024;

/// The longest simple string, error, big number or length line in a reply, in bytes without its line end.
pub const MAX_LINE_BYTES: usize = 64 * 1024;

/// What a server accepts in one request. Each limit is the largest value that is still fine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestLimits {
    /// Words in a framed request.
    pub words: usize,
    /// Bytes in one word.
    pub word_bytes: usize,
    /// Bytes of the whole request as it travels, framing included.
    pub request_bytes: usize,
}

impl RequestLimits {
    /// Before login on a server that lets no guests in: all that may be said is who one is.
    pub const STRANGER: Self = Self {
        words: 10,
        word_bytes: 16 * 1024,
        request_bytes: 64 * 1024,
    };

    /// For guests. More words than a stranger, in no more bytes: a card takes any arguments, and lines of a dozen words
    /// (`find . -name ...`) are common.
    pub const GUEST: Self = Self {
        words: 64,
        ..Self::STRANGER
    };

    /// For users who have logged in. Enough for a long script's line or a pasted file, and still little enough that
    /// some hundred sessions at their limit don't hurt.
    pub const USER: Self = Self {
        words: 1024,
        word_bytes: 256 * 1024,
        request_bytes: 1024 * 1024,
    };
}

/// What a client accepts in one value. Each limit is the largest value that is still fine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ValueLimits {
    /// Aggregates within each other: `*1 *1 :1` is two deep, a plain value none.
    pub depth: usize,
    /// Elements of all aggregates together. A pair of a map is two.
    pub items: usize,
    /// Bytes in one bulk or verbatim string.
    pub bulk_bytes: usize,
    /// Bytes of the whole value as it travels, framing included.
    pub total_bytes: usize,
}

impl Default for ValueLimits {
    fn default() -> Self {
        Self {
            depth: 32,
            items: 1_000_000,
            bulk_bytes: 64 * 1024 * 1024,
            total_bytes: 256 * 1024 * 1024,
        }
    }
}
