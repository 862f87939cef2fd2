use std::sync::Arc;

use std::path::Path;

use super::super::{AnyChart, ChartFile, ChartTheme, CurveChart, CurveRun, FileFormat, Paper};
use super::*;
use crate::cache::History;
use crate::cache::tests::{Logged, run};
use crate::charts::XKind;
use crate::connect::{Profile, ProfileKind};
use crate::entities::{DatasetInput, MetricPoint, Run};

const PAPER: Paper = Paper { width_px: 300.0, height_px: 200.0, dpr: 1.0, dark: false, utc_offset_minutes: 0 };

/// Runs of one profile, each with a loss of these values at the steps 0, 10, 20, ….
async fn app_with(folder: &Path, runs: Vec<(Run, &[f64])>) -> (App, String) {
    let app = App::open(folder, folder, None, Arc::new(|_| ())).await.unwrap();
    let profile = app.save_profile(Profile::new("a", ProfileKind::Server, "http://127.0.0.1:9")).await.unwrap();
    let source = app.connection(&profile.id).await.unwrap().source;
    for (run, losses) in runs {
        app.cache.apply_runs(source, std::slice::from_ref(&run), 1).await.unwrap();
        let point = |(value, step): (&f64, i64)| MetricPoint { step, timestamp_ms: step, value: MetricValue(*value) };
        let points = losses.iter().zip((0..).map(|i| 10 * i)).map(point).collect();
        let history = History::from_points(points);
        app.cache.set_history(source, &run.info.run_id, "loss", &history, None, 1).await.unwrap();
    }
    (app, profile.id)
}

fn chart(profile_id: &str, run_ids: &[&str], groups: Grouping) -> CurveChart {
    let run = |run_id: &&str| CurveRun { run: RunRef::new(profile_id, *run_id), dash: 0 };
    CurveChart {
        key: "loss".to_owned(),
        runs: run_ids.iter().map(run).collect(),
        groups: Some(groups),
        ..CurveChart::default()
    }
}

fn column(kind: ColumnKind, key: &str) -> Column {
    Column { kind, key: key.to_owned() }
}

fn by(columns: &[(ColumnKind, &str)], aggregate: Option<GroupAggregate>) -> Grouping {
    Grouping { by: columns.iter().map(|(kind, key)| column(*kind, key)).collect(), aggregate }
}

fn names(groups: &[CurveGroup]) -> Vec<(&str, &[u32], u32)> {
    groups.iter().map(|group| (group.name.as_str(), &group.runs[..], group.with_points)).collect()
}

