//! Which host keys are trusted: known_hosts files read by OpenSSH's rules (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT").
//!
//! Foreign files are only read. What the user accepts here goes to a file of our own ([`pin()`]).

mod certificate;
mod host_key_status;
mod key;
mod line;
mod names;
mod pin;
mod randomart;

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

pub use certificate::HostCertificate;
pub use host_key_status::{Expected, HostKeyStatus, OtherName, PlainHost, Refusal};
pub use key::{KeyBlob, fingerprint_sha256};
pub use names::HostName;
pub use pin::{PinError, forget, pin, without_name};
pub use randomart::randomart;

use crate::{Place, shown};
use line::{Line, Marker};

/// Larger files are not read: the largest real ones have some ten thousand lines.
const LARGEST_FILE_BYTES: u64 = 64 << 20;
/// A file that is no known_hosts file at all needs no more than these to say so.
const MOST_PROBLEMS: usize = 50;
const MOST_OTHER_NAMES: usize = 16;

/// The lines of all files that count, in their order.
#[derive(Debug, Clone, Default)]
pub struct KnownHosts {
    lines: Vec<(Place, Line)>,
    problems: Vec<Problem>,
}

/// A line, or with line 0 a whole file, that says nothing because it cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub place: Place,
    pub what: String,
}

/// What a server shows for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PresentedKey {
    Key(KeyBlob),
    Certificate(HostCertificate),
}

/// What a server should be asked to show first, so that it shows a key that is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownTypes {
    /// `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa`: as in the files, and in their order.
    pub keys: Vec<String>,
    /// An authority is trusted for the name, so a certificate is worth asking for.
    pub authority: bool,
}

impl KnownHosts {
    /// Reads the files that are there. Whatever is wrong with them is told by [`Self::problems`].
    pub fn read(files: &[PathBuf]) -> Self {
        let mut known = Self::default();
        for file in files {
            match contents(file) {
                Ok(contents) => known.add(file, &contents),
                Err(what) => known.problem(Place::new(file, 0), what),
            }
        }
        known
    }

    /// Adds the lines of a file that was read already.
    pub fn add(&mut self, file: &Path, contents: &[u8]) {
        for (index, text) in contents.split(|&byte| byte == b'\n').enumerate() {
            match line::parse(text) {
                Ok(Some(line)) => self.lines.push((Place::new(file, index + 1), line)),
                Ok(None) => {}
                Err(what) => self.problem(Place::new(file, index + 1), what.to_owned()),
            }
        }
    }

