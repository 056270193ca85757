//! Nobody has more than they may.

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use caracola_sdk::testing::{Body, Harness};
use caracola_sdk::{Code, Error};

use crate::start::age;
use crate::started::{ANA, Started, Who, snapshot};

/// What a workspace takes, as its quota counts: entries and bytes.
pub(crate) fn used(folder: &std::path::Path) -> (u64, u64) {
    let mut left = vec![folder.to_owned()];
    let (mut entries, mut bytes) = (0, 0);
    while let Some(next) = left.pop() {
        for entry in fs::read_dir(&next).into_iter().flatten().flatten() {
            let about = entry.metadata().unwrap();
            entries += 1;
            bytes += if about.is_file() {
                about.len().max(1).next_multiple_of(4096)
            } else {
                4096
            };
            if about.is_dir() {
                left.push(entry.path());
            }
        }
    }
    (entries, bytes)
}

#[test]
fn bytes_are_limited_and_a_failed_write_loses_nothing() {
    let started = Started::with(r#"{ "quota": "16KiB", "files": 100 }"#);
    started.run(&["write a first", "mkdir d", "touch e f"]);
    let (code, message) = started.error("write g x");
    assert_eq!(code, Code::Limit);
    assert_eq!(
        message,
        "That needs 4 KiB, and of your 16 KiB only 0 B are free. Remove something with rm."
    );
    let long = "x".repeat(5000);
    for line in [
        format!("write a {long}"),
        format!("append a {long}"),
        "mkdir h".into(),
        "cp a g".into(),
        "cp -r d h".into(),
    ] {
        assert_eq!(started.error(&line).0, Code::Limit, "{line}");
    }
    assert_eq!(started.text("cat a"), "first");
    started.run(&["write a other", "append a more", "mv a d/b", "touch e"]);
    started.run(&["rm e", &format!("write f {long}")]);
    assert_eq!(used(&started.ana()), (3, 16384));
    assert!(
        started
            .text("quota")
            .starts_with("3 of 100 files and folders, 16 KiB of 16 KiB")
    );
    started.run(&["cp d/b f", "write g x"]);
    let spanish = started.answer_to(Who { language: "es", ..ANA }, "touch h");
    assert!(
        spanish
            .error()
            .message()
            .starts_with("Eso ocupa 4 KiB, y de tus 16 KiB solo quedan 0 B.")
    );
}

#[test]
fn files_are_limited() {
    let started = Started::with(r#"{ "quota": "1GiB", "files": 3 }"#);
    started.run(&["mkdir a", "touch a/b a/c"]);
    for line in [
        "touch d",
        "mkdir d",
        "cp a/b d",
        "cp -r a d",
        "append d x",
        "mkdir -p x/y/z",
    ] {
        let (code, message) = started.error(line);
        assert_eq!(code, Code::Limit, "{line}");
        assert!(message.contains("the 3 files and folders"), "{message}");
    }
    assert_eq!(used(&started.ana()).0, 3);
    started.run(&["rm a/c", "cp -n a/b a/d"]);
}

#[test]
fn what_an_admin_does_counts() {
    let started = Started::with(r#"{ "quota": "16KiB", "files": 100 }"#);
    started.run(&["touch a b c d"]);
    fs::remove_file(started.ana().join("a")).unwrap();
    started.run(&["touch e"]);
    assert_eq!(started.error("touch f").0, Code::Limit);
    fs::write(started.ana().join("large"), vec![b'x'; 1 << 20]).unwrap();
    assert_eq!(started.error("touch f").0, Code::Limit);
    // More than allowed may shrink, and be replaced by no more.
    started.run(&["write b x", "cp b large", "rm large"]);
    fs::remove_dir_all(started.ana()).unwrap();
    started.run(&["touch a b c d"]);
    assert_eq!(started.error("touch e").0, Code::Limit);
}

#[test]
fn moving_between_two_names_of_one_file_frees_nothing() {
    let started = Started::with(r#"{ "quota": "1GiB", "files": 4 }"#);
    started.run(&["touch a"]);
    fs::hard_link(started.ana().join("a"), started.ana().join("b")).unwrap();
    started.run(&["touch c"]);
    started.run(&["mv a b", "mv a b", "touch d"]);
    assert_eq!(used(&started.ana()).0, 4);
    assert_eq!(started.error("touch e").0, Code::Limit);
}

#[test]
fn sessions_at_once_have_no_more_together() {
    const THREADS: u64 = 4;
    let started = Started::with(r#"{ "quota": "100KiB", "files": 20 }"#);
    let done = AtomicUsize::new(0);
    thread::scope(|scope| {
        for session in 0..THREADS {
            let (started, done) = (&started, &done);
            scope.spawn(move || {
                for number in 0..20 {
                    let line = match number % 4 {
                        0 => format!("mkdir -p f{session}/{number}"),
                        1 => format!("write s{session}-{number} some text"),
                        2 => format!("append shared {session} {number}"),
                        _ => format!("cp shared c{session}-{number}"),
                    };
                    let answer = started.answer_to(Who { session, ..ANA }, &line);
                    match answer.body() {
                        Some(Body::Error(error)) => {
                            assert!(matches!(error.code(), Code::Limit | Code::Failed), "{line}: {error}");
                        }
                        _ => {
                            done.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                    let (entries, bytes) = used(&started.ana());
                    assert!(entries <= 20 && bytes <= 100 << 10, "{entries} {bytes}");
                }
            });
        }
    });
    assert!(done.load(Ordering::Relaxed) >= 15);
    let (entries, _) = used(&started.ana());
    assert!(started.text("quota").starts_with(&format!("{entries} of 20 ")));
    // No line of those that were added was lost to another session.
    let shared = started.text("cat shared");
    let mut lines: Vec<&str> = shared.lines().collect();
    lines.sort_unstable();
    lines.dedup();
    assert_eq!(lines.len(), shared.lines().count());
}

#[test]
fn an_old_and_a_new_plugin_allow_no_more_together() {
    const CONFIG: &str = r#"{ "quota": "1GiB", "files": 30 }"#;
    let started = Started::with(CONFIG);
    let new = started.again(CONFIG);
    let touch = |plugin: &Harness, name: String| {
        let answer = plugin.call("touch").person("ana").argument("paths", &name).answer();
        let is_limit = |error: &Error| error.code() == Code::Limit;
        assert!(!matches!(answer.body(), Some(Body::Error(error)) if !is_limit(error)));
        assert!(used(&started.ana()).0 <= 30);
    };
    thread::scope(|scope| {
        for plugin in [&started.plugin, &new] {
            let name = if std::ptr::eq(plugin, &raw const new) {
                "new"
            } else {
                "old"
            };
            scope.spawn(move || (0..40).for_each(|number| touch(plugin, format!("{name}{number}"))));
        }
    });
    assert_eq!(used(&started.ana()).0, 30);
}

#[test]
fn who_waits_for_another_process_too_long_is_told() {
    let started = Started::new();
    started.run(&["touch a"]);
    let folder = fs::File::open(started.ana()).unwrap();
    rustix::fs::flock(&folder, rustix::fs::FlockOperation::LockExclusive).unwrap();
    let (code, message) = started.error("touch b");
    assert_eq!(code, Code::Busy);
    assert!(message.starts_with("Another session of yours is changing"), "{message}");
    assert_eq!(started.text("ls"), "a");
    drop(folder);
    started.run(&["touch b"]);
}

#[test]
fn guests_are_limited_and_those_unused_make_place() {
    let started = Started::with(r#"{ "guests": 2 }"#);
    let guest = |person| Who { person, ..ANA };
    for person in ["~01", "~02"] {
        assert_eq!(started.text_to(guest(person), "write mine x"), "");
    }
    let refused = started.answer_to(guest("~03"), "touch x");
    assert_eq!(refused.error().code(), Code::Busy);
    assert!(refused.error().message().contains("2 workspaces of guests"));
    assert_eq!(started.text_to(guest("~03"), "ls"), "");
    assert_eq!(started.text_to(guest("~01"), "touch more"), "");
    // An account always has one.
    started.run(&["touch a"]);
    let first = started.root().join("guests/01");
    age(&first, 25 * 60 * 60);
    age(&started.root().join("guests/02"), 23 * 60 * 60);
    assert_eq!(started.text_to(guest("~03"), "touch x"), "");
    assert!(!first.exists());
    assert_eq!(
        snapshot(&started.root().join("guests")),
        ["02/", "02/mine=x\n", "03/", "03/x="]
    );
    assert_eq!(started.text_to(guest("~01"), "ls"), "");
}

#[test]
fn when_there_is_no_room_who_went_first_makes_place() {
    let started = Started::with(r#"{ "guests": 3 }"#);
    let guest = |person| Who { person, ..ANA };
    for (person, folder, hours) in [("~01", "01", 3), ("~02", "02", 4), ("~03", "03", 1)] {
        started.text_to(guest(person), "touch x");
        age(&started.root().join("guests").join(folder), hours * 60 * 60);
    }
    for person in ["~04", "~05"] {
        assert_eq!(started.text_to(guest(person), "touch x"), "");
    }
    // That of an hour ago may be in use.
    assert_eq!(started.answer_to(guest("~06"), "touch x").error().code(), Code::Busy);
    assert_eq!(
        snapshot(&started.root().join("guests")),
        ["03/", "03/x=", "04/", "04/x=", "05/", "05/x="]
    );
}

#[test]
fn a_guest_who_only_reads_uses_it_too() {
    let started = Started::with(r#"{ "guests": 1 }"#);
    let guest = |person| Who { person, ..ANA };
    started.text_to(guest("~01"), "touch x");
    age(&started.root().join("guests/01"), 25 * 60 * 60);
    assert_eq!(started.text_to(guest("~01"), "ls"), "x");
    assert_eq!(started.answer_to(guest("~02"), "touch x").error().code(), Code::Busy);
}

/// The guests of one address, as the server tells them apart from others: by the first eight letters.
fn guest_of(household: &str, number: u32) -> Who {
    let person = format!("~{household}{number:024x}");
    Who {
        person: person.leak(),
        ..ANA
    }
}

fn guests_folders(started: &Started) -> usize {
    fs::read_dir(started.root().join("guests")).unwrap().count()
}

#[test]
fn reconnecting_again_and_again_fills_no_more_than_a_share() {
    let started = Started::with("{}");
    // Somebody who has been here for a while, at the same address.
    let peer = guest_of("aaaaaaaa", 1_000_000);
    started.text_to(peer, "write mine x");
    age(&started.root().join("guests").join(&peer.person[1..]), 90);
    assert_eq!(started.text_to(peer, "cat mine"), "x");
    for number in 0..256 {
        assert_eq!(started.text_to(guest_of("aaaaaaaa", number), "touch x"), "", "{number}");
    }
    assert_eq!(guests_folders(&started), 64);
    assert_eq!(started.text_to(peer, "cat mine"), "x");
    assert_eq!(started.text_to(guest_of("bbbbbbbb", 0), "touch x"), "");
}

#[test]
fn where_others_fill_all_they_make_room_for_a_newcomer() {
    let started = Started::with(r#"{ "guests": 8 }"#);
    for household in ["aaaaaaaa", "bbbbbbbb", "cccccccc", "dddddddd"] {
        for number in 0..5 {
            assert_eq!(started.text_to(guest_of(household, number), "touch x"), "");
        }
    }
    assert_eq!(guests_folders(&started), 8);
    assert_eq!(started.text_to(guest_of("eeeeeeee", 0), "touch x"), "");
    assert_eq!(guests_folders(&started), 8);
    // A second one of them would have as many as those.
    let refused = started.answer_to(guest_of("eeeeeeee", 1), "touch x");
    assert_eq!(refused.error().code(), Code::Busy);
}

#[test]
fn whoever_comes_back_keeps_their_own() {
    let started = Started::with(r#"{ "guests": 8 }"#);
    for number in 0..2 {
        let guest = guest_of("aaaaaaaa", number);
        started.text_to(guest, "touch x");
        age(&started.root().join("guests").join(&guest.person[1..]), 90);
        started.text_to(guest, "ls");
    }
    let refused = started.answer_to(guest_of("aaaaaaaa", 2), "touch x");
    assert_eq!(refused.error().code(), Code::Busy);
    assert!(
        refused.error().message().contains("guests of your address"),
        "{}",
        refused.error().message()
    );
}
