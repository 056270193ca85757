//! The commands that the server itself carries out. Their cards, params and roles are data, in `builtin.toml`; what
//! they do is here, one small function each.

#![expect(
    clippy::unnecessary_wraps,
    reason = "all built-ins have one signature; some can't fail"
)]

mod help;
mod oneself;
mod operator;
mod plugins;
mod reload;
mod server;
mod talk;

use caracola_wire::Reply;

use super::Call;
use crate::error::Error;
use crate::request::{PendingReply, Progress, Response};

/// What a built-in command is: a function of its call.
enum Builtin {
    /// One that answers at once.
    Now(fn(&mut Call<'_>) -> Result<Reply, Error>),
    /// One that takes time.
    Pending(fn(&mut Call<'_>) -> PendingReply),
}

/// All of them by name. A test holds that these are the names of `builtin.toml`.
const BUILTINS: &[(&str, Builtin)] = &[
    ("about", Builtin::Now(server::about)),
    ("announce", Builtin::Now(operator::announce)),
    ("help", Builtin::Now(help::help)),
    ("join", Builtin::Now(talk::join)),
    ("kick", Builtin::Now(operator::kick)),
    ("lang", Builtin::Now(oneself::lang)),
    ("leave", Builtin::Now(talk::leave)),
    ("mute", Builtin::Now(operator::mute)),
    ("name", Builtin::Now(oneself::name)),
    ("plugins", Builtin::Now(plugins::plugins)),
    ("quit", Builtin::Now(oneself::quit)),
    ("reload", Builtin::Pending(reload::reload)),
    ("reload users", Builtin::Pending(reload::users)),
    ("rooms", Builtin::Now(talk::rooms)),
    ("say", Builtin::Now(talk::say)),
    ("sessions", Builtin::Now(operator::sessions)),
    ("stop", Builtin::Now(operator::stop)),
    ("tell", Builtin::Now(talk::tell)),
    ("time", Builtin::Now(server::time)),
    ("unmute", Builtin::Now(operator::unmute)),
    ("uptime", Builtin::Now(server::uptime)),
    ("who", Builtin::Now(talk::who)),
    ("whoami", Builtin::Now(oneself::whoami)),
];

/// Runs a built-in command.
pub(super) fn perform(name: &str, call: &mut Call<'_>) -> Result<Progress, Error> {
    match BUILTINS.binary_search_by_key(&name, |(name, _)| name) {
        Ok(found) => match BUILTINS[found].1 {
            Builtin::Now(act) => act(call).map(|reply| Progress::Response(Response::Reply(reply))),
            Builtin::Pending(begin) => Ok(Progress::Pending(begin(call))),
        },
        Err(_) => Err(Error::UnknownCommand {
            typed: name.to_owned(),
            nearest: Vec::new(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{Action, Catalogue, Source};
    use crate::plugins::Plugins;

    #[test]
    fn each_definition_has_its_function_and_each_function_its_definition() {
        assert!(BUILTINS.is_sorted_by_key(|(name, _)| name));
        let Ok(loaded) = Catalogue::load(&Source::BuiltIn, None, &Plugins::new(None, None)) else {
            panic!("the default file loads");
        };
        let builtin = |action: &Action| matches!(action, Action::Builtin(_));
        let defined = loaded
            .catalogue
            .commands()
            .iter()
            .filter(|command| builtin(&command.action));
        let defined: Vec<_> = defined.map(|command| command.name.as_str()).collect();
        let coded: Vec<_> = BUILTINS.iter().map(|(name, _)| *name).collect();
        assert_eq!(defined, coded);
    }
}
