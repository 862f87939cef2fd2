use super::super::spec::Series;
use super::*;

const KINDS: [SmoothingKind; 4] =
    [SmoothingKind::Ema, SmoothingKind::TimeWeighted, SmoothingKind::Gaussian, SmoothingKind::Mean];

fn chart(x: &[f64], y: &[f64], kind: SmoothingKind, weight: f64) -> Chart {
    let series = Series { x: x.into(), y: y.into(), ..Series::default() };
    Chart { series: vec![series], smoothing: Smoothing { kind, weight }, ..Chart::default() }
}

/// Smoothed as a curve over 0, 1, 2, ….
fn smooth(kind: SmoothingKind, weight: f64, y: &[f64]) -> Vec<f64> {
    let x: Vec<f64> = (0..y.len()).map(|i| i as f64).collect();
    smooth_over(kind, weight, &x, y)
}

fn smooth_over(kind: SmoothingKind, weight: f64, x: &[f64], y: &[f64]) -> Vec<f64> {
    match Smoother::of(&chart(x, y, kind, weight)) {
        Some(smoother) => smoother.smooth(x, y, 0..y.len()),
        None => y.to_vec(),
    }
}

fn wave(count: usize) -> Vec<f64> {
    (0..count).map(|i| (i as f64 * 0.37).sin() + 0.01 * i as f64).collect()
}

fn assert_close(ours: &[f64], theirs: &[f64]) {
    assert_eq!(ours.len(), theirs.len());
    for (i, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
        assert!((ours - theirs).abs() < 1e-9, "{ours} is not {theirs} at {i}");
    }
}

/// `resmoothDataset` of TensorBoard 2: `last = last * w + (1 - w) * y; smoothed = last / (1 - w ** n)`.
fn tensorboard(values: &[f64], weight: f64) -> Vec<f64> {
    let mut last = 0.0;
    let smoothed = values.iter().zip(1..).map(|(y, n)| {
        last = last * weight + (1.0 - weight) * y;
        last / (1.0 - weight.powi(n))
    });
    smoothed.collect()
}

/// The sample code of docs.wandb.ai, "Smooth line plots", TWEMA.
fn wandb(xs: &[f64], ys: &[f64], parameter: f64) -> Vec<f64> {
    let weight = parameter.sqrt().min(0.999);
    let range_of_x = xs[xs.len() - 1] - xs[0];
    let (mut last, mut debias) = (0.0, 0.0);
    let smoothed = ys.iter().enumerate().map(|(i, y)| {
        let change_in_x = (xs[i] - xs[i.max(1) - 1]) / range_of_x * 1000.0;
        let adjusted = weight.powf(change_in_x);
        last = last * adjusted + y;
        debias = debias * adjusted + 1.0;
        last / debias
    });
    smoothed.collect()
}

#[test]
fn an_ema_is_the_one_of_tensorboard() {
    for weight in [0.3, 0.6, 0.9, 0.99] {
        assert_close(&smooth(SmoothingKind::Ema, weight, &wave(500)), &tensorboard(&wave(500), weight));
    }
    // By hand, weight 0.5: 4; (4 / 2 + 8) / 1.5 = 20 / 3; (4 / 4 + 8 / 2 + 1) / 1.75 = 24 / 7.
    assert_close(&smooth(SmoothingKind::Ema, 0.5, &[4.0, 8.0, 1.0]), &[4.0, 20.0 / 3.0, 24.0 / 7.0]);
}

#[test]
fn a_time_weighted_ema_is_the_one_of_wandb() {
    // Ever farther apart.
    let x: Vec<f64> = (0..300).map(|i| f64::from(i * i)).collect();
    for weight in [0.3, 0.6, 0.9, 0.99] {
        let ours = smooth_over(SmoothingKind::TimeWeighted, weight, &x, &wave(300));
        assert_close(&ours, &wandb(&x, &wave(300), weight));
    }
    // By hand: of a range of 1000, x goes on by 2 and by 998; 0.25 keeps 0.5 a unit, so 0.25 after two.
    let ours = smooth_over(SmoothingKind::TimeWeighted, 0.25, &[0.0, 2.0, 1000.0], &[5.0, 10.0, 3.0]);
    assert_close(&ours, &[5.0, (5.0 * 0.25 + 10.0) / 1.25, 3.0]);
}

#[test]
fn x_counts_from_end_to_end_of_the_whole_chart() {
    let mut chart = chart(&[0.0, 2.0], &[5.0, 10.0], SmoothingKind::TimeWeighted, 0.25);
    chart.series.push(Series { x: [-500.0, 500.0].into(), y: [0.0; 2].into(), ..Series::default() });
    let smoothed = Smoother::of(&chart).unwrap().smooth(&[0.0, 2.0], &[5.0, 10.0], 0..2);
    assert_close(&smoothed, &[5.0, 9.0]);
}

