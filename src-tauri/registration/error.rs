//! What can go wrong while a version is made.

use crate::tracking::StoreError;

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RegistrationError {
    /// The request was sent, and whether it arrived cannot be found out.
    #[error(
        "Whether the version was made is not known: {error}. It may still come. Wait a minute before you try again: \
         Podium first looks whether it is there."
    )]
    Unconfirmed { error: StoreError },
    #[error(transparent)]
    Store(#[from] StoreError),
}
