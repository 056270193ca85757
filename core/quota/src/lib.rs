//! What all share, and how it is kept from being used up by one: shares for each account and address, a reserve for
//! operators, gates that let the longest waiting in first, and log lines that nobody can make flood the log.

#![forbid(unsafe_code)]

pub mod gate;
mod log_throttle;
mod shares;
mod tenant;

pub use gate::{Gate, Gates, Pass};
pub use log_throttle::{LogThrottle, LogThrottles};
pub use shares::{Quota, QuotaLimit, Taken};
pub use tenant::Tenant;
