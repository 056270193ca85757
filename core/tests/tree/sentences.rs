//! Every sentence is said by somebody: what is `pub` in a package, the compiler takes for used.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Result, anyhow};
use caracola_speech::sentences;
use proc_macro2::{TokenStream, TokenTree};

use crate::root;
use crate::source::{is_sign, rust_files, without_tests};

#[test]
fn every_sentence_is_said() -> Result<()> {
    let rows = Path::new("speech/src/sentences");
    let mut said = BTreeSet::new();
    for folder in ["client/src", "core", "plugins"] {
        for path in rust_files(&root().join(folder))? {
            let is_test = path.iter().any(|name| name == "tests" || name == "benches");
            if is_test || path.ancestors().any(|folder| folder.ends_with(rows)) {
                continue;
            }
            let tokens = fs::read_to_string(&path)?.parse::<TokenStream>();
            let tokens = tokens.map_err(|error| anyhow!("{}: {error}", path.display()))?;
            collect(&without_tests(tokens), &mut said);
        }
    }
    let mut never = Vec::new();
    for sentence in sentences::all() {
        if !said.contains(sentence.name) {
            never.push(sentence.name);
        }
    }
    assert!(never.is_empty(), "sentences that are never said: {never:?}");
    Ok(())
}

/// Adds what stands behind `speech.`, `speech().`, `Speech::` and `Speech::English.`
fn collect(tokens: &[TokenTree], said: &mut BTreeSet<String>) {
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group) => collect(&without_tests(group.stream()), said),
            TokenTree::Ident(name) if follows_speech(&tokens[..at]) => {
                said.insert(name.to_string());
            }
            _ => {}
        }
    }
}

fn follows_speech(before: &[TokenTree]) -> bool {
    let is = |token: &TokenTree, word: &str| matches!(token, TokenTree::Ident(name) if name == word);
    match before {
        [.., speech, dot] if is_sign(dot, '.') && is(speech, "speech") => true,
        [.., speech, TokenTree::Group(_), dot] if is_sign(dot, '.') => is(speech, "speech"),
        [.., speech, one, two, _, dot] if is_sign(dot, '.') => is_path(speech, one, two),
        [.., speech, one, two] => is_path(speech, one, two),
        _ => false,
    }
}

/// Whether that is `Speech::`.
fn is_path(speech: &TokenTree, one: &TokenTree, two: &TokenTree) -> bool {
    matches!(speech, TokenTree::Ident(name) if name == "Speech") && is_sign(one, ':') && is_sign(two, ':')
}

#[test]
fn a_sentence_is_found_where_it_is_said_and_nowhere_else() {
    let said = |text: &str| {
        let mut said = BTreeSet::new();
        collect(&without_tests(text.parse().expect("tokens")), &mut said);
        Vec::from_iter(said).join(" ")
    };
    let text = "f(self.speech.a(b.c()), caller.speech().d); tell(Speech::e); Speech::English.f();";
    assert_eq!(said(text), "English a d e f");
    let text =
        "// speech.a()\n fn b() { c.d(); } #[cfg(test)] mod tests { speech.e(); } const F: &str = \"speech.f()\";";
    assert_eq!(said(text), "");
}
