//! What a chart of curves is asked for: runs, a metric or a formula of some, and how they are drawn.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::color_by::ColorBy;
use super::groups::Grouping;
use crate::charts::{Ends, Scale, Smoothing, SmoothingKind, XKind};
use crate::entities::RunRef;

/// What to draw, as the window knows it: runs and a metric, not points.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CurveChart {
    /// The metric, or the formula of metrics.
    pub key: String,
    /// The metrics that the formula is of; none where `key` is a metric itself.
    pub formula_of: Vec<String>,
    pub runs: Vec<CurveRun>,
    /// Every curve is drawn minus the one of this run, which may be among `runs`.
    pub baseline: Option<RunRef>,
    /// Drawn over something else where it tells no points apart; the layout says over what.
    pub x_axis: XKind,
    /// The metric that is x, or the formula of metrics, for [`XKind::Metric`].
    pub x_metric: Option<String>,
    /// The metrics that the formula of x is of; none where `x_metric` is a metric itself.
    pub x_formula_of: Vec<String>,
    /// Time is linear whatever this says.
    pub x_scale: Scale,
    /// The visible part of x: steps, epoch ms, ms since the run's first point, places, or values of the metric.
    pub x_range: Option<(f64, f64)>,
    /// What `x_range` counts: it is a range of nothing else.
    pub x_range_of: XKind,
    /// Ends of x that stay, where it is drawn over what was asked for and `x_range` says nothing else.
    pub x_ends: Ends,
    pub y_scale: Scale,
    /// The visible part of y, where the user has chosen one. Without it: what the visible part of x needs.
    pub y_range: Option<(f64, f64)>,
    /// Ends of y that stay, where `y_range` says nothing else.
    pub y_ends: Ends,
    /// Values far from all others are inside the range of y as well.
    pub with_outliers: bool,
    pub smoothing_kind: SmoothingKind,
    /// Weight of the smoothing, 0 (off) to 0.999; for the moving averages it is the weight of the past.
    pub smoothing: f64,
    pub groups: Option<Grouping>,
    /// Where there are no groups, the colour of each run by a value of it; none: each has its own.
    pub color_by: Option<ColorBy>,
    /// Of groups it is the one with this run.
    pub highlighted: Option<RunRef>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CurveRun {
    #[serde(flatten)]
    pub run: RunRef,
    /// 0 is a solid line; others tell runs of one colour apart.
    pub dash: u8,
}

impl CurveChart {
    /// The metrics that it is drawn from, x among them.
    pub(super) fn metrics(&self) -> Vec<String> {
        let of_y = if self.formula_of.is_empty() { std::slice::from_ref(&self.key) } else { &self.formula_of };
        let of_x = match self.x_metric() {
            Some(metric) if self.x_formula_of.is_empty() => std::slice::from_ref(metric),
            Some(_) => &self.x_formula_of,
            None => &[],
        };
        of_y.iter().chain(of_x).cloned().collect()
    }

    /// The runs that it is drawn from, the baseline among them.
    pub(super) fn read_runs(&self) -> impl Iterator<Item = &RunRef> {
        let baseline = self.baseline.as_ref().filter(|of| !self.runs.iter().any(|run| run.run == **of));
        self.runs.iter().map(|run| &run.run).chain(baseline)
    }

    pub(super) fn smoothing(&self) -> Smoothing {
        Smoothing { kind: self.smoothing_kind, weight: self.smoothing.clamp(0.0, 0.999) }
    }

    pub(super) fn x_metric(&self) -> Option<&String> {
        self.x_metric.as_ref().filter(|_| self.x_axis == XKind::Metric)
    }
}
