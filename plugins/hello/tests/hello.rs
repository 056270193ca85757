//! What the smallest plugin does, through the C ABI.

use caracola_hello::{Hello, SENTENCES};
use caracola_sdk::testing::{Harness, assert_sentences};

#[test]
fn it_greets_in_both_languages() {
    let plugin = Harness::start::<Hello>("{}").expect("it needs no config");
    let greet = |language: &str| plugin.call("greet").argument("name", "ana").language(language).answer();
    assert_eq!(greet("en").text(), "Hello, ana!");
    assert_eq!(greet("es-MX").text(), "Hola, ana!");
}

#[test]
fn it_greets_as_the_admin_says() {
    let plugin = Harness::start::<Hello>(r#"{"greeting": "Hey"}"#).expect("it is a good config");
    assert_eq!(
        plugin.call("greet").argument("name", "ana").answer().text(),
        "Hey, ana!"
    );
}

#[test]
fn every_sentence_is_in_every_language() {
    assert_sentences(SENTENCES);
}
