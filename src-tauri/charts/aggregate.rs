//! Several curves as one: the middle of a group of runs, and how far they are spread around it.
//!
//! Runs log at different steps, so every curve is taken as the line that is drawn of it, smoothed first where the chart
//! is smoothed: at each x that any curve of the group has a point at, a curve counts with its value there, straight
//! between the points on either side. It counts from its first point to its last, never beyond, and not next to a value
//! that is no finite number: how many curves count is known at every x. Of several points at one x the last one counts,
//! and where a curve begins anew, its last pass.

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::curve::{Curve, single_valued, value_at};
use super::places::{Bins, Places, places};
use super::plan;
use super::smooth::Smoother;
use super::spec::{Band, Chart};

/// How the curves of a group become one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Aggregate {
    pub middle: Middle,
    pub spread: Spread,
    /// Where fewer curves count, nothing is drawn. 0 is taken for 1.
    pub at_least: u32,
}

/// What the line goes through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub enum Middle {
    #[default]
    Mean,
    /// Of an even number of values, half way between the two in the middle.
    Median,
    Min,
    Max,
}

/// What the band around the line reaches over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub enum Spread {
    None,
    /// From the smallest to the largest value.
    #[default]
    MinMax,
    /// The mean and one standard deviation on either side, of a sample: over n - 1. One value has none.
    Deviation,
    /// The mean and one standard error on either side: the deviation over the root of n.
    Error,
    /// The interval that holds the mean with 95 % if the values are normally distributed: the standard error times
    /// Student's t.
    Interval95,
}

/// A group as one curve. All columns are as long as `x`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GroupCurve {
    /// Ascending, each once.
    pub x: Arc<[f64]>,
    /// NaN where too few curves count.
    pub y: Arc<[f64]>,
    /// NaN where there is none.
    pub band: Band,
    /// How many curves count.
    pub counts: Arc<[u32]>,
    /// `x` are the middles of bins.
    pub in_bins: bool,
}

/// One curve for each group of series of `chart`, which are given by their places. Of x they are what the chart shows.
pub fn aggregate(chart: &Chart, groups: &[Vec<usize>], how: &Aggregate) -> Vec<GroupCurve> {
    let smoother = Smoother::of(chart);
    let single: Vec<Curve> = chart.series.par_iter().map(|series| single_valued(series, smoother.as_ref())).collect();
    let of_group = |places: &Vec<usize>| places.iter().filter_map(|place| single.get(*place)).collect();
    let groups: Vec<Vec<&Curve>> = groups.iter().map(of_group).collect();
    match places(&groups, &plan::x_axis(chart), chart.x.is_part()) {
        Places::Exact(xs) => groups.iter().zip(xs).map(|(curves, xs)| at_places(curves, xs, how)).collect(),
        Places::Bins(bins) => groups.iter().map(|curves| in_bins(curves, bins, how)).collect(),
    }
}

/// So many places at a time for one thread.
const PLACES: usize = 500;

fn at_places(curves: &[&Curve], xs: Vec<f64>, how: &Aggregate) -> GroupCurve {
    let rows: Vec<Row> = xs.par_chunks(PLACES).flat_map_iter(|xs| rows_at(curves, xs, how)).collect();
    GroupCurve::of(xs, &rows, false)
}

fn in_bins(curves: &[&Curve], bins: Bins, how: &Aggregate) -> GroupCurve {
    let starts: Vec<usize> = (0..Bins::COUNT).step_by(PLACES).collect();
    let of_start = |start: &usize| rows_in(curves, bins, *start..(start + PLACES).min(Bins::COUNT), how);
    let rows: Vec<Row> = starts.par_iter().flat_map_iter(of_start).collect();
    GroupCurve::of((0..Bins::COUNT).map(|bin| bins.middle(bin)).collect(), &rows, true)
}

impl GroupCurve {
    fn of(x: Vec<f64>, rows: &[Row], in_bins: bool) -> Self {
        Self {
            y: rows.iter().map(|row| row.middle).collect(),
            band: Band {
                low: rows.iter().map(|row| row.low).collect(),
                high: rows.iter().map(|row| row.high).collect(),
            },
            counts: rows.iter().map(|row| row.count).collect(),
            x: x.into(),
            in_bins,
        }
    }
}

struct Row {
    middle: f64,
    low: f64,
    high: f64,
    count: u32,
}

/// One row for each of `xs`, which ascend.
fn rows_at(curves: &[&Curve], xs: &[f64], how: &Aggregate) -> Vec<Row> {
    let first = xs.first().copied().unwrap_or_default();
    // The number of points before or at x, for each curve.
    let mut reached: Vec<usize> = curves.iter().map(|curve| curve.partition_point(|point| point.0 <= first)).collect();
    let mut values = Vec::with_capacity(curves.len());
    let row = |&x: &f64| {
        values.clear();
        for (curve, reached) in curves.iter().zip(&mut reached) {
            while curve.get(*reached).is_some_and(|point| point.0 <= x) {
                *reached += 1;
            }
            values.extend(value_at(curve, *reached, x).filter(|value| value.is_finite()));
        }
        let ends = ends(&values);
        row(&mut values, ends, how)
    };
    xs.iter().map(row).collect()
}

