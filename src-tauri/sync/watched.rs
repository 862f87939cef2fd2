//! One scope that is or was watched: how the last sync of each of its parts went, and when the next may be.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::{Mutex, MutexGuard};

use super::outcome::{Failure, Outcome};
use super::{Scope, SyncError, What};
use crate::tracking::StoreError;

const FIRST_PAUSE_MS: i64 = 2_000;
const LONGEST_PAUSE_MS: i64 = 5 * 60_000;

/// What is no longer watched is remembered for this long.
const FORGET_MS: i64 = 10 * 60_000;

/// All scopes that are or were watched.
#[derive(Default)]
pub(super) struct Scopes {
    list: Mutex<HashMap<Scope, Watched>>,
    interests: AtomicU64,
}

impl Scopes {
    pub fn lock(&self) -> MutexGuard<'_, HashMap<Scope, Watched>> {
        self.list.lock()
    }

    /// Greater than that of everything before.
    pub fn next_interest(&self) -> u64 {
        self.interests.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// How lately a scope came to be watched, or was asked for.
    pub fn interest(&self, scope: &Scope) -> u64 {
        self.lock().get(scope).map_or(0, |watched| watched.interest)
    }

    /// The running sync of a scope has read this much more.
    pub fn fetched(&self, scope: &Scope, read: u32) {
        if let Some(watched) = self.lock().get_mut(scope) {
            watched.fetched = watched.fetched.saturating_add(read);
        }
    }
}

#[derive(Default)]
pub(super) struct Watched {
    /// Whether the window watches it now.
    pub on_screen: bool,
    /// When it was no longer, or the user asked for it without watching it.
    pub left_ms: i64,
    /// The greater, the more recently it came to be watched or was asked for.
    pub interest: u64,
    pub running: bool,
    /// The user asked for it while it was running.
    pub again: bool,
    /// Things read by the running or the last sync.
    pub fetched: u32,
    parts: BTreeMap<What, Part>,
    /// When the last sync ended, well or not.
    ended_ms: Option<i64>,
}

#[derive(Default)]
struct Part {
    /// When the last sync that read all of it began.
    synced_at_ms: Option<i64>,
    /// Why the last sync did not.
    failure: Option<Failure>,
    /// Syncs that did not go well since the last one that did.
    failures: u32,
    not_before_ms: i64,
}

impl Watched {
    /// Whether it is older than it may be, and at least one of its parts has no pause to keep.
    pub fn is_due(&self, scope: &Scope, now_ms: i64) -> bool {
        self.ended_ms.is_none_or(|ended_ms| now_ms - ended_ms >= scope.max_age_ms())
            && scope.parts().iter().any(|what| !self.rests(*what, now_ms))
    }

    /// Whether a part has failed and is not to be tried again yet.
    pub fn rests(&self, what: What, now_ms: i64) -> bool {
        self.parts.get(&what).is_some_and(|part| now_ms < part.not_before_ms)
    }

    /// Whether it is worth remembering how its syncs went: it may come back to the window.
    pub fn is_remembered(&self, now_ms: i64) -> bool {
        self.running || self.on_screen || now_ms - self.left_ms < FORGET_MS
    }

    pub fn has_failed(&self) -> bool {
        self.parts.values().any(|part| part.failure.is_some())
    }

    /// The first error of the parts.
    pub fn error(&self) -> Option<&SyncError> {
        self.parts.values().find_map(|part| Some(&part.failure.as_ref()?.error))
    }

    pub fn failure(&self, what: What) -> Option<&Failure> {
        self.parts.get(&what)?.failure.as_ref()
    }

    /// When the last sync that read all of this part began.
    pub fn synced_at_ms(&self, what: What) -> Option<i64> {
        self.parts.get(&what)?.synced_at_ms
    }

    /// The user does not wait for a pause to end.
    pub fn asked(&mut self) {
        for part in self.parts.values_mut() {
            part.failures = 0;
            part.not_before_ms = 0;
        }
        self.again |= self.running;
    }

    /// Takes what came of a sync. Says whether a part now fails that did not, no longer does, fails differently, or
    /// was read for the first time.
    pub fn ended(&mut self, outcome: Outcome, begun_ms: i64, now_ms: i64) -> bool {
        self.ended_ms = Some(now_ms);
        let mut differs = false;
        for (what, result) in outcome.into_parts() {
            let part = self.parts.entry(what).or_default();
            let failure = result.err();
            differs |= part.failure != failure || (part.synced_at_ms.is_none() && failure.is_none());
            match &failure {
                None => {
                    part.failures = 0;
                    part.not_before_ms = 0;
                    part.synced_at_ms = Some(begun_ms);
                }
                Some(failure) => {
                    part.failures = part.failures.saturating_add(1);
                    part.not_before_ms = now_ms.saturating_add(pause_ms(&failure.error, part.failures));
                }
            }
            part.failure = failure;
        }
        differs
    }
}

/// Longer from failure to failure; at least as long as the server asks for.
fn pause_ms(error: &SyncError, failures: u32) -> i64 {
    let doubled = FIRST_PAUSE_MS.saturating_mul(1 << failures.saturating_sub(1).min(20)).min(LONGEST_PAUSE_MS);
    match error {
        SyncError::Store(StoreError::TooManyRequests { retry_after_s: Some(seconds), .. }) => {
            doubled.max(i64::try_from(*seconds).unwrap_or(0).saturating_mul(1_000))
        }
        _ => doubled,
    }
}
