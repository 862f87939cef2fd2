//! Importances beside those of scikit-learn, and what they promise for any values.

use std::time::Instant;

use super::random::Random;
use super::*;

/// `n` runs with a learning rate, a depth, a dropout that some lack, one of two optimizers and a param that does nothing,
/// and a metric made of them. The script of the figures below makes the same ones.
fn sweep(n: usize) -> (Vec<Option<f64>>, Vec<Param>) {
    let mut random = Random::new(7);
    let mut columns = vec![Vec::new(); 5];
    let mut metric = Vec::new();
    for _ in 0..n {
        let lr = 10f64.powf(-1.0 - 4.0 * random.below(1000) as f64 / 1000.0);
        let depth = 1.0 + random.below(12) as f64;
        let dropout = [Some(0.0), Some(0.1), Some(0.3), None][random.below(4)];
        let optimizer = random.below(2) as f64;
        let nothing = random.below(1000) as f64 / 1000.0;
        let chance = random.below(1000) as f64 / 1000.0 - 0.5;
        for (column, value) in columns.iter_mut().zip([Some(lr), Some(depth), dropout, Some(optimizer), Some(nothing)])
        {
            column.push(value);
        }
        let of_depth = 0.1 * depth + 0.1 * optimizer * depth;
        metric.push(Some(0.4 * (lr.log10() + 3.0).powi(2) + of_depth + dropout.unwrap_or(1.2) + 0.2 * chance));
    }
    let param = |(i, values): (usize, Vec<Option<f64>>)| Param { values: values.into(), is_category: i == 3 };
    (metric, columns.into_iter().enumerate().map(param).collect())
}

fn params_of(importance: &Importance) -> (&[ParamImportance], f64) {
    let Finding::Params { params, explained } = &importance.finding else { panic!("{importance:?}") };
    (params, *explained)
}

fn share_of(params: &[ParamImportance], param: usize) -> f64 {
    params.iter().find(|of| of.param == param).map_or(f64::NAN, |of| of.share)
}

/// Means over ten forests of scikit-learn 1.9.1 on the same runs: `RandomForestRegressor(200, min_samples_split=4)`, the
/// growth of each tree's mean squared error in its out-of-bag runs (`_generate_unsampled_indices`) when one column of
/// them is shuffled, a missing dropout as NaN; R² is that of the mean of the out-of-bag trees. With few runs two forests
/// differ by more: how much may be the difference is the second number.
const OF_SCIKIT_LEARN: [(usize, f64, [f64; 5], f64); 2] = [
    (48, 0.05, [0.1592, 0.3869, 0.2730, 0.1424, 0.0384], 0.7437),
    (400, 0.015, [0.2439, 0.3522, 0.2577, 0.1449, 0.0014], 0.9423),
];

#[test]
fn importances_are_those_of_scikit_learn() {
    for (n, tolerance, shares, r2) in OF_SCIKIT_LEARN {
        let (metric, params) = sweep(n);
        let importance = importance(&metric, &params);
        let (found, explained) = params_of(&importance);
        for (param, share) in shares.iter().enumerate() {
            let own = share_of(found, param);
            assert!((own - share).abs() < tolerance, "{n} runs, param {param}: {own} and not {share}");
        }
        let ranking: Vec<usize> = found.iter().map(|of| of.param).collect();
        let mut expected: Vec<usize> = (0..5).collect();
        expected.sort_by(|a, b| shares[*b].total_cmp(&shares[*a]));
        assert_eq!(ranking, expected, "{n} runs");
        assert!((explained - r2).abs() < tolerance, "{n} runs: {explained} and not {r2}");
    }
}

#[test]
fn each_share_has_its_uncertainty_and_its_trend() {
    let (metric, params) = sweep(400);
    let first = importance(&metric, &params);
    assert_eq!(first, importance(&metric, &params), "the same question has the same answer");
    let (found, _) = params_of(&first);
    assert!((found.iter().map(|of| of.share).sum::<f64>() - 1.0).abs() < 1e-12);
    assert!(found.iter().all(|of| of.spread > 0.0 && of.spread < 0.05), "{found:?}");
    let trend = |param: usize| found.iter().find(|of| of.param == param).and_then(|of| of.trend);
    // The way of the learning rate down and up again is no trend, and a category has none.
    assert_eq!([trend(0), trend(1), trend(3), trend(4)], [None, Some(Trend::Up), None, None]);
    let small = importance(&metric[..48], &params);
    let spread = |of: &Importance| params_of(of).0.iter().map(|of| of.spread).sum::<f64>();
    assert!(spread(&small) > spread(&first), "fewer runs are less certain");
}

