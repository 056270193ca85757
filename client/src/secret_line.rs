//! Typed lines that have a secret in them: they are kept in no history and shown nowhere.
//!
//! A line is judged by its words, as it is run, and once more as if its quotes and backslashes, and the signs by which shells
//! join commands, weren't there: a quote that was forgotten, or put around too much, a copied prompt and what another shell would
//! understand (`ls; login ana PASSWORD`) are the likeliest mistakes in just these lines.
//!
//! - Where the command begins, its params say whether a word is a secret: `login ana` is kept, as the shell asks for the rest.
//! - Anywhere else the name of a command or verb that takes a secret is enough, with at least one word after it.
//! - A command that there isn't counts as one with a secret if its name is near to that.

use caracola_wire::CatalogueEntry;
use caracola_wire::line;

use crate::catalogue::{Index, MAX_NAME_WORDS};

/// Whether a text, a line or several, has something in it that may be a secret: a value for a `secret` param, or, for a command
/// with one, a word that is none of its values.
pub(crate) fn tells_secret(text: &str, catalogue: &Index) -> bool {
    told_by(text, catalogue).is_some()
}

/// A text as it may be shown: what may be a secret is left out of it.
pub(crate) fn presentable(text: &str, catalogue: &Index) -> String {
    match told_by(text, catalogue) {
        Some(name) => format!("{name} ***"),
        None => text.to_owned(),
    }
}

/// The first command to which a text may tell a secret.
fn told_by(text: &str, catalogue: &Index) -> Option<String> {
    // A backslash before a line's end joins the two, for other shells.
    let joined = text.replace("\\\n", " ");
    joined.split(['\n', '\r']).find_map(|line| told_in(line, catalogue))
}

fn told_in(line: &str, catalogue: &Index) -> Option<String> {
    // A line that was turned into a remark was a line once.
    let line = line.trim_start().trim_start_matches('#');
    let words: Vec<String> = line::words(line).into_iter().map(|word| word.text).collect();
    let bare = line.replace(['\'', '"', '\\'], "");
    let bare: Vec<String> = bare.split_whitespace().map(str::to_owned).collect();
    let mut begins = [&words, &bare].into_iter();
    let told = begins.find_map(|words| {
        let mut starts = starts(words, catalogue).into_iter();
        starts.find_map(|start| at_start(words.get(start..)?, catalogue))
    });
    told.or_else(|| told_elsewhere(&bare, catalogue))
}

/// The first command or verb with a secret that is named where it isn't the line's own, which was judged by its params.
fn told_elsewhere(bare: &[String], catalogue: &Index) -> Option<String> {
    let mut is_judged = vec![false; bare.len()];
    for start in starts(bare, catalogue) {
        if let Some((_, name_words)) = bare.get(start..).and_then(|words| catalogue.find(words)) {
            is_judged[start..start + name_words].fill(true);
        }
    }
    let whole = bare.iter().map(String::as_str).enumerate().collect::<Vec<_>>();
    let pieces = bare
        .iter()
        .enumerate()
        .flat_map(|(at, word)| word.split(is_between_words).map(move |piece| (at, piece)))
        .filter(|(_, piece)| !piece.is_empty());
    [whole, pieces.collect()].into_iter().find_map(|words| {
        let texts: Vec<String> = words.iter().map(|(_, text)| (*text).to_owned()).collect();
        let mut others = words.iter().enumerate().filter(|(_, (at, _))| !is_judged[*at]);
        others.find_map(|(at, _)| anywhere(&texts[at..], catalogue))
    })
}

/// What stands between words, or around them, for this shell or another: `ls;login`, `$(login`, `lobby>login`. Not what may be
/// part of a name or of a file's.
fn is_between_words(character: char) -> bool {
    let is_of_words = matches!(character, '-' | '_' | '.' | '/');
    character.is_ascii_punctuation() && !is_of_words
}

/// Where the command may begin: after a copied prompt, after `:time`, `:bg`, `:watch 2` and the like, right or wrong, and after
/// what somebody who knows the wire would write before it.
fn starts(words: &[String], catalogue: &Index) -> Vec<usize> {
    let is = |at: usize, wanted: &str| words.get(at).is_some_and(|word| word.eq_ignore_ascii_case(wanted));
    let mut starts = vec![0];
    let mut at = 0;
    if words.first().is_some_and(|word| word.ends_with(['>', '$', '%'])) {
        at = 1;
        starts.push(at);
    }
    while words.get(at).is_some_and(|word| word.starts_with(':')) {
        if is(at, ":watch") {
            // Its seconds may be missing.
            starts.push(at + 1);
            at += 1;
        }
        at += 1;
        starts.push(at);
    }
    if is(at, "run") && catalogue.entry("run").is_none() {
        starts.push(at + 1);
    } else if is(at, "job") && is(at + 1, "start") && catalogue.entry("job").is_none() {
        starts.push(at + 3);
    }
    starts
}

/// The command that begins with the first of these words, if it is told a secret.
fn at_start(words: &[String], catalogue: &Index) -> Option<String> {
    let Some((entry, name_words)) = catalogue.find(words) else {
        return verb(words).or_else(|| misspelt(words, catalogue));
    };
    let tells = line::tells_secret(&words[name_words..], &entry.params);
    tells.then(|| entry.name.clone())
}

