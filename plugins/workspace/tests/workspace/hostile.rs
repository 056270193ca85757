//! Names, links and races that try to leave a workspace, and things in it that aren't files.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use caracola_sdk::testing::Body;

use crate::started::{ANA, Started, Who, snapshot};

/// Paths that lead out of a folder where somebody is careless.
const OUTWARD: &[&str] = &[
    "..",
    "../..",
    "../../outside",
    "../../outside/secret",
    "a/../../outside/secret",
    "/../outside/secret",
    "/..",
    "//..//..",
    "./../.",
    "~/../../outside/secret",
    "/etc/passwd",
    "/proc/self/root/etc/passwd",
    "/proc/self/cwd",
    "/dev/null",
    "..\\..\\outside",
    "....//....//outside",
    "%2e%2e/outside",
    "a/./../..//../outside",
    "link/secret",
    "link",
    "link/..",
    "link/../outside/secret",
    "filelink",
    "self/self/self/d",
    "up/outside/secret",
];

/// Texts that aren't paths.
fn broken() -> Vec<String> {
    let mut broken: Vec<String> = [
        "",
        "a\0b",
        "\0",
        "a\nb",
        "a\rb",
        "\u{1b}[2J",
        "a\u{202e}b",
        "\u{7f}",
        "a/\u{9b}/b",
    ]
    .map(String::from)
    .to_vec();
    broken.extend([
        "x".repeat(256),
        "ñ".repeat(130),
        "a/".repeat(600),
        "../".repeat(5000) + &"y".repeat(300),
    ]);
    broken
}

/// A workspace with links to outside, which no command can make.
fn with_links() -> Started {
    let started = Started::new();
    started.run(&["mkdir d", "write d/inside I"]);
    symlink(started.outside(), started.ana().join("link")).unwrap();
    symlink(started.outside().join("secret"), started.ana().join("filelink")).unwrap();
    symlink(".", started.ana().join("self")).unwrap();
    symlink("../../..", started.ana().join("up")).unwrap();
    symlink(started.outside().join("new"), started.ana().join("dangling")).unwrap();
    started
}

/// Every command on a path.
fn lines_about(path: &str) -> Vec<Vec<String>> {
    let line = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    vec![
        line(&["ls", path]),
        line(&["ls", "-la", path]),
        line(&["cat", path]),
        line(&["find", path]),
        line(&["grep", "-r", "outside", path]),
        line(&["tree", path]),
        line(&["write", path, "gotcha"]),
        line(&["append", path, "gotcha"]),
        line(&["touch", path]),
        line(&["mkdir", path]),
        line(&["mkdir", "-p", &format!("{path}/new")]),
        line(&["cp", "d/inside", path]),
        line(&["cp", path, "copied"]),
        line(&["cp", "-r", path, "copied-tree"]),
        line(&["cp", "-r", "d", path]),
        line(&["mv", "d/inside", path]),
        line(&["mv", path, "moved"]),
        line(&["cd", path]),
        line(&["pwd"]),
        line(&["cd", "/"]),
        line(&["rm", path]),
        line(&["rm", "-rf", path]),
    ]
}

#[test]
fn no_name_leads_out() {
    for path in OUTWARD {
        let started = with_links();
        for words in lines_about(path) {
            let answer = started.request(ANA, &words).answer();
            let said = format!("{:?}{:?}", answer.body(), answer.chunks());
            assert!(
                !said.contains("outside\\n") && !said.contains("root:"),
                "{words:?}: {said}"
            );
            assert!(answer.state().is_none_or(|state| state.starts_with('/')));
        }
        started.assert_outside_is_untouched();
        let leaked = snapshot(&started.ana());
        assert!(
            !leaked
                .iter()
                .any(|file| file.contains("moved=outside") || file.contains("copied=outside")),
            "{leaked:?}"
        );
    }
}

