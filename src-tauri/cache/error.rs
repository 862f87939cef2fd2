//! What can go wrong with the cache. None of it loses anything that a server does not have.

use crate::query::FilterError;

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CacheError {
    /// The filter as typed cannot be read; it says where.
    #[error("{0}")]
    Filter(#[from] FilterError),
    #[error("no space left on the disk of the cache")]
    DiskFull,
    /// The file is not what was written. [`super::Cache::repair`] makes it anew.
    #[error("the cache file is damaged: {reason}")]
    Damaged { reason: String },
    /// Met only while a file is opened, which is then left to the newer program.
    #[error("the cache file was written by a newer version")]
    Newer,
    #[error("the cache cannot be used: {reason}")]
    Database { reason: String },
}

pub type Result<T> = std::result::Result<T, CacheError>;

impl From<sqlx::Error> for CacheError {
    fn from(error: sqlx::Error) -> Self {
        let reason = error.to_string();
        match &error {
            // The low byte of SQLite's extended result code is the primary one.
            sqlx::Error::Database(database) => {
                match database.code().and_then(|code| code.parse::<i32>().ok()).map(|code| code & 0xff) {
                    Some(11 | 26) => Self::Damaged { reason },
                    Some(13) => Self::DiskFull,
                    _ => Self::Database { reason },
                }
            }
            // Rows of another shape than this program writes: not our file, or no longer.
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => Self::Damaged { reason },
            _ => Self::Database { reason },
        }
    }
}

impl From<serde_json::Error> for CacheError {
    fn from(error: serde_json::Error) -> Self {
        Self::Damaged { reason: error.to_string() }
    }
}
