//! The commands that the server itself carries out. Their cards, params and roles are data, in `builtin.toml`; what
//! they do is here, one small function each.

#![expect(
    clippy::unnecessary_wraps,
    reason = "all built-ins have one signature; some can't fail"
)]

mod help;
mod oneself;
mod operator;
mod server;
mod talk;

use caracola_wire::Reply;

use super::Call;
use crate::error::Error;

/// What a built-in command is: a function of its call.
type Builtin = fn(&mut Call<'_>) -> Result<Reply, Error>;

/// All of them by name. A test holds that these are the names of `builtin.toml`.
const BUILTINS: &[(&str, Builtin)] = &[
    ("about", server::about),
    ("announce", operator::announce),
    ("help", help::help),
    ("join", talk::join),
    ("kick", operator::kick),
    ("lang", oneself::lang),
    ("leave", talk::leave),
    ("mute", operator::mute),
    ("name", oneself::name),
    ("quit", oneself::quit),
    ("rooms", talk::rooms),
    ("say", talk::say),
    ("sessions", operator::sessions),
    ("stop", operator::stop),
    ("tell", talk::tell),
    ("time", server::time),
    ("unmute", operator::unmute),
    ("uptime", server::uptime),
    ("who", talk::who),
    ("whoami", oneself::whoami),
];

/// Runs a built-in command.
pub(super) fn perform(name: &str, call: &mut Call<'_>) -> Result<Reply, Error> {
    match BUILTINS.binary_search_by_key(&name, |(name, _)| name) {
        Ok(found) => BUILTINS[found].1(call),
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

    #[test]
    fn each_definition_has_its_function_and_each_function_its_definition() {
        assert!(BUILTINS.is_sorted_by_key(|(name, _)| name));
        let Ok(loaded) = Catalogue::load(&Source::BuiltIn, None) else {
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
