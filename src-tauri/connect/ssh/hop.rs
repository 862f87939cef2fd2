//! One hop: from the first byte to a session that is logged in. The user is asked about an
//! unknown host while no session is open, and the next session accepts exactly the accepted key.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use russh::client::{self, Handle};
use russh::{Preferred, cipher};
use tokio::sync::{Mutex, mpsc};
use tokio::time::timeout;

use super::attempt::Attempt;
use super::auth::{self, Outcome};
use super::client_handler::{ClientHandler, Handshake, in_words};
use super::command::{LAST_WORDS, StderrTail};
use super::error::SshError;
use super::host_key::{self, Decision};
use super::position::Position;
use super::presented_key;
use super::reach::{address, reach};
use super::session::Session;
use super::session_status::SessionStatus;
use super::stream::{ByteStream, CloseGuard, SessionStream};
use crate::connect::steps::{RunningStep, StepName, Steps};
use ssh_config::config::Resolved;
use ssh_config::known_hosts::{HostName, KeyBlob, KnownHosts};

const KEEPALIVE: Duration = Duration::from_secs(15);
const KEEPALIVES_UNANSWERED: usize = 3;
/// Each time something was asked that a server would not wait for.
const MOST_ROUNDS: usize = 10;
const LARGEST_PACKET_BYTES: u32 = 65_535;

/// Makes a session to `hop`, over `before` if there is a hop before it.
pub async fn connect(
    attempt: &Attempt<'_>,
    hop: &Resolved,
    position: Position,
    before: Option<&Session>,
) -> Result<Session, SshError> {
    let quiet = Steps::unwatched();
    let mut expected = None;
    let mut host_key_step = None;
    let mut auth_step = None;
    for round in 0..MOST_ROUNDS {
        // What is done again says something only where it goes wrong.
        let steps = if round == 0 { attempt.steps } else { &quiet };
        let made = greet(attempt, steps, hop, position, before, &mut expected, &mut host_key_step).await;
        let (mut session, handshake) = match made {
            Ok(Some(made)) => made,
            Ok(None) => continue,
            Err(error) => {
                tell(attempt.steps, round > 0, host_key_step.take().or(auth_step.take()), hop, &error);
                return Err(error);
            }
        };
        match auth::log_in(attempt, hop, &mut session, &handshake, &mut auth_step).await {
            Ok(Outcome::LoggedIn) => return Ok(session),
            Ok(Outcome::SessionGone) => {}
            Err(error) => return Err(error),
        }
    }
    let said = "it ended the session again and again".to_owned();
    Err(SshError::NotSsh { hop: address(hop), said })
}

/// Shows the error of a round whose own steps are hidden at the step that is running.
fn tell(steps: &Steps, unseen: bool, step: Option<RunningStep>, hop: &Resolved, error: &SshError) {
    if unseen {
        let step = step.unwrap_or_else(|| steps.begin(StepName::Tcp, address(hop)));
        error.fail(step);
    }
}

/// A session whose host key is accepted. None: the user has just accepted it, so all is to be done again.
async fn greet(
    attempt: &Attempt<'_>,
    steps: &Steps,
    hop: &Resolved,
    position: Position,
    before: Option<&Session>,
    expected: &mut Option<KeyBlob>,
    host_key_step: &mut Option<RunningStep>,
) -> Result<Option<(Session, Arc<Handshake>)>, SshError> {
    let name = HostName {
        host: hop.host_name.value.clone(),
        port: hop.port.value,
        alias: hop.host_key_alias.as_ref().map(|alias| alias.value.clone()),
    };
    let (reached, known) = tokio::join!(reach(attempt, steps, hop, before), known_hosts(attempt, hop));
    let (stream, stderr_tail) = reached?;
    let known = Arc::new(known?);
    let (handshake, status) = (Arc::new(Handshake::default()), Arc::new(SessionStatus::default()));
    let (refusals_sender, refusals) = mpsc::unbounded_channel();
    let handler = ClientHandler {
        name: name.clone(),
        known: known.clone(),
        expected: expected.clone(),
        handshake: handshake.clone(),
        status: status.clone(),
        refusals: refusals_sender,
    };
    let config = Arc::new(config(attempt, hop, &known, &name));
    let shaken = shake(attempt, steps, hop, stream, config, handler, stderr_tail.as_ref()).await;

    let mut first = host_key_step.take();
    if first.is_none() && handshake.notes().shown.is_some() {
        first = Some(steps.begin(StepName::HostKey, name.known()));
    }
    match host_key::decide(attempt, hop, position, &name, &known, &handshake, first).await? {
        // Nothing of a host key was seen, or one that is accepted.
        Decision::GoOn => {
            let (handle, close_guard) = shaken?;
            // The library asks about every key that it is shown. A server that showed none has proved nothing.
            if handshake.notes().host_key_status.is_none() {
                return Err(SshError::KeyExchange { hop: address(hop), reason: "it showed no host key".to_owned() });
            }
            let hop = hop.alias.clone();
            let session = Session {
                hop,
                handle,
                status,
                refusals: Mutex::new(refusals),
                opening: AtomicUsize::new(0),
                close_guard: Some(close_guard).into(),
            };
            Ok(Some((session, handshake)))
        }
        Decision::Accepted(key, step) => {
            *expected = Some(key);
            *host_key_step = step;
            Ok(None)
        }
    }
}

