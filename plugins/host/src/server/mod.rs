//! A server's plugins: found, loaded, bounded, counted, and in processes of their own unless a file says otherwise.

mod counters;
mod elf;
mod file;
mod in_process;
mod isolated;
mod log;
mod plugin;
mod registry;
mod report;
mod sealed;
mod settings;
mod sink;
mod strikes;

pub use isolated::{Helpers, SUBCOMMAND as HELPER, be_helper};
pub use plugin::Plugin;
pub use registry::Plugins;
pub use report::{Report, State};
pub use settings::{Fence, Isolation, PluginSettings};
pub use sink::ChunkSender;
