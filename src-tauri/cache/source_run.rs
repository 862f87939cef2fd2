//! The runs that the versions of a registered model came from. A model may have thousands of versions, so these are read
//! all at once, and with the few metrics that are shown.

use std::collections::HashMap;

use sqlx::Row;

use super::{Cache, Result, SourceId};
use crate::entities::{Metric, MetricValue, ModelOutput, SourceRun};

impl Cache {
    /// The metrics of the source runs, and how many of these runs have each. System metrics are left out.
    pub async fn source_metric_keys(&self, source: SourceId, name: &str) -> Result<Vec<(String, u32)>> {
        let rows = sqlx::query(
            "SELECT n.text, c.runs FROM (SELECT m.id >> 32 AS key, count(*) AS runs FROM
                 (SELECT DISTINCT r.id FROM model_version v JOIN run r ON r.source = v.source AND r.run_id = v.run_id
                  WHERE v.source = ? AND v.name = ? AND r.stage < 2) w
                 CROSS JOIN metric m ON m.run = w.id GROUP BY key) c
             JOIN name n ON n.id = c.key WHERE n.text NOT LIKE 'system/%' ORDER BY n.text",
        )
        .bind(source.0)
        .bind(name)
        .fetch_all(&self.reader())
        .await?;
        let key = |row: &sqlx::sqlite::SqliteRow| {
            Ok((row.try_get(0)?, u32::try_from(row.try_get::<i64, _>(1)?).unwrap_or(u32::MAX)))
        };
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
        let mut runs: HashMap<i64, SourceRun> = HashMap::with_capacity(rows.len());
        for row in &rows {
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
        let metrics = sqlx::query(
            "SELECT w.value, n.text, m.value, m.timestamp_ms, m.step FROM json_each(?1) k
             CROSS JOIN name n ON n.text = k.value
             CROSS JOIN json_each(?2) w CROSS JOIN metric m ON m.id = (n.id << 32) + w.value",
        )
        .bind(serde_json::to_string(keys)?)
        .bind(serde_json::to_string(&ids)?)
        .fetch_all(&mut *reading)
        .await?;
        for row in &metrics {
            let value: Option<f64> = row.try_get(2)?;
            let metric = Metric {
                key: row.try_get(1)?,
                value: MetricValue(value.unwrap_or(f64::NAN)),
                timestamp_ms: row.try_get(3)?,
                step: row.try_get(4)?,
            };
            if let Some(run) = runs.get_mut(&row.try_get::<i64, _>(0)?) {
                run.metrics.push(metric);
            }
        }
        Ok(runs.into_values().map(|run| (run.run_id.clone(), run)).collect())
    }
}
