//! Running one command to complete an argument of another: each line that it says is a value, and what comes after a tab
//! in it is what the value is about, as fish has it.
//!
//! Nothing that goes wrong is anybody's to read: there is nothing to offer then.

use std::sync::Arc;
use std::time::{Duration, Instant};

use caracola_wire::{Offer, text};

use super::exec;
use super::{plugin, rate};
use crate::access::{self, authorize};
use crate::completions::Asked;
use crate::jobs::{Job, JobEnd, Output, Stream};
use crate::limits::COMPLETIONS_PER_SECOND;
use crate::request::{Caller, Context};
use caracola_catalogue::{Action, Catalogue, Command, Exec, Function};
use caracola_plugin_host::Answered;

/// How long a program may take, however long its definition lets it: somebody is in the middle of a line, and the next
/// one that they send waits behind this.
const COMPLETION_TIMEOUT: Duration = Duration::from_secs(2);

/// What a command offers.
pub(crate) enum Offering {
    /// This, without any delay.
    Now(Arc<[Offer]>),
    /// What it says once it has been run.
    Soon(std::pin::Pin<Box<dyn Future<Output = Arc<[Offer]>> + Send>>),
}

/// All values that the command called `name` offers to the caller, if the caller may run it. How each kind of action
/// completes is decided here.
pub(crate) fn offers(
    context: &Arc<Context>,
    catalogue: &Catalogue,
    caller: &mut Caller,
    name: &str,
    now: Instant,
) -> Offering {
    let found = catalogue.command(name);
    let Some(command) = found.and_then(|found| authorize(&caller.user, found, access::Operation::Run).ok()) else {
        return nothing();
    };
    let command = command.command();
    match &command.action {
        Action::Exec(exec) if exec.read_only => run(context, catalogue, caller, command, exec, now),
        Action::Reply(text) => Offering::Now(lines(catalogue.text(text, caller.language_id)).into()),
        Action::Plugin(function) if function.read_only => call(context, caller, function),
        // Loading the file refuses these: they take a key, say nothing of their own, or may change something.
        Action::Exec(_) | Action::Plugin(_) | Action::Card | Action::Lookup(_) | Action::Builtin(_) => nothing(),
    }
}

/// What a plugin offers for the param at `position` of one of its functions, of which `begun` has been typed after the
/// words before it.
pub(crate) fn by_plugin(
    context: &Context,
    caller: &Caller,
    command: &Command,
    position: usize,
    words: &[&str],
    begun: &str,
) -> Offering {
    let Action::Plugin(function) = &command.action else {
        return nothing();
    };
    if function.plugin.is_isolated() && rate::admit(context, caller, rate::PLUGIN).is_err() {
        return nothing();
    }
    let earlier = words.split_last().map_or(words, |(_, earlier)| earlier);
    let mut arguments = command.unchecked(earlier, position);
    arguments.push((command.params[position].name.clone(), vec![begun.to_owned()]));
    let Ok(mut invocation) = plugin::invocation(caller, function) else {
        return nothing();
    };
    invocation.arguments = arguments;
    invocation.timeout = invocation.timeout.min(COMPLETION_TIMEOUT);
    let candidates = function.plugin.complete(caller.tenant(), invocation);
    Offering::Soon(Box::pin(async move {
        let candidates = candidates.await.into_iter();
        let offers = candidates.filter_map(|(value, about)| offer(&value, &about));
        offers.collect()
    }))
}

/// Calls a function without arguments, and takes the lines of its text.
fn call(context: &Context, caller: &Caller, function: &Function) -> Offering {
    if function.plugin.is_isolated() && rate::admit(context, caller, rate::PLUGIN).is_err() {
        return nothing();
    }
    let Ok(mut invocation) = plugin::invocation(caller, function) else {
        return nothing();
    };
    invocation.timeout = invocation.timeout.min(COMPLETION_TIMEOUT);
    let answer = function.plugin.call(caller.tenant(), invocation, None);
    Offering::Soon(Box::pin(async move {
        let offers = match answer.await.result {
            Ok(Answered::Text(text)) => lines(&text),
            _ => Vec::new(),
        };
        offers.into()
    }))
}

fn nothing() -> Offering {
    Offering::Now(Arc::new([]))
}

