//! What Tab offers: names of commands, then values for their params, from the catalogue and the server.

mod arguments;

use caracola_speech::Speech;
use caracola_wire::line::{self, Word};
use rustyline::completion::Candidate;

use crate::catalogue::{Index, is_typable};
use crate::layout::wrap;
use crate::own_words;
use crate::question::{Asked, Offer};

/// More candidates than this are no help, and the list would scroll for pages.
const MAX_CANDIDATES: usize = 500;
/// Up to this many candidates are listed one a line, with what they are for.
const MAX_EXPLAINED: usize = 20;

/// All that completion draws from.
pub(crate) struct Sources<'a> {
    pub(crate) catalogue: &'a Index,
    /// Asks the server; answers with nothing if that takes too long.
    pub(crate) ask: &'a dyn Fn(Asked) -> Vec<Offer>,
    pub(crate) speech: Speech,
    /// Columns for a candidate with its explanation.
    pub(crate) columns: usize,
}

/// One thing that could stand at the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    shown: String,
    value: String,
}

impl Candidate for Choice {
    fn display(&self) -> &str {
        &self.shown
    }

    fn replacement(&self) -> &str {
        &self.value
    }
}

/// What could replace the text from the returned place, in bytes, up to the cursor.
pub(crate) fn complete(line: &str, cursor: usize, sources: &Sources<'_>) -> (usize, Vec<Choice>) {
    let typed = &line[..cursor];
    let (start, offers) = offers(typed, sources);
    (start, choices(offers, sources.columns))
}

fn offers(typed: &str, sources: &Sources<'_>) -> (usize, Vec<Offer>) {
    let start = typed.len() - typed.trim_start().len();
    if typed[start..].starts_with(':') {
        return own_word_offers(typed, start, sources);
    }
    command_offers(typed, start, sources)
}

/// Own words, or what stands in the line that one of them takes.
fn own_word_offers(typed: &str, start: usize, sources: &Sources<'_>) -> (usize, Vec<Offer>) {
    let parts = line::words(&typed[start..]);
    let inner = match parts.first().map(|word| word.text.as_str()) {
        Some(":attach") => return job_offers(typed, &parts, false, sources),
        Some(":kill") => return job_offers(typed, &parts, true, sources),
        Some(":time" | ":json" | ":bg") => parts.first(),
        Some(":watch") => parts.get(1),
        _ => None,
    };
    if let Some(before) = inner
        && typed.len() > start + before.end
    {
        let begin = start + before.end;
        let (offset, offers) = offers(&typed[begin..], sources);
        return (begin + offset, offers);
    }
    (start, own_offers(&typed[start..], sources))
}

fn own_offers(begun: &str, sources: &Sources<'_>) -> Vec<Offer> {
    own_words::all(sources.speech)
        .filter(|(word, ..)| word.starts_with(begun))
        .map(|(word, _, about)| (word.to_owned(), about))
        .collect()
}

/// The ids of jobs, where one is to stand.
fn job_offers(typed: &str, parts: &[Word], running: bool, sources: &Sources<'_>) -> (usize, Vec<Offer>) {
    let (own, begun) = match parts {
        [own] if !typed.ends_with(char::is_whitespace) => {
            return (typed.len() - own.text.len(), own_offers(&own.text, sources));
        }
        [_] => (typed.len(), ""),
        [_, id] if !typed.ends_with(char::is_whitespace) => (typed.len() - id.text.len(), id.text.as_str()),
        _ => return (typed.len(), Vec::new()),
    };
    let jobs = (sources.ask)(Asked::Jobs { running });
    let matching = jobs
        .into_iter()
        .filter(|(id, _)| id.starts_with(begun) && is_typable(id))
        // An id says nothing by itself: no more than can be shown with their commands. `:jobs` lists them all.
        .take(MAX_EXPLAINED);
    (own, matching.collect())
}

fn command_offers(typed: &str, start: usize, sources: &Sources<'_>) -> (usize, Vec<Offer>) {
    let text = &typed[start..];
    // Aliases only when something was typed: without it they would double the list.
    let offers: Vec<Offer> = sources
        .catalogue
        .starting_with(text, !text.is_empty())
        .take(MAX_CANDIDATES)
        .map(|(name, entry)| (name.to_owned(), entry.summary.clone()))
        .collect();
    let Some((entry, name_words)) = sources.catalogue.find_in_line(text) else {
        return (start, offers);
    };
    let words = line::words_to_cursor(typed);
    let is_in_name = words.len() <= name_words;
    if is_in_name || !offers.is_empty() {
        // `disk ` may go on as `disk wipe`; such a command takes no arguments of its own.
        return (start, offers);
    }
    arguments::offers(typed, entry, &words, name_words, sources)
}

