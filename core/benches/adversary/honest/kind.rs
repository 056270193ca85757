//! What an honest person asks for.

/// A kind of request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Reads a card.
    Card,
    /// Says something in a room of five, and sees it there.
    Message,
    /// Calls a function of a plugin in a process of its own.
    Function,
    /// Runs a program to its end.
    Program,
    /// Runs a program by a key, which is stored first.
    Job,
    /// Connects, logs in, writes a file in its workspace and leaves: what somebody does who comes now.
    Login,
    /// The same as a guest, with a workspace of its own.
    Visit,
}

impl Kind {
    pub(crate) const ALL: [Self; 7] = [
        Self::Card,
        Self::Message,
        Self::Function,
        Self::Program,
        Self::Job,
        Self::Login,
        Self::Visit,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Message => "message",
            Self::Function => "function",
            Self::Program => "program",
            Self::Job => "job",
            Self::Login => "login",
            Self::Visit => "visit",
        }
    }

    /// How often it is asked for, of a thousand requests. Programs and logins cost the server a hundred cards each: all of
    /// these together take a tenth of its processor, so that there is room for the attack to be seen.
    fn weight(self) -> u32 {
        match self {
            Self::Card => 500,
            Self::Message => 189,
            Self::Function => 250,
            Self::Program => 48,
            Self::Job => 10,
            Self::Login => 2,
            Self::Visit => 1,
        }
    }

    /// The kind that a number below 1,000 falls upon.
    pub(crate) fn of(mut number: u32) -> Self {
        for kind in Self::ALL {
            match number.checked_sub(kind.weight()) {
                None => return kind,
                Some(rest) => number = rest,
            }
        }
        Self::Card
    }
}
