//! Everybody who is connected: one [`Session`] each, their names, and what waits to be sent to them.

pub mod claims;
pub mod entry;
pub mod held_names;
mod login;
mod neighbourhood;
pub mod outbox;
pub mod places;
pub mod registry;
pub mod session;

pub use claims::ClaimError;
pub use entry::{Refusal, Ticket};
pub use login::LoginError;
pub use neighbourhood::neighbourhood;
pub use outbox::{EndReason, Outbox};
pub use places::{Capacity, PlaceLimit};
pub use registry::Sessions;
pub use session::{Endpoint, Form, Session};