/// The command or verb with a secret that these words name, if any words follow.
fn anywhere(words: &[String], catalogue: &Index) -> Option<String> {
    let Some((entry, name_words)) = catalogue.find(words).or_else(|| by_path(words, catalogue)) else {
        return verb(words);
    };
    let tells = line::takes_secret(&entry.params) && words.len() > name_words;
    tells.then(|| entry.name.clone())
}

/// The command that a program's path names: `/usr/bin/login`.
fn by_path<'c>(words: &[String], catalogue: &'c Index) -> Option<(&'c CatalogueEntry, usize)> {
    let (_, name) = words.first()?.rsplit_once('/')?;
    Some((catalogue.entry(name)?, 1))
}

/// A library's way to log in, typed into the shell.
fn verb(words: &[String]) -> Option<String> {
    let (verb, arguments) = words.split_first()?;
    let is = |word: &String, wanted: &[&str]| wanted.iter().any(|wanted| word.eq_ignore_ascii_case(wanted));
    // The last word may be the one before a secret, and has none yet.
    let before_others = arguments.split_last().map_or(&[][..], |(_, before)| before);
    let tells = (is(verb, &["auth"]) && !arguments.is_empty())
        || (is(verb, &["hello"]) && before_others.iter().any(|word| is(word, &["auth", "device"])));
    tells.then(|| verb.to_uppercase())
}

/// The command with a secret that the first of these words nearly name: the server knows no such command, but the secret was
/// typed. The blanks of a name may be missing, and its letters be left out (`lgn`).
fn misspelt(words: &[String], catalogue: &Index) -> Option<String> {
    let secret = || catalogue.names().filter(|(_, entry)| line::takes_secret(&entry.params));
    // The last word is no part of the name, but what is told.
    let most = words.len().saturating_sub(1).min(MAX_NAME_WORDS);
    (1..=most).find_map(|count| {
        let typed = words[..count].join(" ").to_lowercase();
        let near = secret().find(|(name, _)| is_near(&typed, name));
        near.map(|(_, entry)| entry.name.clone())
    })
}

/// As the server's "did you mean": a slip for every three letters. Or the first letter and at least half of the others.
fn is_near(typed: &str, name: &str) -> bool {
    let (letters, of_name) = (typed.chars().count(), name.chars().count());
    let slips = (letters.min(of_name) / 3).max(1);
    if letters.abs_diff(of_name) <= slips && strsim::osa_distance(typed, name) <= slips {
        return letters > 1;
    }
    let mut rest = name.chars();
    let is_short =
        typed.chars().next() == name.chars().next() && typed.chars().all(|letter| rest.any(|other| other == letter));
    is_short && letters * 2 >= of_name
}

#[cfg(test)]
mod tests {
    use caracola_wire::line::corpus::LINES;

    use caracola_wire::{CatalogueExport, ParamEntry};
    use proptest::prelude::*;

    use super::*;
    use crate::catalogue::tests::{corpus_index, entry, index, param};

    /// `vault N --key KEY`, also `tresor`; `key set N S`; and others without a secret.
    fn secrets() -> Index {
        let key = ParamEntry {
            flag: Some("--key".to_owned()),
            ..param("key", "secret")
        };
        let text = ParamEntry {
            rest: true,
            ..param("text", "string")
        };
        Index::new(CatalogueExport {
            entries: vec![
                entry("vault", &["tresor"], vec![param("n", "string"), key]),
                entry("key set", &[], vec![param("n", "integer"), param("s", "secret")]),
                entry("key list", &[], vec![text.clone()]),
                entry("say", &[], vec![text.clone()]),
                entry("help", &[], vec![text]),
                entry("ls", &[], vec![]),
            ],
            groups: Vec::new(),
        })
    }

    #[test]
    fn what_the_corpus_calls_secret_is_told_nowhere() {
        for line in LINES {
            let index = corpus_index(line.params);
            for before in ["", ":time ", ":watch 2 ", ":json ", ":bg "] {
                let typed = format!("{before}{}", line.typed);
                assert_eq!(tells_secret(&typed, &index), line.tells_secret(), "{typed}");
                let is_shown = presentable(&typed, &index) == typed;
                assert_eq!(is_shown, !line.tells_secret(), "{typed}");
            }
        }
    }

    #[test]
    fn a_typed_secret_is_noticed_wherever_it_may_be() {
        let index = index();
        // login USER PASSWORD; unlock NAME --key KEY
        for line in [
            "login ana hunter2",
            "LOGIN ana 'hunter2",
            ":time :bg login ana hunter2",
            ":watch 2 login ana hunter2",
            ":nonsense login ana hunter2",
            "login ana hunter2 more",
            "unlock door --key hunter2",
            "unlock --key=hunter2",
            "unlock door hunter2",
            "unlock door -hunter2",
            "ls\nlogin ana hunter2",
        ] {
            assert!(tells_secret(line, &index), "{line}");
            assert!(!presentable(line, &index).contains("hunter2"), "{line}");
        }
        for line in ["login", "login ana", "unlock door --key", "ls hunter2", ""] {
            assert!(!tells_secret(line, &index), "{line}");
            assert_eq!(presentable(line, &index), line);
        }
    }

