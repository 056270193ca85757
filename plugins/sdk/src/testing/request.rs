//! A call that is about to be made.

use std::sync::Arc;
use std::time::{Duration, Instant};

use caracola_abi as abi;
use caracola_plugin_host::{Answered, Asker, Collector, Failure, Instance, Invocation, Observer, Purpose};
use caracola_wire::{Offer, png};

use super::answer::Answer;
use super::listener::{Heard, Listener};
use super::{Broken, Harness, lock};
use crate::Candidate;

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
        assert!(
            harness.functions.contains_key(function),
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
        let params = &self.harness.functions[&self.function];
        assert!(
            params.iter().any(|known| known.name == param),
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
    /// If the plugin breaks a rule of the ABI, or says what a server wouldn't take and then answers as if it had been taken.
    #[track_caller]
    pub fn answer(self) -> Answer {
        match self.try_answer() {
            Ok(answer) => answer,
            Err(broken) => panic!("{broken}"),
        }
    }

    /// Makes the call. Tells which rules of the ABI the plugin broke.
    pub fn try_answer(mut self) -> Result<Answer, Broken> {
        let params = &self.harness.functions[&self.function];
        self.arguments
            .sort_by_key(|(name, _)| params.iter().position(|param| param.name == *name));
        let (answer, mut heard) = self.run(Purpose::Call, Instance::call);
        let broken = &mut heard.broken;
        match &answer.result {
            Ok(answered) => {
                broken.extend(heard.refused.drain(..).map(|what| format!("{what}, and it went on")));
                if let Answered::Image { png, .. } = answered
                    && let Err(error) = png::size(png)
                {
                    broken.push(format!("its picture {error}"));
                }
            }
            Err(Failure::NoAnswer) if heard.status == abi::OK => {
                broken.push("it returned 0 without an answer".into());
            }
            Err(Failure::TooLarge(most)) => {
                broken.push(format!("its answer has more than {most} bytes, and it said no error"));
            }
            // It says that it failed, or nobody waits any more.
            Err(_) => {}
        }
        if !broken.is_empty() {
            return Err(Broken(heard.broken));
        }
        if let Some(state) = &answer.state {
            lock(&self.harness.states).insert(self.session, state.clone());
        }
        Ok(Answer::new(self.function, answer, heard))
    }

    /// Asks for values of the argument that was given last, instead of making the call.
    ///
    /// # Panics
    /// If no argument was given or the definition doesn't say that the plugin completes it, if the plugin breaks a rule of the
    /// ABI, or if it offers what nobody can be shown.
    #[track_caller]
    pub fn candidates(self) -> Vec<Candidate> {
        let Some((param, _)) = self.arguments.last() else {
            panic!("which param is being typed?")
        };
        let mut known = self.harness.functions[&self.function].iter();
        assert!(
            known.any(|known| known.name == *param && known.completes),
            "nobody asks for values of {param}: its definition doesn't say `complete = true`"
        );
        if !self.harness.library.described().completes {
            return Vec::new();
        }
        let (candidates, mut heard) = self.run(Purpose::Completion, Instance::complete);
        let broken = &mut heard.broken;
        broken.append(&mut heard.refused);
        if heard.status != abi::OK {
            broken.push(format!("the completion returned {}", heard.status));
        }
        let unfit = candidates.iter().filter(|(value, _)| !Offer::is_usable(value));
        broken.extend(unfit.map(|(value, _)| format!("it offered {value:?}, which nobody can be shown")));
        assert!(broken.is_empty(), "{}", Broken(heard.broken));
        let candidates = candidates.into_iter();
        candidates.map(|(value, about)| Candidate { value, about }).collect()
    }

    /// Calls the plugin, and says what came of it and what was heard meanwhile.
    fn run<T>(&self, purpose: Purpose, function: fn(&Instance, &Invocation, &Arc<Collector>) -> T) -> (T, Heard) {
        let harness = self.harness;
        let invocation = self.invocation();
        let deadline = Instant::now() + self.timeout;
        let listener = Listener::new(&harness.journal.0, purpose, deadline, self.patience);
        let collector = Collector::observed(purpose, &invocation, Arc::clone(&listener) as Arc<dyn Observer>);
        let result = function(&harness.instance, &invocation, &collector);
        (result, listener.take())
    }

    fn invocation(&self) -> Invocation {
        let kept = lock(&self.harness.states).get(&self.session).cloned();
        let (role, who) = if self.user.is_empty() {
            ("guest", "~guest")
        } else {
            ("user", &*self.user)
        };
        Invocation {
            function: self.function.clone(),
            arguments: self.arguments.clone(),
            asker: Asker {
                user: self.user.clone(),
                role: self.role.as_deref().unwrap_or(role).to_owned(),
                name: self.name.as_deref().unwrap_or(who).to_owned(),
                person: self.person.as_deref().unwrap_or(who).to_owned(),
                session: self.session,
                state: self.state.clone().or(kept).unwrap_or_default(),
                language: self.language.clone(),
                width: self.width,
            },
            timeout: self.timeout,
            max_output: Invocation::MAX_OUTPUT,
            streams: self.streams,
        }
    }
}
