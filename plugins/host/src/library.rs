//! A library that is loaded, and what it says about itself.

use std::collections::HashMap;
use std::error::Error as _;
use std::ffi::c_void;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::sync::{Mutex, PoisonError};

use caracola_abi::{ABI_VERSION, Call, ENTRY, Entry, FLAG_SERIAL, Plugin, Start, Str};
use libloading::os::unix::{Library as Loaded, RTLD_LOCAL, RTLD_NOW};
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
use rustix::io::{Errno, write};

use super::file::PluginFile;
use super::host::HOST;
use super::load_error::LoadError;
use super::sized::{self, Unreadable};

/// The most bytes of a plugin's name or version.
const MOST_NAME: usize = 64;
/// The most bytes of a plugin's definitions.
const MOST_DEFINITIONS: usize = 4 * 1024 * 1024;

pub(super) type StartFunction = unsafe extern "C" fn(*const Start, *mut *mut c_void) -> i32;
pub(super) type CallFunction = unsafe extern "C" fn(*mut c_void, *const Call) -> i32;
pub(super) type StopFunction = unsafe extern "C" fn(*mut c_void);

/// What a plugin says about itself, copied.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Described {
    /// What it calls itself.
    pub(super) name: String,
    /// Its version.
    pub(super) version: String,
    /// Its commands, in the words of `commands.toml`.
    pub(super) definitions: String,
    /// Whether it must not be called from two threads at once.
    pub(super) is_serial: bool,
    /// Whether it completes arguments.
    pub(super) completes: bool,
}

impl Described {
    /// Whether everything is as short as it must be.
    pub(super) fn is_within_limits(&self) -> bool {
        self.name.len() <= MOST_NAME && self.version.len() <= MOST_NAME && self.definitions.len() <= MOST_DEFINITIONS
    }
}

/// A library in this process. It is never closed: neither a Rust library nor one that has started threads can be.
#[derive(Debug)]
pub(super) struct Library {
    pub(super) described: Described,
    pub(super) start: Option<StartFunction>,
    pub(super) call: CallFunction,
    pub(super) complete: Option<CallFunction>,
    pub(super) stop: Option<StopFunction>,
}

/// The libraries that this process has loaded, by the hashes of their files: the same bytes are loaded once. Those that turned
/// out to be no plugin are among them, since they stay, too, and would be there once more after each reload.
static LOADED: Mutex<Option<Libraries>> = Mutex::new(None);
type Libraries = HashMap<[u8; 32], Result<&'static Library, LoadError>>;

/// Loads a library into this process, unless it is there already. Runs what the library does at its beginning.
pub(super) fn load(file: &PluginFile) -> Result<&'static Library, LoadError> {
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    let loaded = loaded.get_or_insert_default();
    if let Some(known) = loaded.get(&file.digest) {
        return known.clone();
    }
    let opened = open(copy(&file.bytes)?);
    let library = opened.map(|library| &*Box::leak(Box::new(library)));
    // Of what is no library nothing stays, and what it lacked may be there next time.
    if !matches!(library, Err(LoadError::NotALibrary(_) | LoadError::Passing(_))) {
        loaded.insert(file.digest, library.clone());
    }
    library
}

/// Loads the library in a file that nobody can change any more, such as [`copy`] makes. To be called once for each file.
pub(super) fn load_copy(file: OwnedFd) -> Result<&'static Library, LoadError> {
    Ok(Box::leak(Box::new(open(file)?)))
}

/// A copy of a library that nobody else has a name for, and nobody can change. A loaded file that somebody overwrites
/// crashes the process.
pub(super) fn copy(bytes: &[u8]) -> Result<OwnedFd, LoadError> {
    let copied = || {
        // Kernels before 6.3 don't know the second flag, and do what it asks for.
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let file = match memfd_create(c"caracola-plugin", flags | MemfdFlags::EXEC) {
            Err(Errno::INVAL) => memfd_create(c"caracola-plugin", flags),
            made => made,
        }?;
        let mut rest = bytes;
        while !rest.is_empty() {
            rest = &rest[write(&file, rest)?..];
        }
        fcntl_add_seals(
            &file,
            SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL,
        )?;
        Ok(file)
    };
    copied().map_err(|error: Errno| {
        LoadError::of_system(&error.into(), |error| {
            LoadError::NotALibrary(format!("no room for a copy: {error}"))
        })
    })
}

/// Opens a library, and keeps its file open for ever if it was loaded: the loader knows libraries by their paths, and the
/// number in this one must not come to mean another file.
fn open(file: OwnedFd) -> Result<Library, LoadError> {
    let path = format!("/proc/self/fd/{}", file.as_raw_fd());
    // SAFETY: runs the library's own code. An admin's file named it, it is an admin's to trust, and it is in a process of
    // its own unless that file says otherwise.
    let loaded = unsafe { Loaded::open(Some(&path), RTLD_NOW | RTLD_LOCAL) };
    // What the loader says is below what `libloading` says, which is only that it failed.
    let why = |error: libloading::Error| match error.source() {
        Some(why) => without(&why.to_string(), &path),
        None => error.to_string(),
    };
    let loaded = loaded.map_err(|error| LoadError::NotALibrary(why(error)))?;
    // SAFETY: the ABI says that a function of this name has this type.
    let entry = unsafe { loaded.get::<Entry>(ENTRY) }.map(|entry| *entry);
    let opened = entry.map_err(|_| LoadError::NoEntry);
    // Never closed.
    std::mem::forget((loaded, file));
    // SAFETY: as above, and it takes nothing.
    let described = unsafe { opened?() };
    read(described)
}

/// An error of the loader's without the name of our copy.
fn without(error: &str, path: &str) -> String {
    error.replace(&format!("{path}: "), "").replace(path, "it")
}

