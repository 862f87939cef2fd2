//! The keys there are to offer: what the agent holds and what lies in files, in OpenSSH's order.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use russh::keys::agent::AgentIdentity;
use russh::keys::{Certificate, Error as KeyError, PrivateKey, PublicKey, decode_secret_key, ssh_key};
use zeroize::Zeroizing;

use ssh_config::config::{Resolved, Source};
use ssh_config::known_hosts::fingerprint_sha256;
use ssh_config::shown;

/// No key is nearly as long.
const LARGEST_FILE_BYTES: u64 = 1 << 20;

#[derive(Debug, Clone)]
pub struct Identity {
    /// None where the file has to be decrypted with the passphrase first.
    pub key: Option<PublicKey>,
    pub certificate: Option<Certificate>,
    pub from: From,
}

#[derive(Debug, Clone)]
pub enum From {
    Agent { comment: String },
    File(Arc<KeyFile>),
}

/// A private key in a file.
#[derive(Debug)]
pub struct KeyFile {
    pub path: PathBuf,
    pub key: Option<PublicKey>,
    pub state: State,
}

#[derive(Debug)]
pub enum State {
    Open(Arc<PrivateKey>),
    Encrypted,
    /// Only the public half is there: the agent may have the other.
    PublicOnly,
}

/// What the files hold that the config names.
#[derive(Default)]
pub struct Files {
    pub keys: Vec<Arc<KeyFile>>,
    pub certificates: Vec<Certificate>,
    /// Files that were named and cannot be used, in words.
    pub problems: Vec<String>,
}

/// Reads files; not for an async task.
pub fn read_files(hop: &Resolved) -> Files {
    let mut files = Files::default();
    for named in &hop.identity_files {
        let by_default = named.source == Source::Default;
        match read_key(&named.value) {
            Ok(Some(key)) => files.keys.push(Arc::new(key)),
            Ok(None) if by_default => {}
            Ok(None) => files.problems.push(format!("{} is not there", shown(&named.value))),
            Err(what) => files.problems.push(format!("{}: {what}", shown(&named.value))),
        }
        let beside = with_suffix(&named.value, "-cert.pub");
        if let Some(text) = text(&beside).ok().flatten() {
            read_certificate(&beside, &text, &mut files);
        }
    }
    for named in &hop.certificate_files {
        match text(&named.value) {
            Ok(Some(text)) => read_certificate(&named.value, &text, &mut files),
            Ok(None) => files.problems.push(format!("{} is not there", shown(&named.value))),
            Err(what) => files.problems.push(format!("{}: {what}", shown(&named.value))),
        }
    }
    files
}

fn read_certificate(path: &Path, text: &str, files: &mut Files) {
    match Certificate::from_openssh(text.trim()) {
        Ok(certificate) if !files.certificates.contains(&certificate) => files.certificates.push(certificate),
        Ok(_) => {}
        Err(_) => files.problems.push(format!("{} is no certificate", shown(path))),
    }
}

fn read_key(path: &Path) -> Result<Option<KeyFile>, String> {
    let public = text(&with_suffix(path, ".pub")).ok().flatten();
    let public = public.and_then(|text| PublicKey::from_openssh(text.trim()).ok());
    let Some(secret) = text(path)? else {
        // The private half may be in the agent alone.
        let public_only = |key| KeyFile { path: path.to_owned(), key: Some(key), state: State::PublicOnly };
        return Ok(public.map(public_only));
    };
    if let Ok(key) = PublicKey::from_openssh(secret.trim()) {
        return Ok(Some(KeyFile { path: path.to_owned(), key: Some(key), state: State::PublicOnly }));
    }
    match decode_secret_key(&secret, None) {
        Ok(private) => {
            let key = Some(private.public_key().clone());
            Ok(Some(KeyFile { path: path.to_owned(), key, state: State::Open(Arc::new(private)) }))
        }
        Err(error) if is_encrypted(&secret, &error) => {
            // OpenSSH's own format says the public half also to those who cannot open it.
            let inside = PrivateKey::from_openssh(&*secret).ok().map(|private| private.public_key().clone());
            Ok(Some(KeyFile { path: path.to_owned(), key: inside.or(public), state: State::Encrypted }))
        }
        Err(_) => Err("is not a key that Podium can read".to_owned()),
    }
}

fn is_encrypted(secret: &str, error: &KeyError) -> bool {
    matches!(error, KeyError::KeyIsEncrypted | KeyError::SshKey(ssh_key::Error::Encrypted))
        || secret.starts_with("-----BEGIN ENCRYPTED")
        || secret.contains("Proc-Type: 4,ENCRYPTED")
        || (secret.starts_with("PuTTY-User-Key-File-") && !secret.contains("Encryption: none"))
}