#[tokio::test]
async fn runs_with_the_same_value_are_a_group_and_one_line_with_their_mean_and_range() {
    let folder = tempfile::tempdir().unwrap();
    let runs = vec![
        (run("a").param("lr", "0.1"), &[4.0, 2.0][..]),
        (run("b").param("lr", "1e-1"), &[8.0, 4.0]),
        (run("c").param("lr", "0.003"), &[1.0, 1.0, 1.0]),
        (run("d"), &[9.0]),
        (run("e").param("lr", "0.1"), &[]),
    ];
    let (app, profile) = app_with(folder.path(), runs).await;
    let grouping = by(&[(ColumnKind::Param, "lr")], Some(GroupAggregate::default()));
    let mut chart = chart(&profile, &["d", "a", "b", "c", "e", "unknown"], grouping);
    let drawn = app.draw_chart(&chart, PAPER).await.unwrap().layout;
    assert_eq!(
        names(&drawn.groups),
        [("lr 0.003", &[3][..], 1), ("lr 0.1", &[1, 2, 4], 2), ("lr not set", &[0], 1)],
        "in the order of numbers, however they are written"
    );
    assert_eq!((drawn.layout.series_total, drawn.layout.x_kind), (3, XKind::Step));
    let colors: std::collections::BTreeSet<u8> = drawn.groups.iter().map(|group| group.color).collect();
    assert_eq!(colors.len(), 3);

    let probes = app.probe_groups(&chart, 8.0).await.unwrap();
    let said: Vec<_> = probes.iter().map(|p| (p.name.as_str(), p.x, p.value.0, p.low.0, p.high.0, p.runs)).collect();
    assert_eq!(
        said,
        [
            ("lr 0.003", 10.0, 1.0, 1.0, 1.0, 1),
            ("lr 0.1", 10.0, 3.0, 2.0, 4.0, 2),
            ("lr not set", 0.0, 9.0, 9.0, 9.0, 1),
        ]
    );
    assert!(app.probe_chart(&chart, 8.0).await.unwrap().is_empty(), "no run is a curve");

    // Only what enough runs have; and smoothed before they are put together.
    chart.groups.as_mut().unwrap().aggregate.as_mut().unwrap().at_least = 2;
    chart.smoothing = 0.5;
    let probes = app.probe_groups(&chart, 8.0).await.unwrap();
    // EMAs of 0.5: (4 / 2 + 2) / 1.5 and (8 / 2 + 4) / 1.5.
    assert_eq!(probes.len(), 1);
    assert!((probes[0].low.0 - 8.0 / 3.0).abs() < 1e-9 && (probes[0].high.0 - 16.0 / 3.0).abs() < 1e-9);

    // Without an aggregate every run is drawn, in the colour of its group.
    chart.groups.as_mut().unwrap().aggregate = None;
    let single = app.draw_chart(&chart, PAPER).await.unwrap().layout;
    assert_eq!((single.layout.series_total, &single.groups), (6, &drawn.groups));
    assert_eq!(app.probe_chart(&chart, 8.0).await.unwrap().len(), 4);
    assert!(app.probe_groups(&chart, 8.0).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_group_keeps_its_colour_whatever_it_is_shown_with() {
    let folder = tempfile::tempdir().unwrap();
    let runs = ["1", "2", "3"].map(|depth| (run(depth).param("depth", depth), &[1.0, 2.0][..]));
    let (app, profile) = app_with(folder.path(), runs.to_vec()).await;
    let colors = async |run_ids: &[&str]| {
        let chart = chart(&profile, run_ids, by(&[(ColumnKind::Param, "depth")], Some(GroupAggregate::default())));
        let groups = app.draw_chart(&chart, PAPER).await.unwrap().layout.groups;
        groups.into_iter().map(|group| (group.name, group.color)).collect::<HashMap<_, _>>()
    };
    let two = colors(&["2", "3"]).await;
    let all = colors(&["1", "2", "3"]).await;
    assert!(two.iter().all(|(name, color)| all[name] == *color), "{two:?} {all:?}");
    assert_eq!(colors(&["3"]).await["depth 3"], two["depth 3"]);
}

#[tokio::test]
async fn groups_are_by_tags_parents_datasets_and_several_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let dataset = |name: &str, digest: &str| DatasetInput {
        name: name.to_owned(),
        digest: digest.to_owned(),
        source_type: "local".to_owned(),
        source: "{}".to_owned(),
        schema: None,
        profile: None,
        context: None,
    };
    let mut first = run("first").tag("team", "vision").tag("mlflow.parentRunId", "parent-0123456789").param("k", "1");
    first.dataset_inputs = vec![dataset("val", "d2"), dataset("train", "d1")];
    let mut second = run("second").tag("team", "vision").tag("mlflow.parentRunId", "parent-0123456789").param("k", "1");
    second.dataset_inputs = vec![dataset("train", "d1"), dataset("val", "d2")];
    let mut third = run("third").tag("team", "text").tag("mlflow.parentRunId", "gone");
    third.dataset_inputs = vec![dataset("train", "d9")];
    let one = &[1.0][..];
    let runs = vec![(run("parent-0123456789"), one), (first, one), (second, one), (third, one)];
    let (app, profile) = app_with(folder.path(), runs).await;
    let groups = async |columns: &[(ColumnKind, &str)]| {
        let chart = chart(&profile, &["first", "second", "third"], by(columns, None));
        let groups = app.draw_chart(&chart, PAPER).await.unwrap().layout.groups;
        groups.into_iter().map(|group| (group.name, group.runs)).collect::<Vec<_>>()
    };
    let named =
        |all: &[(&str, &[u32])]| all.iter().map(|(name, runs)| ((*name).to_owned(), runs.to_vec())).collect::<Vec<_>>();
    assert_eq!(groups(&[(ColumnKind::Tag, "team")]).await, named(&[("text", &[2]), ("vision", &[0, 1])]));
    let parents = named(&[("gone", &[2]), ("name of parent-0123456789 (parent-0)", &[0, 1])]);
    assert_eq!(groups(&[(ColumnKind::Attribute, "parent_run")]).await, parents);
    let datasets = named(&[("train (d1) + val (d2)", &[0, 1]), ("train (d9)", &[2])]);
    assert_eq!(groups(&[(ColumnKind::Attribute, "dataset")]).await, datasets);
    let both = named(&[("text · k not set", &[2]), ("vision · k 1", &[0, 1])]);
    assert_eq!(groups(&[(ColumnKind::Tag, "team"), (ColumnKind::Param, "k")]).await, both);
    // By nothing all runs are one group, and so they are by what no run has.
    assert_eq!(groups(&[]).await, named(&[("", &[0, 1, 2])]));
    assert_eq!(groups(&[(ColumnKind::Param, "nothing")]).await, named(&[("nothing not set", &[0, 1, 2])]));
}

#[tokio::test]
async fn the_highlighted_group_is_the_one_with_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let runs = vec![(run("a").param("k", "1"), &[1.0, 2.0][..]), (run("b").param("k", "2"), &[5.0, 6.0])];
    let (app, profile) = app_with(folder.path(), runs).await;
    let mut chart = chart(&profile, &["a", "b"], by(&[(ColumnKind::Param, "k")], Some(GroupAggregate::default())));
    let highlighted = async |chart: &CurveChart| app.chart(chart, false).await.unwrap().chart.highlighted;
    assert_eq!(highlighted(&chart).await, None);
    chart.highlighted = Some(RunRef::new(&profile, "b"));
    assert_eq!(highlighted(&chart).await, Some(1));
}

