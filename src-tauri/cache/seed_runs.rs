//! Runs that differ from one in their seed only.

use super::{Cache, Result, SourceId};

/// More say no more.
const MOST_RUNS: u32 = 200;

impl Cache {
    /// The active runs of the same experiment that have the same params as this run but for those called like a seed
    /// (`seed`, `random_seed`, `random_state`), itself among them. None where it has no param besides.
    pub async fn seed_runs(&self, source: SourceId, run_id: &str) -> Result<Vec<String>> {
        let found = sqlx::query_scalar(
            "WITH of AS (SELECT id, experiment FROM run WHERE source = ?1 AND run_id = ?2),
                seed AS MATERIALIZED (SELECT id FROM name
                    WHERE lower(text) GLOB '*seed' OR lower(text) GLOB '*random_state'),
                own AS MATERIALIZED (SELECT p.id >> 32 AS key, p.value FROM of JOIN param p ON p.run = of.id
                    WHERE p.id >> 32 NOT IN (SELECT id FROM seed))
             SELECT r.run_id FROM of JOIN run r ON r.experiment = of.experiment AND r.stage = 0
             WHERE EXISTS (SELECT 1 FROM own)
             AND NOT EXISTS (SELECT 1 FROM own LEFT JOIN param p ON p.id = (own.key << 32) + r.id
                 WHERE p.value IS NOT own.value)
             AND (SELECT count(*) FROM param p WHERE p.run = r.id AND p.id >> 32 NOT IN (SELECT id FROM seed))
                 = (SELECT count(*) FROM own)
             ORDER BY r.start_time_ms DESC, r.run_id LIMIT ?3",
        );
        Ok(found.bind(source.0).bind(run_id).bind(MOST_RUNS).fetch_all(&self.reader()).await?)
    }
}
