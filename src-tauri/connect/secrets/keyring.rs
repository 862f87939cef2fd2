//! The system's keyring as the vault's thread uses it: entries of bytes under slots. Everything here
//! blocks, and must not be called in async code.

use std::collections::HashMap;
use std::sync::Arc;

use keyring::{CredentialStore, Entry, Error};
use zeroize::Zeroizing;

#[cfg(target_os = "linux")]
use super::secret_service::Bus;
use super::{LockState, Slot, VaultError};

/// Under which name the entries are in the keyring.
pub const SERVICE: &str = "podium";

/// A keyring. Only what says so may ask the user to unlock it; that may take as long as it takes.
pub trait Keyring {
    /// Asks without unlocking.
    fn lock(&mut self) -> Result<LockState, VaultError>;
    /// Whether there is an entry, also in what is locked. Asks without unlocking.
    fn holds(&mut self, slot: &Slot) -> Result<bool, VaultError>;
    /// May ask the user to unlock.
    fn read(&mut self, slot: &Slot) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError>;
    /// Makes or replaces. May ask the user to unlock.
    fn write(&mut self, slot: &Slot, value: &[u8]) -> Result<(), VaultError>;
    /// No entry is no error. May ask the user to unlock if there is one.
    fn delete(&mut self, slot: &Slot) -> Result<(), VaultError>;
}

/// The keyring of this system. With `PODIUM_KEYRING=none` in the environment there is none.
pub fn open_system() -> Result<Box<dyn Keyring>, VaultError> {
    if std::env::var_os("PODIUM_KEYRING").is_some_and(|value| value == "none") {
        return Err(VaultError::NoService);
    }
    Ok(Box::new(System::open()?))
}

struct System {
    store: Arc<CredentialStore>,
    #[cfg(target_os = "linux")]
    bus: Bus,
}

impl System {
    #[cfg(target_os = "linux")]
    fn open() -> Result<Self, VaultError> {
        let bus = Bus::open()?;
        bus.lock()?; // Tells a missing service better than the store does.
        let store = zbus_secret_service_keyring_store::Store::new().map_err(|error| trouble(&error))?;
        Ok(Self { store, bus })
    }

    #[cfg(windows)]
    fn open() -> Result<Self, VaultError> {
        Ok(Self { store: windows_native_keyring_store::Store::new().map_err(|error| trouble(&error))? })
    }

    #[cfg(target_os = "macos")]
    fn open() -> Result<Self, VaultError> {
        Ok(Self { store: apple_native_keyring_store::keychain::Store::new().map_err(|error| trouble(&error))? })
    }

    #[cfg(not(any(target_os = "linux", windows, target_os = "macos")))]
    fn open() -> Result<Self, VaultError> {
        Err(VaultError::NoService)
    }

    fn entry(&self, slot: &Slot) -> Result<Entry, VaultError> {
        let label = slot.label();
        let modifiers = if cfg!(target_os = "linux") {
            HashMap::from([("label", label.as_str())])
        } else if cfg!(windows) {
            // The default would roam with the user's domain profile.
            HashMap::from([("persistence", "Local")])
        } else {
            HashMap::new()
        };
        self.store.build(SERVICE, &slot.key(), Some(&modifiers)).map_err(|error| trouble(&error))
    }

    /// All entries of a slot where there are several, as other programs can make them.
    fn each(&self, slot: &Slot, act: impl Fn(&Entry) -> keyring::Result<()>) -> Result<(), VaultError> {
        let entry = self.entry(slot)?;
        match act(&entry) {
            Err(Error::Ambiguous(entries)) => entries.iter().try_for_each(act),
            result => result,
        }
        .map_err(|error| trouble(&error))
    }

    /// Unlocks what the entry of a slot is in, or would be in. False: there surely is none.
    #[cfg(target_os = "linux")]
    fn make_readable(&self, slot: &Slot) -> Result<bool, VaultError> {
        let found = self.bus.find(SERVICE, &slot.key())?;
        if !found.locked.is_empty() {
            self.bus.unlock(&found.locked)?;
        } else if found.open.is_empty() {
            if self.bus.lock()? != LockState::Locked || self.bus.finds_in_locked() {
                return Ok(false);
            }
            self.bus.unlock_default()?;
        }
        Ok(true)
    }

