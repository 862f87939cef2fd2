//! How true the cache is for what is on screen.

use serde::Serialize;
use specta::Type;

use super::Scope;
use crate::cache::{Cache, CacheError, SourceId};
use crate::error::AppError;

/// What is shown is always the last good data; `error` says why there is none newer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Freshness {
    /// When the newest completed sync began.
    pub synced_at_ms: Option<i64>,
    pub syncing: bool,
    /// Whether all there is has been fetched at least once.
    pub complete: bool,
    /// Runs (or histories, or models) read by the running or the last sync.
    pub fetched: u32,
    /// Why the last sync failed; none once one has succeeded again.
    pub error: Option<AppError>,
}

impl Freshness {
    /// As the cache remembers it, where no sync is running.
    pub async fn cached(cache: &Cache, source: SourceId, scope: &Scope) -> Result<Self, CacheError> {
        let Some(key) = scope.key() else { return Ok(Self::default()) };
        let state = cache.sync_state(source, &key).await?;
        Ok(Self { synced_at_ms: state.synced_at_ms, complete: state.complete, ..Self::default() })
    }
}
