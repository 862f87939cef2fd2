//! Whose rows are whose: every table but `name` hangs on a source, itself or through an experiment or a run.

use sqlx::{AssertSqlSafe, SqliteConnection};

use super::Result;

/// Each after those that it hangs on.
const TABLES: &[(&str, Parent)] = &[
    ("source", Parent::Itself),
    ("experiment", Parent::Source),
    ("run", Parent::Source),
    ("registered_model", Parent::Source),
    ("model_version", Parent::Source),
    ("logged_model", Parent::Source),
    ("column_count", Parent::Experiment),
    ("dataset", Parent::Experiment),
    ("metric", Parent::Run),
    ("param", Parent::Run),
    ("tag", Parent::Run),
    ("dataset_input", Parent::Run),
    ("sync_state", Parent::Source),
];

#[derive(Clone, Copy)]
enum Parent {
    Itself,
    Source,
    Experiment,
    Run,
}

impl Parent {
    /// The rows of a source, where `database` has the experiments and runs.
    fn condition(self, database: &str, source: i64) -> String {
        match self {
            Self::Itself => format!("id = {source}"),
            Self::Source => format!("source = {source}"),
            Self::Experiment => {
                format!("experiment IN (SELECT id FROM {database}.experiment WHERE source = {source})")
            }
            Self::Run => format!("run IN (SELECT id FROM {database}.run WHERE source = {source})"),
        }
    }
}

/// Takes all rows of a source out, and the names that no other source has.
pub(super) async fn delete(connection: &mut SqliteConnection, source: i64) -> Result<()> {
    for (table, hangs) in TABLES.iter().rev() {
        let condition = hangs.condition("main", source);
        execute(connection, format!("DELETE FROM {table} WHERE {condition}")).await?;
    }
    let used = ["metric", "param", "tag"]
        .map(|table| format!("EXISTS (SELECT 1 FROM {table} WHERE id >= n.id << 32 AND id < (n.id + 1) << 32)"));
    execute(connection, format!("DELETE FROM name AS n WHERE NOT ({})", used.join(" OR "))).await
}

/// Copies all rows of a source, and the names in them, from the open file to `fresh`, which is attached and has
/// tables of the same version. Reads no page that holds only rows of other sources.
pub(super) async fn copy(connection: &mut SqliteConnection, source: i64) -> Result<()> {
    for (table, hangs) in TABLES {
        if exists(connection, table).await? {
            let condition = hangs.condition("fresh", source);
            execute(connection, format!("INSERT INTO fresh.{table} SELECT * FROM main.{table} WHERE {condition}"))
                .await?;
        }
    }
    let of_source = Parent::Run.condition("fresh", source);
    let used = ["metric", "param", "tag"]
        .map(|table| format!("SELECT id >> 32 FROM fresh.{table} WHERE {of_source}"))
        .join(" UNION ");
    execute(connection, format!("INSERT OR IGNORE INTO fresh.name SELECT * FROM main.name WHERE id IN ({used})")).await
}

/// A file of an older version may not have every table yet.
async fn exists(connection: &mut SqliteConnection, table: &str) -> Result<bool> {
    let found = sqlx::query_scalar("SELECT count(*) FROM fresh.sqlite_schema WHERE name = ?").bind(table);
    Ok(found.fetch_one(connection).await?)
}

async fn execute(connection: &mut SqliteConnection, sql: String) -> Result<()> {
    sqlx::query(AssertSqlSafe(sql)).persistent(false).execute(connection).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::tests::cache;
    use super::*;

    #[tokio::test]
    async fn every_table_says_whose_its_rows_are() {
        let (_folder, cache, _) = cache().await;
        let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'name'";
        let mut tables: Vec<String> = sqlx::query_scalar(sql).fetch_all(&cache.reader()).await.unwrap();
        let mut known: Vec<&str> = TABLES.iter().map(|(table, _)| *table).collect();
        tables.sort();
        known.sort();
        assert_eq!(tables, known);
    }
}
