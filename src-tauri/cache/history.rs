//! Metric histories: what curves are drawn from. Never sampled; read as whole columns.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::view::{CurveChance, CurveInfo};
use super::{Cache, CacheError, Result, SourceId};
use crate::entities::{MetricPoint, MetricValue};

/// All points of one metric of one run, sorted by (step, timestamp). The three columns have the
/// same length; values may be NaN or infinite.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    pub steps: Vec<i64>,
    pub timestamps_ms: Vec<i64>,
    pub values: Vec<f64>,
}

impl History {
    /// Sorts by (step, timestamp). Where both are the same, the order of the store stays: a file
    /// store's is the one they were logged in.
    pub fn from_points(mut points: Vec<MetricPoint>) -> Self {
        points.sort_by_key(|point| (point.step, point.timestamp_ms));
        Self {
            steps: points.iter().map(|point| point.step).collect(),
            timestamps_ms: points.iter().map(|point| point.timestamp_ms).collect(),
            values: points.iter().map(|point| point.value.0).collect(),
        }
    }

    pub fn len(&self) -> usize {
        self.values.len()
    }

    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

/// How the cached history of one metric of a run stands to the run as last seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryState {
    pub run_id: String,
    pub key: String,
    /// Whether the cache has all points up to the run's latest metric.
    pub up_to_date: bool,
    pub fetched_at_ms: Option<i64>,
    /// Points in the cache.
    pub points: u32,
}

/// Histories read by one connection; more are read by several at once.
const HISTORIES_PER_READER: usize = 16;

impl Cache {
    /// The histories of one metric, one per asked run and in the same order; `None` where the
    /// cache has none.
    pub async fn histories(&self, source: SourceId, run_ids: &[String], key: &str) -> Result<Vec<Option<History>>> {
        let wanted = self.history_rows(source, run_ids, key).await?;
        let pool = self.reader();
        let parts = wanted.chunks(HISTORIES_PER_READER).map(|rows| {
            let (pool, rows) = (pool.clone(), rows.to_vec());
            tokio::spawn(async move {
                let mut connection = pool.acquire().await?;
                let mut histories = Vec::with_capacity(rows.len());
                for (position, id) in rows {
                    let row = sqlx::query("SELECT steps, timestamps_ms, metric_values FROM history WHERE id = ?")
                        .bind(id)
                        .fetch_optional(&mut *connection)
                        .await?;
                    if let Some(row) = row {
                        histories.push((position, from_row(&row)?));
                    }
                }
                Result::Ok(histories)
            })
        });
        let parts: Vec<_> = parts.collect();
        let mut histories = vec![None; run_ids.len()];
        for part in parts {
            let part = part.await.map_err(|error| CacheError::Database { reason: error.to_string() })??;
            for (position, history) in part {
                if let Some(slot) = histories.get_mut(position) {
                    *slot = Some(history);
                }
            }
        }
        Ok(histories)
    }

    /// Positions in `run_ids` and the ids of their history rows.
    async fn history_rows(&self, source: SourceId, run_ids: &[String], key: &str) -> Result<Vec<(usize, i64)>> {
        let rows = sqlx::query(
            "SELECT w.key, h.id FROM json_each(?1) w
             CROSS JOIN run r ON r.source = ?2 AND r.run_id = w.value
             JOIN history h ON h.run = r.id AND h.key = (SELECT id FROM name WHERE source = ?2 AND text = ?3)",
        )
        .bind(serde_json::to_string(run_ids)?)
        .bind(source.0)
        .bind(key)
        .fetch_all(&self.reader())
        .await?;
        rows.iter()
            .map(|row| {
                let position: i64 = row.try_get(0)?;
                Ok((usize::try_from(position).unwrap_or(usize::MAX), row.try_get(1)?))
            })
            .collect()
    }

