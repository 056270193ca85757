//! Reads `[server]`, `[access]` and `[limits]`.

use super::keys::{ACCESS, LIMITS, SERVER};
use super::welcome;
use super::{Access, Limits, ReloadOn, Server, Settings};
use crate::diagnostic::quoted;
use crate::document::{Section, Value, duration, size};

/// The settings of a file; what it doesn't say, or says wrongly, has the default.
pub(crate) fn read(file: &Section) -> Settings {
    let section = |key, keys| file.value(key).and_then(|value| value.section(keys));
    Settings {
        server: section("server", &SERVER)
            .map(|section| server(&section))
            .unwrap_or_default(),
        access: section("access", &ACCESS)
            .map(|section| access(&section))
            .unwrap_or_default(),
        limits: section("limits", &LIMITS)
            .map(|section| limits(&section))
            .unwrap_or_default(),
    }
}

fn server(section: &Section) -> Server {
    let mut server = Server::default();
    if let Some(name) = section.value("name").and_then(|value| name(&value)) {
        server.name = name;
    }
    if let Some(listen) = section.value("listen").and_then(|value| listen(&value)) {
        server.listen = listen;
    }
    if let Some(value) = section.value("welcome")
        && let Some(text) = value.text()
    {
        for fault in welcome::faults(&text) {
            value.report(value.error(fault.message).help(fault.help));
        }
        server.welcome = text;
    }
    if let Some(authors) = section.value("authors").and_then(|value| value.strings()) {
        server.authors = authors.into_iter().map(|author| author.value).collect();
    }
    if let Some(language) = section.value("language").and_then(|value| value.language()) {
        server.language = language;
    }
    if let Some(user) = section.value("user").and_then(|value| value.words()) {
        server.user = Some(user.to_owned());
    }
    server.reload = section.value("reload").and_then(|value| reload(&value));
    server
}

fn reload(value: &Value) -> Option<ReloadOn> {
    let word = value.words()?;
    let found = ReloadOn::ALL.into_iter().find(|known| known.as_str() == word);
    if found.is_none() {
        value.unknown_word(word, "moment to reload", &ReloadOn::ALL.map(ReloadOn::as_str));
    }
    found
}

/// The server's name: one line, as it stands in prompts and messages.
fn name(value: &Value) -> Option<String> {
    const LONGEST: usize = 64;
    let name = value.words()?;
    if name.len() > LONGEST || !caracola_wire::text::is_clean(name) {
        let message = format!("{} cannot be the server's name", quoted(name));
        value.report(value.error(message).help("it is one line of at most 64 bytes"));
        return None;
    }
    Some(name.trim().to_owned())
}

fn listen(value: &Value) -> Option<Vec<String>> {
    let addresses = value.strings()?;
    if addresses.is_empty() {
        let diagnostic = value.error("`listen` names no address");
        value.report(diagnostic.help("name one, such as \"127.0.0.1:22722\", or leave the key out"));
        return None;
    }
    let mut listen = Vec::new();
    for address in addresses {
        if has_host_and_port(&address.value) {
            listen.push(address.value);
        } else {
            let message = format!("{} is not an address with a port", quoted(&address.value));
            value.report(
                crate::Diagnostic::error(address.place, message)
                    .help("addresses look like \"127.0.0.1:22722\", \"[::1]:22722\" or \"localhost:22722\""),
            );
        }
    }
    Some(listen)
}

fn has_host_and_port(address: &str) -> bool {
    if address.parse::<std::net::SocketAddr>().is_ok() {
        return true;
    }
    let is_host = |host: &str| {
        !host.is_empty()
            && host
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
    };
    address
        .rsplit_once(':')
        .is_some_and(|(host, port)| is_host(host) && port.parse::<u16>().is_ok())
}

fn access(section: &Section) -> Access {
    let flag = |key| section.value(key).and_then(|value| value.boolean());
    Access {
        guest: flag("guest").unwrap_or_default(),
        guest_line: section.value("guest").map(|value| value.key_place().line()),
        guest_exec: flag("guest_exec").unwrap_or_default(),
    }
}

fn limits(section: &Section) -> Limits {
    let default = Limits::default();
    let count = |key, default| section.value(key).and_then(|value| value.count()).unwrap_or(default);
    let lasting = |key| section.value(key).and_then(|value| duration(&value));
    Limits {
        sessions: count("sessions", default.sessions),
        sessions_per_address: count("sessions_per_address", default.sessions_per_address),
        messages_per_second: count("messages_per_second", default.messages_per_second),
        runs_per_second: count("runs_per_second", default.runs_per_second),
        outbox: section
            .value("outbox")
            .and_then(|value| size(&value))
            .unwrap_or(default.outbox),
        handshake: lasting("handshake").unwrap_or(default.handshake),
        idle: lasting("idle"),
    }
}

#[cfg(test)]
mod tests {
    use super::has_host_and_port;

    #[test]
    fn addresses_have_a_host_and_a_port() {
        for address in ["127.0.0.1:22722", "[::1]:0", "localhost:22722", "lab.example.org:1"] {
            assert!(has_host_and_port(address), "{address}");
        }
        for address in [
            "",
            "22722",
            ":22722",
            "127.0.0.1",
            "::1:22722",
            "localhost:99999",
            "a b:1",
        ] {
            assert!(!has_host_and_port(address), "{address}");
        }
    }
}
