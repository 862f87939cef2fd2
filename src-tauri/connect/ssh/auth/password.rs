//! The password of an account: the kept one, or what the user types, up to three times.

use russh::client::AuthResult;
use secrecy::ExposeSecret;
use tokio::time::timeout;

use super::{Login, MethodOutcome};
use crate::connect::question::{Ask, SecretKind, Unattended};
use crate::connect::secrets::{Obtained, Slot};
use crate::connect::ssh::error::SshError;
use crate::connect::ssh::remembered_login::OneTimeAnswerRecorder;
use crate::connect::steps::asking;

/// `NumberOfPasswordPrompts`, as it is by default.
pub const MOST_TRIES: usize = 3;

impl Login<'_> {
    pub fn password_slot(&self) -> Slot {
        let host = self.hop.host_key_alias.as_ref().map_or(&self.hop.host_name.value, |alias| &alias.value);
        Slot::ssh_password(&self.hop.user.value, host, self.hop.port.value)
    }

    /// A secret that was given before, is kept, or is asked for; `again` if that was wrong.
    pub async fn obtain(&mut self, slot: &Slot, what: SecretKind, subject: &str, again: bool) -> Option<Obtained> {
        if !again && let Some(obtained) = self.attempt.remembered.secret(slot) {
            return Some(obtained);
        }
        self.attempt.remembered.was_wrong(slot);
        // A user who has dismissed one question is not asked the next one; a kept secret is used all the same.
        let unattended: &dyn Ask = &Unattended;
        let (attempt, step) = (self.attempt, &mut *self.step);
        let ask = if self.missing.is_some() { unattended } else { attempt.ask };
        let recorder = OneTimeAnswerRecorder { ask, remembered: attempt.remembered };
        let obtaining = attempt.vault.obtain(slot, &recorder, what, subject, attempt.keep, again);
        let obtained = asking(step, "waits for you", obtaining).await?;
        attempt.remembered.remember(slot, &obtained);
        Some(obtained)
    }

    /// Keeps what has proved right. Where that fails it is asked for again another time, no more.
    pub async fn proved(&mut self, obtained: &Obtained) {
        if let Err(error) = self.attempt.vault.accept(obtained).await {
            tracing::warn!(%error, "a secret was not kept");
        }
    }

    pub async fn password(&mut self) -> Result<MethodOutcome, SshError> {
        let slot = self.password_slot();
        for again in [false, true, true, true].into_iter().take(MOST_TRIES) {
            let who = self.who.clone();
            let Some(obtained) = self.obtain(&slot, SecretKind::SshPassword, &who, again).await else {
                self.missing.get_or_insert_with(|| format!("the password of {who} was not given"));
                return Ok(MethodOutcome::Refused);
            };
            if self.session.status.is_over() {
                return Ok(MethodOutcome::SessionGone);
            }
            self.say("offers a password");
            let user = self.hop.user.value.clone();
            let sending = self.session.handle.authenticate_password(user, obtained.secret.expose_secret());
            let answer = timeout(self.attempt.limits.auth, sending).await;
            let answer = self.answer(answer).await?;
            let right = !matches!(answer, AuthResult::Failure { partial_success: false, .. });
            if right {
                self.proved(&obtained).await;
                self.accepted.push("the password".to_owned());
                return Ok(MethodOutcome::Answer(answer));
            }
            self.tried.push("a password: refused".to_owned());
            if self.session.status.is_over() {
                break;
            }
        }
        self.attempt.remembered.was_wrong(&slot);
        Ok(MethodOutcome::Refused)
    }
}
