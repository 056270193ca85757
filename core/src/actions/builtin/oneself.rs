//! whoami, name, lang, quit: one's own session.

use caracola_speech::amount;
use caracola_wire::{Push, Reply, Table};

use crate::actions::Call;
use crate::error::Error;
use crate::request::{exports, speaking};
use crate::rooms::push_bytes;
use crate::sessions::Endpoint;
use caracola_speech::Language;
use caracola_speech::excerpt;

pub(super) fn whoami(call: &mut Call<'_>) -> Result<Reply, Error> {
    let speech = call.caller.speech;
    let name = call.caller.name(&call.context.sessions);
    let session = &call.caller.session;
    let (from, tls) = match &session.endpoint {
        Endpoint::Network { peer, tls, cipher } => (peer.to_string(), format!("{tls}, {cipher}")),
        Endpoint::Door { .. } => (session.endpoint.to_string(), "-".to_owned()),
    };
    let rows = [
        [speech.label_name(), name],
        [speech.label_user(), call.caller.user.label().to_owned()],
        [speech.label_role(), call.caller.user.role().to_string()],
        [speech.label_rooms(), call.context.rooms.of(session).join(", ")],
        [speech.label_language(), call.caller.language.to_string()],
        [speech.label_from(), from],
        [speech.label_encryption(), tls],
        [speech.label_since(), amount::span(session.age())],
    ];
    Ok(Reply::Table(Table {
        columns: vec![String::new(); 2],
        rows: rows.map(Vec::from).into(),
        note: None,
    }))
}

pub(super) fn name(call: &mut Call<'_>) -> Result<Reply, Error> {
    speaking::may_speak(call.catalogue, call.caller)?;
    let wanted = call.arguments.get(0).unwrap_or_default();
    let session = &call.caller.session;
    let before = session.shown_name();
    let after = call
        .context
        .sessions
        .rename(session, wanted)
        .map_err(|why| Error::Claim {
            wanted: excerpt::word(wanted),
            why,
        })?;
    if before != after {
        tracing::debug!(session = session.id, before, after, "renamed");
        for room in call.context.rooms.of(session) {
            if before.is_empty() {
                break;
            }
            call.context.rooms.notice(&room, Some(session.id), "name", |speech| {
                speech.renamed(&before, &after)
            });
        }
    }
    if call.caller.shell {
        let name = after.clone();
        session.outbox.push(push_bytes(&Push::Name { name }));
    }
    Ok(Reply::Text(call.caller.speech.you_are_called(&after)))
}

pub(super) fn lang(call: &mut Call<'_>) -> Result<Reply, Error> {
    let known: Vec<_> = call.catalogue.languages().iter().map(Language::to_string).collect();
    if let Some(wanted) = call.arguments.get(0) {
        let language: Language = wanted.parse().map_err(|_| Error::Language {
            wanted: excerpt::word(wanted),
            known: known.clone(),
        })?;
        let spoken = call.catalogue.languages().iter();
        if !spoken.into_iter().any(|spoken| spoken.base() == language.base()) {
            return Err(Error::Language {
                wanted: excerpt::word(wanted),
                known,
            });
        }
        call.caller.speak(language, call.catalogue);
        if call.caller.shell {
            // Summaries come in another language now: the shell fetches them again.
            let hash = exports::catalogue_hash(call.catalogue, call.caller);
            call.caller.session.outbox.push(push_bytes(&Push::Catalogue { hash }));
        }
    }
    let language = call.caller.language.to_string();
    Ok(Reply::Text(call.caller.speech.language_is(language, known.join(", "))))
}

pub(super) fn quit(call: &mut Call<'_>) -> Result<Reply, Error> {
    call.caller.leaving = true;
    let name = call.caller.session.shown_name();
    let speech = call.caller.speech;
    Ok(Reply::Text(if name.is_empty() {
        speech.goodbye_unnamed()
    } else {
        speech.goodbye_to(name)
    }))
}
