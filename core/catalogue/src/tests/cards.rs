//! What a card looks like.

use super::{CardForm, catalogue, language};
use caracola_wire::{Reply, Table};

use caracola_speech::Speech;
use caracola_speech::render;

const FILE: &str = r#"
[commands.shape]
summary = { en = "Draw a shape on the board, as large as you like", es = "Dibuja una figura en la pizarra, tan grande como quieras" }
aliases = ["figura", "形"]
see_also = ["say", "tell", "who"]
reply = "x"
examples = [
  { run = "shape 3", about = { en = "A square of three", es = "Un cuadrado de tres" } },
  { run = "shape 11 round", about = { en = "A circle, as large as can be", es = "Un círculo, lo más grande posible" } },
]
[[commands.shape.params]]
name = "size"
type = "integer"
min = 1
max = 11
help = { en = "How large it is, in squares of the board", es = "Qué tamaño tiene, en cuadros de la pizarra" }
[[commands.shape.params]]
name = "form"
choices = { round = "a circle", square = "four corners" }
default = "square"
[commands.ls]
summary = { en = "List", es = "Lista" }
examples = [
  { run = "ls", about = { en = "Names", es = "Nombres" } },
  { run = "ls -l", about = { en = "Details", es = "Detalles" } },
  { run = "ls -lhS Music", about = { en = "By size", es = "Por tamaño" } },
]
"#;

fn plain(name: &str, tag: &str, width: u16) -> String {
    let catalogue = catalogue(FILE);
    let id = catalogue.language_id(&language(tag));
    let card = catalogue.command(name).unwrap().card(id).clone();
    render::plain(&Reply::Card(card), Speech::English, width)
}

#[test]
fn wide_and_narrow_in_both_languages() {
    insta::assert_snapshot!("card_en_80", plain("shape", "en", 80));
    insta::assert_snapshot!("card_es_80", plain("shape", "es-MX", 80));
    insta::assert_snapshot!("card_en_30", plain("shape", "en", 30));
    insta::assert_snapshot!("card_es_30", plain("shape", "es", 30));
}

#[test]
fn a_card_with_arguments_shows_the_nearest_example_first() {
    let catalogue = catalogue(FILE);
    let ls = catalogue.command("ls").unwrap();
    let first = |words: &[&str], tag: &str| {
        let card = ls.card_for(words, catalogue.language_id(&language(tag)));
        (card.examples[0].run.clone(), card.note.unwrap())
    };
    assert_eq!(first(&["-l"], "en"), ("ls -l".into(), "Nothing was run.".into()));
    assert_eq!(
        first(&["-lS", "Music"], "es"),
        ("ls -lhS Music".into(), "No se ejecutó nada.".into())
    );
    assert_eq!(first(&["-h"], "en").0, "ls -lhS Music");
    assert_eq!(first(&["elsewhere"], "en").0, "ls");
}

#[test]
fn the_forms_on_the_wire_say_the_same_and_are_made_once() {
    let catalogue = catalogue(FILE);
    let ls = catalogue.command("ls").unwrap();
    let id = catalogue.language_id(&language("en"));
    let text = plain("ls", "en", 80);
    let form = |form| String::from_utf8(ls.card_bytes(id, form).to_vec()).unwrap();
    assert_eq!(form(CardForm::Resp2), format!("${}\r\n{text}\r\n", text.len()));
    assert_eq!(form(CardForm::Resp3), format!("={}\r\ntxt:{text}\r\n", text.len() + 4));
    assert!(form(CardForm::Shell).starts_with('%'));
    let again = ls.card_bytes(id, CardForm::Resp3).as_ptr();
    assert_eq!(ls.card_bytes(id, CardForm::Resp3).as_ptr(), again);
}

#[test]
fn tables_are_aligned_by_what_is_seen() {
    let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
    let table = Table {
        columns: row(["Name", "Room", "Since"]),
        rows: vec![
            row(["ana", "lobby", "10:15"]),
            row(["日本さん", "homework", "9:00"]),
            row(["~guest-of-the-long-name", "a room with quite a long name", "yesterday"]),
        ],
        note: Some("3 people are here, and this note is longer than a narrow terminal.".into()),
    };
    let table = Reply::Table(table);
    insta::assert_snapshot!("table_80", render::plain(&table, Speech::English, 80));
    insta::assert_snapshot!("table_40", render::plain(&table, Speech::English, 40));
}
