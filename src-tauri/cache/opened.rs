//! What became of the cache file when it was opened, and what the user should know of that.

/// How the cache was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// As the last session left it.
    Kept,
    /// There was none yet.
    Created,
    /// The file was damaged. What could not be read of it is fetched again.
    Rebuilt { reason: String },
    /// A newer program wrote the file. It stays as it is, and this program keeps one of its own beside it.
    BesideNewer,
    /// No file can be kept: everything is forgotten when the program ends.
    InMemory { reason: String },
}

impl Opened {
    /// For the user, where there is something to know.
    pub(super) fn word(&self) -> Option<String> {
        match self {
            Self::Kept | Self::Created => None,
            Self::Rebuilt { reason } => Some(format!(
                "The cache file was damaged ({reason}). What could not be used of it is fetched again. Nothing on a \
                 server was touched."
            )),
            Self::BesideNewer => Some(
                "The cache on this machine was written by a newer version of Podium and stays as it is. This version \
                 keeps a cache of its own, so runs may have to be fetched again."
                    .to_owned(),
            ),
            Self::InMemory { reason } => {
                Some(format!("Runs cannot be kept on this machine and are fetched again next time: {reason}."))
            }
        }
    }
}
