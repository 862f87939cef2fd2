//! Runs: whole pages of them, one by id, and their tags.

use std::collections::HashMap;

use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{AssertSqlSafe, Sqlite, SqliteConnection};

use super::experiments::lifecycle_stage;
use super::open::Database;
use super::schema::Schema;
use super::{metrics, names, not_found, refused, row};
use crate::entities::{
    DatasetInput, LifecycleStage, Metric, ModelOutput, Param, Run, RunInfo, RunStatus, Tag, tag_value,
};
use crate::tracking::{Page, Result, RunsQuery, StoreError};

/// The most runs in a page, whatever was asked for: a page is one read transaction, and a server
/// beside us must not wait for it.
const PAGE_SIZE: u32 = 1000;
const RUN_NAME: &str = "mlflow.runName";

type Question<'q> = sqlx::query::Query<'q, Sqlite, SqliteArguments>;

/// Runs by start time, newest first; the token is (start time, run id) of the last one before.
pub async fn search(database: &Database, query: &RunsQuery) -> Result<Page<Run>> {
    let after = query.page_token.as_deref().map(|token| Position::from_token(token).ok_or(()));
    let after = after.transpose().map_err(|()| refused("Invalid page token."))?;
    let mut transaction = database.read().await?;
    let found = page(&mut transaction, &database.schema, query, after).await;
    database.end(transaction, found).await
}

pub async fn get(database: &Database, run_id: &str) -> Result<Run> {
    let mut transaction = database.read().await?;
    let found = one(&mut transaction, &database.schema, run_id).await;
    database.end(transaction, found).await?.ok_or_else(|| no_such_run(run_id))
}

pub async fn artifact_uri(database: &Database, run_id: &str) -> Result<String> {
    let mut transaction = database.read().await?;
    let select = format!("SELECT artifact_uri FROM runs WHERE run_uuid = ? {}", of_workspace(&database.schema));
    let found = sqlx::query(AssertSqlSafe(select)).bind(run_id).fetch_optional(&mut *transaction).await;
    let found = found.and_then(|row| row.map(|row| row::text(&row, 0)).transpose());
    database.end(transaction, found).await?.ok_or_else(|| no_such_run(run_id))
}

fn no_such_run(run_id: &str) -> StoreError {
    not_found(format!("Run with id={run_id} not found"))
}

/// Keeps the runs of the workspace shown, for the end of a `WHERE`.
fn of_workspace(schema: &Schema) -> &'static str {
    if schema.workspaces {
        "AND experiment_id IN (SELECT experiment_id FROM experiments WHERE workspace = 'default')"
    } else {
        ""
    }
}

/// Where a page ended. Runs without a start time come last, as if they had started at the
/// beginning of time.
struct Position {
    start_time_ms: i64,
    run_id: String,
}

impl Position {
    fn from_token(token: &str) -> Option<Self> {
        let (time, run_id) = token.split_once('_')?;
        Some(Self { start_time_ms: time.parse().ok()?, run_id: run_id.to_owned() })
    }
}

const COLUMNS: &str =
    "run_uuid, name, experiment_id, user_id, status, start_time, end_time, artifact_uri, lifecycle_stage";
const STARTED: &str = "coalesce(start_time, -9223372036854775808)";

async fn page(
    connection: &mut SqliteConnection,
    schema: &Schema,
    query: &RunsQuery,
    after: Option<Position>,
) -> sqlx::Result<Page<Run>> {
    let limit = query.max_results.clamp(1, PAGE_SIZE);
    let mut conditions = vec![format!("experiment_id IN (SELECT value FROM json_each(?)) {}", of_workspace(schema))];
    // Ids are numbers in the database; what is not a number is no experiment's id.
    let experiments: Vec<i64> = query.experiment_ids.iter().filter_map(|id| id.parse().ok()).collect();
    let run_ids = query.run_ids.as_ref().map(json);
    if run_ids.is_some() {
        conditions.push("run_uuid IN (SELECT value FROM json_each(?))".to_owned());
    }
    if query.started_since_ms.is_some() {
        conditions.push("start_time >= ?".to_owned());
    }
    if query.ended_since_ms.is_some() {
        conditions.push("end_time >= ?".to_owned());
    }
    if after.is_some() {
        conditions.push(format!("({STARTED} < ? OR ({STARTED} = ? AND run_uuid > ?))"));
    }
    let select = format!(
        "SELECT {COLUMNS} FROM runs WHERE {} ORDER BY {STARTED} DESC, run_uuid LIMIT {limit}",
        conditions.join(" AND ")
    );
    let mut question: Question = sqlx::query(AssertSqlSafe(select)).bind(json(&experiments));
    for value in [run_ids].into_iter().flatten() {
        question = question.bind(value);
    }
    for value in [query.started_since_ms, query.ended_since_ms].into_iter().flatten() {
        question = question.bind(value);
    }
    if let Some(Position { start_time_ms, run_id }) = after {
        question = question.bind(start_time_ms).bind(start_time_ms).bind(run_id);
    }
    let rows = question.fetch_all(&mut *connection).await?;
    let items = whole(connection, schema, &rows).await?;
    let last = items.last().filter(|_| items.len() == limit as usize);
    let next_page_token = last.map(|run| format!("{}_{}", run.info.start_time_ms.unwrap_or(i64::MIN), run.info.run_id));
    Ok(Page { items, next_page_token })
}

