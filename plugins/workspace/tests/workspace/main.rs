//! The workspaces, driven through the C ABI as a server does, over real folders.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "what a test may do, its helpers may"
)]

mod commands;
mod completion;
mod hostile;
mod practice;
mod property;
mod quota;
mod start;
mod started;
