//! caracolad
fn main() {}
