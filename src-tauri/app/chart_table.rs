//! What a chart shows as rows and columns of exact values: for its CSV, and page by page for the window.

use std::cmp::Ordering;
use std::sync::Arc;

use rayon::slice::ParallelSliceMut;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::any_chart::{AnyChart, Contents};
use super::drawing::Paper;
use super::recent::Recent;
use super::{App, blocking};
use crate::cache;
use crate::charts::{Dimension, Domain, Figure, XKind};
use crate::entities::MetricValue;
use crate::error::Result;

/// So many rows are answered at once at most.
pub const MOST_ROWS: u32 = 100_000;

/// Which rows of a chart's table are wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TablePage {
    /// Without it: in the order of the chart.
    pub sort: Option<TableSort>,
    /// Rows before the first that is wanted.
    pub offset: u32,
    pub limit: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TableSort {
    /// By its place among the columns.
    pub column: u32,
    pub descending: bool,
}

/// Some rows of what a chart shows.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ChartTable {
    pub columns: Vec<TableHead>,
    /// One cell for each column; none where the run or group has no value.
    pub rows: Vec<Vec<Option<cache::Cell>>>,
    /// How many rows there are in all.
    pub total: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TableHead {
    pub name: String,
    pub kind: TableKind,
}

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum TableKind {
    Text,
    Number,
    /// Milliseconds since 1970-01-01 UTC.
    Time,
    /// Milliseconds.
    Duration,
}

/// A value as it was logged: NaN and infinities are numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Cell<'a> {
    Missing,
    Text(&'a str),
    Number(f64),
}

/// All rows, none of which is made before it is asked for.
pub(super) struct Table<'a> {
    pub heads: Vec<TableHead>,
    pub rows: usize,
    /// By row and column.
    cell: Box<dyn Fn(usize, usize) -> Cell<'a> + Send + Sync + 'a>,
}

impl App {
    /// The rows of one page, in the wanted order.
    pub async fn chart_table(&self, chart: &AnyChart, page: TablePage) -> Result<ChartTable> {
        let paper = Paper { width_px: 0.0, height_px: 0.0, dpr: 1.0, dark: false, utc_offset_minutes: 0 };
        // Taken first: what comes in while the values are read makes the order old.
        let generation = self.recent_orders.0.generation();
        let contents = self.contents(chart, paper).await?;
        let names = self.names_of(&contents.runs).await?;
        let question = page.sort.map(|sort| (chart.clone(), sort.column, sort.descending));
        let known = question.as_ref().and_then(|question| self.recent_orders.0.get(question));
        let work = move || {
            let table = table_of(&contents, &names);
            let sort = page.sort.filter(|sort| (sort.column as usize) < table.heads.len());
            let order = match known.filter(|order| order.len() == table.rows) {
                Some(order) => Some(order),
                None => sort.map(|sort| Arc::new(table.sorted(sort))),
            };
            (table.page(order.as_deref(), page), order)
        };
        let (answer, order) = blocking(work).await?;
        if let Some((question, order)) = question.zip(order) {
            self.recent_orders.0.put(generation, question, order);
        }
        Ok(answer)
    }
}

/// The orders of the tables on screen, so that the next page is not sorted anew. Emptied whenever a value changes.
#[derive(Default)]
pub(super) struct RecentOrders(Recent<(AnyChart, u32, bool), Vec<u32>>);

impl RecentOrders {
    pub(super) fn clear(&self) {
        self.0.clear();
    }
}

impl<'a> Table<'a> {
    pub fn new(heads: Vec<TableHead>, rows: usize, cell: impl Fn(usize, usize) -> Cell<'a> + Send + Sync + 'a) -> Self {
        Self { heads, rows, cell: Box::new(cell) }
    }

    /// The same with one more column.
    fn with(mut self, last: TableHead, cell: impl Fn(usize) -> Cell<'a> + Send + Sync + 'a) -> Self {
        let (before, others) = (self.heads.len(), self.cell);
        self.heads.push(last);
        Self {
            cell: Box::new(move |row, column| if column < before { others(row, column) } else { cell(row) }),
            ..self
        }
    }

    /// All of it as CSV: NaN and infinities are words, a missing value is empty.
    pub fn csv(&self) -> std::result::Result<Vec<u8>, csv::Error> {
        let mut file = csv::Writer::from_writer(Vec::new());
        file.write_record(self.heads.iter().map(|head| &head.name))?;
        for row in 0..self.rows {
            for column in 0..self.heads.len() {
                match (self.cell)(row, column) {
                    Cell::Missing => file.write_field("")?,
                    Cell::Text(text) => file.write_field(text)?,
                    Cell::Number(number) => file.write_field(number.to_string())?,
                }
            }
            file.write_record(None::<&[u8]>)?;
        }
        file.into_inner().map_err(|error| error.into_error().into())
    }

