//! What can go wrong with SSH, in words for people, each with the hop it happened at.

use crate::connect::steps::RunningStep;
use crate::tracking::rest::NetError;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SshError {
    /// The configuration does not give a usable route.
    #[error("{what}")]
    Config { what: String },
    #[error("there is no host {host}: {reason}")]
    NoHost { host: String, reason: String },
    #[error("{hop} cannot be reached: {reason}")]
    Connect { hop: String, reason: String },
    #[error("{hop} did not answer within {seconds} s ({doing})")]
    TimedOut { hop: String, doing: String, seconds: u64 },
    #[error("{hop} is no SSH server, or takes no new connections now: {said}")]
    NotSsh { hop: String, said: String },
    #[error("{hop} and Podium cannot agree on how to talk: {reason}")]
    KeyExchange { hop: String, reason: String },
    /// The user has not accepted the key.
    #[error("the host key of {host} is not known ({fingerprint}){why}")]
    UnknownHost { host: String, fingerprint: String, why: String },
    /// Changed, revoked, or of a type that cannot be judged. Never to be accepted.
    #[error("{what}")]
    HostKeyRefused {
        what: String,
        remedy: String,
        /// The host, as the files of known hosts name it, if they have other keys for it.
        changed_host: Option<String>,
    },
    #[error("{what}")]
    NotPinned { what: String },
    /// A program of a config file was not allowed to run.
    #[error("the {purpose} was not allowed to run: {command} ({from})")]
    NoConsent { purpose: String, command: String, from: String },
    #[error("the ProxyCommand of {hop} failed: {said}")]
    Command { hop: String, said: String },
    /// A passphrase, a password, a second factor: something that only the user knows.
    #[error("{hop} needs you: {what}")]
    NeedsUser { hop: String, what: String },
    #[error("{hop} lets {user} in with none of what was tried: {tried}. It offers {offered}.")]
    AuthRefused { hop: String, user: String, offered: String, tried: String, remedy: String },
    /// The session is fine, what is behind it is not.
    #[error("{target} cannot be reached from {hop}: {reason}")]
    TargetRefused { hop: String, target: String, reason: String, remedy: String },
    #[error("{hop} does not allow a connection to {target}")]
    Prohibited { hop: String, target: String },
    /// There was a session, and it ended.
    #[error("the connection to {hop} was lost: {reason}")]
    Lost { hop: String, reason: String },
    #[error("the tunnel is closed")]
    Closed,
}

impl SshError {
    /// The one thing to do about it.
    pub fn remedy(&self) -> Option<String> {
        let text = match self {
            Self::Config { .. } => "Correct the ssh_config or the route.".to_owned(),
            Self::NoHost { .. } => "Check the name, the network and, if it needs one, the VPN.".to_owned(),
            Self::Connect { .. } | Self::TimedOut { .. } => {
                "Check the network, the VPN, the port, and that sshd runs there.".to_owned()
            }
            Self::NotSsh { .. } => "Check the port; if it is the right one, try again in a minute.".to_owned(),
            Self::KeyExchange { .. } => {
                "The server is too old or too restricted: ask its administrator for an update.".into()
            }
            Self::UnknownHost { .. } => {
                "Connect again and compare the fingerprint with what the administrator of the host tells you, or add its key to \
                 ~/.ssh/known_hosts."
                    .to_owned()
            }
            Self::HostKeyRefused { remedy, .. }
            | Self::AuthRefused { remedy, .. }
            | Self::TargetRefused { remedy, .. } => remedy.clone(),
            Self::NotPinned { .. } => "Make room or give write permission, then connect again.".to_owned(),
            Self::NoConsent { .. } => "Connect again and allow the command, if you know it.".to_owned(),
            Self::Command { .. } => "Run the command in a terminal to see what it lacks.".to_owned(),
            Self::NeedsUser { .. } => "Connect again and answer.".to_owned(),
            Self::Prohibited { hop, target } => format!(
                "Ask the administrator of {hop} for AllowTcpForwarding yes (AllowStreamLocalForwarding for a socket) and, if it \
                 has PermitOpen, for {target} in it."
            ),
            Self::Lost { .. } => "Podium connects again by itself; if it does not, check the network.".to_owned(),
            Self::Closed => return None,
        };
        Some(text)
    }

    /// Ends the step that ran into it.
    pub fn fail(&self, step: RunningStep) {
        let (detail, remedy) = (self.to_string(), self.remedy().unwrap_or_default());
        match self {
            Self::HostKeyRefused { changed_host: Some(host), .. } => step.fail_by_changed_key(host, detail, remedy),
            _ => step.fail(detail, remedy),
        }
    }

    /// Whether trying again is of no use until the user does something.
    pub fn is_final(&self) -> bool {
        match self {
            Self::Config { .. }
            | Self::UnknownHost { .. }
            | Self::HostKeyRefused { .. }
            | Self::NotPinned { .. }
            | Self::NoConsent { .. }
            | Self::NeedsUser { .. }
            | Self::AuthRefused { .. }
            | Self::Prohibited { .. }
            | Self::Closed => true,
            Self::NoHost { .. }
            | Self::Connect { .. }
            | Self::TimedOut { .. }
            | Self::NotSsh { .. }
            | Self::KeyExchange { .. }
            | Self::Command { .. }
            | Self::TargetRefused { .. }
            | Self::Lost { .. } => false,
        }
    }
}

impl From<SshError> for NetError {
    fn from(error: SshError) -> Self {
        let reason = error.to_string();
        match error {
            SshError::HostKeyRefused { .. } => Self::Untrusted { reason },
            SshError::UnknownHost { .. } | SshError::NoConsent { .. } | SshError::NeedsUser { .. } => {
                Self::NeedsUser { reason }
            }
            SshError::TimedOut { .. } => Self::Silent { reason },
            SshError::Lost { .. } | SshError::Closed => Self::Closed { reason },
            SshError::Config { .. }
            | SshError::NoHost { .. }
            | SshError::Connect { .. }
            | SshError::NotSsh { .. }
            | SshError::KeyExchange { .. }
            | SshError::NotPinned { .. }
            | SshError::Command { .. }
            | SshError::AuthRefused { .. }
            | SshError::TargetRefused { .. }
            | SshError::Prohibited { .. } => Self::Unreachable { reason },
        }
    }
}
