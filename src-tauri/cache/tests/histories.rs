//! Histories: whole, in order, and known to be out of date when they are.

use super::*;
use crate::cache::{CurveChance, History, HistoryState};
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
async fn only_a_history_says_that_a_metric_has_no_curve() {
    let (_folder, cache, source) = cache().await;
    let at = |run: Run, key: &str, step: i64| {
        let mut run = run.metric(key, 1.0);
        run.metrics.last_mut().unwrap().step = step;
        run
    };
    let a = at(at(at(at(at(run("a"), "loss", 99), "counted down", 0), "final", 0), "final at 99", 99), "seen", 0);
    let b = run("b").metric("loss", 1.0).metric("final", 1.0).metric("seen", 1.0);
    cache.apply_runs(source, &[a.clone(), b], 1).await.unwrap();
    let (ids, only_a) = (owned(&["a", "b"]), owned(&["a"]));
    let curves = async |ids: &[String]| {
        let found = cache.curves(source, ids).await.unwrap();
        found.into_iter().map(|info| (info.key, info.run_count, info.chance)).collect::<Vec<_>>()
    };
    let is = |key: &str, runs, chance| (key.to_owned(), runs, chance);
    use CurveChance::{Likely, None as Never, Possible};
    let before = [
        is("final at 99", 1, Likely),
        is("loss", 2, Likely),
        is("counted down", 1, Possible),
        is("final", 2, Possible),
        is("seen", 2, Possible),
    ];
    assert_eq!(curves(&ids).await, before);

    // Histories as they are fetched for what is drawn.
    let one = History::from_points(vec![point(0, 5, 1.0)]);
    let several = History::from_points(vec![point(-5, 1, 1.0), point(-3, 2, 1.0), point(0, 5, 1.0)]);
    for (id, key, history) in [
        ("a", "final at 99", &History::from_points(vec![point(99, 5, 1.0)])),
        ("a", "counted down", &several),
        ("a", "final", &one),
        ("a", "seen", &one),
        ("b", "seen", &one),
    ] {
        let of = cache.latest_point(source, id, key).await.unwrap();
        cache.set_history(source, id, key, history, of, 9).await.unwrap();
    }
    let after = [
        is("counted down", 1, Likely),
        is("loss", 2, Likely),
        is("final", 2, Possible),
        is("final at 99", 1, Never),
        is("seen", 2, Never),
    ];
    assert_eq!(curves(&ids).await, after, "the other run's final value may be one of many");
    assert_eq!(curves(&only_a).await.iter().filter(|(.., chance)| *chance == Never).count(), 3);

    // A newer value: there are two now, though only one is in the cache.
    let mut newer = a;
    newer.metrics.iter_mut().filter(|metric| metric.key == "seen").for_each(|metric| metric.timestamp_ms = 50);
    cache.apply_runs(source, &[newer], 10).await.unwrap();
    assert!(curves(&ids).await.contains(&is("seen", 2, Possible)));
}

#[tokio::test]
async fn nothing_is_kept_of_a_run_that_is_not_there() {
    let (_folder, cache, source) = cache().await;
    let history = History::from_points(vec![point(0, 1, 1.0)]);
    cache.set_history(source, "nope", "loss", &history, None, 1).await.unwrap();
    assert_eq!(cache.histories(source, &owned(&["nope"]), "loss").await.unwrap(), [None]);
}

#[tokio::test]
async fn a_damaged_file_of_histories_costs_only_these() {
    let (folder, cache, source) = cache().await;
    let other = cache.source("other", "http://localhost:5000").await.unwrap();
    let history = History::from_points((0..20_000).map(|step| point(step, step * step, 1.0 / step as f64)).collect());
    for source in [source, other] {
        cache.apply_runs(source, &[run("a").metric("loss", 1.0)], 1).await.unwrap();
        let of = cache.latest_point(source, "a", "loss").await.unwrap();
        cache.set_history(source, "a", "loss", &history, of, 1).await.unwrap();
    }
    cache.close().await;
    let file = folder.path().join("histories/profile.db");
    let mut bytes = std::fs::read(&file).unwrap();
    assert!(bytes.len() > 150_000, "{} bytes", bytes.len());
    let half = bytes.len() / 2;
    bytes[half..].fill(0xAB);
    std::fs::write(&file, bytes).unwrap();

    let (cache, _) = Cache::open(&folder.path().join("cache.db")).await;
    let (ids, keys) = (owned(&["a"]), owned(&["loss"]));
    assert_eq!(cache.histories(source, &ids, "loss").await.unwrap(), [None]);
    assert!(!cache.history_states(source, &ids, &keys).await.unwrap()[0].up_to_date, "it is fetched again");
    assert_eq!(cache.histories(other, &ids, "loss").await.unwrap(), [Some(history.clone())]);
    let of = cache.latest_point(source, "a", "loss").await.unwrap();
    cache.set_history(source, "a", "loss", &history, of, 2).await.unwrap();
    assert_eq!(cache.histories(source, &ids, "loss").await.unwrap(), [Some(history)]);
    assert!(cache.history_states(source, &ids, &keys).await.unwrap()[0].up_to_date);
}

#[tokio::test]
async fn histories_of_another_address_are_not_taken_for_this_one_s() {
    let (folder, cache, source) = cache().await;
    let history = History::from_points(vec![point(0, 1, 1.0)]);
    cache.apply_runs(source, &[run("a").metric("loss", 1.0)], 1).await.unwrap();
    cache.set_history(source, "a", "loss", &history, None, 1).await.unwrap();
    cache.close().await;
    for (address, expected) in [("http://localhost:5000", Some(history)), ("http://elsewhere", None)] {
        // With the cache lost, only the file itself says which address the histories came from.
        std::fs::remove_file(folder.path().join("cache.db")).unwrap();
        let (cache, _) = Cache::open(&folder.path().join("cache.db")).await;
        let source = cache.source("profile", address).await.unwrap();
        cache.apply_runs(source, &[run("a").metric("loss", 1.0)], 1).await.unwrap();
        assert_eq!(cache.histories(source, &owned(&["a"]), "loss").await.unwrap(), [expected], "{address}");
        cache.close().await;
    }
}

#[tokio::test]
async fn a_profile_s_id_names_its_file_and_no_other_place() {
    let (folder, cache, _) = cache().await;
    let history = History::from_points(vec![point(0, 1, 1.0)]);
    for profile_id in ["../up", "a/b", "a", "a.b", "%", "日本"] {
        let source = cache.source(profile_id, "http://localhost:5000").await.unwrap();
        cache.apply_runs(source, &[run("a").metric("loss", 1.0)], 1).await.unwrap();
        cache.set_history(source, "a", "loss", &history, None, 1).await.unwrap();
    }
    let count = || {
        let entries = std::fs::read_dir(folder.path().join("histories")).unwrap();
        entries.filter(|entry| entry.as_ref().unwrap().path().extension().is_some_and(|end| end == "db")).count()
    };
    assert_eq!(count(), 6);
    cache.forget("a").await.unwrap();
    assert_eq!(count(), 5, "only its own");
}
