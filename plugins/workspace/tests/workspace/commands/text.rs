//! What is in files: write, append, cat.

use std::fs;

use caracola_sdk::Code;

use crate::started::{ANA, Started, snapshot, words};

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
    assert!(
        started
            .error("cat image")
            .1
            .starts_with("/image is not a text file: it is 5 B")
    );
    fs::write(started.ana().join("latin"), b"\xf1").unwrap();
    assert!(started.error("cat latin").1.contains("is not a text file"));
    started.run(&["mkdir f"]);
    assert!(started.error("write f x").1.starts_with("/f is a folder."));
    assert!(started.error("write f/ x").1.starts_with("/f is a folder."));
    assert!(started.error("write no/ x").1.starts_with("/no: no such file"));
    assert!(started.error("write b.txt/ x").1.starts_with("/b.txt is not a folder"));
    assert!(started.error("write b.txt/c x").1.starts_with("/b.txt is not a folder"));
    assert!(started.error("cat f").1.starts_with("/f is a folder. ls"));
    assert!(started.error("write / x").1.starts_with("/ is a folder"));
    assert!(started.error("write no/file x").1.starts_with("/no/file: no such file"));
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