    #[cfg(not(target_os = "linux"))]
    fn make_readable(&self, _: &Slot) -> Result<bool, VaultError> {
        Ok(true)
    }
}

impl Keyring for System {
    fn lock(&mut self) -> Result<LockState, VaultError> {
        #[cfg(target_os = "linux")]
        return self.bus.lock();
        #[cfg(not(target_os = "linux"))]
        return Ok(LockState::Open);
    }

    fn holds(&mut self, slot: &Slot) -> Result<bool, VaultError> {
        #[cfg(target_os = "linux")]
        return self.bus.find(SERVICE, &slot.key()).map(|found| !found.open.is_empty() || !found.locked.is_empty());
        // The keychain asks the user before it gives out a secret, but not before it searches.
        #[cfg(target_os = "macos")]
        return self
            .store
            .search(&HashMap::from([("service", SERVICE), ("user", slot.key().as_str())]))
            .map(|entries| !entries.is_empty())
            .map_err(|error| trouble(&error));
        #[cfg(not(any(target_os = "linux", target_os = "macos")))]
        return match self.entry(slot)?.get_credential() {
            Ok(_) => Ok(true),
            Err(Error::NoEntry) => Ok(false),
            Err(error) => Err(trouble(&error)),
        };
    }

    fn read(&mut self, slot: &Slot) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        if !self.make_readable(slot)? {
            return Ok(None);
        }
        let read = match self.entry(slot)?.get_secret() {
            Err(Error::Ambiguous(entries)) => entries.first().map_or(Err(Error::NoEntry), Entry::get_secret),
            read => read,
        };
        match read {
            Ok(bytes) => Ok(Some(Zeroizing::new(bytes))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(trouble(&error)),
        }
    }

    fn write(&mut self, slot: &Slot, value: &[u8]) -> Result<(), VaultError> {
        #[cfg(target_os = "linux")]
        if !self.make_readable(slot)? {
            self.bus.make_default_writable()?;
        }
        self.each(slot, |entry| entry.set_secret(value))
    }

    fn delete(&mut self, slot: &Slot) -> Result<(), VaultError> {
        if !self.make_readable(slot)? {
            return Ok(());
        }
        self.each(slot, |entry| match entry.delete_credential() {
            Err(Error::NoEntry) => Ok(()),
            result => result,
        })
    }
}

/// What an error of a store means. Its text names entries, never what is in them.
fn trouble(error: &Error) -> VaultError {
    #[cfg(target_os = "linux")]
    if let Some(known) = super::secret_service::trouble_within(error) {
        return known;
    }
    match error {
        Error::NoStorageAccess(_) => VaultError::Locked,
        Error::PlatformFailure(cause) if cfg!(target_os = "macos") => {
            keychain_trouble(&format!("{cause:?}")).unwrap_or_else(|| failed(error))
        }
        _ => failed(error),
    }
}

fn failed(error: &Error) -> VaultError {
    VaultError::Failed { reason: error.to_string() }
}

/// The codes that tell a user's no from a fault: errSecUserCanceled, errSecAuthFailed and
/// errSecInteractionNotAllowed of SecBase.h. Messages are in the user's language, so only codes count.
fn keychain_trouble(debug: &str) -> Option<VaultError> {
    let (_, rest) = debug.split_once("code: ")?;
    let code: String = rest.chars().take_while(|c| *c == '-' || c.is_ascii_digit()).collect();
    match code.as_str() {
        "-128" | "-25293" => Some(VaultError::Dismissed),
        "-25308" => Some(VaultError::Locked),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_no_to_the_keychain_is_told_from_a_fault() {
        let debug = |code: i32| format!("Error {{ code: {code}, message: \"…\" }}");
        assert_eq!(keychain_trouble(&debug(-128)), Some(VaultError::Dismissed));
        assert_eq!(keychain_trouble(&debug(-25308)), Some(VaultError::Locked));
        assert_eq!(keychain_trouble(&debug(-1280)), None);
    }

    #[test]
    fn a_locked_store_is_told_from_a_broken_one() {
        assert_eq!(trouble(&Error::NoStorageAccess("x".into())), VaultError::Locked);
        assert!(matches!(trouble(&Error::PlatformFailure("x".into())), VaultError::Failed { .. }));
    }
}
