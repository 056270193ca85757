//! Trees and pages that nobody wrote in good faith, or at all.

use std::os::unix::fs::symlink;

use proptest::prelude::*;

use super::*;

const DOCK: &[(&str, &str)] = &[("Dock", "quay")];

fn good() -> Tree {
    Tree::new().page("pages/common/quay.md", "quay", "Dock.", DOCK)
}

#[test]
fn folders_without_pages_are_told_apart() {
    let empty = Tree::new();
    assert!(matches!(empty.refused(), ImportError::NoPages { instead: None, .. }));
    let other = Tree::new().page("pages.fr/common/quay.md", "quay", "Amarrer.", DOCK);
    let error = other.refused().to_string();
    assert_eq!(error, "there are no pages in en, es; there are some in fr");
    let tree = good();
    let inside = tldr(&Request {
        folder: &tree.path().join("pages"),
        languages: LanguageSelection::All,
        options: OptionForm::Long,
        existing: &built_ins(),
    });
    let error = inside.unwrap_err().to_string();
    assert!(error.contains("give the folder above it"), "{error}");
    let missing = tldr(&Request {
        folder: &tree.path().join("nothing"),
        languages: LanguageSelection::All,
        options: OptionForm::Long,
        existing: &built_ins(),
    });
    assert!(matches!(missing, Err(ImportError::Unreadable { .. })));
}

#[test]
fn an_import_of_nothing_but_faults_says_each() {
    let tree = Tree::new()
        .file("pages/common/a.md", "")
        .file("pages/common/b.md", [0xff, 0xfe]);
    let ImportError::NothingLeft(report) = tree.refused() else {
        panic!("something was left")
    };
    assert_eq!(report.skipped.len(), 2);
    assert!(
        report.to_string().contains("pages/common/b.md: it is not UTF-8 text"),
        "{report}"
    );
    let tree = Tree::new().file("pages/README", "");
    assert!(matches!(tree.refused(), ImportError::NothingLeft(_)));
}

#[test]
fn whatever_is_skipped_is_told_with_the_reason() {
    let tree = good()
        .file("pages/common/huge.md", vec![b'x'; 65 * 1024])
        .file("pages/common/latin.md", b"# quay\n> Atrac\xf3.\n")
        .file("pages/common/notes.txt", "")
        .file("pages/common/.md", "")
        .file("pages/common/inner/deep/quay.md", "")
        .file("pages/common/none.md", "no heading")
        .page("pages/common/undescribed.md", "undescribed", "", DOCK)
        .file("pages/stray.md", "")
        .file("pages.12/common/quay.md", "")
        .file("pages/bad\u{7}name/quay.md", "")
        .file("README.md", "of no interest");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        tree.path().join("pages/common/pipe.md"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR,
        0,
    )
    .unwrap();
    let imported = tree.imported();
    assert_eq!(imported.served().names(), ["quay"]);
    assert_eq!(
        imported.skipped(),
        [
            ("pages.12", "its name ends in no language tag"),
            ("pages/badname", "its name is not a platform's"),
            ("pages/stray.md", "it is in no platform's folder"),
            ("pages/common/.md", "its name doesn't end in .md"),
            ("pages/common/huge.md", "it is larger than 64 KiB"),
            ("pages/common/inner", "it is a folder in a platform's folder"),
            ("pages/common/latin.md", "it is not UTF-8 text"),
            ("pages/common/none.md", "it has no heading (`# name`)"),
            ("pages/common/notes.txt", "its name doesn't end in .md"),
            ("pages/common/pipe.md", "it is not a regular file"),
            ("pages/common/undescribed.md", "it has no description (`> ...`)"),
        ]
    );
    let told = imported.report.to_string();
    assert!(
        told.contains("  pages/common/huge.md: it is larger than 64 KiB\n"),
        "{told}"
    );
    assert!(told.ends_with("Skipped: 11"), "{told}");
}

#[test]
fn more_than_there_can_be_is_told() {
    let mut tree = good().page("pages.en/common/pier.md", "pier", "A pier.", DOCK);
    for number in 0..40 {
        tree = tree.page(
            &format!("pages/common/q{number}.md"),
            "quay",
            "Dock.",
            &[("Dock", "quay")],
        );
    }
    let imported = tree.imported();
    assert_eq!(imported.served().names(), ["quay"]);
    let many = imported
        .skipped()
        .iter()
        .filter(|(_, why)| *why == "there are too many pages of its name")
        .count();
    assert_eq!(many, 41 - 32);
    assert_eq!(
        imported.skipped()[0],
        ("pages.en", "there is another folder of pages in en")
    );
    for number in 0..61_u8 {
        let tag = [b'a' + number / 26, b'a' + number % 26]
            .map(char::from)
            .iter()
            .collect::<String>();
        tree = tree.page(&format!("pages.{tag}/common/quay.md"), "quay", "Dock.", DOCK);
    }
    let request = Request {
        folder: tree.path(),
        languages: LanguageSelection::All,
        options: OptionForm::Long,
        existing: &built_ins(),
    };
    assert!(matches!(
        tldr(&request),
        Err(ImportError::TooManyLanguages { most: 60 })
    ));
}

