//! The command line of `caracolad`.

mod cert;
mod check;
mod door;
mod examples;
mod explain;
mod help;
mod import;
mod init;
mod listening;
mod loading;
mod log;
mod man;
mod password;
mod print;
mod schema;
mod serve;
mod server_user;
mod user;
mod writable;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};
use rustix::process::{DumpableBehavior, set_dumpable_behavior};

use caracola_catalogue::ReloadOn;
use caracola_speech::Language;

/// The port where clients look when they are told none.
pub const DEFAULT_PORT: u16 = 22722;

/// Runs Caracola's server, and speaks to one that runs.
#[derive(Debug, Parser)]
#[command(name = "caracolad", version, disable_help_subcommand = true)]
#[command(after_help = "Without a subcommand it serves: `caracolad --lan` is `caracolad serve --lan`.")]
pub struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    serve: ServeArguments,
    /// The server's state folder; without it systemd's, or /var/lib/caracola for root, or caracola in your own
    #[arg(long, value_name = "FOLDER", global = true)]
    state_dir: Option<PathBuf>,
}

/// The id of the one flag that may stand before a subcommand as well as behind it.
const STATE_DIR: &str = "state_dir";

impl Arguments {
    /// Takes the program's own arguments. Ends the program if they make no sense, or ask for help.
    pub fn of_this_program() -> Self {
        let mut command = Self::command();
        let matches = command.get_matches_mut();
        let given = |id: &&clap::Id| matches.value_source(id.as_str()) == Some(ValueSource::CommandLine);
        let stray = matches.ids().filter(given).find(|id| is_of_serving(&command, id));
        if let (Some(stray), Some(action)) = (stray, matches.subcommand_name()) {
            let flag = command.get_arguments().find(|argument| argument.get_id() == stray);
            let flag = flag.map(ToString::to_string).unwrap_or_default();
            let message = format!("`{flag}` is for serving, and cannot stand before `{action}`");
            command.error(ErrorKind::ArgumentConflict, message).exit();
        }
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }
}

/// Whether it is a flag that only `serve` knows, rather than one of all subcommands, or a group of flags.
fn is_of_serving(command: &clap::Command, id: &clap::Id) -> bool {
    id.as_str() != STATE_DIR && command.get_arguments().any(|argument| argument.get_id() == id)
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Serve until stopped (the default)
    Serve(ServeArguments),
    /// Write an editable copy of the default commands.toml and its images into a folder
    Init {
        /// The folder; it is made if need be
        folder: PathBuf,
        /// Let everybody practise: ls, cd, mkdir and others act, in a folder of each person's own (needs the workspace plugin)
        #[arg(long)]
        practice: bool,
    },
    /// Make commands of what other projects have written
    #[command(subcommand)]
    Import(import::ImportAction),
    /// Tell all that is wrong and doubtful about a commands.toml, without serving it
    Check(check::CheckArguments),
    /// Tell what would come of a line: who may run it, and what its program would get; nothing is run
    Explain(explain::ExplainArguments),
    /// Print a JSON Schema of commands.toml, by which editors complete and check it
    Schema,
    /// Print the server's certificate (PEM), for other clients to verify it with
    Cert(CertificateArguments),
    /// Speak to everybody on the server that runs
    Say {
        /// What to say
        #[arg(required = true)]
        text: Vec<String>,
    },
    /// Show who is connected, from where, since when, and doing what
    Sessions,
    /// Show the plugins that are loaded, how they are and what they have done
    Plugins,
    /// Disconnect somebody
    Kick {
        /// A name, or a number that `sessions` shows
        name: String,
        /// How long they stay out, such as 30s, 10m or 2h; without it they may come back at once
        #[arg(long = "for", value_name = "TIME")]
        time: Option<String>,
    },
    /// Take the word from somebody
    Mute {
        /// A name, or a number that `sessions` shows
        name: String,
        /// For how long, such as 30s, 10m or 2h; without it until `unmute`
        #[arg(long = "for", value_name = "TIME")]
        time: Option<String>,
    },
    /// Give the word back to somebody
    Unmute {
        /// A name, or a number that `sessions` shows
        name: String,
    },
    /// Say who may log in
    User(user::UserArguments),
    /// Load a changed commands.toml, and show what it changes
    Reload,
    /// Stop the server that runs: everybody is told
    Stop,
    /// Print a page for `man`: `caracolad man caracolad | man -l -`
    Man {
        /// The page
        #[arg(value_enum, default_value = "caracolad")]
        page: man::ManPage,
    },
    /// Print this message, the help of a subcommand, or the reference of commands.toml
    Help {
        /// A subcommand, or `commands.toml`
        #[arg(value_name = "SUBCOMMAND")]
        topic: Vec<String>,
    },
    /// Be the process of an isolated plugin: started by the server alone
    #[command(name = caracola_plugin_host::HELPER, hide = true)]
    PluginHelper {
        /// What the plugin is called, for whoever looks at the list of processes
        name: String,
    },
}

