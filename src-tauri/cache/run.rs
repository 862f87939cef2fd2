//! One run, whole, as it was last seen; and its children.

use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row, SqliteConnection};

use super::experiment::stage_from_number;
use super::view::RunRow;
use super::{Cache, Result, SourceId};
use crate::entities::{DatasetInput, Metric, MetricValue, Param, Run, RunInfo, RunStatus, Tag};

impl Cache {
    /// A run with all it logged, keys in alphabetical order; `None` where the cache has not seen
    /// it, or the server no longer has it.
    pub async fn run(&self, source: SourceId, run_id: &str) -> Result<Option<Run>> {
        let mut reading = self.reader().begin().await?;
        let row = sqlx::query(
            "SELECT r.id, r.run_id, r.run_name, e.experiment_id, r.user_id, r.status, r.start_time_ms, r.end_time_ms,
                    r.artifact_uri, r.stage, r.model_outputs
             FROM run r JOIN experiment e ON e.id = r.experiment WHERE r.source = ? AND r.run_id = ? AND r.stage < 2",
        )
        .bind(source.0)
        .bind(run_id)
        .fetch_optional(&mut *reading)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let id: i64 = row.try_get(0)?;
        let model_outputs: Option<&str> = row.try_get(10)?;
        let model_outputs = model_outputs.map(serde_json::from_str).transpose()?.unwrap_or_default();
        Ok(Some(Run {
            info: info(&row)?,
            metrics: metrics(&mut reading, id).await?,
            params: texts(&mut reading, "param", id, |key, value| Param { key, value }).await?,
            tags: texts(&mut reading, "tag", id, |key, value| Tag { key, value }).await?,
            dataset_inputs: dataset_inputs(&mut reading, id).await?,
            model_outputs,
        }))
    }

    /// When a run was last read from its store; none where the cache does not have it.
    pub async fn run_seen_ms(&self, source: SourceId, run_id: &str) -> Result<Option<i64>> {
        let seen = sqlx::query_scalar("SELECT seen_ms FROM run WHERE source = ? AND run_id = ? AND stage < 2")
            .bind(source.0)
            .bind(run_id)
            .fetch_optional(&self.reader())
            .await?;
        Ok(seen)
    }

    /// The active runs that name `run_id` as their parent, oldest first, without cells.
    pub async fn child_runs(&self, source: SourceId, run_id: &str) -> Result<Vec<RunRow>> {
        let mut reading = self.reader().begin().await?;
        let ids: Vec<i64> = sqlx::query_scalar(
            "SELECT id FROM run WHERE source = ? AND parent_run_id = ? AND stage = 0 ORDER BY start_time_ms, run_id",
        )
        .bind(source.0)
        .bind(run_id)
        .fetch_all(&mut *reading)
        .await?;
        self.rows(&mut reading, &ids, &[], &Default::default()).await
    }
}

/// Of a row whose second to tenth columns are those of a run.
pub(super) fn info(row: &SqliteRow) -> Result<RunInfo> {
    Ok(RunInfo {
        run_id: row.try_get(1)?,
        run_name: row.try_get(2)?,
        experiment_id: row.try_get(3)?,
        user_id: row.try_get(4)?,
        status: RunStatus::from_mlflow(row.try_get(5)?),
        start_time_ms: row.try_get(6)?,
        end_time_ms: row.try_get(7)?,
        artifact_uri: row.try_get(8)?,
        lifecycle_stage: stage_from_number(row.try_get(9)?),
    })
}

async fn metrics(connection: &mut SqliteConnection, run: i64) -> Result<Vec<Metric>> {
    let rows = sqlx::query(
        "SELECT n.text, m.value, m.timestamp_ms, m.step FROM metric m JOIN name n ON n.id = m.id >> 32
         WHERE m.run = ? ORDER BY n.text",
    )
    .bind(run)
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            let value: Option<f64> = row.try_get(1)?;
            Ok(Metric {
                key: row.try_get(0)?,
                value: MetricValue(value.unwrap_or(f64::NAN)),
                timestamp_ms: row.try_get(2)?,
                step: row.try_get(3)?,
            })
        })
        .collect()
}

async fn texts<T>(
    connection: &mut SqliteConnection,
    table: &'static str,
    run: i64,
    make: impl Fn(String, String) -> T,
) -> Result<Vec<T>> {
    let sql = format!(
        "SELECT n.text, m.value FROM {table} m JOIN name n ON n.id = m.id >> 32 WHERE m.run = ? ORDER BY n.text"
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(run).fetch_all(connection).await?;
    rows.iter().map(|row| Ok(make(row.try_get(0)?, row.try_get(1)?))).collect()
}

async fn dataset_inputs(connection: &mut SqliteConnection, run: i64) -> Result<Vec<DatasetInput>> {
    let rows = sqlx::query(
        "SELECT d.name, d.digest, d.source_type, d.source_uri, d.schema, d.profile, i.context
         FROM dataset_input i JOIN dataset d ON d.id = i.dataset WHERE i.run = ? ORDER BY i.position",
    )
    .bind(run)
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| dataset_input(row, 0)).collect()
}

/// Of a row in which the columns of a dataset and its context begin at `first`.
pub(super) fn dataset_input(row: &SqliteRow, first: usize) -> Result<DatasetInput> {
    Ok(DatasetInput {
        name: row.try_get(first)?,
        digest: row.try_get(first + 1)?,
        source_type: row.try_get(first + 2)?,
        source: row.try_get(first + 3)?,
        schema: row.try_get(first + 4)?,
        profile: row.try_get(first + 5)?,
        context: row.try_get(first + 6)?,
    })
}