#[test]
fn too_few_runs_or_nothing_to_explain_is_said_and_not_drawn() {
    let (metric, params) = sweep(40);
    let of = |metric: &[Option<f64>], params: &[Param]| importance(metric, params).finding;
    assert_eq!(of(&metric[..9], &params), Finding::TooFewRuns { needed: 10 });
    assert!(matches!(of(&metric[..10], &params), Finding::Params { .. }));
    let six = [&params[..], &params[..1]].concat();
    assert_eq!(of(&metric[..11], &six), Finding::TooFewRuns { needed: 12 });
    assert_eq!(of(&[Some(0.25); 40], &params), Finding::SameEverywhere);
    assert_eq!(of(&metric, &[]), Finding::NothingVaries);
    let constant = Param { values: vec![Some(1.0); 40].into(), is_category: false };
    assert_eq!(of(&metric, &[constant.clone(), constant.clone()]), Finding::NothingVaries);
    // What does not vary needs no runs.
    let with_constants = [vec![constant; 30], params].concat();
    let found = importance(&metric, &with_constants);
    assert_eq!(params_of(&found).0.len(), 5);
    assert!(params_of(&found).0.iter().all(|of| of.param >= 30), "{found:?}");
}

#[test]
fn runs_without_the_metric_are_left_out_and_counted() {
    let (mut metric, params) = sweep(60);
    for (place, value) in [(3, None), (10, Some(f64::NAN)), (11, Some(f64::INFINITY)), (59, None)] {
        metric[place] = value;
    }
    let found = importance(&metric, &params);
    assert_eq!((found.runs, found.left_out), (56, 4));
    assert!(params_of(&found).0.iter().all(|of| of.share.is_finite()));
}

#[test]
fn what_means_nothing_has_no_share() {
    let (metric, params) = sweep(300);
    let alone = importance(&metric, &params);
    // A name of each run, and one of each pair of runs.
    for (together, most, differs) in [(1, 0.0, 1e-12), (2, 0.02, 0.1)] {
        let names: Vec<Option<f64>> = (0..300).map(|i| Some(f64::from(i / together))).collect();
        let with_names = [params.clone(), vec![Param { values: names.into(), is_category: true }]].concat();
        let found = importance(&metric, &with_names);
        let own = params_of(&found).0.iter().find(|of| of.param == 5).map_or(0.0, |of| of.share);
        assert!(own <= most, "{found:?}");
        for param in 0..5usize {
            let (before, after) = (share_of(params_of(&alone).0, param), share_of(params_of(&found).0, param));
            assert!((before - after).abs() < differs, "{param}: {before} and {after}");
        }
    }
    let mut random = Random::new(3);
    let chance: Vec<Option<f64>> = (0..300).map(|_| Some(random.below(1000) as f64)).collect();
    let found = importance(&chance, &params);
    assert!(params_of(&found).1 < 0.05, "{found:?}");
}

#[test]
fn params_that_say_the_same_share() {
    let (metric, mut params) = sweep(200);
    let alone = importance(&metric, &params);
    params.push(params[0].clone());
    let both = importance(&metric, &params);
    let (first, second) = (share_of(params_of(&both).0, 0), share_of(params_of(&both).0, 5));
    assert!((first - second).abs() < 0.1 && first < share_of(params_of(&alone).0, 0) - 0.1, "{first} and {second}");
}

#[test]
fn that_a_value_is_missing_can_be_what_matters() {
    let mut random = Random::new(5);
    let has: Vec<bool> = (0..100).map(|_| random.below(2) == 0).collect();
    let values: Vec<Option<f64>> = has.iter().map(|has| has.then(|| random.below(100) as f64)).collect();
    let other: Vec<Option<f64>> = (0..100).map(|_| Some(random.below(100) as f64)).collect();
    let metric: Vec<Option<f64>> = has.iter().map(|has| Some(f64::from(u8::from(*has)))).collect();
    for is_category in [false, true] {
        let params =
            [Param { values: other.clone().into(), is_category }, Param { values: values.clone().into(), is_category }];
        let found = importance(&metric, &params);
        assert!(share_of(params_of(&found).0, 1) > 0.95, "{found:?}");
    }
}

#[test]
fn extreme_values_come_out_as_finite_shares() {
    let ugly = [1e308, -1e308, 1e-320, 0.0, -0.0, 5e300, f64::MAX, f64::MIN_POSITIVE, -7.0, 3.0, 1e17, f64::MIN];
    let metric = ugly.map(Some);
    let params =
        [ugly, ugly.map(|value| 1.0 / value)].map(|of| Param { values: of.map(Some).into(), is_category: false });
    for metric in [metric, metric.map(|value| value.map(|value| value * 1e-308))] {
        let found = importance(&metric, &params);
        let (of, explained) = params_of(&found);
        assert!(
            of.iter().all(|of| of.share.is_finite() && of.spread.is_finite()) && explained.is_finite(),
            "{found:?}"
        );
    }
    // A column that is too short has no values beyond its end.
    let short = [Param { values: vec![Some(1.0)].into(), is_category: true }];
    assert!(matches!(importance(&metric, &short).finding, Finding::Params { .. }));
}

/// `cargo test --release … -- --ignored` says how long 10,000 runs take.
#[test]
#[ignore = "a measurement"]
fn ten_thousand_runs_of_twenty_params() {
    let (metric, params) = sweep(10_000);
    let params = [&params[..], &params[..], &params[..], &params[..]].concat();
    let started = Instant::now();
    let found = importance(&metric, &params);
    println!("{} runs × {} params: {:?}", found.runs, params.len(), started.elapsed());
}
