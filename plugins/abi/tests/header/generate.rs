//! The header is made from the crate's source, and the committed one is the same.

use std::env;
use std::fs;
use std::path::Path;

use cbindgen::{Builder, Config, DocumentationStyle, ExportConfig, Language, Style};

/// The types of the ABI. Those that are missing here are missing in the header, and what needs them doesn't compile.
const TYPES: [&str; 12] = [
    "Str", "Request", "Context", "Plugin", "Entry", "Start", "Call", "Argument", "Card", "Example", "Table", "Host",
];

#[test]
fn the_header_is_what_the_crate_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let made = header(&folder.join("src/lib.rs"));
    let committed = folder.join("caracola.h");
    if env::var_os("UPDATE_HEADER").is_some() {
        fs::write(&committed, &made).expect("cannot write caracola.h");
    }
    let committed = fs::read_to_string(&committed).expect("cannot read caracola.h");
    let differing = made
        .lines()
        .zip(committed.lines())
        .find(|(made, committed)| made != committed);
    assert_eq!(
        differing, None,
        "caracola.h isn't what src/lib.rs says; UPDATE_HEADER=1 cargo test -p caracola-abi makes it so"
    );
    assert_eq!(
        made.len(),
        committed.len(),
        "caracola.h ends elsewhere; UPDATE_HEADER=1 makes it anew"
    );
}

fn header(source: &Path) -> String {
    let text = fs::read_to_string(source).expect("cannot read the crate's source");
    let config = Config {
        language: Language::C,
        style: Style::Both,
        documentation_style: DocumentationStyle::C99,
        header: Some(opening(&text)),
        include_guard: Some("CARACOLA_H".into()),
        no_includes: true,
        sys_includes: vec!["stddef.h".into(), "stdint.h".into()],
        after_includes: Some("#ifdef __cplusplus\nextern \"C\" {\n#endif".into()),
        usize_is_size_t: true,
        line_length: 120,
        tab_width: 4,
        export: ExportConfig {
            include: TYPES.iter().map(ToString::to_string).collect(),
            rename: TYPES
                .iter()
                .map(|name| (name.to_string(), format!("Caracola{name}")))
                .collect(),
            prefix: Some("CARACOLA_".into()),
            renaming_overrides_prefixing: true,
            ..ExportConfig::default()
        },
        ..Config::default()
    };
    let bindings = Builder::new().with_src(source).with_config(config).generate();
    let mut made = Vec::new();
    bindings.expect("cbindgen can't read the crate").write(&mut made);
    in_words_of_c(&finished(&String::from_utf8(made).expect("the header is no text")))
}

/// What the crate says about itself, which cbindgen leaves out.
fn opening(source: &str) -> String {
    let mut opening = String::new();
    for line in source.lines().map_while(|line| line.strip_prefix("//!")) {
        opening.extend(["//", line, "\n"]);
    }
    opening.push_str("//\n// Made by cbindgen from plugins/abi/src/lib.rs: change that, then UPDATE_HEADER=1 cargo test -p caracola-abi.\n");
    opening
}

/// What cbindgen can't be told: what the plugin exports, that some types are only ever pointed to, and that a negative
/// number stays one wherever it is put.
fn finished(header: &str) -> String {
    let export = "// What a plugin exports: a `Entry`.\n\
        #ifdef __GNUC__\n__attribute__((visibility(\"default\")))\n#endif\n\
        const CaracolaPlugin *caracola_plugin(void);\n\
        \n\
        #ifdef __cplusplus\n}\n#endif\n\n#endif  /* CARACOLA_H */";
    let mut header = header.replace("#endif  /* CARACOLA_H */", export);
    for name in ["Request", "Context"] {
        let body = format!("typedef struct Caracola{name} {{\n    uint8_t _private[0];\n}} Caracola{name};");
        assert!(
            header.contains(&body),
            "cbindgen writes {name} in another way than before"
        );
        header = header.replace(&body, &format!("typedef struct Caracola{name} Caracola{name};"));
    }
    let mut finished = String::new();
    for line in header.lines() {
        match line.rsplit_once(" -") {
            Some((define, number)) if define.starts_with("#define ") => {
                finished.extend([define, " (-", number, ")\n"]);
            }
            _ => finished.extend([line, "\n"]),
        }
    }
    finished
}

/// The links of Rust's docs as names of C: [`Host::text`] is `CaracolaHost.text`.
fn in_words_of_c(text: &str) -> String {
    let mut result = String::new();
    for (number, part) in text.split('`').enumerate() {
        let name = match part {
            _ if number % 2 == 0 => part.to_owned(),
            "ENTRY" => "caracola_plugin".to_owned(),
            part => c_name(part),
        };
        if number > 0 {
            result.push('`');
        }
        result.push_str(&name);
    }
    result.replace("[`", "`").replace("`]", "`")
}

fn c_name(part: &str) -> String {
    let first = part.split("::").next().unwrap_or_default();
    let is_constant = ["ABI_", "FLAG_", "CALL_", "ERROR_", "LOG_", "STREAM_", "OK", "TOO_LARGE"]
        .iter()
        .any(|prefix| part.starts_with(prefix));
    if is_constant {
        format!("CARACOLA_{part}")
    } else if TYPES.contains(&first) {
        format!("Caracola{}", part.replace("::", "."))
    } else {
        part.to_owned()
    }
}
