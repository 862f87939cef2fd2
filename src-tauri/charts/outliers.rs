//! Values so far from all others that an axis reaching to them would press the rest into a line.
//!
//! An automatic range leaves them out, the picture marks where they are, and the layout says how many. What a user
//! wants to see decides: values are only left out where the rest gets at least [`GAIN`] times as much room.
//!
//! A value is far out where it is farther from the core of the values than that core is high. The core is what most
//! points of most series lie in: of each series without its [`TAIL`] at both ends, and without whole series (a run that
//! explodes) that lie beyond Tukey's inner fence of all (Tukey 1977, "Exploratory Data Analysis", 2D).

use super::decimate::{EdgeMark, View, thin_edges};
use super::layout::{Axis, Outliers};
use super::spec::Scale;
use super::trace::{Pass, Trace};

/// The rest of the values gets so many times as much room, or nothing is left out.
const GAIN: f64 = 4.0;
/// The share of a series' points that may lie outside its core, at the upper end and at the lower.
const TAIL: f64 = 0.025;
/// A series of fewer points has no tails, since each of its points counts; beside longer ones it does not say where the
/// core is.
const FEW: usize = 20;
/// What so large a share of all points has in common is not far out.
const COMMON: f64 = 0.25;
/// At most one in so many series is left out of the core altogether.
const SERIES_FOR_ONE: usize = 4;
/// So many values of a series say where its core is.
const SAMPLE: usize = 1024;

/// The outliers among what is shown of these curves, if leaving them out gives the rest enough room to be worth it. A
/// logarithmic axis needs none: it has room for both.
pub fn outliers(traces: &[Trace], x: &Axis, scale: Scale) -> Option<Outliers> {
    if scale != Scale::Linear {
        return None;
    }
    let (low, high) = traces.iter().filter_map(|trace| trace.counts.extent).reduce(joined)?;
    let (core_low, core_high) = core(traces, x)?;
    let height = core_high - core_low;
    // The difference of two very large numbers overflows: those are told from each other by a logarithm only.
    if height <= 0.0 || !(high - low).is_finite() || high - low < GAIN * height {
        return None;
    }
    let is_near = |y: f64| y >= core_low - height && y <= core_high + height;
    let mut near: Option<(f64, f64)> = None;
    let (mut points, mut series, mut all) = (0, 0, 0_u32);
    for trace in traces {
        let before = points;
        for (y, is_logged) in shown(trace, x) {
            all += u32::from(is_logged);
            if is_near(y) {
                near = Some(near.map_or((y, y), |extent| joined(extent, (y, y))));
            } else {
                points += u32::from(is_logged);
            }
        }
        series += u32::from(points > before);
    }
    let (rest_low, rest_high) = near?;
    let is_rare = f64::from(points) <= COMMON * f64::from(all);
    let pays = points > 0 && high - low >= GAIN * (rest_high - rest_low);
    (is_rare && pays).then_some(Outliers { points, series, low, high, rest_low, rest_high })
}

/// A mark at the edge of the plot wherever a curve leaves it upwards or downwards.
pub fn marks(xs: &[f64], ys: &[f64], view: &View) -> Vec<EdgeMark> {
    let across = view.across();
    let side = |y: f64| i8::from(y > view.y.max) - i8::from(y < view.y.min);
    let mut before = 0;
    let mut edges = Vec::new();
    for (&x, &y) in xs.iter().zip(ys) {
        let now = if y.is_finite() { side(y) } else { 0 };
        if now != 0 && now != before {
            edges.push(EdgeMark { x: across(x), up: now > 0 });
        }
        before = now;
    }
    thin_edges(&edges)
}

/// Every finite value inside the axis of x: as drawn, and as logged or as the edges of a band where that is drawn
/// behind. Of such a pair only the logged one is marked as a point that a run has logged.
fn shown<'a>(trace: &'a Trace, x: &'a Axis) -> impl Iterator<Item = (f64, bool)> + 'a {
    let of_pass = |pass: &'a Pass| {
        let drawn = pass.y.iter().map(|y| (*y, pass.raw.is_none()));
        let behind = pass.raw.unwrap_or_default().iter().map(|y| (*y, true));
        let (low, high) = pass.band.unwrap_or_default();
        let edges = [low, high].into_iter().flat_map(|edge| pass.x.iter().zip(edge.iter().map(|y| (*y, true))));
        pass.x.iter().zip(drawn).chain(pass.x.iter().zip(behind)).chain(edges)
    };
    let inside =
        trace.passes.iter().flat_map(of_pass).filter(|(at, (y, _))| (x.min..=x.max).contains(*at) && y.is_finite());
    inside.map(|(_, value)| value)
}

