//! [`crate::entities::RunDuration`] in SQL.

/// Milliseconds that the run of row `r` took, or has been running by this machine's clock; NULL
/// where that is not known. A run that begins within the next minute has just begun: clocks differ.
pub(super) const DURATION_MS: &str = "(CASE WHEN r.start_time_ms > 0 THEN CASE r.status
    WHEN 'SCHEDULED' THEN NULL
    WHEN 'RUNNING' THEN CASE WHEN r.start_time_ms <= 1000 * unixepoch('subsec') + 60000
        THEN max(0, CAST(1000 * unixepoch('subsec') AS INTEGER) - r.start_time_ms) END
    ELSE CASE WHEN r.end_time_ms >= r.start_time_ms THEN r.end_time_ms - r.start_time_ms END END END)";