#[test]
fn a_value_that_could_be_of_any_key_comes_with_its_key() {
    assert!(["adamw", "train (d1)", "検証損失"].iter().all(|value| speaks_for_itself(value)));
    assert!(!["True", "none", "12", "1e-3", "NaN", "b", "v2", ""].iter().any(|value| speaks_for_itself(value)));
}

#[test]
fn numbers_can_be_read_back_and_have_an_exponent_only_far_from_one() {
    let said = [0.001, 3e-5, 0.1, 64.0, 250_000.0, 1e9, -0.5, 0.0, f64::NAN].map(number);
    assert_eq!(said, ["0.001", "3e-5", "0.1", "64", "250000", "1e9", "-0.5", "0", "NaN"]);
}

#[tokio::test]
async fn many_runs_that_share_no_x_are_put_together_in_bins_and_the_layout_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let (app, profile) = app_with(folder.path(), Vec::new()).await;
    let source = app.connection(&profile).await.unwrap().source;
    // 110 runs at 800 steps of their own each: 88,000 steps, and 9.7 million values.
    let run_ids: Vec<String> = (0..110).map(|i| format!("r{i}")).collect();
    for (run_id, i) in run_ids.iter().zip(0_i64..) {
        app.cache.apply_runs(source, &[run(run_id).param("lr", "1")], 1).await.unwrap();
        let point = |j| MetricPoint { step: 110 * j + i, timestamp_ms: j, value: MetricValue(i as f64) };
        let history = History::from_points((0..800).map(point).collect());
        app.cache.set_history(source, run_id, "loss", &history, None, 1).await.unwrap();
    }
    let run_ids: Vec<&str> = run_ids.iter().map(String::as_str).collect();
    let mut chart = chart(&profile, &run_ids, by(&[(ColumnKind::Param, "lr")], Some(GroupAggregate::default())));
    let layout = app.draw_chart(&chart, PAPER).await.unwrap().layout;
    assert_eq!((layout.bins, layout.layout.points_total), (Some(2_000), 2_000));
    let csv = |chart: &CurveChart| ChartFile {
        chart: AnyChart::Curves(chart.clone()),
        title: String::new(),
        format: FileFormat::Csv,
        theme: ChartTheme::Light,
        width_px: 300.0,
        height_px: 200.0,
        dpi: 96.0,
        legend: false,
        utc_offset_minutes: 0,
    };
    let table = app.chart_file(&csv(&chart)).await.unwrap();
    assert!(table.starts_with(b"group,step_bin_middle,value,"));
    chart.x_range = Some((10_000.0, 20_000.0));
    let layout = app.draw_chart(&chart, PAPER).await.unwrap().layout;
    assert_eq!(layout.bins, None, "the 10,000 steps that are shown are exact");
    let probed = app.probe_groups(&chart, 15_000.3).await.unwrap();
    assert_eq!((probed[0].x, probed[0].runs, probed[0].value.0), (15_000.0, 110, 54.5));
}
