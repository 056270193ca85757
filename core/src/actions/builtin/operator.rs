//! announce, sessions, kick, mute, unmute, stop: for operators.

use std::sync::Arc;
use std::time::Duration;

use caracola_wire::{Push, Reply, Table};

use super::talk::{columns, short};
use crate::actions::Call;
use crate::error::Error;
use crate::phrases;
use crate::rooms::{notify, push_bytes};
use crate::sessions::{Ending, Origin, Session};

/// How long a mute without a time lasts: until it is taken back, or the server is started anew.
const UNTIL_UNMUTED: Duration = Duration::from_hours(365 * 24);

pub(super) fn announce(call: &mut Call<'_>) -> Result<Reply, Error> {
    let text = call.arguments.get(0).unwrap_or_default().to_owned();
    let sessions = call.context.sessions.list();
    tracing::info!(session = call.caller.session.id, text, "announced");
    notify(sessions.iter(), None, "server", |_| text.clone());
    let people = sessions.iter().filter(|session| session.is_present()).count();
    Ok(Reply::Text(phrases::announced(call.caller.speech, people)))
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
        columns: columns(&speech.say(
            ["Id", "Name", "User", "From", "Since", "Idle", "Doing", "TLS"],
            [
                "Id", "Nombre", "Usuario", "Desde", "Hace", "Inactivo", "Haciendo", "TLS",
            ],
        )),
        note: Some(speech.say(format!("Sessions: {}", rows.len()), format!("Sesiones: {}", rows.len()))),
        rows,
    }))
}

fn row(session: &Session) -> Vec<String> {
    let tls = match &session.origin {
        Origin::Network { tls, cipher, .. } => format!("{tls} {cipher}"),
        Origin::Door { .. } => "-".to_owned(),
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
        session.origin.to_string(),
        phrases::span(session.age()),
        phrases::span(session.idle()),
        or_dash(doing),
        tls,
    ]
}

pub(super) fn kick(call: &mut Call<'_>) -> Result<Reply, Error> {
    let person = person(call)?;
    let time = duration(call)?;
    let name = person.shown_name();
    if let Some(time) = time {
        call.context.sessions.ban(&person, time);
    }
    tracing::info!(session = person.id, name, by = call.caller.session.id, "kicked");
    person.outbox.end(Ending::Kicked);
    Ok(Reply::Text(phrases::was_kicked(call.caller.speech, &name, time)))
}

pub(super) fn mute(call: &mut Call<'_>) -> Result<Reply, Error> {
    let person = person(call)?;
    let time = duration(call)?;
    person.profile().muted_until = Some(call.now + time.unwrap_or(UNTIL_UNMUTED));
    moderated(call, &person, |speech, name| phrases::muted(speech, name, time))
}

pub(super) fn unmute(call: &mut Call<'_>) -> Result<Reply, Error> {
    let person = person(call)?;
    person.profile().muted_until = None;
    moderated(call, &person, phrases::unmuted)
}

pub(super) fn stop(call: &mut Call<'_>) -> Result<Reply, Error> {
    tracing::info!(by = call.caller.session.id, "asked to stop");
    call.context.stop();
    Ok(Reply::Text(phrases::will_stop(call.caller.speech)))
}

/// Tells the person, the log and the operator the same.
fn moderated(
    call: &Call<'_>,
    person: &Session,
    sentence: impl Fn(crate::language::Speech, &str) -> String,
) -> Result<Reply, Error> {
    let name = person.shown_name();
    tracing::info!(
        session = person.id,
        by = call.caller.session.id,
        "{}",
        sentence(crate::language::Speech::English, &name)
    );
    if person.is_shell() {
        let speech = person.profile().speech;
        person.outbox.push(push_bytes(&Push::Notice {
            kind: "moderation".to_owned(),
            text: sentence(speech, &name),
        }));
    }
    Ok(Reply::Text(sentence(call.caller.speech, &name)))
}

/// Whom the first argument means: a name, or a number of `sessions`, which those who have no name go by.
fn person(call: &Call<'_>) -> Result<Arc<Session>, Error> {
    let wanted = call.arguments.get(0).unwrap_or_default();
    let sessions = &call.context.sessions;
    let by_id = || wanted.strip_prefix('#').unwrap_or(wanted).parse().ok();
    sessions
        .person(wanted)
        .or_else(|| sessions.by_id(by_id()?))
        .ok_or_else(|| Error::Person { wanted: short(wanted) })
}

fn duration(call: &Call<'_>) -> Result<Option<Duration>, Error> {
    let Some(text) = call.arguments.get(1) else {
        return Ok(None);
    };
    match phrases::parse_span(text) {
        Some(time) => Ok(Some(time)),
        None => Err(Error::Duration(short(text))),
    }
}
