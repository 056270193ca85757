//! A command: what a catalogue holds.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use caracola_wire::Card;

use super::argument_error::ArgumentError;
use super::arguments::{self, Apart, Arguments};
use super::builtin::Builtin;
use super::card::{self, Rendered};
use super::exec::Exec;
use super::function::Function;
use super::image::ImageFile;
use super::languages::{LanguageId, Languages};
use super::lookup::Lookup;
use super::param::{Param, ParamKind};
use crate::Role;
use caracola_speech::Text;

/// A command that has been checked: it fits with all others of its catalogue.
#[derive(Debug)]
pub struct Command {
    /// One to four words, unique in the catalogue without regard to case.
    pub name: String,
    /// Other names for it, as unique.
    pub aliases: Vec<String>,
    /// The name of the group it is listed in.
    pub group: String,
    /// One line on what it does or is for.
    pub summary: Text,
    /// How it is used.
    pub examples: Vec<Example>,
    /// Names of commands that its readers may want to know too. All of them exist, and whoever may see this command may
    /// see them.
    pub see_also: Vec<String>,
    /// Its declared arguments.
    pub params: Vec<Param>,
    /// Shown with the card where a terminal can.
    pub image: Option<Arc<ImageFile>>,
    /// What running it does.
    pub action: Action,
    /// The least role that may see and run it.
    pub role: Role,
    /// Where the file says so; none when it is what its action has without a word.
    pub role_origin: Option<Origin>,
    /// Where it was defined.
    pub origin: Origin,
    pub(super) languages: Arc<Languages>,
    /// For each language, its card in all forms, once somebody has asked for one.
    pub(super) rendered: Box<[OnceLock<Box<Rendered>>]>,
}

/// What running a command does.
#[derive(Debug)]
pub enum Action {
    /// Shows the command's card, whatever the arguments are.
    Card,
    /// Answers with this text.
    Reply(Text),
    /// Looks its one argument up.
    Lookup(Lookup),
    /// Runs a program.
    Exec(Box<Exec>),
    /// Calls a function of a plugin.
    Plugin(Box<Function>),
    /// Runs the server's own code.
    Builtin(Builtin),
}

impl Action {
    /// The word for it on the wire.
    pub fn as_str(&self) -> &'static str {
        match self {
            Action::Card => "card",
            Action::Reply(_) => "reply",
            Action::Lookup(_) => "lookup",
            Action::Exec(_) => "exec",
            Action::Plugin(_) => "plugin",
            Action::Builtin(_) => "builtin",
        }
    }
}

/// An absolute path, moved under another.
pub fn inside(scratch: &Path, path: &Path) -> PathBuf {
    scratch.join(path.strip_prefix("/").unwrap_or(path))
}

/// A line that uses a command, and what it does.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// The line as one would type it.
    pub run: String,
    /// What it does.
    pub about: Text,
    /// What must come of it when it is tried; none for a line that is only shown.
    pub expect: Option<Expectation>,
}

/// What an example promises, for those who check that it is true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    /// Text that is in the output.
    pub output: Option<String>,
    /// The exit status; otherwise any that means success.
    pub exit: Option<u8>,
}

/// Where a command was defined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// In the server itself.
    BuiltIn,
    /// In a file.
    File {
        /// The file's path as it was given.
        file: Arc<str>,
        /// The line its definition begins in, from 1.
        line: usize,
    },
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::BuiltIn => formatter.write_str("built in"),
            Origin::File { file, line } => write!(formatter, "{file}:{line}"),
        }
    }
}

/// A form in which a card travels, complete with its frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CardForm {
    /// 80 columns of plain text as a bulk string.
    Resp2,
    /// 80 columns of plain text as a verbatim string.
    Resp3,
    /// The typed message for a session that said `SHELL`, in RESP3.
    Shell,
}

impl Command {
    /// Its card in a language. Built the first time it is asked for, then kept.
    pub fn card(&self, language: LanguageId) -> &Card {
        &self.rendered(language).card
    }

    /// Its card as it goes over the wire: running a card is one copy of this.
    pub fn card_bytes(&self, language: LanguageId, form: CardForm) -> &Bytes {
        self.rendered(language).bytes(form)
    }

    /// The card for someone who ran it with arguments: the example nearest to them first, and a note that nothing was run.
    pub fn card_for(&self, words: &[&str], language: LanguageId) -> Card {
        card::for_words(self.card(language), &self.name, words)
    }

