//! The client from outside: the real binary against a real server, on a pseudo-terminal or through pipes.
//!
//! Everything waits on what appears, for at most the patience of `caracola-testing`.

mod home;
mod script;
mod shell;
mod slow;
mod trial;
mod trust;
