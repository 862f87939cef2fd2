//! A window onto runs: which match, in which order, and only the cells that are on screen.
//!
//! First the rows of the window are found by number (a filter and a sort read one key of many runs,
//! which lie together), then the cells of these few rows are looked up.

use std::time::Instant;

use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection, TypeInfo, ValueRef};

use super::columns::experiment_rows;
use super::duration::DURATION_MS;
use super::experiment::stage_number;
use super::filter::{self, Name, Names};
use super::logged::{Logged, first_id};
use super::statement::{Bind, Statement};
use super::view::{Cell, Column, ColumnKind, RunRow, RunsView, RunsWindow, SortKey};
use super::{Cache, Result};
use crate::entities::{MetricValue, RunDuration, RunRef, RunStatus, display_name};
use crate::query::{Filter, Kinds};

const MAX_ROWS: u32 = 1_000;
/// Cells looked up by one statement: SQLite has a limit on result columns.
const COLUMNS_PER_QUERY: usize = 500;
/// At last by what no two runs of several profiles have in common.
const NEWEST_FIRST: &str = "r.start_time_ms DESC, r.run_id, r.id";

impl Cache {
    /// The window of `view`. A filter that cannot be read is the one error that people make.
    pub async fn search_runs(&self, view: &RunsView) -> Result<RunsWindow> {
        let begun = Instant::now();
        let filter = Filter::parse(&view.filter)?;
        let scope = self.runs_in_scope(view, filter.as_ref()).await?;
        let limit = view.limit.min(MAX_ROWS);

        let pool = self.reader();
        let (matching, ids, total) = tokio::try_join!(
            count(&pool, &scope.matching),
            window(&pool, &scope, view.offset, limit),
            count(&pool, &scope.all),
        )?;
        let mut reading = pool.acquire().await?;
        let rows = self.rows(&mut reading, &ids, &view.columns, &scope.names).await?;
        let matching = matching.or(total).unwrap_or_default();
        Ok(RunsWindow {
            matching,
            total: total.unwrap_or_default(),
            offset: view.offset,
            rows,
            elapsed_ms: begun.elapsed().as_secs_f64() * 1e3,
        })
    }

    /// All matching runs in the order of `view`, whatever its window; for exports and
    /// for selecting all.
    pub async fn matching_runs(&self, view: &RunsView) -> Result<Vec<RunRef>> {
        let filter = Filter::parse(&view.filter)?;
        let scope = self.runs_in_scope(view, filter.as_ref()).await?;
        let mut statement = Statement::new("SELECT s.profile_id, r.run_id FROM run r JOIN source s ON s.id = r.source");
        statement.push(&scope.joins).append(&scope.where_matching).push(" ORDER BY ").push(&scope.order);
        let rows = statement.query().fetch_all(&self.reader()).await?;
        rows.iter().map(|row| Ok(RunRef { profile_id: row.try_get(0)?, run_id: row.try_get(1)? })).collect()
    }

    /// What comes behind the columns of a `SELECT` for all matching runs `r` in the order of `view`, whatever its
    /// window. The profile is in `s`, the experiment in `e`.
    pub(super) async fn matching_from(&self, view: &RunsView) -> Result<Statement> {
        let filter = Filter::parse(&view.filter)?;
        let scope = self.runs_in_scope(view, filter.as_ref()).await?;
        let mut from = Statement::new(FROM_RUNS);
        from.push(&scope.joins).append(&scope.where_matching).push(" ORDER BY ").push(&scope.order);
        Ok(from)
    }

    async fn runs_in_scope(&self, view: &RunsView, filter: Option<&Filter>) -> Result<Scope> {
        let mut reading = self.reader().acquire().await?;
        let experiments = experiment_rows(&mut reading, &view.scope).await?;
        let mut keys: Vec<&str> = filter.map(Filter::names).unwrap_or_default();
        keys.extend(view.sort.iter().map(|sort| sort.column.key.as_str()));
        keys.extend(view.columns.iter().map(|column| column.key.as_str()));
        let names = names(&mut reading, &experiments, &keys).await?;
        drop(reading);

        let mut where_all = Statement::new(" WHERE r.experiment IN (");
        where_all.ints(&experiments).push(") AND r.stage = ").int(stage_number(view.lifecycle_stage));
        let mut where_matching = where_all.clone();
        let mut logged = Logged::default();
        if let Some(filter) = filter {
            where_matching.push(" AND ").append(&filter::condition(filter, &names, &mut logged)?);
        }
        let filter_joins = logged.sql();
        let order = order(&view.sort, &names, &mut logged);
        Ok(Scope {
            all: Some(where_all),
            matching: filter.is_some().then(|| {
                let mut matching = Statement::new(&filter_joins);
                matching.append(&where_matching);
                matching
            }),
            where_matching,
            joins: logged.sql(),
            order,
            names,
        })
    }

