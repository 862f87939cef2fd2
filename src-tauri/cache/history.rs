//! Metric histories: what curves are drawn from. Never sampled; read as whole columns.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqlitePool};

use super::column::{integers_from_bytes, integers_to_bytes, values_from_bytes, values_to_bytes};
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

/// What a file of histories says about one, without its points.
#[derive(Clone, Copy)]
struct StoredHistory {
    points: u32,
    fetched_at_ms: i64,
    /// The run's latest metric when it was fetched.
    of: Option<MetricPoint>,
}

impl StoredHistory {
    /// Whether it has all points up to `latest`. NaN is the same as NaN here.
    fn is_up_to(&self, latest: &MetricPoint) -> bool {
        self.of.is_some_and(|of| {
            let same_value = of.value.0 == latest.value.0 || (of.value.0.is_nan() && latest.value.0.is_nan());
            same_value && (of.step, of.timestamp_ms) == (latest.step, latest.timestamp_ms)
        })
    }
}

/// A metric that a run has logged, with its latest value in the cache, and what is kept of its history.
struct Curve {
    run_id: String,
    key: String,
    latest: MetricPoint,
    kept: Option<StoredHistory>,
}

impl Curve {
    fn chance(&self) -> CurveChance {
        match &self.kept {
            Some(kept) if kept.points > 1 => CurveChance::Likely,
            Some(kept) if kept.is_up_to(&self.latest) => CurveChance::None,
            _ if self.latest.step != 0 => CurveChance::Likely,
            _ => CurveChance::Possible,
        }
    }
}

