//! Logging in, in OpenSSH's order: keys (certificates, agent, files), the server's own questions, a
//! password; as long as the server says that something is still missing.

mod identity;
mod interactive;
mod password;
mod public_key;
mod signing;

use std::time::Duration;

use russh::client::AuthResult;
use russh::client::KeyboardInteractiveAuthResponse;
use russh::{MethodKind, MethodSet};
use tokio::time::error::Elapsed;
use tokio::time::timeout;

use super::attempt::Attempt;
use super::client_handler::{self, Handshake, in_words};
use super::error::SshError;
use super::session::Session;
use crate::connect::steps::{RunningStep, StepName, StepState};
use ssh_config::config::Resolved;

const ORDER: [&str; 3] = ["publickey", "keyboard-interactive", "password"];
/// Each success of a part leads to a next one; no server needs more.
const MOST_PARTS: usize = 8;
const LAST_WORD_LIMIT: Duration = Duration::from_secs(2);

pub enum Outcome {
    LoggedIn,
    /// The server did not wait for the user's answer. It is remembered, so the next session has it.
    SessionGone,
}

/// One login as it goes on.
struct Login<'a> {
    attempt: &'a Attempt<'a>,
    hop: &'a Resolved,
    session: &'a mut Session,
    step: &'a mut Option<RunningStep>,
    /// `ana@bastion.corp`
    who: String,
    /// What the server still takes.
    offered: MethodSet,
    /// What was offered to it, with what came of it; nothing of it is secret.
    tried: Vec<String>,
    /// What only the user could have given, where the user was not there or gave nothing.
    missing: Option<String>,
    accepted: Vec<String>,
    keys: public_key::Keys,
    given_up: Vec<MethodKind>,
}

/// What one method came to.
enum MethodOutcome {
    /// Nothing more can be tried by it.
    Refused,
    Answer(AuthResult),
    SessionGone,
}

pub async fn log_in(
    attempt: &Attempt<'_>,
    hop: &Resolved,
    session: &mut Session,
    handshake: &Handshake,
    step: &mut Option<RunningStep>,
) -> Result<Outcome, SshError> {
    let user = &hop.user.value;
    let who = format!("{user}@{}", hop.alias);
    if step.is_none() {
        *step = Some(attempt.steps.begin(StepName::Auth, who.clone()));
    }
    let mut login = Login {
        attempt,
        hop,
        session,
        step,
        who,
        offered: MethodSet::empty(),
        tried: Vec::new(),
        missing: None,
        accepted: Vec::new(),
        keys: public_key::Keys::default(),
        given_up: Vec::new(),
    };
    let result = login.go().await;
    let detail = login.detail(handshake);
    match &result {
        Ok(Outcome::LoggedIn) => {
            if let Some(step) = login.step.take() {
                step.pass(detail);
            }
        }
        Ok(Outcome::SessionGone) => {}
        Err(error) => {
            if let Some(step) = login.step.take() {
                step.fail(format!("{error}\n{detail}"), error.remedy().unwrap_or_default());
            }
        }
    }
    result
}

