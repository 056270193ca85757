//! C and Rust agree on where everything is.

use std::fmt::Write as _;
use std::fs;
use std::mem::offset_of;
use std::process::Command;

use caracola_abi::{Argument, Call, Card, Example, Host, Plugin, Start, Str, Table};

/// The size of a struct and the offsets of its fields. Doesn't compile if a field is left out.
macro_rules! structs {
    ($($name:ident { $($field:ident),* $(,)? })*) => {
        [$({
            let _complete = |value: $name| {
                let $name { $($field: _),* } = value;
            };
            (stringify!($name), size_of::<$name>(), vec![$((stringify!($field), offset_of!($name, $field))),*])
        }),*]
    };
}

#[test]
fn c_and_rust_agree() {
    let structs = structs! {
        Str { data, len }
        Plugin { abi, size, name, version, definitions, needs_host, flags, start, call, complete, stop }
        Start { size, reserved, host, context, name, config, write, write_count, read, read_count }
        Call {
            size, flags, request, function, arguments, argument_count, user, role, name, person, session, state, language,
            width, timeout_ms,
        }
        Argument { name, values, value_count }
        Card { size, reserved, name, summary, usage, usage_count, examples, example_count, note }
        Example { run, about }
        Table { size, reserved, columns, column_count, cells, row_count, note }
        Host {
            abi, size, log, text, card, table, image, error, chunk, is_cancelled, candidate, set_state, set_prompt,
        }
    };
    let (mut program, mut expected) = (String::new(), String::new());
    for (name, size, fields) in &structs {
        writeln!(program, "printf(\"{name} %zu\\n\", sizeof(Caracola{name}));").expect("a string takes all");
        writeln!(expected, "{name} {size}").expect("a string takes all");
        for (field, offset) in fields {
            let line = format!("printf(\"{name}.{field} %zu\\n\", offsetof(Caracola{name}, {field}));");
            writeln!(program, "{line}").expect("a string takes all");
            writeln!(expected, "{name}.{field} {offset}").expect("a string takes all");
        }
    }
    assert_eq!(run(&program), expected);
}

/// Nobody may read beyond these: they say what there was when the first plugins were made. Never change them.
#[test]
#[cfg(target_pointer_width = "64")]
fn the_first_version_stays_as_it_was() {
    let sizes = [
        Plugin::FIRST_SIZE,
        Start::FIRST_SIZE,
        Call::FIRST_SIZE,
        Card::FIRST_SIZE,
        Table::FIRST_SIZE,
        Host::FIRST_SIZE,
    ];
    assert_eq!(sizes, [96, 88, 160, 88, 56, 96]);
    assert_eq!(
        (size_of::<Str>(), size_of::<Argument>(), size_of::<Example>()),
        (16, 32, 32)
    );
}

fn run(statements: &str) -> String {
    let folder = tempfile::tempdir().expect("no folder for temporary files");
    let (unit, program) = (folder.path().join("layout.c"), folder.path().join("layout"));
    let text = format!("#include \"caracola.h\"\n#include <stdio.h>\nint main(void) {{\n{statements}return 0;\n}}\n");
    fs::write(&unit, text).expect("cannot write there");
    let output = Command::new("cc")
        .args(["-std=c11", "-I", env!("CARGO_MANIFEST_DIR"), "-o"])
        .args([&program, &unit])
        .output()
        .expect("cannot run cc, a C compiler");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let output = Command::new(program).output().expect("cannot run what was compiled");
    String::from_utf8(output.stdout).expect("it prints text")
}
