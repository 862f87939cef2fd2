//! Values of runs in columns: what charts of values, groups, and colours by a value are made of.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use specta::Type;
use sqlx::{AssertSqlSafe, Row, SqliteConnection};

use super::logged::first_id;
use super::search::{attribute_sql, run_rows};
use super::view::{Column, ColumnKind, RunsView};
use super::{Cache, Result};
use crate::entities::{RunRef, display_name};
use crate::query::number_of;

/// Which runs are meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", tag = "kind", content = "of")]
pub enum RunSet {
    /// These, in this order.
    Listed(Vec<RunRef>),
    /// All that the view finds, in its order, whatever its window.
    Found(RunsView),
}

/// Some columns of some runs.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RunValues {
    pub runs: Vec<NamedRun>,
    /// One for each asked column, in the asked order; each has one value for each of `runs`.
    pub columns: Vec<Values>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedRun {
    pub run: RunRef,
    pub display_name: String,
    pub experiment_id: String,
}

/// The values of one column. `None` is a run that has none: NaN is a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    Numbers(Vec<Option<f64>>),
    /// Texts, each kept once.
    Categories {
        /// Numbers first, in the order of numbers, then the others in the order of texts.
        names: Vec<String>,
        /// Indices into `names`.
        of: Vec<Option<u32>>,
    },
}

impl Cache {
    /// Of listed runs, those that the cache does not have are left out. Beside the attributes of the table there are
    /// `parent_run`, its name with the start of its id, and `dataset`, all of the run by name and digest. Params and tags are numbers where all values
    /// of the key among these runs are, and categories otherwise. A filter that cannot be read is an error.
    pub async fn values(&self, of: &RunSet, columns: &[Column]) -> Result<RunValues> {
        let ids = match of {
            RunSet::Listed(asked) => run_rows(&mut *self.reader().acquire().await?, asked).await?,
            RunSet::Found(view) => self.matching_ids(view).await?,
        };
        let mut reading = self.reader().begin().await?;
        let (ids, runs) = named(&mut reading, &ids).await?;
        let ids = serde_json::to_string(&ids)?;
        let mut values = Vec::with_capacity(columns.len());
        for column in columns {
            values.push(match column.kind {
                ColumnKind::Attribute => attribute(&mut reading, &ids, runs.len(), &column.key).await?,
                ColumnKind::Metric => metric(&mut reading, &ids, runs.len(), &column.key).await?,
                ColumnKind::Param => text(&mut reading, &ids, runs.len(), "param", &column.key).await?,
                ColumnKind::Tag => text(&mut reading, &ids, runs.len(), "tag", &column.key).await?,
            });
        }
        Ok(RunValues { runs, columns: values })
    }
}

/// Those of the rows that are still there.
async fn named(reading: &mut SqliteConnection, ids: &[i64]) -> Result<(Vec<i64>, Vec<NamedRun>)> {
    let rows = sqlx::query(
        "SELECT r.id, s.profile_id, r.run_id, r.run_name, e.experiment_id
         FROM json_each(?) w CROSS JOIN run r ON r.id = w.value
         JOIN source s ON s.id = r.source JOIN experiment e ON e.id = r.experiment ORDER BY w.key",
    )
    .bind(serde_json::to_string(ids)?)
    .fetch_all(reading)
    .await?;
    let (mut ids, mut runs) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
    for row in rows {
        ids.push(row.try_get(0)?);
        let run = RunRef { profile_id: row.try_get(1)?, run_id: row.try_get(2)? };
        let display_name = display_name(row.try_get(3)?, &run.run_id);
        runs.push(NamedRun { run, display_name, experiment_id: row.try_get(4)? });
    }
    Ok((ids, runs))
}

