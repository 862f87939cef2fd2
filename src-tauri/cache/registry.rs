//! All registered models at once: what the list of them shows, in statements about many models and never about one.

use std::collections::HashMap;

use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row};

use super::logged_model::LoggedModelState;
use super::model::{model, write_version};
use super::source_run::source_runs;
use super::{Cache, Result, SourceId};
use crate::entities::{LoggedModel, ModelVersion, RegisteredModel, SourceRun};

/// So many of the newest versions of a model are read for the list, besides those with an alias.
pub const NEWEST_VERSIONS: u32 = 60;
/// The most of the runs and logged models that are named to be read.
const MOST_NAMED: u32 = 5_000;

/// A registered model and what its versions say of it.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedModel {
    pub model: RegisteredModel,
    /// Versions that are known: none before the first sync of them.
    pub version_count: u32,
    pub newest: Option<ListedVersion>,
    pub oldest: Option<ListedVersion>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedVersion {
    pub version: String,
    pub user_id: String,
    pub creation_time_ms: Option<i64>,
}

/// Versions with an alias, and the newest ones: `model`, `run_id`, `model_id`, `number`, `holds`.
const LEADING: &str = "WITH held AS MATERIALIZED (
        SELECT m.name, a.value ->> 'version' AS version FROM registered_model m, json_each(m.aliases) a WHERE m.source = ?1),
    leading AS (
        SELECT v.run_id, v.model_id, v.number, (v.name, v.version) IN (SELECT name, version FROM held) AS holds,
            row_number() OVER (PARTITION BY v.name ORDER BY v.number DESC) AS place
        FROM model_version v WHERE v.source = ?1)";

impl Cache {
    /// All registered models of a source, by name.
    pub async fn listed_models(&self, source: SourceId) -> Result<Vec<ListedModel>> {
        let mut reading = self.reader().begin().await?;
        let (newest, oldest) = (ends("max"), ends("min"));
        let sql = format!(
            "SELECT m.name, m.description, m.creation_time_ms, m.last_updated_time_ms, m.tags, m.aliases,
                n.versions, n.version, n.user_id, n.created_ms, o.version, o.user_id, o.created_ms
             FROM registered_model m LEFT JOIN ({newest}) n ON n.name = m.name LEFT JOIN ({oldest}) o ON o.name = m.name
             WHERE m.source = ?1 ORDER BY m.name COLLATE NOCASE, m.name"
        );
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(source.0).fetch_all(&mut *reading).await?;
        let version = |row: &SqliteRow, at: usize| -> Result<Option<ListedVersion>> {
            let Some(version) = row.try_get(at)? else { return Ok(None) };
            let user_id: Option<String> = row.try_get(at + 1)?;
            let creation_time_ms = row.try_get(at + 2)?;
            Ok(Some(ListedVersion { version, user_id: user_id.unwrap_or_default(), creation_time_ms }))
        };
        let listed = |row: &SqliteRow| {
            let count: Option<i64> = row.try_get(6)?;
            let version_count = u32::try_from(count.unwrap_or(0)).unwrap_or(u32::MAX);
            Ok(ListedModel { model: model(row)?, version_count, newest: version(row, 7)?, oldest: version(row, 10)? })
        };
        rows.iter().map(listed).collect()
    }

