//! One card of several pages.

use super::*;

#[test]
fn translations_are_merged_by_their_commands() {
    let tree = Tree::new()
        .page(
            "pages/common/quay-dock.md",
            "quay dock",
            "Dock a ship.\nMind the `tide`.\nMore information: <https://example.org/quay>.",
            &[
                ("Dock a ship", "quay dock {{[-s|--ship]}} {{path/to/ship}}"),
                ("List all ships", "quay dock {{[-l|--list]}}"),
                ("Dock a ship at night", "quay dock --night {{path/to/ship}}"),
            ],
        )
        .page(
            "pages.es/common/quay-dock.md",
            "quay dock",
            "Atraca un barco.\nMás información: <https://example.org/quay>.",
            &[
                ("Lista los barcos", "quay dock -l"),
                ("Atraca un barco", "quay dock -s {{ruta/al/barco}}"),
                ("Hunde un barco", "quay dock --sink {{ruta/al/barco}}"),
            ],
        );
    let imported = tree.imported();
    let served = imported.served();
    assert_eq!(served.names(), ["quay dock"]);
    assert_eq!(served.summary("quay dock", "en"), "Dock a ship. Mind the tide.");
    assert_eq!(served.summary("quay dock", "es"), "Atraca un barco");
    assert_eq!(
        served.examples("quay dock", "es"),
        [
            "quay dock --ship path/to/ship # Atraca un barco",
            "quay dock --list # Lista los barcos",
            "quay dock --night path/to/ship # Dock a ship at night",
            "quay dock --sink ruta/al/barco # Hunde un barco",
        ]
    );
    assert_eq!(
        served.examples("quay dock", "en")[1],
        "quay dock --list # List all ships"
    );
    assert!(
        imported
            .text
            .contains("\n# More information: https://example.org/quay\n")
    );
    assert!(
        imported
            .text
            .contains("\n# From pages/common/quay-dock.md, pages.es/common/quay-dock.md\n")
    );
}

#[test]
fn a_page_in_one_language_is_for_everybody() {
    let tree = Tree::new()
        .page("pages/common/quay.md", "quay", "Dock a ship.", &[("Dock", "quay")])
        .page("pages.es/linux/pier.md", "pier", "Un muelle.", &[("Atraca", "pier")]);
    let imported = tree.imported();
    let served = imported.served();
    assert_eq!(served.summary("quay", "es"), "Dock a ship");
    assert_eq!(served.summary("pier", "en"), "Un muelle (Linux)");
    let counts: Vec<(usize, usize)> = imported
        .report
        .languages
        .iter()
        .map(|(_, pages, cards)| (*pages, *cards))
        .collect();
    assert_eq!(counts, [(1, 1), (1, 1)]);
    let warnings = Catalogue::from_text(&imported.text).unwrap().warnings;
    assert!(warnings.is_empty(), "{warnings:?}");
}

#[test]
fn the_first_language_wanted_is_that_of_the_commands() {
    let tree = Tree::new()
        .page("pages/common/quay.md", "quay", "Dock.", &[("Dock", "quay {{ship}}")])
        .page(
            "pages.es/common/quay.md",
            "quay",
            "Atraca.",
            &[("Atraca", "quay {{barco}}")],
        );
    let imported = tree.import_beside(&["es", "en"], &built_ins()).unwrap();
    assert_eq!(imported.served().examples("quay", "en"), ["quay barco # Dock"]);
    let only = tree.import_beside(&["es"], &built_ins()).unwrap();
    assert_eq!(only.served().examples("quay", "en"), ["quay barco # Atraca"]);
    assert_eq!(only.report.unwanted, [Language::ENGLISH]);
}

#[test]
fn platforms_make_one_card_common_first_then_linux() {
    let tree = Tree::new()
        .page(
            "pages/windows/quay.md",
            "quay",
            "Find a harbour.",
            &[("Find it", "quay /f {{harbour}}"), ("Dock", "quay -d {{boat}}")],
        )
        .page(
            "pages/linux/quay.md",
            "quay",
            "Dock a ship on Linux.",
            &[("Fast", "quay --fast")],
        )
        .page(
            "pages/common/quay.md",
            "quay",
            "Dock a ship.",
            &[("Dock", "quay {{[-d|--dock]}} {{ship}}")],
        )
        .page(
            "pages.es/common/quay.md",
            "quay",
            "Atraca.",
            &[("Atraca", "quay -d {{barco}}")],
        )
        .page(
            "pages.es/windows/quay.md",
            "quay",
            "Busca.",
            &[("Busca", "quay /f {{puerto}}")],
        );
    let imported = tree.imported();
    let served = imported.served();
    assert_eq!(served.summary("quay", "en"), "Dock a ship");
    assert_eq!(
        served.examples("quay", "en"),
        [
            "quay --dock ship # Dock",
            "quay --fast # Linux: Fast",
            "quay /f harbour # Windows: Find it",
        ]
    );
    assert_eq!(served.examples("quay", "es")[2], "quay /f harbour # Windows: Busca");
    assert!(imported.text.contains("\n# Windows: Find a harbour\n"));
    let [(name, pages)] = &imported.report.merged[..] else {
        panic!("{:?}", imported.report.merged)
    };
    assert_eq!(name, "quay");
    assert_eq!(
        pages[..],
        ["pages/common/quay.md", "pages/linux/quay.md", "pages/windows/quay.md"]
    );
    assert_eq!((imported.report.repeats, imported.report.cards), (1, 1));
}

