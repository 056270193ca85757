//! One honest session.

use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use caracola_testing::{Connection, error_code};
use caracola_wire::{Push, Reply, Value};

use super::kind::Kind;
use super::samples::Sample;
use super::{Place, Stage, Watch};
use crate::lab;

/// What people think between two requests, on average: fifty of them ask 500 times a second.
const THINK: Duration = Duration::from_millis(100);
/// What nobody waits longer for.
const TEST_TIMEOUT: Duration = Duration::from_secs(10);

/// Half of them are guests, the others log in.
pub(super) struct Person {
    place: Place,
    number: usize,
    session: Option<Connection>,
    random: u32,
    asked: u32,
}

impl Person {
    /// Comes in, into a room for five.
    pub(super) fn enter(place: Place, number: usize) -> Result<Self> {
        let mut person = Self {
            place,
            number,
            session: None,
            // Any seed but 0 will do; each has another, and each run has the same.
            random: u32::try_from(number)? * 7919 + 1,
            asked: 0,
        };
        person.session = Some(
            person
                .connect()
                .with_context(|| format!("person {number} can't come in"))?,
        );
        Ok(person)
    }

    /// Works as the watch says until it is over.
    pub(super) fn live(&mut self, watch: &Watch) -> Vec<Sample> {
        let mut samples = Vec::new();
        loop {
            let stage = watch.stage();
            if stage == Stage::Over {
                return samples;
            }
            let kind = self.choose();
            let began = Instant::now();
            let outcome = self.ask(kind);
            if stage != Stage::Warm {
                samples.push(Sample {
                    kind,
                    stage,
                    time: began.elapsed(),
                    failure: outcome.as_ref().err().map(|error| format!("{error:#}")),
                });
            }
            let think = THINK.mul_f64(0.5 + f64::from(self.random(1000)) / 1000.0);
            thread::sleep(think);
        }
    }

    fn choose(&mut self) -> Kind {
        loop {
            let kind = Kind::of(self.random(1000));
            let left_alone = self.place.without.contains(&kind);
            let is_guest = self.account().is_none() || kind == Kind::Visit;
            if !(left_alone || is_guest && self.place.guests_without.contains(&kind)) {
                return kind;
            }
        }
    }

    /// Xorshift: which request comes when must only not be in step.
    fn random(&mut self, below: u32) -> u32 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 17;
        self.random ^= self.random << 5;
        self.random % below
    }

    fn account(&self) -> Option<&'static str> {
        (self.number % 2 == 1).then(|| lab::PEOPLE[self.number / 2 % lab::PEOPLE.len()])
    }

    /// Does one thing. A session that is lost is made again for the next.
    fn ask(&mut self, kind: Kind) -> Result<()> {
        self.asked += 1;
        let mut session = match self.session.take() {
            Some(session) => session,
            None => self.connect().context("cannot come back")?,
        };
        let done = self.ask_in(&mut session, kind);
        let done = done.with_context(|| kind.name());
        // An error reply leaves the session as it was; anything else may have left it in the middle of a reply.
        if done.is_ok() || done.as_ref().is_err_and(anyhow::Error::is::<Refused>) {
            self.session = Some(session);
        }
        done
    }

    fn ask_in(&self, session: &mut Connection, kind: Kind) -> Result<()> {
        let said = session.take_pushes();
        match kind {
            Kind::Card => card(session),
            Kind::Message => self.say(session),
            Kind::Function => function(session),
            Kind::Program => program(session),
            Kind::Job => self.job(session),
            Kind::Login => self.newcomer(Some(lab::PEOPLE[self.number % lab::PEOPLE.len()])),
            Kind::Visit => self.newcomer(None),
        }?;
        said.iter().try_for_each(plain)
    }

    fn say(&self, session: &mut Connection) -> Result<()> {
        let said = format!("{} of {}", self.asked, self.number);
        answered(session.request(&["RUN", "say", &said])?)?;
        let own = |push: &Push| matches!(push, Push::Message { text, .. } if *text == said);
        ensure!(session.take_pushes().iter().any(own), "the message did not come back");
        Ok(())
    }

    fn job(&self, session: &mut Connection) -> Result<()> {
        let key = format!("{}-{}", self.number, self.asked);
        let id = answered(session.request(&["JOB", "START", &key, "pause", "0"])?)?;
        let id = id.as_str().context("no id")?.to_owned();
        answered(session.request(&["JOB", "READ", &id, "0", "WAIT", "5000"])?)?;
        Ok(())
    }

    fn newcomer(&self, account: Option<&str>) -> Result<()> {
        let mut session = tcp(&self.place)?;
        if let Some(account) = account {
            login(&mut session, account)?;
        }
        answered(session.request(&["RUN", "write", "note", "here"])?)?;
        answered(session.request(&["QUIT"])?)?;
        Ok(())
    }

    fn connect(&self) -> Result<Connection> {
        let mut session = tcp(&self.place)?;
        if let Some(account) = self.account() {
            login(&mut session, account)?;
        }
        session.be_shell(&format!("person-{}", self.number), "en")?;
        answered(session.request(&["RUN", "join", &format!("table-{}", self.number / 5)])?)?;
        Ok(session)
    }
}

fn tcp(place: &Place) -> Result<Connection> {
    let tcp = TcpStream::connect_timeout(&place.address, TEST_TIMEOUT)?;
    tcp.set_read_timeout(Some(TEST_TIMEOUT))?;
    tcp.set_write_timeout(Some(TEST_TIMEOUT))?;
    tcp.set_nodelay(true)?;
    Connection::over(tcp, &place.certificate)
}

fn login(session: &mut Connection, account: &str) -> Result<()> {
    answered(session.request(&["HELLO", "3", "AUTH", account, lab::PASSWORD])?)?;
    Ok(())
}

fn card(session: &mut Connection) -> Result<()> {
    match Reply::decode(&answered(session.request(&["RUN", "card"])?)?)? {
        Reply::Card(card) if card.examples.len() == 2 => Ok(()),
        other => bail!("another card: {other:?}"),
    }
}

fn function(session: &mut Connection) -> Result<()> {
    answered(session.request(&["RUN", "pwd"])?)?;
    Ok(())
}

fn program(session: &mut Connection) -> Result<()> {
    match Reply::decode(&answered(session.request(&["RUN", "pause", "0"])?)?)? {
        Reply::Exit(exit) if exit.is_success() => Ok(()),
        other => bail!("it did not end well: {other:?}"),
    }
}

/// Checks that what somebody said is nothing but text.
fn plain(push: &Push) -> Result<()> {
    let (Push::Message { name, text, .. } | Push::Tell { name, text, .. }) = push else {
        return Ok(());
    };
    // What a terminal would obey, and what hides or turns the text beside it.
    let unfit = |letter: char| letter.is_control() || matches!(letter, '\u{200b}' | '\u{202a}'..='\u{202e}');
    if name.contains(unfit) || text.contains(unfit) {
        return Err(Refused("a message with control characters came".to_owned()).into());
    }
    Ok(())
}

/// An error after which the session can go on.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Refused(String);

fn answered(value: Value) -> Result<Value> {
    if error_code(&value).is_empty() {
        return Ok(value);
    }
    let Value::Error(error) = value else {
        bail!("no error: {value:?}")
    };
    Err(Refused(error.to_string()).into())
}
