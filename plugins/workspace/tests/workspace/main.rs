//! The workspaces, driven through the C ABI as a server does, over real folders.

mod commands;
mod completion;
mod hostile;
mod practice;
mod property;
mod quota;
mod start;
mod started;
