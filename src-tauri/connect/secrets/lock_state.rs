//! The state that a keyring is in.

/// Whether a keyring can be read at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockState {
    Open,
    /// It will ask the user before it is read or written.
    Locked,
    /// There is none yet; the first secret makes one, with a password that the user is asked for.
    Unmade,
}
