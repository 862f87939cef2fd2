//! What a tunnel tells of itself.

use super::error::SshError;

#[derive(Debug, Clone, PartialEq)]
pub enum TunnelState {
    Up,
    Reconnecting {
        reason: String,
        /// From 1.
        attempt: u32,
        /// None while it is being tried.
        next_in_ms: Option<u32>,
    },
    /// Only the user can go on, by [`Tunnel::reconnect`](super::Tunnel::reconnect).
    Down {
        error: SshError,
    },
}
