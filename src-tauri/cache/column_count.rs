//! How many runs of an experiment have a column, kept up to date with every write.

use sqlx::{AssertSqlSafe, SqliteConnection};

use super::Result;

/// Adds (`sign` 1) the keys of active runs to the counts of columns, or takes them off (-1).
pub(super) async fn count_columns(connection: &mut SqliteConnection, ids: &[i64], sign: i64) -> Result<()> {
    let ids = serde_json::to_string(ids)?;
    for (kind, table, is_number) in
        [(1, "metric", "1"), (2, "param", "number IS NOT NULL"), (3, "tag", "number IS NOT NULL")]
    {
        let sql = format!(
            "INSERT INTO column_count (experiment, kind, key, run_count, number_count)
             SELECT r.experiment, {kind}, m.id >> 32, ?1 * count(*), ?1 * sum({is_number})
             FROM run r CROSS JOIN {table} m ON m.run = r.id
             WHERE r.id IN (SELECT value FROM json_each(?2)) AND r.stage = 0
             GROUP BY r.experiment, m.id >> 32
             ON CONFLICT (experiment, kind, key) DO UPDATE SET
                 run_count = run_count + excluded.run_count, number_count = number_count + excluded.number_count"
        );
        sqlx::query(AssertSqlSafe(sql)).bind(sign).bind(&ids).execute(&mut *connection).await?;
    }
    Ok(())
}
