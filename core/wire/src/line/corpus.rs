//! Lines, and what must come of them: whatever reads lines is tested with these.
//!
//! Params are written in short, each a word: `folder` has its place; `text...` takes the rest of the line, `paths*` a list;
//! `--depth` has a flag, and its name is that without dashes; `-a!` is a switch. A `^` at the end lets values begin with a
//! dash, a `$` makes them secret. The command is called [`COMMAND`].

use super::{Expected, Parameter as _, Parser, Role, words_to_cursor};
use crate::ParamEntry;

/// The name of the command that the lines are for.
pub const COMMAND: &str = "it";

/// A line as it is run.
#[derive(Debug)]
pub struct Line {
    /// The params of its command.
    pub params: &'static str,
    /// What was typed.
    pub typed: &'static str,
    /// The words that a shell sends for it, after the name.
    pub words: &'static [&'static str],
    /// What they are, each as [`roles`] writes it.
    pub roles: &'static str,
}

/// A line as far as it was typed.
#[derive(Debug)]
pub struct Typed {
    /// The params of its command.
    pub params: &'static str,
    /// What was typed.
    pub typed: &'static str,
    /// What could stand where it ends, as [`expected`] writes it.
    pub expected: &'static str,
}

const fn line(params: &'static str, typed: &'static str, words: &'static [&'static str], roles: &'static str) -> Line {
    Line {
        params,
        typed,
        words,
        roles,
    }
}

const fn typed(params: &'static str, typed: &'static str, expected: &'static str) -> Typed {
    Typed {
        params,
        typed,
        expected,
    }
}

const GREP: &str = "-i! -n! -r! pattern^ paths*^";
const FIND: &str = "folder --depth --all! -a! -b!";
const LS: &str = "-l! -a! -al! -d^ paths*";
const NOTE: &str = "--urgent! text...^";
const UNLOCK: &str = "door --key$";