/// What `serve` may be told. Each flag comes before its environment variable, and that before the file.
#[derive(Debug, Args)]
pub(crate) struct ServeArguments {
    // Its variable is read where it counts: clap would take it for the flag, and find it at odds with --lan.
    /// Listen on this address and port; may be given several times (port 0 takes any free one); else `$CARACOLA_LISTEN` says it
    #[arg(long, value_name = "ADDRESS:PORT", value_delimiter = ',')]
    listen: Vec<String>,
    /// Listen on all addresses, and print the line that others type to join
    #[arg(long, conflicts_with = "listen")]
    lan: bool,
    /// With --lan: the port
    #[arg(long, value_name = "PORT", default_value_t = DEFAULT_PORT, requires = "lan", value_parser = clap::value_parser!(u16).range(1..))]
    port: u16,
    /// The commands.toml to serve
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// When changed files are applied: a second after they are saved, unless that would open something, or when asked to
    #[arg(long, value_name = "WHEN", env = "CARACOLA_RELOAD")]
    reload: Option<ReloadWhen>,
    /// The language for people whose own there is nothing in
    #[arg(long, value_name = "TAG")]
    lang: Option<Language>,
    /// The folder where plugins that the file names without a path are searched for
    #[arg(long, value_name = "FOLDER", env = "CARACOLA_PLUGIN_DIR")]
    plugin_dir: Option<PathBuf>,
    #[command(flatten)]
    certificate: CertificateArguments,
    /// How log lines look; they go to standard error
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    log_format: LogFormat,
    /// What is logged: error, warn, info, debug, trace, or a filter by module
    #[arg(long, value_name = "LEVEL", default_value = "info", env = "CARACOLA_LOG")]
    log_level: String,
    /// Keep nothing: a state folder of its own that goes with the server, which ends when its standard input does
    #[arg(long, conflicts_with = "state_dir")]
    private: bool,
    /// With --private: serve what `init --practice` writes; the folders in which people practise go with the server
    #[arg(long, requires = "private", conflicts_with = "config")]
    practice: bool,
}

/// Which certificate the server shows.
#[derive(Debug, Args)]
pub(crate) struct CertificateArguments {
    /// A certificate chain of one's own (PEM); without it the server makes one
    #[arg(long, value_name = "FILE", requires = "key", env = "CARACOLA_CERT")]
    cert: Option<PathBuf>,
    /// The key that goes with --cert (PEM, PKCS#8 or SEC1)
    #[arg(long, value_name = "FILE", requires = "cert", env = "CARACOLA_KEY")]
    key: Option<PathBuf>,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people
    Text,
    /// One JSON object a line, for machines
    Json,
}

/// When changed files are applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReloadWhen {
    /// When they are saved, and when somebody asks for it
    Save,
    /// When somebody asks for it
    Command,
}

impl From<ReloadWhen> for ReloadOn {
    fn from(when: ReloadWhen) -> Self {
        match when {
            ReloadWhen::Save => Self::Save,
            ReloadWhen::Command => Self::Command,
        }
    }
}

/// Does what the arguments ask for. The exit status is 0, 1 for what went wrong, 2 for arguments or a file that make no
/// sense.
pub fn run(arguments: Arguments) -> Result<ExitCode> {
    close_to_others();
    let state = arguments.state_dir.as_deref();
    match arguments.action.unwrap_or(Action::Serve(arguments.serve)) {
        Action::Serve(arguments) => serve::serve(&arguments, state),
        Action::Init { folder, practice } => init::init(&folder, practice),
        Action::Import(action) => import::import(&action),
        Action::Check(arguments) => check::check(&arguments, state),
        Action::Explain(arguments) => explain::explain(&arguments, state),
        Action::Schema => schema::show(),
        Action::Cert(arguments) => cert::show(&arguments, state),
        Action::Say { text } => door::call(state, &["announce", &text.join(" ")]),
        Action::Sessions => door::call(state, &["sessions"]),
        Action::Plugins => door::call(state, &["plugins"]),
        Action::Kick { name, time } => door::moderate(state, "kick", &name, time.as_deref()),
        Action::Mute { name, time } => door::moderate(state, "mute", &name, time.as_deref()),
        Action::Unmute { name } => door::moderate(state, "unmute", &name, None),
        Action::User(arguments) => user::user(&arguments, state),
        Action::Reload => door::call(state, &["reload"]),
        Action::Stop => door::stop(state),
        Action::Man { page } => man::print(page),
        Action::Help { topic } => help::print(&topic),
        Action::PluginHelper { .. } => Ok(caracola_plugin_host::be_helper()),
    }
}

/// Keeps this process's memory and descriptors from other processes of the same user, programs that a server runs among
/// them: they can't attach to it, copy its descriptors or read `/proc/PID/{mem,environ,fd,root}`, and it leaves no core
/// dump. Every subcommand may have a key or a password in its memory.
fn close_to_others() {
    if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
        complain(&format!(
            "other processes of this user can read this one's memory: {error}"
        ));
    }
}

/// Tells a person what is wrong, on standard error.
pub fn complain(sentence: &str) {
    print::complaint(sentence);
}
