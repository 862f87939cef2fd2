//! Why a host key ends the attempt, in words, and the one thing to do about it.

use super::{Expected, HostName, Shown, Verdict};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub what: String,
    pub remedy: String,
}

impl Verdict {
    /// None where nothing forbids to go on; an unknown host is for somebody to decide.
    pub fn refusal(&self, name: &HostName, shown: &Shown) -> Option<Refusal> {
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
                        "Somebody may be listening in, or the host was set up anew. Ask who runs it whether {} is \
                         its key; only then forget the known key ({}) and connect again.",
                        key.fingerprint(),
                        places.join(", "),
                    ),
                })
            }
            Self::Revoked { place, authority } => {
                let whose = if *authority { "The authority that signed the host key" } else { "The host key" };
                Some(Refusal {
                    what: format!("{whose} of {name} is revoked in {place}: it may have been stolen."),
                    remedy: "Ask who runs the host for its new key. This one is never accepted.".to_owned(),
                })
            }
        }
    }
}

fn said(expected: &Expected) -> String {
    format!("{} {} ({})", expected.key_type, expected.fingerprint, expected.place)
}
