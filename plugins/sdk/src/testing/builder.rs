//! A plugin that is about to be started.

use std::collections::HashMap;
use std::ffi::c_void;
use std::ptr;
use std::sync::Mutex;

use caracola_abi as abi;
use caracola_abi::Str;

use super::descriptor::Descriptor;
use super::record::Journal;
use super::{Failure, Harness, host, lock};
use crate::host::size;

/// A plugin that is about to be started.
#[must_use]
pub struct Builder {
    descriptor: Descriptor,
    name: String,
    config: String,
    write: Vec<String>,
    read: Vec<String>,
}

impl Builder {
    pub(super) fn new(descriptor: Descriptor) -> Self {
        Self {
            descriptor,
            name: "test".into(),
            config: "{}".into(),
            write: Vec::new(),
            read: Vec::new(),
        }
    }

    /// What the plugin is called in this server; `test` if it isn't said.
    pub fn name(mut self, name: &str) -> Self {
        self.name = name.into();
        self
    }

    /// The plugin's `config` table as a JSON object; `{}` if it isn't said.
    pub fn config(mut self, json: &str) -> Self {
        self.config = json.into();
        self
    }

    /// A path that the plugin may write below. Nothing holds it to that here.
    pub fn write(mut self, path: &str) -> Self {
        self.write.push(path.into());
        self
    }

    /// A path that the plugin may read below. Nothing holds it to that here.
    pub fn read(mut self, path: &str) -> Self {
        self.read.push(path.into());
        self
    }

    /// Starts it. The failure of a plugin that couldn't work has what it wrote to the log.
    pub fn start(self) -> Result<Harness, Failure> {
        let journal = Journal::new();
        let strs = |texts: &[String]| -> Vec<Str> { texts.iter().map(|text| Str::new(text)).collect() };
        let (write, read) = (strs(&self.write), strs(&self.read));
        let start = abi::Start {
            size: size::<abi::Start>(),
            reserved: 0,
            host: &raw const host::TABLE,
            context: journal.context(),
            name: Str::new(&self.name),
            config: Str::new(&self.config),
            write: write.as_ptr(),
            write_count: write.len(),
            read: read.as_ptr(),
            read_count: read.len(),
        };
        let mut instance: *mut c_void = ptr::null_mut();
        if let Some(function) = self.descriptor.start {
            // SAFETY: it is the plugin's, and what it is given lives until it returns.
            let status = unsafe { function(&raw const start, &raw mut instance) };
            if status != abi::OK {
                let lines: Vec<String> = lock(&journal.lines).iter().map(|(_, line)| line.clone()).collect();
                return Err(Failure(format!(
                    "the plugin didn't start ({status}): {}",
                    lines.join("; ")
                )));
            }
        }
        Ok(Harness {
            descriptor: self.descriptor,
            instance,
            journal,
            turn: Mutex::new(()),
            states: Mutex::new(HashMap::new()),
        })
    }
}
