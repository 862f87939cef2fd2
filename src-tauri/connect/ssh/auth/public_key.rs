//! Login by key: each is shown to the server first, and signs, or is opened with its passphrase, only
//! where the server would take it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use russh::client::AuthResult;
use russh::keys::{Algorithm, HashAlg, PrivateKey};
use secrecy::ExposeSecret;
use tokio::time::timeout;

use super::identity::{self, Files, From as Origin, Identity, KeyFile, State};
use super::password::MOST_TRIES;
use super::signing::{AgentSigner, FileSigner, KeyReply, reply};
use super::{Login, MethodOutcome};
use crate::connect::question::SecretKind;
use crate::connect::secrets::Slot;
use crate::connect::ssh::agent;
use crate::connect::ssh::error::SshError;
use ssh_config::shown;

/// What is left to offer.
#[derive(Default)]
pub struct Keys {
    left: Option<VecDeque<Identity>>,
    agent: Option<agent::Connection>,
    /// What RSA keys sign with here; None until it is known.
    rsa: Option<Option<HashAlg>>,
}

/// What came of showing a key.
enum Offer {
    Answer(AuthResult),
    /// The server would take it, if only it could be opened.
    Wanted,
    NotSigned(String),
}

impl Login<'_> {
    pub async fn public_key(&mut self) -> Result<MethodOutcome, SshError> {
        if self.keys.left.is_none() {
            let left = self.gather().await;
            self.keys.left = Some(left);
        }
        while let Some(identity) = self.keys.left.as_mut().and_then(VecDeque::pop_front) {
            let name = identity.name();
            self.say(&format!("offers {name}"));
            match self.offer(&identity).await? {
                Ok(AuthResult::Failure { remaining_methods, partial_success: false }) => {
                    self.tried.push(format!("{name}: refused"));
                    let over = !remaining_methods.contains(&russh::MethodKind::PublicKey);
                    self.offered = remaining_methods;
                    if over {
                        return Ok(MethodOutcome::Refused);
                    }
                }
                Ok(answer) => {
                    self.accepted.push(name);
                    if identity.needs_touch() {
                        self.attempt.remembered.note_user_needed();
                    }
                    return Ok(MethodOutcome::Answer(answer));
                }
                Err(NotOffered::Because(what)) => self.tried.push(format!("{name}: {what}")),
                Err(NotOffered::SessionGone) => return Ok(MethodOutcome::SessionGone),
            }
        }
        Ok(MethodOutcome::Refused)
    }

    async fn gather(&mut self) -> VecDeque<Identity> {
        let hop = self.hop.clone();
        let reading = tokio::task::spawn_blocking(move || identity::read_files(&hop));
        let files = reading.await.unwrap_or_else(|_| Files {
            // The library panics on some damaged files.
            problems: vec!["the key files cannot be read".to_owned()],
            ..Files::default()
        });
        self.tried.extend(files.problems.iter().cloned());
        let binding = self.session.handle.agent_session_binding();
        let held = match agent::connect(&self.hop.agent.value, binding).await {
            Ok(Some((agent, held))) => {
                self.keys.agent = Some(agent);
                held
            }
            Ok(None) => Vec::new(),
            Err(what) => {
                self.tried.push(what);
                Vec::new()
            }
        };
        identity::in_order(&files, held, self.hop.identities_only.value)
    }

    /// The server's answer to an identity that was offered to the end.
    async fn offer(&mut self, identity: &Identity) -> Result<Result<AuthResult, NotOffered>, SshError> {
        let file = match &identity.from {
            Origin::Agent { .. } => {
                return Ok(match self.show(identity, None).await? {
                    Offer::Answer(answer) => Ok(answer),
                    Offer::NotSigned(what) => Err(NotOffered::Because(what)),
                    Offer::Wanted => Err(NotOffered::Because("the agent does not sign".to_owned())),
                });
            }
            Origin::File(file) => file.clone(),
        };
        let open = match &file.state {
            State::Open(key) => Some(key.clone()),
            State::Encrypted | State::PublicOnly => self.attempt.remembered.key(&file.path),
        };
        // A key whose public half is not known cannot be offered before it is decrypted.
        if open.is_some() || identity.key.is_some() {
            match self.show(identity, open.clone()).await? {
                Offer::Answer(answer) => return Ok(Ok(answer)),
                Offer::NotSigned(what) => return Ok(Err(NotOffered::Because(what))),
                Offer::Wanted => {}
            }
        }
        let key = match self.unlock(&file).await {
            Ok(key) => key,
            Err(what) => return Ok(Err(NotOffered::Because(what))),
        };
        if self.session.status.is_over() {
            return Ok(Err(NotOffered::SessionGone));
        }
        let opened = Identity { key: Some(key.public_key().clone()), ..identity.clone() };
        if identity.key.as_ref().is_some_and(|said| said.key_data() != key.public_key().key_data()) {
            return Ok(Err(NotOffered::Because("its .pub belongs to another key".to_owned())));
        }
        Ok(match self.show(&opened, Some(key)).await? {
            Offer::Answer(answer) => Ok(answer),
            Offer::NotSigned(what) => Err(NotOffered::Because(what)),
            Offer::Wanted => Err(NotOffered::Because("it was not opened".to_owned())),
        })
    }

    /// Shows a key, and signs with the agent or `open` if the server takes it.
    async fn show(&mut self, identity: &Identity, open: Option<Arc<PrivateKey>>) -> Result<Offer, SshError> {
        let Some(key) = identity.key.clone() else { return Ok(Offer::Wanted) };
        let hash = match key.algorithm() {
            Algorithm::Rsa { .. } => match self.rsa_hash().await {
                Some(hash) => Some(hash),
                None => return Ok(Offer::NotSigned("the server takes RSA only with SHA-1".to_owned())),
            },
            _ => None,
        };
        let user = self.hop.user.value.clone();
        let handle = &mut self.session.handle;
        let (limit, patience) = (self.attempt.limits.auth, self.attempt.limits.agent);
        let is_asked = AtomicBool::new(false);
        let shown = match (&identity.from, &mut self.keys.agent, identity.certificate.clone()) {
            (Origin::Agent { .. }, Some(agent), Some(certificate)) => {
                let mut signer = AgentSigner { agent, is_asked: &is_asked };
                let showing = handle.authenticate_certificate_with(user, certificate, hash, &mut signer);
                reply(timeout(patience, showing).await)
            }
            (Origin::Agent { .. }, Some(agent), None) => {
                let mut signer = AgentSigner { agent, is_asked: &is_asked };
                reply(timeout(patience, handle.authenticate_publickey_with(user, key, hash, &mut signer)).await)
            }
            (_, _, Some(certificate)) => {
                let mut signer = FileSigner { key: open };
                let showing = handle.authenticate_certificate_with(user, certificate, hash, &mut signer);
                reply(timeout(limit, showing).await)
            }
            (_, _, None) => {
                let mut signer = FileSigner { key: open };
                reply(timeout(limit, handle.authenticate_publickey_with(user, key, hash, &mut signer)).await)
            }
        };
        match shown {
            KeyReply::Answer(answer) => self.answer(Ok(Ok(answer))).await.map(Offer::Answer),
            KeyReply::Wanted => Ok(Offer::Wanted),
            KeyReply::NotSigned(what) => Ok(Offer::NotSigned(what)),
            KeyReply::Gone => Err(self.ended().await),
            // The agent has asked the user, who did not answer. Another try would only ask again.
            KeyReply::Late if is_asked.into_inner() => Err(SshError::NeedsUser {
                hop: self.session.hop.clone(),
                what: format!("the agent did not sign with {}; it may be waiting for you", identity.name()),
            }),
            KeyReply::Late => Err(self.too_slow()),
        }
    }

    async fn rsa_hash(&mut self) -> Option<HashAlg> {
        if self.keys.rsa.is_none() {
            let hash = match self.session.handle.best_supported_rsa_hash().await {
                Ok(Some(hash)) => hash,
                // It does not say what it takes: then the one that every server of the last ten years does.
                Ok(None) | Err(_) => Some(HashAlg::Sha256),
            };
            self.keys.rsa = Some(hash);
        }
        self.keys.rsa.flatten()
    }

    /// Opens a key file with a passphrase that is kept or asked for.
    async fn unlock(&mut self, file: &KeyFile) -> Result<Arc<PrivateKey>, String> {
        let path = shown(&file.path);
        let slot = Slot::key_passphrase(&file.path.display().to_string());
        for again in [false, true, true, true].into_iter().take(MOST_TRIES + 1) {
            let Some(obtained) = self.obtain(&slot, SecretKind::KeyPassphrase, &path, again).await else {
                self.missing.get_or_insert_with(|| format!("the passphrase of {path} was not given"));
                return Err("its passphrase was not given".to_owned());
            };
            self.say(&format!("opens {path}"));
            let (file_path, secret) = (file.path.clone(), obtained.secret.clone());
            let opening = tokio::task::spawn_blocking(move || identity::open(&file_path, secret.expose_secret()));
            match opening.await {
                Ok(Ok(Some(key))) => {
                    let key = Arc::new(key);
                    self.proved(&obtained).await;
                    self.attempt.remembered.remember_key(&file.path, &key);
                    return Ok(key);
                }
                Ok(Ok(None)) => {}
                Ok(Err(what)) => return Err(what),
                Err(_) => return Err("it is damaged".to_owned()),
            }
        }
        self.attempt.remembered.was_wrong(&slot);
        Err("the passphrase was wrong".to_owned())
    }
}

enum NotOffered {
    Because(String),
    SessionGone,
}
