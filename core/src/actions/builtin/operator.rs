//! announce, sessions, kick, mute, unmute, stop: for operators.
//!
//! `kick NAME --for TIME` keeps out the name, and the address too unless others share it: a class behind one address
//! isn't punished for one of them. Somebody who takes another name behind a shared address can't be told apart, and the
//! operator is told that.

use caracola_speech::amount;
use std::sync::Arc;
use std::time::{Duration, Instant};

use caracola_wire::{Reply, Table};

use crate::actions::Call;
use crate::error::Error;
use crate::message_line::MessageLine;
use crate::request::speaking::UNTIL_UNMUTED;
use crate::rooms::{notice_bytes, notify};
use crate::sessions::{EndReason, Endpoint, Session};
use caracola_speech::amount::parse_duration;
use caracola_speech::{Speech, excerpt};

pub(super) fn announce(call: &mut Call<'_>) -> Result<Reply, Error> {
    let lines = MessageLine::split(call.arguments.get(0).unwrap_or_default()).map_err(Error::Message)?;
    let sessions = call.context.sessions.list();
    for line in &lines {
        let text = line.as_str();
        tracing::info!(
            session = call.caller.session.id,
            text = excerpt::bytes(text, excerpt::SENTENCE),
            "announced"
        );
        notify(sessions.iter(), None, "server", |speech| speech.announcement(text));
    }
    let people = sessions.iter().filter(|session| session.is_present()).count();
    Ok(Reply::Text(call.caller.speech.announced(people)))
}

pub(super) fn sessions(call: &mut Call<'_>) -> Result<Reply, Error> {
    let speech = call.caller.speech;
    let rows: Vec<_> = call
        .context
        .sessions
        .list()
        .iter()
        .map(|session| row(session))
        .collect();
    Ok(Reply::Table(Table {
        columns: vec![
            speech.heading_id(),
            speech.heading_name(),
            speech.heading_user(),
            speech.heading_from(),
            speech.heading_since(),
            speech.heading_idle(),
            speech.heading_doing(),
            speech.heading_tls(),
        ],
        note: Some(speech.sessions_counted(rows.len())),
        rows,
    }))
}

fn row(session: &Session) -> Vec<String> {
    let tls = match &session.endpoint {
        Endpoint::Network { tls, cipher, .. } => format!("{tls} {cipher}"),
        Endpoint::Door { .. } => "-".to_owned(),
    };
    let (name, user, doing) = {
        let profile = session.profile();
        let mut name = profile.shown_name();
        if name.is_empty() {
            name.clone_from(&profile.label);
        }
        (name, profile.user.label().to_owned(), profile.doing.clone())
    };
    let or_dash = |text: String| if text.is_empty() { "-".to_owned() } else { text };
    vec![
        session.id.to_string(),
        or_dash(name),
        user,
        session.endpoint.to_string(),
        amount::span(session.age()),
        amount::span(session.idle()),
        or_dash(doing),
        tls,
    ]
}

pub(super) fn kick(call: &mut Call<'_>) -> Result<Reply, Error> {
    let (people, name) = people(call)?;
    let time = duration(call)?;
    let mut address_too = true;
    for person in people {
        if let Some(time) = time {
            address_too &= call.context.sessions.ban(&person, time);
        }
        tracing::info!(session = person.id, name, by = call.caller.session.id, "kicked");
        person.outbox.end(EndReason::Kicked);
    }
    let speech = call.caller.speech;
    Ok(Reply::Text(match time.map(amount::span) {
        Some(time) if address_too => speech.kicked_and_banned(name, time),
        Some(time) => speech.kicked_and_banned_by_name_only(name, time),
        None => speech.kicked(name),
    }))
}

pub(super) fn mute(call: &mut Call<'_>) -> Result<Reply, Error> {
    let time = duration(call)?;
    let until = call.now + time.unwrap_or(UNTIL_UNMUTED);
    let time = time.map(amount::span);
    moderate(call, Some(until), |speech, name| match &time {
        Some(time) => speech.muted_for(name, time),
        None => speech.muted_until_unmuted(name),
    })
}

pub(super) fn unmute(call: &mut Call<'_>) -> Result<Reply, Error> {
    moderate(call, None, |speech, name| speech.unmuted(name))
}

pub(super) fn stop(call: &mut Call<'_>) -> Result<Reply, Error> {
    tracing::info!(by = call.caller.session.id, "asked to stop");
    call.context.stop();
    Ok(Reply::Text(call.caller.speech.will_stop()))
}

/// Mutes somebody in all their sessions, or ends that; tells them, the log and the operator the same.
fn moderate(
    call: &Call<'_>,
    muted_until: Option<Instant>,
    sentence: impl Fn(Speech, &str) -> String,
) -> Result<Reply, Error> {
    let (people, name) = people(call)?;
    for person in people {
        call.context.sessions.mute(&person, muted_until);
        let speech = person.profile().speech;
        tracing::info!(
            session = person.id,
            by = call.caller.session.id,
            "{}",
            sentence(Speech::English, &name)
        );
        if person.is_shell() {
            person.outbox.push(notice_bytes("moderation", &sentence(speech, &name)));
        }
    }
    Ok(Reply::Text(sentence(call.caller.speech, &name)))
}

/// Whom the first argument means, and what they are called: all sessions of a name, or the one that a number of
/// `sessions` stands for, which those who have no name go by.
fn people(call: &Call<'_>) -> Result<(Vec<Arc<Session>>, String), Error> {
    let wanted = call.arguments.get(0).unwrap_or_default();
    let sessions = &call.context.sessions;
    let mut people = sessions.people(wanted);
    if people.is_empty()
        && let Ok(id) = wanted.strip_prefix('#').unwrap_or(wanted).parse()
    {
        people.extend(sessions.by_id(id));
    }
    match people.first() {
        Some(person) => {
            let name = person.shown_name();
            Ok((people, name))
        }
        None => Err(Error::Person {
            wanted: excerpt::word(wanted),
        }),
    }
}

/// Reads how long somebody is to be kept away, as people write it: a duration of whole seconds, `10min`, or plain seconds. At
/// most a year.
fn how_long(text: &str) -> Option<Duration> {
    const YEAR: Duration = Duration::from_hours(365 * 24);
    const SECOND: Duration = Duration::from_secs(1);
    let time = match text.strip_suffix("min") {
        Some(minutes) => parse_duration(&format!("{minutes}m")),
        None => parse_duration(text).or_else(|| parse_duration(&format!("{text}s"))),
    };
    time.filter(|time| {
        (SECOND..=YEAR).contains(time) && time.subsec_millis() == 0 && !text.contains(char::is_whitespace)
    })
}

fn duration(call: &Call<'_>) -> Result<Option<Duration>, Error> {
    let Some(text) = call.arguments.get(1) else {
        return Ok(None);
    };
    match how_long(text) {
        Some(time) => Ok(Some(time)),
        None => Err(Error::Duration(excerpt::word(text))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        assert_eq!(how_long("10m"), Some(Duration::from_mins(10)));
        assert_eq!(how_long("10min"), Some(Duration::from_mins(10)));
        assert_eq!(how_long("45"), Some(Duration::from_secs(45)));
        assert_eq!(how_long("365d"), Some(Duration::from_hours(8760)));
        for bad in [
            "",
            "m",
            "min",
            "-5m",
            "0s",
            "10 m",
            "10\tm",
            "5ms",
            "366d",
            "99999999999d",
            "1y",
            "ñ",
        ] {
            assert_eq!(how_long(bad), None, "{bad}");
        }
    }
}
