//! say, tell, join, leave, rooms, who: people among themselves.

use caracola_speech::amount;
use caracola_speech::excerpt;
use std::time::SystemTime;

use caracola_wire::{Push, Reply, Table};

use crate::actions::Call;
use crate::error::Error;
use crate::message_line::MessageLine;
use crate::name::Name;
use crate::request::speaking;
use crate::rooms::{message_bytes, push_bytes};
use crate::sessions::Session;
use crate::sessions::session::unix_milliseconds;

pub(super) fn say(call: &mut Call<'_>) -> Result<Reply, Error> {
    let text = call.arguments.get(0).unwrap_or_default().to_owned();
    let room = call.caller.room.clone();
    let room = match room {
        Some(room) => room,
        // A library is in no room of its own; where people are is the lobby.
        None if !call.caller.shell => crate::rooms::LOBBY.to_owned(),
        None => return Err(Error::Room { wanted: String::new() }),
    };
    let listeners = speaking::speak(call.context, call.catalogue, call.caller, &room, &text)?;
    // Who is in the room sees the words come back like everybody else's; more would be noise.
    let hears = call.caller.shell && call.context.rooms.has(&call.caller.session, &room);
    Ok(Reply::Text(if hears {
        String::new()
    } else {
        call.caller.speech.said_in_room(&room, listeners)
    }))
}

pub(super) fn tell(call: &mut Call<'_>) -> Result<Reply, Error> {
    let wanted = call.arguments.get(0).unwrap_or_default().to_owned();
    let text = call.arguments.get(1).unwrap_or_default().to_owned();
    if is_server(&wanted) {
        return tell_server(call, &text);
    }
    let people = call.context.sessions.people(&wanted);
    let Some(person) = people.first() else {
        return Err(Error::Person {
            wanted: excerpt::word(&wanted),
        });
    };
    let shown = person.shown_name();
    if !people.iter().any(|person| person.is_shell()) {
        return Err(Error::PersonCannotHear { name: shown });
    }
    for line in speaking::message(call.catalogue, call.caller, &text)? {
        let push = push_bytes(&words_of(call, line));
        // Somebody who sits at several machines hears it at all of them.
        for person in people.iter().filter(|person| person.is_shell()) {
            person.outbox.push(push.clone());
        }
        call.context.metrics.message();
    }
    Ok(Reply::Text(call.caller.speech.told(&shown)))
}

/// `tell server ...` reaches the operator: the terminal and log that the server writes to, and every shell that came
/// in through the door.
fn tell_server(call: &mut Call<'_>, text: &str) -> Result<Reply, Error> {
    for line in speaking::message(call.catalogue, call.caller, text)? {
        let name = call.caller.name(&call.context.sessions);
        // A line of the log, not a page: open doors get all of it.
        let text = excerpt::bytes(line.as_str(), excerpt::SENTENCE);
        tracing::warn!(session = call.caller.session.id, name, text, "message for the operator");
        let push = push_bytes(&words_of(call, line));
        for session in call.context.sessions.list() {
            if session.is_shell() && matches!(session.endpoint, crate::sessions::Endpoint::Door { .. }) {
                session.outbox.push(push.clone());
            }
        }
        call.context.metrics.message();
    }
    Ok(Reply::Text(call.caller.speech.told("server")))
}

fn words_of(call: &mut Call<'_>, line: MessageLine) -> Push {
    Push::Tell {
        name: call.caller.name(&call.context.sessions),
        user: call.caller.user.label().to_owned(),
        text: line.into(),
        ms: unix_milliseconds(SystemTime::now()),
    }
}

/// The names by which people address the server's operator.
fn is_server(wanted: &str) -> bool {
    let server = ["server", "servidor", "operator", "operador"]
        .iter()
        .filter_map(|name| Name::form(name).ok());
    Name::form(wanted).is_ok_and(|wanted| server.into_iter().any(|name| name.is_like(&wanted)))
}

