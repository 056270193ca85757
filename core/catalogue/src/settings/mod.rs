//! What a file says about the server itself.

mod keys;
mod reader;
mod welcome;

use std::time::Duration;

use caracola_speech::{Language, Speech, Text};

pub(crate) use keys::{ACCESS, LIMITS, SERVER};
pub(crate) use reader::read;
pub use welcome::WELCOME_VARIABLES;

/// The settings of a file, with the defaults for what it doesn't say. The command line's flags come before them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Settings {
    /// `[server]`
    pub server: Server,
    /// `[access]`
    pub access: Access,
    /// `[limits]`
    pub limits: Limits,
}

/// `[server]`: what it is called and where it listens.
#[derive(Debug, Clone, PartialEq)]
pub struct Server {
    /// What people see as the server's name.
    pub name: String,
    /// Addresses with ports; port 0 takes any that is free. Each is known to be of that form.
    pub listen: Vec<String>,
    /// The template of the welcome; its syntax and the variables it uses have been checked.
    pub welcome: Text,
    /// Who made this server's commands.
    pub authors: Vec<String>,
    /// The language for readers whose own there is nothing in.
    pub language: Language,
    /// Whom a server becomes that root starts, by name or number; `None`: it stays root.
    pub user: Option<String>,
    /// When changed files are applied, if the file says it.
    pub reload: Option<ReloadOn>,
}

/// When changed files are applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReloadOn {
    /// When they are saved, as far as that opens nothing, and when somebody asks for it.
    Save,
    /// When somebody asks for it.
    Command,
}

impl ReloadOn {
    /// Both.
    pub const ALL: [ReloadOn; 2] = [ReloadOn::Save, ReloadOn::Command];

    /// The word for it in a file.
    pub const fn as_str(self) -> &'static str {
        match self {
            ReloadOn::Save => "save",
            ReloadOn::Command => "command",
        }
    }
}

impl Default for Server {
    fn default() -> Self {
        Server {
            name: "caracola".to_owned(),
            listen: vec!["127.0.0.1:22722".to_owned(), "[::1]:22722".to_owned()],
            welcome: default_welcome(),
            authors: Vec::new(),
            language: Language::ENGLISH,
            user: None,
            reload: None,
        }
    }
}

/// The template of the welcome where the file has none.
fn default_welcome() -> Text {
    let template = |speech: Speech| {
        speech.welcome(
            "{{ server }}",
            "{{ user }}",
            "{{ online }}",
            "{{ tls }}",
            "{{ cipher }}",
        )
    };
    let versions = Speech::ALL.map(|speech| (speech.language(), template(speech).into()));
    Text::by_language(versions).unwrap_or_else(|| Text::plain(template(Speech::default())))
}

/// `[access]`: who may come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Access {
    /// Whether people may come in without login.
    pub guest: bool,
    /// The line of the file that says so, from 1; `None` where it says nothing about it.
    pub guest_line: Option<usize>,
    /// Whether people without login may run programs on a server that others than this machine can reach.
    pub guest_exec: bool,
}

/// `[limits]`: what one server, address or session may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Sessions at once. How they are shared: see `sessions::places`.
    pub sessions: u32,
    /// Sessions at once from one address; a class of sixty behind one address fits.
    pub sessions_per_address: u32,
    /// Messages a session may send in a second, on average; five times as many in a burst.
    pub messages_per_second: u32,
    /// Programs that one user may have started in a second, on average, with all their sessions together; five times as
    /// many in a burst. All guests of an address count as one user, a call of an isolated plugin as a fiftieth. Operators and
    /// admins have no limit.
    pub runs_per_second: u32,
    /// Bytes that may wait for one session before it is dropped as a slow reader.
    pub outbox: u64,
    /// How long a connection may take to say something sensible.
    pub handshake: Duration,
    /// How long a session may be silent; `None`: for ever.
    pub idle: Option<Duration>,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            sessions: 4096,
            sessions_per_address: 256,
            messages_per_second: 20,
            // Some 2,000 runs a second are what two processors bear: a flood takes no more than a few hundredths of that.
            runs_per_second: 50,
            outbox: 1024 * 1024,
            handshake: Duration::from_secs(10),
            idle: None,
        }
    }
}