/// One row for each of some bins beside each other.
fn rows_in(curves: &[&Curve], bins: Bins, some: Range<usize>, how: &Aggregate) -> Vec<Row> {
    let first = bins.edge(some.start);
    // The number of points before the bin, for each curve.
    let mut reached: Vec<usize> = curves.iter().map(|curve| curve.partition_point(|point| point.0 < first)).collect();
    let (mut values, mut inside) = (Vec::with_capacity(curves.len()), Vec::new());
    let row = |bin: usize| {
        values.clear();
        let (middle, end, mut all) = (bins.middle(bin), bins.edge(bin + 1), (f64::INFINITY, f64::NEG_INFINITY));
        for (curve, reached) in curves.iter().zip(&mut reached) {
            inside.clear();
            let before = *reached;
            while let Some(point) = curve.get(*reached).filter(|point| point.0 < end) {
                inside.extend(Some(point.1).filter(|value| value.is_finite()));
                *reached += 1;
            }
            if before == *reached {
                inside.extend(value_at(curve, before, middle).filter(|value| value.is_finite()));
            }
            if !inside.is_empty() {
                let (low, high) = ends(&inside);
                all = (all.0.min(low), all.1.max(high));
                values.push(mean(&inside));
            }
        }
        row(&mut values, all, how)
    };
    some.map(row).collect()
}

/// The smallest and the largest, of finite values.
fn ends(values: &[f64]) -> (f64, f64) {
    values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(*value), high.max(*value)))
}

/// `values` has one for each curve that counts; `low` and `high` are the ends of all that they are made of.
fn row(values: &mut [f64], (low, high): (f64, f64), how: &Aggregate) -> Row {
    let count = u32::try_from(values.len()).unwrap_or(u32::MAX);
    if count < how.at_least.max(1) {
        return Row { middle: f64::NAN, low: f64::NAN, high: f64::NAN, count };
    }
    let mean = mean(values);
    let around = |reach: f64| (mean - reach, mean + reach);
    let error = || deviation(values, mean) / f64::from(count).sqrt();
    let (band_low, band_high) = match how.spread {
        Spread::None => (f64::NAN, f64::NAN),
        Spread::MinMax => (low, high),
        Spread::Deviation => around(deviation(values, mean)),
        Spread::Error => around(error()),
        Spread::Interval95 => around(error() * student_t_95(count - 1)),
    };
    let middle = match how.middle {
        Middle::Mean => mean,
        Middle::Median => median(values),
        Middle::Min => low,
        Middle::Max => high,
    };
    Row { middle, low: band_low, high: band_high, count }
}

/// `values` is not empty and finite.
fn mean(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let sum: f64 = values.iter().sum();
    if sum.is_finite() { sum / count } else { values.iter().map(|value| value / count).sum() }
}

/// Of a sample; NaN of a single value.
fn deviation(values: &[f64], mean: f64) -> f64 {
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (squares / (values.len() as f64 - 1.0)).sqrt()
}

/// Changes the order of `values`, which is not empty.
fn median(values: &mut [f64]) -> f64 {
    let half = values.len() / 2;
    let is_odd = !values.len().is_multiple_of(2);
    let (below, above, _) = values.select_nth_unstable_by(half, f64::total_cmp);
    if is_odd {
        return *above;
    }
    let below = below.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    below / 2.0 + *above / 2.0
}

/// The factor of a two-sided 95 % interval, with so many degrees of freedom: the 97.5th percentile of Student's t.
/// From a table up to ten, then by the expansion of Abramowitz and Stegun (1964), 26.7.5, which is right to five digits
/// there and better beyond. NaN without any freedom.
fn student_t_95(freedom: u32) -> f64 {
    const FEW: [f64; 11] = [
        f64::NAN,
        12.706_204_736,
        4.302_652_730,
        3.182_446_305,
        2.776_445_105,
        2.570_581_836,
        2.446_911_851,
        2.364_624_252,
        2.306_004_135,
        2.262_157_163,
        2.228_138_852,
    ];
    if let Some(known) = FEW.get(freedom as usize) {
        return *known;
    }
    // The same percentile of the normal distribution.
    const Z: f64 = 1.959_963_984_540_054;
    let n = f64::from(freedom);
    let (z3, z5, z7, z9) = (Z.powi(3), Z.powi(5), Z.powi(7), Z.powi(9));
    Z + (z3 + Z) / (4.0 * n)
        + (5.0 * z5 + 16.0 * z3 + 3.0 * Z) / (96.0 * n.powi(2))
        + (3.0 * z7 + 19.0 * z5 + 17.0 * z3 - 15.0 * Z) / (384.0 * n.powi(3))
        + (79.0 * z9 + 776.0 * z7 + 1482.0 * z5 - 1920.0 * z3 - 945.0 * Z) / (92_160.0 * n.powi(4))
}

#[cfg(test)]
#[path = "aggregate_tests.rs"]
mod tests;