fn choices(mut offers: Vec<Offer>, columns: usize) -> Vec<Choice> {
    offers.truncate(MAX_CANDIDATES);
    let widest = offers
        .iter()
        .map(|(value, _)| wrap::width(value))
        .max()
        .unwrap_or(0)
        .min(columns);
    let is_only = offers.len() == 1;
    let explains = offers.len() <= MAX_EXPLAINED;
    offers
        .into_iter()
        .map(|(value, about)| {
            let shown = if explains && !about.is_empty() {
                let line = format!("{}  {about}", wrap::pad(&value, widest));
                wrap::truncate(&line, columns)
            } else {
                value.clone()
            };
            // The only candidate is taken at once, and typing goes on behind it.
            let value = if is_only { value + " " } else { value };
            Choice { shown, value }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use caracola_wire::line::corpus::{TYPED, Typed, params};

    use super::*;
    use crate::catalogue::tests::{index, index_of};

    fn offered(line: &str) -> (usize, Vec<String>) {
        let index = index();
        let bare = |values: &[&str]| -> Vec<Offer> {
            values
                .iter()
                .map(|value| ((*value).to_owned(), String::new()))
                .collect()
        };
        let ask = |asked| match asked {
            Asked::People => bare(&["ana", "ben", "evil\u{1b}"]),
            Asked::Rooms => bare(&["lobby", "class"]),
            Asked::Jobs { running: true } => bare(&["k7"]),
            Asked::Jobs { running: false } => {
                let old = (0..100).map(|number| (format!("old{number}"), String::new()));
                [bare(&["k7", "m2"]), old.collect()].concat()
            }
            Asked::Values { words } => {
                let begun = words.last().expect("there is one");
                vec![(format!("{begun}-{}", words.join("-")), String::new())]
            }
        };
        let sources = Sources {
            catalogue: &index,
            ask: &ask,
            speech: Speech::English,
            columns: 60,
        };
        let (start, choices) = complete(line, line.len(), &sources);
        (start, choices.into_iter().map(|choice| choice.value).collect())
    }

    fn values(line: &str) -> Vec<String> {
        offered(line).1
    }

    #[test]
    fn names_of_commands() {
        assert_eq!(
            offered("l"),
            (0, vec!["lang".into(), "login".into(), "ls".into(), "lsof".into()])
        );
        assert_eq!(offered("  pa"), (2, vec!["paint ".into()]));
        assert_eq!(values("d"), ["decir", "dir"]);
        assert_eq!(values("git"), ["git", "git ci", "git commit"]);
        assert_eq!(values("git co"), ["git commit "]);
        assert_eq!(values("nothing"), Vec::<String>::new());
        assert!(!values("").contains(&"dir".to_owned()), "aliases only on request");
    }

    #[test]
    fn values_of_params() {
        assert_eq!(values("paint "), ["red", "green"]);
        assert_eq!(offered("paint g"), (6, vec!["green ".into()]));
        assert_eq!(values("lang "), ["en", "es"]);
        assert_eq!(values("join c"), ["class "]);
        assert_eq!(values("tell "), ["ana", "ben"]);
        assert_eq!(offered("tell BE"), (5, vec!["ben ".into()]));
        assert_eq!(values("tell ana "), Vec::<String>::new());
        assert_eq!(values("say l"), Vec::<String>::new());
    }

    #[test]
    fn help_takes_names_and_groups() {
        assert_eq!(offered("help git c"), (5, vec!["git ci".into(), "git commit".into()]));
        assert_eq!(values("help fil"), ["files "]);
        assert!(values("ayuda ").len() > 5);
    }

    #[test]
    fn words_of_a_cards_examples() {
        assert_eq!(values("ls "), ["-l", "--all", "demo"]);
        assert_eq!(values("ls --"), ["--all "]);
        assert_eq!(values("git commit d"), ["demo "]);
        assert_eq!(values("ls x -"), ["-l", "--all"]);
    }

    #[test]
    fn own_words_and_the_lines_they_take() {
        assert_eq!(values(":h"), [":help "]);
        assert_eq!(offered(":time pa"), (6, vec!["paint ".into()]));
        assert_eq!(offered(":watch 2 paint g"), (15, vec!["green ".into()]));
        assert_eq!(values(":watch "), Vec::<String>::new());
    }

    #[test]
    fn flags_and_their_values() {
        assert_eq!(values("find src "), ["--depth", "--all"]);
        assert_eq!(values("find --a"), ["--all "]);
        assert_eq!(values("find --all -"), ["--depth "]);
        assert_eq!(values("find --depth "), Vec::<String>::new());
        assert_eq!(values("find -- -"), Vec::<String>::new());
        assert_eq!(values("note hi -"), Vec::<String>::new(), "that is part of the text");
    }

    /// What Tab offers after a line of the corpus, if the catalogue knows one value for each param: what was typed, and the
    /// param's name.
    fn offered_for(line: &Typed, begun: &str) -> Vec<String> {
        let mut params = params(line.params);
        for param in params.iter_mut().filter(|param| param.kind == "string") {
            param.choices = vec![(format!("{begun}@{}", param.name), String::new())];
        }
        let sources = Sources {
            catalogue: &index_of(params),
            ask: &|_| Vec::new(),
            speech: Speech::English,
            columns: 60,
        };
        let (_, choices) = complete(line.typed, line.typed.len(), &sources);
        choices.into_iter().map(|choice| choice.value).collect()
    }

    #[test]
    fn what_the_corpus_expects_is_offered() {
        for line in TYPED {
            let (wanted, begun) = line.expected.split_once(" [").unwrap_or((line.expected, ""));
            let begun = begun.trim_end_matches(']');
            let offered = offered_for(line, begun);
            let about = format!("{} of {}: {offered:?}", line.typed, line.params);
            match wanted.split_once("= ") {
                Some((flag, name)) => assert_eq!(offered, [format!("{flag}={begun}@{name} ")], "{about}"),
                None if wanted == "nothing" => assert!(offered.is_empty(), "{about}"),
                None if wanted == "flag" => {
                    assert!(!offered.is_empty(), "{about}");
                    assert!(offered.iter().all(|flag| flag.starts_with('-')), "{about}");
                }
                None => {
                    let value = format!("{begun}@{wanted}");
                    assert_eq!(offered, [format!("{} ", line::quoted(&value))], "{about}");
                }
            }
        }
    }

    #[test]
    fn a_dash_begins_a_value_where_the_server_takes_it() {
        assert_eq!(values("grep -5 ab"), ["ab-grep--5-ab "]);
        assert_eq!(values("grep -5 "), ["-grep--5- "], "the files come next");
        assert_eq!(values("grep -"), ["-n "]);
    }

    #[test]
    fn the_server_knows_values() {
        assert_eq!(offered("wipe sd"), (5, vec!["sd-wipe-sd ".into()]));
        assert_eq!(values("mount --disk=s"), ["--disk=s-mount---disk-s "]);
        assert_eq!(values("mount x --disk s"), ["s-mount-x---disk-s "]);
        assert_eq!(values("login ana "), Vec::<String>::new());
    }

    #[test]
    fn ids_of_jobs() {
        let (start, ids) = offered(":attach ");
        assert_eq!((start, &ids[..2]), (8, &["k7".into(), "m2".into()][..]));
        assert_eq!(ids.len(), MAX_EXPLAINED, "the newest, each with its command");
        assert_eq!(
            values(":attach old99"),
            ["old99 "],
            "the others by what they begin with"
        );
        assert_eq!(offered("  :kill k"), (8, vec!["k7 ".into()]));
        assert_eq!(values(":att"), [":attach "]);
        assert_eq!(values(":attach"), [":attach "]);
        assert_eq!(values(":attach k7 "), Vec::<String>::new());
        assert_eq!(values(":bg pai"), ["paint "]);
    }

    #[test]
    fn explanations_fit_the_terminal() {
        let long = "x".repeat(200);
        for choice in choices(vec![("a".into(), long.clone()), ("b".into(), long)], 40) {
            assert!(wrap::width(&choice.shown) <= 40);
        }
    }

    #[test]
    fn ten_thousand_commands_in_less_than_two_milliseconds() {
        let entries = (0..10_000)
            .map(|number| crate::catalogue::tests::entry(&format!("command{number}"), &[], vec![]))
            .collect();
        let index = Index::new(caracola_wire::CatalogueExport {
            entries,
            groups: vec![],
        });
        let sources = Sources {
            catalogue: &index,
            ask: &|_| Vec::new(),
            speech: Speech::English,
            columns: 80,
        };
        let once = || {
            let started = std::time::Instant::now();
            assert_eq!(complete("command", 7, &sources).1.len(), MAX_CANDIDATES);
            started.elapsed().as_millis()
        };
        // Ten times the target, since this is an unoptimised build; the fastest of several, since the machine is busy.
        assert!((0..20).map(|_| once()).min() < Some(20));
    }
}
