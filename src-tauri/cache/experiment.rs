//! Experiments, and how many runs the cache has of each.

use serde::Serialize;
use specta::Type;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::view::ProfileExperiments;
use super::{Cache, Result, SourceId};
use crate::entities::{Experiment, LifecycleStage};

pub(super) const ACTIVE: i64 = 0;
pub(super) const DELETED: i64 = 1;
/// Not met by a completed sweep: the server no longer has it.
pub(super) const GONE: i64 = 2;

pub(super) fn stage_number(stage: LifecycleStage) -> i64 {
    match stage {
        LifecycleStage::Active => ACTIVE,
        LifecycleStage::Deleted => DELETED,
    }
}

pub(super) fn stage_from_number(number: i64) -> LifecycleStage {
    if number == ACTIVE { LifecycleStage::Active } else { LifecycleStage::Deleted }
}

/// An experiment that was here and is not any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct LostExperiment {
    pub profile_id: String,
    pub experiment_id: String,
    pub name: String,
    /// Deleted, and can be restored there; else the server does not list it any more.
    pub deleted: bool,
}

impl Cache {
    /// The ids of all experiments that are not deleted.
    pub async fn active_experiment_ids(&self, source: SourceId) -> Result<Vec<String>> {
        let found =
            sqlx::query_scalar("SELECT experiment_id FROM experiment WHERE source = ? AND stage = 0 ORDER BY id");
        Ok(found.bind(source.0).fetch_all(&self.reader()).await?)
    }

    /// The active experiments of a source by name, each with how many active runs the cache has.
    pub async fn experiments(&self, source: SourceId) -> Result<Vec<(Experiment, u32)>> {
        let rows = sqlx::query(
            "SELECT experiment_id, name, artifact_location, stage, creation_time_ms, last_update_time_ms, tags,
                    (SELECT count(*) FROM run WHERE experiment = e.id AND stage = 0)
             FROM experiment e WHERE source = ? AND listed = 1 AND stage = 0 ORDER BY name COLLATE NOCASE, experiment_id",
        )
        .bind(source.0)
        .fetch_all(&self.reader())
        .await?;
        rows.iter().map(|row| Ok((experiment(row)?, row.try_get(7)?))).collect()
    }

    /// Those of these experiments that the server has deleted, or that its newest list does not have.
    pub async fn lost_experiments(&self, scope: &[ProfileExperiments]) -> Result<Vec<LostExperiment>> {
        let rows = sqlx::query(
            "SELECT s.profile_id, e.experiment_id, e.name, e.stage
             FROM json_each(?) w CROSS JOIN source s ON s.profile_id = w.value ->> 'profileId'
             CROSS JOIN json_each(w.value ->> 'experimentIds') i
             CROSS JOIN experiment e ON e.source = s.id AND e.experiment_id = i.value
             WHERE e.stage <> 0 ORDER BY w.key, i.key",
        )
        .bind(serde_json::to_string(scope)?)
        .fetch_all(&self.reader())
        .await?;
        let lost = |row: &SqliteRow| {
            Ok(LostExperiment {
                profile_id: row.try_get(0)?,
                experiment_id: row.try_get(1)?,
                name: row.try_get(2)?,
                deleted: row.try_get::<i64, _>(3)? == DELETED,
            })
        };
        rows.iter().map(lost).collect()
    }

    /// Takes the whole list as the server has it: what is not in it is gone, with its runs.
    /// Says whether anything differs from before.
    pub async fn replace_experiments(&self, source: SourceId, experiments: &[Experiment]) -> Result<bool> {
        let mut transaction = self.writer().begin().await?;
        let mut changed = 0;
        for experiment in experiments {
            changed += sqlx::query(
                "INSERT INTO experiment (source, experiment_id, listed, name, artifact_location, stage,
                                         creation_time_ms, last_update_time_ms, tags)
                 VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6, ?7, ?8)
                 ON CONFLICT (source, experiment_id) DO UPDATE SET listed = 1, name = ?3, artifact_location = ?4,
                     stage = ?5, creation_time_ms = ?6, last_update_time_ms = ?7, tags = ?8
                 WHERE listed <> 1 OR name <> ?3 OR artifact_location <> ?4 OR stage <> ?5
                    OR creation_time_ms IS NOT ?6 OR last_update_time_ms IS NOT ?7 OR tags <> ?8",
            )
            .bind(source.0)
            .bind(&experiment.experiment_id)
            .bind(&experiment.name)
            .bind(&experiment.artifact_location)
            .bind(stage_number(experiment.lifecycle_stage))
            .bind(experiment.creation_time_ms)
            .bind(experiment.last_update_time_ms)
            .bind(serde_json::to_string(&experiment.tags)?)
            .execute(&mut *transaction)
            .await?
            .rows_affected();
        }
        let ids: Vec<&str> = experiments.iter().map(|experiment| experiment.experiment_id.as_str()).collect();
        changed += sqlx::query(
            "UPDATE experiment SET stage = ?1 WHERE source = ?2 AND stage <> ?1 AND listed = 1
             AND experiment_id NOT IN (SELECT value FROM json_each(?3))",
        )
        .bind(GONE)
        .bind(source.0)
        .bind(serde_json::to_string(&ids)?)
        .execute(&mut *transaction)
        .await?
        .rows_affected();
        transaction.commit().await?;
        Ok(changed > 0)
    }
}

fn experiment(row: &SqliteRow) -> Result<Experiment> {
    Ok(Experiment {
        experiment_id: row.try_get(0)?,
        name: row.try_get(1)?,
        artifact_location: row.try_get(2)?,
        lifecycle_stage: stage_from_number(row.try_get(3)?),
        creation_time_ms: row.try_get(4)?,
        last_update_time_ms: row.try_get(5)?,
        tags: serde_json::from_str(row.try_get(6)?)?,
    })
}