/// Runs a program, unless it was run a moment ago.
fn run(
    context: &Arc<Context>,
    catalogue: &Catalogue,
    caller: &mut Caller,
    command: &Command,
    exec: &Exec,
    now: Instant,
) -> Offering {
    let asked = Asked {
        catalogue: catalogue.number(),
        command: command.name.clone(),
        owner: exec::owner(&caller.user, &caller.session),
    };
    if let Some(offers) = context.completions.recent(&asked, now) {
        return Offering::Now(offers);
    }
    if !caller.completing.take(COMPLETIONS_PER_SECOND, now) {
        return nothing();
    }
    let Ok(arguments) = command.arguments(&[]) else {
        return nothing();
    };
    let Ok(run) = exec::prepare(context, caller, command, exec, &arguments) else {
        return nothing();
    };
    let job = Arc::clone(&run.job);
    run.begin(context);
    let quiet = Quiet {
        job: Arc::clone(&job),
        context: Arc::clone(context),
    };
    let context = Arc::clone(context);
    Offering::Soon(Box::pin(async move {
        let ending = tokio::time::timeout(COMPLETION_TIMEOUT, job.ended()).await;
        let offers: Arc<[Offer]> = match job.succeeded() {
            Some(true) => job.output(said).into(),
            Some(false) | None => Arc::new([]),
        };
        drop(quiet);
        // What somebody stopped, or what there was no place for, may well work the next time. What takes too long or
        // fails will do so again.
        if !matches!(ending, Ok(JobEnd::Cancelled | JobEnd::HungUp | JobEnd::Busy(_))) {
            context.completions.keep(asked, Arc::clone(&offers), Instant::now());
        }
        offers
    }))
}

/// A run that is nobody's job: when who waits for it is gone, it is ended, nobody will ask for it, and it pushes no other
/// out of the list.
struct Quiet {
    job: Arc<Job>,
    context: Arc<Context>,
}

impl Drop for Quiet {
    fn drop(&mut self) {
        // In this order: nothing is asked of a job that is over, as one that is forgotten is.
        self.job.end(JobEnd::HungUp);
        self.context.jobs.forget(&self.job);
    }
}

/// The values in a program's output. A last line that was cut off is none.
fn said(output: &Output) -> Vec<Offer> {
    let bytes = output.all(Stream::Out);
    let text = String::from_utf8_lossy(&bytes);
    let whole = if output.truncated() {
        &text[..text.rfind('\n').unwrap_or(0)]
    } else {
        &*text
    };
    lines(whole)
}

/// One value for each line. What could do something to a terminal is left out.
fn lines(text: &str) -> Vec<Offer> {
    let offers = text.lines().filter_map(|line| {
        let (value, about) = line.split_once('\t').unwrap_or((line, ""));
        offer(value.trim(), about)
    });
    offers.collect()
}

fn offer(value: &str, about: &str) -> Option<Offer> {
    Offer::is_usable(value).then(|| Offer {
        value: value.to_owned(),
        about: text::clean(about).into_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, String)> {
        let offers = lines(text).into_iter();
        offers.map(|offer| (offer.value, offer.about)).collect()
    }

    #[test]
    fn each_line_is_a_value_and_may_say_what_it_is() {
        let pair = |value: &str, about: &str| (value.to_owned(), about.to_owned());
        assert_eq!(
            read("sda\tsystem disk\n  two words \r\n\n\tnothing\nsdb"),
            [pair("sda", "system disk"), pair("two words", ""), pair("sdb", "")]
        );
    }

    #[test]
    fn what_could_move_a_cursor_is_left_out() {
        assert_eq!(
            read("evil\u{1b}[2J\nturned\u{202e}\nfine\ta\u{7}b\u{200b}\u{9b}c\n"),
            [("fine".to_owned(), "abc".to_owned())]
        );
        assert_eq!(read(&"x".repeat(Offer::LONGEST + 1)), []);
        assert_eq!(read(&"x".repeat(Offer::LONGEST)).len(), 1);
    }

    #[test]
    fn a_line_that_was_cut_off_is_no_value() {
        let mut output = Output::new(7);
        output.add(Stream::Out, b"one\ntwoandmore\n");
        output.add(Stream::Err, b"warning\n");
        let values: Vec<String> = said(&output).into_iter().map(|offer| offer.value).collect();
        assert_eq!(values, ["one"]);
    }
}
