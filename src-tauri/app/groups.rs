//! Runs in groups: which run belongs to which, what a group is called, and its colour.

use std::collections::{BTreeMap, HashMap};

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::App;
use crate::cache::{Column, ColumnKind, RunSet, Values};
use crate::charts::{Aggregate, Middle, PALETTE, Spread, assign};
use crate::entities::{MetricValue, RunRef};
use crate::error::Result;

/// How the runs of a chart are grouped.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Grouping {
    /// Runs with the same values of all of these are a group. Values that are missing are the same.
    pub by: Vec<Column>,
    /// Each group is one curve; none: every run is drawn, in the colour of its group.
    pub aggregate: Option<GroupAggregate>,
}

/// How the curves of a group become one; `charts::aggregate` says how runs of different steps are put together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct GroupAggregate {
    pub middle: Middle,
    pub spread: Spread,
    /// Where fewer runs have a value, nothing is drawn.
    pub at_least: u32,
}

impl From<GroupAggregate> for Aggregate {
    fn from(GroupAggregate { middle, spread, at_least }: GroupAggregate) -> Self {
        Self { middle, spread, at_least }
    }
}

/// A group of the runs of a chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CurveGroup {
    /// Its values, with their keys where they do not speak for themselves: "adamw · lr 0.001 · depth 4".
    pub name: String,
    /// An index into the palette.
    pub color: u8,
    /// 0 is a solid line; others tell groups of one colour apart.
    pub dash: u8,
    /// Places in the chart's runs.
    pub runs: Vec<u32>,
    /// How many of them have points.
    pub with_points: u32,
}

impl CurveGroup {
    pub fn places(&self) -> Vec<usize> {
        self.runs.iter().map(|place| *place as usize).collect()
    }
}

/// What a group says at one x.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct GroupProbe {
    pub name: String,
    pub color: u8,
    pub dash: u8,
    /// Where any run of the group has a point: not where was asked.
    pub x: f64,
    pub value: MetricValue,
    /// The edges of its band; NaN where there is none.
    pub low: MetricValue,
    pub high: MetricValue,
    /// How many runs have a value there.
    pub runs: u32,
}

/// The colours of groups by their names: a group keeps its colour while the app runs.
#[derive(Default)]
pub(super) struct GroupColors(Mutex<HashMap<String, u8>>);

impl GroupColors {
    /// Those that have none yet take what is farthest from the others'.
    fn of(&self, names: &[&str]) -> Vec<u8> {
        let mut all = self.0.lock();
        let shown: Vec<u8> = names.iter().filter_map(|name| all.get(*name)).copied().collect();
        let new: Vec<&str> = names.iter().copied().filter(|name| !all.contains_key(*name)).collect();
        all.extend(new.iter().map(|name| (*name).to_owned()).zip(assign(&shown, new.len(), 0)));
        names.iter().map(|name| all.get(*name).copied().unwrap_or_default()).collect()
    }
}

impl App {
    /// The groups of runs, in the order of their values, those without one last. `has_points` is asked for each run, by
    /// its place. Runs that the cache does not have are in no group.
    pub(super) async fn groups(
        &self,
        runs: &[RunRef],
        by: &[Column],
        has_points: impl Fn(usize) -> bool,
    ) -> Result<Vec<CurveGroup>> {
        let values = self.values(&RunSet::Listed(runs.to_vec()), by).await?;
        let row_of: HashMap<&RunRef, usize> = values.runs.iter().map(|of| &of.run).zip(0..).collect();
        let rows = runs.iter().zip(0..).filter_map(|(run, place)| Some((*row_of.get(run)?, place)));
        let columns: Vec<&Values> = values.columns.iter().collect();
        let mut groups = grouped(by, &columns, rows, has_points);
        self.color_groups(groups.iter_mut());
        Ok(groups)
    }

