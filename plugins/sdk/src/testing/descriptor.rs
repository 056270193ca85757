//! What a plugin says about itself, checked.

use std::collections::BTreeMap;
use std::error::Error;
use std::ffi::c_void;
use std::mem;
use std::path::Path;

use caracola_abi as abi;
use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW, Symbol};

use super::Failure;
use crate::host::size;

type Start = unsafe extern "C" fn(*const abi::Start, *mut *mut c_void) -> i32;
type Run = unsafe extern "C" fn(*mut c_void, *const abi::Call) -> i32;
type Stop = unsafe extern "C" fn(*mut c_void);

/// What a plugin says about itself.
pub(super) struct Descriptor {
    pub(super) name: &'static str,
    pub(super) version: &'static str,
    /// The names of params in the order of their definition, by function.
    pub(super) functions: BTreeMap<String, Vec<String>>,
    pub(super) is_serial: bool,
    pub(super) start: Option<Start>,
    pub(super) call: Run,
    pub(super) complete: Option<Run>,
    pub(super) stop: Option<Stop>,
}

impl Descriptor {
    /// # Safety
    /// `plugin` is null or what a plugin's entry returned, which stays for as long as the process.
    pub(super) unsafe fn read(plugin: *const abi::Plugin) -> Result<Self, Failure> {
        let fail = |what: String| Err(Failure(what));
        if plugin.is_null() || !plugin.is_aligned() {
            return fail("the plugin's entry returned no descriptor".into());
        }
        // SAFETY: it isn't null, and every descriptor begins with these two.
        let (version, length) = unsafe { ((*plugin).abi, (*plugin).size) };
        if version != abi::ABI_VERSION {
            return fail(format!(
                "the plugin speaks version {version} of the ABI, not {}",
                abi::ABI_VERSION
            ));
        }
        if length < abi::Plugin::FIRST_SIZE {
            return fail(format!(
                "the descriptor has {length} bytes; it needs {}",
                abi::Plugin::FIRST_SIZE
            ));
        }
        // SAFETY: it has the fields of the first version, since it is as large as that.
        let (name, version, definitions, needs_host, flags) = unsafe {
            (
                (*plugin).name.text(),
                (*plugin).version.text(),
                (*plugin).definitions.text(),
                (*plugin).needs_host,
                (*plugin).flags,
            )
        };
        // SAFETY: as above.
        let (start, call, complete, stop) =
            unsafe { ((*plugin).start, (*plugin).call, (*plugin).complete, (*plugin).stop) };
        if needs_host > size::<abi::Host>() {
            return fail(format!(
                "the plugin needs a newer server: a table of {needs_host} bytes"
            ));
        }
        if flags & !abi::FLAG_SERIAL != 0 {
            return fail(format!("the descriptor has unknown flags: {flags}"));
        }
        let (Some(name), Some(version), Some(definitions)) = (name, version, definitions) else {
            return fail("the descriptor's name, version or definitions aren't text".into());
        };
        if name.is_empty()
            || !name
                .bytes()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'))
        {
            return fail(format!("'{name}' is no name for a plugin"));
        }
        let Some(call) = call else {
            return fail("the descriptor has no function `call`".into());
        };
        Ok(Self {
            name,
            version,
            functions: functions(definitions)?,
            is_serial: flags & abi::FLAG_SERIAL != 0,
            start,
            call,
            complete,
            stop,
        })
    }
}

/// Loads a library for good and asks it.
pub(super) fn load(path: &Path) -> Result<Descriptor, Failure> {
    let fail = |error: &dyn Error| {
        // What the system's loader says is behind what libloading says.
        let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
        Failure(format!("{}: {error}{cause}", path.display()))
    };
    // An absolute path is never sought in the folders of libraries.
    let file = path.canonicalize().map_err(|error| fail(&error))?;
    // SAFETY: whoever tests a plugin runs its code, as it is the purpose of a test; what it does when loaded is up to it.
    let library = unsafe { Library::open(Some(file), RTLD_NOW | RTLD_LOCAL) }.map_err(|error| fail(&error))?;
    // SAFETY: the symbol of this name has this type; that is what makes a library a plugin.
    let entry: Symbol<abi::Entry> = unsafe { library.get(abi::ENTRY) }.map_err(|error| fail(&error))?;
    // Closing it is unsound: threads of the plugin, or destructors of thread locals, may need its code.
    mem::forget(library);
    // SAFETY: the library stays; the entry takes nothing, and returns what `read` asks for.
    unsafe { Descriptor::read(entry()) }
}

