//! The client from outside: the real binary against a real server, on a pseudo-terminal or through pipes.
//!
//! Everything waits on what appears, for at most the patience of `caracola-testing`.
#![allow(clippy::expect_used, reason = "what a test may do, its helpers may")]

mod asking;
mod devices;
mod home;
mod jobs;
mod login;
mod plugins;
mod programs;
mod script;
mod shell;
mod slow;
mod stand_in;
mod streams;
mod trial;
mod trust;