/// Lines that are run.
pub const LINES: &[Line] = &[
    // Places, and words that are not words to a reader that only splits at blanks.
    line("to text", "it ana hi", &["ana", "hi"], "to text"),
    line("to text", "  it\t 'ana'  \"h i\" ", &["ana", "h i"], "to text"),
    line("to text", "it an'a b'\"c\"\\ d ''", &["ana bc d", ""], "to text"),
    line("to", "it", &[], ""),
    line("to", "it ana hi", &["ana", "hi"], "to +"),
    line("", "it -x --", &["-x", "--"], "+ +"),
    // Without flags a dash is a letter.
    line("to text", "it -x --", &["-x", "--"], "to text"),
    // Flags stand anywhere, and a flag's value is whatever comes next.
    line(
        FIND,
        "it src --depth 2 --all",
        &["src", "--depth", "2", "--all"],
        "folder --depth =depth --all",
    ),
    line(
        FIND,
        "it --all --depth=2 src x",
        &["--all", "--depth=2", "src", "x"],
        "--all --depth=depth folder +",
    ),
    line(
        FIND,
        "it --depth --all src",
        &["--depth", "--all", "src"],
        "--depth =depth folder",
    ),
    line(
        FIND,
        "it --depth -- src",
        &["--depth", "--", "src"],
        "--depth =depth folder",
    ),
    line(FIND, "it --depth='a b'", &["--depth=a b"], "--depth=depth"),
    line(FIND, "it --depth= src", &["--depth=", "src"], "--depth=depth folder"),
    line(FIND, "it src --depth", &["src", "--depth"], "folder --depth"),
    line(FIND, "it --all=true src", &["--all=true", "src"], "!all folder"),
    line(FIND, "it --dpeth 2 src", &["--dpeth", "2", "src"], "? folder +"),
    line(FIND, "it --other -", &["--other", "-"], "? folder"),
    line("-l! -a! path", "it p -- -la", &["p", "--", "-la"], "path -- +"),
    line(FIND, "it -a=2 src", &["-a=2", "src"], "? folder"),
    line(
        "paths* --tag*",
        "it a --tag x b --tag=y",
        &["a", "--tag", "x", "b", "--tag=y"],
        "paths --tag =tag paths --tag=tag",
    ),
    // A dash alone is a word, and two end the flags.
    line(FIND, "it -", &["-"], "folder"),
    line(FIND, "it -- --all", &["--", "--all"], "-- folder"),
    line(FIND, "it '--' --all", &["--", "--all"], "-- folder"),
    line(FIND, "it -- -- x", &["--", "--", "x"], "-- folder +"),
    // Short switches stand together, unless a flag is called so.
    line(LS, "it -la", &["-la"], "-l,a"),
    line(LS, "it x -la y", &["x", "-la", "y"], "paths -l,a paths"),
    line(LS, "it -al", &["-al"], "-al"),
    line(LS, "it -d -la", &["-d", "-la"], "-d =d"),
    line(LS, "it -lx", &["-lx"], "?"),
    line(LS, "it -ld", &["-ld"], "?"),
    line(LS, "it -lá", &["-lá"], "?"),
    line(LS, "it --la", &["--la"], "?"),
    line(LS, "it -l=true", &["-l=true"], "?"),
    line(LS, "it -- -la", &["--", "-la"], "-- paths"),
    // What allows a dash takes what is not a flag.
    line(GREP, "it -5 ab", &["-5", "ab"], "pattern paths"),
    line(
        GREP,
        "it -5 ab -n -7",
        &["-5", "ab", "-n", "-7"],
        "pattern paths -n paths",
    ),
    line(GREP, "it -in -x", &["-in", "-x"], "-i,n pattern"),
    line(GREP, "it -v ^#", &["-v", "^#"], "pattern paths"),
    line(
        "-l! text*^",
        "it -lx -l -- -ll",
        &["-lx", "-l", "--", "-ll"],
        "text -l -- text",
    ),
    line("-n! first^ second", "it -1 -2", &["-1", "-2"], "first ?"),
    // The rest of a line stays as it was typed, quotes, blanks and signs too, and has no flags.
    line("text...", "it a  b", &["a  b"], "text..."),
    line(
        "file text...",
        "it a.txt it's lunch",
        &["a.txt", "it's lunch"],
        "file text...",
    ),
    line(
        "file text...",
        "it 'a b' don't;  \"really\" | $HOME ",
        &["a b", "don't;  \"really\" | $HOME"],
        "file text...",
    ),
    line("file text...", "it a.txt", &["a.txt"], "file"),
    line("file text...", "it 'a.txt'  ' '", &["a.txt", "' '"], "file text..."),
    line(
        NOTE,
        "it --urgent buy  milk --now",
        &["--urgent", "buy  milk --now"],
        "--urgent text...",
    ),
    line(NOTE, "it buy  milk --urgent", &["buy  milk --urgent"], "text..."),
    line(NOTE, "it -- --urgent", &["--", "--urgent"], "-- text..."),
    line(NOTE, "it -5  degrees", &["-5  degrees"], "text..."),
    line("--urgent! text...", "it -5  degrees", &["-5  degrees"], "?"),
    line(
        "--to file text...",
        "it --to ana a.txt it's",
        &["--to", "ana", "a.txt", "it's"],
        "--to =to file text...",
    ),
    // Secrets.
    line(
        "user password$",
        "it ana 'hunter 2'",
        &["ana", "hunter 2"],
        "user password",
    ),
    line("user password$", "it ana", &["ana"], "user"),
    line(
        UNLOCK,
        "it door --key hunter2",
        &["door", "--key", "hunter2"],
        "door --key =key",
    ),
    line(
        UNLOCK,
        "it --key=hunter2 door",
        &["--key=hunter2", "door"],
        "--key=key door",
    ),
    line(UNLOCK, "it door -hunter2", &["door", "-hunter2"], "door ?"),
    line(UNLOCK, "it door hunter2", &["door", "hunter2"], "door +"),
    line(UNLOCK, "it door --key", &["door", "--key"], "door --key"),
    line(
        "user words...$",
        "it ana  correct  horse",
        &["ana", "correct  horse"],
        "user words...",
    ),
];

