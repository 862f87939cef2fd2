//! Registered models with their tags and aliases, and the writes MLflow's SQL store does for them.

use std::collections::HashMap;

use sqlx::{AssertSqlSafe, SqliteConnection};

use super::open::Database;
use super::schema::Schema;
use super::upsert::{Value, upsert};
use super::{names, not_found, refused, row, versions};
use crate::clock::now_ms;
use crate::entities::{ModelAlias, RegisteredModel, Tag};
use crate::tracking::{Page, Result, StoreError};

const PAGE_SIZE: usize = 500;

/// Registered models by name, prompts left out; the token is the last name of the page before.
pub async fn search(database: &Database, page_token: Option<&str>) -> Result<Page<RegisteredModel>> {
    search_where(database, "NOT IN", page_token).await
}

/// Prompts by name.
pub async fn search_prompts(database: &Database, page_token: Option<&str>) -> Result<Page<RegisteredModel>> {
    search_where(database, "IN", page_token).await
}

/// Those that are, or are not, among the prompts.
async fn search_where(
    database: &Database,
    among: &'static str,
    page_token: Option<&str>,
) -> Result<Page<RegisteredModel>> {
    let mut transaction = database.read().await?;
    let schema = &database.schema;
    let condition = format!(
        "name > ? AND name {among} (SELECT name FROM registered_model_tags \
         WHERE key = 'mlflow.prompt.is_prompt' AND value = 'true' {})",
        schema.in_workspace()
    );
    let found = select(&mut transaction, schema, &condition, page_token.unwrap_or_default()).await;
    let items = database.end(transaction, found).await?;
    let last = items.last().filter(|_| items.len() == PAGE_SIZE);
    Ok(Page { next_page_token: last.map(|model| model.name.clone()), items })
}

pub async fn get(database: &Database, name: &str) -> Result<RegisteredModel> {
    let mut transaction = database.read().await?;
    let found = select(&mut transaction, &database.schema, "name = ?", name).await;
    let model = database.end(transaction, found).await?.pop();
    model.ok_or_else(|| no_such_model(name))
}

async fn select(
    connection: &mut SqliteConnection,
    schema: &Schema,
    condition: &str,
    name: &str,
) -> sqlx::Result<Vec<RegisteredModel>> {
    let workspace = schema.in_workspace();
    let select = format!(
        "SELECT name, description, creation_time, last_updated_time FROM registered_models \
         WHERE {condition} {workspace} ORDER BY name LIMIT {PAGE_SIZE}"
    );
    let mut models = Vec::new();
    for found in sqlx::query(AssertSqlSafe(select)).bind(name).fetch_all(&mut *connection).await? {
        models.push(RegisteredModel {
            name: row::text(&found, 0)?,
            description: row::text(&found, 1)?,
            creation_time_ms: row::optional_integer(&found, 2)?,
            last_updated_time_ms: row::optional_integer(&found, 3)?,
            tags: Vec::new(),
            aliases: Vec::new(),
        });
    }
    let Some((first, last)) = models.first().zip(models.last()) else {
        return Ok(models);
    };
    let (first, last) = (first.name.clone(), last.name.clone());
    let mut model_of: HashMap<String, &mut RegisteredModel> =
        models.iter_mut().map(|model| (model.name.clone(), model)).collect();
    let tags = format!(
        "SELECT name, key, value FROM registered_model_tags WHERE name BETWEEN ? AND ? {workspace} ORDER BY key"
    );
    for tag in sqlx::query(AssertSqlSafe(tags)).bind(&first).bind(&last).fetch_all(&mut *connection).await? {
        if let Some(model) = model_of.get_mut(&row::text(&tag, 0)?) {
            model.tags.push(Tag::new(row::text(&tag, 1)?, row::text(&tag, 2)?));
        }
    }
    if schema.aliases {
        let aliases = format!(
            "SELECT name, alias, version FROM registered_model_aliases \
             WHERE name BETWEEN ? AND ? {workspace} ORDER BY alias"
        );
        for alias in sqlx::query(AssertSqlSafe(aliases)).bind(&first).bind(&last).fetch_all(connection).await? {
            if let Some(model) = model_of.get_mut(&row::text(&alias, 0)?) {
                let version = row::integer(&alias, 2)?.to_string();
                model.aliases.push(ModelAlias { alias: row::text(&alias, 1)?, version });
            }
        }
    }
    Ok(models)
}