    /// The rows in the order of a column; equal ones in their own.
    fn sorted(&self, TableSort { column, descending }: TableSort) -> Vec<u32> {
        let rows = u32::try_from(self.rows).unwrap_or(u32::MAX);
        let mut keyed: Vec<(Cell, u32)> =
            (0..rows).map(|row| ((self.cell)(row as usize, column as usize), row)).collect();
        keyed.par_sort_by(|(a, i), (b, j)| compare(*a, *b, descending).then(i.cmp(j)));
        keyed.into_iter().map(|(_, row)| row).collect()
    }

    fn page(&self, order: Option<&Vec<u32>>, page: TablePage) -> ChartTable {
        let first = (page.offset as usize).min(self.rows);
        let last = first.saturating_add(page.limit.min(MOST_ROWS) as usize).min(self.rows);
        let row_at = |place: usize| order.and_then(|order| order.get(place)).map_or(place, |row| *row as usize);
        let cells = |row: usize| {
            let cell = |column: usize| match (self.cell)(row, column) {
                Cell::Missing => None,
                Cell::Text(text) => Some(cache::Cell::Text(text.to_owned())),
                Cell::Number(number) => Some(cache::Cell::Number(MetricValue(number))),
            };
            (0..self.heads.len()).map(cell).collect()
        };
        ChartTable {
            columns: self.heads.clone(),
            rows: (first..last).map(row_at).map(cells).collect(),
            total: u32::try_from(self.rows).unwrap_or(u32::MAX),
        }
    }
}

/// What is missing comes last and NaN before it, whatever the direction.
fn compare(a: Cell, b: Cell, descending: bool) -> Ordering {
    let last = |cell: Cell| match cell {
        Cell::Missing => 2,
        Cell::Number(number) if number.is_nan() => 1,
        _ => 0,
    };
    let order = match (a, b) {
        (Cell::Number(a), Cell::Number(b)) => a.total_cmp(&b),
        (Cell::Text(a), Cell::Text(b)) => a.cmp(b),
        (Cell::Number(_), Cell::Text(_)) => Ordering::Less,
        (Cell::Text(_), Cell::Number(_)) => Ordering::Greater,
        _ => Ordering::Equal,
    };
    last(a).cmp(&last(b)).then(if descending { order.reverse() } else { order })
}

fn head(name: &str, kind: TableKind) -> TableHead {
    TableHead { name: name.to_owned(), kind }
}

/// The table of a chart of any kind.
pub(super) fn table_of<'a>(of: &'a Contents, names: &'a [String]) -> Table<'a> {
    let Contents { figure, runs, groups, params } = of;
    let whose = move |row: usize, column: usize| {
        let name = names.get(row).map_or("", |name| name);
        Cell::Text(if column == 0 { name } else { runs.get(row).map_or("", |run| &run.run_id) })
    };
    let run_heads = || vec![head("run", TableKind::Text), head("run_id", TableKind::Text)];
    match figure {
        Figure::Lines(chart) => {
            let x = match chart.x.kind {
                XKind::Step => head("step", TableKind::Number),
                XKind::Time => head("timestamp_ms", TableKind::Time),
                XKind::Relative => head("relative_ms", TableKind::Duration),
                XKind::Order => head("order", TableKind::Number),
                XKind::Metric => head("x", TableKind::Number),
            };
            let value = head("value", TableKind::Number);
            if let Some(groups) = groups {
                let bins = if groups.iter().any(|of| of.in_bins) { "_bin_middle" } else { "" };
                let x = TableHead { name: format!("{}{bins}", x.name), ..x };
                let bands = ["low", "high", "runs"].map(|name| head(name, TableKind::Number));
                let heads = [head("group", TableKind::Text), x, value].into_iter().chain(bands).collect();
                let rows = Rows::of(groups.iter().map(|group| group.x.len()));
                return Table::new(heads, rows.len(), move |row, column| {
                    let Some((at, point)) = rows.place(row) else { return Cell::Missing };
                    let (series, group) = (&chart.series[at], &groups[at]);
                    // Where too few runs have a value there is none: no run of a group has logged this NaN.
                    let number = |of: &[f64]| present(of.get(point).copied().filter(|value| !value.is_nan()));
                    match column {
                        0 => Cell::Text(&series.name),
                        1 => number(&group.x),
                        2 => number(&group.y),
                        3 => number(&group.band.low),
                        4 => number(&group.band.high),
                        _ => present(group.counts.get(point).map(|runs| f64::from(*runs))),
                    }
                });
            }
            let heads = run_heads().into_iter().chain([x, value]).collect();
            let rows = Rows::of(chart.series.iter().map(crate::charts::Series::len));
            Table::new(heads, rows.len(), move |row, column| {
                let Some((at, point)) = rows.place(row) else { return Cell::Missing };
                match column {
                    0 | 1 => whose(at, column),
                    2 => Cell::Number(chart.series[at].x[point]),
                    _ => Cell::Number(chart.series[at].y[point]),
                }
            })
        }
        Figure::Bars(chart) => {
            if let Some(params) = params {
                let numbers = ["importance", "spread"].map(|name| head(name, TableKind::Number));
                let heads = [head("param", TableKind::Text)].into_iter().chain(numbers).collect();
                return Table::new(heads, params.len(), move |row, column| match column {
                    0 => Cell::Text(&params[row].column.key),
                    1 => Cell::Number(params[row].share),
                    _ => Cell::Number(params[row].spread),
                });
            }
            let heads = run_heads().into_iter().chain([head("value", TableKind::Number)]).collect();
            Table::new(heads, chart.bars.len(), move |row, column| match column {
                0 | 1 => whose(row, column),
                _ => Cell::Number(chart.bars[row].value),
            })
        }
        Figure::Scatter(chart) => {
            let axes = [Some(&chart.x), Some(&chart.y), chart.color.dimension(), chart.size.as_ref()];
            let values = of_runs(run_heads(), axes.into_iter().flatten().collect(), runs.len(), whose);
            let Some(leaders) = &chart.leaders else { return values };
            let leads = leaders.of_runs(runs.len());
            let word = move |row: usize| if leads.get(row) == Some(&true) { "yes" } else { "no" };
            values.with(head("best", TableKind::Text), move |row| Cell::Text(word(row)))
        }
        Figure::Parallel(chart) => {
            let color = chart.color.dimension().filter(|_| chart.color_axis.is_none());
            let columns = chart.axes.iter().map(|axis| &axis.dimension).chain(color).collect();
            of_runs(run_heads(), columns, runs.len(), whose)
        }
        Figure::Panels(chart) => {
            let columns = chart.x.iter().chain(&chart.y).chain(chart.color.dimension()).collect();
            of_runs(run_heads(), columns, runs.len(), whose)
        }
        Figure::Heat(chart) => of_runs(run_heads(), vec![&chart.x, &chart.y, &chart.value], runs.len(), whose),
        Figure::Contour(chart) => of_runs(run_heads(), vec![&chart.x, &chart.y, &chart.value], runs.len(), whose),
        Figure::Versions(chart) => {
            let heads = vec![
                head("version", TableKind::Text),
                head("registered_ms", TableKind::Time),
                head("value", TableKind::Number),
            ];
            Table::new(heads, chart.versions.len(), move |row, column| match column {
                0 => Cell::Text(&chart.versions[row].label),
                1 => present(chart.versions[row].at_ms),
                _ => present(chart.versions[row].value),
            })
        }
        Figure::Distribution(chart) => {
            let value = head_of(&chart.value);
            let heads = [head("group", TableKind::Text)].into_iter().chain(run_heads()).chain([value]).collect();
            // Group by group.
            let rows = Rows::of(chart.groups.iter().map(|group| group.runs.len()));
            Table::new(heads, rows.len(), move |row, column| {
                let Some((at, place)) = rows.place(row) else { return Cell::Missing };
                let group = &chart.groups[at];
                let run = group.runs[place] as usize;
                match column {
                    0 => Cell::Text(&group.name),
                    1 | 2 => whose(run, column - 1),
                    _ => value_of(&chart.value, run),
                }
            })
        }
    }
}