async fn one(connection: &mut SqliteConnection, schema: &Schema, run_id: &str) -> sqlx::Result<Option<Run>> {
    let select = format!("SELECT {COLUMNS} FROM runs WHERE run_uuid = ? {}", of_workspace(schema));
    let rows = sqlx::query(AssertSqlSafe(select)).bind(run_id).fetch_all(&mut *connection).await?;
    Ok(whole(connection, schema, &rows).await?.pop())
}

/// The runs of these rows with everything they logged, in the same order.
async fn whole(connection: &mut SqliteConnection, schema: &Schema, rows: &[SqliteRow]) -> sqlx::Result<Vec<Run>> {
    let mut runs = Vec::with_capacity(rows.len());
    for found in rows {
        runs.push(Run {
            info: info(found)?,
            metrics: Vec::new(),
            params: Vec::new(),
            tags: Vec::new(),
            dataset_inputs: Vec::new(),
            model_outputs: Vec::new(),
        });
    }
    let ids: Vec<&str> = runs.iter().map(|run| run.info.run_id.as_str()).collect();
    let mut logged = Logged { ids: json(&ids), of: HashMap::new() };
    logged.of = runs.iter_mut().map(|run| (run.info.run_id.clone(), run)).collect();
    logged.read(connection, schema).await?;
    for run in &mut runs {
        if run.info.run_name.is_empty() {
            run.info.run_name = tag_value(&run.tags, RUN_NAME).unwrap_or_default().to_owned();
        }
    }
    Ok(runs)
}

fn info(found: &SqliteRow) -> sqlx::Result<RunInfo> {
    Ok(RunInfo {
        run_id: row::text(found, 0)?,
        run_name: row::text(found, 1)?,
        experiment_id: row::integer(found, 2)?.to_string(),
        user_id: row::text(found, 3)?,
        status: RunStatus::from_mlflow(&row::text(found, 4)?),
        start_time_ms: row::optional_integer(found, 5)?,
        end_time_ms: row::optional_integer(found, 6)?,
        artifact_uri: row::text(found, 7)?,
        lifecycle_stage: lifecycle_stage(&row::text(found, 8)?),
    })
}

/// Fills runs with the rows of the tables around them, one question per table.
struct Logged<'r> {
    /// The run ids as a JSON array, for `json_each`.
    ids: String,
    of: HashMap<String, &'r mut Run>,
}

impl Logged<'_> {
    async fn read(&mut self, connection: &mut SqliteConnection, schema: &Schema) -> sqlx::Result<()> {
        let metrics = "SELECT run_uuid, key, value, timestamp, step, is_nan FROM latest_metrics \
                       WHERE run_uuid IN (SELECT value FROM json_each(?))";
        self.each(connection, metrics, |run, found| {
            run.metrics.push(Metric {
                key: row::text(found, 1)?,
                value: metrics::value(row::real(found, 2)?, row::integer(found, 5)? != 0),
                timestamp_ms: row::integer(found, 3)?,
                step: row::integer(found, 4)?,
            });
            Ok(())
        })
        .await?;
        // One row a run instead of one a param: most of a page is params, metrics and tags, and a
        // row costs more than what is in it.
        let params = "SELECT run_uuid, json_group_array(json_array(key, CAST(value AS TEXT))) FROM params \
                      WHERE run_uuid IN (SELECT value FROM json_each(?)) GROUP BY run_uuid";
        self.each(connection, params, |run, found| {
            run.params = pairs(found)?.into_iter().map(|(key, value)| Param { key, value }).collect();
            Ok(())
        })
        .await?;
        let tags = "SELECT run_uuid, json_group_array(json_array(key, CAST(value AS TEXT))) FROM tags \
                    WHERE run_uuid IN (SELECT value FROM json_each(?)) GROUP BY run_uuid";
        self.each(connection, tags, |run, found| {
            run.tags = pairs(found)?.into_iter().map(|(key, value)| Tag { key, value }).collect();
            Ok(())
        })
        .await?;
        if schema.datasets {
            let inputs = "SELECT i.destination_id, d.name, d.digest, d.dataset_source_type, d.dataset_source, \
                          d.dataset_schema, d.dataset_profile, t.value FROM inputs AS i \
                          JOIN datasets AS d ON d.dataset_uuid = i.source_id \
                          LEFT JOIN input_tags AS t ON t.input_uuid = i.input_uuid AND t.name = 'mlflow.data.context' \
                          WHERE i.source_type = 'DATASET' AND i.destination_type = 'RUN' \
                          AND i.destination_id IN (SELECT value FROM json_each(?))";
            self.each(connection, inputs, |run, found| {
                run.dataset_inputs.push(dataset_input(found)?);
                Ok(())
            })
            .await?;
        }
        if schema.logged_models {
            let outputs = "SELECT source_id, destination_id, step FROM inputs WHERE source_type = 'RUN_OUTPUT' \
                           AND destination_type = 'MODEL_OUTPUT' AND source_id IN (SELECT value FROM json_each(?))";
            self.each(connection, outputs, |run, found| {
                run.model_outputs.push(ModelOutput { model_id: row::text(found, 1)?, step: row::integer(found, 2)? });
                Ok(())
            })
            .await?;
        }
        Ok(())
    }

    /// Hands every row to the run that its first column names.
    async fn each(
        &mut self,
        connection: &mut SqliteConnection,
        select: &'static str,
        put: impl Fn(&mut Run, &SqliteRow) -> sqlx::Result<()>,
    ) -> sqlx::Result<()> {
        for found in sqlx::query(select).bind(&self.ids).fetch_all(connection).await? {
            if let Some(run) = self.of.get_mut(&row::text(&found, 0)?) {
                put(run, &found)?;
            }
        }
        Ok(())
    }
}

