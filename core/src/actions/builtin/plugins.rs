//! plugins: for admins.

use caracola_speech::amount;
use caracola_wire::{Reply, Table};

use super::talk::columns;
use crate::actions::Call;
use crate::error::Error;
use caracola_plugin_host::{Isolation, Plugin, Report, State};
use caracola_speech::Speech;

pub(super) fn plugins(call: &mut Call<'_>) -> Result<Reply, Error> {
    let speech = call.caller.speech;
    let plugins = call.catalogue.plugins();
    let rows: Vec<_> = plugins.iter().map(|plugin| row(plugin, speech)).collect();
    // Those that are optional and couldn't be loaded.
    let named = call.catalogue.plugin_settings().iter();
    let missing = named.filter(|settings| !plugins.iter().any(|plugin| plugin.settings().name == settings.name));
    let missing: Vec<&str> = missing.map(|settings| settings.name.as_str()).collect();
    let mut note = speech.say(
        format!("Plugins: {}", rows.len()),
        format!("Complementos: {}", rows.len()),
    );
    if !missing.is_empty() {
        let missing = missing.join(", ");
        note += &speech.say(
            format!("; not loaded, see the log: {missing}"),
            format!("; sin cargar, consulta el registro: {missing}"),
        );
    }
    Ok(Reply::Table(Table {
        columns: columns(&speech.say(
            [
                "Name",
                "Version",
                "File",
                "Isolation",
                "State",
                "Calls",
                "Failures",
                "Restarts",
                "p99",
                "Process",
            ],
            [
                "Nombre",
                "Versión",
                "Archivo",
                "Aislamiento",
                "Estado",
                "Llamadas",
                "Fallos",
                "Reinicios",
                "p99",
                "Proceso",
            ],
        )),
        rows,
        note: Some(note),
    }))
}

fn row(plugin: &Plugin, speech: Speech) -> Vec<String> {
    let Report {
        state,
        calls,
        failures,
        restarts,
        p99,
        process,
        fence,
    } = plugin.report();
    let settings = plugin.settings();
    let name = if settings.name == plugin.own_name() {
        settings.name.clone()
    } else {
        format!("{} ({})", settings.name, plugin.own_name())
    };
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    vec![
        name,
        plugin.version().to_owned(),
        plugin.file().display().to_string(),
        isolation(settings.isolation, fence),
        self::state(&state, speech),
        calls.to_string(),
        failures.to_string(),
        restarts.to_string(),
        or_dash(p99.map(amount::short_span)),
        or_dash(process.map(|process| process.to_string())),
    ]
}

fn isolation(isolation: Isolation, fence: Option<String>) -> String {
    match fence {
        Some(fence) if !fence.is_empty() => format!("{}, {fence}", isolation.as_str()),
        _ => isolation.as_str().to_owned(),
    }
}

fn state(state: &State, speech: Speech) -> String {
    match state {
        State::Works => speech.say("works", "funciona").to_owned(),
        State::Restarting(why) => speech.say(format!("restarting: {why}"), format!("reiniciando: {why}")),
        State::Disabled => speech.say("disabled", "fuera de uso").to_owned(),
    }
}