/// Lines that are being typed.
pub const TYPED: &[Typed] = &[
    typed(FIND, "it ", "folder []"),
    typed(FIND, "it sr", "folder [sr]"),
    typed(FIND, "it 's r", "folder [s r]"),
    typed(FIND, "it -", "flag [-]"),
    typed(FIND, "it --de", "flag [--de]"),
    typed(FIND, "it --depth", "flag [--depth]"),
    typed(FIND, "it --depth ", "depth []"),
    typed(FIND, "it --depth -", "depth [-]"),
    typed(FIND, "it --depth=1", "--depth= depth [1]"),
    typed(FIND, "it --all=", "nothing"),
    typed(FIND, "it -ab s", "folder [s]"),
    typed(FIND, "it src ", "flag []"),
    typed(FIND, "it src x", "nothing"),
    typed(FIND, "it -- -", "folder [-]"),
    typed(FIND, "it -- src ", "nothing"),
    typed(LS, "it x y", "paths [y]"),
    typed(LS, "it -d -", "d [-]"),
    typed(GREP, "it -5 ab", "paths [ab]"),
    typed(GREP, "it -5 ab ", "paths []"),
    typed(GREP, "it -in -5 a", "paths [a]"),
    typed(NOTE, "it ", "text []"),
    typed(NOTE, "it bu", "text [bu]"),
    typed(NOTE, "it buy m", "nothing"),
    typed(NOTE, "it buy --u", "nothing"),
    typed(NOTE, "it --urgent b", "text [b]"),
    typed("file text...", "it a.txt it is ", "nothing"),
    typed(UNLOCK, "it door ", "flag []"),
    typed("", "it ", "nothing"),
];

/// The params that a text like `folder --depth -a!` stands for. Each is a string, or a boolean or a secret; none is required.
pub fn params(short: &str) -> Vec<ParamEntry> {
    short.split_whitespace().map(param).collect()
}

fn param(short: &str) -> ParamEntry {
    let typed = short.trim_end_matches(['!', '^', '$', '*', '.']);
    let marks = &short[typed.len()..];
    let kind = match marks {
        _ if marks.contains('!') => "boolean",
        _ if marks.contains('$') => "secret",
        _ => "string",
    };
    ParamEntry {
        name: typed.trim_start_matches('-').to_owned(),
        kind: kind.to_owned(),
        rest: marks.contains("..."),
        list: marks.contains('*'),
        flag: typed.starts_with('-').then(|| typed.to_owned()),
        allow_dash: marks.contains('^'),
        ..ParamEntry::default()
    }
}

/// The roles of words, one for each: `folder` for a value in that param's place, `text...` for the rest of the line, `--depth`
/// for a flag, `=depth` for the word after it, `--depth=depth` for both in one word, `-l,a` for switches that stand together,
/// `--` for the end of the flags. Of misfits, `!all` is a switch with a value, `?` no flag, and `+` a word too many.
pub fn roles(words: &[impl AsRef<str>], params: &[ParamEntry]) -> String {
    let mut parser = Parser::new(params);
    let mut roles = Vec::with_capacity(words.len());
    for word in words {
        let role = parser.take(word.as_ref());
        roles.push(role_text(role, &parser, params));
    }
    roles.join(" ")
}

fn role_text(role: Role<'_>, parser: &Parser<'_, ParamEntry>, params: &[ParamEntry]) -> String {
    let name = |param: usize| params[param].name.as_str();
    let flag = |param: usize| params[param].flag().unwrap_or_default();
    match role {
        Role::Value(param) => name(param).to_owned(),
        Role::Rest(param) => format!("{}...", name(param)),
        Role::Flag(param) | Role::Switch(param) => flag(param).to_owned(),
        Role::FlagValue(param) => format!("={}", name(param)),
        Role::FlagWithValue { param, .. } => format!("{}={}", flag(param), name(param)),
        Role::SwitchWithValue(param) => format!("!{}", name(param)),
        Role::Switches(letters) => {
            let names: Vec<&str> = parser.switches(letters).map(name).collect();
            format!("-{}", names.join(","))
        }
        Role::FlagsEnd => "--".to_owned(),
        Role::UnknownFlag => "?".to_owned(),
        Role::TooMany => "+".to_owned(),
    }
}

