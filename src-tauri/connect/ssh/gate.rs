//! What a session lets through: only a host key that is known, or the very one the user has just
//! accepted. It never asks; who is to be asked is decided when the session is closed again.

use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};
use russh::client::{ChannelOpenHandle, DisconnectReason, Handler, Msg, Session};
use russh::keys::PublicKeyOrCertificate;
use russh::{Channel, ChannelId, ChannelOpenFailure, Names};
use tokio::sync::mpsc::UnboundedSender;

use super::life::Life;
use super::shown_key;
use ssh_config::known_hosts::{HostName, KeyBlob, KnownHosts, Shown, Verdict};

/// The end of a session that the server has left nothing to try.
pub const NO_METHOD_LEFT: &str = "it leaves no way to log in";

/// What was seen of a server, for those who have to judge it or to tell about it.
#[derive(Default)]
pub struct Seen {
    noted: Mutex<Noted>,
}

#[derive(Default)]
pub struct Noted {
    pub shown: Option<Shown>,
    pub verdict: Option<Verdict>,
    /// A key of a type that no file of known hosts could hold.
    pub strange: Option<String>,
    /// `mlkem768x25519-sha256, chacha20-poly1305@openssh.com`
    pub algorithms: Option<String>,
    /// What the server wants everybody to read before they log in.
    pub banner: String,
}

impl Seen {
    pub fn noted(&self) -> MutexGuard<'_, Noted> {
        self.noted.lock()
    }
}

pub struct Gate {
    pub name: HostName,
    pub known: Arc<KnownHosts>,
    /// The key that was accepted a moment ago: this and no other.
    pub expected: Option<KeyBlob>,
    pub seen: Arc<Seen>,
    pub life: Arc<Life>,
    /// The server's words about channels that it does not open.
    pub refusals: UnboundedSender<String>,
}

impl Gate {
    fn judge(&self, server: &PublicKeyOrCertificate) -> bool {
        let mut noted = self.seen.noted();
        let Some(shown) = shown_key::shown(server) else {
            noted.strange = Some(server.public_key().algorithm().to_string());
            return false;
        };
        let verdict = self.known.judge(&self.name, &shown);
        let accepted = match &verdict {
            Verdict::Known { .. } | Verdict::KnownByAuthority { .. } => {
                // After a decision about one key no other is taken, even if it has become known meanwhile.
                self.expected.as_ref().is_none_or(|expected| expected == shown.key())
            }
            Verdict::Unknown { .. } => self.expected.as_ref() == Some(shown.key()),
            Verdict::Changed { .. } | Verdict::Revoked { .. } => false,
        };
        noted.verdict = Some(verdict);
        noted.shown = Some(shown);
        accepted
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        // Also where the session's task has panicked; channels end only after this.
        self.life.end("the session ended");
    }
}

impl Handler for Gate {
    type Error = russh::Error;

    async fn check_server_key(&mut self, server: &PublicKeyOrCertificate) -> Result<bool, russh::Error> {
        Ok(self.judge(server))
    }

    async fn kex_done(&mut self, _: Option<&[u8]>, names: &Names, _: &mut Session) -> Result<(), russh::Error> {
        let algorithms = format!("{}, {}", names.kex.as_ref(), names.cipher.as_ref());
        self.seen.noted().algorithms.get_or_insert(algorithms);
        Ok(())
    }

    async fn auth_banner(&mut self, banner: &str, _: &mut Session) -> Result<(), russh::Error> {
        let mut noted = self.seen.noted();
        if noted.banner.len() < 2000 {
            if !noted.banner.is_empty() {
                noted.banner.push('\n');
            }
            noted.banner.push_str(&untrusted_text::lines(banner, 2000));
        }
        Ok(())
    }

    async fn channel_open_failure(
        &mut self,
        _: ChannelId,
        _: ChannelOpenFailure,
        description: &str,
        _: &str,
        _: &mut Session,
    ) -> Result<(), russh::Error> {
        // Nobody may wait for it any more.
        let _told = self.refusals.send(untrusted_text::line(description, 200));
        Ok(())
    }

