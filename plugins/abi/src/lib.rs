//! The C ABI between `caracolad` and its plugins: types alone, and nothing to link with.
//!
//! A plugin is a shared library that exports one function, [`ENTRY`]. It returns a [`Plugin`], which says what the plugin
//! is called, which commands it has, and which functions the server may call. What a plugin answers it says by calling
//! back: the functions of [`Host`]. Nobody writes this by hand in Rust: see the crate `caracola-sdk`. In C, include
//! `caracola.h`, which is made from the crate `caracola-abi`.
//!
//! # How it goes
//! 1. The server loads the library, calls [`ENTRY`] and copies what it needs out of the [`Plugin`].
//! 2. It calls [`Plugin::start`] once, with the plugin's `config` table. A plugin that doesn't return 0 isn't used.
//! 3. For each use of a command it calls [`Plugin::call`] with a [`Call`]. The plugin answers with exactly one of
//!    [`Host::text`], [`Host::card`], [`Host::table`], [`Host::image`] and [`Host::error`], perhaps after some
//!    [`Host::chunk`], and returns.
//! 4. When nobody needs the plugin any more, all calls have returned and it calls [`Plugin::stop`] once.
//!
//! # Who owns what, how long, on which thread
//! - **What the server gives** ([`Call`], [`Start`], and all that they point to) is the server's, is not to be changed, and is
//!   gone when the function returns that it was given to. [`Host`] and [`Start::context`] stay for as long as the process.
//! - **What the plugin gives** to a function of [`Host`] is copied before that returns. What [`Plugin`] points to stays for as
//!   long as the process: string literals, statics.
//! - **Nobody frees the other's memory.** There is no function for it.
//! - **Threads**: [`Plugin::start`] and [`Plugin::stop`] are called when no other function of the instance runs. [`Plugin::call`]
//!   and [`Plugin::complete`] are called from several threads at once, never the same thread twice; unless the plugin has
//!   [`FLAG_SERIAL`]. The functions of [`Host`] may be called from any thread, those that take a [`Request`] only until the
//!   call has returned that it came with.
//! - **Nothing may be thrown** through these functions: no panic, no C++ exception, no `longjmp`.
//! - A plugin leaves the process's signal handlers, its environment, its folder, its limits and its standard streams alone.
//!   It may be in the same process as the server, or in one of its own, and it can't tell which.
//!
//! # How it grows
//! [`ABI_VERSION`] changes only if what is below can't hold; then old plugins are refused with a sentence. Otherwise fields
//! are added at the end of the structs that have a `size`, each side says how large its structs are, and nobody reads
//! beyond that. So an older plugin works with a newer server. A newer plugin works with an older server unless it needs a
//! function that isn't there ([`Plugin::needs_host`]). Structs without a `size`, and the numbers of codes, are final.

#![no_std]

use core::ffi::c_void;
use core::mem::{offset_of, size_of};
use core::ptr;

/// What [`Plugin::abi`] and [`Host::abi`] must be.
pub const ABI_VERSION: u32 = 1;
/// The name of the one function that a plugin exports, without its closing zero. Its type is [`Entry`].
pub const ENTRY: &str = "caracola_plugin";

/// The plugin's functions must not be called from two threads at once.
pub const FLAG_SERIAL: u32 = 1;

/// [`Call::flags`]: the caller is shown chunks as they come. For all others they are gathered.
pub const CALL_STREAMS: u32 = 1;

/// What functions of [`Host`] return when they did what they are for.
pub const OK: i32 = 0;
/// The request has an answer already. The second one is dropped.
pub const ALREADY_ANSWERED: i32 = -1;
/// Nobody waits for the answer any more: the caller has gone or cancelled, or the time is over. Return soon.
pub const GONE: i32 = -2;
/// More than the server takes. Nothing of it was taken.
pub const TOO_LARGE: i32 = -3;
/// A null pointer where there may be none, text that isn't UTF-8, an unknown number, a picture that is no PNG.
pub const MALFORMED: i32 = -4;
/// Not at this time: a reply to a completion, or a candidate for a call.
pub const MISPLACED: i32 = -5;

/// [`Host::error`]: something went wrong.
pub const ERROR_FAILED: u32 = 1;
/// [`Host::error`]: the arguments make no sense.
pub const ERROR_USAGE: u32 = 2;
/// [`Host::error`]: the caller may not do that.
pub const ERROR_DENIED: u32 = 3;
/// [`Host::error`]: too much at the moment; the same may succeed later.
pub const ERROR_BUSY: u32 = 4;
/// [`Host::error`]: more than the caller may have, such as a quota.
pub const ERROR_LIMIT: u32 = 5;
/// [`Host::error`]: it took too long.
pub const ERROR_TIMEOUT: u32 = 6;

