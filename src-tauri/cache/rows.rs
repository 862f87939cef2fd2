//! The rows of runs: many in one INSERT, in the order of the tables.

use std::collections::{BTreeSet, HashMap};

use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, Row, Sqlite, SqliteConnection, query::Query};

use super::column_count::count_columns;
use super::experiment::stage_number;
use super::logged::first_id;
use super::{Result, SourceId};
use crate::entities::{DatasetInput, Run, tag_value};
use crate::query::number_of;

/// Enough to make the way to SQLite cheap, few enough to prepare once.
const ROWS_PER_INSERT: usize = 128;

/// Writes runs that are not there, or no longer: (row id, fingerprint, run).
pub(super) async fn write(
    connection: &mut SqliteConnection,
    source: SourceId,
    writes: &[(i64, i64, &Run)],
    seen_ms: i64,
) -> Result<()> {
    if writes.is_empty() {
        return Ok(());
    }
    let experiments = experiment_ids(connection, source, writes).await?;
    let names = name_ids(connection, writes).await?;
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
            let position = u32::try_from(position).unwrap_or(u32::MAX);
            write_dataset_input(connection, experiment, id, position, input).await?;
        }
    }
    let ids: Vec<i64> = writes.iter().map(|&(id, _, _)| id).collect();
    count_columns(connection, &ids, 1).await
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

async fn name_ids(connection: &mut SqliteConnection, writes: &[(i64, i64, &Run)]) -> Result<HashMap<String, i64>> {
    let mut texts = BTreeSet::new();
    for (_, _, run) in writes {
        texts.extend(run.metrics.iter().map(|metric| metric.key.as_str()));
        texts.extend(run.params.iter().map(|param| param.key.as_str()));
        texts.extend(run.tags.iter().map(|tag| tag.key.as_str()));
    }
    let texts = serde_json::to_string(&texts)?;
    sqlx::query("INSERT OR IGNORE INTO name (text) SELECT value FROM json_each(?)")
        .bind(texts.clone())
        .execute(&mut *connection)
        .await?;
    let rows = sqlx::query("SELECT text, id FROM name WHERE text IN (SELECT value FROM json_each(?))")
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
