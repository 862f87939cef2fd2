//! What charts say in figures, beside what others compute from the same sample.

use podium::app::{CurveChart, GroupAggregate, Grouping, ImportanceVerdict, Paper, RunImportance};
use podium::cache::{Column, ColumnKind};
use podium::charts::{Middle, SmoothingKind, Spread};

use crate::sample::{SWEEP, Sample, linear, metric, param};

/// NumPy 2.5 on `val/accuracy` of the five seeds of the configuration `adamw-1`, read from the sample's database:
/// step, mean, standard deviation (ddof=1), median, smallest, largest.
const OF_NUMPY: [(f64, f64, f64, f64, f64, f64); 3] = [
    (1_500.0, 0.6225000143051147, 0.0018828303115997122, 0.6218000054359436, 0.6202999949455261, 0.6248000264167786),
    (9_000.0, 0.9087599873542785, 0.0029779082984557705, 0.9077000021934509, 0.9050999879837036, 0.9128999710083008),
    (18_000.0, 0.9292800068855286, 0.0026385462576597176, 0.9291999936103821, 0.9265000224113464, 0.9325000047683716),
];
/// SciPy: `scipy.stats.t.ppf(0.975, 4)`.
const T_OF_FIVE: f64 = 2.7764451051977987;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn groups_have_the_figures_of_numpy() {
    let sample = Sample::open().await;
    let sweep = sample.experiment(SWEEP).await;
    let seeds = sample.runs(&sweep, "tags.phase = 'seeds'").await;
    let curves = sample.curves("val/accuracy", seeds).await;
    let by = vec![Column { kind: ColumnKind::Tag, key: "configuration".to_owned() }];
    let probe = async |middle: Middle, spread: Spread, step: f64| {
        let aggregate = Some(GroupAggregate { middle, spread, at_least: 1 });
        let chart = CurveChart { groups: Some(Grouping { by: by.clone(), aggregate }), ..curves.clone() };
        let groups = sample.app.probe_groups(&chart, step).await.unwrap();
        assert_eq!(groups.len(), 9);
        let group = groups.into_iter().find(|group| group.name.contains("adamw-1")).expect("the group");
        assert_eq!((group.x, group.runs), (step, 5));
        [group.value.0, group.low.0, group.high.0]
    };
    for (step, mean, deviation, median, least, most) in OF_NUMPY {
        let error = deviation / 5f64.sqrt();
        let expected = [
            (Middle::Mean, Spread::Deviation, [mean, mean - deviation, mean + deviation]),
            (Middle::Mean, Spread::Error, [mean, mean - error, mean + error]),
            (Middle::Mean, Spread::Interval95, [mean, mean - T_OF_FIVE * error, mean + T_OF_FIVE * error]),
            (Middle::Median, Spread::MinMax, [median, least, most]),
        ];
        for (middle, spread, theirs) in expected {
            let ours = probe(middle, spread, step).await;
            for (ours, theirs) in ours.iter().zip(theirs) {
                assert!((ours - theirs).abs() < 1e-9, "{middle:?} {spread:?} at {step}: {ours} is not {theirs}");
            }
        }
    }
}

/// Means over ten forests of scikit-learn 1.9 on the 193 runs of the sample's sweep that have `val/accuracy`:
/// `RandomForestRegressor(200, min_samples_split=4, oob_score=True)`, the growth of each tree's mean squared error in
/// its out-of-bag runs (`_generate_unsampled_indices`) when one column of them is shuffled, in shares of all; the mean
/// of `oob_score_`.
const OF_SCIKIT_LEARN: [(&str, f64); 5] =
    [("learning_rate", 0.5721), ("optimizer", 0.3605), ("batch_size", 0.0228), ("dropout", 0.0023), ("depth", 0.0423)];
const EXPLAINED_OF_SCIKIT_LEARN: f64 = 0.7046;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn importances_of_the_sweep_are_those_of_scikit_learn() {
    let sample = Sample::open().await;
    let chart = RunImportance {
        runs: sample.experiment(SWEEP).await,
        metric: linear(metric("val/accuracy")),
        params: OF_SCIKIT_LEARN.map(|(key, _)| param(key)).to_vec(),
    };
    let paper = Paper { width_px: 400.0, height_px: 240.0, dpr: 1.0, dark: false, utc_offset_minutes: 0 };
    let layout = sample.app.draw_importance(&chart, paper).await.unwrap().layout;
    assert_eq!((layout.runs_used, layout.left_out), (193, 7));
    let ImportanceVerdict::Explained { share } = layout.verdict else { panic!("{:?}", layout.verdict) };
    assert!((share - EXPLAINED_OF_SCIKIT_LEARN).abs() < 0.06, "{share}");
    for (key, theirs) in OF_SCIKIT_LEARN {
        let ours = layout.params.iter().find(|param| param.column.key == key).expect(key).share;
        assert!((ours - theirs).abs() < 0.05, "{key}: {ours} is not {theirs}");
    }
    let first: Vec<&str> = layout.params.iter().take(2).map(|param| param.column.key.as_str()).collect();
    assert_eq!(first, ["learning_rate", "optimizer"]);
}

/// `resmoothDataset` of TensorBoard 2.
fn tensorboard(ys: &[f64], weight: f64) -> Vec<f64> {
    let mut last = 0.0;
    let smoothed = ys.iter().zip(1..).map(|(y, n)| {
        last = last * weight + (1.0 - weight) * y;
        last / (1.0 - weight.powi(n))
    });
    smoothed.collect()
}

/// The sample code of docs.wandb.ai, "Smooth line plots", TWEMA.
fn wandb(xs: &[f64], ys: &[f64], parameter: f64) -> Vec<f64> {
    let weight = parameter.sqrt().min(0.999);
    let range = xs[xs.len() - 1] - xs[0];
    let (mut last, mut debias) = (0.0, 0.0);
    let smoothed = ys.iter().enumerate().map(|(i, y)| {
        let adjusted = weight.powf((xs[i] - xs[i.max(1) - 1]) / range * 1000.0);
        last = last * adjusted + y;
        debias = debias * adjusted + 1.0;
        last / debias
    });
    smoothed.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_curve_that_is_pointed_at_says_what_tensorboard_and_wandb_would() {
    let sample = Sample::open().await;
    let experiment = sample.experiment("vision/resnet-sweep").await;
    let run = sample.runs(&experiment, "attributes.run_name = 'r50-lr1e-3'").await;
    let curves = sample.curves("train_loss", run.clone()).await;
    let (xs, ys) = sample.history(&run[0], "train_loss").await;
    assert_eq!(xs.len(), 2_000);
    for weight in [0.6, 0.9, 0.99] {
        let theirs =
            [(SmoothingKind::Ema, tensorboard(&ys, weight)), (SmoothingKind::TimeWeighted, wandb(&xs, &ys, weight))];
        for (smoothing_kind, theirs) in theirs {
            let chart = CurveChart { smoothing_kind, smoothing: weight, ..curves.clone() };
            for at in [0, 1, 7, 300, 1_234, 1_999] {
                let probe = sample.app.probe_chart(&chart, xs[at]).await.unwrap().remove(0);
                assert_eq!((probe.x, probe.value.0), (xs[at], ys[at]));
                let (ours, theirs) = (probe.smoothed.0, theirs[at]);
                assert!((ours - theirs).abs() < 1e-9, "{smoothing_kind:?} {weight} at {at}: {ours} is not {theirs}");
            }
        }
    }
}
