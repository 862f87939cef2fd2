//! Secrets: in the system's keyring, or in memory for this session. They are asked for, kept and
//! used here in the core; nothing outside `connect` can read one.
//!
//! In the keyring an entry is called `podium`, its user is the slot's key. `PODIUM_KEYRING=none` in the
//! environment is a system without a keyring.

mod keyring;
mod keyring_secrets;
mod keyring_thread;
mod lock_state;
mod sealing;
#[cfg(target_os = "linux")]
mod secret_service;
mod slot;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};
use secrecy::SecretString;
use serde::Serialize;
use specta::Type;

use self::keyring_secrets::KeyringSecrets;
use self::keyring_thread::KeyringThread;
use super::Keep;
use super::question::{Answer, Ask, Question, SecretKind};

pub use self::keyring::Keyring;
pub use self::keyring_secrets::SealedStore;
pub use self::lock_state::LockState;
pub use self::slot::Slot;

/// How long the keyring may take, its user included.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is the matter with the keyring, in words for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    #[error("this session has no D-Bus, so there is no keyring to ask")]
    NoBus,
    #[error("no keyring is running (the Secret Service has no provider)")]
    NoService,
    #[error("the keyring is locked")]
    Locked,
    #[error("unlocking the keyring was dismissed")]
    Dismissed,
    #[error("the keyring has not answered for 60 s; it may be waiting to be unlocked")]
    Waiting,
    #[error("the keyring failed: {reason}")]
    Failed { reason: String },
}

/// What is to be said of the keyring before it is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KeyringState {
    /// Also one that is locked: it asks to be unlocked when a secret is needed.
    pub usable: bool,
    pub words: String,
}

/// All secrets of the app. Clones are the same vault.
#[derive(Clone, Default)]
pub struct Vault {
    session: Arc<Mutex<HashMap<Slot, SecretString>>>,
    kept: Option<Arc<KeyringSecrets>>,
}

/// A secret, and what is to become of it once it has proved right.
#[derive(Clone)]
pub struct Obtained {
    pub secret: SecretString,
    /// Where it came from the user just now.
    fresh: Option<(Slot, Keep)>,
}

impl Vault {
    /// Nothing but memory: what would go to the keyring is kept for the session.
    pub fn in_memory() -> Self {
        Self::default()
    }

    /// The keyring of this system, which is first talked to when it is first used.
    pub fn open(sealed: Arc<dyn SealedStore>) -> Self {
        Self::with_store(keyring::open_system, sealed)
    }

    /// A keyring of one's own, opened on the vault's thread; again whenever it has failed.
    pub fn with_store(
        open: impl Fn() -> Result<Box<dyn Keyring>, VaultError> + Send + Sync + 'static,
        sealed: Arc<dyn SealedStore>,
    ) -> Self {
        Self::patient(open, sealed, PATIENCE)
    }

    fn patient(
        open: impl Fn() -> Result<Box<dyn Keyring>, VaultError> + Send + Sync + 'static,
        sealed: Arc<dyn SealedStore>,
        patience: Duration,
    ) -> Self {
        let thread = KeyringThread::new(Arc::new(open), patience);
        Self { session: Arc::default(), kept: Some(Arc::new(KeyringSecrets { thread, sealed })) }
    }

    /// The kept secret of a slot. A locked keyring asks the user to be unlocked.
    pub async fn get(&self, slot: &Slot) -> Result<Option<SecretString>, VaultError> {
        let in_session = self.session().get(slot).cloned();
        match (in_session, &self.kept) {
            (None, Some(kept)) => kept.get(slot).await,
            (in_session, _) => Ok(in_session),
        }
    }

    /// Whether a secret is kept. The user is not asked to unlock anything; a keyring that cannot be asked has none.
    pub async fn has(&self, slot: &Slot) -> bool {
        self.holds(slot).await.unwrap_or(false)
    }

    async fn holds(&self, slot: &Slot) -> Result<bool, VaultError> {
        if self.session().contains_key(slot) {
            return Ok(true);
        }
        let Some(kept) = &self.kept else { return Ok(false) };
        let slot = slot.clone();
        kept.thread.ask_without_prompt(move |keyring| keyring.holds(&slot)).await
    }

    /// Whether the keyring can be used. The user is not asked to unlock anything.
    pub async fn state(&self) -> KeyringState {
        let (usable, words) = match self.lock().await {
            None => (false, "secrets are kept in memory only".to_owned()),
            Some(Ok(LockState::Open)) => (true, "the keyring is ready".to_owned()),
            Some(Ok(LockState::Locked)) => {
                (true, "the keyring is locked; it asks to be unlocked when it is needed".to_owned())
            }
            Some(Ok(LockState::Unmade)) => {
                (true, "there is no keyring yet; the first secret asks for a password and makes it".to_owned())
            }
            Some(Err(VaultError::Waiting)) => {
                (false, "the keyring is busy; it may be waiting to be unlocked".to_owned())
            }
            Some(Err(error)) => (false, error.to_string()),
        };
        KeyringState { usable, words }
    }

    async fn lock(&self) -> Option<Result<LockState, VaultError>> {
        Some(self.kept.as_ref()?.thread.ask_without_prompt(|keyring| keyring.lock()).await)
    }

