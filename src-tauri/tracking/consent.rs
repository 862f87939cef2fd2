//! Whether a profile lets something be changed.

use serde::{Deserialize, Serialize};
use specta::Type;

/// What may be changed on a server from here. Held by the core, whatever the window shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Writes {
    #[default]
    Allowed,
    /// Every write says first what it will do and waits for a yes.
    Confirmed,
    /// The name of what is changed has to be typed.
    Typed,
    /// Nothing is ever written.
    ReadOnly,
}

impl Writes {
    /// The consent to one change of `name`, such as a registered model. `confirmation` is what the user confirmed it
    /// with: any text where a yes is enough, the name where it has to be typed.
    ///
    /// # Errors
    /// What is missing; nothing was changed.
    pub fn consent(self, name: &str, confirmation: Option<&str>) -> Result<WriteConsent, NoConsent> {
        match self {
            Self::Allowed => Ok(WriteConsent(())),
            Self::Confirmed if confirmation.is_some() => Ok(WriteConsent(())),
            Self::Typed if confirmation == Some(name) => Ok(WriteConsent(())),
            Self::Confirmed => Err(NoConsent::NotConfirmed),
            Self::Typed => Err(NoConsent::NotTyped),
            Self::ReadOnly => Err(NoConsent::ReadOnly),
        }
    }
}

/// Why a change was not consented to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoConsent {
    NotConfirmed,
    /// The name was not typed, or another one was.
    NotTyped,
    ReadOnly,
}

/// A profile has consented to one change. Only [`Writes::consent`] makes one.
#[derive(Debug)]
pub struct WriteConsent(());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_consented_to_only_with_what_the_profile_asks_for() {
        let consent = |writes: Writes, confirmation| writes.consent("churn", confirmation).err();
        assert_eq!(consent(Writes::Allowed, None), None);
        assert_eq!(consent(Writes::Confirmed, None), Some(NoConsent::NotConfirmed));
        assert_eq!(consent(Writes::Confirmed, Some("yes")), None);
        for other in [None, Some(""), Some("yes"), Some("Churn")] {
            assert_eq!(consent(Writes::Typed, other), Some(NoConsent::NotTyped));
        }
        assert_eq!(consent(Writes::Typed, Some("churn")), None);
        assert_eq!(consent(Writes::ReadOnly, Some("churn")), Some(NoConsent::ReadOnly));
    }
}
