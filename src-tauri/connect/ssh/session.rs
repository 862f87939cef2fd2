//! One live SSH session: channels are opened over it, and it says whether it still answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use russh::client::{Handle, Msg};
use russh::{Channel, ChannelOpenFailure};
use tokio::sync::Mutex;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::timeout;

use super::client_handler::{ClientHandler, in_words};
use super::error::SshError;
use super::session_status::SessionStatus;
use super::stream::CloseGuard;
use super::target::FarEnd;

/// A hop may wait long for a host behind it that does not answer.
const CHANNEL_LIMIT: Duration = Duration::from_secs(10);
const PING_LIMIT: Duration = Duration::from_secs(3);
/// The server's words come right behind the refusal itself, as long as the session lives.
const WORDS_LIMIT: Duration = Duration::from_secs(2);

/// Dropping it ends it, and with it everything that runs over it.
pub struct Session {
    /// The alias it was asked for by.
    pub hop: String,
    pub handle: Handle<ClientHandler>,
    pub status: Arc<SessionStatus>,
    pub refusals: Mutex<UnboundedReceiver<String>>,
    /// Channels that are being opened.
    pub opening: AtomicUsize,
    pub close_guard: parking_lot::Mutex<Option<CloseGuard>>,
}

impl Session {
    /// A channel to `target`, as this hop sees it.
    pub async fn open(&self, target: &FarEnd) -> Result<Channel<Msg>, SshError> {
        let _opening = self.begin_opening();
        let opening = async {
            match target {
                FarEnd::Tcp { host, port } => {
                    self.handle.channel_open_direct_tcpip(host, u32::from(*port), "127.0.0.1", 0).await
                }
                FarEnd::Socket { path } => self.handle.channel_open_direct_streamlocal(path).await,
            }
        };
        match timeout(CHANNEL_LIMIT, opening).await {
            Ok(Ok(channel)) => Ok(channel),
            Ok(Err(russh::Error::ChannelOpenFailure(reason))) => Err(self.refusal(target, reason).await),
            Ok(Err(error)) => Err(self.lost(&in_words(&error))),
            Err(_) => Err(SshError::TargetRefused {
                hop: self.hop.clone(),
                target: target.to_string(),
                reason: format!("it did not answer within {} s", CHANNEL_LIMIT.as_secs()),
                remedy: format!("Check that {target} is reached from {}, and that no firewall is between.", self.hop),
            }),
        }
    }

    /// Throws away refusals of earlier channels, which their callers did not wait for, so that they are not taken for
    /// that of the next one. Not while other channels are being opened: the refusals may be theirs.
    fn begin_opening(&self) -> impl Drop + use<'_> {
        struct Opening<'a>(&'a Session);
        impl Drop for Opening<'_> {
            fn drop(&mut self) {
                self.0.opening.fetch_sub(1, Ordering::AcqRel);
            }
        }
        if self.opening.fetch_add(1, Ordering::AcqRel) == 0
            && let Ok(mut refusals) = self.refusals.try_lock()
        {
            while refusals.try_recv().is_ok() {}
        }
        Opening(self)
    }

    /// Why the session is of no use: its own reason if it has ended.
    pub fn lost(&self, otherwise: &str) -> SshError {
        let reason = self.status.ended().unwrap_or_else(|| otherwise.to_owned());
        SshError::Lost { hop: self.hop.clone(), reason }
    }

    /// Ends it now, whatever it is waiting for.
    pub fn cut(&self, why: &str) {
        self.status.end(why);
        drop(self.close_guard.lock().take());
    }

    /// Whether the other side answers within three seconds. A session with an unread channel cannot.
    pub async fn answers(&self) -> bool {
        // A ping over a session that dies in the meantime comes back as if it was answered.
        timeout(PING_LIMIT, self.handle.send_ping()).await.is_ok_and(|sent| sent.is_ok()) && !self.handle.is_closed()
    }

    async fn refusal(&self, target: &FarEnd, reason: ChannelOpenFailure) -> SshError {
        let words = timeout(WORDS_LIMIT, async { self.refusals.lock().await.recv().await }).await;
        let words = words.ok().flatten().unwrap_or_default();
        let is_socket = matches!(target, FarEnd::Socket { .. });
        let (hop, target) = (self.hop.clone(), target.to_string());
        match reason {
            ChannelOpenFailure::AdministrativelyProhibited => SshError::Prohibited { hop, target },
            ChannelOpenFailure::ConnectFailed => {
                let (reason, remedy) = connect_failed(&words, &hop, &target, is_socket);
                SshError::TargetRefused { hop, target, reason, remedy }
            }
            other => {
                let reason = if words.is_empty() { format!("{other:?}") } else { words };
                let remedy = format!("Ask the administrator of {hop} what it allows.");
                SshError::TargetRefused { hop, target, reason, remedy }
            }
        }
    }
}

/// What sshd means with its words, which are those of its system.
fn connect_failed(words: &str, hop: &str, target: &str, is_socket: bool) -> (String, String) {
    let lower = words.to_lowercase();
    if is_socket {
        let reason = "there is no such socket, or nothing listens at it".to_owned();
        return (reason, format!("Start the server with the socket {target} on {hop}, or correct the path."));
    }
    if lower.contains("refused") {
        let reason = "nothing listens there (connection refused)".to_owned();
        return (
            reason,
            format!("Start the server on {target}, or correct the address: it is the one that {hop} sees."),
        );
    }
    if lower.contains("not known") || lower.contains("resolve") || lower.contains("no address") {
        return (format!("{hop} knows no such name"), format!("Correct the address: it is the one that {hop} sees."));
    }
    let reason = if words.is_empty() { "the connection failed".to_owned() } else { words.to_owned() };
    (reason, format!("Check that {target} is reached from {hop}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_of_the_far_side_is_told_from_a_wrong_name() {
        assert!(connect_failed("Connection refused", "gpu", "127.0.0.1:5000", false).0.contains("nothing listens"));
        assert!(
            connect_failed("Name or service not known", "gpu", "x:5000", false).0.contains("gpu knows no such name")
        );
        assert_eq!(connect_failed("", "gpu", "x:5000", false).0, "the connection failed");
    }
}
