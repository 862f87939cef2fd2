use super::super::spec::{Series, Smoothing, SmoothingKind};
use super::*;

const NAN: f64 = f64::NAN;

fn series(x: &[f64], y: &[f64]) -> Series {
    Series { x: x.into(), y: y.into(), ..Series::default() }
}

/// All series as one group.
fn group(all: &[Series], middle: Middle, spread: Spread, at_least: u32) -> GroupCurve {
    let chart = Chart { series: all.to_vec(), ..Chart::default() };
    group_of(&chart, &Aggregate { middle, spread, at_least })
}

fn group_of(chart: &Chart, how: &Aggregate) -> GroupCurve {
    aggregate(chart, &[(0..chart.series.len()).collect()], how).remove(0)
}

fn assert_close(ours: &[f64], theirs: &[f64]) {
    assert_eq!(ours.len(), theirs.len());
    for (ours, theirs) in ours.iter().zip(theirs) {
        let is_same = (ours.is_nan() && theirs.is_nan()) || (ours - theirs).abs() < 1e-6;
        assert!(is_same, "{ours} is not {theirs}");
    }
}

#[test]
fn a_group_has_the_figures_of_numpy_and_scipy() {
    let x = [0.0, 1.0, 2.0, 3.0, 4.0];
    let rows =
        [[3.0, 1.0, 4.0, 1.0, 5.0], [9.0, 2.0, 6.0, 5.0, 3.0], [5.0, 8.0, 9.0, 7.0, 9.0], [3.0, 2.0, 3.0, 8.0, 4.0]];
    let all = rows.map(|y| series(&x, &y));
    let of = |middle, spread| group(&all, middle, spread, 1);
    let means = [5.0, 3.25, 5.5, 5.25, 5.25]; // a.mean(0)
    assert_close(&of(Middle::Mean, Spread::None).y, &means);
    assert_close(&of(Middle::Median, Spread::None).y, &[4.0, 2.0, 5.0, 6.0, 4.5]); // np.median(a, 0)
    assert_close(&of(Middle::Min, Spread::None).y, &[3.0, 1.0, 3.0, 1.0, 3.0]); // a.min(0)
    assert_close(&of(Middle::Max, Spread::None).y, &[9.0, 8.0, 9.0, 8.0, 9.0]); // a.max(0)
    let reach = |spread| {
        let group = of(Middle::Mean, spread);
        assert_eq!(*group.counts, [4; 5]);
        let (low, high) = (group.band.low.iter(), group.band.high.iter());
        let reach: Vec<f64> = low.zip(high).map(|(low, high)| (high - low) / 2.0).collect();
        assert_close(&group.band.low, &means.iter().zip(&reach).map(|(mean, reach)| mean - reach).collect::<Vec<_>>());
        reach
    };
    // a.std(0, ddof=1); a.std(0, ddof=1) / 2; scipy.stats.t.ppf(0.975, 3) * a.std(0, ddof=1) / 2
    let deviations = [2.8284271247, 3.2015621187, 2.6457513111, 3.0956959368, 2.6299556397];
    assert_close(&reach(Spread::Deviation), &deviations);
    assert_close(&reach(Spread::Error), &deviations.map(|deviation| deviation / 2.0));
    let intervals = [4.5006587265, 5.0943997679, 4.2099807423, 4.9259430482, 4.1848463043];
    assert_close(&reach(Spread::Interval95), &intervals);
    let range = of(Middle::Median, Spread::MinMax).band;
    assert_eq!((&*range.low, &*range.high), (&[3.0, 1.0, 3.0, 1.0, 3.0][..], &[9.0, 8.0, 9.0, 8.0, 9.0][..]));
    assert!(of(Middle::Mean, Spread::None).band.low.iter().all(|low| low.is_nan()));
}

