//! A new version of a registered model, written as MLflow's SQL store and its server do.

use sqlx::{AssertSqlSafe, Row, SqliteConnection};

use super::models::no_such_model;
use super::open::Database;
use super::{names, refused, row, versions};
use crate::clock::now_ms;
use crate::entities::{ModelVersion, Tag};
use crate::tracking::{NewVersion, Result};

/// The tag of a logged model that names the versions made from it.
const VERSIONS_TAG: &str = "mlflow.modelVersions";

/// # Errors
/// `NotFound` without such a model, `Refused` for what no server would take, such as a source that leads nowhere.
pub async fn create(database: &Database, name: &str, new: &NewVersion) -> Result<ModelVersion> {
    names::check_model_name(name)?;
    for Tag { key, value } in &new.tags {
        names::check_tag_key(key)?;
        names::check_registry_tag_value(value)?;
    }
    let mut transaction = database.write().await?;
    let written = async {
        let made = insert(&mut transaction, database, name, new).await?;
        if matches!(made, Made::Version(_)) {
            transaction.commit().await?;
        }
        Ok(made)
    };
    match written.await.map_err(|error| database.error(error))? {
        Made::NoModel => Err(no_such_model(name)),
        Made::NoSource => Err(refused(format!("The source {} leads nowhere.", new.source))),
        Made::Version(number) => versions::get(database, name, &number.to_string()).await,
    }
}

enum Made {
    Version(i64),
    NoModel,
    NoSource,
}

async fn insert(
    connection: &mut SqliteConnection,
    database: &Database,
    name: &str,
    new: &NewVersion,
) -> sqlx::Result<Made> {
    let schema = &database.schema;
    let (workspace, now_ms) = (schema.in_workspace(), now_ms());
    let touch = format!("UPDATE registered_models SET last_updated_time = ? WHERE name = ? {workspace}");
    let touched = sqlx::query(AssertSqlSafe(touch)).bind(now_ms).bind(name).execute(&mut *connection).await?;
    if touched.rows_affected() == 0 {
        return Ok(Made::NoModel);
    }
    let Some((location, run_of_model)) = storage_location(connection, database, &new.source).await? else {
        return Ok(Made::NoSource);
    };
    // A deleted version keeps its row, so no number is ever given twice.
    let number = format!("SELECT coalesce(max(version), 0) + 1 FROM model_versions WHERE name = ? {workspace}");
    let number: i64 = sqlx::query(AssertSqlSafe(number)).bind(name).fetch_one(&mut *connection).await?.try_get(0)?;
    let insert = "INSERT INTO model_versions \
                  (name, version, creation_time, last_updated_time, description, current_stage, source, run_id, status) \
                  VALUES (?, ?, ?, ?, ?, 'None', ?, ?, 'READY')";
    sqlx::query(insert)
        .bind(name)
        .bind(number)
        .bind(now_ms)
        .bind(now_ms)
        .bind(&new.description)
        .bind(&new.source)
        .bind(new.run_id.clone().or(run_of_model))
        .execute(&mut *connection)
        .await?;
    if schema.storage_location {
        let update =
            format!("UPDATE model_versions SET storage_location = ? WHERE name = ? AND version = ? {workspace}");
        let update = sqlx::query(AssertSqlSafe(update)).bind(location).bind(name).bind(number);
        update.execute(&mut *connection).await?;
    }
    for Tag { key, value } in &new.tags {
        let insert = "INSERT INTO model_version_tags (key, name, version, value) VALUES (?, ?, ?, ?)";
        sqlx::query(insert).bind(key).bind(name).bind(number).bind(value).execute(&mut *connection).await?;
    }
    if let Some(model_id) = new.model_id.as_deref().filter(|_| schema.logged_models) {
        note_on_logged_model(connection, model_id, name, number).await?;
    }
    Ok(Made::Version(number))
}

/// The place that a source stands for, and the run of the logged model that it names; none where it leads nowhere.
async fn storage_location(
    connection: &mut SqliteConnection,
    database: &Database,
    source: &str,
) -> sqlx::Result<Option<(String, Option<String>)>> {
    let Some(named) = source.strip_prefix("models:/") else { return Ok(Some((source.to_owned(), None))) };
    if let Some(model_id) = ModelVersion::model_id_of(source) {
        if !database.schema.logged_models {
            return Ok(None);
        }
        let select = "SELECT artifact_location, source_run_id FROM logged_models \
                      WHERE model_id = ? AND lifecycle_stage <> 'deleted'";
        let found = sqlx::query(select).bind(model_id).fetch_optional(connection).await?;
        return found
            .map(|found| Ok((row::text(&found, 0)?, row::optional_text(&found, 1)?.filter(|id| !id.is_empty()))))
            .transpose();
    }
    let Some((name, version)) = named.rsplit_once('/') else { return Ok(None) };
    let Ok(number) = names::version_number(version) else { return Ok(None) };
    let location = if database.schema.storage_location { "coalesce(storage_location, source)" } else { "source" };
    let select = format!(
        "SELECT {location}, run_id FROM model_versions WHERE name = ? AND version = ? \
         AND current_stage <> 'Deleted_Internal' {}",
        database.schema.in_workspace()
    );
    let found = sqlx::query(AssertSqlSafe(select)).bind(name).bind(number).fetch_optional(connection).await?;
    found
        .map(|found| Ok((row::text(&found, 0)?, row::optional_text(&found, 1)?.filter(|id| !id.is_empty()))))
        .transpose()
}

/// Adds the version to those that were made from a logged model, which its tag lists as JSON.
async fn note_on_logged_model(
    connection: &mut SqliteConnection,
    model_id: &str,
    name: &str,
    number: i64,
) -> sqlx::Result<()> {
    let select = "SELECT m.experiment_id, t.tag_value FROM logged_models m LEFT JOIN logged_model_tags t \
                  ON t.model_id = m.model_id AND t.tag_key = ? WHERE m.model_id = ?";
    let found = sqlx::query(select).bind(VERSIONS_TAG).bind(model_id).fetch_optional(&mut *connection).await?;
    let Some(found) = found else { return Ok(()) };
    let before = row::optional_text(&found, 1)?.and_then(|text| serde_json::from_str(&text).ok());
    let mut all: Vec<serde_json::Value> = before.unwrap_or_default();
    all.push(serde_json::json!({ "name": name, "version": number }));
    let write = "INSERT INTO logged_model_tags (model_id, experiment_id, tag_key, tag_value) VALUES (?, ?, ?, ?) \
                 ON CONFLICT (model_id, tag_key) DO UPDATE SET tag_value = excluded.tag_value";
    let write = sqlx::query(write).bind(model_id).bind(row::integer(&found, 0)?).bind(VERSIONS_TAG);
    write.bind(serde_json::Value::from(all).to_string()).execute(connection).await.map(|_| ())
}