    #[test]
    fn quotes_and_mistakes_hide_nothing() {
        let index = index();
        for line in [
            "'login' ana hunter2",
            "\"login\" ana hunter2",
            "l\\ogin ana hunter2",
            "lo''gin ana hunter2",
            "\\login ana hunter2",
            ":time 'login' ana hunter2",
            "':time' login ana hunter2",
            ":json \"login\" ana hunter2",
            ":watch 2 'LOGIN' ana hunter2",
            ":watch login ana hunter2",
            ":bg 'unlock' door --k\\ey hunter2",
            "'unlock' '--key=hunter2'",
            "'login ana hunter2'",
            "'login ana hunter2",
            "\"login ana hunter2",
            "login 'ana hunter2",
            "login\u{a0}ana hunter2",
            "login\tana\thunter2",
            "login ana hunter2 > file",
            "login ana hunter2 | cat",
            "# login ana hunter2",
            "#login ana hunter2",
            "ls\r'login' ana hunter2",
            "lgoin ana hunter2",
            "lo\u{200b}gin ana hunter2",
            "AUTH hunter2",
            "auth ana hunter2",
            "'HELLO' 3 AUTH ana hunter2",
            "RUN login ana hunter2",
            "job start k unlock door --key hunter2",
        ] {
            assert!(tells_secret(line, &index), "{line:?}");
            assert!(!presentable(line, &index).contains("hunter2"), "{line:?}");
        }
        for line in ["hello 3", "'ls' x", ":time 'ls", "auth", "logs a b c"] {
            assert!(!tells_secret(line, &index), "{line:?}");
        }
    }

    #[test]
    fn no_place_in_a_line_hides_a_secret() {
        let index = secrets();
        for line in [
            "lobby> key set 1 hunter2",
            "lobby>key set 1 hunter2",
            "caracola> vault x --key hunter2",
            "ana@lab:~$ vault x --key hunter2",
            "sudo vault x --key hunter2",
            "sudo /usr/bin/vault x --key hunter2",
            "ls; vault x --key hunter2",
            "ls;vault x --key hunter2",
            "ls | vault x --key hunter2",
            "ls|tresor x --key hunter2",
            "$(vault x --key hunter2)",
            "> vault x --key hunter2",
            "&vault x --key hunter2",
            "vault: x --key hunter2",
            "help vault x --key hunter2",
            "caracola lab -c 'vault x --key hunter2'",
            "caracola lab -c \"key set 1 hunter2\"",
            "ANA=1 vault x --key hunter2",
            "HELLO 3 DEVICE hunter2",
            "hello 3 setname ana device hunter2",
            "sudo AUTH ana hunter2",
            "complete vault x --key hunter2",
            "run run vault x --key hunter2",
            "job start k :bg key set 1 hunter2",
            "keyset 1 hunter2",
            "key sett 1 hunter2",
            "ke yset 1 hunter2",
            "vlt x --key hunter2",
            "vualt x --key hunter2",
            "lobby> vlt x --key hunter2",
            "say vault hunter2",
            "say 'vault x hunter2'",
            "echo hi\\\nvault x --key hunter2",
            "echo vault \\\n x --key hunter2",
        ] {
            assert!(tells_secret(line, &index), "{line:?}");
            assert!(!presentable(line, &index).contains("hunter2"), "{line:?}");
        }
    }

    #[test]
    fn ordinary_lines_are_kept() {
        let index = secrets();
        for line in [
            "help vault",
            "help key set",
            "help 'key set'",
            "man vault",
            "vault x",
            "lobby> vault x",
            "key set 1",
            "key list all of them",
            "say the key is set",
            "say hello to ana",
            "hello device",
            "say a device, hello",
            "cat vault.txt notes",
            "cat /home/vault/notes more",
            "grep -n vaults notes",
            "ls -l; df",
            "echo $(date)",
            "git commit -m 'v1 x'",
            "vi x",
            "vt x",
            "v x",
            "k 1",
            "less notes",
        ] {
            assert!(!tells_secret(line, &index), "{line:?}");
            assert_eq!(presentable(line, &index), line);
        }
    }

    proptest! {
        /// Whatever stands around it.
        #[test]
        fn a_secret_is_noticed_after_any_words(
            before in "([a-z0-9./=:-]{1,8}[ ;|&(>]{1,2}){0,4}",
            name in "vault|tresor|key set|KEY  SET|'key set'",
            after in "[a-z]{1,5}",
        ) {
            let line = format!("{before} {name} {after} --key hunter2");
            prop_assert!(tells_secret(&line, &secrets()), "{line:?}");
        }

        #[test]
        fn no_line_without_such_a_name_is_lost(words in "(say|ls|key list|help)( [a-z0-9./;|-]{1,2}){0,6}") {
            prop_assert!(!tells_secret(&words, &secrets()), "{words:?}");
        }
    }
}
