//! What a request is served with, and how far it comes: what all sessions share ([`Context`]), who asks ([`Caller`]), which
//! command was meant (`resolve`), and a reply that takes time ([`PendingReply`]).
//!
//! All of it is below the verbs and the actions, which use it side by side: what both of them do, such as speaking in a
//! room (`speaking`) or telling what a client's completion needs (`exports`), stands here once.

pub mod caller;
pub mod context;
mod exchange;
pub(crate) mod exports;
pub mod pending_reply;
mod reloads;
pub(crate) mod resolve;
pub mod response;
pub(crate) mod speaking;

pub use caller::Caller;
pub use context::{Context, Parts, REDIS_COMPATIBILITY, VERSION};
pub(crate) use exchange::Exchange;
pub use pending_reply::{Finish, PendingReply, Progress};
pub use reloads::{ReloadRequest, Reloaded, Reloads};
pub use response::Response;