/// The keys and values of a row that has them as one JSON text. A value may be null.
fn pairs(found: &SqliteRow) -> sqlx::Result<Vec<(String, String)>> {
    let pairs: Vec<(String, Option<String>)> =
        serde_json::from_str(&row::text(found, 1)?).map_err(|error| sqlx::Error::Decode(error.into()))?;
    Ok(pairs.into_iter().map(|(key, value)| (key, value.unwrap_or_default())).collect())
}

fn dataset_input(found: &SqliteRow) -> sqlx::Result<DatasetInput> {
    Ok(DatasetInput {
        name: row::text(found, 1)?,
        digest: row::text(found, 2)?,
        source_type: row::text(found, 3)?,
        source: row::text(found, 4)?,
        schema: row::optional_text(found, 5)?,
        profile: row::optional_text(found, 6)?,
        context: row::optional_text(found, 7)?,
    })
}

/// Sets a tag of an active run. The tag that holds the run's name renames the run, as on a server.
pub async fn set_tag(database: &Database, run_id: &str, key: &str, value: &str) -> Result<()> {
    names::check_tag_key(key)?;
    names::check_run_tag_value(value, database.schema.run_tag_chars)?;
    let mut transaction = database.write().await?;
    check_active(database, &mut transaction, run_id).await?;
    let written = async {
        if key == RUN_NAME && value.is_empty() {
            return Ok(());
        }
        if key == RUN_NAME {
            let rename = sqlx::query("UPDATE runs SET name = ? WHERE run_uuid = ?");
            rename.bind(value).bind(run_id).execute(&mut *transaction).await?;
        }
        let insert = "INSERT INTO tags (key, value, run_uuid) VALUES (?, ?, ?) \
                      ON CONFLICT (key, run_uuid) DO UPDATE SET value = excluded.value";
        sqlx::query(insert).bind(key).bind(value).bind(run_id).execute(&mut *transaction).await?;
        transaction.commit().await
    };
    written.await.map_err(|error| database.error(error))
}

/// # Errors
/// `NotFound` where the run has no such tag, as on a server.
pub async fn delete_tag(database: &Database, run_id: &str, key: &str) -> Result<()> {
    let mut transaction = database.write().await?;
    check_active(database, &mut transaction, run_id).await?;
    let delete = sqlx::query("DELETE FROM tags WHERE run_uuid = ? AND key = ?").bind(run_id).bind(key);
    let deleted = delete.execute(&mut *transaction).await.map_err(|error| database.error(error))?;
    if deleted.rows_affected() == 0 {
        return Err(not_found(format!("No tag with name: {key} in run with id {run_id}")));
    }
    transaction.commit().await.map_err(|error| database.error(error))
}

async fn check_active(database: &Database, connection: &mut SqliteConnection, run_id: &str) -> Result<()> {
    let run = one(connection, &database.schema, run_id).await.map_err(|error| database.error(error))?;
    let run = run.ok_or_else(|| no_such_run(run_id))?;
    if run.info.lifecycle_stage == LifecycleStage::Deleted {
        return Err(refused(format!("The run {run_id} must be in the 'active' state. It has been deleted.")));
    }
    Ok(())
}

fn json<T: serde::Serialize>(values: &T) -> String {
    // Arrays of numbers and texts always have a JSON form.
    serde_json::to_string(values).unwrap_or_else(|_| "[]".to_owned())
}
