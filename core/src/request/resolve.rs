//! From the words of a request to a command that its caller may run, and to that command's checked arguments.

use caracola_wire::Request;
use caracola_wire::line::{Parser, Role};
use rustix::io::Errno;

use super::Caller;
use crate::access::{self, authorize};
use crate::error::Error;
use caracola_catalogue::{ArgumentError, Arguments, Catalogue, Command, Fault, MOST_WORDS, PathFault};
use caracola_quota::LogThrottles;
use caracola_speech::excerpt;

/// A command that the caller may run, by the name that a request began with.
pub(crate) struct Resolved<'c> {
    /// The command.
    pub(crate) command: &'c Command,
    /// Where its arguments begin among the request's words.
    pub(crate) after: usize,
}

/// The command whose name begins at word `skip` of a request: the longest such name. What the caller may not run is not
/// there.
pub(crate) fn command<'c>(
    catalogue: &'c Catalogue,
    caller: &Caller,
    request: &Request<'_>,
    skip: usize,
) -> Result<Resolved<'c>, Error> {
    let found = catalogue.find(request.words().skip(skip)).and_then(|found| {
        let permit = authorize(&caller.user, found.command, access::Operation::Run).ok()?;
        Some(Resolved {
            command: permit.command(),
            after: skip + found.words,
        })
    });
    found.ok_or_else(|| unknown(catalogue, caller, request, skip))
}

fn unknown(catalogue: &Catalogue, caller: &Caller, request: &Request<'_>, skip: usize) -> Error {
    let shown = |word: &[u8]| excerpt::escaped_word(&String::from_utf8_lossy(word));
    let typed = request.word(skip).map(shown).unwrap_or_default();
    let visible = |command: &Command| authorize(&caller.user, command, access::Operation::See).is_ok();
    // A name may have several words: `gti status` is near `git status`, and `gti` is near nothing.
    let words: Vec<_> = request.words().skip(skip).take(MOST_WORDS).map(shown).collect();
    let nearest = catalogue.nearest(&words.join(" "), visible);
    Error::UnknownCommand {
        nearest: nearest.into_iter().map(str::to_owned).collect(),
        typed,
    }
}

/// The words after the command's name, as text. For a command that takes the rest of the line, a line that was typed
/// as it is (inline) gives that rest untouched.
pub(crate) fn words<'r>(command: &Command, request: &Request<'r>, after: usize) -> Result<Vec<&'r str>, Error> {
    let text = |word: &'r [u8]| std::str::from_utf8(word).map_err(|_| Error::Text);
    if request.line().is_some() && command.params.iter().any(|param| param.rest) {
        let mut words = Vec::with_capacity(command.params.len());
        let mut parser = Parser::new(&command.params);
        for (index, word) in request.words().enumerate().skip(after) {
            let word = text(word)?;
            if matches!(parser.take(word), Role::Rest(_)) {
                words.push(request.line_from(index).map_or(Ok(word), text)?);
                break;
            }
            words.push(word);
        }
        return Ok(words);
    }
    if request.unbalanced() {
        return Err(Error::Quotes);
    }
    request.words().skip(after).map(text).collect()
}

/// The arguments of a command, checked.
pub(crate) fn arguments<'w>(command: &'w Command, caller: &Caller, words: &[&'w str]) -> Result<Arguments<'w>, Error> {
    command.arguments(words).map_err(|error| {
        log_refused_path(command, caller, &error);
        Error::Arguments(error.message(command, caller.speech))
    })
}

/// What the system said when it was asked for a path or for the folder that it must lie in: the caller learns that it can't
/// be opened, the admin why.
fn log_refused_path(command: &Command, caller: &Caller, error: &ArgumentError) {
    static THROTTLES: LogThrottles<String> = LogThrottles::new();
    let ArgumentError::Unfit {
        param,
        fault: Fault::Path { root, fault },
        ..
    } = error
    else {
        return;
    };
    let errno = match fault {
        PathFault::System(errno) => *errno,
        PathFault::NoRoot => Errno::NOENT,
        _ => return,
    };
    if let Some(repeated) = THROTTLES.admit(command.name.clone()) {
        tracing::warn!(
            session = caller.session.id,
            command = command.name,
            param,
            root = %root.display(),
            error = %std::io::Error::from(errno),
            repeated,
            "a path could not be opened"
        );
    }
}
