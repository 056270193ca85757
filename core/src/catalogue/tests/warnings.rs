//! What is doubtful, and loads all the same.

use super::{loaded, warned};

#[test]
fn every_kind_of_doubt() {
    insta::assert_snapshot!(warned(
        r#"
        [commands.bare]
        summary = "A card without an example"
        [commands.ls]
        summary = { en = "List", es = "Lista" }
        see_also = ["lss", "frobnicate", "stop", "LS"]
        examples = [
          { run = "lss -l", about = { en = "Mistyped" } },
          { run = "ls", about = "Fine" },
          { run = "LS -l", about = "Fine" },
          { run = "lsblk", about = "Another's" },
        ]
        [commands.lunch]
        summary = "When"
        reply = "At noon"
        params = [{ name = "day" }]
        "#
    ));
}

#[test]
fn many_of_a_kind_are_summed_up() {
    let card = |number: usize| format!("[commands.card{number}]\nsummary = \"x\"\n");
    let text: String = (0..25).map(card).collect();
    let warnings = loaded(&text).warnings;
    assert_eq!(warnings.len(), 11);
    let last = warnings.last().unwrap().message.as_str();
    assert_eq!(last, "the card `card24` has no example (and 14 more like this)");
}

#[test]
fn one_language_is_as_good_as_another() {
    let text = "[commands.x]\nsummary = { es = \"Equis\" }\nreply = \"x\"\n";
    assert_eq!(warned(text), "");
}

#[test]
fn every_doubt_about_programs() {
    insta::assert_snapshot!(warned(
        r#"
        [access]
        guest = true
        [commands.a]
        summary = "A"
        exec = ["no-such-program-here", "{x}"]
        params = [{ name = "x", allow_dash = true }, { name = "y" }]
        [commands.b]
        summary = "B"
        exec = ["/no/such/program"]
        roles = ["guest"]
        [commands.c]
        summary = "C"
        exec = ["sh", "-c", "ls {x}"]
        params = [{ name = "x", complete = "d" }]
        env = { LD_PRELOAD = "{x}", PATH = "/opt/bin" }
        roles = ["user"]
        [commands.d]
        summary = "D"
        exec = ["true"]
        read_only = true
        "#
    ));
}
