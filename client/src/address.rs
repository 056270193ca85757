//! Where a server is: `[USER@]HOST[:PORT]` as people type it.

use std::fmt;

/// The port that servers listen on when nobody says otherwise.
pub(crate) const DEFAULT_PORT: u16 = 22722;

/// A server's address, and as whom to come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    /// What stood before the `@`.
    pub(crate) user: Option<String>,
    /// A name in lower case or an IP address, without brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
}

/// Why a text is not an address.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub(crate) enum AddressError {
    #[error("`{0}` names no host")]
    NoHost(String),
    #[error("`{0}` is not a port: it must be a number from 1 to 65535")]
    Port(String),
    #[error("`{0}` can't be the name of a host")]
    Host(String),
    #[error("`{0}` has a `[` without its `]`")]
    Bracket(String),
}

impl Address {
    /// The server that is tried when nobody names one.
    pub(crate) fn default_server() -> Self {
        Self {
            user: None,
            host: "localhost".to_owned(),
            port: DEFAULT_PORT,
        }
    }

    /// Splits `[USER@]HOST[:PORT]`; an IPv6 address with a port needs brackets, without one it may do without.
    pub(crate) fn parse(text: &str) -> Result<Self, AddressError> {
        let (user, place) = match text.rsplit_once('@') {
            Some((user, place)) => (Some(user.to_owned()), place),
            None => (None, text),
        };
        let (host, port) = split_port(place)?;
        if host.is_empty() {
            return Err(AddressError::NoHost(text.to_owned()));
        }
        let is_host = |character: char| character.is_alphanumeric() || "-._:%".contains(character);
        if host.starts_with('-') || !host.chars().all(is_host) {
            return Err(AddressError::Host(host.to_owned()));
        }
        Ok(Self {
            user: user.filter(|user| !user.is_empty()),
            host: host.to_lowercase(),
            port: port.map_or(Ok(DEFAULT_PORT), parse_port)?,
        })
    }
}

fn split_port(place: &str) -> Result<(&str, Option<&str>), AddressError> {
    if let Some(rest) = place.strip_prefix('[') {
        let (host, after) = rest
            .split_once(']')
            .ok_or_else(|| AddressError::Bracket(place.to_owned()))?;
        return match after.strip_prefix(':') {
            Some(port) => Ok((host, Some(port))),
            None if after.is_empty() => Ok((host, None)),
            None => Err(AddressError::Host(place.to_owned())),
        };
    }
    match place.split_once(':') {
        // More than one colon: a bare IPv6 address.
        Some((_, after)) if after.contains(':') => Ok((place, None)),
        Some((host, port)) => Ok((host, Some(port))),
        None => Ok((place, None)),
    }
}

fn parse_port(text: &str) -> Result<u16, AddressError> {
    match text.parse() {
        Ok(port) if port > 0 => Ok(port),
        _ => Err(AddressError::Port(text.to_owned())),
    }
}

/// `host:port`, as it stands in the known hosts file and in messages; the user is left out.
impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(formatter, "[{}]:{}", self.host, self.port)
        } else {
            write!(formatter, "{}:{}", self.host, self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_people_type() {
        for (text, user, shown) in [
            ("lab", None, "lab:22722"),
            ("Lab.Example.ORG", None, "lab.example.org:22722"),
            ("lab:2000", None, "lab:2000"),
            ("ana@lab", Some("ana"), "lab:22722"),
            ("ana@lab:2000", Some("ana"), "lab:2000"),
            ("192.168.1.20", None, "192.168.1.20:22722"),
            ("::1", None, "[::1]:22722"),
            ("[::1]", None, "[::1]:22722"),
            ("[::1]:2000", None, "[::1]:2000"),
            ("ana@[fe80::1%eth0]:2000", Some("ana"), "[fe80::1%eth0]:2000"),
            ("@lab", None, "lab:22722"),
        ] {
            let address = Address::parse(text).expect(text);
            assert_eq!(address.user.as_deref(), user, "{text}");
            assert_eq!(address.to_string(), shown, "{text}");
        }
    }

    #[test]
    fn what_is_no_address_says_why() {
        for text in ["", "ana@", ":22722", "[]", "[]:1"] {
            assert!(matches!(Address::parse(text), Err(AddressError::NoHost(_))), "{text}");
        }
        for text in ["lab:", "lab:0", "lab:65536", "lab:http", "[::1]:x"] {
            assert!(matches!(Address::parse(text), Err(AddressError::Port(_))), "{text}");
        }
        for text in ["-oProxy", "la b", "lab/path", "lab\u{1b}", "[::1]x"] {
            assert!(matches!(Address::parse(text), Err(AddressError::Host(_))), "{text}");
        }
        assert!(matches!(Address::parse("[::1"), Err(AddressError::Bracket(_))));
    }
}
