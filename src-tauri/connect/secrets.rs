//! Secrets: in the system's keyring, or in memory for this session. They are asked for, kept and
//! used here in the core; nothing outside `connect` can read one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use secrecy::SecretString;

use super::Keep;
use super::question::{Answer, Ask, Question, SecretKind};

/// Where one secret belongs. Neither part is a secret itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Slot {
    /// `profile/UUID`, `key`, `ssh`.
    pub owner: String,
    /// `password`, `token`, `client-key`, `header:x-api-key`, a key file's path, `ana@bastion:22`.
    pub name: String,
}

impl Slot {
    pub fn profile(profile_id: &str, name: &str) -> Self {
        Self { owner: format!("profile/{profile_id}"), name: name.to_owned() }
    }

    /// The passphrase of a private key file: the same for every route that uses it.
    pub fn key_passphrase(path: &str) -> Self {
        Self { owner: "key".to_owned(), name: path.to_owned() }
    }

    pub fn ssh_password(user: &str, host: &str, port: u16) -> Self {
        Self { owner: "ssh".to_owned(), name: format!("{user}@{host}:{port}") }
    }
}

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

/// All secrets of the app. Clones are the same vault.
#[derive(Clone, Default)]
pub struct Vault {
    session: Arc<Mutex<HashMap<Slot, SecretString>>>,
}

/// A secret, and what is to become of it once it has proved right.
#[derive(Clone)]
pub struct Obtained {
    pub secret: SecretString,
    /// Where it came from the user just now.
    fresh: Option<(Slot, Keep)>,
}

impl Vault {
    /// Nothing but memory.
    pub fn in_memory() -> Self {
        Self::default()
    }

    pub async fn get(&self, slot: &Slot) -> Result<Option<SecretString>, VaultError> {
        Ok(self.session.lock().unwrap_or_else(PoisonError::into_inner).get(slot).cloned())
    }

    pub async fn set(&self, slot: &Slot, secret: &SecretString, keep: Keep) -> Result<(), VaultError> {
        if keep != Keep::Never {
            self.session.lock().unwrap_or_else(PoisonError::into_inner).insert(slot.clone(), secret.clone());
        }
        Ok(())
    }

    pub async fn forget(&self, slot: &Slot) -> Result<(), VaultError> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner).remove(slot);
        Ok(())
    }

    /// The secret of a slot: the kept one, or what the user answers. `again` says that the kept or
    /// last one was wrong, so it is not tried once more. None: nobody answered.
    pub async fn obtain(
        &self,
        slot: &Slot,
        ask: &dyn Ask,
        what: SecretKind,
        subject: &str,
        preferred: Keep,
        again: bool,
    ) -> Option<Obtained> {
        if !again && let Ok(Some(secret)) = self.get(slot).await {
            return Some(Obtained { secret, fresh: None });
        }
        let keeps = vec![preferred];
        let question = Question::Secret { what, subject: subject.to_owned(), again, keeps, note: None };
        let Answer { values, keep } = ask.ask(question).await?;
        let secret = values.into_iter().next()?;
        Some(Obtained { secret, fresh: Some((slot.clone(), keep)) })
    }

    /// Keeps a secret that has proved right the way the user chose. One that came from the vault
    /// is there already.
    pub async fn accept(&self, obtained: &Obtained) -> Result<(), VaultError> {
        match &obtained.fresh {
            Some((slot, keep)) => self.set(slot, &obtained.secret, *keep).await,
            None => Ok(()),
        }
    }
}
