//! No path leaves its root.

use std::fs::{self, File};
use std::io::Read as _;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use tempfile::TempDir;

use crate::{ArgumentError, Fault, PathFault, Value};

use super::{Catalogue, catalogue};

/// A root with something in it, beside things that nobody may reach.
struct TestRoot {
    folder: TempDir,
}

impl TestRoot {
    fn new() -> Self {
        let place = TestRoot {
            folder: tempfile::tempdir().unwrap(),
        };
        let root = place.root();
        fs::create_dir_all(root.join("sub/deep")).unwrap();
        fs::create_dir(place.outside()).unwrap();
        fs::write(root.join("note"), "inside").unwrap();
        fs::write(root.join("sub/deep/note"), "inside").unwrap();
        fs::write(place.outside().join("note"), "outside").unwrap();
        fs::write(place.folder.path().join("root-note"), "outside").unwrap();
        for (link, target) in [
            ("in", "sub/deep"),
            ("up-and-in", "sub/../sub/deep"),
            ("up", ".."),
            ("out", "../outside"),
            ("out-file", "../outside/note"),
            ("sub/climb", "../../outside"),
            ("sub/home", ".."),
            ("self", "self"),
            ("one", "two"),
            ("two", "one"),
            ("dangling", "sub/nothing"),
            ("dangling-out", "../outside/nothing"),
            ("etc", "/etc"),
            ("proc", "/proc/self/root"),
            ("to-out", "out"),
        ] {
            symlink(target, root.join(link)).unwrap();
        }
        symlink(root.join("sub"), root.join("absolute")).unwrap();
        place
    }

    /// Without symbolic links, as programs get it.
    fn root(&self) -> PathBuf {
        fs::canonicalize(self.folder.path()).unwrap().join("root")
    }

    fn outside(&self) -> PathBuf {
        self.folder.path().join("outside")
    }

    fn catalogue(&self, more: &str) -> Catalogue {
        let root = self.root();
        let root = root.to_str().unwrap();
        catalogue(&format!(
            "[commands.c]\nsummary = \"C\"\nexec = [\"cat\", \"{{file}}\"]\n\
             params = [{{ name = \"file\", type = \"path\", root = \"{root}\"{more} }}]\n"
        ))
    }
}

/// Where a value leads, and the program's argument.
fn lead(catalogue: &Catalogue, value: &str) -> Result<PathBuf, PathFault> {
    let command = catalogue.command("c").unwrap();
    match command.arguments(&[value]) {
        Ok(arguments) => {
            let prepared = command.exec().unwrap().prepare(&arguments).unwrap();
            Ok(PathBuf::from(&prepared.argv[1]))
        }
        Err(ArgumentError::Unfit {
            fault: Fault::Path { fault, .. },
            ..
        }) => Err(fault),
        Err(other) => panic!("{value:?}: {other:?}"),
    }
}

#[test]
fn paths_lead_to_what_is_under_the_root() {
    let place = TestRoot::new();
    let catalogue = place.catalogue(", must_exist = true");
    let root = place.root();
    let absolute = root.join("note");
    for (value, leads) in [
        ("note", "note"),
        ("./note", "note"),
        ("sub//deep/./note", "sub/deep/note"),
        ("sub/../note", "note"),
        ("in/note", "sub/deep/note"),
        ("up-and-in/note", "sub/deep/note"),
        ("absolute/deep/note", "sub/deep/note"),
        ("sub/home/note", "note"),
        ("sub/home/sub/home/in", "sub/deep"),
        (".", ""),
        ("sub/..", ""),
        (absolute.to_str().unwrap(), "note"),
        (root.to_str().unwrap(), ""),
    ] {
        // `Path::join` of nothing would end in a slash.
        let expected = if leads.is_empty() {
            root.clone()
        } else {
            root.join(leads)
        };
        let led = lead(&catalogue, value).unwrap();
        assert_eq!(led.as_os_str(), expected.as_os_str(), "{value}");
    }
}

#[test]
fn none_leads_out() {
    let place = TestRoot::new();
    let outside = place.outside().join("note");
    let neighbour = place.folder.path().join("root-note");
    let climbing = format!("{}/../outside/note", place.root().display());
    let chain = format!("{}outside/note", "../".repeat(50));
    for more in ["", ", must_exist = true", ", as = \"fd\"", ", kind = \"file\""] {
        let catalogue = place.catalogue(more);
        for value in [
            "..",
            "../",
            "../outside/note",
            "../root",
            "sub/../../outside/note",
            "sub/deep/../../../outside/note",
            "up",
            "up/outside/note",
            "out",
            "out/note",
            "out/nothing",
            "out-file",
            "to-out/note",
            "sub/climb/note",
            "sub/home/../outside/note",
            "dangling-out",
            "etc",
            "etc/passwd",
            "proc/etc/passwd",
            "/etc/passwd",
            "/",
            outside.to_str().unwrap(),
            neighbour.to_str().unwrap(),
            &climbing,
            &chain,
        ] {
            assert_eq!(lead(&catalogue, value), Err(PathFault::Outside), "{value}{more}");
        }
        for value in ["self", "one", "one/note"] {
            assert_eq!(lead(&catalogue, value), Err(PathFault::Links), "{value}{more}");
        }
    }
}

