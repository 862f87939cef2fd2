//! From histories to the points of a chart: what is y, what is x, and minus what.

use std::sync::Arc;

use serde::Serialize;
use specta::Type;

use super::by_profile::by_profile;
use super::curve_chart::CurveChart;
use super::formulas::of_formula;
use super::points::{LeftOut, Points, axis_of, over_metric, points};
use super::{App, blocking};
use crate::cache::History;
use crate::charts::{self, Series, XKind};
use crate::entities::RunRef;
use crate::error::{AppError, Result};
use crate::query::Formula;

/// The points of a chart's runs, and what their x is.
#[derive(Default)]
pub(super) struct Curves {
    pub kind: XKind,
    pub of_runs: Vec<Points>,
    pub without_x: LeftOut,
    pub without_part: LeftOut,
    pub difference: Option<CurveDifference>,
}

/// What a chart of differences to a baseline says of itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CurveDifference {
    /// Points that are compared with the straight line between two points of the baseline.
    pub between: u32,
    /// What the baseline has no value for: beyond its ends, or beside a value that is no finite number.
    pub without: LeftOut,
}

/// What is read for a chart: all that its points depend on.
#[derive(Clone, PartialEq)]
pub(super) struct CurvesName {
    key: String,
    formula_of: Vec<String>,
    x_axis: XKind,
    x_metric: Option<String>,
    x_formula_of: Vec<String>,
    runs: Vec<RunRef>,
    baseline: Option<RunRef>,
}

impl CurvesName {
    pub fn of(wanted: &CurveChart) -> Self {
        Self {
            key: wanted.key.clone(),
            formula_of: wanted.formula_of.clone(),
            x_axis: wanted.x_axis,
            x_metric: wanted.x_metric().cloned(),
            x_formula_of: wanted.x_formula_of.clone(),
            runs: wanted.runs.iter().map(|run| run.run.clone()).collect(),
            baseline: wanted.baseline.clone(),
        }
    }

    /// The place of a run among these curves, if they are what `wanted` is, whatever its runs are.
    pub fn place_of(&self, run: &RunRef, wanted: &Self) -> Option<usize> {
        let of_these = |runs: &[RunRef]| Self { runs: runs.to_vec(), ..wanted.clone() };
        let place = self.runs.iter().position(|of| of == run)?;
        (*self == of_these(&self.runs)).then_some(place)
    }

    /// Whether any of these metrics is read for them.
    pub fn is_of_any(&self, keys: &[String]) -> bool {
        let reads = |metric: &String, formula_of: &[String]| match formula_of {
            [] => keys.contains(metric),
            parts => parts.iter().any(|part| keys.contains(part)),
        };
        let of_x = self.x_metric.as_ref().is_some_and(|metric| reads(metric, &self.x_formula_of));
        of_x || reads(&self.key, &self.formula_of)
    }

    pub fn read_runs(&self) -> impl Iterator<Item = &RunRef> {
        self.runs.iter().chain(&self.baseline)
    }
}

impl App {
    /// The points of every run of the chart, empty where nothing is cached yet.
    pub(super) async fn curves(&self, wanted: &CurveChart) -> Result<Arc<Curves>> {
        let name = CurvesName::of(wanted);
        let generation = self.recent_curves.of_runs.generation();
        if let Some(curves) = self.recent_curves.of_runs.get(&name) {
            return Ok(curves);
        }
        let of_runs = self.read_histories(&name, &name.runs).await?;
        let of_baseline = match &name.baseline {
            Some(run) => Some((run.clone(), self.read_histories(&name, std::slice::from_ref(run)).await?)),
            None => None,
        };
        let asked = name.clone();
        let curves = blocking(move || {
            let mut curves = curves_of(&of_runs, asked.x_axis);
            if let Some((run, histories)) = &of_baseline {
                minus(&mut curves, &asked.runs, run, histories);
            }
            curves
        });
        let curves = Arc::new(curves.await?);
        self.recent_curves.of_runs.put(generation, name, curves.clone());
        Ok(curves)
    }

