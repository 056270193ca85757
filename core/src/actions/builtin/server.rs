//! about, time, uptime: the server on itself.

use caracola_speech::amount;
use std::time::SystemTime;

use caracola_wire::Reply;

use crate::actions::Call;
use crate::calendar;
use crate::error::Error;
use crate::request::VERSION;

pub(super) fn about(call: &mut Call<'_>) -> Result<Reply, Error> {
    let settings = call.catalogue.settings();
    let speech = call.caller.speech;
    let name = &settings.server.name;
    let mut text = speech.say(
        format!(
            "{name} runs Caracola {VERSION}, a command shell server: read what commands do, look things up, and talk \
             with whoever else is here, all over TLS.\nCaracola is Spanish for a conch, a shell that people blow to call each other."
        ),
        format!(
            "{name} usa Caracola {VERSION}, un servidor de comandos: lee qué hace cada comando, consulta datos y habla \
             con quien esté aquí, todo sobre TLS.\nUna caracola es una concha que se sopla para llamarse unos a otros."
        ),
    );
    if !settings.server.authors.is_empty() {
        let authors = settings.server.authors.join(", ");
        text += &speech.say(format!("\nMade by {authors}."), format!("\nHecho por {authors}."));
    }
    Ok(Reply::Text(text))
}

pub(super) fn time(call: &mut Call<'_>) -> Result<Reply, Error> {
    let _ = call;
    Ok(Reply::Text(format!("{} UTC", calendar::utc(SystemTime::now()))))
}

pub(super) fn uptime(call: &mut Call<'_>) -> Result<Reply, Error> {
    let speech = call.caller.speech;
    let up = amount::span(call.context.started.elapsed());
    let since = calendar::utc(call.context.started_at);
    let counts = call.context.metrics.counts();
    let (people, sessions) = call.context.sessions.count();
    Ok(Reply::Text(speech.say(
        format!(
            "Up {up}, since {since} UTC. {people} people and {} other connections now; {} connections, {} requests \
             and {} messages in all.",
            sessions - people,
            counts.connections,
            counts.requests,
            counts.messages
        ),
        format!(
            "En marcha desde hace {up} ({since} UTC). Ahora hay {people} personas y {} conexiones más; en total, {} \
             conexiones, {} peticiones y {} mensajes.",
            sessions - people,
            counts.connections,
            counts.requests,
            counts.messages
        ),
    )))
}