#[test]
fn what_is_not_there_may_be_named_if_the_file_says_so() {
    let place = TestRoot::new();
    let catalogue = place.catalogue("");
    let root = place.root();
    for (value, leads) in [
        ("new", "new"),
        ("sub/new", "sub/new"),
        ("new/er/still", "new/er/still"),
        ("in/new", "sub/deep/new"),
        ("dangling", "sub/nothing"),
        ("dangling/new", "sub/nothing/new"),
    ] {
        assert_eq!(lead(&catalogue, value), Ok(root.join(leads)), "{value}");
    }
    for value in ["new/../note", "new/../../outside/note", "note/x", "dangling/.."] {
        assert_eq!(lead(&catalogue, value), Err(PathFault::Missing), "{value}");
    }
    let catalogue = place.catalogue(", must_exist = true");
    for value in ["new", "new/er", "dangling", "note/x"] {
        assert_eq!(lead(&catalogue, value), Err(PathFault::Missing), "{value}");
    }
    let long = "x".repeat(300);
    assert!(matches!(lead(&catalogue, &long), Err(PathFault::System(_))));
}

#[test]
fn what_is_there_must_be_of_the_kind() {
    let place = TestRoot::new();
    let mode = rustix::fs::Mode::RWXU;
    let pipe = place.root().join("pipe");
    rustix::fs::mknodat(rustix::fs::CWD, pipe, rustix::fs::FileType::Fifo, mode, 0).unwrap();
    let leads = |more: &str, value: &str| lead(&place.catalogue(more), value).err();
    for (more, value, fault) in [
        (", kind = \"file\"", "note", None),
        (", kind = \"file\"", "sub", Some(PathFault::NoFile)),
        (", kind = \"file\"", "pipe", Some(PathFault::NoFile)),
        (", kind = \"folder\"", "sub", None),
        (", kind = \"folder\"", "in", None),
        (", kind = \"folder\"", ".", None),
        (", kind = \"folder\"", "note", Some(PathFault::NoFolder)),
        (", kind = \"any\"", "pipe", None),
        (", as = \"fd\"", "pipe", Some(PathFault::Special)),
        (", as = \"fd\"", "sub", None),
    ] {
        assert_eq!(leads(more, value), fault, "{value}{more}");
    }
}

#[test]
fn the_root_of_the_machine_is_a_root_too() {
    let place = TestRoot::new();
    let file = format!("{}/in/note", place.root().display());
    let text = "[commands.c]\nsummary = \"C\"\nexec = [\"cat\", \"{file}\"]\n\
         params = [{ name = \"file\", type = \"path\", root = \"/\", must_exist = true, default = \"/\" }]\n";
    let catalogue = catalogue(text);
    assert_eq!(lead(&catalogue, &file), Ok(place.root().join("sub/deep/note")));
    assert_eq!(lead(&catalogue, &file[1..]), Ok(place.root().join("sub/deep/note")));
    assert_eq!(lead(&catalogue, "/../etc"), Err(PathFault::Outside));
    let etc = format!("{}/etc/passwd", place.root().display());
    assert_eq!(lead(&catalogue, &etc), Ok("/etc/passwd".into()));
    let command = catalogue.command("c").unwrap();
    let arguments = command.arguments(&[]).unwrap();
    let Some(Value::Path(path)) = arguments.value(0) else {
        panic!("it is a path");
    };
    assert_eq!(path.path(), Path::new("/"));
}

#[test]
fn a_root_that_is_not_there_is_told() {
    let place = TestRoot::new();
    let catalogue = place.catalogue("");
    fs::rename(place.root(), place.folder.path().join("gone")).unwrap();
    assert_eq!(lead(&catalogue, "note"), Err(PathFault::NoRoot));
}

#[test]
fn an_open_file_stays_the_one_that_was_checked() {
    let place = TestRoot::new();
    let catalogue = place.catalogue(", as = \"fd\"");
    let command = catalogue.command("c").unwrap();
    let arguments = command.arguments(&["note"]).unwrap();
    let exec = command.exec().unwrap();
    let prepared = exec.prepare(&arguments).unwrap();
    assert_eq!(prepared.argv[1], "/dev/fd/3");
    assert_eq!(prepared.descriptors.len(), 1);
    fs::remove_file(place.root().join("note")).unwrap();
    symlink(place.outside().join("note"), place.root().join("note")).unwrap();
    let mut text = String::new();
    let descriptor = prepared.descriptors.into_iter().next().unwrap();
    File::from(descriptor).read_to_string(&mut text).unwrap();
    assert_eq!(text, "inside");
}

