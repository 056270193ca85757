//! What each command does.

use std::fs;

use caracola_sdk::Code;
use caracola_sdk::testing::Body;

use crate::start::age;
use crate::started::{ANA, Started, Who, snapshot, words};

#[test]
fn an_absent_workspace_is_empty_and_is_made_by_the_first_that_writes() {
    let started = Started::new();
    for (line, expected) in [("ls", ""), ("ls -a /", ""), ("pwd", "/"), ("find .", "."), ("cd /", "")] {
        assert_eq!(started.text(line), expected, "{line}");
    }
    assert_eq!(started.text("tree"), ".\n\n0 folders, 0 files");
    assert_eq!(started.text("grep -r x"), "");
    assert!(
        started
            .text("quota")
            .starts_with("0 of 100 files and folders, 0 B of 1 MiB")
    );
    for line in [
        "cat a", "rm a", "mv a b", "cp a b", "ls a", "cd a", "rm -r a", "find a", "tree a", "cat a/b",
    ] {
        let (code, message) = started.error(line);
        assert_eq!(code, Code::Failed, "{line}");
        assert!(message.starts_with("/a"), "{line}: {message}");
    }
    started.run(&["rm -f a"]);
    assert_eq!(snapshot(&started.root()), Vec::<String>::new());
    started.run(&["touch a"]);
    assert_eq!(snapshot(&started.ana()), ["a="]);
}

#[test]
fn people_have_folders_of_their_own() {
    let started = Started::new();
    let by = |person| Who { person, ..ANA };
    for person in ["ana", "Ana", "josé", "~0f3a"] {
        assert_eq!(started.text_to(by(person), "ls"), "", "{person}");
        assert_eq!(started.text_to(by(person), &format!("write mine {person}")), "");
        assert_eq!(started.text_to(by(person), "cat mine"), person);
    }
    assert!(started.root().join("guests/0f3a/mine").exists());
    assert!(started.root().join("users/jos%c3%a9/mine").exists());
    for person in ["..", "~..", "a/b", "", "~"] {
        let answer = started.answer_to(by(person), "ls");
        assert_eq!(answer.error().code(), Code::Denied, "{person}");
    }
}

#[test]
fn one_moves_around() {
    let started = Started::new();
    started.run(&["mkdir -p a/b/c", "touch file"]);
    let go = |line: &str| {
        let answer = started.answer(line);
        answer.prompt().map(str::to_owned)
    };
    assert_eq!(go("cd a").as_deref(), Some("/a"));
    assert_eq!(started.text("pwd"), "/a");
    assert_eq!(go("cd b/c").as_deref(), Some("/a/b/c"));
    assert_eq!(go("cd ../../..").as_deref(), Some("/"));
    assert_eq!(
        go("cd ../../../../etc/.."),
        Some("/".into()),
        "`etc/..` takes nothing away that is there"
    );
    assert_eq!(go("cd /a/b").as_deref(), Some("/a/b"));
    assert_eq!(go("cd").as_deref(), Some("/"));
    assert_eq!(started.text("cd -"), "/a/b");
    assert_eq!(started.text("cd -"), "/");
    assert_eq!(go("cd ~/a").as_deref(), Some("/a"));
    assert!(started.error("cd ../file").1.starts_with("/file is not a folder"));
    assert!(
        started
            .error("cd nowhere")
            .1
            .starts_with("/a/nowhere: there is no such")
    );
    assert_eq!(started.text("pwd"), "/a");
    // Another session of the same person is elsewhere.
    assert_eq!(started.text_to(Who { session: 2, ..ANA }, "pwd"), "/");
}

