//! Logged models of MLflow 3.

use std::collections::HashMap;

use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, SqliteConnection};

use super::open::Database;
use super::schema::Schema;
use super::{metrics, not_found, row};
use crate::entities::{DatasetName, LoggedModel, Metric, ModelMetric, Param, Tag};
use crate::tracking::{Result, StoreError};

/// # Errors
/// `Unsupported` where the database is of MLflow 2; `NotFound` also for a deleted model.
pub async fn get(database: &Database, model_id: &str) -> Result<LoggedModel> {
    let model = read(database, None, &[model_id.to_owned()]).await?.pop();
    model.ok_or_else(|| not_found(format!("Logged model with ID '{model_id}' not found.")))
}

pub async fn search(database: &Database, experiment_ids: &[String], model_ids: &[String]) -> Result<Vec<LoggedModel>> {
    read(database, Some(experiment_ids), model_ids).await
}

async fn read(
    database: &Database,
    experiment_ids: Option<&[String]>,
    model_ids: &[String],
) -> Result<Vec<LoggedModel>> {
    if !database.schema.logged_models {
        return Err(StoreError::Unsupported {
            what: "a logged model".to_owned(),
            reason: "this database was made before MLflow 3".to_owned(),
        });
    }
    let mut transaction = database.read().await?;
    let found = select(&mut transaction, &database.schema, model_ids).await;
    let mut models = database.end(transaction, found).await?;
    if let Some(experiment_ids) = experiment_ids {
        models.retain(|model| experiment_ids.contains(&model.experiment_id));
    }
    Ok(models)
}

async fn select(
    connection: &mut SqliteConnection,
    schema: &Schema,
    model_ids: &[String],
) -> sqlx::Result<Vec<LoggedModel>> {
    let model_ids = serde_json::Value::from(model_ids).to_string();
    let select = format!(
        "SELECT model_id, experiment_id, name, artifact_location, status, model_type, source_run_id, \
         creation_timestamp_ms FROM logged_models WHERE model_id IN (SELECT value FROM json_each(?)) \
         AND lifecycle_stage <> 'deleted' \
         AND experiment_id IN (SELECT experiment_id FROM experiments WHERE true {})",
        schema.in_workspace()
    );
    let rows = sqlx::query(AssertSqlSafe(select)).bind(&model_ids).fetch_all(&mut *connection).await?;
    let mut models = rows.iter().map(model).collect::<sqlx::Result<Vec<_>>>()?;
    let mut of: HashMap<String, &mut LoggedModel> =
        models.iter_mut().map(|model| (model.model_id.clone(), model)).collect();
    for (sql, take) in [(TAGS, take_tag as Take), (PARAMS, take_param), (METRICS, take_metric)] {
        if sql == METRICS && !schema.logged_model_metrics {
            continue;
        }
        for found in sqlx::query(sql).bind(&model_ids).fetch_all(&mut *connection).await? {
            if let Some(model) = of.get_mut(&row::text(&found, 0)?) {
                take(model, &found)?;
            }
        }
    }
    Ok(models)
}

fn model(found: &SqliteRow) -> sqlx::Result<LoggedModel> {
    Ok(LoggedModel {
        model_id: row::text(found, 0)?,
        experiment_id: row::integer(found, 1)?.to_string(),
        name: row::text(found, 2)?,
        artifact_uri: row::text(found, 3)?,
        status: status(row::integer(found, 4)?).to_owned(),
        model_type: row::text(found, 5)?,
        source_run_id: row::optional_text(found, 6)?.filter(|id| !id.is_empty()),
        creation_time_ms: row::optional_integer(found, 7)?,
        tags: Vec::new(),
        params: Vec::new(),
        metrics: Vec::new(),
    })
}

/// Takes a row of one of these tables into its model, whose id is the first column.
type Take = fn(&mut LoggedModel, &SqliteRow) -> sqlx::Result<()>;

const TAGS: &str = "SELECT model_id, tag_key, tag_value FROM logged_model_tags \
                    WHERE model_id IN (SELECT value FROM json_each(?)) ORDER BY tag_key";
const PARAMS: &str = "SELECT model_id, param_key, param_value FROM logged_model_params \
                      WHERE model_id IN (SELECT value FROM json_each(?)) ORDER BY param_key";
/// The latest of each key and dataset: the table holds every step.
const METRICS: &str = "SELECT model_id, metric_name, metric_value, metric_timestamp_ms, metric_step, dataset_name, \
                       dataset_digest, run_id FROM (SELECT *, row_number() OVER \
                       (PARTITION BY model_id, metric_name, dataset_name, dataset_digest \
                       ORDER BY metric_step DESC, metric_timestamp_ms DESC, metric_value DESC) AS place \
                       FROM logged_model_metrics WHERE model_id IN (SELECT value FROM json_each(?))) WHERE place = 1 \
                       ORDER BY metric_name, dataset_name, dataset_digest";

fn take_tag(model: &mut LoggedModel, found: &SqliteRow) -> sqlx::Result<()> {
    model.tags.push(Tag::new(row::text(found, 1)?, row::text(found, 2)?));
    Ok(())
}

fn take_param(model: &mut LoggedModel, found: &SqliteRow) -> sqlx::Result<()> {
    model.params.push(Param { key: row::text(found, 1)?, value: row::text(found, 2)? });
    Ok(())
}

fn take_metric(model: &mut LoggedModel, found: &SqliteRow) -> sqlx::Result<()> {
    let (name, digest) = (row::text(found, 5)?, row::text(found, 6)?);
    model.metrics.push(ModelMetric {
        metric: Metric {
            key: row::text(found, 1)?,
            value: metrics::value(row::real(found, 2)?, false),
            timestamp_ms: row::integer(found, 3)?,
            step: row::integer(found, 4)?,
        },
        dataset: (!name.is_empty() || !digest.is_empty()).then_some(DatasetName { name, digest }),
        run_id: row::optional_text(found, 7)?.filter(|id| !id.is_empty()),
    });
    Ok(())
}

/// As people read it, and as [`crate::tracking::rest`] does.
fn status(number: i64) -> &'static str {
    match number {
        1 => "PENDING",
        2 => "READY",
        3 => "UPLOAD_FAILED",
        _ => "STATUS_UNSPECIFIED",
    }
}