#[test]
fn each_open_file_has_a_number_of_its_own() {
    let place = TestRoot::new();
    let root = place.root();
    let catalogue = catalogue(&format!(
        "[commands.c]\nsummary = \"C\"\nexec = [\"cat\", \"{{files}}\", \"--log={{log}}\", \"{{log}}\"]\n\
         env = {{ LOG = \"{{log}}\" }}\n\
         params = [{{ name = \"log\", type = \"path\", root = \"{root}\", as = \"fd\" }},\n\
         {{ name = \"files\", type = \"path\", root = \"{root}\", as = \"fd\", list = true }}]\n",
        root = root.display()
    ));
    let command = catalogue.command("c").unwrap();
    let arguments = command.arguments(&["note", "sub/deep/note", "in/note"]).unwrap();
    let prepared = command.exec().unwrap().prepare(&arguments).unwrap();
    let expected = ["cat", "/dev/fd/3", "/dev/fd/4", "--log=/dev/fd/5", "/dev/fd/5"];
    assert_eq!(prepared.argv, expected);
    assert_eq!(prepared.descriptors.len(), 3);
    let log = ("LOG".into(), "/dev/fd/5".into());
    assert!(prepared.environment.contains(&log));
}

/// Whatever is typed, and whatever links it goes through: what comes out is under the root, and leads where it says.
#[test]
fn any_path_stays_in_its_root() {
    let place = TestRoot::new();
    let catalogue = place.catalogue("");
    let root = place.root();
    let names = proptest::collection::vec(proptest::sample::select(NAMES), 1..8);
    let strategy = (proptest::bool::weighted(0.1), names);
    let stays = |(absolute, names): (bool, Vec<&str>)| {
        let mut value = names.join("/");
        if absolute {
            value = format!("{}/{value}", root.display());
        }
        if !value.is_empty()
            && let Ok(path) = lead(&catalogue, &value)
        {
            prop_assert!(path.starts_with(&root), "{} gave {}", value, path.display());
            prop_assert!(
                !path.iter().any(|name| name == ".." || name == "."),
                "{}",
                path.display()
            );
            let there = path.ancestors().find(|path| path.exists()).unwrap();
            prop_assert_eq!(fs::canonicalize(there).unwrap(), there);
        }
        Ok(())
    };
    let mut runner = TestRunner::new(ProptestConfig::with_cases(512));
    runner.run(&strategy, stays).unwrap_or_else(|error| panic!("{error}"));
}

/// What is in a [`TestRoot`], and what isn't.
const NAMES: &[&str] = &[
    "..",
    ".",
    "",
    "sub",
    "deep",
    "note",
    "in",
    "up-and-in",
    "up",
    "out",
    "home",
    "climb",
    "absolute",
    "dangling",
    "etc",
    "self",
    "root",
    "outside",
    "new",
];

/// Somebody swaps folders and links as fast as possible, while paths are opened.
#[test]
fn swaps_lead_nowhere() {
    const TRIES: usize = 3_000;
    let place = TestRoot::new();
    let root = place.root();
    fs::create_dir_all(root.join("real/x")).unwrap();
    fs::write(root.join("real/x/note"), "inside").unwrap();
    fs::create_dir(place.outside().join("x")).unwrap();
    fs::write(place.outside().join("x/note"), "outside").unwrap();
    symlink(place.outside(), root.join("false")).unwrap();
    fs::rename(root.join("real"), root.join("target")).unwrap();
    let done = AtomicBool::new(false);
    let open = place.catalogue(", as = \"fd\"");
    let named = place.catalogue(", must_exist = true");
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let (one, other) = (root.join("target"), root.join("false"));
            while !done.load(Ordering::Relaxed) {
                let flags = rustix::fs::RenameFlags::EXCHANGE;
                rustix::fs::renameat_with(rustix::fs::CWD, &one, rustix::fs::CWD, &other, flags).unwrap();
            }
        });
        let mut inside = 0;
        for _ in 0..TRIES {
            for value in ["target/x/note", "target/x/../x/note", "target/../target/x/note"] {
                let command = open.command("c").unwrap();
                if let Ok(arguments) = command.arguments(&[value]) {
                    let prepared = command.exec().unwrap().prepare(&arguments).unwrap();
                    let mut text = String::new();
                    let descriptor = prepared.descriptors.into_iter().next().unwrap();
                    File::from(descriptor).read_to_string(&mut text).unwrap();
                    assert_eq!(text, "inside");
                    inside += 1;
                }
                if let Ok(path) = lead(&named, value) {
                    assert!(path.starts_with(&root), "{}", path.display());
                }
            }
        }
        done.store(true, Ordering::Relaxed);
        assert!(inside > 0, "nothing was ever opened, so nothing was tried");
    });
}
