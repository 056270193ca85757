//! Typed messages: what the values on the wire mean.
//!
//! Maps carry what may grow, so their unknown keys are passed over; arrays carry what is sent often, and items at the
//! end that this version doesn't know are passed over too.

mod card;
mod catalogue;
mod completion;
mod fields;
mod job;
mod push;
mod reply;
mod shell;

pub use card::{Card, CardParam, Example, Image};
pub use catalogue::{CatalogueEntry, CatalogueExport, CatalogueReply, ParamEntry, PayloadError};
pub use completion::{Completion, Offer};
pub use fields::MessageError;
pub use job::{JobEntry, JobReport, JobState};
pub use push::Push;
pub use reply::{Exit, Reply, Table};
pub use shell::{ShellHello, ShellWelcome};
