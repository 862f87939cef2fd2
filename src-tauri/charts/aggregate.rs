//! Several curves as one: the middle of a group of runs, and how far they are spread around it.
//!
//! Runs log at different steps, so every curve is taken as the line that is drawn of it, smoothed first where the chart
//! is smoothed: at each x that any curve of the group has a point at, a curve counts with its value there, straight
//! between the points on either side. It counts from its first point to its last, never beyond, and not next to a value
//! that is no finite number: how many curves count is known at every x. Of several points at one x the last one counts,
//! and where a curve begins anew, its last pass.

use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::smooth::Smoother;
use super::spec::{Band, Chart, Series};

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
}

/// One curve for each group of series of `chart`, which are given by their places.
pub fn aggregate(chart: &Chart, groups: &[Vec<usize>], how: &Aggregate) -> Vec<GroupCurve> {
    let smoother = Smoother::of(chart);
    let single: Vec<Curve> = chart.series.par_iter().map(|series| single_valued(series, smoother.as_ref())).collect();
    let of_group = |places: &Vec<usize>| {
        let curves: Vec<&Curve> = places.iter().filter_map(|place| single.get(*place)).collect();
        group_curve(&curves, how)
    };
    groups.iter().map(of_group).collect()
}

/// Points whose x ascends, each x once.
type Curve = Vec<(f64, f64)>;

/// A series as a function of x: a later pass takes the place of what is between its ends.
fn single_valued(series: &Series, smoother: Option<&Smoother>) -> Curve {
    let mut curve = Curve::new();
    for pass in series.passes() {
        let (xs, ys) = (&series.x[pass.clone()], &series.y[pass]);
        let smoothed = smoother.map(|smoother| smoother.smooth(xs, ys, 0..ys.len()));
        let mut points = Curve::with_capacity(xs.len());
        for (&x, &y) in xs.iter().zip(smoothed.as_deref().unwrap_or(ys)) {
            match points.last_mut() {
                _ if !x.is_finite() => {}
                Some(last) if last.0 >= x => last.1 = y,
                _ => points.push((x, y)),
            }
        }
        let (Some(first), Some(last)) = (points.first(), points.last()) else { continue };
        let from = curve.partition_point(|point| point.0 < first.0);
        let to = curve.partition_point(|point| point.0 <= last.0);
        curve.splice(from..to, points);
    }
    curve
}

fn group_curve(curves: &[&Curve], how: &Aggregate) -> GroupCurve {
    /// So many places at a time for one thread.
    const PLACES: usize = 2_048;
    let xs = union(curves);
    let rows: Vec<Row> = xs.par_chunks(PLACES).flat_map_iter(|xs| rows(curves, xs, how)).collect();
    GroupCurve {
        y: rows.iter().map(|row| row.middle).collect(),
        band: Band { low: rows.iter().map(|row| row.low).collect(), high: rows.iter().map(|row| row.high).collect() },
        counts: rows.iter().map(|row| row.count).collect(),
        x: xs.into(),
    }
}

/// Every x of any curve, ascending, each once.
fn union(curves: &[&Curve]) -> Vec<f64> {
    let same = |a: &Curve, b: &Curve| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.0 == b.0);
    let Some((first, others)) = curves.split_first() else { return Vec::new() };
    let others = others.iter().filter(|curve| !same(first, curve));
    let mut xs: Vec<f64> = std::iter::once(first).chain(others).flat_map(|curve| curve.iter().map(|p| p.0)).collect();
    xs.sort_by(f64::total_cmp);
    xs.dedup();
    xs
}

struct Row {
    middle: f64,
    low: f64,
    high: f64,
    count: u32,
}

/// One row for each of `xs`, which ascend.
fn rows(curves: &[&Curve], xs: &[f64], how: &Aggregate) -> Vec<Row> {
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
        row(&mut values, how)
    };
    xs.iter().map(row).collect()
}

/// The value of a curve at x, of whose points so many are before or at x; none outside the curve.
fn value_at(curve: &Curve, reached: usize, x: f64) -> Option<f64> {
    let before = curve.get(reached.checked_sub(1)?)?;
    if before.0 == x {
        return Some(before.1);
    }
    let after = curve.get(reached)?;
    // Halves, because the difference of two large numbers can overflow.
    let share = (x / 2.0 - before.0 / 2.0) / (after.0 / 2.0 - before.0 / 2.0);
    Some(before.1 * (1.0 - share) + after.1 * share)
}

fn row(values: &mut [f64], how: &Aggregate) -> Row {
    let count = u32::try_from(values.len()).unwrap_or(u32::MAX);
    if count < how.at_least.max(1) {
        return Row { middle: f64::NAN, low: f64::NAN, high: f64::NAN, count };
    }
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
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