/// Opens an encrypted key; takes its time by design. None: that is not the passphrase.
pub fn open(path: &Path, passphrase: &str) -> Result<Option<PrivateKey>, String> {
    let secret = text(path)?.ok_or_else(|| "is not there any more".to_owned())?;
    Ok(decode_secret_key(&secret, Some(passphrase)).ok())
}

fn text(path: &Path) -> Result<Option<Zeroizing<String>>, String> {
    match std::fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => return Err("is not a file".to_owned()),
        Ok(metadata) if metadata.len() > LARGEST_FILE_BYTES => return Err("is too large for a key".to_owned()),
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("cannot be read: {error}")),
    }
    let bytes = Zeroizing::new(std::fs::read(path).map_err(|error| format!("cannot be read: {error}"))?);
    Ok(Some(Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned())))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// What is offered, and in which order: certificates with their keys; keys of the agent that the config
/// names; the agent's others, unless only named ones are wanted; files that the agent does not hold.
pub fn in_order(files: &Files, agent: Vec<AgentIdentity>, only_named: bool) -> VecDeque<Identity> {
    let mut order = VecDeque::new();
    let held: Vec<(PublicKey, String)> = agent
        .iter()
        .filter(|one| matches!(one, AgentIdentity::PublicKey { .. }))
        .map(|one| (one.public_key().into_owned(), one.comment().to_owned()))
        .collect();
    let in_agent = |key: &PublicKey| held.iter().find(|(held, _)| held.key_data() == key.key_data());
    let in_file = |key: &PublicKey| files.keys.iter().find(|file| is_of(file, key) && can_sign(file));
    let named = |key: &PublicKey| {
        files.keys.iter().any(|file| is_of(file, key))
            || files.certificates.iter().any(|certificate| certificate.public_key() == key.key_data())
    };

    for certificate in &files.certificates {
        let key = PublicKey::new(certificate.public_key().clone(), "");
        let from = match (in_agent(&key), in_file(&key)) {
            (Some((_, comment)), _) => Some(From::Agent { comment: comment.clone() }),
            (None, Some(file)) => Some(From::File(file.clone())),
            (None, None) => None,
        };
        order.extend(from.map(|from| Identity { key: Some(key), certificate: Some(certificate.clone()), from }));
    }
    for file in &files.keys {
        if let Some((key, comment)) = file.key.as_ref().and_then(&in_agent) {
            let from = From::Agent { comment: comment.clone() };
            order.push_back(Identity { key: Some(key.clone()), certificate: None, from });
        }
    }
    for one in agent {
        let key = one.public_key().into_owned();
        let from = From::Agent { comment: one.comment().to_owned() };
        match one {
            AgentIdentity::Certificate { certificate, .. } => {
                if !files.certificates.contains(&certificate) && (!only_named || named(&key)) {
                    order.push_back(Identity { key: Some(key), certificate: Some(certificate), from });
                }
            }
            AgentIdentity::PublicKey { .. } => {
                let was_there = files.keys.iter().any(|file| is_of(file, &key));
                if !was_there && !only_named {
                    order.push_back(Identity { key: Some(key), certificate: None, from });
                }
            }
        }
    }
    for file in &files.keys {
        let held = file.key.as_ref().and_then(&in_agent).is_some();
        if !held && can_sign(file) {
            order.push_back(Identity { key: file.key.clone(), certificate: None, from: From::File(file.clone()) });
        }
    }
    order
}

fn is_of(file: &KeyFile, key: &PublicKey) -> bool {
    file.key.as_ref().is_some_and(|of_file| of_file.key_data() == key.key_data())
}

fn can_sign(file: &KeyFile) -> bool {
    !matches!(file.state, State::PublicOnly)
}

impl Identity {
    /// `~/.ssh/id_ed25519 (ssh-ed25519 SHA256:…)`
    pub fn name(&self) -> String {
        let from = match &self.from {
            From::Agent { comment } if comment.is_empty() => "a key of the agent".to_owned(),
            From::Agent { comment } => format!("{} of the agent", untrusted_text::line(comment, 100)),
            From::File(file) => shown(&file.path),
        };
        let kind = if self.certificate.is_some() { "certificate for " } else { "" };
        let key = self.key.as_ref().and_then(|key| Some((key.algorithm(), key.to_bytes().ok()?)));
        match key {
            Some((algorithm, bytes)) => format!("{kind}{from} ({algorithm} {})", fingerprint_sha256(&bytes)),
            None => format!("{kind}{from}"),
        }
    }

    /// Signing takes a touch of a token: something of the user.
    pub fn needs_touch(&self) -> bool {
        self.key.as_ref().is_some_and(|key| key.algorithm().to_string().starts_with("sk-"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_comment_of_a_key_cannot_turn_the_line() {
        let comment = "an\u{200b}a\u{202e}@gpu\u{1b}[2J\n".to_owned();
        let identity = Identity { key: None, certificate: None, from: From::Agent { comment } };
        assert_eq!(identity.name(), "ana@gpu[2J of the agent");
    }
}
