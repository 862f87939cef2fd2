//! What `decimate.rs` promises, over made-up histories.

use super::super::spec::Scale;
use super::*;

const NAN: f64 = f64::NAN;
const INF: f64 = f64::INFINITY;

/// 100 by 100 pixels for x in 0..100 and y in 0..100.
fn view(scale: Scale) -> View {
    let x = Axis { min: 0.0, max: 100.0, scale: Scale::Linear };
    let y = Axis { min: if scale == Scale::Log { 1e-2 } else { 0.0 }, max: 100.0, scale };
    View { x, y, plot: Rect { x: 0.0, y: 0.0, width: 100.0, height: 100.0 } }
}

const RESOLUTION: Resolution = Resolution { column_px: 1.0, stroke_px: 1.6, crowded: false };

/// Numbers in 0..1 that only look random.
fn noise(count: usize, mut seed: u64) -> Vec<f64> {
    let mut next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as f64 / (1u64 << 31) as f64
    };
    (0..count).map(|_| next()).collect()
}

fn even_xs(count: usize) -> Vec<f64> {
    (0..count).map(|i| i as f64 * 100.0 / count as f64).collect()
}

fn drawn(y: &[f64], resolution: &Resolution) -> Marks {
    reduce(&even_xs(y.len()), y, &view(Scale::Linear), resolution)
}

#[test]
fn few_points_are_drawn_as_they_are() {
    let marks = reduce(&[0.0, 50.0, 100.0], &[0.0, 100.0, 25.0], &view(Scale::Linear), &RESOLUTION);
    assert_eq!(marks, Marks { lines: vec![vec![(0.0, 100.0), (50.0, 0.0), (100.0, 75.0)]], ..Marks::default() });
}

#[test]
fn nan_breaks_the_line_and_what_stands_alone_is_a_dot() {
    let marks = reduce(
        &[0.0, 10.0, 20.0, 30.0, 40.0, 50.0],
        &[10.0, 20.0, NAN, 30.0, NAN, NAN],
        &view(Scale::Linear),
        &RESOLUTION,
    );
    assert_eq!(marks.lines, [vec![(0.0, 90.0), (10.0, 80.0)]]);
    assert_eq!(marks.dots, [(30.0, 70.0)]);
    assert!(marks.edges.is_empty());
}

#[test]
fn infinities_break_the_line_and_are_marks_at_the_edge() {
    let marks =
        reduce(&[0.0, 10.0, 20.0, 30.0, 40.0], &[10.0, 20.0, INF, 30.0, -INF], &view(Scale::Linear), &RESOLUTION);
    assert_eq!(marks.lines.len(), 1);
    assert_eq!(marks.dots, [(30.0, 70.0)]);
    assert_eq!(marks.edges, [EdgeMark { x: 20.0, up: true }, EdgeMark { x: 40.0, up: false }]);
}

#[test]
fn a_log_axis_breaks_the_line_at_values_it_has_no_place_for() {
    let marks = reduce(&[0.0, 10.0, 20.0, 30.0, 40.0], &[1.0, 10.0, 0.0, 1.0, 0.1], &view(Scale::Log), &RESOLUTION);
    assert_eq!(marks.lines.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2]);
    assert!((marks.lines[0][0].1 - 50.0).abs() < 1e-9, "1 is half way from 0.01 to 100");
}

#[test]
fn every_column_keeps_its_smallest_and_largest_and_the_ends_stay() {
    for (seed, count) in [(1, 300), (2, 801), (3, 5_000), (4, 60_000)] {
        let points: Vec<Point> = even_xs(count).into_iter().zip(noise(count, seed)).collect();
        let kept = m4(&points, 0.0, 1.0, 0.0);
        assert!(kept.len() <= 4 * 100 + 1, "{} points of {count}", kept.len());
        assert_eq!((kept.first(), kept.last()), (points.first(), points.last()));
        assert!(kept.windows(2).all(|w| w[0].0 <= w[1].0), "in order");
        for column in by_column(&points, 0.0, 1.0) {
            let all = column.iter().map(|p| p.1);
            for extreme in [all.clone().fold(INF, f64::min), all.fold(-INF, f64::max)] {
                assert!(kept.iter().any(|p| p.1 == extreme), "lost {extreme} of {count} points");
            }
        }
    }
}

