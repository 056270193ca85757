//! Plugins that misbehave in every way, from outside: the real binary, the plugin `plugins/hostile`, and a class that works
//! on meanwhile. A thousand crashes in a row are in `benches/crashes.rs`.

mod apart;
mod ends;
mod fences;
mod fixture;
mod here;
mod lies;
mod raw;
mod replaced;
