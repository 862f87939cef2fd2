//! What every fetch from one source into the cache needs, whichever scope it is for.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use parking_lot::Mutex;

use super::page_size::PageSize;
use super::request_queue::RequestQueue;
use super::sightings::{Looks, OnSightings};
use crate::cache::{Cache, SourceId};
use crate::change::{Change, OnChange};
use crate::entities::AliasSighting;
use crate::scope::Scope;
use crate::tracking::TrackingStore;

/// Lists and runs: two, so that what was just opened does not wait for a page of a long sweep.
const REQUESTS_AT_ONCE: usize = 2;
pub const HISTORIES_AT_ONCE: usize = 4;

/// Epoch milliseconds.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

pub struct Fetcher {
    pub store: Arc<dyn TrackingStore>,
    pub cache: Cache,
    pub source: SourceId,
    pub profile_id: String,
    pub requests: RequestQueue,
    /// A large page may take long: never two of them, so that the other request is left for what is small.
    pub large_pages: RequestQueue,
    pub history_requests: RequestQueue,
    /// What was learnt of the pages that the store can give.
    pub page_size: Mutex<PageSize>,
    /// Single looks at registered models.
    pub looks: Looks,
    on_sightings: OnSightings,
    on_change: OnChange,
    clock: Clock,
    /// The latest time told: our time never goes back, whatever the machine's clock does.
    latest_ms: AtomicI64,
    histories_in_flight: Mutex<HashSet<(String, String)>>,
    /// Source runs of model versions that the server does not have.
    missing_runs: Mutex<HashSet<String>>,
}

impl Fetcher {
    pub fn new(
        store: Arc<dyn TrackingStore>,
        cache: Cache,
        source: SourceId,
        profile_id: &str,
        on_change: OnChange,
        on_sightings: OnSightings,
        clock: Clock,
    ) -> Self {
        Self {
            store,
            cache,
            source,
            profile_id: profile_id.to_owned(),
            requests: RequestQueue::new(REQUESTS_AT_ONCE),
            large_pages: RequestQueue::new(REQUESTS_AT_ONCE - 1),
            history_requests: RequestQueue::new(HISTORIES_AT_ONCE),
            page_size: Mutex::default(),
            looks: Looks::default(),
            on_sightings,
            on_change,
            clock,
            latest_ms: AtomicI64::new(i64::MIN),
            histories_in_flight: Mutex::default(),
            missing_runs: Mutex::default(),
        }
    }

    pub fn now_ms(&self) -> i64 {
        let now_ms = (self.clock)();
        self.latest_ms.fetch_max(now_ms, Ordering::SeqCst).max(now_ms)
    }

    pub fn tell(&self, change: Change) {
        (self.on_change)(change);
    }

    pub fn tell_sightings(&self, sightings: Vec<AliasSighting>) {
        if !sightings.is_empty() {
            (self.on_sightings)(sightings);
        }
    }

    pub fn tell_runs(&self, experiment_ids: impl IntoIterator<Item = String>) {
        let experiment_ids: BTreeSet<String> = experiment_ids.into_iter().collect();
        if !experiment_ids.is_empty() {
            // The list of experiments counts runs.
            self.tell(Change::Experiments { profile_id: self.profile_id.clone() });
        }
        for experiment_id in experiment_ids {
            self.tell(Change::Runs { profile_id: self.profile_id.clone(), experiment_id });
        }
    }

    pub fn tell_freshness(&self, scope: &Scope) {
        self.tell(Change::Freshness { profile_id: self.profile_id.clone(), scope: scope.clone() });
    }

    /// The server does not have this source run of a model version: it is not asked for again.
    pub fn run_is_missing(&self, run_id: &str) {
        self.missing_runs.lock().insert(run_id.to_owned());
    }

    /// `None` where another task is fetching this history already.
    pub fn begin_history(&self, run_id: &str, key: &str) -> Option<impl Drop + use<'_>> {
        struct InFlight<'a>(&'a Fetcher, (String, String));
        impl Drop for InFlight<'_> {
            fn drop(&mut self) {
                self.0.histories_in_flight.lock().remove(&self.1);
            }
        }
        let name = (run_id.to_owned(), key.to_owned());
        let first = self.histories_in_flight.lock().insert(name.clone());
        first.then(|| InFlight(self, name))
    }

    /// Those of these runs that the server may have.
    pub fn not_missing(&self, mut run_ids: Vec<String>) -> Vec<String> {
        let missing = self.missing_runs.lock();
        run_ids.retain(|run_id| !missing.contains(run_id));
        run_ids
    }
}
