//! Registered models with their aliases, and their versions.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::{Cache, Result, SourceId};
use crate::entities::{ModelVersion, RegisteredModel};

/// A registered model that is not as it was; absent where it was not or is no longer there.
#[derive(Debug, Clone, PartialEq)]
pub struct DifferingModel {
    pub name: String,
    pub before: Option<RegisteredModel>,
    pub after: Option<RegisteredModel>,
}

impl Cache {
    /// All registered models of a source, by name.
    pub async fn registered_models(&self, source: SourceId) -> Result<Vec<RegisteredModel>> {
        let rows = sqlx::query(
            "SELECT name, description, creation_time_ms, last_updated_time_ms, tags, aliases
             FROM registered_model WHERE source = ? ORDER BY name COLLATE NOCASE, name",
        )
        .bind(source.0)
        .fetch_all(&self.reader())
        .await?;
        rows.iter().map(model).collect()
    }

    pub async fn registered_model(&self, source: SourceId, name: &str) -> Result<Option<RegisteredModel>> {
        let row = sqlx::query(
            "SELECT name, description, creation_time_ms, last_updated_time_ms, tags, aliases
             FROM registered_model WHERE source = ? AND name = ?",
        )
        .bind(source.0)
        .bind(name)
        .fetch_optional(&self.reader())
        .await?;
        row.as_ref().map(model).transpose()
    }

    /// The versions of a registered model, newest first.
    pub async fn model_versions(&self, source: SourceId, name: &str) -> Result<Vec<ModelVersion>> {
        self.versions(
            "SELECT document FROM model_version WHERE source = ? AND name = ? ORDER BY number DESC, version",
            source,
            name,
        )
        .await
    }

    /// The versions that were registered from a run.
    pub async fn versions_of_run(&self, source: SourceId, run_id: &str) -> Result<Vec<ModelVersion>> {
        self.versions(
            "SELECT document FROM model_version WHERE source = ? AND run_id = ? ORDER BY name, number DESC",
            source,
            run_id,
        )
        .await
    }

    async fn versions(&self, sql: &'static str, source: SourceId, of: &str) -> Result<Vec<ModelVersion>> {
        let rows = sqlx::query(sql).bind(source.0).bind(of).fetch_all(&self.reader()).await?;
        rows.iter().map(|row| Ok(serde_json::from_str(row.try_get(0)?)?)).collect()
    }

    /// Takes the whole list as the server has it: what is not in it is forgotten, with its
    /// versions. Answers with all models that differ from before.
    pub async fn replace_registered_models(
        &self,
        source: SourceId,
        models: &[RegisteredModel],
    ) -> Result<Vec<DifferingModel>> {
        let by_name = |models: Vec<RegisteredModel>| -> BTreeMap<String, RegisteredModel> {
            models.into_iter().map(|model| (model.name.clone(), model)).collect()
        };
        let (mut before, mut after) = (by_name(self.registered_models(source).await?), by_name(models.to_vec()));
        let differing: BTreeSet<String> =
            before.keys().chain(after.keys()).filter(|name| before.get(*name) != after.get(*name)).cloned().collect();
        if differing.is_empty() {
            return Ok(Vec::new());
        }
        let mut transaction = self.writer().begin().await?;
        for name in &differing {
            match after.get(name) {
                Some(model) => write_model(&mut transaction, source, model).await?,
                None => {
                    delete_model(&mut transaction, source, name).await?;
                }
            }
        }
        transaction.commit().await?;
        let differing = differing.into_iter().map(|name| DifferingModel {
            before: before.remove(&name),
            after: after.remove(&name),
            name,
        });
        Ok(differing.collect())
    }

