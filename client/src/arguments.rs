//! The command line of `caracola`.

use std::path::PathBuf;

use clap::{ArgAction, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::connection::fingerprint::Fingerprint;
use crate::exit_status;
use crate::layout::color::When;

/// The shell of a Caracola server: its commands, and the people who are there, over TLS.
#[derive(Debug, Parser)]
#[command(
    name = "caracola",
    version,
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true,
    override_usage = "caracola [OPTIONS] [SERVER]\n       caracola [OPTIONS] [SERVER] -c LINE\n       caracola [OPTIONS] [SERVER] < SCRIPT\n       caracola try [OPTIONS]"
)]
pub(crate) struct Arguments {
    #[arg(
        value_name = "SERVER",
        help = "[USER@]HOST[:PORT]; without it $CARACOLA_HOST, else localhost:22722. USER logs in with a password"
    )]
    pub(crate) server: Option<String>,

    #[command(flatten)]
    pub(crate) trust: TrustOptions,

    #[command(flatten)]
    pub(crate) proof: Proof,

    #[command(flatten)]
    pub(crate) door: Door,

    #[command(flatten)]
    pub(crate) common: Common,

    #[command(subcommand)]
    pub(crate) task: Option<Task>,
}

/// What isn't a shell on a server that runs already.
#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// Start a private server on a free port and open a shell on it; it ends with this shell
    Try {
        /// Let ls, cd, mkdir and others act, in a folder to practise in that goes with the server
        #[arg(long)]
        practice: bool,
    },
}

/// Whose key to believe.
#[derive(Debug, clap::Args)]
pub(crate) struct TrustOptions {
    /// Accept only the server whose key has this fingerprint
    #[arg(long, value_name = "SHA256:...", conflicts_with = "local")]
    pub(crate) fingerprint: Option<Fingerprint>,

    /// Believe a server that is met for the first time, and remember its key
    #[arg(long, conflicts_with_all = ["fingerprint", "local"])]
    pub(crate) trust_new: bool,

    /// Believe the authorities in this PEM file, besides the system's
    #[arg(long, value_name = "FILE", conflicts_with = "local")]
    pub(crate) cacert: Option<PathBuf>,
}

/// How USER proves to be that.
#[derive(Debug, clap::Args)]
pub(crate) struct Proof {
    /// Read the password of USER from this file, which nobody else may read, instead of asking for it
    #[arg(long, value_name = "FILE", conflicts_with = "local")]
    pub(crate) password_file: Option<PathBuf>,
}

/// The way in on the server's own machine.
#[derive(Debug, clap::Args)]
pub(crate) struct Door {
    /// Come in by the door of the server on this machine, as its operator
    #[arg(long, conflicts_with = "server")]
    pub(crate) local: bool,

    /// The state folder of that server
    #[arg(long, value_name = "FOLDER", requires = "local")]
    pub(crate) state_dir: Option<PathBuf>,
}

/// What holds for every way in.
#[derive(Debug, clap::Args)]
#[command(next_display_order = 100)]
pub(crate) struct Common {
    /// Run this line and leave
    #[arg(short, long, global = true, value_name = "LINE")]
    pub(crate) command: Option<String>,

    /// In a script, go on after a line that fails
    #[arg(long, global = true)]
    pub(crate) keep_going: bool,

    /// Run commands that ask first without being asked
    #[arg(short, long, global = true)]
    pub(crate) yes: bool,

    /// Your language, such as es or en; without it that of the environment
    #[arg(long, global = true, value_name = "TAG")]
    pub(crate) lang: Option<String>,

    /// The name others see; without it USER, or your name on this machine
    #[arg(long, global = true)]
    pub(crate) name: Option<String>,

    /// Colours
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = When::Auto)]
    pub(crate) color: When,

    /// How long to wait for the server when connecting
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 10.0, value_parser = seconds)]
    pub(crate) timeout: f64,

    /// Keep the history of lines in this file
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) history: Option<PathBuf>,

    /// Keep no history
    #[arg(long, global = true, action = ArgAction::SetTrue, conflicts_with = "history")]
    pub(crate) no_history: bool,
}

const EXAMPLES: &str = "\
Examples:
  caracola try                      a server of your own to try things out
  caracola lab.example.org          a shell there
  caracola ana@192.168.1.20:22722   the same as the user ana, who is asked for the password
  caracola lab -c 'help ls'         one line
  caracola lab < lines.txt          a script: up to the first line that fails
  caracola --local                  the operator, on the server's machine
";

/// The command line with all that `--help` says.
fn command() -> clap::Command {
    Arguments::command().after_help(format!("{EXAMPLES}\n{}", exit_status::help()))
}

/// Reads the command line; ends the process itself for `--help`, `--version` and mistakes (status 2).
pub(crate) fn parse() -> Arguments {
    let matches = command().get_matches();
    Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if (0.1..=3600.0).contains(&seconds) => Ok(seconds),
        _ => Err("it must be a number of seconds from 0.1 to 3600".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str]) -> Result<Arguments, clap::Error> {
        Arguments::try_parse_from(std::iter::once(&"caracola").chain(arguments))
    }

    #[test]
    fn is_consistent() {
        Arguments::command().debug_assert();
    }

    /// `caracolad man caracola` prints this page, which is a file because the server knows nothing of this package.
    #[test]
    fn the_manual_page_is_what_it_takes() {
        let mut page = caracola_manual::Page::of_command(command(), "1").expect("a page");
        page.see_also(&["caracolad(8)", "commands.toml(5)"]);
        let made = page.into_text();
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/caracola.1");
        if std::env::var_os("UPDATE_PAGE").is_some() {
            std::fs::write(path, &made).expect("cannot write caracola.1");
        }
        let committed = std::fs::read_to_string(path).expect("cannot read caracola.1");
        assert!(
            committed == made,
            "caracola.1 says something else; UPDATE_PAGE=1 cargo test -p caracola manual_page renews it"
        );
    }

    #[test]
    fn reads_what_people_type() {
        let arguments = parsed(&["ana@lab", "-c", "help ls", "--lang", "es"]).expect("valid");
        assert_eq!(arguments.server.as_deref(), Some("ana@lab"));
        assert_eq!(arguments.common.command.as_deref(), Some("help ls"));
        let arguments = parsed(&["try", "--lang", "es", "-c", "ls"]).expect("valid");
        assert!(matches!(arguments.task, Some(Task::Try { practice: false })));
        assert_eq!(arguments.common.lang.as_deref(), Some("es"));
        let arguments = parsed(&["try", "--practice"]).expect("valid");
        assert!(matches!(arguments.task, Some(Task::Try { practice: true })));
        assert!(parsed(&[]).is_ok());
    }

    #[test]
    fn refuses_what_makes_no_sense() {
        for arguments in [
            &["lab", "--local"][..],
            &["--state-dir", "/x"],
            &["lab", "--fingerprint", "abc"],
            &["lab", "--timeout", "0"],
            &["lab", "--timeout", "NaN"],
            &["lab", "--color", "sometimes"],
            &["lab", "--history", "x", "--no-history"],
            &["lab", "other"],
            &["--local", "--password-file", "x"],
            &["try", "--password-file", "x"],
        ] {
            assert!(parsed(arguments).is_err(), "{arguments:?}");
        }
    }
}
