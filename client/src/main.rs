//! caracola
fn main() {}