pub(super) fn join(call: &mut Call<'_>) -> Result<Reply, Error> {
    speaking::may_be_noticed(call.catalogue, call.caller)?;
    let wanted = call.arguments.get(0).unwrap_or_default();
    let joined = call
        .context
        .rooms
        .join(&call.caller.session, &call.caller.tenant(), wanted)
        .map_err(|why| Error::Join {
            room: excerpt::word(wanted),
            why,
        })?;
    let name = call.caller.name(&call.context.sessions);
    let session = &call.caller.session;
    if joined.new {
        call.context
            .rooms
            .notice(&joined.room, Some(session.id), "join", |speech| {
                speech.joined_room(&name, &joined.room)
            });
    }
    if call.caller.shell {
        if joined.new {
            for said in &joined.history {
                session.outbox.push(message_bytes(&joined.room, said));
            }
        }
        let room = joined.room.clone();
        session.outbox.push(push_bytes(&Push::Room { room }));
    }
    call.caller.room = Some(joined.room.clone());
    let people = call.context.rooms.list();
    let people = people
        .iter()
        .find(|(room, _)| *room == joined.room)
        .map_or(1, |(_, people)| *people);
    Ok(Reply::Text(call.caller.speech.you_joined_room(&joined.room, people)))
}

pub(super) fn leave(call: &mut Call<'_>) -> Result<Reply, Error> {
    speaking::may_be_noticed(call.catalogue, call.caller)?;
    let current = call.caller.room.clone().unwrap_or_default();
    let wanted = call.arguments.get(0).unwrap_or(&current);
    let session = &call.caller.session;
    let room = call.context.rooms.leave(session, wanted);
    let room = room.ok_or_else(|| Error::Room {
        wanted: excerpt::word(wanted),
    })?;
    let name = session.shown_name();
    call.context
        .rooms
        .notice(&room, None, "leave", |speech| speech.left_room(&name, &room));
    if room == current {
        call.caller.room = call.context.rooms.of(session).into_iter().next();
        if call.caller.shell {
            let room = call.caller.room.clone().unwrap_or_default();
            session.outbox.push(push_bytes(&Push::Room { room }));
        }
    }
    let speech = call.caller.speech;
    Ok(Reply::Text(match call.caller.room.as_deref() {
        Some(current) => speech.you_left_room(&room, current),
        None => speech.you_left_last_room(&room),
    }))
}

pub(super) fn rooms(call: &mut Call<'_>) -> Result<Reply, Error> {
    let speech = call.caller.speech;
    let own = call.context.rooms.of(&call.caller.session);
    let current = call.caller.room.as_deref();
    let rows = call.context.rooms.list().into_iter().map(|(room, people)| {
        let here = if current == Some(room.as_str()) {
            speech.you_speak_here()
        } else if own.contains(&room) {
            speech.you_listen_here()
        } else {
            String::new()
        };
        vec![room, people.to_string(), here]
    });
    Ok(Reply::Table(Table {
        columns: vec![speech.heading_room(), speech.heading_people(), String::new()],
        rows: rows.collect(),
        note: None,
    }))
}

pub(super) fn who(call: &mut Call<'_>) -> Result<Reply, Error> {
    let speech = call.caller.speech;
    let mut rows = Vec::new();
    let everybody = call.context.rooms.of_everybody();
    for session in call.context.sessions.list() {
        let rooms = everybody.get(&session.id).map_or(&[][..], Vec::as_slice);
        let present = session.is_present() || !rooms.is_empty();
        let name = session.shown_name();
        // Connections that neither speak nor listen are a program's pool: nobody is there.
        if !present || name.is_empty() {
            continue;
        }
        rows.push(row(call, &session, name, rooms));
    }
    let people = rows.len();
    Ok(Reply::Table(Table {
        columns: vec![
            speech.heading_name(),
            speech.heading_rooms(),
            speech.heading_since(),
            speech.heading_idle(),
        ],
        rows,
        note: Some(speech.people_online(people)),
    }))
}

fn row(call: &Call<'_>, session: &Session, mut name: String, rooms: &[String]) -> Vec<String> {
    if session.id == call.caller.session.id {
        name = call.caller.speech.name_of_yourself(&name);
    }
    vec![
        name,
        rooms.join(", "),
        amount::span(session.age()),
        amount::span(session.idle()),
    ]
}