#[test]
fn names_that_are_none_are_refused_by_all() {
    let started = with_links();
    let before = snapshot(&started.ana());
    for path in broken() {
        for words in lines_about(&path) {
            // Those that have no path of it.
            if !words.iter().any(|word| word.contains(&path)) || matches!(&*words[0], "pwd") || words[1..] == ["/"] {
                continue;
            }
            // An empty name before `/new` is the top.
            if path.is_empty() && words[0] == "mkdir" {
                continue;
            }
            let answer = started.request(ANA, &words).answer();
            let Some(Body::Error(error)) = answer.body() else {
                panic!("{words:?}: {:?}", answer.body());
            };
            assert!(error.message().len() < 400, "{}", error.message());
            assert!(
                !error.message().contains(|letter: char| letter.is_control()),
                "{:?}",
                error.message()
            );
        }
    }
    assert_eq!(snapshot(&started.ana()), before);
}

#[test]
fn links_can_only_be_removed() {
    let started = with_links();
    assert!(started.text("ls").contains("link?"));
    for line in [
        "cat filelink",
        "write filelink x",
        "append dangling x",
        "cp filelink x",
        "mv filelink x",
        "touch dangling",
    ] {
        let message = started.error(line).1;
        assert!(message.contains("is neither a file nor a folder"), "{line}: {message}");
    }
    assert!(started.text("find /").contains("/link"));
    assert!(!started.text("find /").contains("secret"));
    started.run(&["cp -r d e", "rm link filelink self up dangling"]);
    assert_eq!(snapshot(&started.ana()), ["d/", "d/inside=I\n", "e/", "e/inside=I\n"]);
    symlink(started.outside(), started.ana().join("d/link")).unwrap();
    started.run(&["cp -r d f", "rm -r d"]);
    assert_eq!(snapshot(&started.ana()), ["e/", "e/inside=I\n", "f/", "f/inside=I\n"]);
    started.assert_outside_is_untouched();
}

#[test]
fn a_workspace_that_is_a_link_itself_is_none() {
    let started = Started::new();
    started.run(&["touch a"]);
    fs::remove_dir_all(started.ana()).unwrap();
    symlink(started.outside(), started.ana()).unwrap();
    for line in ["ls", "touch a", "cat secret", "rm -r secret"] {
        assert!(matches!(started.answer(line).body(), Some(Body::Error(_))), "{line}");
    }
    started.assert_outside_is_untouched();
}

#[test]
fn a_hard_link_is_never_written_through() {
    let started = Started::new();
    started.run(&["mkdir d"]);
    let (outside, inside) = (started.outside().join("secret"), started.ana().join("hard"));
    let when = || fs::metadata(&outside).unwrap().mtime_nsec();
    let before = when();
    for line in [
        "write hard x",
        "append hard x",
        "touch hard",
        "cp d/x hard",
        "rm hard",
        "mv hard d/hard",
    ] {
        started.run(&["touch d/x"]);
        let _ = fs::remove_file(&inside);
        fs::hard_link(&outside, &inside).unwrap();
        started.run(&[line]);
        started.assert_outside_is_untouched();
        assert_eq!(when(), before, "{line}");
    }
}

#[test]
fn what_is_no_file_blocks_nothing() {
    let started = Started::new();
    started.run(&["mkdir d", "write d/file text"]);
    let mode = rustix::fs::Mode::from_raw_mode(0o600);
    rustix::fs::mknodat(
        rustix::fs::CWD,
        started.ana().join("d/pipe"),
        rustix::fs::FileType::Fifo,
        mode,
        0,
    )
    .unwrap();
    let _socket = UnixListener::bind(started.ana().join("d/socket")).unwrap();
    fs::write(started.ana().join("d").join(OsStr::from_bytes(b"\xff\x1b[2J")), "text").unwrap();
    for name in ["pipe", "socket"] {
        for words in lines_about(&format!("d/{name}")) {
            if words[0] != "rm" {
                started.request(ANA, &words).timeout(Duration::from_secs(5)).answer();
            }
        }
    }
    let begin = Instant::now();
    assert_eq!(started.text("grep -r text d"), "d/file:text\nd/\u{fffd}\\u{1b}[2J:text");
    assert!(started.text("tree").contains("pipe") && started.text("ls d").contains("pipe?"));
    started.run(&["cp -r d e", "rm -r d"]);
    assert!(begin.elapsed() < Duration::from_secs(5));
    assert!(snapshot(&started.ana()).contains(&"e/file=text\n".to_owned()));
}