/// [`Host::log`]: something failed that an admin should mend.
pub const LOG_ERROR: u32 = 1;
/// [`Host::log`]: something is odd.
pub const LOG_WARN: u32 = 2;
/// [`Host::log`]: something worth knowing happened.
pub const LOG_INFO: u32 = 3;
/// [`Host::log`]: for whoever looks for a mistake.
pub const LOG_DEBUG: u32 = 4;

/// [`Host::chunk`]: to the caller's standard output.
pub const STREAM_OUT: u32 = 1;
/// [`Host::chunk`]: to the caller's standard error.
pub const STREAM_ERR: u32 = 2;

/// Bytes, which are UTF-8 where they are text. There is no closing zero. Final.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Str {
    /// The first byte. May be null if `len` is 0.
    pub data: *const u8,
    /// How many there are.
    pub len: usize,
}

/// What the server knows of one call, between that it begins and that it returns. Only its address is of use.
#[repr(C)]
pub struct Request {
    _private: [u8; 0],
}

/// What the server knows of one instance of a plugin. Only its address is of use.
#[repr(C)]
pub struct Context {
    _private: [u8; 0],
}

/// What a plugin says about itself.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Plugin {
    /// [`ABI_VERSION`].
    pub abi: u32,
    /// The size of this struct in bytes, as the plugin was compiled.
    pub size: u32,
    /// What it is called: lower-case letters, digits, `_` and `-`, for people. Its commands begin with the name that the
    /// admin gave it.
    pub name: Str,
    /// Its own version, such as `1.2.0`, for people.
    pub version: Str,
    /// Its commands, in the words of `commands.toml`: a table `[commands.NAME]` for each function, with `summary`,
    /// `examples`, `params` and so on, texts in several languages where there are. `nonblocking = true` promises that
    /// the function returns within microseconds. UTF-8.
    pub definitions: Str,
    /// The least [`Host::size`] that it can do with; 0 if it uses nothing that wasn't in the first version.
    pub needs_host: u32,
    /// [`FLAG_SERIAL`], or 0.
    pub flags: u32,
    /// Makes an instance. `instance` is where the plugin may put its own pointer, which is null before; it is what the
    /// other functions are given. Returns 0, or anything else if it can't work, after saying why by [`Host::log`]. May be
    /// null. Must return within the server's patience (10 s).
    pub start: Option<unsafe extern "C" fn(start: *const Start, instance: *mut *mut c_void) -> i32>,
    /// Runs a command. Returns 0; anything else fails the request if it has no answer. Not null.
    pub call: Option<unsafe extern "C" fn(instance: *mut c_void, call: *const Call) -> i32>,
    /// Offers values for an argument that is being typed, by [`Host::candidate`]: of the last param in
    /// [`Call::arguments`], whose value is what was typed of it so far. The params before it have their values, which
    /// nobody has checked. Only asked for params that say `complete = true`. Returns 0. May be null.
    pub complete: Option<unsafe extern "C" fn(instance: *mut c_void, call: *const Call) -> i32>,
    /// Ends the instance. May be null.
    pub stop: Option<unsafe extern "C" fn(instance: *mut c_void)>,
}

/// The type of the function that a plugin exports. What it returns stays as it is; null says that the plugin can't work
/// here at all.
pub type Entry = unsafe extern "C" fn() -> *const Plugin;

/// What an instance begins with.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Start {
    /// The size of this struct in bytes, as the server was compiled.
    pub size: u32,
    /// 0.
    pub reserved: u32,
    /// The server's functions. Stay for as long as the process.
    pub host: *const Host,
    /// What [`Host::log`] takes. Stays for as long as the process.
    pub context: *mut Context,
    /// What the plugin is called in this server: its commands are `NAME.FUNCTION`.
    pub name: Str,
    /// The plugin's `config` table, as a JSON object; `{}` if there is none.
    pub config: Str,
    /// Absolute paths that the plugin may write below, from its table in the file. Where the system can, it is held to that.
    pub write: *const Str,
    /// How many there are.
    pub write_count: usize,
    /// Absolute paths that it may read below, in the same way.
    pub read: *const Str,
    /// How many there are.
    pub read_count: usize,
}