#[test]
fn a_flat_column_moves_nothing_by_more_than_what_counts_as_flat() {
    let points: Vec<Point> = even_xs(5_000).into_iter().zip(noise(5_000, 5).into_iter().map(|y| 40.0 + y)).collect();
    let kept = m4(&points, 0.0, 1.0, 1.5);
    assert_eq!(kept.len(), 101);
    for point in &points {
        let near = kept.iter().min_by(|a, b| (a.0 - point.0).abs().total_cmp(&(b.0 - point.0).abs()));
        assert!(near.is_some_and(|n| (n.1 - point.1).abs() <= 1.5));
    }
}

#[test]
fn a_single_peak_among_a_million_calm_points_is_drawn() {
    let mut y = vec![50.0; 1_000_000];
    y[654_321] = 99.0;
    let marks = drawn(&y, &RESOLUTION);
    assert!(marks.bands.is_empty(), "calm is a line");
    let top = marks.lines[0].iter().map(|p| p.1).fold(INF, f64::min);
    assert!((top - 1.0).abs() < 1e-9, "the highest point drawn is at {top}");
}

#[test]
fn dense_noise_is_a_band_that_holds_every_point_and_a_line_inside_it() {
    let y: Vec<f64> = noise(20_000, 6).iter().map(|v| 30.0 + 40.0 * v).collect();
    let marks = drawn(&y, &RESOLUTION);
    assert_eq!((marks.bands.len(), marks.lines.len()), (1, 1));
    let band = &marks.bands[0];
    for (x, y) in even_xs(y.len()).iter().zip(&y) {
        let held = |s: &Span| s.left <= *x && *x <= s.right && s.top <= 100.0 - y && 100.0 - y <= s.bottom;
        assert!(band.iter().any(held), "{x}, {y} is outside the band");
    }
    assert!(band.windows(2).all(|w| w[0].bottom >= w[1].top && w[1].bottom >= w[0].top), "no cracks");
    assert!(marks.lines[0].iter().all(|p| (40.0..60.0).contains(&p.1)), "the mean of many is near 50");
    assert_eq!(marks.lines[0][0].0, 0.0);
}

#[test]
fn what_stands_out_of_a_band_is_a_line_wherever_it_is_and_noise_is_none() {
    let y: Vec<f64> = noise(20_000, 6).iter().map(|v| 45.0 + 10.0 * v).collect();
    assert!(drawn(&y, &RESOLUTION).peaks.is_empty());
    for (at, peak) in [(0, 90.0), (150, 90.0), (9_999, 5.0), (19_999, 90.0)] {
        let mut y = y.clone();
        y[at] = peak;
        let peaks = drawn(&y, &RESOLUTION).peaks;
        let x = even_xs(y.len())[at];
        // At a column's edge its neighbour stands out by half as much.
        assert!((1..=2).contains(&peaks.len()), "{} peaks for {at}", peaks.len());
        let points = peaks.iter().flatten();
        assert!(points.clone().all(|p| (p.0 - x).abs() <= 1.5), "{peaks:?} for {x}");
        let ends = points.map(|p| p.1);
        let (top, bottom) = (ends.clone().fold(INF, f64::min), ends.fold(-INF, f64::max));
        let reach = if peak > 50.0 { (10.0, 45.0..47.0) } else { (95.0, 53.0..55.0) };
        let (tip, foot) = if peak > 50.0 { (top, bottom) } else { (bottom, top) };
        assert!((tip - reach.0).abs() < 1e-9 && reach.1.contains(&foot), "{peaks:?}");
    }
    // A slope is no peak.
    let steep: Vec<f64> = noise(20_000, 6).iter().zip(0..).map(|(v, i)| f64::from(i) * 0.004 + 10.0 * v).collect();
    assert!(drawn(&steep, &RESOLUTION).peaks.is_empty());
}

