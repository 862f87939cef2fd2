//! Runs go in whole and come out as they were.

use super::*;
use crate::cache::Applied;
use crate::entities::{DatasetInput, ModelOutput};

fn rich_run() -> Run {
    let mut rich = run("rich")
        .metric("acc", 0.1 + 0.2)
        .metric("inf", f64::INFINITY)
        .metric("minus inf", f64::NEG_INFINITY)
        .metric("nan", f64::NAN)
        .param("empty", "")
        .param("lr", "1e-3")
        .param("日本語", "値")
        .tag("mlflow.parentRunId", "parent")
        .tag("note", "it's \"quoted\"\n");
    rich.metrics[0].step = -3;
    rich.metrics[1].timestamp_ms = i64::MAX;
    let dataset = DatasetInput {
        name: "iris".to_owned(),
        digest: "abc".to_owned(),
        source_type: "local".to_owned(),
        source: "{}".to_owned(),
        schema: Some("{\"a\":1}".to_owned()),
        profile: None,
        context: Some("training".to_owned()),
    };
    rich.dataset_inputs = vec![dataset.clone(), DatasetInput { context: None, ..dataset }];
    rich.model_outputs = vec![ModelOutput { model_id: "m-1".to_owned(), step: 7 }];
    rich
}

#[tokio::test]
async fn a_run_comes_out_as_it_went_in() {
    let (_folder, cache, source) = cache().await;
    let rich = rich_run();
    let applied = cache.apply_runs(source, std::slice::from_ref(&rich), 1).await.unwrap();
    assert_eq!((applied.added, applied.changed, applied.unchanged), (1, 0, 0));
    let found = cache.run(source, "rich").await.unwrap().unwrap();
    assert_eq!(found, rich);
    assert_eq!(cache.run(source, "other").await.unwrap(), None);
}

#[tokio::test]
async fn the_same_run_in_another_order_is_no_change() {
    let (_folder, cache, source) = cache().await;
    let mut rich = rich_run();
    cache.apply_runs(source, std::slice::from_ref(&rich), 1).await.unwrap();
    rich.metrics.reverse();
    rich.params.reverse();
    rich.tags.reverse();
    let applied = cache.apply_runs(source, std::slice::from_ref(&rich), 2).await.unwrap();
    assert_eq!(applied, Applied { unchanged: 1, ..Applied::default() });
    assert!(!applied.is_change());
}

#[tokio::test]
async fn a_changed_run_loses_what_it_no_longer_has() {
    let (_folder, cache, source) = cache().await;
    let before = run("a").metric("m", 1.0).param("p", "x").tag("t", "1").tag("u", "2");
    cache.apply_runs(source, &[before, run("b").metric("m", 5.0)], 1).await.unwrap();
    let after = run("a").metric("m", 2.0).tag("u", "3");
    let applied = cache.apply_runs(source, std::slice::from_ref(&after), 2).await.unwrap();
    assert_eq!((applied.added, applied.changed), (0, 1));
    assert_eq!(applied.experiment_ids.into_iter().collect::<Vec<_>>(), ["1"]);
    assert_eq!(cache.run(source, "a").await.unwrap().unwrap(), after);
    assert_eq!(cache.run(source, "b").await.unwrap().unwrap().metrics[0].value, MetricValue(5.0));
    assert_counts_are_true(&cache).await;
}

#[tokio::test]
async fn of_a_run_that_is_there_twice_the_last_one_counts() {
    let (_folder, cache, source) = cache().await;
    let twice = run("a").metric("m", 1.0).metric("m", 2.0).param("p", "x").param("p", "y");
    cache.apply_runs(source, &[run("a").metric("m", 9.0), twice], 1).await.unwrap();
    let found = cache.run(source, "a").await.unwrap().unwrap();
    assert_eq!(found.metrics.len(), 1);
    assert_eq!(found.metrics[0].value, MetricValue(2.0));
    assert_eq!(found.params[0].value, "y");
    assert_counts_are_true(&cache).await;
}

