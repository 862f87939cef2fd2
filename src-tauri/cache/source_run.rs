//! The runs that the versions of a registered model came from. A model may have thousands of versions, so these are read
//! all at once, and with the few metrics that are shown.

use std::collections::HashMap;

use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row, SqliteConnection};

use super::run::{dataset_input, info};
use super::{Cache, Result, SourceId};
use crate::entities::{Metric, MetricValue, ModelOutput, Param, Run, SourceRun, Tag};
use crate::query::Subject;

impl Cache {
    /// The metrics of the source runs, and how many of these runs have each. System metrics are left out.
    pub async fn source_metric_keys(&self, source: SourceId, name: &str) -> Result<Vec<(String, u32)>> {
        let mut keys = self.source_keys(source, name, "metric").await?;
        keys.retain(|(key, _)| !key.starts_with("system/"));
        Ok(keys)
    }

    /// The params of the source runs, and how many of these runs have each.
    pub async fn source_param_keys(&self, source: SourceId, name: &str) -> Result<Vec<(String, u32)>> {
        self.source_keys(source, name, "param").await
    }

    async fn source_keys(&self, source: SourceId, name: &str, table: &str) -> Result<Vec<(String, u32)>> {
        let statement = format!(
            "SELECT n.text, c.runs FROM (SELECT m.id >> 32 AS key, count(*) AS runs FROM
                 (SELECT DISTINCT r.id FROM model_version v JOIN run r ON r.source = v.source AND r.run_id = v.run_id
                  WHERE v.source = ? AND v.name = ? AND r.stage < 2) w
                 CROSS JOIN {table} m ON m.run = w.id GROUP BY key) c
             JOIN name n ON n.id = c.key ORDER BY n.text"
        );
        let rows = sqlx::query(AssertSqlSafe(statement)).bind(source.0).bind(name).fetch_all(&self.reader()).await?;
        let key = |row: &SqliteRow| Ok((row.try_get(0)?, u32::try_from(row.try_get::<i64, _>(1)?).unwrap_or(u32::MAX)));
        rows.iter().map(key).collect()
    }

    /// The source runs by their id, with these of their metrics.
    pub async fn source_runs(
        &self,
        source: SourceId,
        name: &str,
        keys: &[String],
    ) -> Result<HashMap<String, SourceRun>> {
        let mut reading = self.reader().begin().await?;
        let rows = sqlx::query(
            "SELECT DISTINCT r.id, r.run_id, r.run_name, r.user_id, r.model_outputs FROM model_version v
             JOIN run r ON r.source = v.source AND r.run_id = v.run_id WHERE v.source = ? AND v.name = ? AND r.stage < 2",
        )
        .bind(source.0)
        .bind(name)
        .fetch_all(&mut *reading)
        .await?;
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        source_runs(&mut reading, &rows, Some(&keys)).await
    }

    /// The source runs by their id, each with its attributes and with what else is asked for: of metrics, params and
    /// tags those that `subjects` name, and all datasets if any part of them is among `subjects`.
    pub async fn source_runs_for(
        &self,
        source: SourceId,
        name: &str,
        subjects: &[&Subject],
    ) -> Result<HashMap<String, Run>> {
        let mut reading = self.reader().begin().await?;
        let rows = sqlx::query(
            "SELECT DISTINCT r.id, r.run_id, r.run_name, e.experiment_id, r.user_id, r.status, r.start_time_ms,
                    r.end_time_ms, r.artifact_uri, r.stage, r.model_outputs
             FROM model_version v JOIN run r ON r.source = v.source AND r.run_id = v.run_id
             JOIN experiment e ON e.id = r.experiment WHERE v.source = ? AND v.name = ? AND r.stage < 2",
        )
        .bind(source.0)
        .bind(name)
        .fetch_all(&mut *reading)
        .await?;
        let mut runs: HashMap<i64, Run> = HashMap::with_capacity(rows.len());
        for row in &rows {
            let outputs: Option<&str> = row.try_get(10)?;
            let run = Run {
                info: info(row)?,
                metrics: Vec::new(),
                params: Vec::new(),
                tags: Vec::new(),
                dataset_inputs: Vec::new(),
                model_outputs: outputs.map(serde_json::from_str).transpose()?.unwrap_or_default(),
            };
            runs.insert(row.try_get(0)?, run);
        }
        let ids: Vec<i64> = runs.keys().copied().collect();
        let (mut metrics, mut params, mut tags, mut datasets) = (Vec::new(), Vec::new(), Vec::new(), false);
        for subject in subjects {
            match subject {
                Subject::Metric(key) => metrics.push(key.as_str()),
                Subject::Param(key) => params.push(key.as_str()),
                Subject::Tag(key) => tags.push(key.as_str()),
                Subject::Dataset(_) => datasets = true,
                Subject::Attribute(_) => {}
            }
        }
        for row in &logged(&mut reading, "metric", "m.value, m.timestamp_ms, m.step", &metrics, &ids).await? {
            if let Some(run) = runs.get_mut(&row.try_get::<i64, _>(0)?) {
                run.metrics.push(metric(row)?);
            }
        }
        for row in &logged(&mut reading, "param", "m.value", &params, &ids).await? {
            if let Some(run) = runs.get_mut(&row.try_get::<i64, _>(0)?) {
                run.params.push(Param { key: row.try_get(1)?, value: row.try_get(2)? });
            }
        }
        for row in &logged(&mut reading, "tag", "m.value", &tags, &ids).await? {
            if let Some(run) = runs.get_mut(&row.try_get::<i64, _>(0)?) {
                run.tags.push(Tag { key: row.try_get(1)?, value: row.try_get(2)? });
            }
        }
        if datasets {
            for row in &dataset_inputs_of(&mut reading, &ids).await? {
                if let Some(run) = runs.get_mut(&row.try_get::<i64, _>(0)?) {
                    run.dataset_inputs.push(dataset_input(row, 1)?);
                }
            }
        }
        Ok(runs.into_values().map(|run| (run.info.run_id.clone(), run)).collect())
    }
}

