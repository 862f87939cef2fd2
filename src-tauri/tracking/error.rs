//! What can go wrong between us and a source of runs, in words for people.

use std::path::PathBuf;

/// Every variant says what happened and where; `crate::error` adds what to do.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum StoreError {
    #[error("{address} cannot be reached: {reason}")]
    Unreachable { address: String, reason: String },
    #[error("{address} did not answer within {seconds} s")]
    TimedOut { address: String, seconds: u64 },
    /// Who answers there is not trusted.
    #[error("{address} is not trusted: {reason}")]
    Untrusted { address: String, reason: String },
    /// Only the user can open the way there.
    #[error("{address} waits for you: {reason}")]
    NeedsUser { address: String, reason: String },
    /// Something answers there, but not a tracking server.
    #[error("{address} is not an MLflow server: {reason}")]
    NotMlflow { address: String, reason: String },
    /// A tracking server's answer that cannot be read: cut short, or of another shape.
    #[error("{address} gave an answer that cannot be read: {reason}")]
    BadAnswer { address: String, reason: String },
    #[error("{address} wants to know who you are (401): {message}")]
    Unauthenticated { address: String, message: String },
    #[error("{address} refuses this (403): {message}")]
    Forbidden { address: String, message: String },
    /// MLflow's guard against DNS rebinding (3.5 and later) does not know the name we came by.
    #[error(
        "{address} does not accept the host name {host:?} (403): set the Host header in the profile's advanced \
         settings to one it knows, or add this one to the server's --allowed-hosts, with its port"
    )]
    HostRefused { address: String, host: String },
    #[error("{message}")]
    NotFound { message: String },
    /// The question itself was refused (400, 409): the server's own words.
    #[error("{message}")]
    Refused { message: String },
    /// What we sent did not arrive whole.
    #[error(
        "{address} received a {method} request without its content: something between here and the server, such as a \
         proxy, has dropped it"
    )]
    BodyLost { address: String, method: String },
    #[error("{address} asks us to slow down (429)")]
    TooManyRequests { address: String, retry_after_s: Option<u64> },
    #[error("{address} failed ({status}): {message}")]
    ServerFailed { address: String, status: u16, message: String },
    #[error("{what} is not available here: {reason}")]
    Unsupported { what: String, reason: String },
    /// The server does not know this path or method (404, 405, 501): an older MLflow, another base path, or no MLflow.
    #[error("{endpoint} is not available here: {address} has no such endpoint ({status})")]
    NoSuchEndpoint { address: String, endpoint: String, status: u16 },

    #[error("{} does not exist", .path.display())]
    NoSuchFile { path: PathBuf },
    #[error("{} is not an MLflow database: {reason}", .path.display())]
    NotMlflowDatabase { path: PathBuf, reason: String },
    #[error("{} is damaged: {reason}", .path.display())]
    DatabaseCorrupt { path: PathBuf, reason: String },
    #[error("{} is locked by another program", .path.display())]
    DatabaseLocked { path: PathBuf },
    #[error("{} cannot be written: {reason}", .path.display())]
    ReadOnly { path: PathBuf, reason: String },
    #[error("no space left on the disk of {}", .path.display())]
    DiskFull { path: PathBuf },
    #[error("{}: {reason}", .path.display())]
    Io { path: PathBuf, reason: String },
    /// Files that a database names are where they cannot be read from here.
    #[error("These files are kept at {place}. {reason}.")]
    ArtifactsElsewhere { place: String, reason: String },
    /// A path in an artifact listing that would lead outside its root, or cannot be a file here.
    #[error("{path:?} is not a path that can be used: {reason}")]
    UnsafePath { path: String, reason: String },
}

impl StoreError {
    /// Whether the trouble may pass by itself, so that Podium tries again without being asked: the server does not
    /// answer, is too busy, or fails. All else stays as it is until the user or an administrator changes something.
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. }
                | Self::TimedOut { .. }
                | Self::TooManyRequests { .. }
                | Self::ServerFailed { .. }
                | Self::DatabaseLocked { .. }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_pass_by_itself_is_tried_again_unasked() {
        let address = || "there".to_owned();
        let transient = [
            StoreError::Unreachable { address: address(), reason: String::new() },
            StoreError::TimedOut { address: address(), seconds: 30 },
            StoreError::TooManyRequests { address: address(), retry_after_s: None },
            StoreError::ServerFailed { address: address(), status: 503, message: String::new() },
            StoreError::DatabaseLocked { path: PathBuf::new() },
        ];
        assert!(transient.iter().all(StoreError::is_transient));
        let lasting = [
            // A service that is no MLflow may answer so for ever.
            StoreError::BadAnswer { address: address(), reason: String::new() },
            StoreError::NotMlflow { address: address(), reason: String::new() },
            // A server may lock out clients that try again and again.
            StoreError::Unauthenticated { address: address(), message: String::new() },
            StoreError::NeedsUser { address: address(), reason: String::new() },
            StoreError::Untrusted { address: address(), reason: String::new() },
            StoreError::NotFound { message: String::new() },
        ];
        assert!(!lasting.iter().any(StoreError::is_transient));
    }
}
