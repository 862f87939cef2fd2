//! What the SSH library calls while a session is made and lives. It accepts only a host key that is known, or the very
//! one that the user has just accepted. It never asks: the user is asked after the session is closed again.

use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};
use russh::client::{ChannelOpenHandle, DisconnectReason, Handler, Msg, Session};
use russh::keys::PublicKeyOrCertificate;
use russh::{Channel, ChannelId, ChannelOpenFailure, Names};
use tokio::sync::mpsc::UnboundedSender;

use super::presented_key;
use super::session_status::SessionStatus;
use ssh_config::known_hosts::{HostKeyStatus, HostName, KeyBlob, KnownHosts, PresentedKey};

/// The end of a session that the server has left nothing to try.
pub const NO_METHOD_LEFT: &str = "it leaves no way to log in";

/// What a server has shown before the login: its host key, its algorithms, its banner.
#[derive(Default)]
pub struct Handshake {
    notes: Mutex<HandshakeNotes>,
}

#[derive(Default)]
pub struct HandshakeNotes {
    pub shown: Option<PresentedKey>,
    pub host_key_status: Option<HostKeyStatus>,
    /// A key of a type that no file of known hosts could hold.
    pub strange: Option<String>,
    /// `mlkem768x25519-sha256, chacha20-poly1305@openssh.com`
    pub algorithms: Option<String>,
    /// What the server wants everybody to read before they log in.
    pub banner: String,
}

impl Handshake {
    pub fn notes(&self) -> MutexGuard<'_, HandshakeNotes> {
        self.notes.lock()
    }
}

pub struct ClientHandler {
    pub name: HostName,
    pub known: Arc<KnownHosts>,
    /// The key that was accepted a moment ago: this and no other.
    pub expected: Option<KeyBlob>,
    pub handshake: Arc<Handshake>,
    pub status: Arc<SessionStatus>,
    /// The server's words about channels that it does not open.
    pub refusals: UnboundedSender<String>,
}

impl ClientHandler {
    fn judge(&self, server: &PublicKeyOrCertificate) -> bool {
        let mut notes = self.handshake.notes();
        let Some(shown) = presented_key::presented(server) else {
            notes.strange = Some(server.public_key().algorithm().to_string());
            return false;
        };
        let status = self.known.judge(&self.name, &shown);
        let accepted = match &status {
            HostKeyStatus::Known { .. } | HostKeyStatus::KnownByAuthority { .. } => {
                // After a decision about one key no other is taken, even if it has become known meanwhile.
                self.expected.as_ref().is_none_or(|expected| expected == shown.key())
            }
            HostKeyStatus::Unknown { .. } => self.expected.as_ref() == Some(shown.key()),
            HostKeyStatus::Changed { .. } | HostKeyStatus::Revoked { .. } => false,
        };
        notes.host_key_status = Some(status);
        notes.shown = Some(shown);
        accepted
    }
}

impl Drop for ClientHandler {
    fn drop(&mut self) {
        // Also where the session's task has panicked; channels end only after this.
        self.status.end("the session ended");
    }
}

impl Handler for ClientHandler {
    type Error = russh::Error;

    async fn check_server_key(&mut self, server: &PublicKeyOrCertificate) -> Result<bool, russh::Error> {
        Ok(self.judge(server))
    }

    async fn kex_done(&mut self, _: Option<&[u8]>, names: &Names, _: &mut Session) -> Result<(), russh::Error> {
        let algorithms = format!("{}, {}", names.kex.as_ref(), names.cipher.as_ref());
        self.handshake.notes().algorithms.get_or_insert(algorithms);
        Ok(())
    }

    async fn auth_banner(&mut self, banner: &str, _: &mut Session) -> Result<(), russh::Error> {
        let mut notes = self.handshake.notes();
        if notes.banner.len() < 2000 {
            if !notes.banner.is_empty() {
                notes.banner.push('\n');
            }
            notes.banner.push_str(&untrusted_text::lines(banner, 2000));
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
        // The caller may have stopped waiting for it.
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
                self.status.end(if said.is_empty() { "the server ended the session" } else { &said });
            }
            DisconnectReason::Error(error) => self.status.end(&in_words(&error)),
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
