//! The names of a known_hosts line, plain with wildcards or hashed, and the name that is looked up.

use std::fmt;
use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use ring::rand::SecureRandom;

const SALT_BYTES: usize = 20;
/// Longer patterns match nothing; neither do they in OpenSSH.
const LONGEST_PATTERN: usize = 1022;
const DEFAULT_PORT: u16 = 22;

/// A host as it is asked for. A `HostKeyAlias` stands for it, whatever the port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostName {
    pub host: String,
    pub port: u16,
    pub alias: Option<String>,
}

impl HostName {
    pub fn new(host: &str, port: u16) -> Self {
        Self { host: host.to_owned(), port, alias: None }
    }

    /// What known_hosts files call it: `bastion.corp`, `[bastion.corp]:2222`.
    pub fn known(&self) -> String {
        match self.port {
            _ if self.alias.is_some() => self.principal(),
            DEFAULT_PORT => self.principal(),
            port => format!("[{}]:{port}", self.principal()),
        }
    }

    /// The host without its port, where that is another name.
    pub(super) fn plain(&self) -> Option<String> {
        (self.alias.is_none() && self.port != DEFAULT_PORT).then(|| self.principal())
    }

    /// What a certificate has to be for.
    pub(super) fn principal(&self) -> String {
        let name = self.alias.as_deref().unwrap_or(&self.host);
        // A number has many spellings, and files hold the shortest.
        let number = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        number.map_or_else(|_| name.to_ascii_lowercase(), |number| number.to_string())
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.known())
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    text: Vec<u8>,
}

impl Names {
    /// The first field of a line that has no marker, or the second of one that has.
    pub fn new(text: &[u8]) -> Result<Self, &'static str> {
        if text.first() == Some(&b'|') && salt(text).is_none() {
            return Err("the hashed name is damaged");
        }
        Ok(Self { text: text.to_owned() })
    }

    pub fn matches(&self, name: &str) -> bool {
        if let Some(salt) = salt(&self.text) {
            return hashed(name, &salt).as_bytes() == self.text;
        }
        let mut matches = false;
        for pattern in self.text.split(|&byte| byte == b',') {
            let (negated, pattern) = match pattern.split_first() {
                Some((b'!', pattern)) => (true, pattern),
                _ => (false, pattern),
            };
            if pattern.len() > LONGEST_PATTERN {
                return false;
            }
            if matches_pattern(name.as_bytes(), &pattern.to_ascii_lowercase()) {
                if negated {
                    return false;
                }
                matches = true;
            }
        }
        matches
    }

    /// The other names if `name` itself is among these, wildcards left alone: none where no other is left.
    pub fn without(&self, name: &str) -> Option<Option<Vec<u8>>> {
        if self.text.first() == Some(&b'|') {
            return self.matches(name).then_some(None);
        }
        let all: Vec<&[u8]> = self.text.split(|&byte| byte == b',').collect();
        let is_name = |pattern: &&[u8]| pattern.eq_ignore_ascii_case(name.as_bytes());
        if !all.iter().any(is_name) {
            return None;
        }
        // At the start of a line these characters would make something else of it, and no host has them.
        let others: Vec<&[u8]> = all
            .into_iter()
            .filter(|other| !is_name(other) && !matches!(other.first(), Some(b'@' | b'#' | b'|')))
            .collect();
        // Only what is not to be matched would be left of `host,!other`.
        let any = others.iter().any(|other| !other.is_empty() && other.first() != Some(&b'!'));
        Some(any.then(|| others.join(&b',')))
    }
}

impl fmt::Display for Names {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.text.first() == Some(&b'|') {
            return formatter.write_str("a hidden name");
        }
        // A user who is asked about a key compares these with the name of the host.
        formatter.write_str(&untrusted_text::name(&String::from_utf8_lossy(&self.text), 200))
    }
}

/// `name` with a new salt, as it is written where names are not to be read: `|1|…|…`.
pub fn hash(name: &str) -> Option<String> {
    let mut salt = [0; SALT_BYTES];
    ring::rand::SystemRandom::new().fill(&mut salt).ok()?;
    Some(hashed(name, &salt))
}

fn hashed(name: &str, salt: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, salt);
    format!("|1|{}|{}", STANDARD.encode(salt), STANDARD.encode(hmac::sign(&key, name.as_bytes())))
}

fn salt(text: &[u8]) -> Option<Vec<u8>> {
    let salt = text.strip_prefix(b"|1|")?.split(|&byte| byte == b'|').next()?;
    STANDARD.decode(salt).ok().filter(|salt| salt.len() == SALT_BYTES)
}

/// `*` stands for any number of characters and `?` for one. In steps of at most text × pattern.
pub fn matches_pattern(text: &[u8], pattern: &[u8]) -> bool {
    let (mut at, mut in_pattern) = (0, 0);
    // Where to go on when what follows the last star does not fit.
    let mut last_star: Option<(usize, usize)> = None;
    while at < text.len() {
        match pattern.get(in_pattern) {
            Some(b'*') => {
                last_star = Some((in_pattern, at));
                in_pattern += 1;
                continue;
            }
            Some(&expected) if expected == b'?' || Some(&expected) == text.get(at) => {
                at += 1;
                in_pattern += 1;
                continue;
            }
            _ => {}
        }
        let Some((star, began)) = last_star else { return false };
        last_star = Some((star, began + 1));
        at = began + 1;
        in_pattern = star + 1;
    }
    pattern.get(in_pattern..).unwrap_or_default().iter().all(|&rest| rest == b'*')
}