    /// Keeps a secret in one place and takes it out of the others. Where the keyring cannot keep it,
    /// nothing is changed.
    pub async fn set(&self, slot: &Slot, secret: &SecretString, keep: Keep) -> Result<(), VaultError> {
        match (keep, &self.kept) {
            (Keep::Keyring, Some(kept)) => {
                kept.set(slot, secret).await?;
                self.session().remove(slot);
            }
            (Keep::Keyring | Keep::Session, _) => {
                self.session().insert(slot.clone(), secret.clone());
                self.leave_keyring(slot, keep).await;
            }
            (Keep::Never, _) => {
                self.session().remove(slot);
                self.leave_keyring(slot, keep).await;
            }
        }
        Ok(())
    }

    /// Like [`Self::set`], but what the keyring does not take is kept for this session; the error says why.
    pub async fn hold(&self, slot: &Slot, secret: &SecretString, keep: Keep) -> Result<(), VaultError> {
        let kept = self.set(slot, secret, keep).await;
        if kept.is_err() {
            self.session().insert(slot.clone(), secret.clone());
        }
        kept
    }

    /// Uses a secret in this session, whatever is kept; what is kept stays.
    pub fn lend(&self, slot: &Slot, secret: SecretString) {
        self.session().insert(slot.clone(), secret);
    }

    /// An older secret in the keyring would come back one day. The user is not asked to unlock the keyring for that.
    async fn leave_keyring(&self, slot: &Slot, keep: Keep) {
        let Some(kept) = self.kept.as_ref().filter(|_| keep != Keep::Keyring) else { return };
        if let Err(error) = kept.sealed.unseal(&slot.key()).await {
            tracing::warn!(error, "a sealed secret was not deleted");
        }
        let slot = slot.clone();
        kept.thread.ask_and_forget(move |keyring| match (keyring.holds(&slot)?, keyring.lock()?) {
            (true, LockState::Open) => keyring.delete(&slot),
            _ => Ok(()),
        });
    }

    /// Takes a secret out of the memory of this session. The keyring is not touched.
    pub fn forget_session(&self, slot: &Slot) {
        self.session().remove(slot);
    }

    /// Takes a secret out of everywhere. An error: it may still be in the keyring.
    pub async fn forget(&self, slot: &Slot) -> Result<(), VaultError> {
        self.session().remove(slot);
        match &self.kept {
            Some(kept) => kept.forget(slot).await,
            None => Ok(()),
        }
    }

    /// Forgets all of these, also where one fails; the error is the first one's.
    pub async fn forget_owner(&self, slots: &[Slot]) -> Result<(), VaultError> {
        let mut result = Ok(());
        for slot in slots {
            result = result.and(self.forget(slot).await);
        }
        result
    }

    /// The secret of a slot: the kept one, or what the user answers. `again` says that the kept or
    /// last one was wrong, so it is not tried once more. Where the keyring cannot be used it is not
    /// offered, and the question says why. None: the user did not answer.
    pub async fn obtain(
        &self,
        slot: &Slot,
        ask: &dyn Ask,
        what: SecretKind,
        subject: &str,
        preferred: Keep,
        again: bool,
    ) -> Option<Obtained> {
        let trouble = match self.look(slot, preferred, again).await {
            Ok(Some(secret)) => return Some(Obtained { secret, fresh: None }),
            Ok(None) => None,
            Err(error) => Some(error),
        };
        let keeps = keeps(preferred, trouble.is_none());
        let note = trouble.map(|error| error.to_string());
        let question = Question::Secret { what, subject: subject.to_owned(), again, keeps, note };
        let Answer { values, keep } = ask.ask(question).await?;
        let secret = values.into_iter().next()?;
        Some(Obtained { secret, fresh: Some((slot.clone(), keep)) })
    }

    /// What is kept, if it is worth a try. An error: the keyring cannot be used.
    async fn look(&self, slot: &Slot, preferred: Keep, again: bool) -> Result<Option<SecretString>, VaultError> {
        if again {
            return self.lock().await.transpose().map(|_| None);
        }
        // A user who does not want the keyring is not asked to unlock it in vain.
        if preferred == Keep::Keyring || self.holds(slot).await? { self.get(slot).await } else { Ok(None) }
    }

    /// Keeps a secret that has proved right the way the user chose. One that came from the vault is
    /// there already. An error: the keyring did not take it, so it is kept for this session.
    pub async fn accept(&self, obtained: &Obtained) -> Result<(), VaultError> {
        match &obtained.fresh {
            Some((slot, keep)) => self.hold(slot, &obtained.secret, *keep).await,
            None => Ok(()),
        }
    }

    fn session(&self) -> MutexGuard<'_, HashMap<Slot, SecretString>> {
        self.session.lock()
    }
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(if self.kept.is_some() { "Vault of a keyring" } else { "Vault in memory" })
    }
}

impl std::fmt::Debug for Obtained {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Obtained").field("fresh", &self.fresh).finish_non_exhaustive()
    }
}

/// The ways to keep an answer, the preferred one first.
fn keeps(preferred: Keep, keyring_is_usable: bool) -> Vec<Keep> {
    let others = [Keep::Keyring, Keep::Session, Keep::Never].into_iter().filter(|keep| *keep != preferred);
    std::iter::once(preferred).chain(others).filter(|keep| keyring_is_usable || *keep != Keep::Keyring).collect()
}

#[cfg(test)]
mod tests;
