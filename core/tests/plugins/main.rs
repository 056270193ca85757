//! Plugins from outside: a library in C, loaded by the real binary.

mod calls;
mod files;
mod fixture;
mod overstays;
mod reload;
mod shares;
mod stops;