    /// Of each of these models the newest versions, and these of its versions besides: (name, version). Newest first.
    pub async fn leading_versions(
        &self,
        source: SourceId,
        names: &[&str],
        newest: u32,
        besides: &[(&str, &str)],
    ) -> Result<HashMap<String, Vec<ModelVersion>>> {
        let documents: Vec<String> = sqlx::query_scalar(
            "SELECT document FROM model_version WHERE id IN (
                 SELECT id FROM (SELECT v.id, row_number() OVER (PARTITION BY v.name ORDER BY v.number DESC) AS place
                     FROM json_each(?2) k CROSS JOIN model_version v ON v.source = ?1 AND v.name = k.value)
                 WHERE place <= ?3
                 UNION SELECT v.id FROM json_each(?4) k
                 CROSS JOIN model_version v ON v.source = ?1 AND v.name = k.value ->> 0 AND v.version = k.value ->> 1)
             ORDER BY name, number DESC",
        )
        .bind(source.0)
        .bind(serde_json::to_string(names)?)
        .bind(newest)
        .bind(serde_json::to_string(besides)?)
        .fetch_all(&self.reader())
        .await?;
        let mut all: HashMap<String, Vec<ModelVersion>> = HashMap::with_capacity(names.len());
        for document in &documents {
            let version: ModelVersion = serde_json::from_str(document)?;
            all.entry(version.name.clone()).or_default().push(version);
        }
        Ok(all)
    }

    /// These logged models by their id, as far as they have been read.
    pub async fn logged_models(&self, source: SourceId, ids: &[&str]) -> Result<HashMap<String, LoggedModel>> {
        let documents: Vec<String> = sqlx::query_scalar(
            "SELECT l.document FROM json_each(?2) k CROSS JOIN logged_model l ON l.source = ?1 AND l.model_id = k.value
             WHERE l.document IS NOT NULL",
        )
        .bind(source.0)
        .bind(serde_json::to_string(ids)?)
        .fetch_all(&self.reader())
        .await?;
        let parse = |document: &String| {
            let model: LoggedModel = serde_json::from_str(document)?;
            Ok((model.model_id.clone(), model))
        };
        documents.iter().map(parse).collect()
    }

    /// These runs by their id, with these of their metrics; with all but system metrics where none is named.
    pub async fn source_runs_by_id(
        &self,
        source: SourceId,
        run_ids: &[&str],
        keys: Option<&[&str]>,
    ) -> Result<HashMap<String, SourceRun>> {
        let mut reading = self.reader().begin().await?;
        let rows = sqlx::query(
            "SELECT r.id, r.run_id, r.run_name, r.user_id, r.model_outputs FROM json_each(?2) k
             CROSS JOIN run r ON r.source = ?1 AND r.run_id = k.value WHERE r.stage < 2",
        )
        .bind(source.0)
        .bind(serde_json::to_string(run_ids)?)
        .fetch_all(&mut *reading)
        .await?;
        source_runs(&mut reading, &rows, keys).await
    }

    /// Takes some versions, of whatever models. Says whether anything differs from before.
    pub async fn apply_model_versions(&self, source: SourceId, versions: &[ModelVersion]) -> Result<bool> {
        let keys: Vec<(&str, &str)> = versions.iter().map(|version| (&*version.name, &*version.version)).collect();
        let before: Vec<(String, String, String)> = sqlx::query_as(
            "SELECT v.name, v.version, v.document FROM json_each(?2) k
             CROSS JOIN model_version v ON v.source = ?1 AND v.name = k.value ->> 0 AND v.version = k.value ->> 1",
        )
        .bind(source.0)
        .bind(serde_json::to_string(&keys)?)
        .fetch_all(&self.reader())
        .await?;
        let before: HashMap<(&str, &str), &str> =
            before.iter().map(|(name, version, document)| ((&**name, &**version), &**document)).collect();
        let mut differing = Vec::new();
        for version in versions {
            let known = before.get(&(&*version.name, &*version.version));
            if known.is_none_or(|known| serde_json::to_string(version).is_ok_and(|document| document != *known)) {
                differing.push(version);
            }
        }
        if differing.is_empty() {
            return Ok(false);
        }
        let mut transaction = self.writer().begin().await?;
        for version in differing {
            write_version(&mut transaction, source, version).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// Forgets all versions but these (name, version): the server was asked for all. Says how many it were.
    pub async fn forget_other_versions(&self, source: SourceId, met: &[(String, String)]) -> Result<u64> {
        let gone = sqlx::query(
            "DELETE FROM model_version WHERE source = ?1 AND (name, version) NOT IN
             (SELECT value ->> 0, value ->> 1 FROM json_each(?2))",
        )
        .bind(source.0)
        .bind(serde_json::to_string(met)?)
        .execute(&self.writer())
        .await?;
        Ok(gone.rows_affected())
    }

    /// The runs that leading versions of all models came from and that the cache does not have: those of versions with
    /// an alias first.
    pub async fn missing_leading_runs(&self, source: SourceId) -> Result<Vec<String>> {
        let sql = format!(
            "{LEADING} SELECT l.run_id FROM leading l WHERE (l.holds OR l.place <= ?2) AND l.run_id <> ''
             AND NOT EXISTS (SELECT 1 FROM run r WHERE r.source = ?1 AND r.run_id = l.run_id)
             GROUP BY l.run_id ORDER BY max(l.holds) DESC, min(l.place) LIMIT ?3"
        );
        let found = sqlx::query_scalar(AssertSqlSafe(sql)).bind(source.0).bind(NEWEST_VERSIONS).bind(MOST_NAMED);
        Ok(found.fetch_all(&self.reader()).await?)
    }

    /// What is known of the logged models that leading versions of all models name: those of versions with an alias
    /// first.
    pub async fn leading_logged_models(&self, source: SourceId) -> Result<Vec<LoggedModelState>> {
        let sql = format!(
            "{LEADING} SELECT v.model_id, max(e.experiment_id), max(l.seen_ms) FROM leading v
             LEFT JOIN logged_model l ON l.source = ?1 AND l.model_id = v.model_id
             LEFT JOIN run r ON r.source = ?1 AND r.run_id = v.run_id LEFT JOIN experiment e ON e.id = r.experiment
             WHERE (v.holds OR v.place <= ?2) AND v.model_id IS NOT NULL
             GROUP BY v.model_id ORDER BY max(v.holds) DESC, min(v.place) LIMIT ?3"
        );
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(source.0).bind(NEWEST_VERSIONS).bind(MOST_NAMED);
        let state = |row: &SqliteRow| {
            Ok(LoggedModelState { model_id: row.try_get(0)?, experiment_id: row.try_get(1)?, seen_ms: row.try_get(2)? })
        };
        rows.fetch_all(&self.reader()).await?.iter().map(state).collect()
    }

    /// Those of these runs that the cache does not have.
    pub async fn unknown_runs(&self, source: SourceId, run_ids: &[String]) -> Result<Vec<String>> {
        let unknown = sqlx::query_scalar(
            "SELECT k.value FROM json_each(?2) k
             WHERE NOT EXISTS (SELECT 1 FROM run r WHERE r.source = ?1 AND r.run_id = k.value)",
        );
        Ok(unknown.bind(source.0).bind(serde_json::to_string(run_ids)?).fetch_all(&self.reader()).await?)
    }
}

/// The newest or the oldest version of each model: `name`, `versions`, `version`, `user_id`, `created_ms`.
fn ends(end: &str) -> String {
    format!(
        "SELECT v.name, e.versions, v.version, v.document ->> 'userId' AS user_id,
             v.document ->> 'creationTimeMs' AS created_ms
         FROM (SELECT {end}(number), id, count(*) AS versions FROM model_version WHERE source = ?1 GROUP BY name) e
         CROSS JOIN model_version v ON v.id = e.id"
    )
}
