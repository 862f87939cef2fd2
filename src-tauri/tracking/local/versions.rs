//! Model versions and their tags. A deleted version stays in the table, redacted; it is not shown.

use std::collections::HashMap;

use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, SqliteConnection};

use super::open::Database;
use super::schema::Schema;
use super::upsert::{Value, upsert};
use super::{names, not_found, row};
use crate::entities::{ModelVersion, Tag, is_prompt};
use crate::tracking::{Page, Result, StoreError};

const PAGE_SIZE: usize = 1000;
/// Versions in a page of all models: each page costs a look at all tags.
const PAGE_OF_ALL: usize = 20_000;
const NOT_DELETED: &str = "current_stage <> 'Deleted_Internal'";

/// Versions of one model, newest first; the token is the last version of the page before.
/// A model that is not there has none.
pub async fn search(database: &Database, name: &str, page_token: Option<&str>) -> Result<Page<ModelVersion>> {
    let before = page_token.map(names::version_number).transpose()?.unwrap_or(i64::MAX);
    let items =
        read(database, "name = ? AND version < ?", &format!("version DESC LIMIT {PAGE_SIZE}"), name, before).await?;
    let last = items.last().filter(|_| items.len() == PAGE_SIZE);
    Ok(Page { next_page_token: last.map(|version| version.version.clone()), items })
}

/// Versions of all models, those changed last first; the token is how many came before.
pub async fn search_all(database: &Database, page_token: Option<&str>) -> Result<Page<ModelVersion>> {
    let skipped = match page_token {
        Some(token) => token.parse::<i64>().map_err(|_| not_found(format!("There is no page {token}")))?,
        None => 0,
    };
    let order = format!("last_updated_time DESC, name, version LIMIT {PAGE_OF_ALL} OFFSET {skipped}");
    // Both are compared with something, so that the statement has the same places as the others.
    let mut items = read(database, "name >= ? AND version > ?", &order, "", -1).await?;
    let next = skipped.saturating_add(i64::try_from(items.len()).unwrap_or(i64::MAX));
    let next_page_token = (items.len() == PAGE_OF_ALL).then(|| next.to_string());
    items.retain(|version| !is_prompt(&version.tags));
    Ok(Page { next_page_token, items })
}

pub async fn get(database: &Database, name: &str, version: &str) -> Result<ModelVersion> {
    let number = names::version_number(version)?;
    let version = read(database, "name = ? AND version = ?", "version LIMIT 1", name, number).await?.pop();
    version.ok_or_else(|| no_such_version(name, number))
}

/// Versions for which `condition` holds of `name` and `number`, with their tags.
async fn read(database: &Database, condition: &str, order: &str, name: &str, number: i64) -> Result<Vec<ModelVersion>> {
    let mut transaction = database.read().await?;
    let found = select(&mut transaction, &database.schema, (condition, order), name, number).await;
    database.end(transaction, found).await
}

async fn select(
    connection: &mut SqliteConnection,
    schema: &Schema,
    (condition, order): (&str, &str),
    name: &str,
    number: i64,
) -> sqlx::Result<Vec<ModelVersion>> {
    let workspace = schema.in_workspace();
    let versions = format!(
        "SELECT name, version, description, creation_time, last_updated_time, user_id, current_stage, source, \
         run_id, status, status_message FROM model_versions WHERE {condition} AND {NOT_DELETED} {workspace} ORDER BY {order}"
    );
    let rows = sqlx::query(AssertSqlSafe(versions)).bind(name).bind(number).fetch_all(&mut *connection).await?;
    let tags =
        format!("SELECT name, version, key, value FROM model_version_tags WHERE {condition} {workspace} ORDER BY key");
    let mut tags_of: HashMap<(String, i64), Vec<Tag>> = HashMap::new();
    for tag in sqlx::query(AssertSqlSafe(tags)).bind(name).bind(number).fetch_all(connection).await? {
        let of = (row::text(&tag, 0)?, row::integer(&tag, 1)?);
        tags_of.entry(of).or_default().push(Tag::new(row::text(&tag, 2)?, row::text(&tag, 3)?));
    }
    rows.iter().map(|found| version(found, &mut tags_of)).collect()
}

fn version(found: &SqliteRow, tags_of: &mut HashMap<(String, i64), Vec<Tag>>) -> sqlx::Result<ModelVersion> {
    let number = row::integer(found, 1)?;
    let (name, source) = (row::text(found, 0)?, row::text(found, 7)?);
    Ok(ModelVersion {
        tags: tags_of.remove(&(name.clone(), number)).unwrap_or_default(),
        name,
        version: number.to_string(),
        description: row::text(found, 2)?,
        creation_time_ms: row::optional_integer(found, 3)?,
        last_updated_time_ms: row::optional_integer(found, 4)?,
        user_id: row::text(found, 5)?,
        stage: row::optional_text(found, 6)?.unwrap_or_else(|| "None".to_owned()),
        // The table has no column for it.
        model_id: ModelVersion::model_id_of(&source),
        source,
        run_id: row::optional_text(found, 8)?.filter(|id| !id.is_empty()),
        status: row::optional_text(found, 9)?.unwrap_or_else(|| "READY".to_owned()),
        status_message: row::text(found, 10)?,
    })
}

fn no_such_version(name: &str, number: i64) -> StoreError {
    not_found(format!("Model Version (name={name}, version={number}) not found"))
}

/// # Errors
/// `NotFound` also where the version has been deleted.
pub async fn check_exists(
    database: &Database,
    connection: &mut SqliteConnection,
    name: &str,
    number: i64,
) -> Result<()> {
    let select = format!(
        "SELECT 1 FROM model_versions WHERE name = ? AND version = ? AND {NOT_DELETED} {}",
        database.schema.in_workspace()
    );
    let found = sqlx::query(AssertSqlSafe(select)).bind(name).bind(number).fetch_optional(connection).await;
    found.map_err(|error| database.error(error))?.map(|_| ()).ok_or_else(|| no_such_version(name, number))
}

pub async fn set_tag(database: &Database, name: &str, version: &str, key: &str, value: &str) -> Result<()> {
    names::check_model_name(name)?;
    names::check_tag_key(key)?;
    names::check_registry_tag_value(value)?;
    let number = names::version_number(version)?;
    let mut transaction = database.write().await?;
    check_exists(database, &mut transaction, name, number).await?;
    let columns = [
        ("key", Value::Text(key)),
        ("name", Value::Text(name)),
        ("version", Value::Integer(number)),
        ("value", Value::Text(value)),
    ];
    let written = async {
        upsert(&mut transaction, &database.schema, "model_version_tags", &columns, "value").await?;
        transaction.commit().await
    };
    written.await.map_err(|error| database.error(error))
}

/// Succeeds also where there is no such tag, but not where there is no such version.
pub async fn delete_tag(database: &Database, name: &str, version: &str, key: &str) -> Result<()> {
    names::check_model_name(name)?;
    names::check_tag_key(key)?;
    let number = names::version_number(version)?;
    let mut transaction = database.write().await?;
    check_exists(database, &mut transaction, name, number).await?;
    let statement = format!(
        "DELETE FROM model_version_tags WHERE name = ? AND version = ? AND key = ? {}",
        database.schema.in_workspace()
    );
    let written = async {
        let delete = sqlx::query(AssertSqlSafe(statement)).bind(name).bind(number).bind(key);
        delete.execute(&mut *transaction).await?;
        transaction.commit().await
    };
    written.await.map_err(|error| database.error(error))
}
