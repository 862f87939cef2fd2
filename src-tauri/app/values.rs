//! From columns of runs to what charts of values are made of: dimensions, colours, and whose value is whose.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use specta::Type;

use super::App;
use super::by_profile::by_profile;
use super::drawing::Paper;
use super::recent::Recent;
use super::runs::freshness_of_experiments;
use crate::cache::{Cell, Column, ColumnKind, NamedRun, RunSet, RunValues, Values};
use crate::charts::{Coloring, Dimension, Domain, PALETTE, Scale, Theme};
use crate::entities::{MetricValue, RunRef};
use crate::error::Result;
use crate::sweep::ranked;
use crate::sync::Freshness;

/// More runs than this cannot be told apart by colour: those that have none get none.
const MOST_OWN_COLORS: usize = 200;

/// A column of values along an axis, or as a colour or size.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ValueAxis {
    pub column: Column,
    /// Categories and points in time are never logarithmic.
    pub log: bool,
    /// Each value counts as its place among those of the runs, from 1 for the smallest; then nothing is logarithmic.
    /// Categories have no places.
    #[serde(default)]
    pub rank: bool,
}

/// The runs of a chart, in the order of its marks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MarkedRuns {
    pub profile_ids: Vec<String>,
    /// For each run the index of its profile among `profile_ids`.
    pub profiles: Vec<u32>,
    pub run_ids: Vec<String>,
}

/// What a mark of a chart is: the run and its values, in words of the window.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MarkedValues {
    pub display_name: String,
    /// An index into the palette, if the run has a colour.
    pub color: Option<u8>,
    /// One per asked column; times and durations are milliseconds.
    pub cells: Vec<Option<Cell>>,
}

/// Values that were read for a chart.
pub(super) struct Read {
    pub freshness: Freshness,
    /// One for each of the values' columns.
    columns: Vec<Column>,
    values: Arc<RunValues>,
    utc_offset_min: i32,
}

/// The values of the charts on screen, and when they were read. Emptied whenever a run changes.
pub(super) type RecentValues = Recent<(RunSet, Vec<Column>), (Instant, Arc<RunValues>)>;

/// Kept values are used for so long: the duration of a run that is going on grows without any change.
const AS_GOOD_AS_NOW: Duration = Duration::from_secs(1);

impl App {
    /// As [`crate::cache::Cache::values`]: what follows the mouse asks for the same again and again.
    pub(super) async fn values(&self, of: &RunSet, columns: &[Column]) -> Result<Arc<RunValues>> {
        let generation = self.recent_values.generation();
        let question = (of.clone(), columns.to_vec());
        let begun = Instant::now();
        match self.recent_values.get(&question).as_deref() {
            Some((read, values)) if begun.duration_since(*read) < AS_GOOD_AS_NOW => return Ok(values.clone()),
            _ => {}
        }
        let values = Arc::new(self.cache.values(of, columns).await?);
        self.recent_values.put(generation, question, Arc::new((begun, values.clone())));
        Ok(values)
    }

    /// Reads the columns of all these axes, each once.
    pub(super) async fn read_values<'a>(
        &self,
        of: &RunSet,
        axes: impl IntoIterator<Item = &'a ValueAxis>,
        paper: Paper,
    ) -> Result<Read> {
        let freshness = self.freshness_of(of).await?;
        let mut columns: Vec<Column> = Vec::new();
        for axis in axes {
            if !columns.contains(&axis.column) {
                columns.push(axis.column.clone());
            }
        }
        // Read after their freshness: it must not claim more than they are.
        let values = self.values(of, &columns).await?;
        Ok(Read { freshness, columns, values, utc_offset_min: paper.utc_offset_minutes })
    }

    /// Of the experiments that the runs are of.
    async fn freshness_of(&self, of: &RunSet) -> Result<Freshness> {
        let experiments: Vec<(String, BTreeSet<String>)> = match of {
            RunSet::Found(view) => {
                let of_scope = view.scope.iter();
                of_scope.map(|of| (of.profile_id.clone(), of.experiment_ids.iter().cloned().collect())).collect()
            }
            RunSet::Listed(asked) => {
                let known = &self.values(of, &[]).await?.runs;
                let of_profile = |profile_id: &str| {
                    let its = known.iter().filter(|named| named.run.profile_id == profile_id);
                    (profile_id.to_owned(), its.map(|named| named.experiment_id.clone()).collect())
                };
                by_profile(asked).iter().map(|of| of_profile(of.profile_id)).collect()
            }
        };
        let mut all = Vec::new();
        for (profile_id, experiment_ids) in experiments {
            let connection = self.connection(&profile_id).await?;
            let of_experiments = freshness_of_experiments(&connection, experiment_ids).await?;
            all.extend(of_experiments.into_iter().map(|of| of.freshness));
        }
        Ok(Freshness::joined(all))
    }

    /// By the values of an axis, or without one the colours that runs have.
    pub(super) async fn coloring(&self, read: &Read, by: Option<&ValueAxis>, dark: bool) -> Coloring {
        if let Some(axis) = by {
            return Coloring::By(read.dimension(axis));
        }
        let runs = read.runs();
        let colors: Vec<Option<u8>> = if runs.len() <= MOST_OWN_COLORS {
            self.color_runs(&runs).await.into_iter().map(Some).collect()
        } else {
            self.known_colors(&runs).await
        };
        let theme = if dark { Theme::dark() } else { Theme::light() };
        let none = [theme.label_quiet.0, theme.label_quiet.1, theme.label_quiet.2];
        let rgb = |color: u8| {
            let color = PALETTE[usize::from(color) % PALETTE.len()];
            if dark { color.dark } else { color.light }
        };
        Coloring::Own(colors.into_iter().map(|color| color.map_or(none, rgb)).collect())
    }

    /// What one run is called and has in these columns; none where the cache does not have it.
    pub async fn marked_values(&self, run: &RunRef, columns: &[Column]) -> Result<Option<MarkedValues>> {
        let values = self.cache.values(&RunSet::Listed(vec![run.clone()]), columns).await?;
        let Some(named) = values.runs.into_iter().next() else { return Ok(None) };
        let color = self.known_colors(std::slice::from_ref(run)).await.pop().flatten();
        let cells = values.columns.iter().map(first_cell).collect();
        Ok(Some(MarkedValues { display_name: named.display_name, color, cells }))
    }
}

