//! How true the cache is, per scope, and which runs may still change.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Cache, Result, SourceId};

/// What is known of how far a scope was brought up to date. Failed attempts change none of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SyncState {
    /// When the newest completed sync began.
    pub synced_at_ms: Option<i64>,
    /// When the newest completed full sweep began.
    pub swept_at_ms: Option<i64>,
    /// The newest start time among the runs of completed syncs.
    pub newest_start_ms: Option<i64>,
    /// Whether one sweep has ever been completed.
    pub complete: bool,
}

/// A run that may still log something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenRun {
    pub run_id: String,
    pub experiment_id: String,
    pub start_time_ms: Option<i64>,
    /// When it was last read from the server.
    pub seen_ms: i64,
}

impl Cache {
    /// `scope` is a key such as `experiments` or `experiment/7`.
    pub async fn sync_state(&self, source: SourceId, scope: &str) -> Result<SyncState> {
        let row = sqlx::query(
            "SELECT synced_at_ms, swept_at_ms, newest_start_ms, complete FROM sync_state WHERE source = ? AND scope = ?",
        )
        .bind(source.0)
        .bind(scope)
        .fetch_optional(&self.reader())
        .await?;
        let Some(row) = row else { return Ok(SyncState::default()) };
        Ok(SyncState {
            synced_at_ms: row.try_get(0)?,
            swept_at_ms: row.try_get(1)?,
            newest_start_ms: row.try_get(2)?,
            complete: row.try_get(3)?,
        })
    }

    pub async fn set_sync_state(&self, source: SourceId, scope: &str, state: SyncState) -> Result<()> {
        sqlx::query(
            "INSERT OR REPLACE INTO sync_state (source, scope, synced_at_ms, swept_at_ms, newest_start_ms, complete)
             VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(source.0)
        .bind(scope)
        .bind(state.synced_at_ms)
        .bind(state.swept_at_ms)
        .bind(state.newest_start_ms)
        .bind(state.complete)
        .execute(&self.writer())
        .await?;
        Ok(())
    }

    /// The runs of an experiment that may still change, least recently read first.
    pub async fn open_runs(&self, source: SourceId, experiment_id: &str) -> Result<Vec<OpenRun>> {
        let rows = sqlx::query(
            "SELECT r.run_id, e.experiment_id, r.start_time_ms, r.seen_ms
             FROM run r JOIN experiment e ON e.id = r.experiment
             WHERE e.source = ? AND e.experiment_id = ? AND r.stage = 0 AND r.status IN ('RUNNING', 'SCHEDULED')
             ORDER BY r.seen_ms, r.run_id",
        )
        .bind(source.0)
        .bind(experiment_id)
        .fetch_all(&self.reader())
        .await?;
        rows.iter().map(open_run).collect()
    }

    /// Those of the given runs that may still change, least recently read first.
    pub async fn open_runs_among(&self, source: SourceId, run_ids: &[String]) -> Result<Vec<OpenRun>> {
        let rows = sqlx::query(
            "SELECT r.run_id, e.experiment_id, r.start_time_ms, r.seen_ms
             FROM run r JOIN experiment e ON e.id = r.experiment
             WHERE r.source = ? AND r.run_id IN (SELECT value FROM json_each(?)) AND r.stage = 0
               AND r.status IN ('RUNNING', 'SCHEDULED')
             ORDER BY r.seen_ms, r.run_id",
        )
        .bind(source.0)
        .bind(serde_json::to_string(run_ids)?)
        .fetch_all(&self.reader())
        .await?;
        rows.iter().map(open_run).collect()
    }

    /// How many runs the cache has of an experiment, deleted ones too, and the newest start time
    /// among them.
    pub async fn run_count_and_newest_start(
        &self,
        source: SourceId,
        experiment_id: &str,
    ) -> Result<(u32, Option<i64>)> {
        let row = sqlx::query(
            "SELECT count(*), max(r.start_time_ms) FROM run r JOIN experiment e ON e.id = r.experiment
             WHERE e.source = ? AND e.experiment_id = ? AND r.stage < 2",
        )
        .bind(source.0)
        .bind(experiment_id)
        .fetch_one(&self.reader())
        .await?;
        Ok((row.try_get(0)?, row.try_get(1)?))
    }
}

fn open_run(row: &SqliteRow) -> Result<OpenRun> {
    Ok(OpenRun {
        run_id: row.try_get(0)?,
        experiment_id: row.try_get(1)?,
        start_time_ms: row.try_get(2)?,
        seen_ms: row.try_get(3)?,
    })
}
