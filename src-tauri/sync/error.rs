//! Why a sync did not end well: the source of the runs, or the cache they should go into.

use crate::cache::CacheError;
use crate::error::AppError;
use crate::tracking::StoreError;

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SyncError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Cache(#[from] CacheError),
}

pub(super) type Result<T> = std::result::Result<T, SyncError>;

impl From<SyncError> for AppError {
    fn from(error: SyncError) -> Self {
        match error {
            SyncError::Store(error) => error.into(),
            SyncError::Cache(error) => error.into(),
        }
    }
}
