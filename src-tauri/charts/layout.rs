//! What a picture looks like to those who have to find their way in it: where the plot is and what its edges mean.

use serde::Serialize;

use super::spec::{Scale, XKind};

/// Where the bars are. Inside `plot`, pixels from the left are proportional to values.
#[derive(Clone, Debug, PartialEq, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct BarLayout {
    pub width_px: f64,
    pub height_px: f64,
    pub plot: Rect,
    /// From left to right.
    pub axis: Axis,
    /// The rows of the first bars, as wide as the picture: where the pointer means that bar.
    pub rows: Vec<Rect>,
    /// Bars after these, which have no room.
    pub hidden: u32,
    /// Why nothing is there, if nothing is.
    pub note: Option<Note>,
}

/// Where the lines are.
///
/// Inside `plot`, pixels are proportional to values (linear) or to their logarithms (log);
/// y grows upwards, so `y.max` is at the top edge.
#[derive(Clone, Debug, PartialEq, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct Layout {
    pub width_px: f64,
    pub height_px: f64,
    pub plot: Rect,
    pub x_kind: XKind,
    pub x: Axis,
    pub y: Axis,
    /// Series with at least one point inside the plot.
    pub series_drawn: u32,
    pub series_total: u32,
    /// Points of all series, inside the plot or not.
    pub points_total: u32,
    /// Points of the series that has most of them.
    pub points_most: u32,
    /// Series of several points that all have the same x.
    pub series_at_one_x: u32,
    /// Values in the shown part of x that are NaN.
    pub nan_points: u32,
    /// Values in the shown part of x that are infinite: they are marks at the edge.
    pub infinite_points: u32,
    /// Points that a logarithmic axis has no place for.
    pub non_positive_points: u32,
    /// Whether some series are a band from minimum to maximum with a line through the mean.
    pub has_bands: bool,
    /// Values far from all others, where leaving them out of the range gives the others room: they are marks at the
    /// edge, unless the chart asks for them.
    pub outliers: Option<Outliers>,
    /// Why nothing is there, if nothing is.
    pub note: Option<Note>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct Rect {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl Rect {
    pub fn right(&self) -> f64 {
        self.x + self.width
    }

    pub fn bottom(&self) -> f64 {
        self.y + self.height
    }

    pub fn corners(&self) -> Vec<(f64, f64)> {
        vec![(self.x, self.y), (self.right(), self.y), (self.right(), self.bottom()), (self.x, self.bottom())]
    }
}

/// What the two ends of an axis mean, in data units; always finite, `min < max`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct Axis {
    pub min: f64,
    pub max: f64,
    pub scale: Scale,
}

/// The values that are far from all others, and the range without them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct Outliers {
    pub points: u32,
    /// How many series they are of.
    pub series: u32,
    /// The smallest and the largest value of all.
    pub low: f64,
    pub high: f64,
    /// The smallest and the largest value without them.
    pub rest_low: f64,
    pub rest_high: f64,
}

/// Why a plot is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub enum Note {
    /// There is no series, or none has a point.
    NoPoints,
    /// There are points, but none that these axes can show: all are NaN, infinite, or not positive on a log axis.
    NoFinitePoints,
    /// There are points to show, but none in the chosen range of x.
    NothingInRange,
}
