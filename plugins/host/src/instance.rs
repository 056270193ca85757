//! One instance of a plugin in this process: the only place that calls a plugin's functions.

use std::ffi::c_void;
use std::path::PathBuf;
use std::ptr;
use std::sync::{Arc, Mutex, PoisonError};

use caracola_abi::{Argument, CALL_STREAMS, Call, Start, Str};

use crate::call::{Answer, Candidate, Invocation};
use crate::collector::Collector;
use crate::handle::Handle;
use crate::library::{CallFunction, Library};
use crate::load_error::LoadError;
use crate::logger::{self, Logger};
use crate::table::HOST;

/// What an instance begins with.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Beginning {
    /// What the plugin is called in this server.
    pub name: String,
    /// Its `config` table, as a JSON object.
    pub config: String,
    /// What it may read below.
    pub read: Vec<PathBuf>,
    /// What it may write below.
    pub write: Vec<PathBuf>,
}

/// An instance. Dropping it stops it, on the thread that drops it.
#[derive(Debug)]
pub struct Instance {
    library: &'static Library,
    pointer: *mut c_void,
    /// Held during each call of a plugin that takes one at a time.
    one: Mutex<()>,
}

// SAFETY: the pointer is the plugin's own, given to nothing but the plugin's functions, which the ABI demands to work from
// any thread.
unsafe impl Send for Instance {}
// SAFETY: as above, and from several threads at once; if the plugin says that they don't, `one` sees to it.
unsafe impl Sync for Instance {}

impl Instance {
    /// Starts an instance. Lines that the plugin logs go to `logger`. May take as long as the plugin likes.
    pub fn start(library: &'static Library, beginning: &Beginning, logger: Logger) -> Result<Self, LoadError> {
        let context = logger::keep(logger);
        let mut pointer = ptr::null_mut();
        if let Some(start) = library.start {
            let (read, write) = (texts(&beginning.read), texts(&beginning.write));
            let (read_pointers, write_pointers) = (strs(&read), strs(&write));
            let given = Start {
                size: size(size_of::<Start>()),
                reserved: 0,
                host: &raw const HOST,
                context,
                name: Str::new(&beginning.name),
                config: Str::new(&beginning.config),
                write: write_pointers.as_ptr(),
                write_count: write_pointers.len(),
                read: read_pointers.as_ptr(),
                read_count: read_pointers.len(),
            };
            // SAFETY: a function of this type, as the descriptor says; all that `given` points to is there until it returns.
            let status = unsafe { start(&raw const given, &raw mut pointer) };
            if status != 0 {
                let complaint = logger::find(context)
                    .map(|logger| logger.complaint())
                    .unwrap_or_default();
                return Err(LoadError::Start { status, complaint });
            }
        }
        Ok(Self {
            library,
            pointer,
            one: Mutex::default(),
        })
    }

    /// Runs a command; returns when the plugin does. `collector` hears what it says.
    pub fn call(&self, invocation: &Invocation, collector: &Arc<Collector>) -> Answer {
        let status = self.run(self.library.call, invocation, collector);
        collector.finish(status)
    }

    /// Asks for values of the last argument; returns when the plugin does.
    pub fn complete(&self, invocation: &Invocation, collector: &Arc<Collector>) -> Vec<Candidate> {
        if let Some(complete) = self.library.complete {
            self.run(complete, invocation, collector);
        }
        collector.candidates()
    }

    fn run(&self, function: CallFunction, invocation: &Invocation, collector: &Arc<Collector>) -> i32 {
        let asker = &invocation.asker;
        let values: Vec<Vec<Str>> = invocation.arguments.iter().map(|(_, values)| strs(values)).collect();
        let named = invocation.arguments.iter().zip(&values);
        let arguments: Vec<Argument> = named
            .map(|((name, _), values)| Argument {
                name: Str::new(name),
                values: values.as_ptr(),
                value_count: values.len(),
            })
            .collect();
        let handle = Handle::open(collector);
        let call = Call {
            size: size(size_of::<Call>()),
            flags: if invocation.streams { CALL_STREAMS } else { 0 },
            request: handle.pointer(),
            function: Str::new(&invocation.function),
            arguments: arguments.as_ptr(),
            argument_count: arguments.len(),
            user: Str::new(&asker.user),
            role: Str::new(&asker.role),
            name: Str::new(&asker.name),
            person: Str::new(&asker.person),
            session: asker.session,
            state: Str::new(&asker.state),
            language: Str::new(&asker.language),
            width: asker.width,
            timeout_ms: u32::try_from(invocation.timeout.as_millis()).unwrap_or(u32::MAX),
        };
        let _one = self
            .library
            .described
            .is_serial
            .then(|| self.one.lock().unwrap_or_else(PoisonError::into_inner));
        // SAFETY: a function of this type, as the descriptor says, with the pointer that the plugin made; all that `call`
        // points to is there until it returns.
        let status = unsafe { function(self.pointer, &raw const call) };
        collector.returned(status);
        status
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        if let Some(stop) = self.library.stop {
            // SAFETY: a function of this type, as the descriptor says; nothing else of this instance runs, since nobody
            // else has it, and nothing will.
            unsafe { stop(self.pointer) };
        }
    }
}

fn size(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

fn strs(texts: &[String]) -> Vec<Str> {
    texts.iter().map(|text| Str::new(text)).collect()
}

/// Paths as text: those of an admin's file are.
fn texts(paths: &[PathBuf]) -> Vec<String> {
    paths.iter().map(|path| path.to_string_lossy().into_owned()).collect()
}
