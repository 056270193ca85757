//! The shell's own words: they begin with a colon, so that no command of any server can collide with them.

use std::time::Duration;

use caracola_speech::Speech;

/// What a line asks for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Action {
    /// A blank line or a comment.
    Nothing,
    Run(Run),
    /// Again and again.
    Watch(Duration, Run),
    Source(String),
    /// A line as a job.
    Background(String),
    Jobs,
    /// To the job with this id.
    Attach(String),
    /// The job with this id.
    Kill(String),
    Help,
    Clear,
    Quit,
}

/// A line for the server, and how its reply is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) line: String,
    /// As JSON instead of laid out.
    pub(crate) json: bool,
    /// With the time it took.
    pub(crate) timed: bool,
}

/// What is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum OwnError {
    Unknown { word: String, nearest: &'static str },
    Usage(&'static str),
}

/// The longest interval between two runs of a watched line, in seconds.
const MAX_WATCH_SECONDS: f64 = 86_400.0;
/// The shortest; a server limits the rate of requests too.
const MIN_WATCH_SECONDS: f64 = 0.5;

/// A word, with its arguments, and the sentence on what it is for.
type OwnWord = (&'static str, &'static str, fn(Speech) -> String);

const OWN_WORDS: [OwnWord; 11] = [
    (":help", ":help", Speech::own_help),
    (":time", ":time LINE", Speech::own_time),
    (":json", ":json LINE", Speech::own_json),
    (":source", ":source FILE", Speech::own_source),
    (":watch", ":watch SECONDS LINE", Speech::own_watch),
    (":bg", ":bg LINE", Speech::own_bg),
    (":jobs", ":jobs", Speech::own_jobs),
    (":attach", ":attach ID", Speech::own_attach),
    (":kill", ":kill ID", Speech::own_kill),
    (":clear", ":clear", Speech::own_clear),
    (":quit", ":quit", Speech::own_quit),
];

/// The words with what they are for, for help and completion.
pub(crate) fn all(speech: Speech) -> impl Iterator<Item = (&'static str, &'static str, String)> {
    let own_words = OWN_WORDS.into_iter();
    own_words.map(move |(word, usage, about)| (word, usage, about(speech)))
}

/// Reads a line. Of several own words before one command, `:watch` is the first.
pub(crate) fn parse(line: &str) -> Result<Action, OwnError> {
    let mut run = Run::default();
    let mut every = None;
    let mut rest = line.trim();
    if rest.is_empty() || rest.starts_with('#') {
        return Ok(Action::Nothing);
    }
    while rest.starts_with(':') {
        let (usage, argument) = own(rest)?;
        let is_alone = !run.json && !run.timed && every.is_none();
        rest = argument;
        match usage.split(' ').next().unwrap_or_default() {
            ":time" => run.timed = true,
            ":json" => run.json = true,
            ":watch" if is_alone => {
                let (seconds, line) = watch(argument).ok_or(OwnError::Usage(usage))?;
                every = Some(seconds);
                rest = line;
            }
            ":source" if is_alone => return Ok(Action::Source(argument.to_owned())),
            ":bg" if is_alone && !argument.starts_with(':') => return Ok(Action::Background(argument.to_owned())),
            ":attach" if is_alone => return Ok(Action::Attach(id(argument, usage)?)),
            ":kill" if is_alone => return Ok(Action::Kill(id(argument, usage)?)),
            ":jobs" if is_alone => return Ok(Action::Jobs),
            ":help" if is_alone => return Ok(Action::Help),
            ":clear" if is_alone => return Ok(Action::Clear),
            ":quit" if is_alone => return Ok(Action::Quit),
            _ => return Err(OwnError::Usage(usage)),
        }
    }
    rest.clone_into(&mut run.line);
    Ok(match every {
        Some(seconds) => Action::Watch(seconds, run),
        None => Action::Run(run),
    })
}

/// The usage of the own word that `line` begins with, and what follows it.
fn own(line: &str) -> Result<(&'static str, &str), OwnError> {
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let (word, rest) = (word.to_lowercase(), rest.trim());
    let known = OWN_WORDS.iter().find(|(name, _, _)| *name == word);
    let Some((_, usage, _)) = known else {
        let nearest = nearest(&word);
        return Err(OwnError::Unknown { word, nearest });
    };
    let takes_none = !usage.contains(' ');
    if takes_none == rest.is_empty() {
        Ok((usage, rest))
    } else {
        Err(OwnError::Usage(usage))
    }
}

/// Whether this is exactly one of them.
pub(crate) fn is_own(word: &str) -> bool {
    OWN_WORDS.iter().any(|(name, _, _)| *name == word)
}

fn id(argument: &str, usage: &'static str) -> Result<String, OwnError> {
    if argument.contains(char::is_whitespace) {
        return Err(OwnError::Usage(usage));
    }
    Ok(argument.to_owned())
}

fn watch(rest: &str) -> Option<(Duration, &str)> {
    let (seconds, line) = rest.split_once(char::is_whitespace)?;
    let seconds: f64 = seconds.parse().ok()?;
    if !(MIN_WATCH_SECONDS..=MAX_WATCH_SECONDS).contains(&seconds) {
        return None;
    }
    Some((Duration::from_secs_f64(seconds), line.trim()))
}

/// What begins as typed is nearer than anything else.
fn nearest(word: &str) -> &'static str {
    let distance = |name: &str| {
        if name.starts_with(word) {
            0
        } else {
            strsim::damerau_levenshtein(name, word)
        }
    };
    OWN_WORDS
        .iter()
        .map(|(name, _, _)| *name)
        .min_by_key(|name| distance(name))
        .unwrap_or(":help")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(line: &str, json: bool, timed: bool) -> Run {
        Run {
            line: line.to_owned(),
            json,
            timed,
        }
    }

    #[test]
    fn reads_each_of_them() {
        for (line, action) in [
            ("", Action::Nothing),
            ("  # a remark", Action::Nothing),
            (" ls :help ", Action::Run(run("ls :help", false, false))),
            (":help", Action::Help),
            ("  :TIME  ls -l ", Action::Run(run("ls -l", false, true))),
            (":json who", Action::Run(run("who", true, false))),
            (":time :json who", Action::Run(run("who", true, true))),
            (":source a b.txt", Action::Source("a b.txt".to_owned())),
            (
                ":watch 2 who",
                Action::Watch(Duration::from_secs(2), run("who", false, false)),
            ),
            (
                ":watch 0.5 :json who",
                Action::Watch(Duration::from_millis(500), run("who", true, false)),
            ),
            (":bg  disk  /", Action::Background("disk  /".to_owned())),
            (":jobs", Action::Jobs),
            (":attach k7", Action::Attach("k7".to_owned())),
            (":KILL k7 ", Action::Kill("k7".to_owned())),
            (":clear", Action::Clear),
            (":quit", Action::Quit),
        ] {
            assert_eq!(parse(line), Ok(action), "{line}");
        }
    }

    #[test]
    fn wrong_arguments_get_the_usage() {
        for line in [
            ":time",
            ":quit now",
            ":watch",
            ":watch 2",
            ":watch x who",
            ":watch 0 who",
            ":watch NaN who",
            ":time :watch 2 who",
            ":watch 2 :watch 2 who",
            ":json :quit",
            ":bg",
            ":bg :time ls",
            ":time :bg ls",
            ":attach",
            ":kill a b",
            ":jobs all",
        ] {
            assert!(matches!(parse(line), Err(OwnError::Usage(_))), "{line}");
        }
    }

    #[test]
    fn an_unknown_one_names_the_nearest() {
        for (word, expected) in [(":hlep", ":help"), (":q", ":quit"), (":jsn x", ":json"), (":", ":help")] {
            let Err(OwnError::Unknown { nearest, .. }) = parse(word) else {
                panic!("{word} is known");
            };
            assert_eq!(nearest, expected, "{word}");
        }
    }

    #[test]
    fn the_page_of_the_shell_lists_them() {
        let page = include_str!("../README.md");
        for (_, usage, about) in all(Speech::English) {
            let row = format!("| `{usage}` | {about} |");
            assert!(page.contains(&row), "client/README.md has no row {row}");
        }
    }

    #[test]
    fn all_of_them_are_explained() {
        assert_eq!(all(Speech::Spanish).count(), OWN_WORDS.len());
    }
}