/// From rows of `id`, `run_id`, `run_name`, `user_id` and `model_outputs` to runs by their id, with these of their
/// metrics; with all but system metrics where none is named.
pub(super) async fn source_runs(
    reading: &mut SqliteConnection,
    rows: &[SqliteRow],
    keys: Option<&[&str]>,
) -> Result<HashMap<String, SourceRun>> {
    let mut runs: HashMap<i64, SourceRun> = HashMap::with_capacity(rows.len());
    for row in rows {
        let outputs: Option<&str> = row.try_get(4)?;
        let outputs: Vec<ModelOutput> = outputs.map(serde_json::from_str).transpose()?.unwrap_or_default();
        let run = SourceRun {
            run_id: row.try_get(1)?,
            run_name: row.try_get(2)?,
            user_id: row.try_get(3)?,
            model_ids: outputs.into_iter().map(|output| output.model_id).collect(),
            metrics: Vec::new(),
        };
        runs.insert(row.try_get(0)?, run);
    }
    let ids: Vec<i64> = runs.keys().copied().collect();
    let metrics = match keys {
        Some(keys) => logged(reading, "metric", "m.value, m.timestamp_ms, m.step", keys, &ids).await?,
        None => {
            sqlx::query(
                "SELECT w.value, n.text, m.value, m.timestamp_ms, m.step FROM json_each(?1) w
                 CROSS JOIN metric m ON m.run = w.value JOIN name n ON n.id = m.id >> 32
                 WHERE n.text NOT LIKE 'system/%'",
            )
            .bind(serde_json::to_string(&ids)?)
            .fetch_all(reading)
            .await?
        }
    };
    for row in &metrics {
        if let Some(run) = runs.get_mut(&row.try_get::<i64, _>(0)?) {
            run.metrics.push(metric(row)?);
        }
    }
    Ok(runs.into_values().map(|run| (run.run_id.clone(), run)).collect())
}

/// Of each run that has it: the run, the key, and `columns` of a table of what runs logged.
async fn logged(
    reading: &mut SqliteConnection,
    table: &'static str,
    columns: &'static str,
    keys: &[&str],
    runs: &[i64],
) -> Result<Vec<SqliteRow>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT w.value, n.text, {columns} FROM (SELECT DISTINCT value FROM json_each(?1)) k
         CROSS JOIN name n ON n.text = k.value
         CROSS JOIN json_each(?2) w CROSS JOIN {table} m ON m.id = (n.id << 32) + w.value"
    );
    let asked = sqlx::query(AssertSqlSafe(sql)).bind(serde_json::to_string(keys)?).bind(serde_json::to_string(runs)?);
    Ok(asked.fetch_all(reading).await?)
}

fn metric(row: &SqliteRow) -> Result<Metric> {
    let value: Option<f64> = row.try_get(2)?;
    Ok(Metric {
        key: row.try_get(1)?,
        value: MetricValue(value.unwrap_or(f64::NAN)),
        timestamp_ms: row.try_get(3)?,
        step: row.try_get(4)?,
    })
}

async fn dataset_inputs_of(reading: &mut SqliteConnection, runs: &[i64]) -> Result<Vec<SqliteRow>> {
    let asked = sqlx::query(
        "SELECT i.run, d.name, d.digest, d.source_type, d.source_uri, d.schema, d.profile, i.context
         FROM json_each(?) w JOIN dataset_input i ON i.run = w.value JOIN dataset d ON d.id = i.dataset
         ORDER BY i.run, i.position",
    );
    Ok(asked.bind(serde_json::to_string(runs)?).fetch_all(reading).await?)
}
