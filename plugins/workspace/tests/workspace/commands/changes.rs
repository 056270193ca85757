//! Files and folders made, removed, moved and copied.

use std::fs;

use caracola_sdk::Code;

use crate::start::age;
use crate::started::{Started, snapshot};

#[test]
fn folders_are_made() {
    let started = Started::new();
    started.run(&["mkdir red green blue", "mkdir -p 2026/may/trip", "mkdir -p 2026/may"]);
    assert_eq!(
        snapshot(&started.ana()),
        ["2026/", "2026/may/", "2026/may/trip/", "blue/", "green/", "red/"]
    );
    assert!(started.error("mkdir red").1.starts_with("/red already exists"));
    assert!(started.error("mkdir a/b").1.starts_with("/a/b: no such file"));
    assert!(started.error("mkdir /").1.starts_with("/ already exists"));
    assert!(started.error("mkdir .").1.starts_with("/ already exists"));
    started.run(&["touch file"]);
    assert!(started.error("mkdir -p file/x").1.starts_with("/file is not a folder"));
    assert_eq!(
        started.error("mkdir -x"),
        (
            Code::Usage,
            "'-x' is not a flag of this command. A name that begins with a dash is written ./-x".into()
        )
    );
    started.run(&["mkdir ./-x", "rm -r ./-x"]);
    let deep = "d/".repeat(33);
    assert_eq!(started.error(&format!("mkdir -p {deep}")).0, Code::Limit);
    started.run(&[&format!("mkdir -p {}", "e/".repeat(32))]);
    assert_eq!(started.error("mv e red").0, Code::Limit);
    assert_eq!(started.error("cp -r e red").0, Code::Limit);
}

#[test]
fn touching_keeps_what_is_there() {
    let started = Started::new();
    started.run(&["write a x"]);
    age(&started.ana().join("a"), 10 * 86400);
    assert_eq!(started.text("find . -mtime +5"), "./a");
    started.run(&["touch a b"]);
    assert_eq!(started.text("find . -mtime +5"), "");
    assert_eq!(snapshot(&started.ana()), ["a=x\n", "b="]);
}

#[test]
fn what_is_removed_is_gone_and_the_top_stays() {
    let started = Started::new();
    started.run(&["mkdir -p a/b/c", "touch a/x a/b/y one.log two.log .three.log keep"]);
    assert!(started.error("rm a").1.starts_with("/a is a folder. With -r"));
    assert!(started.error("rm keep none").1.starts_with("/none"));
    assert_eq!(
        started.error("rm *.jpg").1,
        "'*.jpg' matches no file or folder. ls shows what there is."
    );
    started.run(&["rm -f none *.jpg", "rm *.log", "rm -rf a none"]);
    assert_eq!(snapshot(&started.ana()), [".three.log="]);
    for line in [
        "rm -r /",
        "rm -rf .",
        "rm -rf ../..",
        "rm -r ~",
        "rm -rf .three.log /",
        "mv / x",
        "rm -rf x/..",
    ] {
        assert_eq!(started.error(line).0, Code::Denied, "{line}");
    }
    assert_eq!(snapshot(&started.ana()), [".three.log="]);
}

#[test]
fn files_and_folders_are_moved() {
    let started = Started::new();
    started.run(&[
        "mkdir d e",
        "write a A",
        "write b B",
        "write c C",
        "mv a d",
        "mv b d/new",
        "mv d e",
    ]);
    assert_eq!(
        snapshot(&started.ana()),
        ["c=C\n", "e/", "e/d/", "e/d/a=A\n", "e/d/new=B\n"]
    );
    started.run(&["mv -n c e/d/a", "mv e/d f"]);
    assert_eq!(snapshot(&started.ana()), ["c=C\n", "e/", "f/", "f/a=A\n", "f/new=B\n"]);
    started.run(&["mv c f/a", "mv f/* e/"]);
    assert_eq!(snapshot(&started.ana()), ["e/", "e/a=C\n", "e/new=B\n", "f/"]);
    for (line, begins) in [
        ("mv e e/x", "/e can't be put into itself"),
        ("mv e e", "/e can't be put into itself, as /e/e"),
        ("mv e/a e/a", "/e/a is both"),
        ("mv e/a", "Say what, and where to"),
        ("mv e/a e/new g", "Several things only go into a folder"),
        ("mv e/a g/", "/g: no such file"),
        ("mv e f/", ""),
        ("mv f/e/a f/e/new/", "/f/e/new is not a folder"),
        ("mv none f", "/none: no such file"),
        ("mv / f", "/ is the whole workspace"),
    ] {
        if begins.is_empty() {
            started.run(&[line]);
        } else {
            let message = started.error(line).1;
            assert!(message.starts_with(begins), "{line}: {message}");
        }
    }
    started.run(&["mkdir e", "touch e/mine"]);
    assert!(started.error("mv e f").1.starts_with("/f/e already exists"));
}

#[test]
fn files_and_folders_are_copied() {
    let started = Started::new();
    started.run(&[
        "mkdir -p p/q",
        "write p/a A",
        "write p/q/b B",
        "cp p/a c",
        "cp c d",
        "cp -r p copy",
        "cp -r p copy",
    ]);
    let mut expected = vec![
        "c=A\n",
        "copy/",
        "copy/a=A\n",
        "copy/p/",
        "copy/p/a=A\n",
        "copy/p/q/",
        "copy/p/q/b=B\n",
    ];
    expected.extend(["copy/q/", "copy/q/b=B\n", "d=A\n", "p/", "p/a=A\n", "p/q/", "p/q/b=B\n"]);
    assert_eq!(snapshot(&started.ana()), expected);
    for (line, begins) in [
        ("cp p x", "/p is a folder. With -r"),
        ("cp -r p copy", "/copy/p already exists"),
        ("cp -r p p/x", "/p can't be put into itself"),
        ("cp -r / p", "/ can't be put into itself"),
        ("cp c c", "/c is both"),
        ("cp c d x", "Several things only go into a folder"),
        ("cp c", "Say what, and where to"),
        ("cp none x", "/none"),
        ("cp c none/", "/none: no such file"),
    ] {
        let message = started.error(line).1;
        assert!(message.starts_with(begins), "{line}: {message}");
    }
    started.run(&["write e E", "cp -n e d"]);
    assert_eq!(started.text("cat d"), "A");
    started.run(&["cp e d", "cp c d p"]);
    assert_eq!(started.text("cat d p/d p/c"), "E\nE\nA");
    assert!(fs::read_dir(started.root().join("incoming")).unwrap().next().is_none());
}
