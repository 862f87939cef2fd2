//! What the window asks the cache and what it gets: small, only what is on screen.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::direction::Direction;
use crate::entities::{LifecycleStage, MetricValue, RunDuration, RunRef, RunStatus};

/// A column of the runs table. The keys of attributes are `run_name`, `run_id`, `status`,
/// `start_time`, `end_time`, `duration`, `user_id`, `experiment_id`, `artifact_uri`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Column {
    pub kind: ColumnKind,
    pub key: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum ColumnKind {
    Attribute,
    Metric,
    Param,
    Tag,
}

/// A column that can be chosen, and in how many runs of the scope it has a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ColumnInfo {
    pub column: Column,
    pub run_count: u32,
    /// Whether every value is a number, so that the column is right-aligned and sorts as numbers.
    pub numeric: bool,
    /// Of a metric. None from the cache, which does not know what the user says: the boundary sets it.
    pub direction: Direction,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SortKey {
    pub column: Column,
    pub descending: bool,
}

/// Some experiments of a profile; where none is named, all that are not deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ProfileExperiments {
    pub profile_id: String,
    pub experiment_ids: Vec<String>,
}

/// A window onto the runs of some experiments: which runs, in which order, which cells of them.
/// Runs that lack a sort value come last in either direction, and those with NaN before them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RunsView {
    /// Runs of several profiles stand in one order.
    pub scope: Vec<ProfileExperiments>,
    /// In the filter language (`query`); empty for all.
    pub filter: String,
    /// Empty means newest start first.
    pub sort: Vec<SortKey>,
    /// Metrics, params and tags wanted as cells, in this order.
    pub columns: Vec<Column>,
    pub lifecycle_stage: LifecycleStage,
    pub offset: u32,
    /// At most 1,000.
    pub limit: u32,
}

/// A cell of the runs table; absent (`null`) where the run has no such value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", tag = "kind", content = "value")]
pub enum Cell {
    Number(MetricValue),
    Text(String),
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RunRow {
    #[serde(flatten)]
    pub run: RunRef,
    /// What it is called on screen: see [`crate::entities::display_name`]. Filters and sorts are
    /// about the server's own `run_name`.
    pub display_name: String,
    pub experiment_id: String,
    pub user_id: String,
    pub status: RunStatus,
    pub start_time_ms: Option<i64>,
    pub end_time_ms: Option<i64>,
    pub duration: RunDuration,
    pub parent_run_id: Option<String>,
    /// An index into the palette of the charts; none while the run has not been in one. The cache knows no colours:
    /// the boundary sets it.
    pub color: Option<u8>,
    /// One per asked column, in the same order.
    pub cells: Vec<Option<Cell>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RunsWindow {
    /// Runs that match the filter.
    pub matching: u32,
    /// Runs in the scope, matching or not.
    pub total: u32,
    pub offset: u32,
    pub rows: Vec<RunRow>,
    pub elapsed_ms: f64,
}

/// A metric of at least one of the asked runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CurveInfo {
    pub key: String,
    /// How many of the asked runs have it.
    pub run_count: u32,
    pub chance: CurveChance,
}

impl CurveInfo {
    /// Of the runs of several profiles together, in the order of one.
    pub fn joined(all: Vec<Vec<Self>>) -> Vec<Self> {
        let mut by_key: BTreeMap<String, Self> = BTreeMap::new();
        for info in all.into_iter().flatten() {
            match by_key.entry(info.key.clone()) {
                Entry::Vacant(place) => {
                    place.insert(info);
                }
                Entry::Occupied(mut known) => {
                    let known = known.get_mut();
                    known.run_count += info.run_count;
                    known.chance = known.chance.min(info.chance);
                }
            }
        }
        let mut joined: Vec<Self> = by_key.into_values().collect();
        joined.sort_by_key(|info| info.chance);
        joined
    }
}

/// Whether a metric has more than one value in any of the asked runs, as far as the cache knows.
// In the order of lists: the likeliest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum CurveChance {
    /// Its history is known and has several points, or its latest value has a step.
    Likely,
    /// Its latest value is at step 0, where scripts log that never pass a step, and its history has
    /// not been looked at.
    Possible,
    /// Its histories are known: one value per run.
    None,
}

/// Runs side by side. `sections` hold one row per key and one cell per run, in the order asked.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Comparison {
    pub runs: Vec<RunRow>,
    pub attributes: Vec<ComparisonRow>,
    pub metrics: Vec<ComparisonRow>,
    pub params: Vec<ComparisonRow>,
    pub tags: Vec<ComparisonRow>,
    /// Of each dataset and the context it was read in: its digest, and in a row after it its schema.
    pub datasets: Vec<ComparisonRow>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ComparisonRow {
    pub key: String,
    pub cells: Vec<Option<Cell>>,
    /// Whether at least two runs differ, a missing value being one too.
    pub differs: bool,
    /// Of a metric; set by the boundary.
    pub direction: Direction,
}

impl ComparisonRow {
    /// Without a better way.
    pub fn of(key: String, cells: Vec<Option<Cell>>) -> Self {
        let differs = cells.windows(2).any(|pair| pair.first() != pair.last());
        Self { key, cells, differs, direction: Direction::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_of_several_profiles_are_one_list() {
        let info = |key: &str, run_count, chance| CurveInfo { key: key.to_owned(), run_count, chance };
        let of_profiles = vec![
            vec![info("loss", 2, CurveChance::Possible), info("acc", 2, CurveChance::None)],
            vec![info("loss", 1, CurveChance::Likely), info("bleu", 1, CurveChance::Possible)],
        ];
        let expected = [
            info("loss", 3, CurveChance::Likely),
            info("bleu", 1, CurveChance::Possible),
            info("acc", 2, CurveChance::None),
        ];
        assert_eq!(CurveInfo::joined(of_profiles), expected);
    }
}
