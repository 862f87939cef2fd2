//! Signing in: with a key of a file or by an agent, and what came of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use russh::client::AuthResult;
use russh::keys::agent::AgentIdentity;
use russh::keys::signature::Signer as _;
use russh::keys::ssh_encoding::Encode;
use russh::keys::ssh_key::private::KeypairData;
use russh::keys::{HashAlg, PrivateKey, ssh_key};
use russh::{AgentAuthError, SendError, Signer};
use tokio::time::error::Elapsed;

use crate::connect::ssh::agent::Connection;

/// Signs with a key of a file, where there is one.
pub struct FileSigner {
    pub key: Option<Arc<PrivateKey>>,
}

#[derive(Debug)]
pub enum FileSignError {
    Gone,
    NoKey,
    Failed(String),
}

impl From<SendError> for FileSignError {
    fn from(_: SendError) -> Self {
        Self::Gone
    }
}

impl Signer for FileSigner {
    type Error = FileSignError;

    async fn auth_sign(
        &mut self,
        _: &AgentIdentity,
        hash: Option<HashAlg>,
        to_sign: Vec<u8>,
    ) -> Result<Vec<u8>, FileSignError> {
        let key = self.key.as_ref().ok_or(FileSignError::NoKey)?;
        signed(key, hash, to_sign).map_err(|error| FileSignError::Failed(error.to_string()))
    }
}

/// Signs by an agent, whose user may have to agree first.
pub struct AgentSigner<'a> {
    pub agent: &'a mut Connection,
    /// Whether it is the agent that is being waited for, and not the server.
    pub is_asked: &'a AtomicBool,
}

impl Signer for AgentSigner<'_> {
    type Error = AgentAuthError;

    async fn auth_sign(
        &mut self,
        key: &AgentIdentity,
        hash: Option<HashAlg>,
        to_sign: Vec<u8>,
    ) -> Result<Vec<u8>, AgentAuthError> {
        self.is_asked.store(true, Ordering::Release);
        let signed = self.agent.auth_sign(key, hash, to_sign).await;
        self.is_asked.store(false, Ordering::Release);
        signed
    }
}

/// What is to be signed, with the signature behind it (RFC 4252, 7).
fn signed(key: &PrivateKey, hash: Option<HashAlg>, mut to_sign: Vec<u8>) -> Result<Vec<u8>, ssh_key::Error> {
    let signature: ssh_key::Signature = match key.key_data() {
        KeypairData::Rsa(pair) => (pair, hash).try_sign(&to_sign)?,
        pair => pair.try_sign(&to_sign)?,
    };
    let mut bytes = Vec::new();
    signature.encode(&mut bytes)?;
    bytes.encode(&mut to_sign)?;
    Ok(to_sign)
}

/// What came of offering a key: the answer of the server, or of the agent or file that should sign.
pub enum KeyReply {
    Answer(AuthResult),
    Wanted,
    NotSigned(String),
    Gone,
    Late,
}

pub trait SignFailure {
    fn reply(self) -> KeyReply;
}

impl SignFailure for FileSignError {
    fn reply(self) -> KeyReply {
        match self {
            Self::Gone => KeyReply::Gone,
            Self::NoKey => KeyReply::Wanted,
            Self::Failed(what) => KeyReply::NotSigned(what),
        }
    }
}

impl SignFailure for AgentAuthError {
    fn reply(self) -> KeyReply {
        match self {
            Self::Send(_) => KeyReply::Gone,
            Self::Key(error) => KeyReply::NotSigned(format!("the agent does not sign: {error}")),
        }
    }
}

pub fn reply<E: SignFailure>(result: Result<Result<AuthResult, E>, Elapsed>) -> KeyReply {
    match result {
        Ok(Ok(answer)) => KeyReply::Answer(answer),
        Ok(Err(error)) => error.reply(),
        Err(_) => KeyReply::Late,
    }
}
