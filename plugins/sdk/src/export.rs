//! The functions that a server calls, for any [`Plugin`].

use std::ffi::c_void;

use caracola_abi as abi;
use caracola_abi::Str;

use crate::Plugin;
use crate::call::Call;
use crate::error::Error;
use crate::guard::guarded;
use crate::host::{Host, size};
use crate::log::Log;
use crate::sentences;
use crate::start::Start;

/// A plugin that [`export!`](crate::export!) was used on.
pub trait Exported: Plugin {
    /// What the server is given.
    const DESCRIPTOR: &'static abi::Plugin;
}

/// Makes the library a plugin: its one exported function, for a type with the trait [`Plugin`]. Once in a package of the
/// kind `cdylib`. The plugin is called as its package, or as `name` says, and has its version.
///
/// ```
/// # use caracola_sdk::{Call, Error, Plugin, Reply, Start};
/// # struct Hello;
/// # impl Plugin for Hello {
/// #     const DEFINITIONS: &'static str = "";
/// #     fn start(_: &Start<'_>) -> Result<Self, Error> { Ok(Self) }
/// #     fn call(&self, _: &Call<'_>) -> Result<Reply, Error> { Ok("".into()) }
/// # }
/// caracola_sdk::export!(Hello, name = "hello");
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! export {
    ($plugin:ty) => {
        $crate::export!($plugin, name = env!("CARGO_PKG_NAME"));
    };
    ($plugin:ty, name = $name:expr) => {
        const _: () = {
            static DESCRIPTOR: $crate::abi::Plugin =
                $crate::export::descriptor::<$plugin>($name, env!("CARGO_PKG_VERSION"));

            impl $crate::Exported for $plugin {
                const DESCRIPTOR: &'static $crate::abi::Plugin = &DESCRIPTOR;
            }

            #[unsafe(no_mangle)]
            extern "C" fn caracola_plugin() -> *const $crate::abi::Plugin {
                &DESCRIPTOR
            }
        };
    };
}

/// What the server is given. Refuses to compile with a name that isn't one.
pub const fn descriptor<P: Plugin>(name: &'static str, version: &'static str) -> abi::Plugin {
    assert!(
        abi::Plugin::is_name(name),
        "a plugin's name has lower-case letters, digits, `_` and `-`"
    );
    abi::Plugin {
        abi: abi::ABI_VERSION,
        size: size::<abi::Plugin>(),
        name: Str::new(name),
        version: Str::new(version),
        definitions: Str::new(P::DEFINITIONS),
        needs_host: 0,
        flags: if P::SERIAL { abi::FLAG_SERIAL } else { 0 },
        start: Some(start::<P>),
        call: Some(call::<P>),
        complete: Some(complete::<P>),
        stop: Some(stop::<P>),
    }
}

/// A plugin, and what it needs to speak.
struct Instance<P> {
    plugin: P,
    host: Host,
    log: Log,
}

/// Returned where the log, or the request's error, says more.
const FAILED: i32 = 1;

unsafe extern "C" fn start<P: Plugin>(start: *const abi::Start, instance: *mut *mut c_void) -> i32 {
    // SAFETY: it is what the server gave, until we return.
    let Some(start) = (unsafe { Start::read(start) }) else {
        return FAILED;
    };
    if instance.is_null() {
        return FAILED;
    }
    let (host, log) = (start.host(), start.log());
    let made = guarded(|| match P::start(&start) {
        Ok(plugin) => Some(Box::new(Instance { plugin, host, log })),
        Err(error) => {
            log.error(error);
            None
        }
    });
    match made {
        Ok(Some(made)) => {
            // SAFETY: it isn't null, and the server's place for the plugin's pointer.
            unsafe { instance.write(Box::into_raw(made).cast()) };
            abi::OK
        }
        Ok(None) => FAILED,
        Err(panic) => {
            log.error(format!("it panicked when it started: {panic}"));
            FAILED
        }
    }
}

unsafe extern "C" fn call<P: Plugin>(instance: *mut c_void, call: *const abi::Call) -> i32 {
    // SAFETY: it is what `start` made, and what the server gave, until we return.
    let Some((instance, call)) = (unsafe { open::<P>(instance, call) }) else {
        return FAILED;
    };
    match guarded(|| call.answer(instance.plugin.call(&call))) {
        Ok(()) => abi::OK,
        Err(panic) => {
            instance.log.error(format!("{} panicked: {panic}", call.function()));
            call.fail(&Error::failed(sentences::panicked(&call)));
            FAILED
        }
    }
}

unsafe extern "C" fn complete<P: Plugin>(instance: *mut c_void, call: *const abi::Call) -> i32 {
    // SAFETY: it is what `start` made, and what the server gave, until we return.
    let Some((instance, call)) = (unsafe { open::<P>(instance, call) }) else {
        return FAILED;
    };
    let offered = guarded(|| {
        for candidate in instance.plugin.complete(&call) {
            // Whatever the reason, it would be the same for the next.
            if call.offer(&candidate.value, &candidate.about).is_err() {
                break;
            }
        }
    });
    match offered {
        Ok(()) => abi::OK,
        Err(panic) => {
            instance
                .log
                .error(format!("{} panicked when completing: {panic}", call.function()));
            FAILED
        }
    }
}

unsafe extern "C" fn stop<P: Plugin>(instance: *mut c_void) {
    let instance: *mut Instance<P> = instance.cast();
    if instance.is_null() {
        return;
    }
    // SAFETY: `start` made it, and by the ABI this is called once, when nothing else of it runs.
    let instance = unsafe { Box::from_raw(instance) };
    let log = instance.log;
    if let Err(panic) = guarded(|| drop(instance)) {
        log.error(format!("it panicked when it stopped: {panic}"));
    }
}

/// # Safety
/// `instance` is null or what `start::<P>` made, and `stop` isn't called during `'a`. `call` is null or what came with it.
unsafe fn open<'a, P: Plugin>(instance: *mut c_void, call: *const abi::Call) -> Option<(&'a Instance<P>, Call<'a>)> {
    // SAFETY: as promised by the caller.
    let instance: &'a Instance<P> = unsafe { instance.cast::<Instance<P>>().as_ref() }?;
    // SAFETY: as promised by the caller.
    let call = unsafe { Call::read(instance.host, instance.log, call) }?;
    Some((instance, call))
}
