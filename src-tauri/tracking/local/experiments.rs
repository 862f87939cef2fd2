//! Experiments with their tags, deleted ones too.

use std::collections::HashMap;

use sqlx::{AssertSqlSafe, SqliteConnection};

use super::open::Database;
use super::row;
use super::schema::Schema;
use crate::entities::{Experiment, LifecycleStage, Tag};
use crate::tracking::{Page, Result};

const PAGE_SIZE: usize = 1000;

/// Experiments by id; the token is the last id of the page before.
pub async fn search(database: &Database, page_token: Option<&str>) -> Result<Page<Experiment>> {
    let after = page_token.and_then(|token| token.parse().ok()).unwrap_or(i64::MIN);
    let mut transaction = database.read().await?;
    let found = page(&mut transaction, &database.schema, after).await;
    database.end(transaction, found).await
}

async fn page(connection: &mut SqliteConnection, schema: &Schema, after: i64) -> sqlx::Result<Page<Experiment>> {
    let times = if schema.experiment_times { "creation_time, last_update_time" } else { "NULL, NULL" };
    let select = format!(
        "SELECT experiment_id, name, artifact_location, lifecycle_stage, {times} FROM experiments \
         WHERE experiment_id > ? {} ORDER BY experiment_id LIMIT {PAGE_SIZE}",
        schema.in_workspace(),
    );
    let rows = sqlx::query(AssertSqlSafe(select)).bind(after).fetch_all(&mut *connection).await?;
    let last = rows.last().map(|last| row::integer(last, 0)).transpose()?.unwrap_or(after);
    let tags = "SELECT experiment_id, key, value FROM experiment_tags WHERE experiment_id > ? AND experiment_id <= ?";
    let mut tags_of: HashMap<i64, Vec<Tag>> = HashMap::new();
    for tag in sqlx::query(tags).bind(after).bind(last).fetch_all(connection).await? {
        tags_of.entry(row::integer(&tag, 0)?).or_default().push(Tag::new(row::text(&tag, 1)?, row::text(&tag, 2)?));
    }
    let mut items = Vec::with_capacity(rows.len());
    for found in &rows {
        let id = row::integer(found, 0)?;
        items.push(Experiment {
            experiment_id: id.to_string(),
            name: row::text(found, 1)?,
            artifact_location: row::text(found, 2)?,
            lifecycle_stage: lifecycle_stage(&row::text(found, 3)?),
            creation_time_ms: row::optional_integer(found, 4)?,
            last_update_time_ms: row::optional_integer(found, 5)?,
            tags: tags_of.remove(&id).unwrap_or_default(),
        });
    }
    let next_page_token = (items.len() == PAGE_SIZE).then(|| last.to_string());
    Ok(Page { items, next_page_token })
}

pub fn lifecycle_stage(text: &str) -> LifecycleStage {
    if text == "deleted" { LifecycleStage::Deleted } else { LifecycleStage::Active }
}