/// What could stand where a line ends: `folder [sr]` is a value of which `sr` was typed, `--depth= depth [1]` one behind a
/// flag in the same word, `flag [--d]` a flag.
pub fn expected(typed: &str, params: &[ParamEntry]) -> String {
    let words = words_to_cursor(typed);
    let arguments: Vec<&str> = words.iter().skip(1).map(|word| word.text.as_str()).collect();
    let Some((begun, earlier)) = arguments.split_last() else {
        return "nothing".to_owned();
    };
    let mut parser = Parser::new(params);
    for word in earlier {
        parser.take(word);
    }
    expected_text(parser.expected(begun), params)
}

/// The same of what was found out otherwise.
pub fn expected_text(expected: Expected<'_>, params: &[ParamEntry]) -> String {
    match expected {
        Expected::Value {
            position,
            prefix,
            begun,
        } => {
            let gap = if prefix.is_empty() { "" } else { " " };
            format!("{prefix}{gap}{} [{begun}]", params[position].name)
        }
        Expected::Flag { begun } => format!("flag [{begun}]"),
        Expected::Nothing => "nothing".to_owned(),
    }
}

impl Line {
    /// The values of each of its params, in their order, by what `roles` says: `true` for a switch. None for a line that its
    /// command refuses, whatever the values may be.
    pub fn values(&self) -> Option<Vec<Vec<&'static str>>> {
        let params = params(self.params);
        let position = |name: &str| params.iter().position(|param| param.name == name);
        let mut values: Vec<Vec<&'static str>> = params.iter().map(|_| Vec::new()).collect();
        let mut awaits_value = false;
        for (role, &word) in self.roles.split_whitespace().zip(self.words) {
            awaits_value = false;
            let flagged = params.iter().position(|param| param.flag() == Some(role));
            if let Some(param) = flagged {
                if params[param].is_switch() {
                    values[param].push("true");
                } else {
                    awaits_value = true;
                }
            } else if let Some(names) = role.strip_prefix('-').filter(|names| names.contains(',')) {
                for name in names.split(',') {
                    values[position(name)?].push("true");
                }
            } else if role != "--" {
                // `?`, `+` and `!all` are the names of no params.
                let (flag, name) = role.split_once('=').unwrap_or(("", role));
                let value = if flag.is_empty() { word } else { word.split_once('=')?.1 };
                values[position(name.trim_end_matches("..."))?].push(value);
            }
        }
        (!awaits_value).then_some(values)
    }

    /// Whether something was typed for each of its params, in their order: a flag is enough.
    pub fn given(&self) -> Vec<bool> {
        let is_of = |role: &str, param: &ParamEntry| {
            let name = role.trim_start_matches('!').trim_end_matches("...");
            let name = name.rsplit('=').next().unwrap_or(name);
            let mut switches = role.strip_prefix('-').unwrap_or_default().split(',');
            param.flag() == Some(role)
                || name == param.name
                || role.contains(',') && switches.any(|it| it == param.name)
        };
        let params = params(self.params);
        let given = params.iter();
        given
            .map(|param| self.roles.split_whitespace().any(|role| is_of(role, param)))
            .collect()
    }

    /// Whether one of its words is none that the command takes.
    pub fn has_misfit(&self) -> bool {
        let mut roles = self.roles.split_whitespace();
        roles.any(|role| role.starts_with(['?', '+', '!']))
    }

    /// Whether its words may tell a secret: a value of one, or for a command with one, a word that is none of its values.
    pub fn tells_secret(&self) -> bool {
        let params = params(self.params);
        let is_told = |param: &ParamEntry| {
            let roles = self.roles.split_whitespace();
            let mut names = roles.map(|role| role.rsplit('=').next().unwrap_or(role).trim_end_matches("..."));
            names.any(|name| name == param.name)
        };
        let secrets: Vec<&ParamEntry> = params.iter().filter(|param| param.is_secret()).collect();
        !secrets.is_empty() && (self.has_misfit() || secrets.into_iter().any(is_told))
    }
}
