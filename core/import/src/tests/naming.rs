//! What cards are called, and how they lead to each other.

use super::*;

const DOCK: &[(&str, &str)] = &[("Dock", "quay")];

#[test]
fn symbols_and_names_of_several_words_are_names() {
    let tree = Tree::new()
        .page("pages/common/!.md", "!", "History.", DOCK)
        .page("pages/common/[.md", "[", "Test.", DOCK)
        .page("pages/common/[[.md", "[[", "Test.", DOCK)
        .page("pages/common/2to3.md", "2to3", "Convert.", DOCK)
        .page(
            "pages/common/quay-dock-ship-now.md",
            "quay dock ship now",
            "Dock.",
            DOCK,
        );
    let imported = tree.imported();
    assert_eq!(
        imported.served().names(),
        ["!", "2to3", "[", "[[", "quay dock ship now"]
    );
    assert!(imported.report.renamed.is_empty());
}

#[test]
fn names_that_commands_cannot_have_are_changed_and_told() {
    let tree = Tree::new()
        .page("pages/linux/mkfs.quay.md", "mkfs.quay", "Make one.", DOCK)
        .page("pages/common/a.md", "one two three four five", "Long.", DOCK)
        .page("pages/common/b.md", ":", "Nothing.", DOCK)
        .page("pages/common/c.md", &"x".repeat(65), "Long.", DOCK)
        .page("pages/common/time.md", "time", "Measure.", DOCK)
        .page("pages/common/say-it.md", "say it", "Speak.", DOCK)
        .page(
            "pages/common/quay.md",
            "quay",
            "Dock.\nSee also: `time`, `mkfs.quay`, `who`, `gone`.",
            DOCK,
        );
    let imported = tree.imported();
    let served = imported.served();
    let names = [
        "mkfs-quay",
        "one two three four-five",
        "quay",
        "tldr say it",
        "tldr time",
    ];
    assert_eq!(served.names(), names);
    assert_eq!(served.summary("time", "en"), "Show the server's date and time");
    assert_eq!(served.see_also("quay"), ["tldr time", "mkfs-quay", "who"]);
    assert_eq!(imported.report.unknown.keys().collect::<Vec<_>>(), ["gone"]);
    let renamed: Vec<(&str, &str)> = imported
        .report
        .renamed
        .iter()
        .map(|(_, name, why)| (name.as_str(), why.as_str()))
        .collect();
    assert!(
        renamed.contains(&("tldr time", "`time` is the server's own")),
        "{renamed:?}"
    );
    assert!(
        renamed.contains(&("tldr say it", "`say` takes arguments")),
        "{renamed:?}"
    );
    assert!(renamed.contains(&("mkfs-quay", "a dot between words is kept for functions of plugins")));
    assert_eq!(renamed.len(), 4);
    assert_eq!(
        imported.skipped(),
        [
            ("pages/common/b.md", "nothing is left of its name that can be typed"),
            ("pages/common/c.md", "its name is longer than 64 bytes"),
        ]
    );
}

#[test]
fn what_the_including_file_defines_stays_its_own() {
    let own = r#"
        [commands.quay]
        summary = "Our quay"
        [commands.pier]
        summary = "Our pier"
        params = [{ name = "number", type = "integer" }]
        reply = "x"
        [commands.tldr-pages]
        summary = "Ours"
        group = "tldr"
        [groups.tldr]
        title = "Ours"
    "#;
    let catalogue = Catalogue::from_text(own).unwrap().catalogue;
    let tree = Tree::new()
        .page("pages/common/Quay.md", "Quay", "Dock.", DOCK)
        .page("pages/common/pier-light.md", "pier light", "A light.", DOCK)
        .page(
            "pages/common/moor.md",
            "moor",
            "An alias of `quay`.",
            &[("See", "tldr quay")],
        );
    let imported = tree.import_beside(&["en"], &catalogue).unwrap();
    let both = Catalogue::from_text(&format!("{own}\n{}", imported.text)).unwrap();
    assert!(
        both.warnings.iter().all(|warning| !warning.message.contains("group")),
        "{:?}",
        both.warnings
    );
    let served = Served(both.catalogue);
    assert_eq!(served.names(), ["moor", "tldr pier light"]);
    assert_eq!(served.see_also("moor"), ["quay"]);
    assert_eq!(
        imported.skipped(),
        [("pages/common/Quay.md", "commands.toml defines `Quay` itself")]
    );
}

#[test]
fn every_card_leads_to_its_authors() {
    let served = Tree::new()
        .page("pages/common/quay.md", "quay", "Dock.", DOCK)
        .imported();
    assert!(served.text.starts_with("# Cards made of pages of tldr-pages"));
    let served = served.served();
    assert_eq!(served.command("quay").see_also, ["tldr-pages"]);
    let credit = served.command("tldr-pages");
    let caracola_catalogue::Action::Reply(reply) = &credit.action else {
        panic!("{credit:?}")
    };
    for tag in ["en", "es"] {
        let reply = served.0.text(reply, served.id(tag));
        assert!(
            reply.contains("https://creativecommons.org/licenses/by/4.0/"),
            "{reply}"
        );
    }
    assert_eq!(served.0.groups().iter().filter(|group| group.name == "tldr").count(), 1);
}

#[test]
fn options_may_be_short() {
    let tree = Tree::new().page(
        "pages/common/quay.md",
        "quay",
        "Dock.",
        &[("Dock", "quay {{[-d|--dock]}}")],
    );
    let request = Request {
        folder: tree.path(),
        languages: LanguageSelection::These(vec![Language::ENGLISH]),
        options: OptionForm::Short,
        existing: &built_ins(),
    };
    let served = tldr(&request).unwrap().served();
    assert_eq!(served.examples("quay", "en"), ["quay -d # Dock"]);
}
