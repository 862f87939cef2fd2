//! How true the cache is for what is on screen.

use serde::Serialize;
use specta::Type;

use super::{Scope, What};
use crate::cache::{Cache, CacheError, SourceId};
use crate::error::AppError;

/// What is shown is always the last good data; `error` says why there is none newer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Freshness {
    /// When the newest completed sync began, of the part that was synced longest ago; none where one never was.
    pub synced_at_ms: Option<i64>,
    pub syncing: bool,
    /// Whether all there is has been fetched at least once.
    pub complete: bool,
    /// Runs (or histories, or models) read by the running or the last sync.
    pub fetched: u32,
    /// Why the connection is lost, or the first of its parts could not be read by the last sync; none once it could.
    pub error: Option<AppError>,
    /// Everything that is read for it. Only of a part that was read once it can be said that there is nothing.
    pub parts: Vec<FreshnessPart>,
}

/// What is read by itself, and so can fail by itself.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FreshnessPart {
    pub what: What,
    /// When the newest sync that read all of it began; none where it never was.
    pub as_of_ms: Option<i64>,
    /// Why the last sync could not read it.
    pub error: Option<AppError>,
    /// How many runs or histories that concerns, where there are several.
    pub failed: u32,
}

impl FreshnessPart {
    pub(super) fn of(what: What, as_of_ms: Option<i64>) -> Self {
        Self { what, as_of_ms, error: None, failed: 0 }
    }
}

impl Freshness {
    /// Of several scopes that are shown together.
    pub fn joined(all: Vec<Self>) -> Self {
        let syncing = all.iter().any(|freshness| freshness.syncing);
        let fetched = all.iter().map(|freshness| freshness.fetched).fold(0, u32::saturating_add);
        let error = all.iter().find_map(|freshness| freshness.error.clone());
        let parts = all.into_iter().flat_map(|freshness| freshness.parts).collect();
        Self { syncing, fetched, error, ..Self::of(parts) }
    }

    pub(super) fn of(parts: Vec<FreshnessPart>) -> Self {
        let complete = !parts.is_empty() && parts.iter().all(|part| part.as_of_ms.is_some());
        Self {
            synced_at_ms: parts.iter().map(|part| part.as_of_ms).min().flatten(),
            complete,
            error: parts.iter().find_map(|part| part.error.clone()),
            parts,
            ..Self::default()
        }
    }

    /// As the cache remembers it, where no sync is running.
    pub async fn cached(cache: &Cache, source: SourceId, scope: &Scope) -> Result<Self, CacheError> {
        let mut parts = Vec::new();
        for what in scope.parts() {
            let as_of_ms = match (scope.key(*what), scope) {
                (Some(key), _) => cache.sync_state(source, &key).await?.synced_at_ms,
                (None, Scope::Run(run_id)) => cache.run_seen_ms(source, run_id).await?,
                (None, Scope::Histories { run_ids, keys }) => {
                    let states = cache.history_states(source, run_ids, keys).await?;
                    states.iter().map(|state| state.fetched_at_ms).min().flatten()
                }
                (None, _) => None,
            };
            parts.push(FreshnessPart::of(*what, as_of_ms));
        }
        Ok(Self::of(parts))
    }
}
