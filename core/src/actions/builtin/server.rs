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
    let mut text = speech.about_server(name, VERSION);
    if !settings.server.authors.is_empty() {
        text.push('\n');
        text += &speech.made_by(settings.server.authors.join(", "));
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
    let up_since = speech.up_since(up, since);
    let counts = speech.uptime_counts(
        people,
        sessions - people,
        counts.connections,
        counts.requests,
        counts.messages,
    );
    Ok(Reply::Text(format!("{up_since} {counts}")))
}
