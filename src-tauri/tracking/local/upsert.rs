//! How a row of a registry table is written.

use sqlx::{AssertSqlSafe, SqliteConnection};

use super::schema::{Schema, WORKSPACE};

pub enum Value<'v> {
    Text(&'v str),
    Integer(i64),
}

/// Inserts a row of a registry table, or changes `changed` of the row with the same other columns.
pub async fn upsert(
    connection: &mut SqliteConnection,
    schema: &Schema,
    table: &str,
    columns: &[(&str, Value<'_>)],
    changed: &str,
) -> sqlx::Result<()> {
    let workspace = schema.workspaces.then_some(("workspace", Value::Text(WORKSPACE)));
    let columns: Vec<_> = columns.iter().chain(&workspace).collect();
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    let key: Vec<&str> = names.iter().copied().filter(|name| *name != changed).collect();
    let statement = format!(
        "INSERT INTO {table} ({}) VALUES ({}) ON CONFLICT ({}) DO UPDATE SET {changed} = excluded.{changed}",
        names.join(", "),
        vec!["?"; names.len()].join(", "),
        key.join(", "),
    );
    let mut question = sqlx::query(AssertSqlSafe(statement));
    for (_, value) in columns {
        question = match value {
            Value::Text(text) => question.bind(*text),
            Value::Integer(number) => question.bind(*number),
        };
    }
    question.execute(connection).await.map(|_| ())
}