    /// The rows of some runs with their cells, in the order of `ids`.
    pub(super) async fn rows(
        &self,
        reading: &mut SqliteConnection,
        ids: &[i64],
        columns: &[Column],
        names: &Names,
    ) -> Result<Vec<RunRow>> {
        let mut rows: Vec<RunRow> = Vec::with_capacity(ids.len());
        // One round even without columns, for the rows themselves.
        let mut rest = columns;
        loop {
            let (now, later) = rest.split_at(rest.len().min(COLUMNS_PER_QUERY));
            let found = rows_query(ids, now, names).query().fetch_all(&mut *reading).await?;
            if rows.is_empty() {
                rows = found.iter().map(run_row).collect::<Result<_>>()?;
            }
            for (row, found) in rows.iter_mut().zip(&found) {
                for (position, column) in now.iter().enumerate() {
                    row.cells.push(cell(found, FIRST_CELL + position, column)?);
                }
            }
            if later.is_empty() {
                return Ok(rows);
            }
            rest = later;
        }
    }
}

struct Scope {
    all: Option<Statement>,
    /// With its joins. Absent where all match.
    matching: Option<Statement>,
    where_matching: Statement,
    /// Of filter and sort.
    joins: String,
    order: String,
    names: Names,
}

/// The ids of the rows of these runs, in this order; those the cache does not have are left out.
pub(super) async fn run_rows(reading: &mut SqliteConnection, asked: &[RunRef]) -> Result<Vec<i64>> {
    let ids = sqlx::query_scalar(
        "SELECT r.id FROM json_each(?) w CROSS JOIN source s ON s.profile_id = w.value ->> 'profileId'
         CROSS JOIN run r ON r.source = s.id AND r.run_id = w.value ->> 'runId'
         WHERE r.stage < 2 ORDER BY w.key",
    )
    .bind(serde_json::to_string(asked)?)
    .fetch_all(reading)
    .await?;
    Ok(ids)
}

/// What the scope's experiments know of these names.
pub(super) async fn names(reading: &mut SqliteConnection, experiments: &[i64], keys: &[&str]) -> Result<Names> {
    if keys.is_empty() {
        return Ok(Names::new());
    }
    let mut statement = Statement::new("SELECT n.text, n.id");
    for kind in [1, 2, 3] {
        statement.push(", EXISTS (SELECT 1 FROM column_count c WHERE c.experiment IN (").ints(experiments);
        statement.push(") AND c.kind = ").int(kind).push(" AND c.key = n.id AND c.run_count > 0)");
    }
    statement.push(" FROM name n WHERE n.text IN (SELECT value FROM json_each(");
    statement.bind(Bind::Text(serde_json::to_string(keys)?)).push("))");
    let rows = statement.query().fetch_all(reading).await?;
    rows.iter()
        .map(|row| {
            let kinds = Kinds { is_metric: row.try_get(2)?, is_param: row.try_get(3)?, is_tag: row.try_get(4)? };
            Ok((row.try_get(0)?, Name { id: row.try_get(1)?, kinds }))
        })
        .collect()
}

/// The order of sort keys, whose tables are added to `logged`. As on the server, whatever the
/// direction: what is missing comes last, and NaN before that. Params and tags that are numbers are
/// in the order of numbers, before the texts; the server knows only the order of texts.
fn order(sort: &[SortKey], names: &Names, logged: &mut Logged) -> String {
    let mut order = Vec::new();
    for key in sort {
        let direction = if key.descending { "DESC" } else { "ASC" };
        let table = match key.column.kind {
            ColumnKind::Attribute => {
                if let Some(expression) = attribute_sql(&key.column.key) {
                    order.push(format!("{expression} {direction} NULLS LAST"));
                }
                continue;
            }
            ColumnKind::Metric => "metric",
            ColumnKind::Param => "param",
            ColumnKind::Tag => "tag",
        };
        let name = names.get(&key.column.key).map_or(-1, |name| name.id);
        let Some(alias) = logged.alias(table, name) else { break };
        order.push(format!("{alias}.id IS NULL"));
        if table == "metric" {
            order.push(format!("{alias}.value {direction} NULLS LAST"));
        } else {
            order.push(format!("{alias}.number {direction} NULLS LAST"));
            order.push(format!("iif({alias}.number IS NULL, {alias}.value, NULL) {direction}"));
        }
    }
    order.push(NEWEST_FIRST.to_owned());
    order.join(", ")
}