#[test]
fn students_t_is_the_one_of_scipy() {
    // scipy.stats.t.ppf(0.975, freedom)
    let known = [(1, 12.7062047), (5, 2.5705818), (10, 2.2281389), (11, 2.2009852), (30, 2.0422725), (120, 1.9799304)];
    for (freedom, t) in known {
        assert!((student_t_95(freedom) - t).abs() < 1e-5, "{freedom}: {}", student_t_95(freedom));
    }
    assert!(student_t_95(0).is_nan());
}

#[test]
fn runs_of_different_steps_meet_on_the_lines_between_their_points_and_never_beyond_their_ends() {
    // np.interp over the union of steps, NaN outside; np.nanmean, np.nanstd(ddof=1).
    let all = [series(&[0.0, 10.0, 20.0], &[0.0, 10.0, 40.0]), series(&[5.0, 15.0], &[1.0, 3.0])];
    let of = group(&all, Middle::Mean, Spread::Deviation, 1);
    assert_eq!((&*of.x, &*of.counts), (&[0.0, 5.0, 10.0, 15.0, 20.0][..], &[1, 2, 2, 2, 1][..]));
    assert_close(&of.y, &[0.0, 3.0, 6.0, 14.0, 40.0]);
    let deviations = [NAN, 2.8284271247, 5.6568542495, 15.5563491861, NAN];
    assert_close(
        &of.band.high,
        &[0.0, 3.0, 6.0, 14.0, 40.0].iter().zip(deviations).map(|(y, d)| y + d).collect::<Vec<_>>(),
    );
    let two = group(&all, Middle::Mean, Spread::MinMax, 2);
    assert_close(&two.y, &[NAN, 3.0, 6.0, 14.0, NAN]);
    assert_close(&two.band.low, &[NAN, 1.0, 2.0, 3.0, NAN]);
}

#[test]
fn what_is_not_finite_does_not_count_nor_does_what_is_next_to_it() {
    let all = [
        series(&[0.0, 1.0, 2.0, 3.0, 4.0], &[1.0, NAN, 3.0, f64::INFINITY, 5.0]),
        series(&[0.0, 0.5, 1.0, 2.0, 3.0, 4.0], &[10.0; 6]),
    ];
    let of = group(&all, Middle::Mean, Spread::MinMax, 1);
    assert_eq!(*of.counts, [2, 1, 1, 2, 1, 2]);
    assert_close(&of.y, &[5.5, 10.0, 10.0, 6.5, 10.0, 7.5]);
    let none = group(&[series(&[0.0, 1.0], &[NAN, f64::INFINITY])], Middle::Median, Spread::Interval95, 1);
    assert_eq!(*none.counts, [0, 0]);
    assert!(none.y.iter().all(|y| y.is_nan()));
}

#[test]
fn of_several_values_at_one_x_the_last_counts_and_of_several_passes_the_last() {
    let mut resumed = series(&[0.0, 1.0, 2.0, 3.0, 9.0, 2.0, 3.0, 4.0], &[0.0, 1.0, 2.0, 3.0, 9.0, 20.0, 30.0, 40.0]);
    resumed.breaks = [5].into();
    let of = group(&[resumed], Middle::Mean, Spread::None, 1);
    assert_eq!((&*of.x, &*of.y), (&[0.0, 1.0, 2.0, 3.0, 4.0, 9.0][..], &[0.0, 1.0, 20.0, 30.0, 40.0, 9.0][..]));
    let again = group(&[series(&[0.0, 0.0, 1.0], &[5.0, 6.0, 7.0])], Middle::Mean, Spread::None, 1);
    assert_eq!((&*again.x, &*again.y), (&[0.0, 1.0][..], &[6.0, 7.0][..]));
}

