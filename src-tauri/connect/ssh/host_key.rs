//! What becomes of a host key that was seen: go on, ask, or refuse.

use russh::keys::Algorithm;

use super::attempt::Attempt;
use super::client_handler::Handshake;
use super::error::SshError;
use super::position::Position;
use crate::connect::question::Question;
use crate::connect::steps::{RunningStep, StepState};
use ssh_config::config::{Resolved, Source, StrictHostKeyChecking};
use ssh_config::known_hosts::{
    HostKeyStatus, HostName, KeyBlob, KnownHosts, OtherName, PlainHost, PresentedKey, pin, randomart,
};
use ssh_config::{Place, shown};

pub enum Decision {
    GoOn,
    /// The user has accepted this very key; the step goes on until a session shows it again.
    Accepted(KeyBlob, Option<RunningStep>),
}

/// `step` is the one of this host key, running; none if no key was seen.
pub async fn decide(
    attempt: &Attempt<'_>,
    hop: &Resolved,
    position: Position,
    name: &HostName,
    known: &KnownHosts,
    handshake: &Handshake,
    step: Option<RunningStep>,
) -> Result<Decision, SshError> {
    let (shown, status, strange) = {
        let notes = handshake.notes();
        (notes.shown.clone(), notes.host_key_status.clone(), notes.strange.clone())
    };
    if let Some(strange) = strange {
        return Err(refused(step, strange_key(name, &strange)));
    }
    let (Some(shown), Some(status)) = (shown, status) else { return Ok(Decision::GoOn) };
    if let Some(refusal) = status.refusal(name, &shown) {
        let changed_host = matches!(status, HostKeyStatus::Changed { .. }).then(|| name.known());
        let error = SshError::HostKeyRefused { what: refusal.what, remedy: refusal.remedy, changed_host };
        return Err(refused(step, error));
    }
    let key = shown.key().clone();
    let said = format!("{} {}", key.short_type(), key.fingerprint());
    match status {
        HostKeyStatus::Known { place } => pass(step, format!("{said}, known from {place}")),
        HostKeyStatus::KnownByAuthority { place } => pass(step, format!("{said}, signed by the authority in {place}")),
        HostKeyStatus::Changed { .. } | HostKeyStatus::Revoked { .. } => {}
        HostKeyStatus::Unknown { known_as, plain_host, note } => {
            let unread = unread(known);
            return ask(attempt, hop, position, name, &shown, Unknown { known_as, plain_host, note, unread }, step)
                .await;
        }
    }
    Ok(Decision::GoOn)
}

struct Unknown {
    known_as: Vec<OtherName>,
    plain_host: Option<PlainHost>,
    note: Option<String>,
    /// Files that may know more.
    unread: Vec<String>,
}

fn unread(known: &KnownHosts) -> Vec<String> {
    let files = known.problems().iter().filter(|problem| problem.place.line == 0);
    files.map(|problem| format!("{} {}; it may know this host.", shown(&problem.place.file), problem.what)).collect()
}

async fn ask(
    attempt: &Attempt<'_>,
    hop: &Resolved,
    position: Position,
    name: &HostName,
    shown: &PresentedKey,
    unknown: Unknown,
    mut step: Option<RunningStep>,
) -> Result<Decision, SshError> {
    let key = shown.key().clone();
    let fingerprint = key.fingerprint();
    let strict = &hop.strict_host_key_checking;
    let host = name.known();
    if strict.value == StrictHostKeyChecking::Yes {
        let from = match &strict.source {
            Source::File(place) => format!(" ({place})"),
            Source::Given | Source::Default => String::new(),
        };
        let why = format!(", and StrictHostKeyChecking is yes{from}: add the key to a file of known hosts first");
        return Err(refused(step, SshError::UnknownHost { host, fingerprint, why }));
    }
    let question = Question::HostKey {
        host: host.clone(),
        hop: format!("{} of {}", position.number, position.of),
        key_type: key.short_type().to_owned(),
        fingerprint: fingerprint.clone(),
        art: randomart(&key),
        known_as: unknown.known_as.iter().map(|other| format!("{} ({})", other.name, other.place)).collect(),
        note: note(unknown, strict.value, name),
    };
    if attempt.ask(&mut step, &format!("unknown: {fingerprint}"), question).await.is_none() {
        let error = SshError::UnknownHost { host, fingerprint, why: ", and it was not accepted".to_owned() };
        return Err(refused(step, error));
    }
    match keep(attempt, hop, name, &key).await {
        Ok(place) => {
            if let Some(step) = &step {
                step.say(StepState::Running, format!("{fingerprint}, pinned in {place}"));
            }
            Ok(Decision::Accepted(key, step))
        }
        Err(what) => Err(refused(step, SshError::NotPinned { what })),
    }
}

async fn keep(attempt: &Attempt<'_>, hop: &Resolved, name: &HostName, key: &KeyBlob) -> Result<Place, String> {
    let (file, name, key) = (attempt.own_known_hosts.clone(), name.clone(), key.clone());
    let hashed = hop.hash_known_hosts;
    let pinning = tokio::task::spawn_blocking(move || pin(&file, &name, &key, hashed));
    pinning.await.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
}

fn note(unknown: Unknown, strict: StrictHostKeyChecking, name: &HostName) -> Option<String> {
    let mut notes: Vec<String> = unknown.note.into_iter().chain(unknown.unread).collect();
    if let Some(plain) = unknown.plain_host {
        let which = if plain.same_key { "with this very key" } else { "with another key" };
        notes.push(format!("{} on port 22 is known {which} ({}).", name.host, plain.place));
    }
    if strict == StrictHostKeyChecking::No {
        notes.push("StrictHostKeyChecking no is not obeyed: Podium asks.".to_owned());
    }
    (!notes.is_empty()).then(|| notes.join(" "))
}

fn pass(step: Option<RunningStep>, detail: String) {
    if let Some(step) = step {
        step.pass(detail);
    }
}

fn refused(step: Option<RunningStep>, error: SshError) -> SshError {
    if let Some(step) = step {
        error.fail(step);
    }
    error
}

fn strange_key(name: &HostName, algorithm: &str) -> SshError {
    SshError::HostKeyRefused {
        what: format!("The host key of {name} is of a type that Podium cannot judge ({algorithm})."),
        remedy: "Ask the administrator of the host for an Ed25519 key.".to_owned(),
        changed_host: None,
    }
}

/// `HostKeyAlgorithms` without what is not known here, and without certificates, which come by themselves
/// where an authority is known.
pub fn algorithms(names: &[String]) -> Vec<Algorithm> {
    let known = names.iter().filter(|name| !name.contains("-cert-v01@"));
    known
        .filter_map(|name| name.parse::<Algorithm>().ok())
        .filter(|algorithm| !matches!(algorithm, Algorithm::Other(_) | Algorithm::Dsa))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_algorithms_are_left_out() {
        let names = ["ssh-ed25519-cert-v01@openssh.com", "rsa-sha2-512", "ssh-ed25519", "x@y", "ssh-dss"];
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let parsed: Vec<String> = algorithms(&names).iter().map(ToString::to_string).collect();
        assert_eq!(parsed, ["rsa-sha2-512", "ssh-ed25519"]);
    }
}