#[test]
fn what_may_not_be_read_is_an_error_of_its_own() {
    let started = Started::new();
    started.run(&["mkdir d", "touch f"]);
    for name in ["d", "f"] {
        fs::set_permissions(started.ana().join(name), fs::Permissions::from_mode(0o000)).unwrap();
    }
    if fs::read(started.ana().join("f")).is_ok() {
        eprintln!("root may read everything: another user has to try this");
        return;
    }
    for line in ["ls d", "cat f", "rm -r d"] {
        assert!(
            started
                .error(line)
                .1
                .contains("the server itself has no permission for that"),
            "{line}"
        );
    }
    fs::set_permissions(started.ana().join("d"), fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn trees_deeper_than_any_command_makes_end() {
    let started = Started::new();
    started.run(&["mkdir d"]);
    let mut path = started.ana().join("d");
    for _ in 0..200 {
        path.push("d");
        fs::create_dir(&path).unwrap();
    }
    for line in ["find", "tree", "grep -r x"] {
        assert!(started.text(line).len() < 100_000, "{line}");
    }
    for line in ["cp -r d e", "mv d e", "rm -r d", "touch x"] {
        assert!(matches!(started.answer(line).body(), Some(Body::Error(_))), "{line}");
    }
}

/// While one thread swaps a folder for a link to outside and back, others read, write and remove in it.
#[test]
fn no_race_leads_out() {
    const TIME: Duration = Duration::from_millis(1500);
    let started = Started::with(r#"{ "quota": "1GiB", "files": 1000 }"#);
    started.run(&["mkdir a"]);
    let (folder, aside, link) = (
        started.ana().join("a"),
        started.ana().join("aside"),
        started.ana().join("link"),
    );
    symlink(started.outside(), &link).unwrap();
    let is_over = AtomicBool::new(false);
    let is_over = &is_over;
    let swaps = thread::scope(|scope| {
        let swapper = scope.spawn(|| {
            let mut swaps = 0;
            while !is_over.load(Ordering::Relaxed) {
                // What fails, since a command has removed or made it, is tried again.
                let _ = fs::create_dir(&folder);
                let _ = fs::rename(&folder, &aside);
                if fs::rename(&link, &folder).is_ok() {
                    swaps += 1;
                }
                thread::yield_now();
                if fs::symlink_metadata(&folder).is_ok_and(|about| about.is_symlink()) {
                    let _ = fs::rename(&folder, &link);
                } else if !link.is_symlink() {
                    let _ = symlink(started.outside(), &link);
                }
                let _ = fs::rename(&aside, &folder);
            }
            swaps
        });
        let lines: [&[&str]; 3] = [
            &[
                "cat a/secret",
                "ls a",
                "grep -r outside a",
                "find a",
                "cp a/secret x",
                "cp -r a y",
                "rm -rf y",
                "cat x",
            ],
            &[
                "write a/secret gotcha",
                "append a/new gotcha",
                "touch a/secret",
                "mkdir -p a/b/c",
                "cp a/new a/secret",
            ],
            &[
                "rm -rf a/secret",
                "rm -rf a/*",
                "mv a/secret stolen",
                "rm -rf a",
                "mkdir a",
            ],
        ];
        for (session, lines) in (10..).zip(lines) {
            let started = &started;
            scope.spawn(move || {
                let begin = Instant::now();
                while begin.elapsed() < TIME {
                    for line in lines {
                        let answer = started.answer_to(Who { session, ..ANA }, line);
                        let said = format!("{:?}{:?}", answer.body(), answer.chunks());
                        assert!(!said.contains("outside\""), "{line}: {said}");
                    }
                }
                is_over.store(true, Ordering::Relaxed);
            });
        }
        swapper.join().unwrap()
    });
    assert!(swaps > 10, "{swaps}");
    started.assert_outside_is_untouched();
}