fn first_cell(values: &Values) -> Option<Cell> {
    match values {
        Values::Numbers(numbers) => numbers.first().copied().flatten().map(|number| Cell::Number(MetricValue(number))),
        Values::Categories { names, of } => {
            let index = of.first().copied().flatten()?;
            names.get(index as usize).cloned().map(Cell::Text)
        }
    }
}

impl Read {
    pub fn named(&self) -> &[NamedRun] {
        &self.values.runs
    }

    pub fn runs(&self) -> Vec<RunRef> {
        self.named().iter().map(|named| named.run.clone()).collect()
    }

    /// The values of a column that was read.
    pub fn of(&self, column: &Column) -> Option<&Values> {
        let asked = self.columns.iter().zip(&self.values.columns);
        asked.into_iter().find(|(of, _)| *of == column).map(|(_, values)| values)
    }

    pub fn dimension(&self, axis: &ValueAxis) -> Dimension {
        let scale = if axis.log { Scale::Log } else { Scale::Linear };
        let values = self.of(&axis.column);
        let is_attribute = axis.column.kind == ColumnKind::Attribute;
        let (domain, values): (Domain, Arc<[Option<f64>]>) = match values {
            Some(Values::Categories { names, of }) => {
                let indices = of.iter().map(|category| category.map(f64::from)).collect();
                (Domain::Categories(names.as_slice().into()), indices)
            }
            Some(Values::Numbers(numbers)) => {
                let domain = match axis.column.key.as_str() {
                    "start_time" | "end_time" if is_attribute => Domain::Time(self.utc_offset_min),
                    "duration" if is_attribute => Domain::Durations(scale),
                    _ => Domain::Numbers(scale),
                };
                (domain, numbers.as_slice().into())
            }
            None => (Domain::Numbers(scale), vec![None; self.named().len()].into()),
        };
        if axis.rank && !matches!(domain, Domain::Categories(_)) {
            let label = match label(&axis.column) {
                "Started" if is_attribute => "Order of start".to_owned(),
                label => format!("{label} · rank"),
            };
            return Dimension { label, domain: Domain::Numbers(Scale::Linear), values: ranked(&values).into() };
        }
        Dimension { label: label(&axis.column).to_owned(), domain, values }
    }

    pub fn marked_runs(&self) -> MarkedRuns {
        marked_runs(self.named().iter())
    }

    /// Those at these places among the runs, in this order.
    pub fn marked_runs_at(&self, places: &[u32]) -> MarkedRuns {
        marked_runs(places.iter().filter_map(|place| self.named().get(*place as usize)))
    }
}

fn marked_runs<'a>(runs: impl Iterator<Item = &'a NamedRun>) -> MarkedRuns {
    let mut marked = MarkedRuns::default();
    for NamedRun { run, .. } in runs {
        let known = marked.profile_ids.iter().position(|profile_id| *profile_id == run.profile_id);
        let profile = known.unwrap_or_else(|| {
            marked.profile_ids.push(run.profile_id.clone());
            marked.profile_ids.len() - 1
        });
        marked.profiles.push(u32::try_from(profile).unwrap_or_default());
        marked.run_ids.push(run.run_id.clone());
    }
    marked
}

/// As the window titles the columns of its table.
fn label(column: &Column) -> &str {
    match (column.kind, column.key.as_str()) {
        (ColumnKind::Attribute, "run_name") => "Run",
        (ColumnKind::Attribute, "status") => "Status",
        (ColumnKind::Attribute, "start_time") => "Started",
        (ColumnKind::Attribute, "end_time") => "Ended",
        (ColumnKind::Attribute, "duration") => "Duration",
        (ColumnKind::Attribute, "user_id") => "User",
        (ColumnKind::Attribute, "run_id") => "Run ID",
        (ColumnKind::Attribute, "experiment_id") => "Experiment",
        (_, key) => key,
    }
}