#[test]
fn what_is_for_some_systems_says_so() {
    let tree = Tree::new()
        .page("pages/osx/quay.md", "quay", "Dock a ship.", &[("Dock", "quay -d")])
        .page("pages/linux/quay.md", "quay", "Dock a ship.", &[("List", "quay -l")])
        .page("pages/sunos/pier.md", "pier", "A pier.", &[("Open", "pier")]);
    let served = tree.imported().served();
    assert_eq!(served.summary("quay", "en"), "Dock a ship (Linux, macOS)");
    assert_eq!(
        served.examples("quay", "en"),
        ["quay -l # List", "quay -d # macOS: Dock"]
    );
    assert_eq!(served.summary("pier", "en"), "A pier (SunOS)");
}

#[test]
fn names_in_two_cases_make_one_card() {
    let tree = Tree::new()
        .page("pages/common/Q.md", "Q", "Dock a ship.", &[("Dock", "Q {{ship}}")])
        .page("pages/common/q.md", "q", "Dock a boat.", &[("Row", "q --row")]);
    let imported = tree.imported();
    let served = imported.served();
    assert_eq!(served.names(), ["Q"]);
    assert_eq!(served.examples("q", "en"), ["Q ship # Dock", "q --row # Row"]);
    assert!(imported.text.contains("\n# q: Dock a boat\n"));
    assert_eq!(imported.report.merged[0].1, ["pages/common/Q.md", "pages/common/q.md"]);
}

#[test]
fn a_translation_finds_an_original_that_was_moved() {
    let tree = Tree::new()
        .page("pages/common/quay.md", "quay", "Dock.", &[("Dock", "quay {{ship}}")])
        .page(
            "pages.es/linux/quay.md",
            "quay",
            "Atraca.",
            &[("Atraca", "quay {{barco}}")],
        );
    let imported = tree.imported();
    assert_eq!(imported.served().examples("quay", "es"), ["quay ship # Atraca"]);
    assert!(imported.report.merged.is_empty());
}

#[test]
fn pages_that_only_lead_to_another_become_its_aliases() {
    let tree = Tree::new()
        .page(
            "pages/common/quay-dock.md",
            "quay dock",
            "Dock.",
            &[("Dock", "quay dock")],
        )
        .page(
            "pages/common/moor.md",
            "moor",
            "This command is an alias of `quay dock`.",
            &[("See", "tldr quay dock")],
        )
        .page(
            "pages.es/common/moor.md",
            "moor",
            "Es un alias de `quay dock`.",
            &[("Ver", "tldr quay dock")],
        )
        .page(
            "pages/linux/pier.md",
            "pier",
            "This command is an alias of `quay dock`.",
            &[("See", "tldr {{[-p|--platform]}} common quay dock")],
        )
        .page(
            "pages/linux/lost.md",
            "lost",
            "An alias of `nothing`.",
            &[("See", "tldr nothing")],
        )
        .page(
            "pages/linux/loop.md",
            "loop",
            "An alias of `loop`.",
            &[("See", "tldr loop")],
        );
    let imported = tree.imported();
    let served = imported.served();
    assert_eq!(served.names(), ["loop", "lost", "quay dock"]);
    assert_eq!(served.command("moor").name, "quay dock");
    assert_eq!(served.command("pier").name, "quay dock");
    assert_eq!(served.examples("lost", "en"), ["tldr nothing # See"]);
    let aliases: Vec<&str> = imported
        .report
        .aliases
        .iter()
        .map(|(alias, _)| alias.as_str())
        .collect();
    assert_eq!(aliases, ["moor", "pier"]);
    assert!(imported.text.contains("pages.es/common/moor.md"));
}

#[test]
fn a_name_that_elsewhere_leads_to_another_leads_there() {
    let tree = Tree::new()
        .page("pages/common/quay.md", "quay", "Dock.", &[("Dock", "quay")])
        .page(
            "pages/windows/Dock-Ship.md",
            "Dock-Ship",
            "Dock.",
            &[("Dock", "Dock-Ship")],
        )
        .page(
            "pages/windows/quay.md",
            "quay",
            "An alias of `Dock-Ship`.",
            &[("See", "tldr dock-ship")],
        );
    let served = tree.imported().served();
    assert_eq!(served.examples("quay", "en"), ["quay # Dock"]);
    assert_eq!(served.see_also("quay"), ["Dock-Ship"]);
}

#[test]
fn dozens_of_translations_do_not_make_dozens_of_examples() {
    let mut tree = Tree::new().page("pages/common/quay.md", "quay", "Dock.", &[("Dock", "quay")]);
    let tags = [
        "de", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "sv", "ta", "th", "tr", "uk", "zh",
    ];
    for tag in tags {
        let command = format!("quay --{tag}");
        tree = tree.page(
            &format!("pages.{tag}/common/quay.md"),
            "quay",
            "Dock.",
            &[("Old", &command)],
        );
    }
    let request = Request {
        folder: tree.path(),
        languages: LanguageSelection::All,
        options: OptionForm::Long,
        existing: &built_ins(),
    };
    let imported = tldr(&request).unwrap();
    assert_eq!(imported.served().command("quay").examples.len(), 12);
    assert_eq!(imported.report.set_aside, 4);
    assert!(imported.text.contains("\n# Old: quay --zh\n"));
    assert_eq!(imported.report.languages[0].0, Language::ENGLISH);
    assert_eq!(imported.report.languages.len(), 16);
}
