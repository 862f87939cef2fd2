//! Histories: whole, in order, and known to be out of date when they are.

use super::*;
use crate::cache::{CurveInfo, History, HistoryState};
use crate::entities::MetricPoint;

fn point(step: i64, timestamp_ms: i64, value: f64) -> MetricPoint {
    MetricPoint { step, timestamp_ms, value: MetricValue(value) }
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[tokio::test]
async fn histories_come_back_sorted_in_the_order_asked() {
    let (_folder, cache, source) = cache().await;
    cache.apply_runs(source, &[run("a").metric("loss", 1.0), run("b").metric("loss", 2.0)], 1).await.unwrap();
    let points = vec![point(1, 20, f64::NEG_INFINITY), point(-5, 7, 0.5), point(1, 10, 3.0)];
    let history = History::from_points(points);
    assert_eq!(history.steps, [-5, 1, 1]);
    assert_eq!(history.timestamps_ms, [7, 10, 20]);
    cache.set_history(source, "b", "loss", &history, None, 1).await.unwrap();
    let found = cache.histories(source, &owned(&["a", "b", "nope", "b"]), "loss").await.unwrap();
    assert_eq!(found, [None, Some(history.clone()), None, Some(history)]);
    assert_eq!(cache.histories(source, &owned(&["b"]), "other").await.unwrap(), [None]);
}

#[tokio::test]
async fn nan_stays_nan_and_many_histories_are_read_at_once() {
    let (_folder, cache, source) = cache().await;
    let ids: Vec<String> = (0..100).map(|number| format!("run{number}")).collect();
    let runs: Vec<Run> = ids.iter().map(|id| run(id).metric("loss", 1.0)).collect();
    cache.apply_runs(source, &runs, 1).await.unwrap();
    for (number, id) in ids.iter().enumerate() {
        let points = (0..=number as i64).map(|step| point(step, step, f64::NAN)).collect();
        cache.set_history(source, id, "loss", &History::from_points(points), None, 1).await.unwrap();
    }
    let found = cache.histories(source, &ids, "loss").await.unwrap();
    for (number, history) in found.into_iter().enumerate() {
        let history = history.unwrap();
        assert_eq!(history.len(), number + 1);
        assert!(history.values.iter().all(|value| value.is_nan()));
    }
}

#[tokio::test]
async fn a_history_is_out_of_date_when_the_run_has_a_newer_value() {
    let (_folder, cache, source) = cache().await;
    let (ids, keys) = (owned(&["a"]), owned(&["loss", "never logged"]));
    cache.apply_runs(source, &[run("a").metric("loss", f64::NAN)], 1).await.unwrap();
    let state = |up_to_date, fetched_at_ms, points| {
        vec![HistoryState { run_id: "a".to_owned(), key: "loss".to_owned(), up_to_date, fetched_at_ms, points }]
    };
    assert_eq!(cache.history_states(source, &ids, &keys).await.unwrap(), state(false, None, 0));
    let of = cache.latest_point(source, "a", "loss").await.unwrap();
    let history = History::from_points(vec![point(0, 5, f64::NAN)]);
    cache.set_history(source, "a", "loss", &history, of, 9).await.unwrap();
    assert_eq!(cache.history_states(source, &ids, &keys).await.unwrap(), state(true, Some(9), 1));
    cache.apply_runs(source, &[run("a").metric("loss", 0.5)], 10).await.unwrap();
    assert_eq!(cache.history_states(source, &ids, &keys).await.unwrap(), state(false, Some(9), 1));
    // What is there is still shown.
    assert!(cache.histories(source, &ids, "loss").await.unwrap()[0].is_some());
}

#[tokio::test]
async fn a_metric_with_steps_or_several_points_has_a_curve() {
    let (_folder, cache, source) = cache().await;
    let mut stepped = run("a").metric("loss", 1.0).metric("final", 1.0);
    stepped.metrics[0].step = 99;
    cache.apply_runs(source, &[stepped, run("b").metric("loss", 1.0).metric("timed", 1.0)], 1).await.unwrap();
    let history = History::from_points(vec![point(0, 1, 1.0), point(0, 2, 2.0)]);
    cache.set_history(source, "b", "timed", &history, None, 1).await.unwrap();
    let curve = |key: &str, run_count| CurveInfo { key: key.to_owned(), run_count };
    let curves = cache.curves(source, &owned(&["a", "b"])).await.unwrap();
    assert_eq!(curves, [curve("loss", 1), curve("timed", 1)]);
}

#[tokio::test]
async fn nothing_is_kept_of_a_run_that_is_not_there() {
    let (_folder, cache, source) = cache().await;
    let history = History::from_points(vec![point(0, 1, 1.0)]);
    cache.set_history(source, "nope", "loss", &history, None, 1).await.unwrap();
    assert_eq!(cache.histories(source, &owned(&["nope"]), "loss").await.unwrap(), [None]);
}
