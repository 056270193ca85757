//! How it starts, and how it doesn't.

use std::fs;

use caracola_sdk::Plugin;
use caracola_sdk::testing::Harness;
use caracola_workspace::Workspace;
use tempfile::TempDir;

use crate::started::Started;

#[test]
fn without_a_folder_it_says_what_to_write() {
    let failure = Harness::start::<Workspace>("{}")
        .expect_err("it doesn't start")
        .to_string();
    assert!(failure.contains(r#"write = ["workspaces"]"#), "{failure}");
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    for below in ["file", "a/b"] {
        let path = folder.path().join(below);
        let builder = Harness::builder::<Workspace>().unwrap().write(path.to_str().unwrap());
        let failure = builder.start().expect_err("it doesn't start").to_string();
        assert!(failure.contains(path.to_str().unwrap()), "{failure}");
    }
}

#[test]
fn what_the_config_says_wrong_is_told() {
    let folder = TempDir::new().unwrap();
    for (config, expected) in [
        (r#"{ "quota": "lots" }"#, "'lots' is not a size"),
        (r#"{ "qouta": 1 }"#, "qouta"),
        (r#"{ "files": 1000000 }"#, "1000000"),
        (r#"{ "files": -1 }"#, "files"),
    ] {
        let builder = Harness::builder::<Workspace>()
            .unwrap()
            .write(folder.path().to_str().unwrap());
        let failure = builder
            .config(config)
            .start()
            .expect_err("it doesn't start")
            .to_string();
        assert!(failure.contains(expected), "{config}: {failure}");
    }
}

#[test]
fn what_a_killed_process_left_is_swept() {
    let folder = TempDir::new().unwrap();
    let incoming = folder.path().join("incoming");
    fs::create_dir_all(incoming.join("old/inner")).unwrap();
    fs::write(incoming.join("old/inner/file"), "x").unwrap();
    fs::write(incoming.join("new"), "x").unwrap();
    age(&incoming.join("old"), 2 * 60 * 60);
    let builder = Harness::builder::<Workspace>()
        .unwrap()
        .write(folder.path().to_str().unwrap());
    builder.start().unwrap();
    assert!(!incoming.join("old").exists());
    assert!(incoming.join("new").exists(), "another process may be writing it");
}

#[test]
fn all_functions_have_both_languages_and_run() {
    let definitions: toml::Table = Workspace::DEFINITIONS.parse().unwrap();
    let commands = definitions["commands"].as_table().unwrap();
    let has_both = |text: &toml::Value| text.get("en").is_some() && text.get("es").is_some();
    for (name, command) in commands {
        assert!(has_both(&command["summary"]), "{name}");
        let examples = command["examples"].as_array().unwrap();
        for example in examples {
            assert!(has_both(&example["about"]), "{name}");
            let started = Started::new();
            // What the examples take for granted.
            started.run(&[
                "mkdir notes music src project old-project",
                "write notes.txt the shell",
                "write server.log error",
            ]);
            started.run(&[
                "cp notes.txt letter.txt",
                "cp notes.txt draft.txt",
                "cp notes.txt song.mp3",
                "cp notes.txt old.txt",
            ]);
            started.run(&[
                "cp notes.txt one.txt",
                "cp notes.txt two.txt",
                "cp notes.txt settings.conf",
            ]);
            let line = example["run"].as_str().unwrap();
            let answer = started.answer(line);
            assert_eq!(answer.status(), 0);
            let is_error = matches!(answer.body(), Some(caracola_sdk::testing::Body::Error(_)));
            assert!(!is_error, "{line}: {:?}", answer.body());
        }
        for param in command
            .get("params")
            .and_then(toml::Value::as_array)
            .into_iter()
            .flatten()
        {
            assert!(has_both(&param["help"]), "{name}: {param}");
        }
    }
}

/// Sets when something was changed to so many seconds ago.
pub(crate) fn age(path: &std::path::Path, seconds: u64) {
    let then = std::time::SystemTime::now() - std::time::Duration::from_secs(seconds);
    fs::File::open(path).unwrap().set_modified(then).unwrap();
}
