//! A library that is loaded, and what it says about itself.

use std::error::Error as _;
use std::ffi::c_void;
use std::path::Path;

use caracola_abi::{ABI_VERSION, Call, ENTRY, Entry, FLAG_SERIAL, Plugin, Start, Str};
use libloading::os::unix::{Library as Loaded, RTLD_LOCAL, RTLD_NOW};

use crate::load_error::LoadError;
use crate::sized::{self, Unreadable};
use crate::table::HOST;

/// The most bytes of a plugin's name or version.
const MOST_NAME: usize = 64;
/// The most bytes of a plugin's definitions.
const MOST_DEFINITIONS: usize = 4 * 1024 * 1024;

pub(crate) type StartFunction = unsafe extern "C" fn(*const Start, *mut *mut c_void) -> i32;
pub(crate) type CallFunction = unsafe extern "C" fn(*mut c_void, *const Call) -> i32;
pub(crate) type StopFunction = unsafe extern "C" fn(*mut c_void);

/// What a plugin says about itself, copied.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Described {
    /// What it calls itself.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its commands, in the words of `commands.toml`.
    pub definitions: String,
    /// Whether it must not be called from two threads at once.
    pub is_serial: bool,
    /// Whether it completes arguments.
    pub completes: bool,
}

impl Described {
    /// Whether a library can have said that.
    #[cfg(feature = "server")]
    pub(crate) fn is_possible(&self) -> bool {
        Plugin::is_name(&self.name)
            && self.name.len() <= MOST_NAME
            && self.version.len() <= MOST_NAME
            && self.definitions.len() <= MOST_DEFINITIONS
    }
}

/// A library in this process. It is never closed: neither a Rust library nor one that has started threads can be.
#[derive(Debug)]
pub struct Library {
    pub(crate) described: Described,
    pub(crate) start: Option<StartFunction>,
    pub(crate) call: CallFunction,
    pub(crate) complete: Option<CallFunction>,
    pub(crate) stop: Option<StopFunction>,
}

impl Library {
    /// Loads a library from its file for good, and runs what it does at its beginning. Whoever overwrites the file later
    /// overwrites code that runs: a server loads copies.
    pub fn load(path: &Path) -> Result<&'static Self, LoadError> {
        // Only a path with a slash in it isn't sought in the folders of libraries.
        let file = path.canonicalize().map_err(|error| LoadError::File {
            path: path.to_owned(),
            reason: error.to_string(),
        })?;
        Ok(keep(open(&file)?))
    }

    /// The plugin that is linked with this program.
    ///
    /// # Safety
    /// `plugin` is null or what the entry of a plugin returns, which stays as it is for as long as the process.
    pub unsafe fn linked(plugin: *const Plugin) -> Result<&'static Self, LoadError> {
        Ok(keep(read(plugin)?))
    }

    /// What the plugin says about itself.
    pub fn described(&self) -> &Described {
        &self.described
    }
}

/// Opens a library. What is one, plugin or not, is never closed.
pub(crate) fn open(path: &Path) -> Result<Library, LoadError> {
    // SAFETY: runs the library's own code. An admin's file named it, it is an admin's to trust, and it is in a process of
    // its own unless that file says otherwise; or it is what somebody wants to test.
    let loaded = unsafe { Loaded::open(Some(path), RTLD_NOW | RTLD_LOCAL) };
    // What the loader says is below what `libloading` says, which is only that it failed.
    let why = |error: libloading::Error| match error.source() {
        Some(why) => without(&why.to_string(), &path.to_string_lossy()),
        None => error.to_string(),
    };
    let loaded = loaded.map_err(|error| LoadError::NotALibrary(why(error)))?;
    // SAFETY: the ABI says that a function of this name has this type.
    let entry = unsafe { loaded.get::<Entry>(ENTRY) }.map(|entry| *entry);
    let opened = entry.map_err(|_| LoadError::NoEntry);
    std::mem::forget(loaded);
    // SAFETY: as above, and it takes nothing.
    let described = unsafe { opened?() };
    read(described)
}

/// An error of the loader's without the name of the file, which may be that of a copy.
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
    let unknown = plugin.flags & !FLAG_SERIAL;
    if unknown != 0 {
        // Each asks for something, and it wouldn't get it.
        return Err(impossible(&format!(
            "it has flags that this server doesn't know: {unknown:#x}"
        )));
    }
    let text = |what: &str, text: Str, most: usize| {
        if text.len > most {
            return Err(impossible(&format!("its {what} has more than {most} bytes")));
        }
        // SAFETY: the ABI says that it stays readable for as long as the process.
        let text = unsafe { text.text() };
        let text = text.ok_or_else(|| impossible(&format!("its {what} is not text")))?;
        Ok(text.to_owned())
    };
    let name = text("name", plugin.name, MOST_NAME)?;
    if !Plugin::is_name(&name) {
        return Err(impossible(&format!(
            "'{name}' is not a name for a plugin, which has lower-case letters, digits, `_` and `-`"
        )));
    }
    Ok(Library {
        described: Described {
            name,
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

/// All libraries, which stay for good: reachable from here, they aren't taken for leaks.
static LOADED: std::sync::Mutex<Vec<&'static Library>> = std::sync::Mutex::new(Vec::new());

fn keep(library: Library) -> &'static Library {
    let library: &'static Library = Box::leak(Box::new(library));
    let loaded = LOADED.lock();
    loaded.unwrap_or_else(std::sync::PoisonError::into_inner).push(library);
    library
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
        assert!(refused(&nameless).contains("name is not text"));
        let garbled = Plugin {
            version: Str::from_bytes(b"\xff\xfe"),
            ..descriptor()
        };
        assert!(refused(&garbled).contains("version is not text"));
        let unknown = Plugin {
            flags: FLAG_SERIAL | 2,
            ..descriptor()
        };
        assert!(refused(&unknown).contains("doesn't know: 0x2"));
        for name in ["", "A b", "two words", "n\u{f1}u", "UPPER"] {
            let misnamed = Plugin {
                name: Str::new(name),
                ..descriptor()
            };
            assert!(refused(&misnamed).contains(&format!("'{name}' is not a name for a plugin")));
        }
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