fn functions(definitions: &str) -> Result<BTreeMap<String, Vec<String>>, Failure> {
    let fail = |what: String| Failure(format!("the definitions: {what}"));
    let mut file: toml::Table = definitions
        .parse()
        .map_err(|error: toml::de::Error| fail(error.to_string()))?;
    let commands = file.remove("commands");
    if let Some(key) = file.keys().next() {
        return Err(fail(format!("only [commands.NAME] has a place there, and not `{key}`")));
    }
    let Some(toml::Value::Table(commands)) = commands else {
        return Err(fail("there is no [commands.NAME]".into()));
    };
    let functions = commands.into_iter().map(|(name, command)| match command {
        toml::Value::Table(command) if command.contains_key("summary") => Ok((name, params(&command))),
        _ => Err(fail(format!("[commands.{name}] has no summary"))),
    });
    functions.collect()
}

/// The names of a command's params. What is wrong with the rest of them the server tells.
fn params(command: &toml::Table) -> Vec<String> {
    let params = command.get("params").and_then(toml::Value::as_array);
    let names = params
        .into_iter()
        .flatten()
        .filter_map(|param| param.get("name")?.as_str());
    names.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use std::ptr;

    use super::*;

    const DEFINITIONS: &str = "[commands.a]\nsummary = 'A'\nparams = [{ name = 'x' }, { name = 'y' }]";

    unsafe extern "C" fn call(_: *mut c_void, _: *const abi::Call) -> i32 {
        0
    }

    fn plugin() -> abi::Plugin {
        abi::Plugin {
            abi: abi::ABI_VERSION,
            size: size::<abi::Plugin>(),
            name: abi::Str::new("a"),
            version: abi::Str::new("1"),
            definitions: abi::Str::new(DEFINITIONS),
            needs_host: 0,
            flags: 0,
            start: None,
            call: Some(call),
            complete: None,
            stop: None,
        }
    }

    /// What is wrong with a descriptor that was changed.
    fn refusal(change: impl FnOnce(&mut abi::Plugin)) -> String {
        let mut plugin = plugin();
        change(&mut plugin);
        // SAFETY: its texts are literals.
        let read = unsafe { Descriptor::read(&raw const plugin) };
        read.map_or_else(|failure| failure.0, |_| String::new())
    }

    #[test]
    fn a_good_descriptor_is_read() {
        let plugin = plugin();
        // SAFETY: its texts are literals.
        let read = unsafe { Descriptor::read(&raw const plugin) }.expect("it is good");
        assert_eq!((read.name, read.version, read.is_serial), ("a", "1", false));
        assert_eq!(read.functions["a"], ["x", "y"]);
    }

    #[test]
    fn one_of_another_version_or_size_is_refused() {
        assert_eq!(
            refusal(|plugin| plugin.abi = 2),
            "the plugin speaks version 2 of the ABI, not 1"
        );
        assert!(refusal(|plugin| plugin.size = abi::Plugin::FIRST_SIZE - 1).contains("bytes; it needs"));
        assert_eq!(
            refusal(|plugin| plugin.size = u32::MAX),
            "",
            "a newer plugin's is larger"
        );
        assert_eq!(refusal(|plugin| plugin.needs_host = size::<abi::Host>()), "");
        assert!(refusal(|plugin| plugin.needs_host = size::<abi::Host>() + 1).contains("a newer server"));
        // SAFETY: null is allowed.
        assert!(unsafe { Descriptor::read(ptr::null()) }.is_err());
    }

    #[test]
    fn one_that_makes_no_sense_is_refused() {
        assert!(refusal(|plugin| plugin.call = None).contains("no function `call`"));
        assert!(refusal(|plugin| plugin.flags = 2).contains("unknown flags: 2"));
        assert!(refusal(|plugin| plugin.name = abi::Str::new("A b")).contains("'A b' is no name"));
        assert!(refusal(|plugin| plugin.name = abi::Str::from_bytes(b"\xff")).contains("aren't text"));
        let definitions = |text: &'static str| refusal(|plugin| plugin.definitions = abi::Str::new(text));
        assert!(definitions("[commands.a").starts_with("the definitions: TOML parse error"));
        assert_eq!(definitions(""), "the definitions: there is no [commands.NAME]");
        assert_eq!(
            definitions("[commands.a]"),
            "the definitions: [commands.a] has no summary"
        );
        assert!(definitions("[server]\n[commands.a]\nsummary = ''").contains("not `server`"));
    }
}
