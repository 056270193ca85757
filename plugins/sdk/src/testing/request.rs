//! A call that is about to be made.

use std::time::{Duration, Instant};

use caracola_abi as abi;
use caracola_abi::Str;

use super::answer::Answer;
use super::record::{Record, Said};
use super::{Broken, Harness, lock};
use crate::Candidate;
use crate::host::size;

/// A call that is about to be made: by a guest, in English, with 80 columns and ten seconds, unless it is said otherwise.
#[must_use]
pub struct Request<'a> {
    harness: &'a Harness,
    function: String,
    arguments: Vec<(String, Vec<String>)>,
    streams: bool,
    user: String,
    role: Option<String>,
    name: Option<String>,
    person: Option<String>,
    session: u64,
    state: Option<String>,
    language: String,
    width: u32,
    timeout: Duration,
    patience: Option<usize>,
}

impl<'a> Request<'a> {
    #[track_caller]
    pub(super) fn new(harness: &'a Harness, function: &str) -> Self {
        let functions = &harness.descriptor.functions;
        assert!(
            functions.contains_key(function),
            "the definitions have no command {function}"
        );
        Self {
            harness,
            function: function.into(),
            arguments: Vec::new(),
            streams: false,
            user: String::new(),
            role: None,
            name: None,
            person: None,
            session: 1,
            state: None,
            language: "en".into(),
            width: 80,
            timeout: Duration::from_secs(10),
            patience: None,
        }
    }

    /// A value for a param; again for the next value of a list.
    ///
    /// # Panics
    /// If the command has no such param.
    #[track_caller]
    pub fn argument(mut self, param: &str, value: &str) -> Self {
        let params = &self.harness.descriptor.functions[&self.function];
        assert!(
            params.iter().any(|name| name == param),
            "{} has no param {param}",
            self.function
        );
        match self.arguments.iter_mut().find(|(name, _)| name == param) {
            Some((_, values)) => values.push(value.into()),
            None => self.arguments.push((param.into(), vec![value.into()])),
        }
        self
    }

    /// By somebody with an account, who is a `user` unless [`Request::role`] says otherwise.
    pub fn user(mut self, user: &str) -> Self {
        self.user = user.into();
        self
    }

    /// By somebody who is `guest`, `user`, `operator` or `admin`.
    pub fn role(mut self, role: &str) -> Self {
        self.role = Some(role.into());
        self
    }

    /// By somebody whom others see under this name; otherwise the account's, or `~guest`.
    pub fn name(mut self, name: &str) -> Self {
        self.name = Some(name.into());
        self
    }

    /// By this person; otherwise the account, or `~guest`.
    pub fn person(mut self, person: &str) -> Self {
        self.person = Some(person.into());
        self
    }

    /// In this session; otherwise number 1.
    pub fn session(mut self, session: u64) -> Self {
        self.session = session;
        self
    }

    /// With this state; otherwise what the session's calls before this one set.
    pub fn state(mut self, state: &str) -> Self {
        self.state = Some(state.into());
        self
    }

    /// In this language.
    pub fn language(mut self, language: &str) -> Self {
        self.language = language.into();
        self
    }

    /// For a terminal of so many columns.
    pub fn width(mut self, columns: u32) -> Self {
        self.width = columns;
        self
    }

    /// After so long nobody waits any more.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// By somebody who is shown chunks as they come.
    pub fn streams(mut self) -> Self {
        self.streams = true;
        self
    }

    /// Nobody waits any more when there are so many chunks; with 0, from the beginning.
    pub fn cancel_after_chunks(mut self, chunks: usize) -> Self {
        self.patience = Some(chunks);
        self
    }

    /// Makes the call.
    ///
    /// # Panics
    /// If the plugin breaks a rule of the ABI.
    #[track_caller]
    pub fn answer(self) -> Answer {
        match self.try_answer() {
            Ok(answer) => answer,
            Err(broken) => panic!("{broken}"),
        }
    }

    /// Makes the call. Tells which rules of the ABI the plugin broke.
    pub fn try_answer(mut self) -> Result<Answer, Broken> {
        let params = &self.harness.descriptor.functions[&self.function];
        self.arguments
            .sort_by_key(|(name, _)| params.iter().position(|param| param == name));
        let (status, mut said) = self.run(false);
        if status == abi::OK && said.body.is_none() && said.chunks.is_empty() && !said.gone {
            said.broken.push("it returned 0 without an answer".into());
        }
        if !said.broken.is_empty() {
            return Err(Broken(said.broken));
        }
        if let Some(state) = &said.state {
            lock(&self.harness.states).insert(self.session, state.clone());
        }
        Ok(Answer::new(self.function, status, said))
    }

    /// Asks for values of the argument that was given last, instead of making the call.
    ///
    /// # Panics
    /// If no argument was given, or if the plugin breaks a rule of the ABI.
    #[track_caller]
    pub fn candidates(self) -> Vec<Candidate> {
        assert!(!self.arguments.is_empty(), "which param is being typed?");
        if self.harness.descriptor.complete.is_none() {
            return Vec::new();
        }
        let (status, mut said) = self.run(true);
        if status != abi::OK {
            said.broken.push(format!("the completion returned {status}"));
        }
        assert!(said.broken.is_empty(), "{}", Broken(said.broken));
        said.candidates
    }

    /// Calls the plugin, and says what it returned and what it said.
    fn run(&self, completes: bool) -> (i32, Said) {
        let harness = self.harness;
        let _turn = harness.descriptor.is_serial.then(|| lock(&harness.turn));
        let record = Record::new(harness.journal, completes, Instant::now() + self.timeout, self.patience);
        let values = self
            .arguments
            .iter()
            .map(|(_, values)| values.iter().map(|value| Str::new(value)));
        let values: Vec<Vec<Str>> = values.map(Iterator::collect).collect();
        let arguments = self
            .arguments
            .iter()
            .zip(&values)
            .map(|((name, _), values)| abi::Argument {
                name: Str::new(name),
                values: values.as_ptr(),
                value_count: values.len(),
            });
        let arguments: Vec<abi::Argument> = arguments.collect();
        let kept = lock(&harness.states).get(&self.session).cloned();
        let state = self.state.clone().or(kept).unwrap_or_default();
        let (role, who) = if self.user.is_empty() {
            ("guest", "~guest")
        } else {
            ("user", &*self.user)
        };
        let call = abi::Call {
            size: size::<abi::Call>(),
            flags: if self.streams { abi::CALL_STREAMS } else { 0 },
            request: record.request(),
            function: Str::new(&self.function),
            arguments: arguments.as_ptr(),
            argument_count: arguments.len(),
            user: Str::new(&self.user),
            role: Str::new(self.role.as_deref().unwrap_or(role)),
            name: Str::new(self.name.as_deref().unwrap_or(who)),
            person: Str::new(self.person.as_deref().unwrap_or(who)),
            session: self.session,
            state: Str::new(&state),
            language: Str::new(&self.language),
            width: self.width,
            timeout_ms: u32::try_from(self.timeout.as_millis()).unwrap_or(u32::MAX),
        };
        let function = match harness.descriptor.complete {
            Some(complete) if completes => complete,
            _ => harness.descriptor.call,
        };
        // SAFETY: it is the plugin's, the instance was started and isn't stopped while there is a harness, and what it is given
        // lives until it returns.
        let status = unsafe { function(harness.instance, &raw const call) };
        (status, record.close())
    }
}