pub(super) fn attribute_sql(key: &str) -> Option<&'static str> {
    Some(match key {
        "run_name" => "r.run_name",
        "run_id" => "r.run_id",
        "status" => "r.status",
        "start_time" => "r.start_time_ms",
        "end_time" => "r.end_time_ms",
        "duration" => DURATION_MS,
        "user_id" => "r.user_id",
        "experiment_id" => "r.experiment",
        "artifact_uri" => "r.artifact_uri",
        _ => return None,
    })
}

async fn count(pool: &sqlx::SqlitePool, of: &Option<Statement>) -> Result<Option<u32>> {
    let Some(of) = of else { return Ok(None) };
    let mut statement = Statement::new("SELECT count(*) FROM run r");
    statement.append(of);
    Ok(Some(statement.query().fetch_one(pool).await?.try_get(0)?))
}

async fn window(pool: &sqlx::SqlitePool, scope: &Scope, offset: u32, limit: u32) -> Result<Vec<i64>> {
    let mut statement = Statement::new("SELECT r.id FROM run r");
    statement.push(&scope.joins).append(&scope.where_matching).push(" ORDER BY ").push(&scope.order);
    statement.push(" LIMIT ").bind(Bind::Int(limit.into())).push(" OFFSET ").bind(Bind::Int(offset.into()));
    let rows = statement.query().fetch_all(pool).await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

const FROM_RUNS: &str = " FROM run r JOIN source s ON s.id = r.source JOIN experiment e ON e.id = r.experiment";
const FIRST_CELL: usize = 9;

fn rows_query(ids: &[i64], columns: &[Column], names: &Names) -> Statement {
    let mut statement = Statement::new(
        "SELECT r.run_id, r.run_name, e.experiment_id, r.user_id, r.status, r.start_time_ms, r.end_time_ms,
                r.parent_run_id, s.profile_id",
    );
    for column in columns {
        let id = names.get(&column.key).map_or(-1, |name| name.id);
        match column.kind {
            // A row with NULL is NaN; no row is no cell.
            ColumnKind::Metric => statement.push(", (SELECT ifnull(value, 'NaN') FROM metric WHERE id = "),
            ColumnKind::Param => statement.push(", (SELECT value FROM param WHERE id = "),
            ColumnKind::Tag => statement.push(", (SELECT value FROM tag WHERE id = "),
            ColumnKind::Attribute => {
                statement.push(", ").push(attribute_sql(&column.key).unwrap_or("NULL"));
                continue;
            }
        };
        statement.int(first_id(id)).push(" + r.id)");
    }
    let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
    statement.push(" FROM json_each(").bind(Bind::Text(format!("[{}]", ids.join(","))));
    statement
        .push(") w CROSS JOIN run r ON r.id = w.value CROSS JOIN experiment e ON e.id = r.experiment")
        .push(" CROSS JOIN source s ON s.id = r.source ORDER BY w.key");
    statement
}

fn run_row(row: &SqliteRow) -> Result<RunRow> {
    let run_id: String = row.try_get(0)?;
    let status = RunStatus::from_mlflow(row.try_get(4)?);
    let (start_time_ms, end_time_ms) = (row.try_get(5)?, row.try_get(6)?);
    Ok(RunRow {
        display_name: display_name(row.try_get(1)?, &run_id),
        run: RunRef { profile_id: row.try_get(8)?, run_id },
        experiment_id: row.try_get(2)?,
        user_id: row.try_get(3)?,
        status,
        start_time_ms,
        end_time_ms,
        duration: RunDuration::of(status, start_time_ms, end_time_ms),
        parent_run_id: row.try_get(7)?,
        color: None,
        cells: Vec::new(),
    })
}

fn cell(row: &SqliteRow, position: usize, column: &Column) -> Result<Option<Cell>> {
    let value = row.try_get_raw(position)?;
    if value.is_null() {
        return Ok(None);
    }
    let is_text = value.type_info().name() == "TEXT";
    Ok(Some(match column.kind {
        ColumnKind::Metric if is_text => Cell::Number(MetricValue(f64::NAN)),
        ColumnKind::Attribute if column.key == "experiment_id" => Cell::Text(row.try_get(2)?),
        _ if is_text => Cell::Text(row.try_get(position)?),
        _ => Cell::Number(MetricValue(row.try_get_unchecked(position)?)),
    }))
}
