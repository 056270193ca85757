//! Which commands the server itself carries out. What they say of themselves is in `builtin.toml`, what they do in the
//! server's actions.

/// Names each built-in once.
macro_rules! builtins {
    ($($variant:ident $name:literal,)+) => {
        /// A command that the server itself carries out.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Builtin {
            $(
                #[doc = concat!("`", $name, "`.")]
                $variant,
            )+
        }

        impl Builtin {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The name of its definition.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }
    };
}

builtins! {
    About "about",
    Announce "announce",
    Help "help",
    Join "join",
    Kick "kick",
    Lang "lang",
    Leave "leave",
    Mute "mute",
    Name "name",
    Plugins "plugins",
    Quit "quit",
    Reload "reload",
    ReloadUsers "reload users",
    Rooms "rooms",
    Say "say",
    Sessions "sessions",
    Stop "stop",
    Tell "tell",
    Time "time",
    Unmute "unmute",
    Uptime "uptime",
    Who "who",
    Whoami "whoami",
}

impl Builtin {
    /// The one whose definition has that name. A test holds that each definition in `builtin.toml` has one.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|builtin| builtin.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Action, Catalogue, DefinedAt, Source};
    use caracola_plugin_host::Plugins;

    #[test]
    fn each_has_its_definition_and_each_definition_is_one() {
        let Ok(loaded) = Catalogue::load(&Source::BuiltIn, None, &Plugins::new(None, None)) else {
            panic!("the default file loads");
        };
        let commands = loaded.catalogue.commands().iter();
        let defined = commands.filter(|command| command.origin == DefinedAt::BuiltIn);
        let defined: Vec<_> = defined
            .map(|command| match command.action {
                Action::Builtin(builtin) => (command.name.as_str(), builtin),
                _ => panic!("{} is defined, and nothing carries it out", command.name),
            })
            .collect();
        let all = Builtin::ALL.iter().map(|builtin| (builtin.name(), *builtin));
        assert_eq!(defined, all.collect::<Vec<_>>());
    }
}
