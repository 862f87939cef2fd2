//! What to draw, as plain data: series, axes and the choices a user makes about them.

use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// One value per run, as horizontal bars from zero, in the order given.
#[derive(Clone, Debug, Default)]
pub struct BarChart {
    /// Drawn above the plot. The window shows its own title and leaves this empty; exports set it.
    pub title: Option<String>,
    pub bars: Vec<Bar>,
    /// Index into `bars`: drawn in full, while all others step back.
    pub highlighted: Option<usize>,
}

#[derive(Clone, Debug)]
pub struct Bar {
    pub name: String,
    /// Red, green, blue.
    pub color: [u8; 3],
    /// NaN and infinities are values: they are written, and have no bar.
    pub value: f64,
    /// How uncertain the value is, to either side of it: a line over the end of the bar, and ± in its words.
    pub spread: Option<f64>,
}

/// Histories of a metric, as lines.
#[derive(Clone, Debug, Default)]
pub struct Chart {
    /// Drawn above the plot. The window shows its own title and leaves this empty; exports set it.
    pub title: Option<String>,
    /// The first series is drawn on top of the others.
    pub series: Vec<Series>,
    pub x: XAxis,
    pub y: YAxis,
    pub smoothing: Smoothing,
    /// With smoothing, also draw what was logged, faintly, behind the smoothed curve.
    pub show_raw: bool,
    /// Index into `series`: drawn last and in full, while all others step back.
    pub highlighted: Option<usize>,
    /// Name every series under the title. For exports: the window has the runs table for this.
    pub legend: bool,
}

/// How curves are smoothed, over their full histories; `smooth.rs` has the formulas.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Smoothing {
    pub kind: SmoothingKind,
    /// 0 is none; values below 1 are allowed.
    pub weight: f64,
}

impl Smoothing {
    /// Larger weights are taken for this one.
    pub const MOST: f64 = 0.9999;

    pub fn is_on(&self) -> bool {
        self.weight > 0.0
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub enum SmoothingKind {
    /// A debiased exponential moving average from point to point.
    #[default]
    Ema,
    /// The same, where a point fades by how far x has gone on.
    TimeWeighted,
    /// The mean of the points around, weighted by a bell.
    Gaussian,
    /// The mean of the points around.
    Mean,
}

/// The history of one metric of one run.
#[derive(Clone, Debug, Default)]
pub struct Series {
    pub name: String,
    /// Red, green, blue.
    pub color: [u8; 3],
    /// 0 is a solid line; 1, 2, 3 are dash patterns; larger numbers start over.
    pub dash: u8,
    /// Ascending between breaks, may repeat. See [`XKind`] for the unit. Points without a finite x are not drawn.
    pub x: Arc<[f64]>,
    /// As long as `x`; where the lengths differ, the rest of the longer one is ignored.
    /// NaN and infinities are values: see `decimate.rs` for what is drawn for them.
    pub y: Arc<[f64]>,
    /// Indices into `x`, ascending, where the curve begins anew: x goes back there, as the step of a resumed run
    /// does. No line runs from the point before one to it, and no average goes across.
    pub breaks: Arc<[usize]>,
    /// Drawn behind the curve.
    pub band: Option<Band>,
}

/// What is spread around a curve. Both edges are as long as the curve; where either is NaN or infinite there is none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Band {
    pub low: Arc<[f64]>,
    pub high: Arc<[f64]>,
}

impl Series {
    /// The number of points that have both coordinates.
    pub fn len(&self) -> usize {
        self.x.len().min(self.y.len())
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The points from one break to the next, as ranges of indices.
    pub fn passes(&self) -> impl Iterator<Item = Range<usize>> {
        let starts = std::iter::once(0).chain(self.breaks.iter().map(|start| (*start).min(self.len())));
        let ends = starts.clone().skip(1).chain(std::iter::once(self.len()));
        starts.zip(ends).filter(|(start, end)| start < end).map(|(start, end)| start..end)
    }

    /// Whether there are several points and x tells none of them apart.
    pub fn is_at_one_x(&self) -> bool {
        self.len() > 1 && self.x[..self.len()].windows(2).all(|pair| pair[0] == pair[1])
    }
}

#[derive(Clone, Debug, Default)]
pub struct XAxis {
    pub kind: XKind,
    /// Time has no logarithm; it is drawn linear whatever this says.
    pub scale: Scale,
    /// What to show, in the unit of `kind`. Without it: all points, or what `ends` say.
    pub range: Option<(f64, f64)>,
    pub ends: Ends,
    /// A word under the axis, such as "step". For exports.
    pub label: Option<String>,
    /// Minutes that local time is ahead of UTC. Only [`XKind::Time`] looks at it.
    pub utc_offset_min: i32,
}

#[derive(Clone, Debug, Default)]
pub struct YAxis {
    pub scale: Scale,
    /// What to show. Without it: all values inside the shown part of x but outliers, and a little air, or what `ends`
    /// say.
    pub range: Option<(f64, f64)>,
    pub ends: Ends,
    /// Outliers are shown as well, whatever room they leave to the others.
    pub with_outliers: bool,
}

impl XAxis {
    /// Whether it may be asked for a part of the points only.
    pub fn is_part(&self) -> bool {
        self.range.is_some() || self.ends != Ends::default()
    }
}

/// Ends of an axis that stay where they are, whatever the values; one that is none follows them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct Ends {
    pub from: Option<f64>,
    pub to: Option<f64>,
}

/// What x counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub enum XKind {
    /// The step of the metric.
    #[default]
    Step,
    /// Milliseconds since 1970-01-01 UTC.
    Time,
    /// Milliseconds since the run's first point, or since its start.
    Relative,
    /// The place of a point among those of its series, from 1: the only one where neither steps nor times tell points
    /// apart.
    Order,
    /// The value of another metric.
    Metric,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub enum Scale {
    #[default]
    Linear,
    /// Values that are zero or negative have no place here; `Layout` counts them.
    Log,
    /// Logarithmic to both sides of zero, and linear near it: within a thousandth of the farther end of the axis. For
    /// values only: x is never like this.
    Symlog,
}

/// How large to draw: CSS pixels, and device pixels for each of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Size {
    pub width_px: f64,
    pub height_px: f64,
    pub dpr: f64,
}