#[test]
fn curves_are_smoothed_before_they_are_put_together() {
    let x: Vec<f64> = (0..50).map(f64::from).collect();
    let noisy = |phase: f64| series(&x, &x.iter().map(|x| (x * 1.3 + phase).sin()).collect::<Vec<_>>());
    let smoothing = Smoothing { kind: SmoothingKind::Ema, weight: 0.8 };
    let chart = Chart { series: vec![noisy(0.0), noisy(2.0)], smoothing, ..Chart::default() };
    let how = Aggregate { spread: Spread::MinMax, ..Aggregate::default() };
    let of = group_of(&chart, &how);
    let smoother = Smoother::of(&chart).unwrap();
    let [a, b] = [0, 1].map(|i| smoother.smooth(&x, &chart.series[i].y, 0..50));
    assert_close(&of.band.high, &a.iter().zip(&b).map(|(a, b)| a.max(*b)).collect::<Vec<_>>());
    assert_close(&of.y, &a.iter().zip(&b).map(|(a, b)| (a + b) / 2.0).collect::<Vec<_>>());
}

#[test]
fn the_line_lies_in_the_range_and_long_groups_are_the_same_as_short_ones() {
    // More places than one thread takes at a time, at random.
    let mut seed = 3_u64;
    let mut next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as f64 / (1_u64 << 31) as f64
    };
    let all: Vec<Series> = (0..7)
        .map(|_| {
            let mut x: Vec<f64> = (0..1_000).map(|_| next() * 1_000.0).collect();
            x.sort_by(f64::total_cmp);
            let y: Vec<f64> = x.iter().map(|_| next()).collect();
            series(&x, &y)
        })
        .collect();
    for middle in [Middle::Mean, Middle::Median, Middle::Min, Middle::Max] {
        let of = group(&all, middle, Spread::MinMax, 1);
        assert_eq!(of.x.len(), 7_000);
        assert!(of.x.windows(2).all(|pair| pair[0] < pair[1]));
        for place in 0..of.x.len() {
            let (low, y, high) = (of.band.low[place], of.y[place], of.band.high[place]);
            assert!(low <= y + 1e-12 && y <= high + 1e-12, "{low} {y} {high}");
            let inside = |s: &Series| s.x[0] <= of.x[place] && of.x[place] <= s.x[s.len() - 1];
            assert_eq!(of.counts[place] as usize, all.iter().filter(|s| inside(s)).count());
        }
    }
}

#[test]
fn no_value_is_too_strange() {
    let ugly = [f64::MAX, -f64::MAX, 1e308, -1e308, 1e-320, 0.0, NAN, f64::INFINITY, f64::NEG_INFINITY];
    let all: Vec<Series> = (0..ugly.len())
        .map(|turn| {
            let at = |i: usize| ugly[(i + turn) % ugly.len()];
            let mut of = series(&(0..20).map(|i| at(i * 2)).collect::<Vec<_>>(), &(0..20).map(at).collect::<Vec<_>>());
            of.breaks = [turn, 40].into();
            of
        })
        .collect();
    for middle in [Middle::Mean, Middle::Median, Middle::Min, Middle::Max] {
        for spread in [Spread::None, Spread::MinMax, Spread::Deviation, Spread::Error, Spread::Interval95] {
            let of = group(&all, middle, spread, 0);
            assert_eq!((of.x.len(), of.band.low.len(), of.counts.len()), (of.y.len(), of.y.len(), of.y.len()));
            assert!(of.x.iter().all(|x| x.is_finite()));
        }
    }
    let huge = [series(&[0.0], &[1e308]), series(&[0.0], &[1e308])];
    assert_eq!(*group(&huge, Middle::Mean, Spread::MinMax, 1).y, [1e308]);
    assert_eq!(*group(&huge, Middle::Median, Spread::MinMax, 1).y, [1e308]);
    assert_eq!(group(&[], Middle::Mean, Spread::MinMax, 1).y.len(), 0);
    let outside = aggregate(&Chart::default(), &[vec![7], vec![]], &Aggregate::default());
    assert_eq!(outside, [GroupCurve::default(), GroupCurve::default()]);
}

