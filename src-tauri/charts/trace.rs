//! What of a series is shown: the part inside the range of x and one point on either side, smoothed over everything before it.

use std::borrow::Cow;
use std::ops::Range;

use super::layout::Axis;
use super::smooth::Smoother;
use super::spec::{Band, Chart, Scale, Series};

/// The shown part of one series, and what there is to say about its values.
pub struct Trace<'a> {
    /// From one break of the series to the next.
    pub passes: Vec<Pass<'a>>,
    pub counts: ValueCounts,
}

/// Points that one curve runs through. x ascends.
pub struct Pass<'a> {
    /// How many points of it are before the first that is shown.
    pub start: usize,
    pub x: &'a [f64],
    /// What is drawn as the curve: smoothed if the chart says so.
    pub y: Cow<'a, [f64]>,
    /// What was logged, if it is drawn behind the smoothed curve.
    pub raw: Option<&'a [f64]>,
    /// The lower and the upper edge of the series' band.
    pub band: Option<(&'a [f64], &'a [f64])>,
}

/// Counts and extent of the values inside the range of x, of `y` and `raw` together.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ValueCounts {
    /// Smallest and largest value that the axis has a place for.
    pub extent: Option<(f64, f64)>,
    pub points: u32,
    pub nan: u32,
    pub infinite: u32,
    pub non_positive: u32,
}

impl ValueCounts {
    fn widen(&mut self, value: f64) {
        let (low, high) = self.extent.unwrap_or((value, value));
        self.extent = Some((low.min(value), high.max(value)));
    }

    /// What two traces have together.
    pub fn and(self, other: ValueCounts) -> ValueCounts {
        let mut both = self;
        for end in other.extent.iter().flat_map(|e| [e.0, e.1]) {
            both.widen(end);
        }
        ValueCounts {
            extent: both.extent,
            points: self.points + other.points,
            nan: self.nan + other.nan,
            infinite: self.infinite + other.infinite,
            non_positive: self.non_positive + other.non_positive,
        }
    }
}

/// Smallest and largest x of a series that `scale` has a place for.
pub fn x_extent(series: &Series, scale: Scale) -> Option<(f64, f64)> {
    let shown = series.x[..series.len()].iter().copied().filter(|&x| scale.has_place_for(x));
    shown.fold(None, |extent, x| {
        let (low, high) = extent.unwrap_or((x, x));
        Some((low.min(x), high.max(x)))
    })
}

/// Crops and smooths one series of `chart` to what `x` shows.
pub fn trace<'a>(chart: &Chart, series: &'a Series, x: &Axis) -> Trace<'a> {
    let smoother = Smoother::of(chart);
    let trace_pass = |pass: Range<usize>| {
        let edges = |of: &'a Band| of.low.get(pass.clone()).zip(of.high.get(pass.clone()));
        let band = series.band.as_ref().and_then(edges);
        let (xs, ys) = (&series.x[pass.clone()], &series.y[pass.clone()]);
        let (mut pass, mut counts) = trace_pass(chart, smoother.as_ref(), xs, ys, x);
        if let Some((low, high)) = band {
            let shown = pass.start..pass.start + pass.x.len();
            pass.band = low.get(shown.clone()).zip(high.get(shown));
        }
        for edge in pass.band.iter().flat_map(|(low, high)| [low, high]) {
            counts.extent = counts.and(look(pass.x, edge, x, chart.y.scale)).extent;
        }
        (pass, counts)
    };
    let (passes, counts): (Vec<Pass>, Vec<ValueCounts>) = series.passes().map(trace_pass).unzip();
    Trace { passes, counts: counts.into_iter().fold(ValueCounts::default(), ValueCounts::and) }
}

