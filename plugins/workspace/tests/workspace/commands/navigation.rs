//! Where one is, and what is there: pwd, cd, ls.

use caracola_sdk::Code;
use caracola_sdk::testing::Body;

use crate::start::age;
use crate::started::{ANA, Started, Who, snapshot};

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
    assert!(started.error("cd nowhere").1.starts_with("/a/nowhere: no such file"));
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
            .starts_with("Your current folder, /a/b, no longer exists.")
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
            .starts_with("Tu carpeta actual, /x, ya no existe.")
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
