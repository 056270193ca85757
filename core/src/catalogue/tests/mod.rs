//! Whole files, as admins write them.

use super::*;

#[test]
fn the_default_file_loads_without_a_warning() {
    let loaded = Catalogue::load(&Source::BuiltIn, None).unwrap_or_else(|broken| panic!("{broken}"));
    let warnings: Vec<String> = loaded.warnings.iter().map(ToString::to_string).collect();
    assert!(warnings.is_empty(), "{}", warnings.join("\n\n"));
}