/// What most points of most series lie in.
fn core(traces: &[Trace], x: &Axis) -> Option<(f64, f64)> {
    let (long, short): (Vec<&Trace>, Vec<&Trace>) =
        traces.iter().partition(|trace| trace.counts.points as usize >= FEW);
    let deciding = if long.is_empty() { short } else { long };
    let mut cores: Vec<(f64, f64)> = deciding.into_iter().filter_map(|trace| core_of(trace, x)).collect();
    let (before, most) = (cores.len(), (cores.len() + 1) / SERIES_FOR_ONE);
    drop_far(&mut cores, most, |core| core.1);
    let left = most - (before - cores.len());
    drop_far(&mut cores, left, |core| -core.0);
    cores.into_iter().reduce(joined)
}

/// Drops the cores, `most` of them, whose `end` lies beyond the inner fence of all.
fn drop_far(cores: &mut Vec<(f64, f64)>, most: usize, end: impl Fn(&(f64, f64)) -> f64) {
    if most == 0 {
        return;
    }
    cores.sort_by(|a, b| end(a).total_cmp(&end(b)));
    let at = |share: f64| end(&cores[((cores.len() - 1) as f64 * share) as usize]);
    let usual_height = quantile(&mut cores.iter().map(|core| core.1 - core.0).collect::<Vec<_>>(), 0.5);
    let fence = at(0.75) + 1.5 * (at(0.75) - at(0.25)).max(usual_height);
    let far = cores.iter().rev().take(most).take_while(|core| end(core) > fence).count();
    cores.truncate(cores.len() - far);
}

/// The extent of a series without its tails.
fn core_of(trace: &Trace, x: &Axis) -> Option<(f64, f64)> {
    let points: usize = trace.passes.iter().map(|pass| pass.x.len()).sum();
    let stride = points.div_ceil(SAMPLE).max(1);
    let drawn = trace.passes.iter().flat_map(|pass| pass.x.iter().zip(pass.y.iter()));
    let inside = drawn.step_by(stride).filter(|(at, y)| (x.min..=x.max).contains(*at) && y.is_finite());
    let mut values: Vec<f64> = inside.map(|(_, y)| *y).collect();
    if values.is_empty() {
        return None;
    }
    let tail = if values.len() < FEW { 0.0 } else { TAIL };
    Some((quantile(&mut values, tail), quantile(&mut values, 1.0 - tail)))
}

/// The value that this share of the others lies below; `values` is not empty and changes its order.
fn quantile(values: &mut [f64], share: f64) -> f64 {
    let last = values.len() - 1;
    // Towards the middle, so that a few values have tails as well.
    let place = last as f64 * share;
    let place = if share < 0.5 { place.ceil() } else { place.floor() };
    *values.select_nth_unstable_by(place as usize, f64::total_cmp).1
}

fn joined(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    (a.0.min(b.0), a.1.max(b.1))
}

#[cfg(test)]
mod tests {
    use super::super::spec::{Chart, Series, Smoothing};
    use super::super::trace::trace;
    use super::*;

    const ALL: Axis = Axis { min: 0.0, max: 1e6, scale: Scale::Linear };

    fn series(y: Vec<f64>) -> Series {
        let x: Vec<f64> = (0..y.len()).map(|i| i as f64).collect();
        Series { x: x.into(), y: y.into(), ..Series::default() }
    }

    fn of(all: &[Vec<f64>]) -> Option<Outliers> {
        of_chart(&Chart { series: all.iter().cloned().map(series).collect(), ..Chart::default() })
    }

    fn of_chart(chart: &Chart) -> Option<Outliers> {
        let traces: Vec<Trace> = chart.series.iter().map(|series| trace(chart, series, &ALL)).collect();
        outliers(&traces, &ALL, chart.y.scale)
    }

    /// A loss that falls from 2.3 towards `end`.
    fn loss(end: f64) -> Vec<f64> {
        (0..500).map(|i| end + (2.3 - end) * (-f64::from(i) / 80.0).exp()).collect()
    }

    #[test]
    fn a_run_that_explodes_is_left_out_and_the_others_are_not() {
        let mut all: Vec<Vec<f64>> = (0..6).map(|i| loss(0.3 + 0.1 * f64::from(i))).collect();
        assert_eq!(of(&all), None);
        all.push((0..500).map(|i| 2.3 * (f64::from(i) / 100.0).exp()).collect());
        let found = of(&all).unwrap();
        assert_eq!((found.series, found.low), (1, 0.3 + 2.0 * (-499.0_f64 / 80.0).exp()));
        assert!(found.points > 100 && found.high > 300.0 && found.rest_high < 6.0, "{found:?}");
        assert!(found.rest_high >= 2.3, "all others are whole: {found:?}");
    }