#[test]
fn links_are_not_followed() {
    let tree = good();
    let root = tree.path();
    symlink("/etc/passwd", root.join("pages/common/passwd.md")).unwrap();
    symlink(".", root.join("pages/loop")).unwrap();
    symlink("..", root.join("pages/common/up")).unwrap();
    symlink("pages", root.join("pages.en")).unwrap();
    let imported = tree.imported();
    assert_eq!(imported.served().names(), ["quay"]);
    let paths: Vec<&str> = imported.skipped().iter().map(|(path, _)| *path).collect();
    assert_eq!(
        paths,
        ["pages.en", "pages/loop", "pages/common/passwd.md", "pages/common/up"]
    );
    assert!(
        imported
            .skipped()
            .iter()
            .all(|(_, why)| *why == "it is a symbolic link")
    );
}

#[test]
fn what_a_page_says_stays_text() {
    let attack = "\"]\n[server]\nname = \"x\\\" # '''";
    let page = format!(
        "# quay\n> {0}\"\"\" \\ {{{{ server }}}} \u{1b}[2J\u{202e}\n> More information: <https://example.org/\"\\>.\n\n- {0}\\u0041:\n\n`quay \"; rm -rf / $(reboot) \\\" \u{7}`\n",
        attack.replace('\n', " ")
    );
    let imported = good().file("pages/common/quay.md", page).imported();
    let served = imported.served();
    assert_eq!(served.names(), ["quay"]);
    assert_eq!(served.0.settings().server.name, built_ins().settings().server.name);
    assert_eq!(
        served.summary("quay", "en"),
        "\"] [server] name = \"x\\\" # '''\"\"\" \\ {{ server }} [2J"
    );
    assert_eq!(
        served.examples("quay", "en"),
        ["quay \"; rm -rf / $(reboot) \\\" # \"] [server] name = \"x\\\" # '''\\u0041"]
    );
    assert_eq!(imported.report.oddities.len(), 1);
}

#[test]
fn texts_without_end_are_cut() {
    let words = "<word ".repeat(2000);
    let tree = Tree::new().page("pages/common/quay.md", "quay", &words, &[(&words, "quay")]);
    let imported = tree.imported();
    let served = imported.served();
    assert!(served.summary("quay", "en").len() < 510);
    assert!(served.examples("quay", "en")[0].len() < 520);
    assert_eq!(imported.report.oddities.len(), 2);
}

/// Pieces that pages are made of, so that random pages come near real ones.
fn page() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        4 => "(# |> |- |`|)(quay|time|say x|mkfs\\.x|tldr quay|See also: `a`, `b`\\.|\\{\\{\\[-a\\|--all\\]\\}\\}|[{}|`<>:\\\\\"' ]{0,6}|\\PC{0,6}){0,4}`?",
        1 => any::<String>(),
    ];
    let lines = prop::collection::vec(line, 0..12);
    lines.prop_map(|lines| format!("# quay\n> Dock.\n{}", lines.join("\n")))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_pages_make_a_file_that_loads(pages in prop::collection::vec((0..3_usize, page()), 1..5), bytes in any::<Vec<u8>>()) {
        let mut tree = Tree::new().file("pages/common/bytes.md", bytes);
        for (number, (folder, page)) in pages.iter().enumerate() {
            let folder = ["pages/common", "pages.es/common", "pages/windows"][*folder];
            tree = tree.file(&format!("{folder}/{number}.md"), page);
            tree = tree.file(&format!("{folder}/any{number}.md"), page.trim_start_matches("# quay\n> Dock.\n"));
        }
        match tree.import_beside(&["en", "es"], &built_ins()) {
            Ok(imported) => {
                prop_assert!(Catalogue::from_text(&imported.text).is_ok());
                let _ = imported.report.to_string();
            }
            Err(ImportError::DoesNotLoad(broken)) => prop_assert!(false, "{broken}"),
            Err(_) => {}
        }
    }
}