fn trace_pass<'a>(
    chart: &Chart,
    smoother: Option<&Smoother>,
    xs: &'a [f64],
    ys: &'a [f64],
    x: &Axis,
) -> (Pass<'a>, ValueCounts) {
    let inside = xs.partition_point(|&v| v < x.min)..xs.partition_point(|&v| v <= x.max);
    let start = inside.start.saturating_sub(1).min(inside.end);
    let end = (inside.end + 1).min(xs.len()).max(start);
    let raw = &ys[start..end];
    let y = match smoother {
        Some(smoother) => Cow::Owned(smoother.smooth(xs, ys, start..end)),
        None => Cow::Borrowed(raw),
    };
    let raw = (smoother.is_some() && chart.show_raw).then_some(raw);
    let cropped = &xs[start..end];
    let mut counts = look(cropped, &y, x, chart.y.scale);
    if let Some(behind) = raw {
        counts.extent = counts.and(look(cropped, behind, x, chart.y.scale)).extent;
    }
    if x.scale == Scale::Log {
        counts.non_positive += xs.partition_point(|&v| v <= 0.0) as u32;
    }
    (Pass { start, x: cropped, y, raw, band: None }, counts)
}

/// Counts the values inside the axis. The extent includes where the curve enters and leaves.
fn look(xs: &[f64], ys: &[f64], axis: &Axis, scale: Scale) -> ValueCounts {
    let mut counts = ValueCounts::default();
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for (&x, &y) in xs.iter().zip(ys) {
        if !(axis.min..=axis.max).contains(&x) {
            continue;
        }
        counts.points += 1;
        if scale.has_place_for(y) {
            low = if y < low { y } else { low };
            high = if y > high { y } else { high };
        } else if y.is_nan() {
            counts.nan += 1;
        } else if y.is_infinite() {
            counts.infinite += 1;
        } else {
            counts.non_positive += 1;
        }
    }
    counts.extent = (low <= high).then_some((low, high));
    for (edge, at) in [(axis.min, 0), (axis.max, xs.len().saturating_sub(2))] {
        if let Some(y) = crossing(xs, ys, at, axis, edge, scale) {
            counts.widen(y);
        }
    }
    counts
}

/// The value at `edge` of the straight line between the points `at` and `at + 1`, if they are on its two sides.
fn crossing(xs: &[f64], ys: &[f64], at: usize, axis: &Axis, edge: f64, scale: Scale) -> Option<f64> {
    let (&[x0, x1], &[y0, y1]) = (xs.get(at..at + 2)?.as_array()?, ys.get(at..at + 2)?.as_array()?);
    if !(x0 < edge && edge < x1 && scale.has_place_for(y0) && scale.has_place_for(y1)) {
        return None;
    }
    let (from, to, here) = (axis.position(x0), axis.position(x1), axis.position(edge));
    let share = (here - from) / (to - from);
    let y = match scale {
        Scale::Log => 10f64.powf(y0.log10() * (1.0 - share) + y1.log10() * share),
        // How a symlog axis bends follows from its ends, which are not known yet: near enough.
        Scale::Linear | Scale::Symlog => y0 * (1.0 - share) + y1 * share,
    };
    (share.is_finite() && scale.has_place_for(y)).then_some(y)
}

#[cfg(test)]
mod tests {
    use super::super::spec::{Smoothing, SmoothingKind, YAxis};
    use super::*;

    const NAN: f64 = f64::NAN;
    const INF: f64 = f64::INFINITY;

    fn smoothing(weight: f64) -> Smoothing {
        Smoothing { kind: SmoothingKind::Ema, weight }
    }

    fn series(y: &[f64]) -> Series {
        let x: Vec<f64> = (0..y.len()).map(|i| i as f64).collect();
        Series { x: x.into(), y: y.into(), ..Series::default() }
    }

    fn axis(min: f64, max: f64) -> Axis {
        Axis { min, max, scale: Scale::Linear }
    }