impl Cache {
    /// The histories of one metric, one per asked run and in the same order; `None` where the
    /// cache has none.
    pub async fn histories(&self, source: SourceId, run_ids: &[String], key: &str) -> Result<Vec<Option<History>>> {
        let none = || vec![None; run_ids.len()];
        let Some(file) = self.histories_file(source).await? else { return Ok(none()) };
        let read = read_histories(&file.pools.reader, run_ids, key).await;
        Ok(self.unless_damaged(source, &file, read).await?.unwrap_or_else(none))
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
        let known: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM run WHERE source = ? AND run_id = ?)")
            .bind(source.0)
            .bind(run_id)
            .fetch_one(&self.reader())
            .await?;
        if !known {
            return Ok(());
        }
        let Some(file) = self.histories_file(source).await? else { return Ok(()) };
        let written = write_history(&file.pools.writer, run_id, key, history, of, fetched_at_ms).await;
        // A file that was begun anew lacks this history too, which is therefore fetched again.
        self.unless_damaged(source, &file, written).await?;
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
        let kept = self.kept(source, run_ids).await?;
        let curves = self.curves_with(source, run_ids, keys, &kept).await?;
        let state = |curve: Curve| HistoryState {
            up_to_date: curve.kept.as_ref().is_some_and(|kept| kept.is_up_to(&curve.latest)),
            fetched_at_ms: curve.kept.as_ref().map(|kept| kept.fetched_at_ms),
            points: curve.kept.map_or(0, |kept| kept.points),
            run_id: curve.run_id,
            key: curve.key,
        };
        Ok(curves.into_iter().map(state).collect())
    }

    /// The metrics of the asked runs, those first that are likely to have a curve and those last that
    /// have none, each by name. The latest value alone cannot say that there was no other: only a
    /// history can.
    pub async fn curves(&self, source: SourceId, run_ids: &[String]) -> Result<Vec<CurveInfo>> {
        let rows = sqlx::query(
            "SELECT n.text, count(*), max(m.step <> 0)
             FROM run r CROSS JOIN metric m ON m.run = r.id JOIN name n ON n.id = m.id >> 32
             WHERE r.source = ?1 AND r.run_id IN (SELECT value FROM json_each(?2)) GROUP BY n.id",
        )
        .bind(source.0)
        .bind(serde_json::to_string(run_ids)?)
        .fetch_all(&self.reader())
        .await?;
        // Few metrics have histories: only these are looked at run by run.
        let kept = self.kept(source, run_ids).await?;
        let keys: BTreeSet<&String> = kept.keys().map(|(_, key)| key).collect();
        let keys: Vec<String> = keys.into_iter().cloned().collect();
        let mut known: BTreeMap<String, CurveChance> = BTreeMap::new();
        for curve in self.curves_with(source, run_ids, &keys, &kept).await? {
            let chance = curve.chance();
            known.entry(curve.key).and_modify(|best| *best = (*best).min(chance)).or_insert(chance);
        }
        let mut infos: Vec<CurveInfo> = rows
            .iter()
            .map(|row| {
                let key: String = row.try_get(0)?;
                let chance = match (known.get(&key), row.try_get(2)?) {
                    (Some(chance), _) => *chance,
                    (None, true) => CurveChance::Likely,
                    (None, false) => CurveChance::Possible,
                };
                Ok(CurveInfo { key, run_count: row.try_get(1)?, chance })
            })
            .collect::<Result<_>>()?;
        infos.sort_by(|a, b| a.chance.cmp(&b.chance).then_with(|| a.key.cmp(&b.key)));
        Ok(infos)
    }

    /// What is kept of the histories of some runs, by (run id, metric).
    async fn kept(&self, source: SourceId, run_ids: &[String]) -> Result<HashMap<(String, String), StoredHistory>> {
        let Some(file) = self.histories_file(source).await? else { return Ok(HashMap::new()) };
        let read = read_kept(&file.pools.reader, run_ids).await;
        Ok(self.unless_damaged(source, &file, read).await?.unwrap_or_default())
    }

    /// For every pair of the asked runs and metrics that a run has logged, in the order asked.
    async fn curves_with(
        &self,
        source: SourceId,
        run_ids: &[String],
        keys: &[String],
        kept: &HashMap<(String, String), StoredHistory>,
    ) -> Result<Vec<Curve>> {
        let rows = sqlx::query(
            "SELECT r.run_id, n.text, m.step, m.timestamp_ms, m.value
             FROM json_each(?1) w CROSS JOIN run r ON r.source = ?2 AND r.run_id = w.value
             CROSS JOIN json_each(?3) k CROSS JOIN name n ON n.text = k.value
             JOIN metric m ON m.id = (n.id << 32) + r.id ORDER BY w.key, k.key",
        )
        .bind(serde_json::to_string(run_ids)?)
        .bind(source.0)
        .bind(serde_json::to_string(keys)?)
        .fetch_all(&self.reader())
        .await?;
        rows.iter()
            .map(|row| {
                let name = (row.try_get(0)?, row.try_get(1)?);
                let kept = kept.get(&name).copied();
                Ok(Curve { latest: latest(row, 2)?, kept, run_id: name.0, key: name.1 })
            })
            .collect()
    }

    /// The latest value of a metric as the cache has it, as a point.
    pub async fn latest_point(&self, source: SourceId, run_id: &str, key: &str) -> Result<Option<MetricPoint>> {
        let row = sqlx::query(
            "SELECT m.step, m.timestamp_ms, m.value FROM run r JOIN name n ON n.text = ?3
             JOIN metric m ON m.id = (n.id << 32) + r.id WHERE r.source = ?1 AND r.run_id = ?2",
        )
        .bind(source.0)
        .bind(run_id)
        .bind(key)
        .fetch_optional(&self.reader())
        .await?;
        row.map(|row| latest(&row, 0)).transpose()
    }
}

/// Step, timestamp and value, from this column on.
fn latest(row: &SqliteRow, column: usize) -> Result<MetricPoint> {
    let value: Option<f64> = row.try_get(column + 2)?;
    Ok(MetricPoint {
        step: row.try_get(column)?,
        timestamp_ms: row.try_get(column + 1)?,
        value: MetricValue(value.unwrap_or(f64::NAN)),
    })
}

