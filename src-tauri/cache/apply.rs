//! Writing runs: each whole or not at all, many in one transaction.
//!
//! A run is told from its former self by a fingerprint, so that reading ten thousand unchanged
//! runs again writes nothing but when they were seen.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, Row, Sqlite, SqliteConnection, query::Query};

use super::experiment::{GONE, stage_number};
use super::logged::first_id;
use super::{Cache, Result, SourceId};
use crate::entities::{DatasetInput, Run, tag_value};

/// Rows in one INSERT: enough to make the way to SQLite cheap, few enough to prepare once.
const ROWS_PER_INSERT: usize = 128;

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

/// The same for the same run, whatever the order of its metrics, params and tags.
fn fingerprint(run: &Run) -> i64 {
    fn of(value: impl Hash) -> u64 {
        let mut hasher = DefaultHasher::new();
        value.hash(&mut hasher);
        hasher.finish()
    }
    let info = &run.info;
    let mut sum = of((
        (&info.run_id, &info.run_name, &info.experiment_id, &info.user_id, info.status),
        (info.start_time_ms, info.end_time_ms, &info.artifact_uri, info.lifecycle_stage),
    ));
    for metric in &run.metrics {
        let value = if metric.value.0.is_nan() { f64::NAN } else { metric.value.0 };
        sum = sum.wrapping_add(of((1, &metric.key, value.to_bits(), metric.step, metric.timestamp_ms)));
    }
    for param in &run.params {
        sum = sum.wrapping_add(of((2, &param.key, &param.value)));
    }
    for tag in &run.tags {
        sum = sum.wrapping_add(of((3, &tag.key, &tag.value)));
    }
    for input in &run.dataset_inputs {
        let DatasetInput { name, digest, source_type, source, schema, profile, context } = input;
        sum = sum.wrapping_add(of((4, (name, digest, source_type, source), schema, profile, context)));
    }
    for output in &run.model_outputs {
        sum = sum.wrapping_add(of((5, &output.model_id, output.step)));
    }
    i64::from_ne_bytes(sum.to_ne_bytes())
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

/// Adds (`sign` 1) the keys of active runs to the counts of columns, or takes them off (-1).
async fn count_columns(connection: &mut SqliteConnection, ids: &[i64], sign: i64) -> Result<()> {
    for (kind, table, is_number) in
        [(1, "metric", "1"), (2, "param", "number IS NOT NULL"), (3, "tag", "number IS NOT NULL")]
    {
        let sql = format!(
            "INSERT INTO column_count (experiment, kind, key, run_count, number_count)
             SELECT r.experiment, {kind}, m.id >> 32, ?1 * count(*), ?1 * sum({is_number})
             FROM run r CROSS JOIN {table} m ON m.run = r.id
             WHERE r.id IN (SELECT value FROM json_each(?2)) AND r.stage = 0
             GROUP BY r.experiment, m.id >> 32
             ON CONFLICT (experiment, kind, key) DO UPDATE SET
                 run_count = run_count + excluded.run_count, number_count = number_count + excluded.number_count"
        );
        sqlx::query(AssertSqlSafe(sql)).bind(sign).bind(json(ids)).execute(&mut *connection).await?;
    }
    Ok(())
}

async fn write(
    connection: &mut SqliteConnection,
    source: SourceId,
    writes: &[(i64, i64, &Run)],
    seen_ms: i64,
) -> Result<()> {
    if writes.is_empty() {
        return Ok(());
    }
    let experiments = experiment_ids(connection, source, writes).await?;
    let names = name_ids(connection, source, writes).await?;
    let name_of = |text: &str| names.get(text).copied().unwrap_or(-1);

    let mut run_rows = Vec::with_capacity(writes.len());
    let (mut metrics, mut params, mut tags) = (Vec::new(), Vec::new(), Vec::new());
    for &(id, fingerprint, run) in writes {
        let experiment = experiments.get(run.info.experiment_id.as_str()).copied().unwrap_or(-1);
        run_rows.push((id, experiment, fingerprint, run));
        metrics.extend(run.metrics.iter().map(|metric| (name_of(&metric.key), id, metric)));
        params.extend(run.params.iter().map(|param| (name_of(&param.key), id, param.value.as_str())));
        tags.extend(run.tags.iter().map(|tag| (name_of(&tag.key), id, tag.value.as_str())));
    }
    // In the order of the tables, so that each page is visited once.
    metrics.sort_by_key(|&(key, run, _)| (key, run));
    params.sort_by_key(|&(key, run, _)| (key, run));
    tags.sort_by_key(|&(key, run, _)| (key, run));

    insert(
        connection,
        "run (id, source, experiment, run_id, stage, status, start_time_ms, end_time_ms, seen_ms,
                fingerprint, run_name, user_id, parent_run_id, artifact_uri, model_outputs)",
        15,
        &run_rows,
        |query, &(id, experiment, fingerprint, run)| {
            let info = &run.info;
            let model_outputs = (!run.model_outputs.is_empty()).then(|| serde_json::to_string(&run.model_outputs).ok());
            query
                .bind(id)
                .bind(source.0)
                .bind(experiment)
                .bind(info.run_id.clone())
                .bind(stage_number(info.lifecycle_stage))
                .bind(info.status.as_mlflow())
                .bind(info.start_time_ms)
                .bind(info.end_time_ms)
                .bind(seen_ms)
                .bind(fingerprint)
                .bind(info.run_name.clone())
                .bind(info.user_id.clone())
                .bind(tag_value(&run.tags, "mlflow.parentRunId").map(str::to_owned))
                .bind(info.artifact_uri.clone())
                .bind(model_outputs.flatten())
        },
    )
    .await?;
    insert(connection, "metric (id, run, value, step, timestamp_ms)", 5, &metrics, |query, &(key, run, metric)| {
        query.bind(first_id(key) + run).bind(run).bind(metric.value.0).bind(metric.step).bind(metric.timestamp_ms)
    })
    .await?;
    for (table, rows) in [("param (id, run, value, number)", &params), ("tag (id, run, value, number)", &tags)] {
        insert(connection, table, 4, rows, |query, &(key, run, value)| {
            query.bind(first_id(key) + run).bind(run).bind(value.to_owned()).bind(number_of(value))
        })
        .await?;
    }
    for &(id, experiment, _, run) in &run_rows {
        for (position, input) in run.dataset_inputs.iter().enumerate() {
            write_dataset_input(connection, experiment, id, count(position), input).await?;
        }
    }
    let ids: Vec<i64> = writes.iter().map(|&(id, _, _)| id).collect();
    count_columns(connection, &ids, 1).await
}

