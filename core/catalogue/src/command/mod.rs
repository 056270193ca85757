//! A command: what a catalogue holds. It is data; `arguments` checks words for it, and `card` makes its card.

mod arguments;
mod builtin;
mod card;
mod definition;
mod function;
mod function_reader;
mod keys;
mod lookup;
mod reader;
mod rendered;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use self::rendered::Rendered;
use crate::Role;
use crate::exec::Exec;
use crate::image::ImageFile;
use crate::param::{Param, ParamKind};
use crate::text::Languages;
use caracola_speech::Text;

pub use builtin::Builtin;
pub(crate) use definition::{Bound, DefinedAction, DefinedFunction, Definition};
pub use function::Function;
pub(crate) use function_reader::read_function;
pub(crate) use keys::{COMMAND, FUNCTION, OF_BINDINGS, ROLES, WITH_ACTIONS};
pub use lookup::Lookup;
pub(crate) use reader::{read, role, warn_unused};
pub use rendered::CardForm;

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
    pub role_origin: Option<DefinedAt>,
    /// Where it was defined.
    pub origin: DefinedAt,
    pub(crate) languages: Arc<Languages>,
    /// For each language, its card in all forms, once somebody has asked for one.
    pub(crate) rendered: Box<[OnceLock<Box<Rendered>>]>,
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
pub enum DefinedAt {
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

impl fmt::Display for DefinedAt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DefinedAt::BuiltIn => formatter.write_str("built in"),
            DefinedAt::File { file, line } => write!(formatter, "{file}:{line}"),
        }
    }
}

impl Command {
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

    /// Whether what is typed for it may be secret, whatever becomes of that.
    pub fn takes_secret(&self) -> bool {
        self.params.iter().any(|param| param.kind == ParamKind::Secret)
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
}