    // The library would let the server open channels to us, as many as it likes. Nothing was offered to it:
    // no agent, no display, no port. A handle that is dropped says no.

    async fn server_channel_open_agent_forward(
        &mut self,
        _: Channel<Msg>,
        _: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), russh::Error> {
        Ok(())
    }

    async fn server_channel_open_session(
        &mut self,
        _: Channel<Msg>,
        _: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), russh::Error> {
        Ok(())
    }

    async fn server_channel_open_x11(
        &mut self,
        _: Channel<Msg>,
        _: &str,
        _: u32,
        _: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), russh::Error> {
        Ok(())
    }

    async fn server_channel_open_direct_tcpip(
        &mut self,
        _: Channel<Msg>,
        _: &str,
        _: u32,
        _: &str,
        _: u32,
        _: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), russh::Error> {
        Ok(())
    }

    async fn server_channel_open_forwarded_tcpip(
        &mut self,
        _: Channel<Msg>,
        _: &str,
        _: u32,
        _: &str,
        _: u32,
        _: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), russh::Error> {
        Ok(())
    }

    async fn server_channel_open_direct_streamlocal(
        &mut self,
        _: Channel<Msg>,
        _: &str,
        _: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), russh::Error> {
        Ok(())
    }

    async fn server_channel_open_forwarded_streamlocal(
        &mut self,
        _: Channel<Msg>,
        _: &str,
        _: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), russh::Error> {
        Ok(())
    }

    async fn disconnected(&mut self, reason: DisconnectReason<russh::Error>) -> Result<(), russh::Error> {
        match reason {
            DisconnectReason::ReceivedDisconnect(said) => {
                let said = untrusted_text::line(&said.message, 200);
                self.life.end(if said.is_empty() { "the server ended the session" } else { &said });
            }
            DisconnectReason::Error(error) => self.life.end(&in_words(&error)),
        }
        Ok(())
    }
}

/// Why a session ended or did not come about.
pub fn in_words(error: &russh::Error) -> String {
    match error {
        russh::Error::KeepaliveTimeout | russh::Error::InactivityTimeout => "it no longer answers".to_owned(),
        russh::Error::HUP | russh::Error::Disconnect | russh::Error::SendError | russh::Error::RecvError => {
            "the connection was closed".to_owned()
        }
        russh::Error::NoAuthMethod => NO_METHOD_LEFT.to_owned(),
        russh::Error::IO(error) => io_in_words(error),
        russh::Error::NoCommonAlgo { kind, theirs, .. } => {
            let theirs =
                theirs.iter().map(|name| untrusted_text::line(name, 60)).take(8).collect::<Vec<_>>().join(", ");
            let kind = format!("{kind:?}").to_lowercase();
            format!("no {kind} algorithm is safe enough for the one and known to the other; it offers {theirs}")
        }
        other => untrusted_text::line(&other.to_string(), 200),
    }
}

pub fn io_in_words(error: &std::io::Error) -> String {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::ConnectionRefused => "nothing listens there (connection refused)".to_owned(),
        ErrorKind::ConnectionReset => "the connection was reset".to_owned(),
        ErrorKind::UnexpectedEof | ErrorKind::BrokenPipe => "the connection was closed".to_owned(),
        ErrorKind::NetworkUnreachable => "there is no network to it".to_owned(),
        ErrorKind::HostUnreachable => "there is no way to it".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_server_s_words_are_fit_to_be_shown() {
        let theirs = vec!["x\u{202e}\u{200b}\u{7}".to_owned(), "y".repeat(100)];
        let ours = Vec::new();
        let said = in_words(&russh::Error::NoCommonAlgo { kind: russh::AlgorithmKind::Kex, ours, theirs });
        assert!(said.ends_with(&format!("it offers x, {}…", "y".repeat(60))), "{said}");
    }
}
