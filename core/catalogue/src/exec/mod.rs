//! The action `exec`: a program, exactly how it is started, and what it may use.
//!
//! There is no shell anywhere. The file gives a list of elements; `template` puts checked values into them, each placeholder
//! where it stands, and [`Exec::prepare`] makes of that what the program gets, byte for byte.

mod keys;
mod prepare;
mod reader;
mod suspect;
mod template;

use std::path::PathBuf;
use std::time::Duration;

use self::template::{Element, Piece, Template};
use crate::program::Program;
use caracola_spawner::ResourceLimits;
use caracola_speech::Text;

pub(crate) use keys::{HANGUPS, OF_PLUGINS_TOO, OF_PROGRAMS, PROGRAM_LIMITS};
pub use prepare::{DESCRIPTOR_FOLDER, FIRST_DESCRIPTOR, LONGEST_ELEMENT, PrepareError, Prepared};
pub(crate) use reader::{account, read, status, whole_number};

/// A program to run. Its templates name only params that its command has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exec {
    pub(super) program: Program,
    /// The arguments after the program's own name.
    pub(super) arguments: Vec<Element>,
    /// Variables that the file sets, by name.
    pub(super) environment: Vec<(String, Template)>,
    /// Variables that are passed on from the server's own environment.
    pub(super) pass_environment: Vec<String>,
    /// What the program reads; none: the end of an empty file.
    pub(super) stdin: Option<Template>,
    /// The folder that it starts in: absolute.
    pub folder: PathBuf,
    /// The user it runs as; only a server that was started as root can do that.
    pub user: Option<String>,
    /// The group it runs as, instead of the user's own; as above.
    pub group: Option<String>,
    /// What the kernel lets it use. What is absent is as the server has it.
    pub limits: ResourceLimits,
    /// Permissions that files it makes don't get.
    pub umask: u32,
    /// How long it may run.
    pub timeout: Duration,
    /// Bytes of output that are kept, or sent to who doesn't take them as they come.
    pub max_output: u64,
    /// How many runs of this command go on at once; at least 1.
    pub max_running: u32,
    /// How many more may wait for their turn.
    pub queue: u32,
    /// What becomes of it when who started it hangs up.
    pub on_hangup: OnHangup,
    /// Exit statuses that mean success; never empty.
    pub ok_exit: Vec<u8>,
    /// What a shell asks before it runs this.
    pub confirm: Option<Text>,
    /// Whether it changes nothing, so that it may be run to complete others' arguments.
    pub read_only: bool,
}

impl Exec {
    /// How long a program may run whose definition doesn't say.
    pub const TIMEOUT: Duration = Duration::from_secs(30);
    /// Bytes of output that are kept of a program whose definition doesn't say.
    pub const MAX_OUTPUT: u64 = 256 * 1024;
    /// Runs at once of a command whose definition doesn't say.
    pub const MAX_RUNNING: u32 = 4;
    /// Runs that wait for their turn, of a command whose definition doesn't say.
    pub const QUEUE: u32 = 16;
    /// Everyone may read what it makes, only its user may change it.
    pub const UMASK: u32 = 0o022;

    /// The program.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// Whether this variable of the server's own environment is passed on, and not set otherwise.
    pub fn passes(&self, name: &str) -> bool {
        let is_set = self.environment.iter().any(|(set, _)| set == name);
        !is_set && self.pass_environment.iter().any(|passed| passed == name)
    }

    /// Whether a value of the param at `position` reaches the program.
    pub(super) fn uses(&self, position: usize) -> bool {
        let in_template = |template: &Template| template.0.contains(&Piece::Value(position));
        let in_element = |element: &Element| match element {
            Element::Literal(_) => false,
            Element::Values { param, .. } | Element::Switch { param, .. } => *param == position,
            Element::Joined(template) => in_template(template),
        };
        self.arguments.iter().any(in_element)
            || self.environment.iter().any(|(_, template)| in_template(template))
            || self.stdin.as_ref().is_some_and(in_template)
    }

    /// Whether an exit status means success.
    pub fn is_ok(&self, status: i32) -> bool {
        u8::try_from(status).is_ok_and(|status| self.ok_exit.contains(&status))
    }
}

/// What becomes of a program when who started it hangs up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnHangup {
    /// It is ended, with all that it started.
    #[default]
    End,
    /// It goes on; its output is kept.
    Continue,
}

impl OnHangup {
    /// Both.
    pub const ALL: [OnHangup; 2] = [OnHangup::End, OnHangup::Continue];

    /// The word for it in a file.
    pub const fn as_str(self) -> &'static str {
        match self {
            OnHangup::End => "end",
            OnHangup::Continue => "continue",
        }
    }
}