/// From the greeting to the agreed keys. What is thought of the host key is for the caller to look up.
async fn shake(
    attempt: &Attempt<'_>,
    steps: &Steps,
    hop: &Resolved,
    stream: Box<dyn ByteStream>,
    config: Arc<client::Config>,
    handler: ClientHandler,
    stderr_tail: Option<&StderrTail>,
) -> Result<(Handle<ClientHandler>, CloseGuard), SshError> {
    let handshake = handler.handshake.clone();
    let (session_stream, close_guard, mut greeting) = SessionStream::new(stream);
    let mut banner_step = Some(steps.begin(StepName::Banner, address(hop)));
    let mut exchange_step = None;
    let mut said = String::new();
    let connecting = client::connect_stream(config, session_stream, handler);
    tokio::pin!(connecting);
    let whole = async {
        loop {
            tokio::select! {
                biased;
                heard = &mut greeting, if banner_step.is_some() => {
                    said = heard.unwrap_or_default();
                    if said.starts_with("SSH-")
                        && let Some(step) = banner_step.take()
                    {
                        step.pass(said.clone());
                        exchange_step = Some(steps.begin(StepName::KeyExchange, address(hop)));
                    } else {
                        // Whatever that is, it is over in a moment.
                        return (&mut connecting).await;
                    }
                }
                done = &mut connecting => return done,
            }
        }
    };
    let shaken = timeout(attempt.limits.handshake, whole).await;
    if let Ok(heard) = greeting.try_recv() {
        said = heard;
    }
    let error = match shaken {
        Ok(Ok(handle)) => {
            let algorithms = handshake.notes().algorithms.clone().unwrap_or_default();
            if let Some(step) = exchange_step {
                step.pass(algorithms);
            }
            return Ok((handle, close_guard));
        }
        Ok(Err(error)) => failure(hop, &said, &error),
        Err(_) => {
            let doing = if said.is_empty() { "waiting for its greeting" } else { "exchanging keys" };
            let seconds = attempt.limits.handshake.as_secs();
            SshError::TimedOut { hop: address(hop), doing: doing.to_owned(), seconds }
        }
    };
    let error = match stderr_tail {
        // One that is still running has not failed.
        Some(stderr_tail) if said.is_empty() && !matches!(error, SshError::TimedOut { .. }) => {
            let text = stderr_tail.at_its_end(LAST_WORDS).await;
            let said = if text.is_empty() { "it ended without a word".to_owned() } else { text };
            SshError::Command { hop: hop.alias.clone(), said }
        }
        _ => error,
    };
    let refused_key = handshake.notes().shown.is_some() || handshake.notes().strange.is_some();
    if let Some(step) = exchange_step.or(banner_step) {
        if refused_key {
            step.pass("stopped at the host key, before any secret was sent");
        } else {
            error.fail(step);
        }
    }
    Err(error)
}

fn failure(hop: &Resolved, said: &str, error: &russh::Error) -> SshError {
    let hop = address(hop);
    if said.starts_with("SSH-") {
        return SshError::KeyExchange { hop, reason: in_words(error) };
    }
    let said = if said.is_empty() { in_words(error) } else { format!("it says “{said}”") };
    SshError::NotSsh { hop, said }
}

async fn known_hosts(attempt: &Attempt<'_>, hop: &Resolved) -> Result<KnownHosts, SshError> {
    let mut files = vec![attempt.own_known_hosts.clone()];
    files.extend(hop.user_known_hosts_files.iter().chain(&hop.global_known_hosts_files).cloned());
    // Without them a key that is revoked or has changed would look like an unknown one.
    let lost = |_| SshError::Config { what: "the files of known hosts cannot be read".to_owned() };
    tokio::task::spawn_blocking(move || KnownHosts::read(&files)).await.map_err(lost)
}

fn config(attempt: &Attempt<'_>, hop: &Resolved, known: &KnownHosts, name: &HostName) -> client::Config {
    let mut preferred = Preferred { cipher: ciphers().into(), ..Preferred::default() };
    if let Some(wanted) = &hop.host_key_algorithms {
        preferred.key = host_key::algorithms(&wanted.value).into();
    }
    let preferred = presented_key::asked_first(&known.key_types(name), preferred);
    let configured = hop.server_alive_interval_s.filter(|seconds| *seconds > 0);
    let keepalive = configured.map_or(KEEPALIVE, |seconds| Duration::from_secs(seconds.into()).min(KEEPALIVE));
    client::Config {
        window_size: attempt.buffers.window_bytes,
        maximum_packet_size: LARGEST_PACKET_BYTES,
        channel_buffer_size: attempt.buffers.channel_packets,
        preferred,
        keepalive_interval: Some(keepalive),
        keepalive_max: KEEPALIVES_UNANSWERED,
        nodelay: true,
        ..client::Config::default()
    }
}

/// Where the processor has AES built in it is the fastest on both sides.
fn ciphers() -> Vec<cipher::Name> {
    let with_aes = [cipher::AES_128_GCM, cipher::AES_256_GCM, cipher::CHACHA20_POLY1305];
    let without = [cipher::CHACHA20_POLY1305, cipher::AES_128_GCM, cipher::AES_256_GCM];
    let mut all = if has_aes() { with_aes } else { without }.to_vec();
    all.extend([cipher::AES_256_CTR, cipher::AES_192_CTR, cipher::AES_128_CTR]);
    all
}

#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
fn has_aes() -> bool {
    std::arch::is_x86_feature_detected!("aes") && std::arch::is_x86_feature_detected!("pclmulqdq")
}

#[cfg(target_arch = "aarch64")]
fn has_aes() -> bool {
    std::arch::is_aarch64_feature_detected!("aes")
}

#[cfg(not(any(target_arch = "x86", target_arch = "x86_64", target_arch = "aarch64")))]
fn has_aes() -> bool {
    false
}