/// Copies out of a descriptor what is needed of it.
fn read(described: *const Plugin) -> Result<Library, LoadError> {
    let impossible = |what: &str| LoadError::Descriptor(what.to_owned());
    // The version comes first: nothing else of another version's can be read.
    if described.is_null() {
        return Err(impossible("it has no descriptor"));
    }
    if !described.is_aligned() {
        return Err(impossible("its descriptor is at an odd address"));
    }
    // SAFETY: the ABI says that a descriptor of any version begins so.
    let theirs = unsafe { described.cast::<u32>().read() };
    if theirs != ABI_VERSION {
        return Err(LoadError::Abi {
            theirs,
            ours: ABI_VERSION,
        });
    }
    // SAFETY: the ABI says that there are as many bytes as the size says.
    let plugin = unsafe { sized::read(described) }.map_err(|error| match error {
        Unreadable::TooShort(size) => impossible(&format!(
            "its descriptor has {size} bytes, and the shortest has {}",
            Plugin::FIRST_SIZE
        )),
        Unreadable::Null | Unreadable::Misaligned => impossible("its descriptor is nowhere"),
    })?;
    if plugin.needs_host > HOST.size {
        return Err(LoadError::NeedsNewerServer {
            needs: plugin.needs_host,
            has: HOST.size,
        });
    }
    let text = |what: &str, text: Str, most: usize| {
        if text.len > most {
            return Err(impossible(&format!("its {what} has more than {most} bytes")));
        }
        // SAFETY: the ABI says that it stays readable for as long as the process.
        let text = unsafe { text.text() };
        let text = text.ok_or_else(|| impossible(&format!("its {what} is no text")))?;
        Ok(text.to_owned())
    };
    Ok(Library {
        described: Described {
            name: text("name", plugin.name, MOST_NAME)?,
            version: text("version", plugin.version, MOST_NAME)?,
            definitions: text("definitions", plugin.definitions, MOST_DEFINITIONS)?,
            is_serial: plugin.flags & FLAG_SERIAL != 0,
            completes: plugin.complete.is_some(),
        },
        start: plugin.start,
        call: plugin.call.ok_or_else(|| impossible("it has no function `call`"))?,
        complete: plugin.complete,
        stop: plugin.stop,
    })
}

#[cfg(test)]
mod tests {
    use std::ptr;

    use super::*;

    unsafe extern "C" fn call(_: *mut c_void, _: *const Call) -> i32 {
        0
    }

    fn descriptor() -> Plugin {
        Plugin {
            abi: ABI_VERSION,
            size: Plugin::FIRST_SIZE,
            name: Str::new("test"),
            version: Str::new("1.2.3"),
            definitions: Str::new("[commands.f]\nsummary = \"f\"\n"),
            needs_host: 0,
            flags: 0,
            start: None,
            call: Some(call),
            complete: None,
            stop: None,
        }
    }

    fn refused(plugin: &Plugin) -> String {
        match read(plugin) {
            Ok(library) => panic!("it was taken: {library:?}"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_descriptor_of_this_version_is_read() {
        let library = read(&descriptor()).unwrap();
        assert_eq!(library.described.name, "test");
        assert_eq!(library.described.version, "1.2.3");
        assert!(!library.described.is_serial && !library.described.completes);
    }

    #[test]
    fn a_newer_plugin_whose_descriptor_is_longer_is_read() {
        #[repr(C)]
        struct Newer {
            plugin: Plugin,
            more: [usize; 4],
        }
        let mut newer = Newer {
            plugin: descriptor(),
            more: [usize::MAX; 4],
        };
        newer.plugin.size = u32::try_from(size_of::<Newer>()).unwrap();
        let library = read(ptr::from_ref(&newer).cast()).unwrap();
        assert_eq!(library.described.name, "test");
        assert_eq!(newer.more, [usize::MAX; 4]);
    }

    #[test]
    fn a_plugin_of_another_version_is_refused_with_a_sentence() {
        for theirs in [0, 2, u32::MAX] {
            let other = Plugin {
                abi: theirs,
                // Nothing behind the version may be looked at.
                size: 1,
                definitions: Str {
                    data: ptr::without_provenance(8),
                    len: 1000,
                },
                ..descriptor()
            };
            let sentence = refused(&other);
            assert!(sentence.contains(&format!("version {theirs}")), "{sentence}");
        }
    }

    #[test]
    fn a_plugin_that_needs_a_newer_server_is_refused_with_a_sentence() {
        let newer = Plugin {
            needs_host: HOST.size + 8,
            ..descriptor()
        };
        assert!(refused(&newer).contains("needs a newer server"));
        let fits = Plugin {
            needs_host: HOST.size,
            ..descriptor()
        };
        assert!(read(&raw const fits).is_ok());
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_a_sentence() {
        assert!(read(ptr::null()).is_err());
        assert!(read(ptr::without_provenance(3)).is_err());
        let short = Plugin {
            size: 12,
            ..descriptor()
        };
        assert!(refused(&short).contains("12 bytes"));
        let mute = Plugin {
            call: None,
            ..descriptor()
        };
        assert!(refused(&mute).contains("`call`"));
        let nameless = Plugin {
            name: Str {
                data: ptr::null(),
                len: 3,
            },
            ..descriptor()
        };
        assert!(refused(&nameless).contains("name is no text"));
        let garbled = Plugin {
            version: Str::from_bytes(b"\xff\xfe"),
            ..descriptor()
        };
        assert!(refused(&garbled).contains("version is no text"));
        let long = Plugin {
            definitions: Str {
                data: ptr::without_provenance(8),
                len: usize::MAX,
            },
            ..descriptor()
        };
        assert!(refused(&long).contains("definitions has more than"));
    }
}