/// One use of a command.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Call {
    /// The size of this struct in bytes, as the server was compiled.
    pub size: u32,
    /// [`CALL_STREAMS`], or 0.
    pub flags: u32,
    /// What the functions of [`Host`] take. Good until the call returns.
    pub request: *mut Request,
    /// The command's name in [`Plugin::definitions`].
    pub function: Str,
    /// The checked arguments: one for each param that has a value, in the order of the definition.
    pub arguments: *const Argument,
    /// How many there are.
    pub argument_count: usize,
    /// The account that the caller logged in to. Empty for a guest.
    pub user: Str,
    /// What the caller's role is: `guest`, `user`, `operator` or `admin`.
    pub role: Str,
    /// What others see as the caller's name; a guest's begins with `~`. Empty for a library that has none. Anybody may take
    /// a guest's name when it is free: it proves nothing.
    pub name: Str,
    /// Who the caller is, for keeping things apart: the same for all sessions of an account, and for a guest who comes
    /// back after a broken connection. Letters, digits, `_`, `-` and `~`; guests' begin with `~`. Fit for the name of a
    /// file, once the plugin has checked it.
    pub person: Str,
    /// The session's number; no other session of this run of the server has it.
    pub session: u64,
    /// What the plugin last gave to [`Host::set_state`] in this session. Empty at first.
    pub state: Str,
    /// The session's language, such as `en` or `es-MX`.
    pub language: Str,
    /// Columns of the caller's terminal; 80 for libraries.
    pub width: u32,
    /// Milliseconds after which nobody waits any more, from the beginning of the call.
    pub timeout_ms: u32,
}

/// The values of one param. Final.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Argument {
    /// The param's name.
    pub name: Str,
    /// Its values, in the order in which they were given. Booleans are `true` or `false`, choices as they are defined, paths
    /// resolved and absolute.
    pub values: *const Str,
    /// How many there are: 1, unless the param is a list.
    pub value_count: usize,
}

/// What a command shows about itself.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Card {
    /// The size of this struct in bytes, as the plugin was compiled.
    pub size: u32,
    /// 0.
    pub reserved: u32,
    /// The command's name.
    pub name: Str,
    /// One line on what it does.
    pub summary: Str,
    /// How it is typed, one line for each way.
    pub usage: *const Str,
    /// How many there are.
    pub usage_count: usize,
    /// Worked examples, best first.
    pub examples: *const Example,
    /// How many there are.
    pub example_count: usize,
    /// A closing sentence, or empty.
    pub note: Str,
}

/// A line to type, and what it does. Final.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Example {
    /// The line.
    pub run: Str,
    /// What it does, or empty.
    pub about: Str,
}

/// Rows and columns of text.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// The size of this struct in bytes, as the plugin was compiled.
    pub size: u32,
    /// 0.
    pub reserved: u32,
    /// The headings.
    pub columns: *const Str,
    /// How many there are: at least 1.
    pub column_count: usize,
    /// The cells, row after row: `column_count * row_count`.
    pub cells: *const Str,
    /// How many rows there are.
    pub row_count: usize,
    /// A closing sentence, or empty.
    pub note: Str,
}

/// What a plugin may call. Texts are UTF-8; control characters in them never reach a terminal. Each function that takes a
/// [`Request`] returns [`OK`] or one of the negative numbers; none of them blocks for longer than a copy takes.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Host {
    /// [`ABI_VERSION`].
    pub abi: u32,
    /// The size of this struct in bytes, as the server was compiled. Functions beyond it aren't there.
    pub size: u32,
    /// Writes a line to the server's log: `LOG_...`. Never log what a caller keeps secret.
    pub log: unsafe extern "C" fn(context: *mut Context, level: u32, text: Str),
    /// Answers with text, perhaps of many lines.
    pub text: unsafe extern "C" fn(request: *mut Request, text: Str) -> i32,
    /// Answers with a card.
    pub card: unsafe extern "C" fn(request: *mut Request, card: *const Card) -> i32,
    /// Answers with a table.
    pub table: unsafe extern "C" fn(request: *mut Request, table: *const Table) -> i32,
    /// Answers with a picture: a PNG file, and what can be seen on it, for those who can't.
    pub image: unsafe extern "C" fn(request: *mut Request, png: Str, alt: Str) -> i32,
    /// Answers that it didn't work: `ERROR_...`, and a sentence in the caller's language that says what happened, with which
    /// value, and what to do. Also taken after something was [`TOO_LARGE`], so that this can be told.
    pub error: unsafe extern "C" fn(request: *mut Request, code: u32, message: Str) -> i32,
    /// A piece of output, which needn't end with a line or a letter: `STREAM_...`. After chunks an answer isn't needed:
    /// a call that returns 0 without one has succeeded.
    pub chunk: unsafe extern "C" fn(request: *mut Request, stream: u32, bytes: Str) -> i32,
    /// 1 when nobody waits for the answer any more, else 0. To be asked now and then by what takes long.
    pub is_cancelled: unsafe extern "C" fn(request: *mut Request) -> i32,
    /// In [`Plugin::complete`]: offers a value, and what it means, or empty.
    pub candidate: unsafe extern "C" fn(request: *mut Request, value: Str, about: Str) -> i32,
    /// Keeps up to 4 KiB of text for the session, such as the folder that somebody is in: [`Call::state`] of its next calls. It is
    /// gone with the session, and survives the plugin's replacement.
    pub set_state: unsafe extern "C" fn(request: *mut Request, state: Str) -> i32,
    /// Shows up to 64 characters in the session's prompt, or nothing if empty.
    pub set_prompt: unsafe extern "C" fn(request: *mut Request, text: Str) -> i32,
}

