//! Logged models of MLflow 3.

use sqlx::{AssertSqlSafe, SqliteConnection};

use super::open::Database;
use super::schema::Schema;
use super::{not_found, row};
use crate::entities::{LoggedModel, Tag};
use crate::tracking::{Result, StoreError};

/// # Errors
/// `Unsupported` where the database is of MLflow 2; `NotFound` also for a deleted model.
pub async fn get(database: &Database, model_id: &str) -> Result<LoggedModel> {
    if !database.schema.logged_models {
        return Err(StoreError::Unsupported {
            what: "a logged model".to_owned(),
            reason: "this database was made before MLflow 3".to_owned(),
        });
    }
    let mut transaction = database.read().await?;
    let found = read(&mut transaction, &database.schema, model_id).await;
    let model = database.end(transaction, found).await?;
    model.ok_or_else(|| not_found(format!("Logged model with ID '{model_id}' not found.")))
}

async fn read(connection: &mut SqliteConnection, schema: &Schema, model_id: &str) -> sqlx::Result<Option<LoggedModel>> {
    let select = format!(
        "SELECT model_id, experiment_id, name, artifact_location, status, model_type, source_run_id, \
         creation_timestamp_ms FROM logged_models WHERE model_id = ? AND lifecycle_stage <> 'deleted' \
         AND experiment_id IN (SELECT experiment_id FROM experiments WHERE true {})",
        schema.in_workspace()
    );
    let found = sqlx::query(AssertSqlSafe(select)).bind(model_id).fetch_optional(&mut *connection).await?;
    let Some(found) = found else { return Ok(None) };
    let mut tags = Vec::new();
    let select = "SELECT tag_key, tag_value FROM logged_model_tags WHERE model_id = ? ORDER BY tag_key";
    for tag in sqlx::query(select).bind(model_id).fetch_all(connection).await? {
        tags.push(Tag::new(row::text(&tag, 0)?, row::text(&tag, 1)?));
    }
    Ok(Some(LoggedModel {
        model_id: row::text(&found, 0)?,
        experiment_id: row::integer(&found, 1)?.to_string(),
        name: row::text(&found, 2)?,
        artifact_uri: row::text(&found, 3)?,
        status: status(row::integer(&found, 4)?).to_owned(),
        model_type: row::text(&found, 5)?,
        source_run_id: row::optional_text(&found, 6)?.filter(|id| !id.is_empty()),
        creation_time_ms: row::optional_integer(&found, 7)?,
        tags,
    }))
}

/// As a server spells what the database keeps as a number.
fn status(number: i64) -> &'static str {
    match number {
        1 => "LOGGED_MODEL_PENDING",
        2 => "LOGGED_MODEL_READY",
        3 => "LOGGED_MODEL_UPLOAD_FAILED",
        _ => "LOGGED_MODEL_STATUS_UNSPECIFIED",
    }
}
