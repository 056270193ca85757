//! A plugin in a process of its own.

use std::sync::Arc;

use super::call::{Answer, Candidate, Failure, Invocation};
use super::counters::Counters;
use super::file::PluginFile;
use super::gate::Pass;
use super::instance::Beginning;
use super::library::Described;
use super::load_error::LoadError;
use super::plugin::State;
use super::registry::Helpers;
use super::request::ChunkSender;
use super::settings::PluginSettings;

/// A plugin's process, started again whenever it ends.
#[derive(Debug)]
pub(super) struct Isolated {}

impl Isolated {
    /// Starts the process. Blocks until the plugin has begun.
    pub(super) fn start(
        _file: &PluginFile,
        _beginning: Beginning,
        _settings: &PluginSettings,
        _helpers: &Helpers,
        _counters: Arc<Counters>,
    ) -> Result<(Self, Described), LoadError> {
        Err(LoadError::Helper("not built yet".into()))
    }

    /// Runs a command.
    pub(super) async fn call(&self, _invocation: Invocation, _chunks: Option<ChunkSender>, _pass: Pass) -> Answer {
        Answer::failed(Failure::Disabled)
    }

    /// Asks for values of an argument.
    pub(super) async fn complete(&self, _invocation: Invocation, _pass: Pass) -> Vec<Candidate> {
        Vec::new()
    }

    /// How it is.
    pub(super) fn state(&self) -> State {
        State::Disabled
    }

    /// The process that runs now.
    pub(super) fn process(&self) -> Option<i32> {
        None
    }

    /// What holds it to its settings.
    pub(super) fn fence(&self) -> String {
        String::new()
    }
}
