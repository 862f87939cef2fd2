//! What one tunnel has learned while it was made, so that its other sessions and a silent reconnect ask
//! for nothing again. It is gone with the tunnel.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use parking_lot::{Mutex, MutexGuard};
use russh::keys::PrivateKey;

use crate::connect::Keep;
use crate::connect::question::{Answer, Ask, Question};
use crate::connect::secrets::{Obtained, Slot};

#[derive(Default)]
pub struct RememberedLogin {
    learned: Mutex<Learned>,
}

#[derive(Default)]
struct Learned {
    /// Given, and right or not yet known to be wrong.
    secrets: HashMap<Slot, Obtained>,
    keys: HashMap<PathBuf, Arc<PrivateKey>>,
    needs_user: bool,
    peer: Option<SocketAddr>,
}

impl RememberedLogin {
    pub fn secret(&self, slot: &Slot) -> Option<Obtained> {
        self.learned().secrets.get(slot).cloned()
    }

    pub fn remember(&self, slot: &Slot, obtained: &Obtained) {
        self.learned().secrets.insert(slot.clone(), obtained.clone());
    }

    pub fn was_wrong(&self, slot: &Slot) {
        self.learned().secrets.remove(slot);
    }

    pub fn key(&self, file: &Path) -> Option<Arc<PrivateKey>> {
        self.learned().keys.get(file).cloned()
    }

    pub fn remember_key(&self, file: &Path, key: &Arc<PrivateKey>) {
        self.learned().keys.insert(file.to_owned(), key.clone());
    }

    /// Something was needed that only the user can give, and only once: a second factor, a touch, a
    /// secret that is to be kept nowhere.
    pub fn note_user_needed(&self) {
        self.learned().needs_user = true;
    }

    pub fn needs_user(&self) -> bool {
        self.learned().needs_user
    }

    /// The address that this machine connects to: that of the first hop.
    pub fn remember_peer(&self, peer: SocketAddr) {
        self.learned().peer = Some(peer);
    }

    pub fn peer(&self) -> Option<SocketAddr> {
        self.learned().peer
    }

    pub fn forget(&self) {
        let mut learned = self.learned();
        learned.secrets.clear();
        learned.keys.clear();
    }

    pub fn begin_anew(&self) {
        *self.learned() = Learned::default();
    }

    fn learned(&self) -> MutexGuard<'_, Learned> {
        self.learned.lock()
    }
}

/// Asks, and remembers that an answer is good for this once only.
pub struct OneTimeAnswerRecorder<'a> {
    pub ask: &'a dyn Ask,
    pub remembered: &'a RememberedLogin,
}

#[async_trait]
impl Ask for OneTimeAnswerRecorder<'_> {
    async fn ask(&self, question: Question) -> Option<Answer> {
        let secret = matches!(question, Question::Secret { .. });
        let prompts = matches!(&question, Question::Prompts { prompts, .. } if !prompts.is_empty());
        let answer = self.ask.ask(question).await?;
        if prompts || (secret && answer.keep == Keep::Never) {
            self.remembered.note_user_needed();
        }
        Some(answer)
    }
}
