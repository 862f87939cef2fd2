//! Writing runs: each whole or not at all, many in one transaction.
//!
//! A run is told from its former self by a fingerprint, so that reading ten thousand unchanged
//! runs again writes nothing but when they were seen.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sqlx::{AssertSqlSafe, Row, SqliteConnection};

use super::column_count::count_columns;
use super::experiment::GONE;
use super::fingerprint::fingerprint;
use super::rows::write;
use super::{Cache, Result, SourceId};
use crate::entities::Run;

/// What became of a batch of runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// Runs that the cache did not have.
    pub added: u32,
    /// Runs that differ from what the cache had.
    pub changed: u32,
    /// Runs that are as they were.
    pub unchanged: u32,
    /// The experiments with added or changed runs.
    pub experiment_ids: BTreeSet<String>,
}

impl Applied {
    pub fn is_change(&self) -> bool {
        self.added + self.changed > 0
    }
}

struct Known {
    id: i64,
    fingerprint: i64,
}

impl Cache {
    /// Takes runs as the server has them at `seen_ms`, in one transaction. Of a run that is there
    /// twice the last one counts.
    pub async fn apply_runs(&self, source: SourceId, runs: &[Run], seen_ms: i64) -> Result<Applied> {
        if runs.is_empty() {
            return Ok(Applied::default());
        }
        let by_id: BTreeMap<&str, &Run> = runs.iter().map(|run| (run.info.run_id.as_str(), run)).collect();
        let mut transaction = self.writer().begin_with("BEGIN IMMEDIATE").await?;
        let connection = &mut *transaction;
        let known = known_runs(connection, source, by_id.keys().copied()).await?;
        let mut next_id: i64 =
            sqlx::query_scalar("SELECT coalesce(max(id), 0) + 1 FROM run").fetch_one(&mut *connection).await?;

        let mut applied = Applied::default();
        let (mut unchanged, mut changed) = (Vec::new(), Vec::new());
        let mut writes: Vec<(i64, i64, &Run)> = Vec::new();
        // In the order given, so that runs that are newest together lie together.
        let mut taken = BTreeSet::new();
        for run in runs.iter().filter_map(|run| by_id.get(run.info.run_id.as_str())) {
            if !taken.insert(run.info.run_id.as_str()) {
                continue;
            }
            let fingerprint = fingerprint(run);
            match known.get(&run.info.run_id) {
                Some(known) if known.fingerprint == fingerprint => {
                    unchanged.push(known.id);
                    continue;
                }
                Some(known) => {
                    changed.push(known.id);
                    writes.push((known.id, fingerprint, *run));
                }
                None => {
                    writes.push((next_id, fingerprint, *run));
                    next_id += 1;
                }
            }
            applied.experiment_ids.insert(run.info.experiment_id.clone());
        }
        applied.unchanged = count(unchanged.len());
        applied.changed = count(changed.len());
        applied.added = count(writes.len() - changed.len());

        touch(connection, &unchanged, seen_ms).await?;
        clear(connection, &changed).await?;
        write(connection, source, &writes, seen_ms).await?;
        transaction.commit().await?;
        Ok(applied)
    }

    /// Marks the active and deleted runs of an experiment that were not seen since `since_ms` as
    /// gone: a completed sweep did not meet them. Says how many.
    pub async fn mark_unseen_gone(&self, source: SourceId, experiment_id: &str, since_ms: i64) -> Result<u32> {
        let mut transaction = self.writer().begin_with("BEGIN IMMEDIATE").await?;
        let ids: Vec<i64> = sqlx::query_scalar(
            "SELECT r.id FROM run r JOIN experiment e ON e.id = r.experiment
             WHERE e.source = ? AND e.experiment_id = ? AND r.stage < 2 AND r.seen_ms < ?",
        )
        .bind(source.0)
        .bind(experiment_id)
        .bind(since_ms)
        .fetch_all(&mut *transaction)
        .await?;
        mark_gone(&mut transaction, &ids).await?;
        transaction.commit().await?;
        Ok(count(ids.len()))
    }

    /// Marks one run as gone: the server says that it does not exist.
    pub async fn mark_run_gone(&self, source: SourceId, run_id: &str) -> Result<bool> {
        let mut transaction = self.writer().begin_with("BEGIN IMMEDIATE").await?;
        let ids: Vec<i64> = sqlx::query_scalar("SELECT id FROM run WHERE source = ? AND run_id = ? AND stage < 2")
            .bind(source.0)
            .bind(run_id)
            .fetch_all(&mut *transaction)
            .await?;
        mark_gone(&mut transaction, &ids).await?;
        transaction.commit().await?;
        Ok(!ids.is_empty())
    }
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

async fn known_runs(
    connection: &mut SqliteConnection,
    source: SourceId,
    run_ids: impl Iterator<Item = &str>,
) -> Result<HashMap<String, Known>> {
    let run_ids: Vec<&str> = run_ids.collect();
    let rows = sqlx::query(
        "SELECT run_id, id, CASE WHEN stage = ? THEN 0 ELSE fingerprint END FROM run
         WHERE source = ? AND run_id IN (SELECT value FROM json_each(?))",
    )
    // A run that comes back is written anew whatever it looks like.
    .bind(GONE)
    .bind(source.0)
    .bind(serde_json::to_string(&run_ids)?)
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, Known { id: row.try_get(1)?, fingerprint: row.try_get(2)? }))).collect()
}

fn json(ids: &[i64]) -> String {
    let texts: Vec<String> = ids.iter().map(i64::to_string).collect();
    format!("[{}]", texts.join(","))
}

async fn touch(connection: &mut SqliteConnection, ids: &[i64], seen_ms: i64) -> Result<()> {
    if !ids.is_empty() {
        sqlx::query("UPDATE run SET seen_ms = ? WHERE id IN (SELECT value FROM json_each(?))")
            .bind(seen_ms)
            .bind(json(ids))
            .execute(connection)
            .await?;
    }
    Ok(())
}

/// Takes what runs logged out again, before it is written anew.
async fn clear(connection: &mut SqliteConnection, ids: &[i64]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    count_columns(connection, ids, -1).await?;
    for table in ["metric", "param", "tag"] {
        let sql = format!("DELETE FROM {table} WHERE run IN (SELECT value FROM json_each(?))");
        sqlx::query(AssertSqlSafe(sql)).bind(json(ids)).execute(&mut *connection).await?;
    }
    sqlx::query("DELETE FROM dataset_input WHERE run IN (SELECT value FROM json_each(?))")
        .bind(json(ids))
        .execute(connection)
        .await?;
    Ok(())
}

async fn mark_gone(connection: &mut SqliteConnection, ids: &[i64]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    count_columns(connection, ids, -1).await?;
    sqlx::query("UPDATE run SET stage = ? WHERE id IN (SELECT value FROM json_each(?))")
        .bind(GONE)
        .bind(json(ids))
        .execute(connection)
        .await?;
    Ok(())
}
