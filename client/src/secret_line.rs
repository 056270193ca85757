//! Typed lines that have a secret in them: they are kept in no history and shown nowhere.
//!
//! A line is judged by its words, as it is run, and once more as if its quotes and backslashes weren't there: a quote that was
//! forgotten, or put around too much, is the likeliest mistake in just these lines.

use caracola_wire::line;

use crate::catalogue::Index;

/// Whether a text, a line or several, has something in it that may be a secret: a value for a `secret` param, or, for a command
/// with one, a word that is none of its values. Own words before the command don't count.
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
    text.split(['\n', '\r']).find_map(|line| told_in(line, catalogue))
}

fn told_in(line: &str, catalogue: &Index) -> Option<String> {
    // A line that was turned into a remark was a line once.
    let line = line.trim_start().trim_start_matches('#');
    let words: Vec<String> = line::words(line).into_iter().map(|word| word.text).collect();
    let bare = line.replace(['\'', '"', '\\'], "");
    let bare: Vec<String> = bare.split_whitespace().map(str::to_owned).collect();
    [words, bare].iter().find_map(|words| {
        let mut starts = starts(words, catalogue).into_iter();
        starts.find_map(|start| at(words.get(start..)?, catalogue))
    })
}

/// Where the command may begin: after `:time`, `:bg`, `:watch 2` and the like, right or wrong, and after what somebody who
/// knows the wire would write before it.
fn starts(words: &[String], catalogue: &Index) -> Vec<usize> {
    let is = |at: usize, wanted: &str| words.get(at).is_some_and(|word| word.eq_ignore_ascii_case(wanted));
    let mut starts = vec![0];
    let mut at = 0;
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
fn at(words: &[String], catalogue: &Index) -> Option<String> {
    let Some((entry, name_words)) = catalogue.find(words) else {
        return login(words).or_else(|| misspelt(words, catalogue));
    };
    let tells = line::tells_secret(&words[name_words..], &entry.params);
    tells.then(|| entry.name.clone())
}

/// A library's way to log in, typed into the shell.
fn login(words: &[String]) -> Option<String> {
    let (verb, arguments) = words.split_first()?;
    let is_auth = |word: &String| word.eq_ignore_ascii_case("auth");
    let tells = (is_auth(verb) && !arguments.is_empty())
        || (verb.eq_ignore_ascii_case("hello") && arguments.iter().any(is_auth));
    tells.then(|| verb.to_uppercase())
}

/// The command with a secret that these words nearly name: the server knows no such command, but the secret was typed.
fn misspelt(words: &[String], catalogue: &Index) -> Option<String> {
    catalogue
        .names()
        .filter(|(_, entry)| line::takes_secret(&entry.params))
        .find(|(name, _)| {
            let count = name.split(' ').count();
            let Some(typed) = words.get(..count).filter(|_| words.len() > count) else {
                return false;
            };
            let most = if name.chars().count() < 8 { 1 } else { 2 };
            strsim::damerau_levenshtein(&typed.join(" ").to_lowercase(), name) <= most
        })
        .map(|(_, entry)| entry.name.clone())
}

#[cfg(test)]
mod tests {
    use caracola_wire::line::corpus::LINES;

    use super::*;
    use crate::catalogue::tests::{corpus_index, index};

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
        for line in [
            "login",
            "login ana",
            "unlock door --key",
            "ls hunter2",
            "say login ana x",
            "",
        ] {
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
        for line in [
            "say 'login ana x'",
            "hello 3",
            "'ls' x",
            ":time 'ls",
            "auth",
            "logs a b c",
        ] {
            assert!(!tells_secret(line, &index), "{line:?}");
        }
    }
}
