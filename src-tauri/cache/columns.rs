//! Which columns the runs of some experiments have. Counted as runs are written, so that asking
//! costs the same for ten runs and for a hundred thousand.

use sqlx::Row;

use super::statement::Statement;
use super::view::{Column, ColumnInfo, ColumnKind};
use super::{Cache, Result, SourceId};
use crate::direction::Direction;

impl Cache {
    /// Metrics, params and tags of the active runs of some experiments, in this order, each most
    /// filled first and then by name. No experiment ids means all active experiments.
    pub async fn columns(&self, source: SourceId, experiment_ids: &[String]) -> Result<Vec<ColumnInfo>> {
        let mut reading = self.reader().acquire().await?;
        let experiments = experiment_rows(&mut reading, source, experiment_ids).await?;
        let mut statement = Statement::new(
            "SELECT c.kind, n.text, sum(c.run_count) AS runs, sum(c.number_count)
             FROM column_count c JOIN name n ON n.id = c.key WHERE c.experiment IN (",
        );
        statement
            .ints(&experiments)
            .push(") GROUP BY c.kind, c.key HAVING runs > 0 ORDER BY c.kind, runs DESC, n.text");
        let rows = statement.query().fetch_all(&mut *reading).await?;
        rows.iter()
            .map(|row| {
                let kind = match row.try_get(0)? {
                    1_i64 => ColumnKind::Metric,
                    2 => ColumnKind::Param,
                    _ => ColumnKind::Tag,
                };
                let (run_count, number_count): (i64, i64) = (row.try_get(2)?, row.try_get(3)?);
                Ok(ColumnInfo {
                    column: Column { kind, key: row.try_get(1)? },
                    run_count: u32::try_from(run_count).unwrap_or(u32::MAX),
                    numeric: number_count == run_count,
                    direction: Direction::default(),
                })
            })
            .collect()
    }
}

/// The rows of some experiments, or of all that are not deleted where none is named.
pub(super) async fn experiment_rows(
    connection: &mut sqlx::SqliteConnection,
    source: SourceId,
    experiment_ids: &[String],
) -> Result<Vec<i64>> {
    let rows = sqlx::query_scalar(
        "SELECT id FROM experiment WHERE source = ?1
         AND CASE WHEN ?2 = '[]' THEN stage = 0 ELSE experiment_id IN (SELECT value FROM json_each(?2)) END ORDER BY id",
    )
    .bind(source.0)
    .bind(serde_json::to_string(experiment_ids)?)
    .fetch_all(connection)
    .await?;
    Ok(rows)
}