async fn attribute(reading: &mut SqliteConnection, ids: &str, count: usize, key: &str) -> Result<Values> {
    let is_number = matches!(key, "start_time" | "end_time" | "duration");
    let expression = match (key, attribute_sql(key)) {
        // In the table it only has to sort.
        ("experiment_id", _) => "e.experiment_id",
        // Runs of the same name are not the same run, and neither are datasets.
        ("parent_run", _) => {
            "coalesce((SELECT p.run_name || ' (' || substr(p.run_id, 1, 8) || ')' FROM run p
              WHERE p.source = r.source AND p.run_id = r.parent_run_id AND p.run_name <> ''), r.parent_run_id)"
        }
        ("dataset", _) => {
            "(SELECT group_concat(name, ' + ') FROM (SELECT d.name || ' (' || d.digest || ')' AS name
              FROM dataset_input i JOIN dataset d ON d.id = i.dataset WHERE i.run = r.id ORDER BY 1))"
        }
        (_, Some(expression)) => expression,
        (_, None) => "NULL",
    };
    let kind = if is_number { "REAL" } else { "TEXT" };
    let sql = format!(
        "SELECT w.key, CAST({expression} AS {kind}) FROM json_each(?) w CROSS JOIN run r ON r.id = w.value
         JOIN experiment e ON e.id = r.experiment"
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(ids).fetch_all(reading).await?;
    if is_number {
        let mut numbers = vec![None; count];
        for row in &rows {
            place(&mut numbers, row.try_get(0)?, row.try_get(1)?);
        }
        return Ok(Values::Numbers(numbers));
    }
    let mut texts = vec![None; count];
    for row in &rows {
        place(&mut texts, row.try_get(0)?, row.try_get::<Option<String>, _>(1)?);
    }
    Ok(categories(texts))
}

async fn metric(reading: &mut SqliteConnection, ids: &str, count: usize, key: &str) -> Result<Values> {
    let mut numbers = vec![None; count];
    let Some(name) = name_id(reading, key).await? else { return Ok(Values::Numbers(numbers)) };
    let sql = "SELECT w.key, m.value FROM json_each(?) w CROSS JOIN metric m ON m.id = ? + w.value";
    for row in &sqlx::query(sql).bind(ids).bind(first_id(name)).fetch_all(reading).await? {
        // NaN is kept as NULL.
        place(&mut numbers, row.try_get(0)?, Some(row.try_get::<Option<f64>, _>(1)?.unwrap_or(f64::NAN)));
    }
    Ok(Values::Numbers(numbers))
}

/// A param or tag.
async fn text(
    reading: &mut SqliteConnection,
    ids: &str,
    count: usize,
    table: &'static str,
    key: &str,
) -> Result<Values> {
    let Some(name) = name_id(reading, key).await? else { return Ok(Values::Numbers(vec![None; count])) };
    let sql = format!("SELECT w.key, m.value, m.number FROM json_each(?) w CROSS JOIN {table} m ON m.id = ? + w.value");
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(ids).bind(first_id(name)).fetch_all(reading).await?;
    let (mut texts, mut numbers) = (vec![None; count], vec![None; count]);
    let mut is_number = true;
    for row in &rows {
        let number: Option<f64> = row.try_get(2)?;
        is_number &= number.is_some();
        place(&mut numbers, row.try_get(0)?, number);
        place(&mut texts, row.try_get(0)?, Some(row.try_get::<String, _>(1)?));
    }
    Ok(if is_number { Values::Numbers(numbers) } else { categories(texts) })
}

async fn name_id(reading: &mut SqliteConnection, key: &str) -> Result<Option<i64>> {
    Ok(sqlx::query_scalar("SELECT id FROM name WHERE text = ?").bind(key).fetch_optional(reading).await?)
}

fn place<T>(all: &mut [Option<T>], at: i64, value: Option<T>) {
    if let Some(slot) = usize::try_from(at).ok().and_then(|at| all.get_mut(at)) {
        *slot = value;
    }
}

fn categories(texts: Vec<Option<String>>) -> Values {
    let names: BTreeSet<&str> = texts.iter().flatten().map(String::as_str).collect();
    // Those that are numbers before those that are none.
    let mut names: Vec<(Option<f64>, &str)> = names.into_iter().map(|name| (number_of(name), name)).collect();
    names.sort_by(|(a, _), (b, _)| match (a, b) {
        (Some(a), Some(b)) => a.total_cmp(b),
        (a, b) => b.is_some().cmp(&a.is_some()),
    });
    let index: HashMap<&str, u32> = names.iter().map(|(_, name)| *name).zip(0..).collect();
    let of = texts.iter().map(|text| text.as_deref().and_then(|text| index.get(text).copied())).collect();
    Values::Categories { names: names.iter().map(|(_, name)| (*name).to_owned()).collect(), of }
}
