//! Whether a host key is known; where the attempt must end, why, and the one thing to do about it.

use super::{HostName, Place, PresentedKey};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostKeyStatus {
    Known {
        place: Place,
    },
    /// An authority that is trusted for this name vouches for the key.
    KnownByAuthority {
        place: Place,
    },
    /// Nothing is known of this name: the user has to check the fingerprint.
    Unknown {
        /// The same key under other names.
        known_as: Vec<OtherName>,
        /// What is known of the host on port 22, where this is another port.
        plain_host: Option<PlainHost>,
        /// Why no authority vouches, where one could have.
        note: Option<String>,
    },
    /// Only other keys are known for this name, perhaps of other types: never to be accepted.
    Changed {
        expected: Vec<Expected>,
    },
    /// The key, or the authority that signed it, must never be accepted.
    Revoked {
        place: Place,
        authority: bool,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherName {
    /// As the file has it: `gpu-box,10.0.0.7`; "a hidden name" for a hashed one.
    pub name: String,
    pub place: Place,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlainHost {
    pub place: Place,
    pub same_key: bool,
}

/// A key that is known for a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    pub key_type: String,
    /// `SHA256:…`
    pub fingerprint: String,
    pub place: Place,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub what: String,
    pub remedy: String,
}

impl HostKeyStatus {
    /// None where nothing forbids to go on; an unknown host is for the user to decide.
    pub fn refusal(&self, name: &HostName, shown: &PresentedKey) -> Option<Refusal> {
        let key = shown.key();
        match self {
            Self::Known { .. } | Self::KnownByAuthority { .. } | Self::Unknown { .. } => None,
            Self::Changed { expected } => {
                let places: Vec<String> = expected.iter().map(|expected| expected.place.to_string()).collect();
                let of_the_type = expected.iter().any(|expected| expected.key_type == key.key_type());
                let change = if of_the_type { "has changed" } else { "is of another type than the known ones" };
                Some(Refusal {
                    what: format!(
                        "The host key of {name} {change}. The server shows {} {}; known is {}.",
                        key.key_type(),
                        key.fingerprint(),
                        expected.iter().map(said).collect::<Vec<_>>().join(", "),
                    ),
                    remedy: format!(
                        "Another machine may have taken its place, or the host has a new key. Ask the administrator of the \
                         host whether {} is its key. Only if it is, forget the known key ({}) and connect again.",
                        key.fingerprint(),
                        places.join(", "),
                    ),
                })
            }
            Self::Revoked { place, authority } => {
                let whose = if *authority { "The authority that signed the host key" } else { "The host key" };
                Some(Refusal {
                    what: format!("{whose} of {name} is revoked in {place}: it may have been stolen."),
                    remedy: "Ask the administrator of the host for its new key. This one is never accepted.".to_owned(),
                })
            }
        }
    }
}

fn said(expected: &Expected) -> String {
    format!("{} {} ({})", expected.key_type, expected.fingerprint, expected.place)
}