    #[test]
    fn a_crop_keeps_one_point_on_either_side() {
        let series = series(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
        let cropped = trace(&Chart::default(), &series, &axis(2.0, 3.0));
        assert_eq!(cropped.passes[0].x, [1.0, 2.0, 3.0, 4.0]);
        let between = trace(&Chart::default(), &series, &axis(2.4, 2.6));
        assert_eq!(between.passes[0].x, [2.0, 3.0]);
        let all = trace(&Chart::default(), &series, &axis(-9.0, 9.0));
        assert_eq!(all.passes[0].x.len(), 6);
        let beyond = trace(&Chart::default(), &series, &axis(50.0, 60.0));
        assert_eq!(beyond.passes[0].x, [5.0]);
        assert_eq!(beyond.counts, ValueCounts::default());
    }

    #[test]
    fn the_extent_is_of_what_is_seen_including_where_the_curve_crosses_the_edges() {
        let series = series(&[100.0, 0.0, 1.0, 2.0, 200.0]);
        let counts = trace(&Chart::default(), &series, &axis(1.0, 3.0)).counts;
        assert_eq!(counts.extent, Some((0.0, 2.0)));
        let counts = trace(&Chart::default(), &series, &axis(0.5, 3.0)).counts;
        assert_eq!(counts.extent, Some((0.0, 50.0)));
        let counts = trace(&Chart::default(), &series, &axis(3.25, 3.75)).counts;
        assert_eq!((counts.extent, counts.points), (Some((51.5, 150.5)), 0));
    }

    #[test]
    fn values_without_a_place_are_counted_by_kind() {
        let series = series(&[1.0, NAN, INF, 0.0, -2.0, -INF]);
        let chart = Chart { y: YAxis { scale: Scale::Log, ..YAxis::default() }, ..Chart::default() };
        let counts = trace(&chart, &series, &axis(0.0, 5.0)).counts;
        let expected = ValueCounts { extent: Some((1.0, 1.0)), points: 6, nan: 1, infinite: 2, non_positive: 2 };
        assert_eq!(counts, expected);
    }

    #[test]
    fn a_crop_does_not_change_the_smoothed_values() {
        let values: Vec<f64> = (0..200).map(|i| (f64::from(i) * 1.7).sin()).collect();
        let series = series(&values);
        for kind in [SmoothingKind::Ema, SmoothingKind::TimeWeighted, SmoothingKind::Gaussian, SmoothingKind::Mean] {
            let smoothing = Smoothing { kind, weight: 0.9 };
            let chart = Chart { series: vec![series.clone()], smoothing, ..Chart::default() };
            let all = trace(&chart, &series, &axis(0.0, 199.0));
            let part = trace(&chart, &series, &axis(100.0, 120.0));
            assert_eq!(all.passes[0].y[99..122], *part.passes[0].y);
        }
    }

    #[test]
    fn every_pass_is_cropped_and_smoothed_by_itself() {
        let resumed = Series {
            x: [0.0, 1.0, 2.0, 3.0, 1.0, 2.0, 3.0, 4.0].into(),
            y: [8.0, 6.0, 4.0, 2.0, 60.0, 40.0, 20.0, 10.0].into(),
            breaks: [4].into(),
            ..series(&[])
        };
        let chart = Chart { smoothing: smoothing(0.5), show_raw: true, ..Chart::default() };
        let all = trace(&chart, &resumed, &axis(0.0, 4.0));
        assert_eq!(all.passes.iter().map(|pass| pass.x.len()).collect::<Vec<_>>(), [4, 4]);
        assert_eq!(all.passes[1].y[0], 60.0, "an average begins anew");
        // 60; (60 / 2 + 40) / 1.5; (60 / 4 + 40 / 2 + 20) / 1.75; (60 / 8 + 40 / 4 + 20 / 2 + 10) / 1.875.
        let expected = [60.0, 140.0 / 3.0, 220.0 / 7.0, 20.0];
        assert!(all.passes[1].y.iter().zip(expected).all(|(y, expected)| (y - expected).abs() < 1e-9));
        assert_eq!((all.counts.points, all.counts.extent), (8, Some((2.0, 60.0))));
        let part = trace(&chart, &resumed, &axis(3.5, 9.0));
        assert_eq!(part.passes.iter().map(|pass| pass.x).collect::<Vec<_>>(), [&[3.0][..], &[3.0, 4.0]]);
        assert_eq!(part.counts.points, 1);
    }
}
