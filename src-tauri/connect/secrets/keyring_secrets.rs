//! How a secret is kept: in an entry of the keyring, or sealed beside it if it is large. The first byte
//! of an entry says which: `1` and the secret itself, or `2` and nothing.

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::keyring::Keyring;
use super::keyring_thread::KeyringThread;
use super::sealing::{self, SealingKey};
use super::{Slot, VaultError};

/// Windows takes 2560 bytes, and the Secret Service is slow with much.
const LARGEST_IN_KEYRING_BYTES: usize = 1500;
const PLAIN: u8 = b'1';
const SEALED: &[u8] = b"2";

/// Where sealed secrets lie, by the key of their slot: the settings. Errors are in words for people.
#[async_trait]
pub trait SealedStore: Send + Sync {
    async fn sealed(&self, slot_key: &str) -> Result<Option<Vec<u8>>, String>;
    async fn seal(&self, slot_key: &str, bytes: &[u8]) -> Result<(), String>;
    /// What is not there is no error.
    async fn unseal(&self, slot_key: &str) -> Result<(), String>;
}

/// The secrets that outlive the session.
pub struct KeyringSecrets {
    pub thread: KeyringThread,
    pub sealed: Arc<dyn SealedStore>,
}

impl KeyringSecrets {
    pub async fn get(&self, slot: &Slot) -> Result<Option<SecretString>, VaultError> {
        let entry = slot.clone();
        let Some(value) = self.thread.ask(move |keyring| keyring.read(&entry)).await? else { return Ok(None) };
        let secret = match value.split_first() {
            Some((&PLAIN, secret)) => Some(Zeroizing::new(secret.to_vec())),
            _ if *value == SEALED => self.get_sealed(slot).await?,
            _ => None,
        };
        let secret = secret.and_then(|secret| std::str::from_utf8(&secret).map(SecretString::from).ok());
        if secret.is_none() {
            // To be asked for it again is all that helps.
            tracing::warn!(slot = slot.key(), "what the keyring has cannot be read");
        }
        Ok(secret)
    }

    async fn get_sealed(&self, slot: &Slot) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        let key = self.thread.ask(|keyring| keyring.read(&Slot::sealing_key())).await?;
        let key = key.and_then(|value| sealing::key_of_text(value.strip_prefix(&[PLAIN])?));
        let sealed = self.sealed.sealed(&slot.key()).await.map_err(|reason| VaultError::Failed { reason })?;
        Ok(key.zip(sealed).and_then(|(key, sealed)| sealing::open(&key, &slot.key(), &sealed)))
    }

    pub async fn set(&self, slot: &Slot, secret: &SecretString) -> Result<(), VaultError> {
        let secret = secret.expose_secret().as_bytes();
        if secret.len() > LARGEST_IN_KEYRING_BYTES {
            return self.set_sealed(slot, secret).await;
        }
        let mut value = Zeroizing::new(Vec::with_capacity(1 + secret.len()));
        value.push(PLAIN);
        value.extend_from_slice(secret);
        self.write(slot, value).await?;
        // Without the mark in the keyring it is never read again.
        if let Err(error) = self.sealed.unseal(&slot.key()).await {
            tracing::warn!(error, "a sealed secret was not deleted");
        }
        Ok(())
    }

    async fn set_sealed(&self, slot: &Slot, secret: &[u8]) -> Result<(), VaultError> {
        let key = self.thread.ask(sealing_key).await?;
        let sealed = sealing::seal(&key, &slot.key(), secret).ok_or_else(no_random)?;
        self.sealed.seal(&slot.key(), &sealed).await.map_err(|reason| VaultError::Failed { reason })?;
        self.write(slot, Zeroizing::new(SEALED.to_vec())).await
    }

    async fn write(&self, slot: &Slot, value: Zeroizing<Vec<u8>>) -> Result<(), VaultError> {
        let slot = slot.clone();
        self.thread.ask(move |keyring| keyring.write(&slot, &value)).await
    }

    pub async fn forget(&self, slot: &Slot) -> Result<(), VaultError> {
        let unsealed = self.sealed.unseal(&slot.key()).await.map_err(|reason| VaultError::Failed { reason });
        let slot = slot.clone();
        let deleted = self.thread.ask(move |keyring| keyring.delete(&slot)).await;
        deleted.and(unsealed)
    }
}

/// The key of the large secrets, made when it is first needed.
fn sealing_key(keyring: &mut dyn Keyring) -> Result<SealingKey, VaultError> {
    let slot = Slot::sealing_key();
    let kept = keyring.read(&slot)?;
    if let Some(key) = kept.and_then(|value| sealing::key_of_text(value.strip_prefix(&[PLAIN])?)) {
        return Ok(key);
    }
    let key = sealing::new_key().ok_or_else(no_random)?;
    let text = sealing::key_text(&key);
    let mut value = Zeroizing::new(Vec::with_capacity(1 + text.len()));
    value.push(PLAIN);
    value.extend_from_slice(text.as_bytes());
    keyring.write(&slot, &value)?;
    Ok(key)
}

fn no_random() -> VaultError {
    VaultError::Failed { reason: "this system gives no random numbers".to_owned() }
}