/// One row for each run, with its value of each dimension.
fn of_runs<'a>(
    mut heads: Vec<TableHead>,
    dimensions: Vec<&'a Dimension>,
    runs: usize,
    whose: impl Fn(usize, usize) -> Cell<'a> + Send + Sync + 'a,
) -> Table<'a> {
    let before = heads.len();
    heads.extend(dimensions.iter().map(|of| head_of(of)));
    Table::new(heads, runs, move |row, column| match column.checked_sub(before).and_then(|at| dimensions.get(at)) {
        Some(of) => value_of(of, row),
        None => whose(row, column),
    })
}

fn head_of(of: &Dimension) -> TableHead {
    let kind = match of.domain {
        Domain::Categories(_) => TableKind::Text,
        Domain::Numbers(_) => TableKind::Number,
        Domain::Time(_) => TableKind::Time,
        Domain::Durations(_) => TableKind::Duration,
    };
    head(&of.label, kind)
}

fn value_of(of: &Dimension, row: usize) -> Cell<'_> {
    let value = of.values.get(row).copied().flatten();
    match (&of.domain, value) {
        (Domain::Categories(names), Some(value)) => {
            names.get(value as usize).map_or(Cell::Missing, |name| Cell::Text(name))
        }
        (_, value) => present(value),
    }
}

fn present<'a>(value: Option<f64>) -> Cell<'a> {
    value.map_or(Cell::Missing, Cell::Number)
}

/// The rows of several lists, one list after the other.
struct Rows(Vec<usize>);

impl Rows {
    fn of(lengths: impl Iterator<Item = usize>) -> Self {
        let end = |sum: &mut usize, length: usize| {
            *sum += length;
            Some(*sum)
        };
        Self(lengths.scan(0, end).collect())
    }

    fn len(&self) -> usize {
        self.0.last().copied().unwrap_or_default()
    }

    /// The list that a row is of, and its place there.
    fn place(&self, row: usize) -> Option<(usize, usize)> {
        let list = self.0.partition_point(|end| *end <= row);
        let start = list.checked_sub(1).map_or(0, |before| self.0[before]);
        (list < self.0.len()).then_some((list, row - start))
    }
}

#[cfg(test)]
#[path = "chart_table_tests.rs"]
mod tests;