pub fn no_such_model(name: &str) -> StoreError {
    not_found(format!("Registered Model with name={name} not found"))
}

/// # Errors
/// `Refused` for a name no server would take, and where a model or a prompt has it already.
pub async fn create(database: &Database, name: &str, description: &str) -> Result<()> {
    names::check_model_name(name)?;
    let mut transaction = database.write().await?;
    let select = format!("SELECT 1 FROM registered_models WHERE name = ? {}", database.schema.in_workspace());
    let now_ms = now_ms();
    let written = async {
        if sqlx::query(AssertSqlSafe(select)).bind(name).fetch_optional(&mut *transaction).await?.is_some() {
            return Ok(false);
        }
        let insert = "INSERT INTO registered_models (name, creation_time, last_updated_time, description) \
                      VALUES (?, ?, ?, ?)";
        sqlx::query(insert).bind(name).bind(now_ms).bind(now_ms).bind(description).execute(&mut *transaction).await?;
        transaction.commit().await.map(|()| true)
    };
    match written.await.map_err(|error| database.error(error))? {
        true => Ok(()),
        false => Err(refused(format!("Registered Model (name={name}) already exists."))),
    }
}

/// Points `alias` at `version` by an upsert of its row. No timestamp changes, as on a server.
///
/// # Errors
/// `Refused` for a name no server would take, `NotFound` where the version is not there or deleted.
pub async fn set_alias(database: &Database, name: &str, alias: &str, version: &str) -> Result<()> {
    names::check_model_name(name)?;
    names::check_alias(alias)?;
    names::check_alias_not_reserved(alias)?;
    let number = names::version_number(version)?;
    let mut transaction = database.write().await?;
    versions::check_exists(database, &mut transaction, name, number).await?;
    let columns = [("alias", Value::Text(alias)), ("name", Value::Text(name)), ("version", Value::Integer(number))];
    let written = async {
        upsert(&mut transaction, &database.schema, "registered_model_aliases", &columns, "version").await?;
        transaction.commit().await
    };
    written.await.map_err(|error| database.error(error))
}

/// Succeeds also where there is no such alias, but not where there is no such model.
pub async fn delete_alias(database: &Database, name: &str, alias: &str) -> Result<()> {
    names::check_model_name(name)?;
    names::check_alias(alias)?;
    delete(database, name, "registered_model_aliases", "alias", alias).await
}

pub async fn set_tag(database: &Database, name: &str, key: &str, value: &str) -> Result<()> {
    names::check_model_name(name)?;
    names::check_tag_key(key)?;
    names::check_registry_tag_value(value)?;
    let mut transaction = database.write().await?;
    check_exists(database, &mut transaction, name).await?;
    let columns = [("key", Value::Text(key)), ("name", Value::Text(name)), ("value", Value::Text(value))];
    let written = async {
        upsert(&mut transaction, &database.schema, "registered_model_tags", &columns, "value").await?;
        transaction.commit().await
    };
    written.await.map_err(|error| database.error(error))
}

/// Succeeds also where there is no such tag, but not where there is no such model.
pub async fn delete_tag(database: &Database, name: &str, key: &str) -> Result<()> {
    names::check_model_name(name)?;
    names::check_tag_key(key)?;
    delete(database, name, "registered_model_tags", "key", key).await
}

/// Deletes the row of a model in one of the tables around it.
async fn delete(database: &Database, name: &str, table: &str, column: &str, value: &str) -> Result<()> {
    let mut transaction = database.write().await?;
    check_exists(database, &mut transaction, name).await?;
    let statement = format!("DELETE FROM {table} WHERE name = ? AND {column} = ? {}", database.schema.in_workspace());
    let written = async {
        sqlx::query(AssertSqlSafe(statement)).bind(name).bind(value).execute(&mut *transaction).await?;
        transaction.commit().await
    };
    written.await.map_err(|error| database.error(error))
}

pub async fn check_exists(database: &Database, connection: &mut SqliteConnection, name: &str) -> Result<()> {
    let select = format!("SELECT 1 FROM registered_models WHERE name = ? {}", database.schema.in_workspace());
    let found = sqlx::query(AssertSqlSafe(select)).bind(name).fetch_optional(connection).await;
    found.map_err(|error| database.error(error))?.map(|_| ()).ok_or_else(|| no_such_model(name))
}