    /// The first of the lines that were passed over.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    pub fn judge(&self, name: &HostName, shown: &PresentedKey) -> HostKeyStatus {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        self.judge_at(name, shown, since_epoch.as_secs())
    }

    /// The status at a time in seconds since 1970.
    ///
    /// As in OpenSSH any matching line accepts, any matching `@revoked` line refuses, and a certificate
    /// that no known authority signed is worth its plain key. Unlike in OpenSSH a plain key that is known for
    /// port 22 is a hint and no more on another port.
    pub fn judge_at(&self, name: &HostName, shown: &PresentedKey, now_s: u64) -> HostKeyStatus {
        let own = self.about(&name.known());
        let plain = name.plain().map(|plain| self.about(&plain)).unwrap_or_default();
        let either = || own.iter().chain(&plain);
        let (key, certificate) = match shown {
            PresentedKey::Key(key) => (key, None),
            PresentedKey::Certificate(certificate) => (&certificate.key, Some(certificate)),
        };

        for (place, line) in either().filter(|(_, line)| line.marker == Some(Marker::Revoked)) {
            let authority = certificate.is_some_and(|certificate| certificate.authority == line.key);
            if authority || line.key == *key {
                return HostKeyStatus::Revoked { place: place.clone(), authority };
            }
        }
        let mut authorities = either().filter(|(_, line)| line.marker == Some(Marker::Authority));
        let mut note = None;
        match certificate {
            Some(certificate) => {
                let signer = authorities.clone().find(|(_, line)| line.key == certificate.authority);
                match signer.map(|(place, _)| (place, certificate.objection(name, now_s))) {
                    Some((place, None)) => return HostKeyStatus::KnownByAuthority { place: place.clone() },
                    Some((place, Some(objection))) => note = Some(format!("{objection} The authority is in {place}.")),
                    None if authorities.next().is_some() => {
                        note = Some("The server's certificate is signed by an authority that is not trusted.".into());
                    }
                    None => {}
                }
            }
            None => {
                if let Some((place, _)) = authorities.next() {
                    note =
                        Some(format!("An authority for this host is in {place}, but the server has no certificate."));
                }
            }
        }

        let keys = |lines: &[&(Place, Line)]| -> Vec<(Place, KeyBlob)> {
            let plain_lines = lines.iter().filter(|(_, line)| line.marker.is_none());
            plain_lines.map(|(place, line)| (place.clone(), line.key.clone())).collect()
        };
        let known = keys(&own);
        if let Some((place, _)) = known.iter().find(|(_, of_line)| of_line == key) {
            return HostKeyStatus::Known { place: place.clone() };
        }
        if !known.is_empty() {
            let expected = known.into_iter().map(|(place, key)| Expected {
                key_type: key.key_type().to_owned(),
                fingerprint: key.fingerprint(),
                place,
            });
            return HostKeyStatus::Changed { expected: expected.collect() };
        }
        let plain = keys(&plain);
        let same = plain.iter().find(|(_, of_line)| of_line == key);
        let plain_host =
            same.or(plain.first()).map(|(place, of_line)| PlainHost { place: place.clone(), same_key: of_line == key });
        HostKeyStatus::Unknown { known_as: self.known_as(key), plain_host, note }
    }

    /// What is known of a name, to be asked for first. Without that a server that has several keys may
    /// show one that is not known, which then looks like a change.
    pub fn key_types(&self, name: &HostName) -> KnownTypes {
        let own = self.about(&name.known());
        let plain = name.plain().map(|plain| self.about(&plain)).unwrap_or_default();
        let of = |marker| own.iter().chain(&plain).filter(move |(_, line)| line.marker == Some(marker));
        let mut keys: Vec<String> = Vec::new();
        for (_, line) in own.iter().filter(|(_, line)| line.marker.is_none()) {
            let key_type = line.key.key_type();
            let revoked = of(Marker::Revoked).any(|(_, revoked)| revoked.key == line.key);
            if !revoked && !keys.iter().any(|known| known == key_type) {
                keys.push(key_type.to_owned());
            }
        }
        KnownTypes { keys, authority: of(Marker::Authority).next().is_some() }
    }

    /// Where something is said about a name, also that it is revoked or who vouches for it.
    pub fn places(&self, name: &HostName) -> Vec<Place> {
        self.about(&name.known()).into_iter().map(|(place, _)| place.clone()).collect()
    }

    fn about(&self, name: &str) -> Vec<&(Place, Line)> {
        self.lines.iter().filter(|(_, line)| line.names.matches(name)).collect()
    }

    fn known_as(&self, key: &KeyBlob) -> Vec<OtherName> {
        let same = self.lines.iter().filter(|(_, line)| line.marker.is_none() && line.key == *key);
        same.map(|(place, line)| OtherName { name: line.names.to_string(), place: place.clone() })
            .take(MOST_OTHER_NAMES)
            .collect()
    }

    fn problem(&mut self, place: Place, what: String) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(Problem { place, what });
        }
    }
}

impl PresentedKey {
    /// The key that signs the exchange.
    pub fn key(&self) -> &KeyBlob {
        match self {
            Self::Key(key) => key,
            Self::Certificate(certificate) => &certificate.key,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place.line {
            0 => write!(formatter, "{}: {}", shown(&self.place.file), self.what),
            _ => write!(formatter, "{}: {}", self.place, self.what),
        }
    }
}

fn contents(file: &Path) -> Result<Vec<u8>, String> {
    let metadata = match std::fs::metadata(file) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(format!("cannot be read: {error}")),
    };
    // How one says "no file": a device, which has no end to read to.
    if file == Path::new("/dev/null") {
        return Ok(Vec::new());
    }
    if !metadata.is_file() {
        return Err("is not a file".to_owned());
    }
    if metadata.len() > LARGEST_FILE_BYTES {
        return Err(format!("is too large: {} MB", metadata.len() >> 20));
    }
    std::fs::read(file).map_err(|error| format!("cannot be read: {error}"))
}

#[cfg(test)]
mod tests;
