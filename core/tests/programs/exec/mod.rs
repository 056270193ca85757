//! Programs from outside: real clients of a real server that runs real programs.
//!
//! The tests of the package `caracola-spawner` have the process that starts programs to itself; here everything between a client's words and a
//! program's end is in the way.

mod arguments;
mod bounds;
mod deaths;
mod forest;
mod lab;
mod paths;
mod redis_client;
mod reload;
mod streams;
mod surroundings;
mod trees;
mod versions;