/// So many curves that each have their own x, which would be 25 million values if they were put together exactly.
fn many_apart() -> Chart {
    const CURVES: u32 = 250;
    let curve = |i: u32| {
        let x: Vec<f64> = (0..400).map(|j| f64::from(CURVES * j + i)).collect();
        let y: Vec<f64> = x.iter().map(|x| f64::from(i) + x * 1e-9).collect();
        series(&x, &y)
    };
    Chart { series: (0..CURVES).map(curve).collect(), ..Chart::default() }
}

#[test]
fn too_many_places_become_bins_in_which_each_curve_counts_once_and_no_peak_is_lost() {
    let mut chart = many_apart();
    chart.series[7].y = {
        let mut y = chart.series[7].y.to_vec();
        (y[123], y[200], y[300]) = (1e6, f64::NAN, -1e6);
        y.into()
    };
    let of = |spread| group_of(&chart, &Aggregate { middle: Middle::Median, spread, at_least: 1 });
    let binned = of(Spread::MinMax);
    assert!(binned.in_bins);
    assert_eq!((binned.x.len(), binned.y.len(), binned.counts.len()), (Bins::COUNT, Bins::COUNT, Bins::COUNT));
    assert!(binned.x.windows(2).all(|pair| pair[0] < pair[1]));
    assert!(binned.counts.iter().all(|count| (1..=250).contains(count)));
    assert!((binned.y[500] - 124.5).abs() < 0.01, "{}", binned.y[500]);
    assert_eq!(binned.band.high.iter().copied().fold(0.0, f64::max), 1e6);
    assert_eq!(binned.band.low.iter().copied().fold(0.0, f64::min), -1e6);
    // np.std(np.arange(250), ddof=1)
    let deviation = of(Spread::Deviation).band;
    assert!((deviation.high[500] - deviation.low[500] - 2.0 * 72.312_976_6).abs() < 0.01);
}

#[test]
fn what_a_curve_logged_in_a_bin_counts_as_its_mean() {
    // Beside the many, two curves with a hundred points each in the first of two thousand bins of 50.
    let mut chart = many_apart();
    let x: Vec<f64> = (0..100).map(|i| f64::from(i) * 0.3).chain([1e5]).collect();
    let y = |low: f64, high: f64| (0..101).map(|i| if i % 2 == 0 { low } else { high }).collect::<Vec<_>>();
    chart.series.extend([series(&x, &y(10.0, 20.0)), series(&x, &y(100.0, 300.0))]);
    let pair = aggregate(
        &chart,
        &[(0..250).collect(), vec![250, 251]],
        &Aggregate { middle: Middle::Mean, spread: Spread::MinMax, at_least: 1 },
    );
    let pair = &pair[1];
    assert!(pair.in_bins, "all groups of a chart have the same places");
    assert_eq!(
        (pair.y[0], pair.band.low[0], pair.band.high[0], pair.counts[0]),
        ((15.0 + 200.0) / 2.0, 10.0, 300.0, 2)
    );
}

#[test]
fn a_part_of_x_is_exact_again_where_that_is_few_places() {
    let mut chart = many_apart();
    chart.x.range = Some((1_000.0, 2_000.0));
    let part = group_of(&chart, &Aggregate::default());
    assert!(!part.in_bins);
    assert!(part.x.iter().any(|x| *x < 1_000.0) && part.x.iter().any(|x| *x > 2_000.0), "the line goes on outside");
    assert!((1_000..2_000).all(|x| part.x.contains(&f64::from(x))));
    assert_eq!(part.counts[part.x.partition_point(|x| *x < 1_500.0)], 250);
    chart.x.range = Some((1_000.0, 99_000.0));
    let most = group_of(&chart, &Aggregate::default());
    assert!(most.in_bins && most.x[0] > 1_000.0 && most.x[Bins::COUNT - 1] < 99_000.0);
}
