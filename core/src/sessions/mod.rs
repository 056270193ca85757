//! Everybody who is connected: one [`Session`] each, their names, and what waits to be sent to them.

pub mod login;
pub mod name;
pub mod outbox;
pub mod places;
pub mod registry;
pub mod session;

pub use login::LoginError;
pub use name::{Name, NameError};
pub use outbox::{Ending, Outbox};
pub use places::PlaceLimit;
pub use registry::{ClaimError, Refusal, Sessions, Ticket, neighbourhood};
pub use session::{Form, Origin, Session};
