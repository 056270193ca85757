//! Jobs: runs of `exec` commands. Each has an id, an owner, bounded output that is kept for a while, and an end.
//!
//! A job lives in a task of its own, so that it neither stalls its session nor needs one. Whoever wants its output reads
//! it here: the session that started it, while it runs, and anybody who may, later.
//!
//! A guest's jobs and keys end with the session: nobody else could ask for them, and a guest who comes again is another
//! one.

mod ending;
mod job;
mod key_quota;
mod ledger;
mod output;
mod owner;
mod rates;
mod record;
mod registry;
mod request_key;
mod retained;
mod run;
mod signal;
mod start_failure;

pub use ending::{JobEnd, succeeded};
pub use job::{Job, JobState, Plan};
pub use key_quota::KeyLimit;
pub use ledger::{Ledger, LedgerError, Remembered};
pub use output::{Output, Stream};
pub use owner::Owner;
pub use record::{EndRecord, Record};
pub use registry::Jobs;
pub use request_key::RequestKey;
pub use run::{Bounds, run};
pub use signal::signal_name;
pub use start_failure::{FailedRun, StartFailure};
