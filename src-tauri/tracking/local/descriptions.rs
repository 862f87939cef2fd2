//! Descriptions of registered models and versions. As on a server, writing one is a change that the model or version keeps
//! the time of.

use sqlx::AssertSqlSafe;

use super::open::Database;
use super::{models, names, versions};
use crate::clock::now_ms;
use crate::tracking::Result;

pub async fn of_model(database: &Database, name: &str, description: &str) -> Result<()> {
    names::check_model_name(name)?;
    let mut transaction = database.write().await?;
    models::check_exists(database, &mut transaction, name).await?;
    let statement = format!(
        "UPDATE registered_models SET description = ?, last_updated_time = ? WHERE name = ? {}",
        database.schema.in_workspace()
    );
    let written = async {
        let update = sqlx::query(AssertSqlSafe(statement)).bind(description).bind(now_ms()).bind(name);
        update.execute(&mut *transaction).await?;
        transaction.commit().await
    };
    written.await.map_err(|error| database.error(error))
}

pub async fn of_version(database: &Database, name: &str, version: &str, description: &str) -> Result<()> {
    names::check_model_name(name)?;
    let number = names::version_number(version)?;
    let mut transaction = database.write().await?;
    versions::check_exists(database, &mut transaction, name, number).await?;
    let statement = format!(
        "UPDATE model_versions SET description = ?, last_updated_time = ? WHERE name = ? AND version = ? {}",
        database.schema.in_workspace()
    );
    let written = async {
        let update = sqlx::query(AssertSqlSafe(statement)).bind(description).bind(now_ms()).bind(name).bind(number);
        update.execute(&mut *transaction).await?;
        transaction.commit().await
    };
    written.await.map_err(|error| database.error(error))
}