#[test]
fn noise_stays_a_line_until_it_is_dense_or_the_chart_is_crowded() {
    let y: Vec<f64> = noise(500, 7).iter().map(|v| 100.0 * v).collect();
    assert!(drawn(&y, &RESOLUTION).bands.is_empty());
    let crowded = Resolution { crowded: true, ..RESOLUTION };
    assert_eq!(drawn(&y, &crowded).bands.len(), 1);
    // A smooth curve is never a band, however crowded.
    let calm: Vec<f64> = (0..20_000).map(|i| f64::from(i) * 0.004).collect();
    assert!(drawn(&calm, &crowded).bands.is_empty());
}

#[test]
fn any_mixture_of_ugly_values_is_reduced_to_finite_marks() {
    let ugly = [NAN, INF, -INF, 0.0, -1.0, 1e-320, f64::MAX, -f64::MAX, 5.0, 50.0];
    for seed in 0..200 {
        let picks = noise(40 + 7 * seed, seed as u64);
        let y: Vec<f64> = picks.iter().map(|p| ugly[(p * 9.999) as usize]).collect();
        for scale in [Scale::Linear, Scale::Log] {
            let marks =
                reduce(&even_xs(y.len()), &y, &view(scale), &Resolution { crowded: seed % 2 == 0, ..RESOLUTION });
            let points = marks.lines.iter().chain(&marks.peaks).flatten().chain(&marks.dots);
            assert!(points.clone().all(|p| p.0.is_finite() && p.1.is_finite()), "{marks:?}");
            assert!(marks.lines.iter().all(|l| l.len() > 1));
        }
    }
}

#[test]
fn an_area_holds_all_between_its_edges_and_breaks_where_there_is_none() {
    let low: Vec<f64> = noise(5_000, 3).iter().map(|v| 20.0 + 10.0 * v).collect();
    let mut high: Vec<f64> = noise(5_000, 4).iter().map(|v| 60.0 + 10.0 * v).collect();
    (high[1_234], high[3_000]) = (95.0, NAN);
    let areas = areas(&even_xs(5_000), &low, &high, &view(Scale::Linear), 1.0);
    assert_eq!(areas.len(), 2);
    let all = areas.iter().flatten();
    assert!(all.clone().count() < 4 * 110, "two of each column at most");
    let (top, bottom) = (all.clone().map(|p| p.1).fold(INF, f64::min), all.map(|p| p.1).fold(-INF, f64::max));
    let lowest = low.iter().copied().fold(INF, f64::min);
    assert!((top - 5.0).abs() < 1e-9 && (bottom - (100.0 - lowest)).abs() < 1e-9, "{top} {bottom}");
    // The ends stay where they are.
    let end = even_xs(5_000)[4_999];
    assert_eq!((areas[0][0].0, areas[1].iter().map(|p| p.0).fold(-INF, f64::max)), (0.0, end));
}

#[test]
fn on_a_log_axis_an_area_that_begins_at_or_below_zero_goes_down_to_the_edge() {
    let areas = areas(&[0.0, 50.0], &[-3.0, 0.1], &[10.0, 10.0], &view(Scale::Log), 1.0);
    assert_eq!(areas.len(), 1);
    assert_eq!(areas[0].iter().map(|p| p.1).fold(-INF, f64::max), 100.0);
    let single = super::areas(&[50.0], &[1.0], &[10.0], &view(Scale::Log), 1.0);
    assert_eq!((single.len(), single[0].len()), (1, 4));
    assert!(super::areas(&[], &[], &[], &view(Scale::Linear), 1.0).is_empty());
}
