//! Programs that a server runs, from outside: what they get and what they may take, and the jobs that they are.
#![allow(clippy::expect_used, reason = "what a test may do, its helpers may")]

mod exec;
mod jobs;
