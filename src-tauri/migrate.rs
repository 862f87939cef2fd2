//! From an older shape of a database file to the newest, step by step.

use sqlx::{AssertSqlSafe, SqlitePool};

/// SQL scripts; each takes the tables one version further. `PRAGMA user_version` counts those that a file has seen,
/// so what a comment says does not matter. Steps that have shipped are never edited and never removed: some file
/// somewhere has yet to take them.
pub type Steps = &'static [&'static str];

/// Runs the steps that a file has not seen, each in a transaction of its own. Answers with the version that was
/// found. It is greater than the number of steps where a newer program wrote the file, which then stays as it is.
pub async fn migrate(pool: &SqlitePool, steps: Steps) -> Result<usize, sqlx::Error> {
    let version: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(pool).await?;
    let found = usize::try_from(version).unwrap_or(0);
    for (index, step) in steps.iter().enumerate().skip(found) {
        let mut transaction = pool.begin().await?;
        sqlx::raw_sql(*step).execute(&mut *transaction).await?;
        let version = AssertSqlSafe(format!("PRAGMA user_version = {}", index + 1));
        sqlx::raw_sql(version).execute(&mut *transaction).await?;
        transaction.commit().await?;
    }
    Ok(found)
}