    /// Gives groups that are shown together their colours.
    pub(super) fn color_groups<'a>(&self, groups: impl Iterator<Item = &'a mut CurveGroup>) {
        let groups: Vec<&mut CurveGroup> = groups.collect();
        let colors = self.group_colors.of(&groups.iter().map(|group| group.name.as_str()).collect::<Vec<_>>());
        for (index, (group, color)) in groups.into_iter().zip(colors).enumerate() {
            group.color = color;
            group.dash = u8::try_from(index / PALETTE.len()).unwrap_or(u8::MAX);
        }
    }
}

/// The groups of runs by columns, each of which has a value for each row; all in one group without any column. `rows`
/// are the runs: the row of each and its place in the chart. Without colours.
pub(super) fn grouped(
    by: &[Column],
    columns: &[&Values],
    rows: impl Iterator<Item = (usize, u32)>,
    has_points: impl Fn(usize) -> bool,
) -> Vec<CurveGroup> {
    let ranks: Vec<Vec<u32>> = columns.iter().map(|column| ranks(column)).collect();
    let mut members: BTreeMap<Vec<u32>, (usize, Vec<u32>)> = BTreeMap::new();
    for (row, place) in rows {
        let key = ranks.iter().map(|column| column[row]).collect();
        members.entry(key).or_insert((row, Vec::new())).1.push(place);
    }
    let group = |(row, runs): (usize, Vec<u32>)| CurveGroup {
        name: name(columns, by, row),
        color: 0,
        dash: 0,
        with_points: runs.iter().map(|place| u32::from(has_points(*place as usize))).sum(),
        runs,
    };
    members.into_values().map(group).collect()
}

/// The place of each run's value among the values that there are; the last for a run that has none.
fn ranks(column: &Values) -> Vec<u32> {
    const NONE: u32 = u32::MAX;
    match column {
        Values::Categories { of, .. } => of.iter().map(|category| category.unwrap_or(NONE)).collect(),
        Values::Numbers(numbers) => {
            let mut all: Vec<f64> = numbers.iter().flatten().map(|number| number + 0.0).collect();
            all.sort_by(f64::total_cmp);
            all.dedup_by(|a, b| a.total_cmp(b).is_eq());
            let rank = |number: f64| all.partition_point(|other| other.total_cmp(&(number + 0.0)).is_lt());
            let rank = |number: f64| u32::try_from(rank(number)).unwrap_or(NONE);
            numbers.iter().map(|number| number.map_or(NONE, rank)).collect()
        }
    }
}

/// What a group with the values of this row is called.
fn name(columns: &[&Values], by: &[Column], row: usize) -> String {
    let parts = by.iter().zip(columns).map(|(column, values)| {
        let value = match values {
            Values::Numbers(numbers) => numbers[row].map(number),
            Values::Categories { names, of } => of[row].and_then(|category| names.get(category as usize)).cloned(),
        };
        let key = match (column.kind, column.key.as_str()) {
            (ColumnKind::Attribute, "parent_run") | (ColumnKind::Tag, "mlflow.parentRunId") => "parent",
            (ColumnKind::Attribute, "experiment_id") => "experiment",
            (ColumnKind::Attribute, "user_id") => "user",
            (_, key) => key,
        };
        match value {
            Some(value) if speaks_for_itself(&value) => value,
            Some(value) => format!("{key} {value}"),
            None => format!("{key} not set"),
        }
    });
    parts.collect::<Vec<_>>().join(" · ")
}

/// A word, such as "adamw": not a number, and nothing like "true" that could be of any key.
fn speaks_for_itself(value: &str) -> bool {
    const OF_ANY_KEY: [&str; 9] = ["true", "false", "yes", "no", "on", "off", "none", "null", "nan"];
    let is_word = value.chars().filter(|letter| letter.is_alphabetic()).count() > 2 && value.parse::<f64>().is_err();
    is_word && !OF_ANY_KEY.iter().any(|known| value.eq_ignore_ascii_case(known))
}

/// Can be read back; with an exponent where it is very small or very large.
fn number(number: f64) -> String {
    let is_plain = number == 0.0 || !number.is_finite() || (1e-4..1e7).contains(&number.abs());
    if is_plain { number.to_string() } else { format!("{number:e}") }
}

#[cfg(test)]
#[path = "groups_tests.rs"]
mod tests;