impl Str {
    /// No bytes.
    pub const EMPTY: Self = Self {
        data: ptr::null(),
        len: 0,
    };

    /// Text. What it points to must stay for as long as whoever gets the result may read it.
    pub const fn new(text: &str) -> Self {
        Self::from_bytes(text.as_bytes())
    }

    /// Bytes, for as long as above.
    pub const fn from_bytes(bytes: &[u8]) -> Self {
        Self {
            data: bytes.as_ptr(),
            len: bytes.len(),
        }
    }

    /// The bytes; `None` for a null pointer with a length, or a length that no memory has.
    ///
    /// # Safety
    /// Unless it is null, `data` points to `len` bytes that stay as they are for `'a`.
    pub const unsafe fn bytes<'a>(self) -> Option<&'a [u8]> {
        if self.len == 0 {
            return Some(&[]);
        }
        if self.data.is_null() || self.len > isize::MAX as usize {
            return None;
        }
        // SAFETY: as promised by the caller, and it isn't null.
        Some(unsafe { core::slice::from_raw_parts(self.data, self.len) })
    }

    /// The bytes as text; `None` also if they aren't UTF-8.
    ///
    /// # Safety
    /// As for [`Str::bytes`].
    pub const unsafe fn text<'a>(self) -> Option<&'a str> {
        // SAFETY: as promised by the caller.
        match unsafe { self.bytes() } {
            Some(bytes) => match core::str::from_utf8(bytes) {
                Ok(text) => Some(text),
                Err(_) => None,
            },
            None => None,
        }
    }
}

/// The size of a struct up to and with its field `$last`, whose type is `$type`.
macro_rules! size_up_to {
    ($struct:ty, $last:ident: $type:ty) => {{
        #[expect(clippy::cast_possible_truncation, reason = "it is some hundred bytes")]
        let size = (offset_of!($struct, $last) + size_of::<$type>()) as u32;
        size
    }};
}

impl Plugin {
    /// The size of this struct in the first version: a smaller one is no plugin.
    pub const FIRST_SIZE: u32 = size_up_to!(Self, stop: usize);

    /// Whether a plugin can be called that, as [`Plugin::name`] says.
    pub const fn is_name(name: &str) -> bool {
        let mut rest = name.as_bytes();
        while let [first, others @ ..] = rest {
            if !matches!(first, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-') {
                return false;
            }
            rest = others;
        }
        !name.is_empty()
    }
}

impl Start {
    /// The size of this struct in the first version: a smaller one isn't from a server.
    pub const FIRST_SIZE: u32 = size_up_to!(Self, read_count: usize);
}

impl Call {
    /// The size of this struct in the first version: a smaller one isn't from a server.
    pub const FIRST_SIZE: u32 = size_up_to!(Self, timeout_ms: u32);
}

impl Card {
    /// The size of this struct in the first version: a smaller one is no card.
    pub const FIRST_SIZE: u32 = size_up_to!(Self, note: Str);
}

impl Table {
    /// The size of this struct in the first version: a smaller one is no table.
    pub const FIRST_SIZE: u32 = size_up_to!(Self, note: Str);
}

impl Host {
    /// The size of this struct in the first version: a smaller one isn't a server's.
    pub const FIRST_SIZE: u32 = size_up_to!(Self, set_prompt: usize);
}

// SAFETY: a descriptor is only ever read, and what it points to stays as it is for as long as the process: that is what
// the ABI demands of it.
unsafe impl Sync for Plugin {}
