//! COMPLETE: what only the server knows about how a line could go on.
//!
//! It takes the words of a line, not the number of a param: a number would mean another param after a reload. It never
//! answers with an error. What a program offered is kept for five seconds, and no program may take longer than two: the
//! next line of the same session waits behind it, unless the client cancels it.

use std::sync::Arc;

use caracola_wire::line::Expected;
use caracola_wire::{Completion, Offer};
use tokio::sync::Notify;

use crate::access::{self, authorize};
use crate::actions::completing::{self, Offering};
use crate::error::Error;
use crate::request::{Caller, Context, Exchange, PendingReply, Progress, Response};
use caracola_catalogue::{Command, Completer, Param};

/// Offers in one answer. More are no help: who asks types another letter.
const MOST: usize = 500;

/// `COMPLETE word ...`: the words of a line from the command's name on, the last as far as it was typed, which may be not
/// at all. Answers what could stand in its place, whole words without quotes. What isn't there, may not be run, fails or
/// takes too long completes nothing: an error would only be in the way of who types.
pub(super) fn serve(exchange: &mut Exchange<'_>) -> Result<Progress, Error> {
    let words = exchange.texts(1)?;
    let Exchange {
        context,
        catalogue,
        caller,
        now,
        ..
    } = exchange;
    let done = |offers: Vec<Offer>| Ok(Progress::Response(Response::Completion(Completion { offers })));
    let found = catalogue.find(words.iter().map(|word| word.as_bytes()));
    let found = found.and_then(|found| {
        let permit = authorize(&caller.user, found.command, access::Operation::Complete).ok()?;
        Some((permit.command(), found.words))
    });
    let Some((command, name)) = found else {
        return done(Vec::new());
    };
    let words = &words[name..];
    let (position, prefix, begun) = match command.expected(words) {
        Expected::Value {
            position,
            prefix,
            begun,
        } => (position, prefix, begun),
        Expected::Flag { begun } => return done(flags(command, words, begun)),
        Expected::Nothing => return done(Vec::new()),
    };
    let param = &command.params[position];
    let filter = Filter::new(param, prefix, begun);
    let Some(completer) = &param.complete else {
        let known = catalogue.known_values(command, position, caller.language_id);
        let known = known.into_iter().map(|(value, about)| Offer {
            value: value.to_owned(),
            about: about.into_owned(),
        });
        return done(filter.of(known));
    };
    let offering = match completer {
        Completer::Command(other) => completing::offers(context, catalogue, caller, other, *now),
        Completer::Plugin => completing::by_plugin(context, caller, command, position, words, begun),
    };
    match offering {
        Offering::Now(offers) => done(filter.of(offers.iter().cloned())),
        Offering::Soon(offers) => {
            let cancelled = Arc::new(Notify::new());
            let cancel = Arc::clone(&cancelled);
            let pending = PendingReply::new(async move {
                // Whoever cancels wants no error either: there is nothing to offer.
                let offers = tokio::select! {
                    offers = offers => offers,
                    () = cancelled.notified() => Arc::new([]) as Arc<[Offer]>,
                };
                move |_: &Arc<Context>, _: &mut Caller| {
                    let offers = filter.of(offers.iter().cloned());
                    Ok(Response::Completion(Completion { offers }))
                }
            });
            Ok(Progress::Pending(pending.on_cancel(move || cancel.notify_one())))
        }
    }
}

fn flags(command: &Command, words: &[&str], begun: &str) -> Vec<Offer> {
    let earlier = &words[..words.len().saturating_sub(1)];
    let flags = command.flags(earlier).filter(|(flag, _)| flag.starts_with(begun));
    flags
        .map(|(flag, about)| Offer {
            value: flag.to_owned(),
            about,
        })
        .collect()
}

/// Which values fit what was typed.
struct Filter {
    /// `--flag=`, which goes before each of them.
    prefix: String,
    /// What was typed of the value, in lower case.
    begun: String,
    /// Whether a value may begin with a dash.
    dash: bool,
}

impl Filter {
    fn new(param: &Param, prefix: &str, begun: &str) -> Self {
        Self {
            prefix: prefix.to_owned(),
            begun: begun.to_lowercase(),
            dash: param.allow_dash,
        }
    }

    /// Those of `offers` that begin as was typed, in any case; at most [`MOST`].
    fn of(&self, offers: impl Iterator<Item = Offer>) -> Vec<Offer> {
        let fits = |offer: &Offer| {
            (self.dash || !offer.value.starts_with('-')) && offer.value.to_lowercase().starts_with(&self.begun)
        };
        let offers = offers.filter(fits).take(MOST);
        let prefixed = offers.map(|offer| Offer {
            value: format!("{}{}", self.prefix, offer.value),
            ..offer
        });
        prefixed.collect()
    }
}
