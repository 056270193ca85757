//! The header is good C and good C++.

use std::fs;
use std::path::Path;
use std::process::Command;

/// Includes the header twice, as others' headers may, and has a plugin's function.
const UNIT: &str = "#include \"caracola.h\"\n#include \"caracola.h\"\n\
    static const CaracolaPlugin plugin = {0};\n\
    const CaracolaPlugin *caracola_plugin(void) { return &plugin; }\n";

#[test]
fn it_is_c() {
    compile("cc", &["-std=c11"], "unit.c", UNIT);
}

#[test]
#[ignore = "needs a C++ compiler, c++"]
fn it_is_cpp() {
    compile("c++", &["-std=c++17"], "unit.cpp", &UNIT.replace("{0}", "{}"));
}

fn compile(compiler: &str, standard: &[&str], name: &str, text: &str) {
    let folder = tempfile::tempdir().expect("no folder for temporary files");
    let unit = folder.path().join(name);
    fs::write(&unit, text).expect("cannot write there");
    let output = Command::new(compiler)
        .args(standard)
        .args([
            "-Wall",
            "-Wextra",
            "-pedantic",
            "-Werror",
            "-c",
            "-I",
            env!("CARGO_MANIFEST_DIR"),
            "-o",
        ])
        .arg(folder.path().join("unit.o"))
        .arg(Path::new(&unit))
        .output()
        .expect("cannot run the compiler");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