#[tokio::test]
async fn columns_count_active_runs_and_tell_numbers_from_texts() {
    let (_folder, cache, source) = cache().await;
    let mut deleted = run("c").metric("acc", 1.0).param("only deleted", "1");
    deleted.info.lifecycle_stage = LifecycleStage::Deleted;
    let runs = [
        run("a").metric("acc", 1.0).param("lr", "0.1").param("opt", "1"),
        run("b").metric("acc", f64::NAN).param("lr", "1e-2").param("opt", "adam").tag("k", "v"),
        run("d").of("2").param("lr", "x"),
        deleted.clone(),
    ];
    cache.apply_runs(source, &runs, 1).await.unwrap();
    let columns = cache.columns(&scope(&["1"])).await.unwrap();
    let told: Vec<(ColumnKind, &str, u32, bool)> =
        columns.iter().map(|info| (info.column.kind, info.column.key.as_str(), info.run_count, info.numeric)).collect();
    let expected = [
        (ColumnKind::Metric, "acc", 2, true),
        (ColumnKind::Param, "lr", 2, true),
        (ColumnKind::Param, "opt", 2, false),
        (ColumnKind::Tag, "k", 1, false),
    ];
    assert_eq!(told, expected);
    let all = cache.columns(&scope(&[])).await.unwrap();
    let lr = all.iter().find(|info| info.column.key == "lr").unwrap();
    assert_eq!((lr.run_count, lr.numeric), (3, false));

    deleted.info.lifecycle_stage = LifecycleStage::Active;
    cache.apply_runs(source, &[deleted], 2).await.unwrap();
    assert_counts_are_true(&cache).await;
    assert_eq!(cache.columns(&scope(&["1"])).await.unwrap()[0].run_count, 3);
}

#[tokio::test]
async fn what_a_sweep_did_not_meet_is_gone_until_it_is_seen_again() {
    let (_folder, cache, source) = cache().await;
    let runs = [run("a").metric("m", 1.0), run("b").metric("m", 2.0), run("c").of("2").metric("m", 3.0)];
    cache.apply_runs(source, &runs, 1).await.unwrap();
    cache.apply_runs(source, &runs[..1], 10).await.unwrap();
    assert_eq!(cache.mark_unseen_gone(source, "1", 10).await.unwrap(), 1);
    assert_eq!(ids(&cache, source, &view()).await, ["a"]);
    assert_eq!(cache.run(source, "b").await.unwrap(), None);
    assert_counts_are_true(&cache).await;
    assert_eq!(cache.mark_unseen_gone(source, "1", 10).await.unwrap(), 0);
    let applied = cache.apply_runs(source, &runs[1..2], 11).await.unwrap();
    assert_eq!(applied.changed, 1);
    assert_eq!(ids(&cache, source, &view()).await, ["a", "b"]);
    assert_counts_are_true(&cache).await;
    assert!(cache.mark_run_gone(source, "a").await.unwrap());
    assert!(!cache.mark_run_gone(source, "a").await.unwrap());
    assert_counts_are_true(&cache).await;
}

#[tokio::test]
async fn children_are_found_by_their_parents_id() {
    let (_folder, cache, source) = cache().await;
    let runs = [
        run("p"),
        run("b").tag("mlflow.parentRunId", "p").started(3),
        run("a").tag("mlflow.parentRunId", "p").started(2),
        run("x").tag("mlflow.parentRunId", "other"),
    ];
    cache.apply_runs(source, &runs, 1).await.unwrap();
    let children = cache.child_runs(source, "p").await.unwrap();
    assert_eq!(children.iter().map(|child| child.run.run_id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(children[0].parent_run_id.as_deref(), Some("p"));
}

#[tokio::test]
async fn experiments_are_listed_with_their_runs_once_the_server_has_listed_them() {
    let (_folder, cache, source) = cache().await;
    cache.apply_runs(source, &[run("a"), run("b")], 1).await.unwrap();
    assert!(cache.experiments(source).await.unwrap().is_empty());
    let mut deleted = experiment("3", "deleted");
    deleted.lifecycle_stage = LifecycleStage::Deleted;
    let list = [experiment("1", "vision/resnet"), experiment("2", "日本語"), deleted];
    assert!(cache.replace_experiments(source, &list).await.unwrap());
    assert!(!cache.replace_experiments(source, &list).await.unwrap());
    let found = cache.experiments(source).await.unwrap();
    assert_eq!(found, [(list[0].clone(), 2), (list[1].clone(), 0)]);
    assert!(cache.replace_experiments(source, &list[1..]).await.unwrap());
    assert_eq!(cache.experiments(source).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_large_batch_crosses_every_chunk_border() {
    let (_folder, cache, source) = cache().await;
    let runs: Vec<Run> = (0..777)
        .map(|number| {
            let mut filled = run(&format!("run{number:04}"));
            for key in 0..number % 5 {
                filled = filled.metric(&format!("m{key}"), f64::from(number)).param(&format!("p{key}"), "x");
            }
            filled
        })
        .collect();
    let applied = cache.apply_runs(source, &runs, 1).await.unwrap();
    assert_eq!(applied.added, 777);
    for expected in &runs {
        assert_eq!(cache.run(source, &expected.info.run_id).await.unwrap().as_ref(), Some(expected));
    }
    assert_counts_are_true(&cache).await;
}
