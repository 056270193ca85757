//! Files on disk: includes, images, and whose they are.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use super::{Catalogue, DefinedAt, Loaded, Source};

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Folder(tempfile::tempdir().unwrap())
    }

    fn file(self, name: &str, bytes: impl AsRef<[u8]>) -> Self {
        self.mode(name, bytes, 0o600)
    }

    fn mode(self, name: &str, bytes: impl AsRef<[u8]>, mode: u32) -> Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn load(&self) -> Result<Loaded, String> {
        let source = Source::Flag(self.path("commands.toml"));
        Catalogue::load(&source, None, &caracola_plugin_host::Plugins::new(None, None)).map_err(|broken| {
            let folder = self.0.path().display().to_string();
            broken.to_string().replace(&folder, "FOLDER")
        })
    }
}

fn png(width: u32, height: u32) -> Vec<u8> {
    use image::{ExtendedColorType, ImageEncoder, codecs::png::PngEncoder};
    let mut bytes = Vec::new();
    let pixels = vec![0; (width * height) as usize];
    let encoder = PngEncoder::new(&mut bytes);
    encoder
        .write_image(&pixels, width, height, ExtendedColorType::L8)
        .unwrap();
    bytes
}

#[test]
fn includes_are_read_in_order_with_paths_of_their_own() {
    let folder = Folder::new()
        .file(
            "commands.toml",
            "include = [\"more/*.toml\", \"*.toml\", \"none/*.toml\"]\ngroups.g.title = \"G\"",
        )
        .file(
            "more/b.toml",
            "[commands.b]\nsummary = \"B\"\nreply = \"b\"\ngroup = \"g\"",
        )
        .file(
            "more/a.toml",
            "\n[commands.a]\nsummary = \"A\"\nreply = \"a\"\nimage = \"a.png\"",
        )
        .file("more/a.png", png(4, 2));
    let catalogue = folder.load().unwrap().catalogue;
    let a = catalogue.command("a").unwrap();
    assert!(catalogue.command("b").is_some());
    let file = folder.path("more/a.toml").display().to_string();
    assert_eq!(
        a.origin,
        DefinedAt::File {
            file: file.into(),
            line: 2
        }
    );
    let image = a.image.as_ref().unwrap();
    assert_eq!((image.width, image.height), (4, 2));
    assert_eq!(catalogue.image(&image.hash).unwrap().bytes, png(4, 2));
    let english = catalogue.language_id(&caracola_speech::Language::ENGLISH);
    let card = a.card(english).image.as_ref().unwrap();
    assert_eq!((card.hash.as_str(), card.alt.as_str()), (image.hash.as_str(), "a: A"));
    assert!(catalogue.image("no such hash").is_none());
}

#[test]
fn names_collide_across_files_and_settings_belong_to_the_main_one() {
    let folder = Folder::new()
        .file(
            "commands.toml",
            "include = [\"d/*.toml\", \"missing.toml\", \"*/x.toml\"]\n[commands.a]\nsummary = \"A\"\nreply = \"a\"",
        )
        .file(
            "d/1.toml",
            "[commands.b]\nsummary = \"B\"\naliases = [\"A\"]\nreply = \"b\"\n[groups.g]\ntitle = \"G\"",
        )
        .file(
            "d/2.toml",
            "include = [\"3.toml\"]\n[server]\nname = \"x\"\n[groups.g]\ntitle = \"H\"\n",
        );
    insta::assert_snapshot!(folder.load().unwrap_err());
}

#[test]
fn files_that_others_can_write_are_refused() {
    let folder = Folder::new()
        .file(
            "commands.toml",
            "include = [\"d/*.toml\"]\n[commands.a]\nsummary = \"A\"\nreply = \"a\"\nimage = \"a.png\"",
        )
        .mode("d/1.toml", "", 0o664)
        .mode("a.png", png(1, 1), 0o602);
    insta::assert_snapshot!(folder.load().unwrap_err());
    let folder = Folder::new().mode("commands.toml", "", 0o620);
    insta::assert_snapshot!(folder.load().unwrap_err());
}

#[test]
fn files_that_are_no_text_or_not_there() {
    insta::assert_snapshot!("no_file", Folder::new().load().unwrap_err());
    let folder = Folder::new().file("commands.toml", b"# fine\n# \xff\n");
    insta::assert_snapshot!("no_text", folder.load().unwrap_err());
}

#[test]
fn images_that_are_none() {
    let commands: String = ["text", "short", "large", "heavy"]
        .map(|name| format!("[commands.{name}]\nsummary = \"x\"\nreply = \"x\"\nimage = \"{name}.png\"\n"))
        .concat();
    let folder = Folder::new()
        .file("commands.toml", commands)
        .file("text.png", "no image")
        .file("short.png", &png(4, 4)[..40])
        .file("large.png", png(2049, 1))
        .file("heavy.png", vec![0; 1024 * 1024 + 1]);
    insta::assert_snapshot!(folder.load().unwrap_err());
}
