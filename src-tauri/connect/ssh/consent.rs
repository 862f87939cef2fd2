//! Programs that a config file wants to have run on this machine: ProxyCommand, `Match exec`. Each runs only with
//! the consent of the user.

use std::collections::HashSet;
use std::sync::Arc;

use parking_lot::Mutex;

use super::error::SshError;
use crate::connect::question::{Ask, Question};
use crate::connect::steps::{RunningStep, asking};

/// Command lines that the user has agreed to, each with the place it stands at. Clones are the same
/// list, and it is gone when the app closes.
#[derive(Debug, Clone, Default)]
pub struct Consents {
    given: Arc<Mutex<HashSet<(String, String)>>>,
}

impl Consents {
    /// Asks while `step` waits, unless this very command at this very place was agreed to before. `purpose` is
    /// what it runs for, as `ProxyCommand of gpu-box`. A no is [`SshError::NoConsent`].
    pub async fn obtain(
        &self,
        ask: &dyn Ask,
        step: &mut Option<RunningStep>,
        purpose: String,
        command: &str,
        from: &str,
    ) -> Result<(), SshError> {
        let (command, from) = (command.to_owned(), from.to_owned());
        if self.given.lock().contains(&(command.clone(), from.clone())) {
            return Ok(());
        }
        let question = Question::Command { purpose: purpose.clone(), command: command.clone(), from: from.clone() };
        if asking(step, "waits for your consent", ask.ask(question)).await.is_none() {
            return Err(SshError::NoConsent { purpose, command, from });
        }
        self.given.lock().insert((command, from));
        Ok(())
    }
}
