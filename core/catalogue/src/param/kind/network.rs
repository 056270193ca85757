//! Addresses, hosts, ports and URLs, by the strictest reading that is common.
//!
//! What programs disagree about is refused: `127.1`, `0x7f000001` and `2130706433` are addresses for some and names for
//! others, `http://a@b` goes to `b` and looks like `a`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::fault::Fault;
use super::number::is_plain_decimal;
use super::{Check, Freedom, ParamKind, Row, Written};
use caracola_speech::Speech;

pub(super) const IP: Row = Row {
    name: "ip",
    about: "An address of the Internet Protocol, version 4 or 6.",
    check: Check::Is(is_ip),
    fault: Some(Speech::must_be_ip),
    form: |_, speech| Some(speech.value_ip()),
    ..Row::PLAIN
};

pub(super) const HOST: Row = Row {
    name: "host",
    about: "The name or address of a host.",
    check: Check::Is(is_host),
    fault: Some(Speech::must_be_host),
    form: |_, speech| Some(speech.value_host()),
    ..Row::PLAIN
};

pub(super) const PORT: Row = Row {
    name: "port",
    about: "A port of TCP or UDP, from 1 to 65535.",
    check: Check::Is(is_port),
    fault: Some(Speech::must_be_port),
    form: |_, speech| Some(speech.value_port()),
    written: Written::Integer,
    ..Row::PLAIN
};

pub(super) const URL: Row = Row {
    name: "url",
    about: "A URL with a host.",
    keys: &["schemes", "suggest", "complete", "default", "list"],
    check: Check::By(|param, value| url(&param.schemes, value)),
    fault: Some(Speech::must_be_url),
    form: |_, speech| Some(speech.value_url()),
    freedom: Freedom::Url,
    ..Row::PLAIN
};

const NO_URL: Fault = Fault::NotA(ParamKind::Url);

fn is_ip(value: &str) -> bool {
    value.parse::<IpAddr>().is_ok()
}

/// The name of a host, or its address.
fn is_host(value: &str) -> bool {
    is_ip(value) || is_host_name(value)
}

/// Labels of letters, digits and `-` with dots between them, as RFC 1123 has it. What ends in a number isn't one.
fn is_host_name(value: &str) -> bool {
    const LONGEST: usize = 253;
    const LONGEST_LABEL: usize = 63;
    let is_label = |label: &str| {
        let bytes = label.as_bytes();
        !bytes.is_empty()
            && bytes.len() <= LONGEST_LABEL
            && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = value.rsplit('.').next().unwrap_or_default();
    let is_number = last.starts_with(|first: char| first.is_ascii_digit())
        && (last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x") || last.starts_with("0X"));
    value.len() <= LONGEST && value.split('.').all(is_label) && !is_number
}

fn is_port(value: &str) -> bool {
    value.parse::<u16>().is_ok_and(|port| port > 0) && is_plain_decimal(value)
}

/// `scheme://host[:port][/...]`, printable ASCII, without a user or password in it.
fn url(schemes: &[String], value: &str) -> Result<(), Fault> {
    let allowed = |byte: u8| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte);
    let (scheme, rest) = value.split_once("://").ok_or(NO_URL)?;
    if !value.bytes().all(allowed) || !is_scheme(scheme) {
        return Err(NO_URL);
    }
    if !schemes.iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return Err(Fault::NoScheme(schemes.to_vec()));
    }
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let authority = &rest[..end];
    if authority.contains('@') {
        return Err(Fault::UserInUrl);
    }
    if is_authority(authority) && percents_are_escapes(rest) {
        Ok(())
    } else {
        Err(NO_URL)
    }
}

/// Whether it can be the scheme of a URL.
pub(crate) fn is_scheme(scheme: &str) -> bool {
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

fn is_authority(authority: &str) -> bool {
    let is_end = |rest: &str| rest.is_empty() || rest.strip_prefix(':').is_some_and(is_port);
    if let Some(six) = authority.strip_prefix('[') {
        let parts = six.split_once(']');
        return parts.is_some_and(|(six, rest)| six.parse::<Ipv6Addr>().is_ok() && is_end(rest));
    }
    let (host, rest) = authority.split_at(authority.find(':').unwrap_or(authority.len()));
    (host.parse::<Ipv4Addr>().is_ok() || is_host_name(host)) && is_end(rest)
}

fn percents_are_escapes(text: &str) -> bool {
    let mut parts = text.split('%').skip(1);
    parts.all(|part| {
        let mut digits = part.bytes();
        let two = [digits.next(), digits.next()];
        two.iter()
            .all(|digit| digit.is_some_and(|byte| byte.is_ascii_hexdigit()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for value in ["127.0.0.1", "::1", "2001:db8::1", "::ffff:10.0.0.1"] {
            assert!(is_ip(value), "{value}");
        }
        for value in [
            "",
            "127.1",
            "127.0.0.01",
            "1.2.3.4 ",
            "fe80::1%eth0",
            "[::1]",
            "1.2.3.4/24",
            "localhost",
        ] {
            assert!(!is_ip(value), "{value:?}");
        }
    }

    #[test]
    fn hosts_are_names_or_addresses() {
        for value in [
            "localhost",
            "lab-1.example.org",
            "10.0.0.1",
            "::1",
            "xn--espaa-rta.es",
            "3com.com",
            "a",
        ] {
            assert!(is_host(value), "{value}");
        }
        let long = ["a"; 127].join(".");
        assert!(is_host(&long));
        for value in [
            "",
            ".",
            "a.",
            ".a",
            "a..b",
            "-a",
            "a-",
            "a_b",
            "a b",
            "a/b",
            "a:1",
            "user@host",
            "127.1",
            "2130706433",
            "0x7f000001",
            "1.0x7f",
            "1.2.3.4.5",
            "españa.es",
            "a\n",
            "$(id)",
            &"a".repeat(64),
            &format!("{long}.a"),
        ] {
            assert!(!is_host(value), "{value:?}");
        }
    }

    #[test]
    fn ports_are_1_to_65535() {
        for value in ["1", "443", "65535"] {
            assert!(is_port(value), "{value}");
        }
        for value in ["", "0", "65536", "-1", "+80", "080", "80 ", "http"] {
            assert!(!is_port(value), "{value:?}");
        }
    }

    #[test]
    fn urls_have_a_known_scheme_and_a_host() {
        let schemes = ["http".to_owned(), "https".to_owned()];
        for value in [
            "https://example.org",
            "HTTPS://example.org:8443/a%20b?c=d&e=f#g",
            "http://[::1]:80/",
            "http://127.0.0.1?x=user@host",
        ] {
            assert_eq!(url(&schemes, value), Ok(()), "{value}");
        }
        for value in [
            "ftp://example.org",
            "file:///etc/passwd",
            "javascript://a",
            "gopher://a",
        ] {
            let fault = url(&schemes, value).unwrap_err();
            assert_eq!(fault, Fault::NoScheme(schemes.to_vec()), "{value}");
        }
        assert_eq!(url(&schemes, "https://good.org@evil.org/"), Err(Fault::UserInUrl));
        for value in [
            "",
            "example.org",
            "https:example.org",
            "https://",
            "https:///x",
            "https://a b",
            "https://a\n.org",
            "https://a\\@b",
            "https://[::1",
            "https://a:b",
            "https://a:",
            "https://a/%zz",
            "https://a/%2",
            "https://a/é",
            "https://127.1/",
            "1http://a",
        ] {
            assert_eq!(url(&schemes, value), Err(NO_URL), "{value:?}");
        }
    }
}