#[test]
fn a_folder_that_is_gone_is_told_once_and_nothing_is_done() {
    let started = Started::new();
    started.run(&["mkdir -p a/b", "touch keep", "cd a/b", "rm -r /a"]);
    let answer = started.answer("rm *");
    assert!(
        answer
            .error()
            .message()
            .starts_with("The folder /a/b, in which you were, is gone.")
    );
    assert_eq!((answer.state(), answer.prompt()), (Some("/\n/a/b"), Some("/")));
    assert_eq!(started.text("ls"), "keep");
    started.run(&["mkdir x", "cd x", "rm -r /x"]);
    let spanish = started.answer_to(
        Who {
            language: "es-MX",
            ..ANA
        },
        "ls",
    );
    assert!(
        spanish
            .error()
            .message()
            .starts_with("La carpeta /x, donde estabas, ya no existe.")
    );
    // The same where it became a file, and one can walk out.
    started.run(&["mkdir x", "cd x", "rm -r /x", "touch /x"]);
    assert_eq!(started.text("cd .."), "");
    assert_eq!(started.text("pwd"), "/");
}

#[test]
fn lists_are_sorted_and_laid_out() {
    let started = Started::new();
    started.run(&["mkdir b", "write C 123456789", "write a 1", "touch .hidden b/x b/y"]);
    assert_eq!(started.text("ls"), "a  b/  C");
    assert_eq!(started.text("ls -a"), ".hidden  a  b/  C");
    assert_eq!(started.text("ls -r"), "C  b/  a");
    assert_eq!(started.text("ls a b"), "a\n\nb:\nx  y");
    assert_eq!(started.text("ls b"), "x  y");
    assert_eq!(started.text("ls b/*"), "b/x  b/y");
    age(&started.ana().join("a"), 86400);
    age(&started.ana().join("b"), 2 * 86400);
    assert_eq!(started.text("ls -t"), "C  a  b/");
    let words = ["ls".to_owned()];
    assert_eq!(started.request(ANA, &words).width(3).answer().text(), "a\nb/\nC");
    let answer = started.answer("ls -lhS");
    let Some(Body::Table(table)) = answer.body() else {
        panic!("no table but {:?}", answer.body());
    };
    let shown = format!("{table:?}");
    assert!(
        shown.contains(r#""Name", "Size", "Changed""#) && shown.contains(r#""C", "10 B""#),
        "{shown}"
    );
    assert!(shown.contains(r#""b/", "-""#), "{shown}");
    let spanish = started.answer_to(Who { language: "es", ..ANA }, "ls -l");
    assert!(format!("{:?}", spanish.table()).contains("Tamaño"));
}

#[test]
fn files_are_written_shown_and_added_to() {
    let started = Started::new();
    started.run(&[
        "write a.txt Hello  there",
        "append a.txt it is -n late",
        "append b.txt new",
    ]);
    assert_eq!(started.text("cat a.txt"), "Hello there\nit is -n late");
    assert_eq!(
        started.text("cat -n a.txt b.txt"),
        "     1  Hello there\n     2  it is -n late\n     3  new"
    );
    assert_eq!(started.text("cat *.txt"), "Hello there\nit is -n late\nnew");
    started.run(&["write a.txt other"]);
    assert_eq!(fs::read_to_string(started.ana().join("a.txt")).unwrap(), "other\n");
    fs::write(started.ana().join("image"), b"\x89PNG\0").unwrap();
    assert!(started.error("cat image").1.starts_with("/image is no text: it is 5 B"));
    fs::write(started.ana().join("latin"), b"\xf1").unwrap();
    assert!(started.error("cat latin").1.contains("no text"));
    started.run(&["mkdir f"]);
    assert!(started.error("write f x").1.starts_with("/f is a folder."));
    assert!(started.error("write f/ x").1.starts_with("/f is a folder."));
    assert!(started.error("write no/ x").1.starts_with("/no: there is no such"));
    assert!(started.error("write b.txt/ x").1.starts_with("/b.txt is not a folder"));
    assert!(started.error("write b.txt/c x").1.starts_with("/b.txt is not a folder"));
    assert!(started.error("cat f").1.starts_with("/f is a folder. ls"));
    assert!(started.error("write / x").1.starts_with("/ is a folder"));
    assert!(
        started
            .error("write no/file x")
            .1
            .starts_with("/no/file: there is no such")
    );
}

#[test]
fn much_text_comes_in_pieces_and_too_much_is_told() {
    let started = Started::with(r#"{ "quota": "8MiB" }"#);
    started.run(&["touch long"]);
    let text = "a line of text\n".repeat(10_000);
    fs::write(started.ana().join("long"), &text).unwrap();
    let answer = started.answer("cat long");
    assert!(answer.body().is_none() && answer.chunks().len() > 1);
    assert_eq!(answer.output(caracola_sdk::Stream::Out), text);
    fs::write(started.ana().join("long"), text.repeat(20)).unwrap();
    let (code, message) = started.error("cat long");
    assert_eq!(
        (code, message.as_str()),
        (
            Code::Limit,
            "That is more than can be shown at once. Ask for less of it."
        )
    );
    let answer = started
        .request(ANA, &["cat".into(), "long".into()])
        .cancel_after_chunks(2)
        .answer();
    assert!(answer.is_cancelled() && answer.chunks().len() == 2);
}

#[test]
fn what_is_cancelled_ends() {
    let started = Started::new();
    started.run(&["mkdir -p a/b", "touch a/b/c"]);
    for line in ["find", "tree", "grep -r x", "rm -r a", "cp -r a d"] {
        let answer = started.request(ANA, &words(line)).cancel_after_chunks(0).answer();
        assert!(answer.is_cancelled() && answer.body().is_none(), "{line}");
    }
    assert_eq!(snapshot(&started.ana()), ["a/", "a/b/", "a/b/c="]);
    assert!(fs::read_dir(started.root().join("incoming")).unwrap().next().is_none());
}

#[test]
fn folders_are_made() {
    let started = Started::new();
    started.run(&["mkdir red green blue", "mkdir -p 2026/may/trip", "mkdir -p 2026/may"]);
    assert_eq!(
        snapshot(&started.ana()),
        ["2026/", "2026/may/", "2026/may/trip/", "blue/", "green/", "red/"]
    );
    assert!(started.error("mkdir red").1.starts_with("/red is there already"));
    assert!(started.error("mkdir a/b").1.starts_with("/a/b: there is no such"));
    assert!(started.error("mkdir /").1.starts_with("/ is there already"));
    assert!(started.error("mkdir .").1.starts_with("/ is there already"));
    started.run(&["touch file"]);
    assert!(started.error("mkdir -p file/x").1.starts_with("/file is not a folder"));
    assert_eq!(
        started.error("mkdir -x"),
        (
            Code::Usage,
            "'-x' is no flag of this command. A name that begins with a dash is written ./-x".into()
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
        "'*.jpg' fits no file or folder. ls shows what there is."
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
        ("mv e/a g/", "/g: there is no such"),
        ("mv e f/", ""),
        ("mv f/e/a f/e/new/", "/f/e/new is not a folder"),
        ("mv none f", "/none: there is no such"),
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
    assert!(started.error("mv e f").1.starts_with("/f/e is there already"));
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
        ("cp -r p copy", "/copy/p is there already"),
        ("cp -r p p/x", "/p can't be put into itself"),
        ("cp -r / p", "/ can't be put into itself"),
        ("cp c c", "/c is both"),
        ("cp c d x", "Several things only go into a folder"),
        ("cp c", "Say what, and where to"),
        ("cp none x", "/none"),
        ("cp c none/", "/none: there is no such"),
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
    assert!(started.error("grep x src/binary").1.contains("is no text"));
}

#[test]
fn all_errors_speak_both_languages() {
    let started = Started::new();
    started.run(&["mkdir d", "touch f"]);
    for line in [
        "cat none",
        "cat d",
        "cd f",
        "rm d",
        "mkdir d",
        "rm -r /",
        "cp f",
        "cp f f",
        "grep x",
        "ls -z",
        "cat 'a\u{7}'",
    ] {
        let english = started.error(line).1;
        let spanish = started.answer_to(Who { language: "es", ..ANA }, line);
        let spanish = spanish.error().message();
        assert_ne!(english, spanish, "{line}");
        assert!(!english.contains('\u{7}') && !spanish.contains('\u{7}'), "{line}");
    }
}