    /// The lines that say how to type it: `tell PERSON TEXT...`. None for a card that declares no params, since nothing is
    /// known about what the real command takes.
    pub fn usage(&self) -> Vec<String> {
        if matches!(self.action, Action::Card) && self.params.is_empty() {
            return Vec::new();
        }
        let mut usage = self.name.clone();
        // Flags stand anywhere; first they are easiest to find.
        let (flags, positional): (Vec<&Param>, Vec<&Param>) =
            self.params.iter().partition(|param| param.flag.is_some());
        for param in flags.into_iter().chain(positional) {
            usage.push(' ');
            usage.push_str(&param.usage());
        }
        vec![usage]
    }

    /// Checks how many words there are, their types and choices, and fills in defaults. A card takes anything. A param with
    /// `rest` takes all the words that are left, joined by one blank if they are several.
    ///
    /// Looks at the file system for params of type `path`, and only for those: see [`Command::looks_at_files`].
    pub fn arguments<'w>(&'w self, words: &[&'w str]) -> Result<Arguments<'w>, ArgumentError> {
        arguments::check(&self.action, &self.params, words)
    }

    /// Which of the words for it are secrets. They needn't be valid; it is an error if nobody can tell what they are for.
    pub fn apart<'w>(&'w self, words: &[&'w str]) -> Result<Apart<'w>, ArgumentError> {
        arguments::apart(&self.params, words)
    }

    /// Whether what is typed for it may be secret, whatever becomes of that.
    pub fn takes_secret(&self) -> bool {
        self.params.iter().any(|param| param.kind == ParamKind::Secret)
    }

    /// The values in `words` of all params but the one at `position`, by name, as they were typed: nobody has checked them.
    /// There are none if the words make no sense.
    pub fn unchecked(&self, words: &[&str], position: usize) -> Vec<(String, Vec<String>)> {
        let sorted = arguments::sort(&self.params, words).unwrap_or_default();
        let pairs = self.params.iter().zip(sorted).enumerate();
        let given = pairs.filter(|(number, (_, words))| *number != position && !words.is_empty());
        given
            .map(|(_, (param, words))| (param.name.clone(), words.into_iter().map(str::to_owned).collect()))
            .collect()
    }

    /// Its params with all paths under `scratch` instead of their own roots, for trying it where it does no harm.
    pub fn params_in(&self, scratch: &Path) -> Vec<Param> {
        let mut params = self.params.clone();
        for rule in params.iter_mut().filter_map(|param| param.path.as_mut()) {
            let elsewhere = inside(scratch, &rule.root);
            rule.stands_for = Some(std::mem::replace(&mut rule.root, elsewhere));
        }
        params
    }

    /// [`Command::arguments`] by other params than its own.
    pub fn arguments_by<'w>(&self, params: &'w [Param], words: &[&'w str]) -> Result<Arguments<'w>, ArgumentError> {
        arguments::check(&self.action, params, words)
    }

    /// Whether it is one of the server's own.
    pub fn is_builtin(&self) -> bool {
        matches!(self.action, Action::Builtin(_))
    }

    /// Whether the program that it starts reads a secret.
    pub fn reads_secret(&self) -> bool {
        let secrets = self.params.iter().enumerate();
        let mut secrets = secrets.filter(|(_, param)| param.kind == ParamKind::Secret);
        secrets.any(|(position, _)| self.exec().is_some_and(|exec| exec.uses(position)))
    }

    /// Whether checking its arguments looks at the file system, which may take a while on a slow disk.
    pub fn looks_at_files(&self) -> bool {
        self.params.iter().any(|param| param.path.is_some())
    }

    /// The program that running it starts.
    pub fn exec(&self) -> Option<&Exec> {
        match &self.action {
            Action::Exec(exec) => Some(exec),
            Action::Card | Action::Reply(_) | Action::Lookup(_) | Action::Plugin(_) | Action::Builtin(_) => None,
        }
    }

    /// What a shell asks before it runs this.
    pub fn confirm(&self) -> Option<&Text> {
        match &self.action {
            Action::Exec(exec) => exec.confirm.as_ref(),
            Action::Plugin(function) => function.confirm.as_ref(),
            Action::Card | Action::Reply(_) | Action::Lookup(_) | Action::Builtin(_) => None,
        }
    }

    /// Its name and its aliases.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.name.as_str()).chain(self.aliases.iter().map(String::as_str))
    }

    fn rendered(&self, language: LanguageId) -> &Rendered {
        let position = self.languages.position(language);
        self.rendered[position].get_or_init(|| Box::new(Rendered::new(self, &self.languages, language)))
    }
}
