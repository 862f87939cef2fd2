//! A public key as it travels and as known_hosts holds it: RFC 4253 §6.6, RFC 5656, RFC 8709.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use ring::digest;

/// A well-formed key of a type that is known here. There is one way to write each key, so equal keys are
/// equal bytes.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct KeyBlob {
    blob: Vec<u8>,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Kind {
    key_type: &'static str,
    /// As ssh-keygen says it in its pictures.
    short: &'static str,
    bits: usize,
}

impl KeyBlob {
    /// None if the bytes are no key, or one of a type that is not known here.
    pub fn new(blob: &[u8]) -> Option<Self> {
        Some(Self { kind: kind(blob)?, blob: blob.to_owned() })
    }

    /// From the base64 text of a known_hosts line.
    pub fn from_base64(text: &[u8]) -> Option<Self> {
        Self::new(&STANDARD.decode(text).ok()?)
    }

    pub fn to_base64(&self) -> String {
        STANDARD.encode(&self.blob)
    }

    pub fn bytes(&self) -> &[u8] {
        &self.blob
    }

    /// `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa`.
    pub fn key_type(&self) -> &'static str {
        self.kind.key_type
    }

    /// `ED25519`, `ECDSA`, `RSA`.
    pub fn short_type(&self) -> &'static str {
        self.kind.short
    }

    pub fn bits(&self) -> usize {
        self.kind.bits
    }

    /// `SHA256:…`
    pub fn fingerprint(&self) -> String {
        fingerprint_sha256(&self.blob)
    }
}

impl fmt::Debug for KeyBlob {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.key_type(), self.fingerprint())
    }
}

/// The fingerprint of a key's bytes as ssh-keygen shows it: `SHA256:…`.
pub fn fingerprint_sha256(blob: &[u8]) -> String {
    format!("SHA256:{}", STANDARD_NO_PAD.encode(digest::digest(&digest::SHA256, blob)))
}

fn kind(blob: &[u8]) -> Option<Kind> {
    let mut rest = blob;
    let name = field(&mut rest)?;
    let kind = match name {
        b"ssh-ed25519" => Kind { key_type: "ssh-ed25519", short: "ED25519", bits: ed25519(&mut rest)? },
        b"ssh-rsa" => {
            let _exponent = number(&mut rest)?;
            Kind { key_type: "ssh-rsa", short: "RSA", bits: number(&mut rest)? }
        }
        b"ssh-dss" => {
            let bits = number(&mut rest)?;
            for _ in ["q", "g", "y"] {
                number(&mut rest)?;
            }
            Kind { key_type: "ssh-dss", short: "DSA", bits }
        }
        b"ecdsa-sha2-nistp256" => ecdsa("ecdsa-sha2-nistp256", "ECDSA", &mut rest)?,
        b"ecdsa-sha2-nistp384" => ecdsa("ecdsa-sha2-nistp384", "ECDSA", &mut rest)?,
        b"ecdsa-sha2-nistp521" => ecdsa("ecdsa-sha2-nistp521", "ECDSA", &mut rest)?,
        b"sk-ssh-ed25519@openssh.com" => {
            let bits = ed25519(&mut rest)?;
            let _application = field(&mut rest)?;
            Kind { key_type: "sk-ssh-ed25519@openssh.com", short: "ED25519-SK", bits }
        }
        b"sk-ecdsa-sha2-nistp256@openssh.com" => {
            let kind = ecdsa("sk-ecdsa-sha2-nistp256@openssh.com", "ECDSA-SK", &mut rest)?;
            let _application = field(&mut rest)?;
            kind
        }
        _ => return None,
    };
    rest.is_empty().then_some(kind)
}

fn ed25519(rest: &mut &[u8]) -> Option<usize> {
    (field(rest)?.len() == 32).then_some(256)
}

/// A curve and an uncompressed point on it, which is what OpenSSH takes.
fn ecdsa(key_type: &'static str, short: &'static str, rest: &mut &[u8]) -> Option<Kind> {
    let (bits, bytes) = match field(rest)? {
        b"nistp256" => (256, 32),
        b"nistp384" => (384, 48),
        b"nistp521" => (521, 66),
        _ => return None,
    };
    let point = field(rest)?;
    let fits = key_type.contains(&format!("nistp{bits}")) && point.len() == 1 + 2 * bytes && point.first() == Some(&4);
    fits.then_some(Kind { key_type, short, bits })
}

/// A positive number in its only right form, by its length in bits.
fn number(rest: &mut &[u8]) -> Option<usize> {
    let bytes = field(rest)?;
    let digits = match bytes {
        [0, first, ..] if *first >= 0x80 => bytes.get(1..)?,
        [1..0x80, ..] => bytes,
        _ => return None,
    };
    let first = digits.first()?;
    Some(digits.len() * 8 - first.leading_zeros() as usize)
}

fn field<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, behind) = rest.split_first_chunk::<4>()?;
    let (field, behind) = behind.split_at_checked(u32::from_be_bytes(*length) as usize)?;
    *rest = behind;
    Some(field)
}