impl Login<'_> {
    async fn go(&mut self) -> Result<Outcome, SshError> {
        // It names the methods, and OpenSSH does not count it among the tries.
        let user = self.hop.user.value.clone();
        let none = timeout(self.attempt.limits.auth, self.session.handle.authenticate_none(user)).await;
        let mut answer = self.answer(none).await?;
        if answer == AuthResult::Success {
            self.accepted.push("the name alone".to_owned());
        }
        for _ in 0..MOST_PARTS {
            match answer {
                AuthResult::Success => return Ok(Outcome::LoggedIn),
                AuthResult::Failure { remaining_methods, .. } => self.offered = remaining_methods,
            }
            if self.offered.is_empty() && self.session.status.is_over() {
                return Err(self.refused());
            }
            answer = match self.next_part().await? {
                MethodOutcome::Answer(answer) => answer,
                MethodOutcome::SessionGone => return Ok(Outcome::SessionGone),
                MethodOutcome::Refused => return Err(self.refused()),
            };
        }
        Err(self.refused())
    }

    /// The next method that gets anywhere.
    async fn next_part(&mut self) -> Result<MethodOutcome, SshError> {
        let wanted = self.hop.preferred_authentications.as_ref().map(|wanted| wanted.value.clone());
        let wanted = wanted.unwrap_or_else(|| ORDER.iter().map(|name| (*name).to_owned()).collect());
        for name in wanted {
            let Ok(method) = name.parse::<MethodKind>() else { continue };
            if !self.offered.contains(&method) || self.given_up.contains(&method) || !self.is_allowed(method) {
                continue;
            }
            let part = match method {
                MethodKind::PublicKey => self.public_key().await?,
                MethodKind::KeyboardInteractive => self.interactive().await?,
                MethodKind::Password => self.password().await?,
                MethodKind::None | MethodKind::HostBased | MethodKind::GssapiWithMic => MethodOutcome::Refused,
            };
            match part {
                MethodOutcome::Refused => self.given_up.push(method),
                other => return Ok(other),
            }
        }
        Ok(MethodOutcome::Refused)
    }

    fn is_allowed(&self, method: MethodKind) -> bool {
        match method {
            MethodKind::PublicKey => self.hop.pubkey_authentication,
            MethodKind::KeyboardInteractive => self.hop.kbd_interactive_authentication,
            MethodKind::Password => self.hop.password_authentication,
            MethodKind::None | MethodKind::HostBased | MethodKind::GssapiWithMic => false,
        }
    }

    /// Says what is being tried while it is tried.
    fn say(&self, what: &str) {
        if let Some(step) = &*self.step {
            step.say(StepState::Running, what);
        }
    }

    /// An answer of the server; an error where there is none. A session that ends without one looks
    /// to the library like a refusal that leaves nothing to try.
    async fn answer(
        &mut self,
        answer: Result<Result<AuthResult, russh::Error>, Elapsed>,
    ) -> Result<AuthResult, SshError> {
        match answer {
            Ok(Ok(answer)) => {
                let nothing_left =
                    matches!(&answer, AuthResult::Failure { remaining_methods, .. } if remaining_methods.is_empty());
                if nothing_left && self.why_ended().await.as_deref() != Some(client_handler::NO_METHOD_LEFT) {
                    return Err(self.ended().await);
                }
                Ok(answer)
            }
            Ok(Err(error)) => Err(self.session.lost(&in_words(&error))),
            Err(_) => Err(self.too_slow()),
        }
    }

    async fn interactive_answer(
        &mut self,
        answer: Result<Result<KeyboardInteractiveAuthResponse, russh::Error>, Elapsed>,
    ) -> Result<KeyboardInteractiveAuthResponse, SshError> {
        match answer {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(_)) => Err(self.ended().await),
            Err(_) => Err(self.too_slow()),
        }
    }

    /// The server's last word, which may come a moment after the end itself.
    async fn why_ended(&mut self) -> Option<String> {
        let status = self.session.status.clone();
        timeout(LAST_WORD_LIMIT, status.over()).await.ok()
    }

    fn too_slow(&self) -> SshError {
        let seconds = self.attempt.limits.auth.as_secs();
        SshError::TimedOut { hop: self.session.hop.clone(), doing: "logging in".to_owned(), seconds }
    }

    /// The server hung up instead of answering: mostly because it was offered too much.
    async fn ended(&mut self) -> SshError {
        let said = self.why_ended().await.unwrap_or_default();
        if said.contains("Too many authentication failures") || self.tried.len() >= 3 {
            return self.refused();
        }
        self.session.lost("it closed the connection while logging in")
    }

    fn refused(&self) -> SshError {
        let hop = self.session.hop.clone();
        if let Some(missing) = &self.missing {
            return SshError::NeedsUser { hop, what: missing.clone() };
        }
        let said = self.session.status.ended().unwrap_or_default();
        let too_many = said.contains("Too many");
        let remedy = if too_many {
            "It hung up before the right key came to its turn. Name the right key as the identity file and offer only \
             named keys (IdentitiesOnly yes)."
                .to_owned()
        } else if self.tried.is_empty() && self.offered.contains(&MethodKind::PublicKey) {
            "Podium has no key to offer: name an identity file, or start the agent and add the key to it.".to_owned()
        } else if self.tried.is_empty() {
            "Allow a method that the server offers (PreferredAuthentications and the like in the ssh_config)."
                .to_owned()
        } else {
            format!("Check the user name, and that the public key is in authorized_keys of {}.", self.who)
        };
        let mut tried = self.tried.join("; ");
        if tried.is_empty() {
            tried = "nothing".to_owned();
        }
        if too_many {
            tried.push_str("; then it ended the session: too many tries");
        }
        let user = self.hop.user.value.clone();
        SshError::AuthRefused { hop, user, offered: names(&self.offered), tried, remedy }
    }

    fn detail(&self, handshake: &Handshake) -> String {
        let mut lines = Vec::new();
        if !self.accepted.is_empty() {
            lines.push(format!("accepted: {}", self.accepted.join(", then ")));
        }
        if !self.offered.is_empty() {
            lines.push(format!("offered: {}", names(&self.offered)));
        }
        if !self.tried.is_empty() {
            lines.push(format!("tried: {}", self.tried.join("; ")));
        }
        let banner = handshake.notes().banner.clone();
        if !banner.is_empty() {
            lines.push(format!("it says: {banner}"));
        }
        lines.join("\n")
    }
}

fn names(methods: &MethodSet) -> String {
    let names: Vec<String> = methods.iter().map(String::from).collect();
    if names.is_empty() { "nothing else".to_owned() } else { names.join(", ") }
}
