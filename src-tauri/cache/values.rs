//! Values of runs in columns: what charts of values, groups, and colours by a value are made of.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use specta::Type;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection, TypeInfo, ValueRef};

use super::logged::first_id;
use super::search::attribute_sql;
use super::statement::{Bind, Statement};
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

/// Columns read by one statement: SQLite has a limit on result columns.
const COLUMNS_PER_QUERY: usize = 500;

impl Cache {
    /// Of listed runs, those that the cache does not have are left out. Beside the attributes of the table there are
    /// `parent_run`, its name with the start of its id, and `dataset`, all of the run by name and digest. Params and tags are numbers where all values
    /// of the key among these runs are, and categories otherwise. A filter that cannot be read is an error.
    pub async fn values(&self, of: &RunSet, columns: &[Column]) -> Result<RunValues> {
        let from = match of {
            RunSet::Listed(asked) => listed_from(asked)?,
            RunSet::Found(view) => self.matching_from(view).await?,
        };
        let mut reading = self.reader().begin().await?;
        let names = name_ids(&mut reading, columns).await?;
        let mut values = RunValues::default();
        // One round even without columns, for the runs themselves.
        let mut rest = columns;
        loop {
            let (now, later) = rest.split_at(rest.len().min(COLUMNS_PER_QUERY));
            let (metrics, others): (Vec<&Column>, Vec<&Column>) = now.iter().partition(|of| is_metric(of));
            let lists = lists_query(&others, &names, &from).query().fetch_one(&mut *reading).await?;
            let rows = match metrics.is_empty() {
                true => Vec::new(),
                false => metrics_query(&metrics, &names, &from).query().fetch_all(&mut *reading).await?,
            };
            if values.columns.is_empty() {
                values.runs = named_runs(&lists)?;
            }
            let (mut lists_at, mut rows_at) = (FIRST_COLUMN.., 0..);
            for column in now {
                values.columns.push(match is_metric(column) {
                    true => numbers(&rows, rows_at.next().unwrap_or_default())?,
                    false => read_list(lists.try_get(lists_at.next().unwrap_or_default())?, column)?,
                });
            }
            if later.is_empty() {
                return Ok(values);
            }
            rest = later;
        }
    }
}

fn is_metric(column: &Column) -> bool {
    column.kind == ColumnKind::Metric
}

/// As [`Cache::matching_from`], for these runs in this order.
fn listed_from(asked: &[RunRef]) -> Result<Statement> {
    let mut from = Statement::new(" FROM json_each(");
    from.bind(Bind::Text(serde_json::to_string(asked)?)).push(
        ") w CROSS JOIN source s ON s.profile_id = w.value ->> 'profileId'
         CROSS JOIN run r ON r.source = s.id AND r.run_id = w.value ->> 'runId'
         CROSS JOIN experiment e ON e.id = r.experiment
         WHERE r.stage < 2 ORDER BY w.key",
    );
    Ok(from)
}

const FIRST_COLUMN: usize = 4;

/// One row, in which each column is a list of the values of all runs, as JSON: to hand over a row for every run takes
/// several times longer than to find its values. The lists are in the order of the inner query.
fn lists_query(columns: &[&Column], names: &HashMap<String, i64>, from: &Statement) -> Statement {
    let lists: String = (0..columns.len()).map(|position| format!(", json_group_array(c{position})")).collect();
    let mut statement = Statement::new(
        "SELECT json_group_array(profile_id), json_group_array(run_id), json_group_array(run_name),
                json_group_array(experiment_id)",
    );
    statement.push(&lists).push(" FROM (SELECT s.profile_id, r.run_id, r.run_name, e.experiment_id");
    for (position, column) in columns.iter().enumerate() {
        let name = names.get(&column.key).copied().unwrap_or(-1);
        let cell = match column.kind {
            ColumnKind::Param => format!("(SELECT value FROM param WHERE id = {} + r.id)", first_id(name)),
            ColumnKind::Tag => format!("(SELECT value FROM tag WHERE id = {} + r.id)", first_id(name)),
            ColumnKind::Attribute => attribute_cell(&column.key),
            ColumnKind::Metric => "NULL".to_owned(),
        };
        statement.push(&format!(", {cell} AS c{position}"));
    }
    statement.append(from).push(")");
    statement
}

/// A row for each run: as text, in a list, a number would lose its last bits.
fn metrics_query(metrics: &[&Column], names: &HashMap<String, i64>, from: &Statement) -> Statement {
    let cell = |column: &&Column| {
        let name = names.get(&column.key).copied().unwrap_or(-1);
        // A row with NULL is NaN; no row is no value.
        format!("(SELECT ifnull(value, 'NaN') FROM metric WHERE id = {} + r.id)", first_id(name))
    };
    let cells: Vec<String> = metrics.iter().map(cell).collect();
    let mut statement = Statement::new("SELECT ");
    statement.push(&cells.join(", ")).append(from);
    statement
}

fn attribute_cell(key: &str) -> String {
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
    format!("CAST({expression} AS {})", if is_number(key) { "REAL" } else { "TEXT" })
}

/// Of attributes.
fn is_number(key: &str) -> bool {
    matches!(key, "start_time" | "end_time" | "duration")
}

async fn name_ids(reading: &mut SqliteConnection, columns: &[Column]) -> Result<HashMap<String, i64>> {
    let keys: Vec<&str> = columns.iter().map(|column| column.key.as_str()).collect();
    let sql = "SELECT text, id FROM name WHERE text IN (SELECT value FROM json_each(?))";
    let rows = sqlx::query(sql).bind(serde_json::to_string(&keys)?).fetch_all(reading).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

fn named_runs(row: &SqliteRow) -> Result<Vec<NamedRun>> {
    let list = |position: usize| -> Result<Vec<String>> { Ok(serde_json::from_str(row.try_get(position)?)?) };
    let runs = list(0)?.into_iter().zip(list(1)?).zip(list(2)?).zip(list(3)?);
    let named = runs.map(|(((profile_id, run_id), run_name), experiment_id)| {
        let display_name = display_name(&run_name, &run_id);
        NamedRun { run: RunRef { profile_id, run_id }, display_name, experiment_id }
    });
    Ok(named.collect())
}

fn numbers(rows: &[SqliteRow], position: usize) -> Result<Values> {
    let number = |row: &SqliteRow| -> Result<Option<f64>> {
        let value = row.try_get_raw(position)?;
        Ok(match value.type_info().name() {
            _ if value.is_null() => None,
            "TEXT" => Some(f64::NAN),
            _ => row.try_get(position)?,
        })
    };
    Ok(Values::Numbers(rows.iter().map(number).collect::<Result<_>>()?))
}

/// Of anything but a metric.
fn read_list(list: &str, column: &Column) -> Result<Values> {
    if column.kind == ColumnKind::Attribute && is_number(&column.key) {
        return Ok(Values::Numbers(serde_json::from_str(list)?));
    }
    let texts: Vec<Option<String>> = serde_json::from_str(list)?;
    if column.kind == ColumnKind::Attribute {
        return Ok(categories(&texts));
    }
    let numbers: Vec<Option<f64>> = texts.iter().map(|text| text.as_deref().and_then(number_of)).collect();
    let are_numbers = texts.iter().zip(&numbers).all(|(text, number)| text.is_some() == number.is_some());
    Ok(if are_numbers { Values::Numbers(numbers) } else { categories(&texts) })
}

fn categories(texts: &[Option<String>]) -> Values {
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
