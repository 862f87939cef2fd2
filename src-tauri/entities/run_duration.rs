//! How long a run took: one rule for the table, the run's page, comparisons, filters and sorts.

use serde::Serialize;
use specta::Type;

use super::RunStatus;

/// `cache/duration.rs` says the same in SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "kind")]
pub enum RunDuration {
    Ended {
        duration_ms: i64,
    },
    /// It goes on: its duration grows.
    Running {
        since_ms: i64,
    },
    Unknown {
        why: NoDuration,
    },
}

/// Why it cannot be said how long a run took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum NoDuration {
    /// It is scheduled.
    NotStarted,
    /// The server has no start time of it.
    NoStart,
    /// It has ended, and the server has no end time of it: its script was killed, or set only the status.
    NoEnd,
    /// The clocks of two machines differed.
    EndsBeforeStart,
}

impl RunDuration {
    /// MLflow keeps the old end time of a run that is resumed, so a running one has not ended
    /// whatever its end time says. A start or an end of 0 is how MLflow writes that none was given.
    pub fn of(status: RunStatus, start_time_ms: Option<i64>, end_time_ms: Option<i64>) -> Self {
        let unknown = |why| Self::Unknown { why };
        match (status, start_time_ms.filter(|start_ms| *start_ms > 0), end_time_ms.filter(|end_ms| *end_ms != 0)) {
            (RunStatus::Scheduled, _, _) => unknown(NoDuration::NotStarted),
            (_, None, _) => unknown(NoDuration::NoStart),
            (RunStatus::Running, Some(since_ms), _) => Self::Running { since_ms },
            (_, Some(_), None) => unknown(NoDuration::NoEnd),
            (_, Some(start_ms), Some(end_ms)) if end_ms < start_ms => unknown(NoDuration::EndsBeforeStart),
            (_, Some(start_ms), Some(end_ms)) => Self::Ended { duration_ms: end_ms - start_ms },
        }
    }
}
