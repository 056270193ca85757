//! The subcommands of `caracolad` that need no server: what an admin has before there is one.

mod check;
mod explain;
mod import;
mod printing;