    /// Takes a whole history. `of` is the run's latest value of the metric as it was known when the
    /// fetch began: (step, timestamp, value). Nothing is kept of a run the cache does not have.
    pub async fn set_history(
        &self,
        source: SourceId,
        run_id: &str,
        key: &str,
        history: &History,
        of: Option<MetricPoint>,
        fetched_at_ms: i64,
    ) -> Result<()> {
        let mut transaction = self.writer().begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query("INSERT OR IGNORE INTO name (source, text) VALUES (?, ?)")
            .bind(source.0)
            .bind(key)
            .execute(&mut *transaction)
            .await?;
        sqlx::query(
            "INSERT OR REPLACE INTO history (run, key, points, complete, fetched_at_ms, of_step, of_timestamp_ms, of_value,
                                             steps, timestamps_ms, metric_values)
             SELECT r.id, n.id, ?4, 1, ?5, ?6, ?7, ?8, ?9, ?10, ?11
             FROM run r JOIN name n ON n.source = r.source AND n.text = ?3 WHERE r.source = ?1 AND r.run_id = ?2",
        )
        .bind(source.0)
        .bind(run_id)
        .bind(key)
        .bind(i64::try_from(history.len()).unwrap_or(i64::MAX))
        .bind(fetched_at_ms)
        .bind(of.map(|point| point.step))
        .bind(of.map(|point| point.timestamp_ms))
        .bind(of.map(|point| point.value.0))
        .bind(bytes_of(&history.steps, i64::to_le_bytes))
        .bind(bytes_of(&history.timestamps_ms, i64::to_le_bytes))
        .bind(bytes_of(&history.values, f64::to_le_bytes))
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// For every pair of the asked runs and metrics that the cache knows the run to have logged:
    /// whether its history is there and still what the run's latest value says. Runs in the order
    /// asked, then metrics in the order asked.
    pub async fn history_states(
        &self,
        source: SourceId,
        run_ids: &[String],
        keys: &[String],
    ) -> Result<Vec<HistoryState>> {
        let rows = sqlx::query(
            "SELECT r.run_id, n.text, h.fetched_at_ms,
                    h.id IS NOT NULL AND h.complete = 1 AND h.of_step IS m.step
                        AND h.of_timestamp_ms IS m.timestamp_ms AND h.of_value IS m.value,
                    ifnull(h.points, 0)
             FROM json_each(?1) w CROSS JOIN run r ON r.source = ?2 AND r.run_id = w.value
             CROSS JOIN json_each(?3) k CROSS JOIN name n ON n.source = ?2 AND n.text = k.value
             JOIN metric m ON m.id = (n.id << 32) + r.id
             LEFT JOIN history h ON h.run = r.id AND h.key = n.id
             ORDER BY w.key, k.key",
        )
        .bind(serde_json::to_string(run_ids)?)
        .bind(source.0)
        .bind(serde_json::to_string(keys)?)
        .fetch_all(&self.reader())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(HistoryState {
                    run_id: row.try_get(0)?,
                    key: row.try_get(1)?,
                    fetched_at_ms: row.try_get(2)?,
                    up_to_date: row.try_get(3)?,
                    points: row.try_get(4)?,
                })
            })
            .collect()
    }

    /// The metrics of the asked runs, those first that are likely to have a curve and those last that
    /// have none, each by name. The latest value alone cannot say that there was no other: only a
    /// history can.
    pub async fn curves(&self, source: SourceId, run_ids: &[String]) -> Result<Vec<CurveInfo>> {
        let rows = sqlx::query(
            "SELECT n.text, count(*),
                    max(CASE WHEN h.points > 1 THEN 2
                             WHEN h.complete = 1 AND h.of_step IS m.step AND h.of_timestamp_ms IS m.timestamp_ms
                                  AND h.of_value IS m.value THEN 0
                             WHEN m.step <> 0 THEN 2
                             ELSE 1 END) AS chance
             FROM run r CROSS JOIN metric m ON m.run = r.id JOIN name n ON n.id = m.id >> 32
             LEFT JOIN history h ON h.run = r.id AND h.key = n.id
             WHERE r.source = ?1 AND r.run_id IN (SELECT value FROM json_each(?2))
             GROUP BY n.id ORDER BY chance DESC, n.text",
        )
        .bind(source.0)
        .bind(serde_json::to_string(run_ids)?)
        .fetch_all(&self.reader())
        .await?;
        rows.iter()
            .map(|row| {
                let chance = match row.try_get(2)? {
                    0_i64 => CurveChance::None,
                    1 => CurveChance::Possible,
                    _ => CurveChance::Likely,
                };
                Ok(CurveInfo { key: row.try_get(0)?, run_count: row.try_get(1)?, chance })
            })
            .collect()
    }

    /// The latest value of a metric as the cache has it, as a point.
    pub async fn latest_point(&self, source: SourceId, run_id: &str, key: &str) -> Result<Option<MetricPoint>> {
        let row = sqlx::query(
            "SELECT m.step, m.timestamp_ms, m.value FROM run r JOIN name n ON n.source = r.source AND n.text = ?3
             JOIN metric m ON m.id = (n.id << 32) + r.id WHERE r.source = ?1 AND r.run_id = ?2",
        )
        .bind(source.0)
        .bind(run_id)
        .bind(key)
        .fetch_optional(&self.reader())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let value: Option<f64> = row.try_get(2)?;
        Ok(Some(MetricPoint {
            step: row.try_get(0)?,
            timestamp_ms: row.try_get(1)?,
            value: MetricValue(value.unwrap_or(f64::NAN)),
        }))
    }
}

fn from_row(row: &SqliteRow) -> Result<History> {
    Ok(History {
        steps: numbers_of(row.try_get(0)?, i64::from_le_bytes),
        timestamps_ms: numbers_of(row.try_get(1)?, i64::from_le_bytes),
        values: numbers_of(row.try_get(2)?, f64::from_le_bytes),
    })
}

fn bytes_of<T: Copy>(numbers: &[T], to_bytes: impl Fn(T) -> [u8; 8]) -> Vec<u8> {
    numbers.iter().flat_map(|number| to_bytes(*number)).collect()
}

fn numbers_of<T>(bytes: &[u8], from_bytes: impl Fn([u8; 8]) -> T) -> Vec<T> {
    bytes.as_chunks::<8>().0.iter().map(|chunk| from_bytes(*chunk)).collect()
}
