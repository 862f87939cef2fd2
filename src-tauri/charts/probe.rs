//! What the curves say at one x: for the values beside the mouse.

use super::smooth::Smoother;
use super::spec::{Chart, Series};

/// The point of a series that is nearest to an x. `y` and `y_smoothed` may be NaN or infinite, as they were logged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Probe {
    /// Where the point is: not where was asked.
    pub x: f64,
    pub y: f64,
    /// `y` itself if the chart is not smoothed.
    pub y_smoothed: f64,
}

/// The nearest point of every series, in the order of `chart.series`; none for a series without points.
///
/// Of several points at the same x it is the last one, which is the one logged last: of a curve that began anew, the
/// one of its last pass. Half way between two of a pass it is the earlier one.
pub fn probe(chart: &Chart, x: f64) -> Vec<Option<Probe>> {
    let smoother = Smoother::of(chart);
    chart.series.iter().map(|series| nearest(smoother.as_ref(), series, x)).collect()
}

fn nearest(smoother: Option<&Smoother>, series: &Series, x: f64) -> Option<Probe> {
    let nearest = series.passes().filter_map(|pass| {
        let index = nearest_index(&series.x[pass.clone()], x)?;
        Some((pass, index))
    });
    // The last of those that are equally near.
    let (pass, index) = nearest.min_by(|(a, i), (b, j)| {
        let away = |start: usize, index: usize| (series.x[start + index] - x).abs();
        away(a.start, *i).total_cmp(&away(b.start, *j)).then(b.start.cmp(&a.start))
    })?;
    let (xs, ys) = (&series.x[pass.clone()], &series.y[pass]);
    let y = ys[index];
    let y_smoothed = smoother.map_or(Some(y), |smoother| smoother.at(xs, ys, index))?;
    Some(Probe { x: xs[index], y, y_smoothed })
}

/// The index of the value nearest to x, of equal ones the last; half way between two the earlier one. `xs` ascends.
pub fn nearest_index(xs: &[f64], x: f64) -> Option<usize> {
    let after = xs.partition_point(|v| *v <= x);
    let before = after.checked_sub(1);
    match (before, xs.get(after)) {
        (Some(before), Some(next)) if next - x < x - xs[before] => Some(last_at(xs, *next, after)),
        (Some(before), _) => Some(before),
        (None, Some(next)) => Some(last_at(xs, *next, after)),
        (None, None) => None,
    }
}

fn last_at(xs: &[f64], x: f64, from: usize) -> usize {
    (from + xs[from..].partition_point(|v| *v <= x)).saturating_sub(1).max(from)
}

#[cfg(test)]
mod tests {
    use super::super::spec::Smoothing;
    use super::*;

    fn chart(x: &[f64], y: &[f64], smoothing: f64) -> Chart {
        let series = Series { x: x.into(), y: y.into(), ..Series::default() };
        let smoothing = Smoothing { weight: smoothing, ..Smoothing::default() };
        Chart { series: vec![series], smoothing, ..Chart::default() }
    }

    fn at(chart: &Chart, x: f64) -> Option<(f64, f64)> {
        probe(chart, x)[0].map(|p| (p.x, p.y))
    }

    #[test]
    fn it_is_the_nearest_point() {
        let chart = chart(&[0.0, 10.0, 20.0], &[1.0, 2.0, 3.0], 0.0);
        for (x, expected) in [(-99.0, 0.0), (4.9, 0.0), (5.0, 0.0), (5.1, 10.0), (10.0, 10.0), (1e9, 20.0)] {
            assert_eq!(at(&chart, x).map(|p| p.0), Some(expected), "at {x}");
        }
    }

    #[test]
    fn of_several_values_at_one_step_it_is_the_last() {
        let chart = chart(&[0.0, 5.0, 5.0, 5.0, 9.0], &[0.0, 1.0, 2.0, 3.0, 4.0], 0.0);
        for x in [4.0, 5.0, 6.0] {
            assert_eq!(at(&chart, x), Some((5.0, 3.0)), "at {x}");
        }
    }

    #[test]
    fn of_a_curve_that_began_anew_it_is_the_last_pass_where_both_are_as_near() {
        let mut chart = chart(&[0.0, 5.0, 9.0, 5.0, 10.0, 20.0], &[1.0, 2.0, 3.0, 4.0, 6.0, 8.0], 0.0);
        chart.series[0].breaks = [3].into();
        let expected =
            [(0.0, (0.0, 1.0)), (5.0, (5.0, 4.0)), (9.4, (9.0, 3.0)), (9.5, (10.0, 6.0)), (99.0, (20.0, 8.0))];
        for (x, said) in expected {
            assert_eq!(at(&chart, x), Some(said), "at {x}");
        }
        chart.smoothing.weight = 0.5;
        let smoothed = probe(&chart, 5.0)[0].map(|p| p.y_smoothed);
        assert_eq!(smoothed, Some(4.0), "the average begins anew");
    }

    #[test]
    fn values_that_are_not_finite_are_said_as_they_are() {
        let chart = chart(&[0.0, 1.0, 2.0], &[4.0, f64::NAN, f64::INFINITY], 0.5);
        let said = probe(&chart, 1.0)[0].map(|p| (p.y.is_nan(), p.y_smoothed.is_nan()));
        assert_eq!(said, Some((true, true)));
        assert_eq!(at(&chart, 2.0), Some((2.0, f64::INFINITY)));
    }

    #[test]
    fn a_smoothed_chart_says_both() {
        let chart = chart(&[0.0, 1.0], &[0.0, 3.0], 0.5);
        assert_eq!(probe(&chart, 1.0), [Some(Probe { x: 1.0, y: 3.0, y_smoothed: 2.0 })]);
    }

    #[test]
    fn a_series_without_points_has_nothing_to_say() {
        assert_eq!(probe(&chart(&[], &[], 0.9), 3.0), [None]);
        assert!(probe(&chart(&[f64::NAN], &[1.0], 0.9), 3.0).len() == 1);
    }
}