    /// What is y and what is x of these runs.
    async fn read_histories(&self, name: &CurvesName, runs: &[RunRef]) -> Result<Histories> {
        // What a formula of x has no value for is counted where points of y find none.
        let (x, _) = match &name.x_metric {
            Some(metric) => self.histories_of(runs, metric, &name.x_formula_of).await?,
            None => Default::default(),
        };
        let (y, without_part) = self.histories_of(runs, &name.key, &name.formula_of).await?;
        Ok(Histories { y, x, without_part })
    }

    /// The history of a metric, or of a formula of some, for each run, and what is left out where some of them lack it.
    async fn histories_of(
        &self,
        runs: &[RunRef],
        key: &str,
        formula_of: &[String],
    ) -> Result<(Vec<Option<History>>, LeftOut)> {
        if formula_of.is_empty() {
            return Ok((self.histories(runs, key).await?, LeftOut::default()));
        }
        let formula = Formula::parse(key, formula_of).map_err(AppError::of_formula)?;
        let mut parts = Vec::new();
        for metric in formula.names() {
            parts.push(self.histories(runs, metric).await?);
        }
        blocking(move || of_formula(&formula, &parts)).await
    }

    /// The history of one metric of each run; none where the cache has none.
    async fn histories(&self, runs: &[RunRef], key: &str) -> Result<Vec<Option<History>>> {
        let mut histories = vec![None; runs.len()];
        for of in by_profile(runs) {
            let connection = self.connection(of.profile_id).await?;
            let found = self.cache.histories(connection.source, &of.run_ids, key).await?;
            for (place, history) in of.places.into_iter().zip(found) {
                if let Some(slot) = histories.get_mut(place) {
                    *slot = history;
                }
            }
        }
        Ok(histories)
    }
}

/// What a chart is made of, one for each of its runs.
struct Histories {
    y: Vec<Option<History>>,
    /// Of the metric or formula that is x, if one is.
    x: Vec<Option<History>>,
    without_part: LeftOut,
}

fn curves_of(of: &Histories, wanted: XKind) -> Curves {
    let mut curves = Curves { without_part: of.without_part, ..Curves::default() };
    for (history, points) in of.y.iter().zip(points_over_metric(of)).filter(|_| wanted == XKind::Metric) {
        let logged = history.as_ref().map_or(0, History::len);
        curves.without_x.count(logged - points.x.len(), points.x.len());
        curves.of_runs.push(points);
    }
    let tells_apart = |of: &Points| of.x.windows(2).any(|pair| pair[0] != pair[1]);
    if curves.of_runs.iter().any(tells_apart) {
        return Curves { kind: XKind::Metric, ..curves };
    }
    let kind = axis_of(&of.y, if wanted == XKind::Metric { XKind::Step } else { wanted });
    Curves { kind, of_runs: points_over(of, kind), without_x: LeftOut::default(), ..curves }
}

fn points_over_metric(of: &Histories) -> impl Iterator<Item = Points> {
    let none = History::default();
    of.y.iter().zip(&of.x).map(move |(y, x)| over_metric(y.as_ref().unwrap_or(&none), x.as_ref().unwrap_or(&none)))
}

fn points_over(of: &Histories, kind: XKind) -> Vec<Points> {
    if kind == XKind::Metric {
        return points_over_metric(of).collect();
    }
    of.y.iter().map(|of| of.as_ref().map_or_else(Points::default, |of| points(of, kind))).collect()
}

/// Every curve becomes its difference to the baseline, which was read by itself.
fn minus(curves: &mut Curves, runs: &[RunRef], baseline: &RunRef, of_baseline: &Histories) {
    let as_series = |Points { x, y, breaks }: Points| Series { x, y, breaks, ..Series::default() };
    let under = points_over(of_baseline, curves.kind).into_iter().next().unwrap_or_default();
    let under = charts::Baseline::of(&as_series(under));
    let mut said = CurveDifference::default();
    for (run, points) in runs.iter().zip(&mut curves.of_runs) {
        let series = as_series(std::mem::take(points));
        let compared = if run == baseline {
            charts::zero(&series)
        } else {
            let (compared, partners) = under.under(&series);
            said.between = said.between.saturating_add(partners.between);
            said.without.count(partners.without as usize, compared.len());
            compared
        };
        *points = Points { x: compared.x, y: compared.y, breaks: compared.breaks };
    }
    curves.difference = Some(said);
}

#[cfg(test)]
#[path = "read_curves_tests.rs"]
mod tests;
