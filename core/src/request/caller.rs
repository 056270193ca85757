//! The asking side of a request: what a session's own task knows about itself, without any lock.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use caracola_wire::{ErrorReply, Protocol};

use crate::access::{Role, User};
use crate::command_log::CommandLog;
use crate::limits::{Bucket, COMPLETIONS_PER_SECOND};
use crate::plugin_states::PluginStates;
use crate::sessions::{Endpoint, Session, neighbourhood};
use caracola_catalogue::{Catalogue, LanguageId};
use caracola_plugin_host::Invocation;
use caracola_quota::Tenant;
use caracola_speech::{Language, Speech};

/// A session's own view of itself.
pub struct Caller {
    /// The side that others see.
    pub session: Arc<Session>,
    /// Who is asking.
    pub user: User,
    /// RESP2 until `HELLO 3`.
    pub protocol: Protocol,
    /// Whether it said `SHELL`: replies are typed then.
    pub shell: bool,
    /// The language asked for, or the server's.
    pub language: Language,
    /// The number of the catalogue that `language_id` is of.
    pub catalogue: u64,
    /// The catalogue's nearest to it.
    pub language_id: LanguageId,
    /// The language of the server's own sentences.
    pub speech: Speech,
    /// Columns of the terminal.
    pub width: u16,
    /// The room that `say` speaks to; `None` outside all rooms.
    pub room: Option<String>,
    /// Rooms that a library listens to by `SUBSCRIBE`, in the order of asking.
    pub subscriptions: Vec<String>,
    /// Whether it wants a program's output as it comes.
    pub stream: bool,
    /// Whether it holds a place of its own: it asked for something that was served, or logged in. See
    /// [`Sessions::settle`](crate::sessions::Sessions::settle).
    pub settled: bool,
    /// Requests so far: the number of the one that is served, from 1.
    pub requests: u64,
    /// What came of each `CANCEL` that acted ahead of its turn and has not had that yet, in order.
    pub cancelled: VecDeque<bool>,
    /// Set by `quit`: nothing more is read.
    pub leaving: bool,
    /// Listeners that were sent something it said since its last turn: each of their sessions has work for that.
    pub listeners: usize,
    /// Set while a request is served that holds a secret, or may: the session wipes its bytes then.
    pub wipe: bool,
    /// What library it is, as it says: name and version.
    pub library: [String; 2],
    /// How fast it may speak.
    pub speaking: Bucket,
    /// How often it may have a program started to complete an argument.
    pub completing: Bucket,
    /// What plugins keep for it.
    pub states: PluginStates,
    /// What it last asked a plugin at once, without its arguments: memory for the next time.
    pub asking: Option<Box<Invocation>>,
    /// Its lines in the log.
    pub log: CommandLog,
}

impl Caller {
    /// Somebody who just came in.
    pub fn new(session: Arc<Session>, user: User, catalogue: &Catalogue, now: Instant) -> Self {
        let settings = catalogue.settings();
        let language = settings.server.language.clone();
        let mut caller = Self {
            log: CommandLog::new(session.id),
            settled: session.endpoint.neighbourhood().is_none(),
            session,
            user,
            protocol: Protocol::Resp2,
            shell: false,
            catalogue: catalogue.number(),
            language_id: catalogue.language_id(&language),
            speech: Speech::English,
            language: language.clone(),
            width: 80,
            room: None,
            subscriptions: Vec::new(),
            stream: false,
            requests: 0,
            cancelled: VecDeque::new(),
            leaving: false,
            listeners: 0,
            wipe: false,
            library: Default::default(),
            speaking: Bucket::full(settings.limits.messages_per_second, now),
            asking: None,
            states: PluginStates::default(),
            completing: Bucket::full(COMPLETIONS_PER_SECOND, now),
        };
        caller.speak(language, catalogue);
        caller
    }

    /// From now on the session is spoken to in `language`, or the nearest there is.
    pub fn speak(&mut self, language: Language, catalogue: &Catalogue) {
        let server = &catalogue.settings().server.language;
        self.catalogue = catalogue.number();
        self.language_id = catalogue.language_id(&language);
        self.speech = Speech::of(&language, Speech::of(server, Speech::English));
        self.language = language;
        self.session.profile().speech = self.speech;
    }

    /// Whether a classic subscriber: RESP2 has no way to tell a reply from a message, so only few verbs are allowed.
    pub fn only_listens(&self) -> bool {
        self.protocol == Protocol::Resp2 && !self.subscriptions.is_empty()
    }

    /// For whom it counts what this session uses.
    pub fn tenant(&self) -> Tenant {
        match (self.user.account(), &self.session.endpoint) {
            (Some(account), _) => Tenant::account(account, self.user.role() >= Role::Operator),
            (None, Endpoint::Network { peer, .. }) => Tenant::guests(neighbourhood(peer.ip())),
            (None, Endpoint::Door { .. }) => Tenant::DOOR,
        }
    }

    /// An error as this caller reads it.
    pub fn error(&self, error: &crate::error::Error) -> ErrorReply {
        error.reply(self.speech)
    }

    /// The name, which a library gets only once it needs one.
    pub fn name(&self, sessions: &crate::sessions::Sessions) -> String {
        let shown = self.session.shown_name();
        if shown.is_empty() {
            let label = self.session.profile().label.clone();
            let wanted = (!label.is_empty()).then_some(label);
            // A label is not a person: one that is banned speaks as a guest like any other.
            return sessions
                .name_nearest(&self.session, wanted.as_deref())
                .or_else(|_| sessions.name_nearest(&self.session, None))
                .unwrap_or_default();
        }
        shown
    }
}
