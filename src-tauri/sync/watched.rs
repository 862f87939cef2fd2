//! One scope that is or was looked at: when, how its last sync went, and when the next may be.

use super::error::Result;
use super::{Scope, SyncError};
use crate::tracking::StoreError;

/// How long something counts as looked at after it was last asked for.
const LOOKED_AT_MS: i64 = 45_000;
const FIRST_PAUSE_MS: i64 = 2_000;
const LONGEST_PAUSE_MS: i64 = 5 * 60_000;

#[derive(Default)]
pub(super) struct Watched {
    pub looked_at_ms: i64,
    /// The greater, the more recently looked at.
    pub interest: u64,
    pub running: bool,
    /// The user asked for it while it was running.
    pub again: bool,
    /// Things read by the running or the last sync.
    pub fetched: u32,
    /// When the last sync that went well began.
    pub synced_at_ms: Option<i64>,
    /// Why the last sync did not go well.
    pub error: Option<SyncError>,
    /// When the last sync ended, well or not.
    ended_ms: Option<i64>,
    /// Syncs that did not go well since the last one that did.
    failures: u32,
    not_before_ms: i64,
}

impl Watched {
    /// Whether it is older than it may be, and no pause is to be kept.
    pub fn is_due(&self, scope: &Scope, now_ms: i64) -> bool {
        now_ms >= self.not_before_ms && self.ended_ms.is_none_or(|ended_ms| now_ms - ended_ms >= scope.max_age_ms())
    }

    /// The window reads again whenever a sync has ended, well or not. What it has not read since then, nor lately,
    /// is gone from it; everything else is kept true, however long the pause before the next try.
    pub fn is_on_screen(&self, now_ms: i64) -> bool {
        now_ms - self.looked_at_ms < LOOKED_AT_MS || self.ended_ms.is_some_and(|ended_ms| self.looked_at_ms >= ended_ms)
    }

    /// The user does not wait for a pause to end.
    pub fn asked(&mut self) {
        self.failures = 0;
        self.not_before_ms = 0;
        self.again |= self.running;
    }

    pub fn ended(&mut self, outcome: Result<()>, begun_ms: i64, now_ms: i64) {
        self.ended_ms = Some(now_ms);
        match outcome {
            Ok(()) => {
                self.error = None;
                self.failures = 0;
                self.not_before_ms = 0;
                self.synced_at_ms = Some(begun_ms);
            }
            Err(error) => {
                self.failures = self.failures.saturating_add(1);
                self.not_before_ms = now_ms.saturating_add(pause_ms(&error, self.failures));
                self.error = Some(error);
            }
        }
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
