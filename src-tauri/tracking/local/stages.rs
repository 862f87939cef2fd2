//! Stages, the way before there were aliases.

use sqlx::AssertSqlSafe;

use super::open::Database;
use super::{names, refused, versions};
use crate::clock::now_ms;
use crate::entities::STAGES;
use crate::tracking::Result;

/// Moves a version to a stage, and with `archive_others` all others in it to `Archived`.
///
/// # Errors
/// `Refused` for another word than those four, and where others are to be archived that are not in use.
pub async fn set(database: &Database, name: &str, version: &str, stage: &str, archive_others: bool) -> Result<()> {
    names::check_model_name(name)?;
    if !STAGES.contains(&stage) {
        return Err(refused(format!("Invalid Model Version stage: {stage}.")));
    }
    if archive_others && !matches!(stage, "Staging" | "Production") {
        return Err(refused(format!("Versions that are in {stage} cannot be archived along.")));
    }
    let number = names::version_number(version)?;
    let mut transaction = database.write().await?;
    versions::check_exists(database, &mut transaction, name, number).await?;
    let (workspace, now_ms) = (database.schema.in_workspace(), now_ms());
    let archive = format!(
        "UPDATE model_versions SET current_stage = 'Archived', last_updated_time = ? \
         WHERE name = ? AND version <> ? AND current_stage = ? {workspace}"
    );
    let set = format!(
        "UPDATE model_versions SET current_stage = ?, last_updated_time = ? \
         WHERE name = ? AND version = ? {workspace}"
    );
    let touch = format!("UPDATE registered_models SET last_updated_time = ? WHERE name = ? {workspace}");
    let written = async {
        if archive_others {
            let archive = sqlx::query(AssertSqlSafe(archive)).bind(now_ms).bind(name).bind(number).bind(stage);
            archive.execute(&mut *transaction).await?;
        }
        let set = sqlx::query(AssertSqlSafe(set)).bind(stage).bind(now_ms).bind(name).bind(number);
        set.execute(&mut *transaction).await?;
        sqlx::query(AssertSqlSafe(touch)).bind(now_ms).bind(name).execute(&mut *transaction).await?;
        transaction.commit().await
    };
    written.await.map_err(|error| database.error(error))
}
