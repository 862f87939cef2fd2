//! `ProxyJump`: the hops in front of a hop, as a list.

use crate::config::{Jump, port};

/// The hops of a ProxyJump in the order in which they are passed; None where one of them is no host. `none` is the
/// caller's business.
pub(super) fn parse(text: &str) -> Option<Vec<Jump>> {
    let text = text.split('#').next().unwrap_or_default();
    // A blank after a comma is lost in the command line that OpenSSH makes of this; one inside is a mistake.
    let hop = |text: &str| uri(text).unwrap_or_else(|| user_host_port(text));
    text.split(',').map(|text| hop(text.trim()).filter(|_| !text.trim().contains(char::is_whitespace))).collect()
}

/// `ssh://[user[;…]@]host[:port][/]`; the outer None is another notation.
fn uri(text: &str) -> Option<Option<Jump>> {
    let rest = text.strip_prefix("ssh://")?;
    let (user, rest) = match rest.split_once('@') {
        Some((user, rest)) => {
            let user = user.split(';').next().unwrap_or_default();
            let Some(user) = Some(user).filter(|user| !user.is_empty()).and_then(decoded) else { return Some(None) };
            (Some(user), rest)
        }
        None => (None, rest),
    };
    Some(host_port(rest, true).map(|(host, port)| Jump { host, user, port }))
}

/// `[user@]host[:port]`.
fn user_host_port(text: &str) -> Option<Jump> {
    let (user, rest) = text.rsplit_once('@').map_or((None, text), |(user, rest)| (Some(user), rest));
    if user == Some("") {
        return None;
    }
    let (host, port) = host_port(rest, false)?;
    Some(Jump { host, user: user.map(str::to_owned), port })
}

/// `host[:port]` with brackets around an IPv6 number; in an address a slash may end it, and no path follows.
fn host_port(text: &str, in_address: bool) -> Option<(String, Option<u16>)> {
    let end = match text.strip_prefix('[') {
        Some(inside) => inside.find(']')? + 2,
        None => text.find([':', '/']).unwrap_or(text.len()),
    };
    let (host, rest) = (text.get(..end)?, text.get(end..)?);
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let rest = if in_address { rest.strip_suffix('/').unwrap_or(rest) } else { rest };
    let port = match rest.strip_prefix(':') {
        Some("") => None,
        Some(number) => Some(port(number).filter(|&port| port > 0)?),
        None if rest.is_empty() => None,
        None => return None,
    };
    (!host.is_empty()).then(|| (host.to_owned(), port))
}

/// `%41` and `+` as in a URI.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digit =
                    |byte: Option<u8>| char::from(byte?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
                let byte = digit(rest.next())? * 16 + digit(rest.next())?;
                if byte == 0 {
                    return None;
                }
                byte
            }
            _ => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Option<Vec<String>> {
        let show = |jump: Jump| format!("{}|{}|{}", jump.user.unwrap_or_default(), jump.host, jump.port.unwrap_or(0));
        Some(parse(text)?.into_iter().map(show).collect())
    }

    #[test]
    fn hops_are_read_in_every_notation() {
        assert_eq!(shown("a").unwrap(), ["|a|0"]);
        assert_eq!(shown("ana@a:2222,b # last").unwrap(), ["ana|a|2222", "|b|0"]);
        assert_eq!(shown("a@b@c").unwrap(), ["a@b|c|0"]);
        assert_eq!(shown("[fe80::1]:22,ssh://an%41+b;x=y@h:23/").unwrap(), ["|fe80::1|22", "anA b|h|23"]);
        assert_eq!(shown("ssh://h").unwrap(), ["|h|0"]);
        assert_eq!(shown("a:").unwrap(), ["|a|0"]);
        for wrong in [
            "",
            "a,",
            ",a",
            "@a",
            "a:0",
            "a:x",
            "a/b",
            "ssh://h/path",
            "ssh://@h",
            "[a",
            "[a]b",
            "a:70000",
            "ssh://%00@h",
        ] {
            assert_eq!(shown(wrong), None, "{wrong}");
        }
    }
}
