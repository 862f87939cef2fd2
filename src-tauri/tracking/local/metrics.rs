//! The history of one metric of one run.

use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, SqliteConnection};

use super::open::Database;
use super::schema::Schema;
use super::{refused, row};
use crate::entities::{MetricPoint, MetricValue};
use crate::tracking::{Page, Result};

/// Large enough for one page to be the usual case, small enough that a writing server does not
/// notice the read.
const PAGE_SIZE: usize = 50_000;

/// The whole key of a row of one history, which is also its order here.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Position {
    step: i64,
    timestamp_ms: i64,
    value: f64,
    is_nan: bool,
}

/// Points by (step, timestamp, value). A run or a metric that is not there has no points.
pub async fn history(
    database: &Database,
    run_id: &str,
    metric_key: &str,
    page_token: Option<&str>,
) -> Result<Page<MetricPoint>> {
    let after = page_token.map(|token| Position::from_token(token).ok_or_else(|| refused("Invalid page token.")));
    let after = after.transpose()?;
    let mut transaction = database.read().await?;
    let found = page(&mut transaction, &database.schema, run_id, metric_key, after).await;
    database.end(transaction, found).await
}

const AFTER: &str = "AND (step, timestamp, value, is_nan) > (?, ?, ?, ?)";

async fn page(
    connection: &mut SqliteConnection,
    schema: &Schema,
    run_id: &str,
    metric_key: &str,
    after: Option<Position>,
) -> sqlx::Result<Page<MetricPoint>> {
    let (key, rest) = (key_column(schema), if after.is_some() { AFTER } else { "" });
    let select = format!(
        "SELECT step, timestamp, value, is_nan FROM metrics WHERE run_uuid = ? AND {key} = ? {rest} \
         ORDER BY step, timestamp, value, is_nan LIMIT {PAGE_SIZE}"
    );
    let mut question = sqlx::query(AssertSqlSafe(select)).bind(run_id).bind(metric_key);
    if let Some(after) = after {
        question = question.bind(after.step).bind(after.timestamp_ms).bind(after.value).bind(after.is_nan);
    }
    let rows = question.fetch_all(connection).await?;
    let mut items = Vec::with_capacity(rows.len());
    for found in &rows {
        let at = Position::from_row(found)?;
        items.push(MetricPoint { step: at.step, timestamp_ms: at.timestamp_ms, value: value(at.value, at.is_nan) });
    }
    let last = rows.last().filter(|_| rows.len() == PAGE_SIZE);
    let next_page_token = last.map(Position::from_row).transpose()?.map(Position::into_token);
    Ok(Page { items, next_page_token })
}

/// The primary key starts with the metric's key. Where no index leads from a run to one metric,
/// SQLite would take that way, through this metric of every run; the unary + keeps it from it.
fn key_column(schema: &Schema) -> &'static str {
    if schema.metrics_by_run_only { "+key" } else { "key" }
}

/// The value of a row: where `is_nan` is set, the number beside it means nothing.
pub fn value(number: f64, is_nan: bool) -> MetricValue {
    if is_nan { MetricValue(f64::NAN) } else { MetricValue::from_sql_store(number) }
}

impl Position {
    fn from_row(found: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            step: row::integer(found, 0)?,
            timestamp_ms: row::integer(found, 1)?,
            value: row::real(found, 2)?,
            is_nan: row::integer(found, 3)? != 0,
        })
    }

    /// The value goes as its bits, so that it comes back as exactly the same number.
    fn into_token(self) -> String {
        format!("{}_{}_{:x}_{}", self.step, self.timestamp_ms, self.value.to_bits(), u8::from(self.is_nan))
    }

    fn from_token(token: &str) -> Option<Self> {
        let mut parts = token.split('_');
        let position = Self {
            step: parts.next()?.parse().ok()?,
            timestamp_ms: parts.next()?.parse().ok()?,
            value: f64::from_bits(u64::from_str_radix(parts.next()?, 16).ok()?),
            is_nan: parts.next()? == "1",
        };
        parts.next().is_none().then_some(position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_survives_its_token() {
        for value in [0.1 + 0.2, -0.0, f64::MAX, f64::MIN_POSITIVE, -1e-300] {
            let position = Position { step: i64::MIN, timestamp_ms: -1, value, is_nan: true };
            assert_eq!(Position::from_token(&position.into_token()), Some(position));
        }
        for bad in ["", "1_2_3", "1_2_zz_0", "x_2_3_0", "1_2_3_0_5"] {
            assert_eq!(Position::from_token(bad), None, "{bad}");
        }
    }
}
