//! Which columns the runs of some experiments have. Counted as runs are written, so that asking
//! costs the same for ten runs and for a hundred thousand.

use sqlx::Row;

use super::statement::Statement;
use super::view::{Column, ColumnInfo, ColumnKind, ProfileExperiments};
use super::{Cache, Result};
use crate::direction::Direction;

impl Cache {
    /// Metrics, params and tags of the active runs of some experiments, in this order, each most
    /// filled first and then by name.
    pub async fn columns(&self, scope: &[ProfileExperiments]) -> Result<Vec<ColumnInfo>> {
        let mut reading = self.reader().acquire().await?;
        let experiments = experiment_rows(&mut reading, scope).await?;
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

/// The ids of the rows of these experiments.
pub(super) async fn experiment_rows(
    connection: &mut sqlx::SqliteConnection,
    scope: &[ProfileExperiments],
) -> Result<Vec<i64>> {
    let rows = sqlx::query_scalar(
        "SELECT DISTINCT e.id FROM json_each(?) w CROSS JOIN source s ON s.profile_id = w.value ->> 'profileId'
         CROSS JOIN experiment e ON e.source = s.id
         AND CASE WHEN w.value ->> 'experimentIds' = '[]' THEN e.stage = 0
             ELSE e.experiment_id IN (SELECT value FROM json_each(w.value ->> 'experimentIds')) END ORDER BY e.id",
    )
    .bind(serde_json::to_string(scope)?)
    .fetch_all(connection)
    .await?;
    Ok(rows)
}