#[test]
fn a_gaussian_is_the_one_of_scipy() {
    // points = 2 √π, so that the standard deviation is 1: weights 1, e^-0.5, e^-2, e^-4.5, e^-8 to both sides.
    let points = 2.0 * std::f64::consts::PI.sqrt();
    let weight = (points - 1.0) / (points + 1.0);
    let mut impulse = vec![0.0; 21];
    impulse[10] = 1.0;
    let smoothed = smooth(SmoothingKind::Gaussian, weight, &impulse);
    // scipy.ndimage.gaussian_filter1d(impulse, 1.0)[10:16]
    let scipy = [0.3989434693, 0.2419714457, 0.0539911274, 0.0044318616, 0.0001338306, 0.0];
    assert_close(&smoothed[10..16], &scipy);
    assert_close(&smoothed[5..11], &[scipy[5], scipy[4], scipy[3], scipy[2], scipy[1], scipy[0]]);
}

#[test]
fn a_running_mean_is_of_as_many_points_before_as_behind() {
    // Weight 0.5 is over three points; at an end over the two that there are.
    assert_close(&smooth(SmoothingKind::Mean, 0.5, &[3.0, 6.0, 0.0, 9.0]), &[4.5, 3.0, 5.0, 4.5]);
    // 0.9 over nineteen.
    let mut impulse = vec![0.0; 41];
    impulse[20] = 19.0;
    let smoothed = smooth(SmoothingKind::Mean, 0.9, &impulse);
    assert_eq!(smoothed.iter().filter(|y| **y > 0.5).count(), 19);
    assert_close(&smoothed[11..30], &[1.0; 19]);
}

#[test]
fn all_kinds_even_out_about_as_much_as_an_ema() {
    let mut seed = 5_u64;
    let mut next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as f64 / (1_u64 << 31) as f64 - 0.5
    };
    let noise: Vec<f64> = (0..20_000).map(|_| next()).collect();
    let left = |kind| {
        let smoothed = smooth(kind, 0.9, &noise);
        smoothed.iter().map(|y| y * y).sum::<f64>() / smoothed.len() as f64
    };
    let ema = left(SmoothingKind::Ema);
    for kind in [SmoothingKind::Gaussian, SmoothingKind::Mean] {
        let ratio = left(kind) / ema;
        assert!((0.8..1.25).contains(&ratio), "{kind:?}: {ratio}");
    }
}

#[test]
fn a_constant_stays_exactly_constant() {
    for kind in KINDS {
        assert!(smooth(kind, 0.97, &[0.1; 1000]).iter().all(|y| *y == 0.1), "{kind:?}");
    }
    assert_eq!(smooth(SmoothingKind::Ema, 0.9, &[5.0, 7.0])[0], 5.0);
}

#[test]
fn what_is_not_finite_is_kept_and_does_not_poison_what_follows() {
    for kind in KINDS {
        let x = [0.0, 1.0, 2.0, 3.0, 4.0];
        let with = smooth_over(kind, 0.5, &x, &[1.0, f64::NAN, 3.0, f64::INFINITY, 5.0]);
        let without = smooth_over(kind, 0.5, &[0.0, 2.0, 4.0], &[1.0, 3.0, 5.0]);
        assert!(with[1].is_nan());
        assert_eq!(with[3], f64::INFINITY);
        assert_close(&[with[0], with[2], with[4]], &without);
    }
}

#[test]
fn no_weight_no_value_and_no_x_is_too_strange() {
    for kind in KINDS {
        for weight in [-3.0, 0.0, f64::NAN] {
            assert_eq!(smooth(kind, weight, &[1.0, 9.0]), [1.0, 9.0], "{kind:?} {weight}");
        }
        for weight in [1e-9, 0.5, 0.99, 1.0, 5.0, f64::INFINITY] {
            let huge = [f64::MAX, -f64::MAX, f64::MAX, 1e308, 1e-320, 0.0];
            assert!(smooth(kind, weight, &huge).iter().all(|y| y.is_finite()), "{kind:?} {weight}");
            assert_eq!(smooth(kind, weight, &[]), [0.0; 0]);
            assert_eq!(smooth(kind, weight, &[7.0]), [7.0]);
            for x in [[3.0; 3], [-f64::MAX, 0.0, f64::MAX], [f64::NAN; 3]] {
                assert!(smooth_over(kind, weight, &x, &[1.0, 2.0, 3.0]).iter().all(|y| (1.0..=3.0).contains(y)));
            }
        }
    }
}

#[test]
fn a_part_of_it_and_one_value_of_it_equal_all_of_it() {
    let mut y = wave(300);
    (y[20], y[150]) = (f64::NAN, f64::INFINITY);
    let x: Vec<f64> = (0..300).map(f64::from).collect();
    for kind in KINDS {
        let smoother = Smoother::of(&chart(&x, &y, kind, 0.9)).unwrap();
        let all = smoother.smooth(&x, &y, 0..300);
        assert_close(&smoother.smooth(&x, &y, 160..190), &all[160..190]);
        assert_eq!(smoother.at(&x, &y, 200), Some(all[200]));
        assert_eq!(smoother.at(&x, &y, 300), None);
    }
}
