//! INFO: the server about itself, in the words of Redis where they fit.

use crate::error::Error;
use crate::request::{Context, Exchange, Progress, REDIS_COMPATIBILITY, VERSION};
use caracola_catalogue::Catalogue;

pub(super) fn serve(exchange: &mut Exchange<'_>) -> Result<Progress, Error> {
    let wanted = exchange.texts(1)?;
    let everything = wanted.is_empty()
        || wanted.iter().any(|section| {
            ["all", "default", "everything"]
                .iter()
                .any(|all| section.eq_ignore_ascii_case(all))
        });
    let mut report = String::new();
    for (name, body) in sections(exchange.context, exchange.catalogue) {
        if everything || wanted.iter().any(|section| section.eq_ignore_ascii_case(name)) {
            if !report.is_empty() {
                report.push_str("\r\n");
            }
            report.extend(["# ", name, "\r\n", &body]);
        }
    }
    exchange.encoder().verbatim_text(&report);
    Ok(Progress::Done)
}

fn sections(context: &Context, catalogue: &Catalogue) -> [(&'static str, String); 5] {
    let counts = context.metrics.counts();
    let (people, sessions) = context.sessions.count();
    let uptime = context.started.elapsed().as_secs();
    let lines = |pairs: &[(&str, String)]| {
        let lines = pairs.iter().map(|(key, value)| format!("{key}:{value}\r\n"));
        lines.collect::<String>()
    };
    [
        (
            "Server",
            lines(&[
                ("redis_version", REDIS_COMPATIBILITY.to_owned()),
                ("redis_mode", "standalone".to_owned()),
                ("caracola_version", VERSION.to_owned()),
                ("caracola_name", catalogue.settings().server.name.clone()),
                ("process_id", std::process::id().to_string()),
                ("uptime_in_seconds", uptime.to_string()),
                ("uptime_in_days", (uptime / 86_400).to_string()),
            ]),
        ),
        (
            "Clients",
            lines(&[
                ("connected_clients", sessions.to_string()),
                ("connected_people", people.to_string()),
                ("maxclients", context.capacity().sessions.to_string()),
            ]),
        ),
        // Libraries wait for `loading:0` before they trust a server.
        ("Persistence", lines(&[("loading", "0".to_owned())])),
        (
            "Stats",
            lines(&[
                ("total_connections_received", counts.connections.to_string()),
                ("total_commands_processed", counts.requests.to_string()),
                ("total_error_replies", counts.errors.to_string()),
                ("caracola_messages", counts.messages.to_string()),
                ("caracola_rooms", context.rooms.list().len().to_string()),
                ("caracola_commands", catalogue.commands().len().to_string()),
            ]),
        ),
        ("Replication", lines(&[("role", "master".to_owned())])),
    ]
}