/// A param's or tag's value as a number, where the whole text is one. NaN is not: it does not
/// compare.
pub(super) fn number_of(text: &str) -> Option<f64> {
    let text = text.trim();
    let first = text.bytes().next()?;
    if !(first.is_ascii_digit() || matches!(first, b'-' | b'+' | b'.' | b'i' | b'I')) {
        return None;
    }
    text.parse::<f64>().ok().filter(|number| !number.is_nan())
}

type InsertQuery = Query<'static, Sqlite, SqliteArguments>;

/// `INSERT OR REPLACE INTO {table} VALUES …` for all rows, some at a time.
async fn insert<T>(
    connection: &mut SqliteConnection,
    table: &str,
    columns: usize,
    rows: &[T],
    bind: impl Fn(InsertQuery, &T) -> InsertQuery,
) -> Result<()> {
    let row = format!("({})", vec!["?"; columns].join(","));
    for chunk in rows.chunks(ROWS_PER_INSERT) {
        let values = vec![row.as_str(); chunk.len()].join(",");
        let sql = format!("INSERT OR REPLACE INTO {table} VALUES {values}");
        let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(chunk.len() == ROWS_PER_INSERT);
        for row in chunk {
            query = bind(query, row);
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

async fn experiment_ids(
    connection: &mut SqliteConnection,
    source: SourceId,
    writes: &[(i64, i64, &Run)],
) -> Result<HashMap<String, i64>> {
    let ids: BTreeSet<&str> = writes.iter().map(|(_, _, run)| run.info.experiment_id.as_str()).collect();
    let ids = serde_json::to_string(&ids)?;
    sqlx::query(
        "INSERT OR IGNORE INTO experiment (source, experiment_id, listed, name, artifact_location, stage, tags)
         SELECT ?, value, 0, '', '', 0, '[]' FROM json_each(?)",
    )
    .bind(source.0)
    .bind(ids.clone())
    .execute(&mut *connection)
    .await?;
    let rows = sqlx::query(
        "SELECT experiment_id, id FROM experiment
         WHERE source = ? AND experiment_id IN (SELECT value FROM json_each(?))",
    )
    .bind(source.0)
    .bind(ids)
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

async fn name_ids(
    connection: &mut SqliteConnection,
    source: SourceId,
    writes: &[(i64, i64, &Run)],
) -> Result<HashMap<String, i64>> {
    let mut texts = BTreeSet::new();
    for (_, _, run) in writes {
        texts.extend(run.metrics.iter().map(|metric| metric.key.as_str()));
        texts.extend(run.params.iter().map(|param| param.key.as_str()));
        texts.extend(run.tags.iter().map(|tag| tag.key.as_str()));
    }
    let texts = serde_json::to_string(&texts)?;
    sqlx::query("INSERT OR IGNORE INTO name (source, text) SELECT ?, value FROM json_each(?)")
        .bind(source.0)
        .bind(texts.clone())
        .execute(&mut *connection)
        .await?;
    let rows = sqlx::query("SELECT text, id FROM name WHERE source = ? AND text IN (SELECT value FROM json_each(?))")
        .bind(source.0)
        .bind(texts)
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

/// MLflow knows a dataset of an experiment by its name and digest; so does the cache.
async fn write_dataset_input(
    connection: &mut SqliteConnection,
    experiment: i64,
    run: i64,
    position: u32,
    input: &DatasetInput,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO dataset (experiment, name, digest, source_type, source_uri, schema, profile)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (experiment, name, digest) DO UPDATE SET source_type = ?4, source_uri = ?5, schema = ?6, profile = ?7
         WHERE source_type <> ?4 OR source_uri <> ?5 OR schema IS NOT ?6 OR profile IS NOT ?7",
    )
    .bind(experiment)
    .bind(&input.name)
    .bind(&input.digest)
    .bind(&input.source_type)
    .bind(&input.source)
    .bind(&input.schema)
    .bind(&input.profile)
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "INSERT OR REPLACE INTO dataset_input (run, position, dataset, context)
         SELECT ?, ?, id, ? FROM dataset WHERE experiment = ? AND name = ? AND digest = ?",
    )
    .bind(run)
    .bind(position)
    .bind(&input.context)
    .bind(experiment)
    .bind(&input.name)
    .bind(&input.digest)
    .execute(connection)
    .await?;
    Ok(())
}
