//! Trees drawn, files found by name and lines by what is in them.

use std::fs;

use caracola_sdk::Code;

use crate::started::{ANA, Started, Who};

#[test]
fn trees_are_drawn() {
    let started = Started::new();
    started.run(&["mkdir -p a/b c", "touch a/b/x a/y z .h"]);
    assert_eq!(
        started.text("tree"),
        ".\n├── a/\n│   ├── b/\n│   │   └── x\n│   └── y\n├── c/\n└── z\n\n3 folders, 3 files"
    );
    assert_eq!(started.text("tree -d a"), "a\n└── b/\n\n1 folder, 0 files");
    assert!(started.text("tree -a").contains("├── .h\n"));
    let spanish = started.text_to(Who { language: "es", ..ANA }, "tree c");
    assert_eq!(spanish, "c\n\n0 carpetas, 0 archivos");
    assert!(started.error("tree z").1.starts_with("/z is not a folder"));
}

#[test]
fn files_are_found() {
    let started = Started::new();
    started.run(&["mkdir -p a/Music", "touch a/x.txt y.TXT", "cd a"]);
    fs::write(started.ana().join("big"), vec![b'x'; 3000]).unwrap();
    for (line, expected) in [
        ("find", ".\n./Music\n./x.txt"),
        ("find /", "/\n/a\n/a/Music\n/a/x.txt\n/big\n/y.TXT"),
        ("find .. -name '*.txt'", "../a/x.txt"),
        ("find ~ -iname '*.txt' -type f", "~/a/x.txt\n~/y.TXT"),
        ("find / -type d -iname music", "/a/Music"),
        ("find / -size +2k", "/big"),
        ("find / -size 3k -type f", "/big"),
        ("find / -size -1c -type f", "/a/x.txt\n/y.TXT"),
        ("find /big", "/big"),
        ("find / -mtime +0", ""),
        ("find / -mtime -1 -name big", "/big"),
    ] {
        assert_eq!(started.text(line), expected, "{line}");
    }
    for line in [
        "find / -size x",
        "find / -size +",
        "find / -mtime --1",
        "find / -name '[z-a]'",
        "find / -size ++1",
    ] {
        assert_eq!(started.error(line).0, Code::Usage, "{line}");
    }
}

#[test]
fn lines_are_found() {
    let started = Started::new();
    started.run(&[
        "write a.txt The shell",
        "append a.txt nothing",
        "mkdir src",
        "write src/b a Shell",
    ]);
    fs::write(started.ana().join("src/binary"), b"shell\0").unwrap();
    for (line, expected) in [
        ("grep shell a.txt", "The shell"),
        ("grep -in SHELL a.txt", "1:The shell"),
        ("grep -v shell a.txt", "nothing"),
        ("grep -ri shell", "./a.txt:The shell\n./src/b:a Shell"),
        ("grep -rl a src", "src/b"),
        ("grep ^no.*g$ a.txt src/b", "a.txt:nothing"),
        ("grep -n shell *.txt", "1:The shell"),
        ("grep none a.txt", ""),
    ] {
        assert_eq!(started.text(line), expected, "{line}");
    }
    assert_eq!(started.error("grep x").0, Code::Usage);
    assert!(started.error("grep x src").1.starts_with("/src is a folder. With -r"));
    assert!(started.error("grep ( a.txt").1.starts_with("'(' can't be read: "));
    assert!(
        started
            .error("grep (\\w{1000}){1000} a.txt")
            .1
            .contains("can't be read")
    );
    assert!(started.error("grep x src/binary").1.contains("is not a text file"));
}