async fn read_kept(pool: &SqlitePool, run_ids: &[String]) -> Result<HashMap<(String, String), StoredHistory>> {
    let rows = sqlx::query(
        "SELECT h.run_id, h.key, h.points, h.fetched_at_ms, h.of_step, h.of_timestamp_ms, h.of_value
         FROM json_each(?) w CROSS JOIN history h ON h.run_id = w.value",
    )
    .bind(serde_json::to_string(run_ids)?)
    .fetch_all(pool)
    .await?;
    rows.iter()
        .map(|row| {
            let step: Option<i64> = row.try_get(4)?;
            let kept = StoredHistory {
                points: row.try_get(2)?,
                fetched_at_ms: row.try_get(3)?,
                of: step.map(|_| latest(row, 4)).transpose()?,
            };
            Ok(((row.try_get(0)?, row.try_get(1)?), kept))
        })
        .collect()
}

async fn read_histories(pool: &SqlitePool, run_ids: &[String], key: &str) -> Result<Vec<Option<History>>> {
    let rows = sqlx::query(
        "SELECT w.key, h.id, h.points FROM json_each(?) w CROSS JOIN history h ON h.run_id = w.value AND h.key = ?",
    )
    .bind(serde_json::to_string(run_ids)?)
    .bind(key)
    .fetch_all(pool)
    .await?;
    let wanted: Vec<(u32, i64, u32)> = rows
        .iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?)))
        .collect::<std::result::Result<_, sqlx::Error>>()?;
    let parts = wanted.chunks(HISTORIES_PER_READER).map(|wanted| {
        let (pool, wanted) = (pool.clone(), wanted.to_vec());
        tokio::spawn(async move {
            let mut connection = pool.acquire().await?;
            let mut histories = Vec::with_capacity(wanted.len());
            for (position, id, points) in wanted {
                let row = sqlx::query("SELECT steps, timestamps_ms, metric_values FROM point WHERE id = ?")
                    .bind(id)
                    .fetch_optional(&mut *connection)
                    .await?;
                if let Some(row) = row {
                    histories.push((position, history(&row, points)?));
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
            if let Some(slot) = histories.get_mut(usize::try_from(position).unwrap_or(usize::MAX)) {
                *slot = Some(history);
            }
        }
    }
    Ok(histories)
}

fn history(row: &SqliteRow, points: u32) -> Result<History> {
    let points = usize::try_from(points).unwrap_or(usize::MAX);
    let history = || -> std::result::Result<Option<History>, sqlx::Error> {
        let steps = integers_from_bytes(row.try_get(0)?, points);
        let timestamps_ms = integers_from_bytes(row.try_get(1)?, points);
        let values = values_from_bytes(row.try_get(2)?, points);
        Ok(steps.zip(timestamps_ms).zip(values).map(|((steps, timestamps_ms), values)| History {
            steps,
            timestamps_ms,
            values,
        }))
    };
    history()?.ok_or_else(|| CacheError::Damaged { reason: "the columns of a history are no numbers".to_owned() })
}

async fn write_history(
    pool: &SqlitePool,
    run_id: &str,
    key: &str,
    history: &History,
    of: Option<MetricPoint>,
    fetched_at_ms: i64,
) -> Result<()> {
    let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO history (run_id, key, points, fetched_at_ms, of_step, of_timestamp_ms, of_value)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (run_id, key) DO UPDATE
         SET points = ?3, fetched_at_ms = ?4, of_step = ?5, of_timestamp_ms = ?6, of_value = ?7 RETURNING id",
    )
    .bind(run_id)
    .bind(key)
    .bind(i64::try_from(history.len()).unwrap_or(i64::MAX))
    .bind(fetched_at_ms)
    .bind(of.map(|point| point.step))
    .bind(of.map(|point| point.timestamp_ms))
    .bind(of.map(|point| point.value.0))
    .fetch_one(&mut *transaction)
    .await?;
    sqlx::query("INSERT OR REPLACE INTO point (id, steps, timestamps_ms, metric_values) VALUES (?, ?, ?, ?)")
        .bind(id)
        .bind(integers_to_bytes(&history.steps))
        .bind(integers_to_bytes(&history.timestamps_ms))
        .bind(values_to_bytes(&history.values))
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(())
}
