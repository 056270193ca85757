//! plugins: for admins.

use caracola_speech::amount;
use caracola_wire::{Reply, Table};

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
    let note = if missing.is_empty() {
        speech.plugins_counted(rows.len())
    } else {
        speech.plugins_counted_without(rows.len(), missing.join(", "))
    };
    Ok(Reply::Table(Table {
        columns: vec![
            speech.heading_name(),
            speech.heading_version(),
            speech.heading_file(),
            speech.heading_isolation(),
            speech.heading_state(),
            speech.heading_calls(),
            speech.heading_failures(),
            speech.heading_restarts(),
            speech.heading_p99(),
            speech.heading_process(),
        ],
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
        State::Works => speech.state_works(),
        State::Restarting(why) => speech.state_restarting(why),
        State::Disabled => speech.state_disabled(),
    }
}
