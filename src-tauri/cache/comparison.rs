//! Runs side by side: one row per key that any of them has.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, Row, SqliteConnection};

use super::compared_datasets::{ReadDataset, dataset_rows};
use super::search::run_rows;
use super::view::{Cell, Column, ColumnKind, Comparison, ComparisonRow, RunRow};
use super::{Cache, Result};
use crate::entities::{MetricValue, RunRef};

/// Tags that repeat what is said elsewhere, at length.
const LEFT_OUT: [&str; 2] = ["mlflow.runName", "mlflow.log-model.history"];

impl Cache {
    /// The asked runs in the asked order; those the cache does not have are left out. The rows of
    /// `attributes` are `status`, `start_time`, `end_time`, `duration` (ms), `user_id` and
    /// `experiment_id`.
    pub async fn comparison(&self, asked: &[RunRef]) -> Result<Comparison> {
        let mut reading = self.reader().begin().await?;
        let ids = run_rows(&mut reading, asked).await?;
        let duration = Column { kind: ColumnKind::Attribute, key: "duration".to_owned() };
        let mut runs = self.rows(&mut reading, &ids, &[duration], &Default::default()).await?;
        let durations = runs.iter_mut().map(|run| run.cells.pop().flatten()).collect();
        Ok(Comparison {
            attributes: attributes(&runs, durations),
            metrics: section(&mut reading, "metric", &ids).await?,
            params: section(&mut reading, "param", &ids).await?,
            tags: section(&mut reading, "tag", &ids).await?,
            datasets: dataset_rows(read_datasets(&mut reading, &ids).await?, ids.len()),
            runs,
        })
    }
}

fn attributes(runs: &[RunRow], durations: Vec<Option<Cell>>) -> Vec<ComparisonRow> {
    let time = |time_ms: Option<i64>| time_ms.map(|time_ms| Cell::Number(MetricValue(time_ms as f64)));
    let each = |key: &str, cell: &dyn Fn(&RunRow) -> Option<Cell>| {
        ComparisonRow::of(key.to_owned(), runs.iter().map(cell).collect())
    };
    vec![
        each("status", &|run| Some(Cell::Text(run.status.as_mlflow().to_owned()))),
        each("start_time", &|run| time(run.start_time_ms)),
        each("end_time", &|run| time(run.end_time_ms)),
        ComparisonRow::of("duration".to_owned(), durations),
        each("user_id", &|run| Some(Cell::Text(run.user_id.clone()))),
        each("experiment_id", &|run| Some(Cell::Text(run.experiment_id.clone()))),
    ]
}

async fn section(reading: &mut SqliteConnection, table: &'static str, ids: &[i64]) -> Result<Vec<ComparisonRow>> {
    let sql = format!(
        "SELECT n.text, w.key, m.value FROM json_each(?) w CROSS JOIN {table} m ON m.run = w.value
         JOIN name n ON n.id = m.id >> 32 ORDER BY n.text"
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(serde_json::to_string(ids)?).fetch_all(reading).await?;
    let mut cells_of: BTreeMap<String, Vec<Option<Cell>>> = BTreeMap::new();
    for found in &rows {
        let key: String = found.try_get(0)?;
        if LEFT_OUT.contains(&key.as_str()) {
            continue;
        }
        let cell = if table == "metric" {
            let value: Option<f64> = found.try_get(2)?;
            Cell::Number(MetricValue(value.unwrap_or(f64::NAN)))
        } else {
            Cell::Text(found.try_get(2)?)
        };
        let position = usize::try_from(found.try_get::<i64, _>(1)?).unwrap_or(usize::MAX);
        let cells = cells_of.entry(key).or_insert_with(|| vec![None; ids.len()]);
        if let Some(slot) = cells.get_mut(position) {
            *slot = Some(cell);
        }
    }
    Ok(cells_of.into_iter().map(|(key, cells)| ComparisonRow::of(key, cells)).collect())
}

async fn read_datasets(reading: &mut SqliteConnection, ids: &[i64]) -> Result<Vec<ReadDataset>> {
    let rows = sqlx::query(
        "SELECT w.key, d.name, i.context, d.digest, d.schema FROM json_each(?) w
         CROSS JOIN dataset_input i ON i.run = w.value JOIN dataset d ON d.id = i.dataset ORDER BY w.key, i.position",
    )
    .bind(serde_json::to_string(ids)?)
    .fetch_all(reading)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(ReadDataset {
                place: usize::try_from(row.try_get::<i64, _>(0)?).unwrap_or(usize::MAX),
                name: row.try_get(1)?,
                context: row.try_get(2)?,
                digest: row.try_get(3)?,
                schema: row.try_get(4)?,
            })
        })
        .collect()
}