    #[test]
    fn a_spike_of_one_point_is_left_out_upwards_and_downwards() {
        for spike in [4_000.0, -4_000.0] {
            let mut y = loss(0.3);
            y[250] = spike;
            let found = of(&[y]).unwrap();
            assert_eq!((found.points, found.series), (1, 1));
            assert_eq!((found.rest_low, found.rest_high), (loss(0.3)[499], 2.3));
        }
    }

    #[test]
    fn a_smoothed_curve_counts_what_was_logged_and_not_what_is_drawn_of_it() {
        let mut y = loss(0.3);
        y[250] = 4_000.0;
        let smoothed = Chart {
            series: vec![series(y)],
            smoothing: Smoothing { weight: 0.5, ..Smoothing::default() },
            show_raw: true,
            ..Chart::default()
        };
        let found = of_chart(&smoothed).unwrap();
        assert_eq!((found.points, found.series), (1, 1));
    }

    #[test]
    fn what_is_common_is_never_left_out() {
        // A learning rate in steps, one that is warmed up, a flat line with a step, two groups of runs, a few points.
        let steps: Vec<f64> = (0..500).map(|i| if i < 100 { 0.1 } else { 0.001 }).collect();
        let warm: Vec<f64> = (0..500).map(|i| f64::from(i.min(25)) * 0.04).collect();
        let flat: Vec<f64> = (0..500).map(|i| f64::from(u8::from(i == 30))).collect();
        for y in [steps, warm, flat, vec![1.0], vec![1.0, 500.0], vec![1.0, 2.0, 3.0, 400.0], vec![]] {
            assert_eq!(of(std::slice::from_ref(&y)), None, "{y:?}");
        }
        let low: Vec<f64> = loss(0.3);
        let high: Vec<f64> = low.iter().map(|y| y + 500.0).collect();
        assert_eq!(of(&[low.clone(), low.clone(), high.clone(), high.clone()]), None);
        assert_eq!(of(&[low, high]), None);
    }

    #[test]
    fn runs_that_logged_one_value_do_not_say_where_the_others_belong() {
        // Two long curves, one of which explodes, beside two runs with only a last value.
        let exploding: Vec<f64> = (0..500).map(|i| 0.6 + (f64::from(i) / 160.0).exp()).collect();
        assert_eq!(of(&[loss(0.3), vec![0.336], vec![0.334], exploding.clone()]), None);
        // With more long curves the one that explodes is told from them, and it alone.
        let many = [loss(0.3), loss(0.31), vec![0.336], loss(0.32), loss(0.33), vec![0.334], loss(0.35)];
        let spiked = |y: &[f64]| y.iter().map(|y| y * 40.0).collect::<Vec<f64>>();
        assert_eq!(of(&many), None);
        let found = of(&[&many[..], &[spiked(&exploding)]].concat()).unwrap();
        assert_eq!((found.series, found.rest_low), (1, 0.3 + 2.0 * (-499.0_f64 / 80.0).exp()));
    }

    #[test]
    fn a_logarithmic_axis_leaves_nothing_out() {
        let mut y = loss(0.3);
        y[250] = 4_000.0;
        let mut chart = Chart { series: vec![series(y)], ..Chart::default() };
        assert!(of_chart(&chart).is_some());
        for scale in [Scale::Log, Scale::Symlog] {
            chart.y.scale = scale;
            assert_eq!(of_chart(&chart), None);
        }
    }

    #[test]
    fn no_value_is_too_strange() {
        let ugly = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, 1e-320, f64::MAX, -f64::MAX, 1e308, 7.0];
        for turn in 0..ugly.len() {
            let y =
                (0..400).map(|i| if i % 50 == 7 { ugly[(i / 50 + turn) % ugly.len()] } else { f64::from(i as u32) });
            if let Some(found) = of(&[y.collect()]) {
                assert!(found.rest_low.is_finite() && found.rest_low < found.rest_high, "{found:?}");
            }
        }
    }

    #[test]
    fn a_curve_is_marked_where_it_leaves_the_plot() {
        let plot = super::super::layout::Rect { x: 0.0, y: 0.0, width: 100.0, height: 100.0 };
        let x = Axis { min: 0.0, max: 100.0, scale: Scale::Linear };
        let view = View { x, y: Axis { min: 0.0, max: 1.0, scale: Scale::Linear }, plot };
        let xs: Vec<f64> = (0..100).map(f64::from).collect();
        let mut ys = vec![0.5; 100];
        (20..40).for_each(|i| ys[i] = 9.0);
        (ys[60], ys[80]) = (-3.0, f64::INFINITY);
        assert_eq!(marks(&xs, &ys, &view), [EdgeMark { x: 20.0, up: true }, EdgeMark { x: 60.0, up: false }]);
    }
}
