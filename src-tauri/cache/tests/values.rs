//! Values of runs in columns.

use super::*;
use crate::cache::{RunSet, Values};

const ALL: [(ColumnKind, &str); 6] = [
    (ColumnKind::Metric, "acc"),
    (ColumnKind::Param, "lr"),
    (ColumnKind::Param, "depth"),
    (ColumnKind::Tag, "no such tag"),
    (ColumnKind::Attribute, "start_time"),
    (ColumnKind::Attribute, "experiment_id"),
];

fn columns(of: &[(ColumnKind, &str)]) -> Vec<Column> {
    of.iter().map(|(kind, key)| Column { kind: *kind, key: (*key).to_owned() }).collect()
}

fn categories(names: &[&str], of: &[Option<u32>]) -> Values {
    Values::Categories { names: names.iter().map(|name| (*name).to_owned()).collect(), of: of.to_vec() }
}

/// Of experiment 1 and, last, of experiment 2.
async fn sweep() -> (tempfile::TempDir, Cache) {
    let (folder, cache, source) = cache().await;
    let runs = [
        run("a").metric("acc", 0.5).param("lr", "1e-3").param("depth", "10").started(3_000),
        run("b").metric("acc", f64::NAN).param("lr", "0.1").param("depth", "auto").started(2_000),
        run("c").param("lr", "inf").param("depth", "9").started(1_000),
        run("d").metric("acc", 0.25).param("lr", "warm-up").of("2"),
    ];
    cache.apply_runs(source, &runs, 1).await.unwrap();
    (folder, cache)
}

#[tokio::test]
async fn found_runs_have_their_values_and_what_is_missing_is_not_nan() {
    let (_folder, cache) = sweep().await;
    let found = RunSet::Found(RunsView { limit: 1, ..view() });
    let values = cache.values(&found, &columns(&ALL)).await.unwrap();
    let names: Vec<&str> = values.runs.iter().map(|of| of.display_name.as_str()).collect();
    assert_eq!(names, ["name of a", "name of b", "name of c"], "newest first, whatever the window");
    let Values::Numbers(acc) = &values.columns[0] else { panic!("a metric is numbers") };
    assert_eq!((acc[0], acc[2]), (Some(0.5), None));
    assert!(acc[1].is_some_and(f64::is_nan));
    assert_eq!(missing(&values.columns[0]), 1);
    assert_eq!(values.columns[1], Values::Numbers(vec![Some(1e-3), Some(0.1), Some(f64::INFINITY)]));
    // One text among them: all are texts, numbers in their own order before it.
    assert_eq!(values.columns[2], categories(&["9", "10", "auto"], &[Some(1), Some(2), Some(0)]));
    assert_eq!(missing(&values.columns[3]), 3);
    assert_eq!(values.columns[4], Values::Numbers(vec![Some(3_000.0), Some(2_000.0), Some(1_000.0)]));
    assert_eq!(values.columns[5], categories(&["1"], &[Some(0); 3]));

    let filtered = RunSet::Found(RunsView { filter: "metrics.acc > 0.3".to_owned(), ..view() });
    let values = cache.values(&filtered, &columns(&ALL[..1])).await.unwrap();
    assert_eq!((values.runs.len(), &values.columns[0]), (1, &Values::Numbers(vec![Some(0.5)])));
    let unreadable = RunSet::Found(RunsView { filter: "metrics.acc >".to_owned(), ..view() });
    assert!(cache.values(&unreadable, &[]).await.is_err());
}

#[tokio::test]
async fn listed_runs_come_in_the_asked_order_and_what_a_number_is_depends_on_them() {
    let (_folder, cache) = sweep().await;
    let listed = |ids: &[&str]| RunSet::Listed(ids.iter().map(|id| RunRef::new("profile", *id)).collect());
    let asked = columns(&[(ColumnKind::Param, "lr"), (ColumnKind::Attribute, "experiment_id")]);
    let values = cache.values(&listed(&["d", "unknown", "a"]), &asked).await.unwrap();
    let ids: Vec<&str> = values.runs.iter().map(|of| of.run.run_id.as_str()).collect();
    assert_eq!(ids, ["d", "a"]);
    assert_eq!(values.columns[0], categories(&["1e-3", "warm-up"], &[Some(1), Some(0)]));
    assert_eq!(values.columns[1], categories(&["1", "2"], &[Some(1), Some(0)]));
    let values = cache.values(&listed(&["a"]), &asked).await.unwrap();
    assert_eq!(values.columns[0], Values::Numbers(vec![Some(1e-3)]));
    assert_eq!(cache.values(&listed(&[]), &asked).await.unwrap().runs, []);
}

#[tokio::test]
async fn every_number_comes_out_to_its_last_bit_and_every_text_to_its_last_character() {
    let (_folder, cache, source) = cache().await;
    let mut state = 1_u64;
    let mut numbers: Vec<f64> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from_bits(state ^ state >> 29)
    })
    .filter(|number| !number.is_nan())
    .take(2_000)
    .collect();
    numbers.extend((0..2_000).map(|i| f64::from(i) / 7.0));
    numbers.extend([0.1 + 0.2, f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324, f64::INFINITY, f64::NEG_INFINITY]);
    let text = |i: usize| format!("\"quoted\" \\ {i}\n画像 \u{1f600}");
    let logged = numbers.iter().enumerate().map(|(i, number)| {
        run(&format!("r{i:05}")).metric("acc", *number).param("lr", &text(i)).started(1_793_714_400_123 + i as i64)
    });
    cache.apply_runs(source, &logged.collect::<Vec<_>>(), 1).await.unwrap();
    let listed = (0..numbers.len()).map(|i| RunRef::new("profile", format!("r{i:05}"))).collect();
    let values = cache.values(&RunSet::Listed(listed), &columns(&[ALL[0], ALL[1], ALL[4]])).await.unwrap();
    let Values::Numbers(read) = &values.columns[0] else { panic!("a metric is numbers") };
    for (read, number) in read.iter().zip(&numbers) {
        assert_eq!(read.map(f64::to_bits), Some(number.to_bits()), "{number}");
    }
    let Values::Categories { names, of } = &values.columns[1] else { panic!("these are texts") };
    let read = of.iter().map(|category| names[category.unwrap() as usize].as_str());
    assert!(read.eq((0..numbers.len()).map(text)));
    let Values::Numbers(started) = &values.columns[2] else { panic!("a time is a number") };
    assert_eq!(started[17], Some(1_793_714_400_140.0));
}

/// How many runs have no value.
fn missing(values: &Values) -> usize {
    match values {
        Values::Numbers(numbers) => numbers.iter().filter(|number| number.is_none()).count(),
        Values::Categories { of, .. } => of.iter().filter(|category| category.is_none()).count(),
    }
}