    /// Takes one registered model, as after its alias was moved. Says whether it differs.
    pub async fn apply_registered_model(&self, source: SourceId, model: &RegisteredModel) -> Result<bool> {
        if self.registered_model(source, &model.name).await?.as_ref() == Some(model) {
            return Ok(false);
        }
        let mut transaction = self.writer().begin().await?;
        write_model(&mut transaction, source, model).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Takes all versions of one registered model. Says whether anything differs from before.
    pub async fn replace_model_versions(
        &self,
        source: SourceId,
        name: &str,
        versions: &[ModelVersion],
    ) -> Result<bool> {
        let mut after = versions.to_vec();
        after.sort_by(|a, b| number(b).cmp(&number(a)).then_with(|| a.version.cmp(&b.version)));
        if self.model_versions(source, name).await? == after {
            return Ok(false);
        }
        let mut transaction = self.writer().begin().await?;
        sqlx::query("DELETE FROM model_version WHERE source = ? AND name = ?")
            .bind(source.0)
            .bind(name)
            .execute(&mut *transaction)
            .await?;
        for version in versions {
            write_version(&mut transaction, source, version).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// Takes one version, as after a tag of it was set.
    pub async fn apply_model_version(&self, source: SourceId, version: &ModelVersion) -> Result<()> {
        let mut transaction = self.writer().begin().await?;
        write_version(&mut transaction, source, version).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Forgets a registered model and its versions: the server says that it does not exist. Says
    /// whether it was there.
    pub async fn remove_registered_model(&self, source: SourceId, name: &str) -> Result<bool> {
        let mut transaction = self.writer().begin().await?;
        let removed = delete_model(&mut transaction, source, name).await?;
        transaction.commit().await?;
        Ok(removed > 0)
    }

    /// The runs that versions of a model came from and that the cache does not have, newest version
    /// first.
    pub async fn missing_source_runs(&self, source: SourceId, name: &str) -> Result<Vec<String>> {
        let run_ids = sqlx::query_scalar(
            "SELECT v.run_id FROM model_version v WHERE v.source = ?1 AND v.name = ?2 AND v.run_id <> ''
             AND NOT EXISTS (SELECT 1 FROM run r WHERE r.source = ?1 AND r.run_id = v.run_id)
             GROUP BY v.run_id ORDER BY max(v.number) DESC",
        )
        .bind(source.0)
        .bind(name)
        .fetch_all(&self.reader())
        .await?;
        Ok(run_ids)
    }
}

async fn delete_model(connection: &mut SqliteConnection, source: SourceId, name: &str) -> Result<u64> {
    let mut removed = 0;
    for sql in [
        "DELETE FROM model_version WHERE source = ? AND name = ?",
        "DELETE FROM registered_model WHERE source = ? AND name = ?",
    ] {
        removed += sqlx::query(sql).bind(source.0).bind(name).execute(&mut *connection).await?.rows_affected();
    }
    sqlx::query(
        "DELETE FROM logged_model WHERE source = ?1 AND model_id NOT IN
         (SELECT model_id FROM model_version WHERE source = ?1 AND model_id IS NOT NULL)",
    )
    .bind(source.0)
    .execute(connection)
    .await?;
    Ok(removed)
}

async fn write_model(connection: &mut SqliteConnection, source: SourceId, model: &RegisteredModel) -> Result<()> {
    sqlx::query(
        "INSERT OR REPLACE INTO registered_model
            (source, name, description, creation_time_ms, last_updated_time_ms, tags, aliases) VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(source.0)
    .bind(&model.name)
    .bind(&model.description)
    .bind(model.creation_time_ms)
    .bind(model.last_updated_time_ms)
    .bind(serde_json::to_string(&model.tags)?)
    .bind(serde_json::to_string(&model.aliases)?)
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn write_version(
    connection: &mut SqliteConnection,
    source: SourceId,
    version: &ModelVersion,
) -> Result<()> {
    sqlx::query(
        "INSERT OR REPLACE INTO model_version (source, name, version, number, run_id, model_id, document)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(source.0)
    .bind(&version.name)
    .bind(&version.version)
    .bind(number(version))
    .bind(&version.run_id)
    .bind(&version.model_id)
    .bind(serde_json::to_string(version)?)
    .execute(connection)
    .await?;
    Ok(())
}

/// Versions sort as the numbers they are.
fn number(version: &ModelVersion) -> i64 {
    version.version.parse().unwrap_or(0)
}

pub(super) fn model(row: &SqliteRow) -> Result<RegisteredModel> {
    Ok(RegisteredModel {
        name: row.try_get(0)?,
        description: row.try_get(1)?,
        creation_time_ms: row.try_get(2)?,
        last_updated_time_ms: row.try_get(3)?,
        tags: serde_json::from_str(row.try_get(4)?)?,
        aliases: serde_json::from_str(row.try_get(5)?)?,
    })
}
