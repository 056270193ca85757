//! The plugins that files name.

mod keys;
mod reader;

use std::sync::Arc;

use crate::Role;
use crate::command::Definition;
use crate::diagnostic::SourceSpan;
use crate::document::Located;
use crate::group::Group;
use caracola_plugin_host::{Plugin, PluginSettings};

pub(crate) use keys::{OF_FENCES, PLUGIN};
pub(crate) use reader::read;

/// What a table under `[plugins]` says.
#[derive(Debug)]
pub(crate) struct NamedPlugin {
    pub(crate) name: String,
    pub(crate) name_place: SourceSpan,
    /// Where it says where the library is, or the heading where it doesn't.
    pub(crate) path_place: SourceSpan,
    pub(crate) optional: bool,
    /// The least role for its functions, if it says.
    pub(crate) role: Option<Located<Role>>,
    /// None if something about them is wrong, which has been reported.
    pub(crate) settings: Option<PluginSettings>,
}

/// A plugin that a file names.
#[derive(Debug)]
pub(super) struct KnownPlugin {
    pub(super) name: String,
    pub(super) name_place: SourceSpan,
    /// The least role for its functions, if the admin's file says it.
    pub(super) role: Option<Located<Role>>,
    /// What its file says, for whoever watches its library; none if something is wrong with it.
    pub(super) settings: Option<PluginSettings>,
    pub(super) state: PluginState,
}

impl KnownPlugin {
    /// The plugin, if it is there.
    pub(super) fn plugin(self) -> Option<Arc<Plugin>> {
        match self.state {
            PluginState::There(offer) => Some(offer.plugin),
            PluginState::Absent | PluginState::Wrong => None,
        }
    }
}

/// What has become of a plugin.
#[derive(Debug)]
pub(super) enum PluginState {
    /// It is loaded.
    There(Offer),
    /// It isn't, and the server does without it.
    Absent,
    /// It can't be used, which has been reported as an error.
    Wrong,
}

/// What a plugin offers, in the order of its definitions.
#[derive(Debug)]
pub(super) struct Offer {
    pub(super) plugin: Arc<Plugin>,
    pub(super) groups: Vec<Located<Group>>,
    pub(super) functions: Vec<Definition>,
}
