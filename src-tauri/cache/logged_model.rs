//! The logged models that versions were made from (MLflow 3): whose numbers a version shows first.

use std::collections::HashMap;

use sqlx::Row;

use super::{Cache, Result, SourceId};
use crate::entities::LoggedModel;

/// A logged model that a version names, and when the server was last asked about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedModelState {
    pub model_id: String,
    /// The experiment it should be in: that of the run the version came from, where that is known.
    pub experiment_id: Option<String>,
    pub seen_ms: Option<i64>,
}

impl Cache {
    /// What is known of the logged models that versions of a registered model name: those of versions with an alias
    /// first, then those of the newest versions.
    pub async fn logged_model_states(&self, source: SourceId, name: &str) -> Result<Vec<LoggedModelState>> {
        let rows = sqlx::query(
            "SELECT v.model_id, max(e.experiment_id), max(l.seen_ms) FROM model_version v
             LEFT JOIN logged_model l ON l.source = v.source AND l.model_id = v.model_id
             LEFT JOIN run r ON r.source = v.source AND r.run_id = v.run_id
             LEFT JOIN experiment e ON e.id = r.experiment
             WHERE v.source = ?1 AND v.name = ?2 AND v.model_id IS NOT NULL GROUP BY v.model_id
             ORDER BY max(v.version IN (SELECT value ->> 'version' FROM registered_model m, json_each(m.aliases)
                                        WHERE m.source = ?1 AND m.name = ?2)) DESC, max(v.number) DESC",
        )
        .bind(source.0)
        .bind(name)
        .fetch_all(&self.reader())
        .await?;
        let state = |row: &sqlx::sqlite::SqliteRow| {
            Ok(LoggedModelState { model_id: row.try_get(0)?, experiment_id: row.try_get(1)?, seen_ms: row.try_get(2)? })
        };
        rows.iter().map(state).collect()
    }

    /// The logged models that versions of a registered model name, by their id, as far as they have been read.
    pub async fn logged_models_of(&self, source: SourceId, name: &str) -> Result<HashMap<String, LoggedModel>> {
        let documents: Vec<String> = sqlx::query_scalar(
            "SELECT document FROM logged_model WHERE source = ?1 AND document IS NOT NULL AND model_id IN
             (SELECT model_id FROM model_version WHERE source = ?1 AND name = ?2)",
        )
        .bind(source.0)
        .bind(name)
        .fetch_all(&self.reader())
        .await?;
        let parse = |document: &String| {
            let model: LoggedModel = serde_json::from_str(document)?;
            Ok((model.model_id.clone(), model))
        };
        documents.iter().map(parse).collect()
    }

    pub async fn logged_model(&self, source: SourceId, model_id: &str) -> Result<Option<LoggedModel>> {
        let document: Option<Option<String>> =
            sqlx::query_scalar("SELECT document FROM logged_model WHERE source = ? AND model_id = ?")
                .bind(source.0)
                .bind(model_id)
                .fetch_optional(&self.reader())
                .await?;
        Ok(document.flatten().map(|document| serde_json::from_str(&document)).transpose()?)
    }

    /// Takes the server's answer about some logged models: `asked` that are not among `found` are not there. Says
    /// whether anything differs from before.
    pub async fn apply_logged_models(
        &self,
        source: SourceId,
        asked: &[String],
        found: &[LoggedModel],
        seen_ms: i64,
    ) -> Result<bool> {
        let mut differs = false;
        let mut transaction = self.writer().begin().await?;
        for model_id in asked {
            let model = found.iter().find(|model| model.model_id == *model_id);
            let document = model.map(serde_json::to_string).transpose()?;
            let before: Option<Option<String>> =
                sqlx::query_scalar("SELECT document FROM logged_model WHERE source = ? AND model_id = ?")
                    .bind(source.0)
                    .bind(model_id)
                    .fetch_optional(&mut *transaction)
                    .await?;
            differs |= before.flatten() != document;
            sqlx::query(
                "INSERT INTO logged_model (source, model_id, seen_ms, document) VALUES (?, ?, ?, ?)
                 ON CONFLICT (source, model_id) DO UPDATE SET seen_ms = excluded.seen_ms, document = excluded.document",
            )
            .bind(source.0)
            .bind(model_id)
            .bind(seen_ms)
            .bind(document)
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(differs)
    }
}
