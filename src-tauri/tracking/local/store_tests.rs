//! What is read and written, for the database of every release.

#![allow(clippy::unwrap_used)]

use std::collections::HashSet;

use super::fixture::{Folder, RELEASES, run_id};
use super::*;
use crate::entities::{LifecycleStage, MetricValue, NoDuration, RunDuration, RunStatus, Tag, tag_value};

fn all_runs() -> RunsQuery {
    RunsQuery { experiment_ids: vec!["1".into(), "2".into()], max_results: 100, ..RunsQuery::default() }
}

#[tokio::test]
async fn experiments_of_every_release() {
    for (version, sql) in RELEASES {
        let folder = Folder::of(sql).await;
        let store = folder.open().await;
        let page = store.search_experiments(None).await.unwrap();
        let names: Vec<_> = page.items.iter().map(|experiment| experiment.name.as_str()).collect();
        assert_eq!(names, ["Default", "vision/resnet", "実験", "gone"], "{version}");
        let vision = &page.items[1];
        assert_eq!(vision.tags, [Tag::new("team", "vision")]);
        assert!(vision.creation_time_ms.unwrap() > 1_600_000_000_000);
        assert_eq!(page.items[3].lifecycle_stage, LifecycleStage::Deleted);
        assert_eq!(page.next_page_token, None);
    }
}

#[tokio::test]
async fn an_end_of_zero_is_kept_for_filters_and_is_no_duration() {
    let folder = Folder::newest().await;
    folder.execute("UPDATE runs SET status = 'KILLED', end_time = 0 WHERE name = 'run-0'").await;
    let run = folder.open().await.get_run(&run_id(0)).await.unwrap();
    assert_eq!((run.info.status, run.info.end_time_ms), (RunStatus::Killed, Some(0)));
    let duration = RunDuration::of(run.info.status, run.info.start_time_ms, run.info.end_time_ms);
    assert_eq!(duration, RunDuration::Unknown { why: NoDuration::NoEnd });
}

#[tokio::test]
async fn runs_of_every_release_are_whole() {
    for (version, sql) in RELEASES {
        let folder = Folder::of(sql).await;
        let store = folder.open().await;
        let runs = store.search_runs(&all_runs()).await.unwrap().items;
        let names: Vec<_> = runs.iter().map(|run| run.info.run_name.as_str()).collect();
        assert_eq!(names, ["run-4", "run-3", "run-2", "run-1", "run-0"], "{version}");
        let [open, deleted, _, late, failed] = &runs[..] else { panic!() };
        assert_eq!((open.info.status, open.info.end_time_ms), (RunStatus::Running, None));
        assert_eq!(failed.info.status, RunStatus::Failed);
        assert_eq!(deleted.info.lifecycle_stage, LifecycleStage::Deleted);
        assert_eq!(late.info.user_id, "ana");
        assert_eq!(late.params[0].key, "lr");
        assert_eq!(tag_value(&late.tags, "note"), Some("é"));
        let metric = |key: &str| late.metrics.iter().find(|metric| metric.key == key).unwrap();
        assert_eq!((metric("loss").step, metric("loss").value), (19, MetricValue(1.0 / 21.0)));
        assert_eq!(metric("nan").value, MetricValue(f64::NAN));
        assert_eq!(metric("inf").value, MetricValue(f64::INFINITY));
        assert_eq!(metric("ninf").value, MetricValue(f64::NEG_INFINITY));
        assert_eq!(&store.get_run(&late.info.run_id).await.unwrap(), late);
        if version != "2.3.2" {
            let input = &open.dataset_inputs[0];
            assert_eq!((input.name.as_str(), input.context.as_deref()), ("toy", Some("training")));
        }
        if version.starts_with('3') {
            assert_eq!((open.model_outputs[0].model_id.as_str(), open.model_outputs[0].step), ("m-0", 7));
        }
        assert!(matches!(store.get_run("missing").await, Err(StoreError::NotFound { .. })));
    }
}

#[tokio::test]
async fn runs_are_paged_without_a_gap_while_others_start() {
    let folder = Folder::newest().await;
    let store = folder.open().await;
    let mut query = RunsQuery { max_results: 2, ..all_runs() };
    let mut names = Vec::new();
    loop {
        let page = store.search_runs(&query).await.unwrap();
        names.extend(page.items.into_iter().map(|run| run.info.run_name));
        folder
            .execute("INSERT INTO runs (run_uuid, name, experiment_id, start_time, lifecycle_stage) VALUES (hex(randomblob(16)), 'new', 1, 1800000000000, 'active')")
            .await;
        query.page_token = page.next_page_token;
        if query.page_token.is_none() {
            break;
        }
    }
    assert_eq!(names, ["run-4", "run-3", "run-2", "run-1", "run-0"]);
}

#[tokio::test]
async fn runs_without_a_start_time_come_last_and_are_paged_too() {
    let folder = Folder::newest().await;
    folder.execute("UPDATE runs SET start_time = NULL WHERE name IN ('run-4', 'run-3', 'run-2')").await;
    let store = folder.open().await;
    let mut query = RunsQuery { max_results: 1, ..all_runs() };
    let mut seen = Vec::new();
    loop {
        let page = store.search_runs(&query).await.unwrap();
        seen.extend(page.items.into_iter().map(|run| run.info.start_time_ms));
        query.page_token = page.next_page_token;
        if query.page_token.is_none() {
            break;
        }
    }
    assert_eq!(seen, [Some(1_700_000_001_000), Some(1_700_000_000_000), None, None, None]);
}

#[tokio::test]
async fn runs_by_time_by_id_and_by_experiment() {
    let folder = Folder::newest().await;
    let store = folder.open().await;
    let names = async |query: RunsQuery| {
        let page = store.search_runs(&query).await.unwrap();
        page.items.into_iter().map(|run| run.info.run_name).collect::<Vec<_>>()
    };
    let since = RunsQuery { started_since_ms: Some(1_700_000_003_000), ..all_runs() };
    assert_eq!(names(since).await, ["run-4", "run-3"]);
    let ended = RunsQuery { ended_since_ms: Some(1_700_000_102_000), ..all_runs() };
    assert_eq!(names(ended).await, ["run-3", "run-2"]);
    let ids = RunsQuery { run_ids: Some(vec![run_id(1), run_id(4), "missing".into()]), ..all_runs() };
    assert_eq!(names(ids.clone()).await, ["run-4", "run-1"]);
    assert_eq!(names(RunsQuery { started_since_ms: Some(1_700_000_004_000), ..ids }).await, ["run-4"]);
    assert!(names(RunsQuery { experiment_ids: vec![], ..all_runs() }).await.is_empty());
    assert!(names(RunsQuery { experiment_ids: vec!["2".into(), "' OR 1=1".into()], ..all_runs() }).await.is_empty());
    let bad = RunsQuery { page_token: Some("what".into()), ..all_runs() };
    assert!(matches!(store.search_runs(&bad).await, Err(StoreError::Refused { .. })));
}

#[tokio::test]
async fn a_history_has_every_point_of_every_release() {
    for (version, sql) in RELEASES {
        let folder = Folder::of(sql).await;
        let store = folder.open().await;
        let points = store.get_metric_history(&run_id(1), "loss", None).await.unwrap().items;
        assert_eq!(points.len(), 21, "{version}");
        assert!(points.is_sorted_by_key(|point| (point.step, point.timestamp_ms)));
        assert_eq!(points[4].value, MetricValue(9.0), "the late value of step 3");
        let nan = store.get_metric_history(&run_id(1), "nan", None).await.unwrap().items;
        assert_eq!(nan[0].value, MetricValue(f64::NAN));
        assert!(store.get_metric_history(&run_id(1), "no", None).await.unwrap().items.is_empty());
        assert!(store.get_metric_history("missing", "loss", None).await.unwrap().items.is_empty());
    }
}

#[tokio::test]
async fn a_long_history_is_paged_to_its_end() {
    // Three points per step, so that a page ends in the middle of a step; some of them NaN.
    let folder = Folder::newest().await;
    folder
        .execute(
            "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 119999)
             INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan)
             SELECT 'long', iif(i % 7 = 0, 0, i / 3.0), 5, 'run00000000000000000000000000000', i / 3, i % 7 = 0 FROM n",
        )
        .await;
    let store = folder.open().await;
    let (mut token, mut pages, mut seen) = (None, 0, HashSet::new());
    let mut points = 0;
    loop {
        let page = store.get_metric_history(&run_id(0), "long", token.as_deref()).await.unwrap();
        points += page.items.len();
        seen.extend(page.items.iter().map(|point| (point.step, point.value.0.to_bits())));
        pages += 1;
        token = page.next_page_token;
        if token.is_none() {
            break;
        }
    }
    assert_eq!((points, pages), (120_000, 3));
    assert_eq!(seen.len(), 120_000);
    let bad = store.get_metric_history(&run_id(0), "long", Some("x")).await;
    assert!(matches!(bad, Err(StoreError::Refused { .. })));
}

#[tokio::test]
async fn models_of_every_release_without_prompts_and_deleted_versions() {
    for (version, sql) in RELEASES {
        let folder = Folder::of(sql).await;
        let store = folder.open().await;
        let models = store.search_registered_models(None).await.unwrap().items;
        let names: Vec<_> = models.iter().map(|model| model.name.as_str()).collect();
        assert_eq!(names, ["churn", "empty"], "{version}");
        let churn = &models[0];
        assert_eq!(churn.description, "who leaves");
        assert_eq!(churn.tags, [Tag::new("owner", "ana")]);
        let aliases: Vec<_> = churn.aliases.iter().map(|a| (a.alias.as_str(), a.version.as_str())).collect();
        assert_eq!(aliases, [("challenger", "2"), ("champion", "1")]);
        assert_eq!(&store.get_registered_model("churn").await.unwrap(), churn);
        let versions = store.search_model_versions("churn", None).await.unwrap().items;
        let numbers: Vec<_> = versions.iter().map(|version| version.version.as_str()).collect();
        assert_eq!(numbers, ["2", "1"]);
        assert_eq!(versions[0].run_id.as_deref(), Some(run_id(1).as_str()));
        assert_eq!((versions[0].stage.as_str(), versions[0].status.as_str()), ("None", "READY"));
        assert_eq!(versions[0].tags, [Tag::new("n", "1")]);
        assert_eq!(store.get_model_version("churn", "2").await.unwrap(), versions[0]);
        assert!(matches!(store.get_model_version("churn", "3").await, Err(StoreError::NotFound { .. })));
        assert!(matches!(store.get_model_version("churn", "x").await, Err(StoreError::Refused { .. })));
        let all = store.search_all_model_versions(None).await.unwrap().items;
        assert!(versions.iter().all(|version| all.contains(version)) && all.len() == versions.len(), "{version}");
        assert!(store.search_model_versions("missing", None).await.unwrap().items.is_empty());
        assert!(matches!(store.get_registered_model("missing").await, Err(StoreError::NotFound { .. })));
    }
}

#[tokio::test]
async fn aliases_move_as_on_a_server() {
    for (version, sql) in RELEASES {
        let folder = Folder::of(sql).await;
        let store = folder.open().await;
        let before = store.get_registered_model("churn").await.unwrap();
        store.set_alias("churn", "champion", "2").await.unwrap();
        store.set_alias("churn", "new-one", "1").await.unwrap();
        store.delete_alias("churn", "challenger").await.unwrap();
        store.delete_alias("churn", "never-there").await.unwrap();
        let after = store.get_registered_model("churn").await.unwrap();
        let aliases: Vec<_> = after.aliases.iter().map(|a| (a.alias.as_str(), a.version.as_str())).collect();
        assert_eq!(aliases, [("champion", "2"), ("new-one", "1")], "{version}");
        assert_eq!(after.last_updated_time_ms, before.last_updated_time_ms);
        let missing = ["3", "7"];
        for number in missing {
            let answer = store.set_alias("churn", "champion", number).await;
            assert!(matches!(answer, Err(StoreError::NotFound { .. })), "{number}: {answer:?}");
        }
        assert!(matches!(store.set_alias("missing", "a", "1").await, Err(StoreError::NotFound { .. })));
        assert!(matches!(store.delete_alias("missing", "a").await, Err(StoreError::NotFound { .. })));
        for reserved in ["latest", "v3", "a b", ""] {
            let answer = store.set_alias("churn", reserved, "1").await;
            assert!(matches!(answer, Err(StoreError::Refused { .. })), "{reserved}: {answer:?}");
        }
        // What was refused changed nothing.
        assert_eq!(folder.open().await.get_registered_model("churn").await.unwrap(), after);
    }
}

#[tokio::test]
async fn tags_are_set_changed_and_deleted() {
    for (version, sql) in RELEASES {
        let folder = Folder::of(sql).await;
        let store = folder.open().await;
        for value in ["one", "two 二"] {
            store.set_registered_model_tag("churn", "podium.x", value).await.unwrap();
            store.set_model_version_tag("churn", "1", "podium.x", value).await.unwrap();
            store.set_run_tag(&run_id(0), "podium.x", value).await.unwrap();
            let model = store.get_registered_model("churn").await.unwrap();
            assert_eq!(tag_value(&model.tags, "podium.x"), Some(value), "{version}");
            let tags = store.get_model_version("churn", "1").await.unwrap().tags;
            assert_eq!(tag_value(&tags, "podium.x"), Some(value));
            assert_eq!(tag_value(&store.get_run(&run_id(0)).await.unwrap().tags, "podium.x"), Some(value));
        }
        store.delete_registered_model_tag("churn", "podium.x").await.unwrap();
        store.delete_registered_model_tag("churn", "podium.x").await.unwrap();
        store.delete_model_version_tag("churn", "1", "podium.x").await.unwrap();
        store.delete_model_version_tag("churn", "1", "podium.x").await.unwrap();
        store.delete_run_tag(&run_id(0), "podium.x").await.unwrap();
        let again = store.delete_run_tag(&run_id(0), "podium.x").await;
        assert!(matches!(again, Err(StoreError::NotFound { .. })), "{again:?}");
        assert_eq!(store.get_registered_model("churn").await.unwrap().tags.len(), 1);
        assert_eq!(store.get_model_version("churn", "1").await.unwrap().tags.len(), 1);
        let deleted_version = store.set_model_version_tag("churn", "3", "k", "v").await;
        assert!(matches!(deleted_version, Err(StoreError::NotFound { .. })));
        let deleted_run = store.set_run_tag(&run_id(3), "k", "v").await;
        assert!(matches!(deleted_run, Err(StoreError::Refused { .. })), "{deleted_run:?}");
        let bad_key = store.set_run_tag(&run_id(0), "a//b", "v").await;
        assert!(matches!(bad_key, Err(StoreError::Refused { .. })));
        let limit = if ["2.22.0", "3.2.0", "3.18.0"].contains(&version) { 8000 } else { 5000 };
        store.set_run_tag(&run_id(0), "k", &"é".repeat(limit)).await.unwrap();
        let long = store.set_run_tag(&run_id(0), "k", &"é".repeat(limit + 1)).await;
        assert!(matches!(long, Err(StoreError::Refused { .. })), "{version}");
    }
}

#[tokio::test]
async fn the_tag_of_a_runs_name_renames_the_run() {
    let folder = Folder::newest().await;
    let store = folder.open().await;
    store.set_run_tag(&run_id(0), "mlflow.runName", "better").await.unwrap();
    let run = store.get_run(&run_id(0)).await.unwrap();
    assert_eq!(run.info.run_name, "better");
    assert_eq!(tag_value(&run.tags, "mlflow.runName"), Some("better"));
}

#[tokio::test]
async fn logged_models_where_there_are_any() {
    let folder = Folder::newest().await;
    let store = folder.open().await;
    let model = store.get_logged_model("m-0").await.unwrap();
    assert_eq!((model.name.as_str(), model.status.as_str()), ("net", "READY"));
    assert_eq!(model.source_run_id.as_deref(), Some(run_id(4).as_str()));
    assert_eq!(model.artifact_uri, "mlflow-artifacts:/1/models/m-0/artifacts");
    assert!(matches!(store.get_logged_model("m-1").await, Err(StoreError::NotFound { .. })));
    let folder = Folder::of(RELEASES[0].1).await;
    let older = folder.open().await;
    assert!(matches!(older.get_logged_model("m-0").await, Err(StoreError::Unsupported { .. })));
}

#[tokio::test]
async fn text_that_is_not_unicode_is_shown_as_well_as_it_can_be() {
    let folder = Folder::newest().await;
    folder.execute("UPDATE params SET value = CAST(x'61ff62' AS TEXT); UPDATE runs SET user_id = 7").await;
    folder.execute("UPDATE tags SET value = NULL WHERE key = 'note'").await;
    folder.execute("UPDATE tags SET value = 'a\"b\\' || char(10, 0, 1) || '二' WHERE key = 'mlflow.runName'").await;
    let run = folder.open().await.get_run(&run_id(0)).await.unwrap();
    assert_eq!(run.params[0].value, "a\u{fffd}b");
    assert_eq!(run.info.user_id, "7");
    assert_eq!(tag_value(&run.tags, "note"), Some(""));
    assert_eq!(tag_value(&run.tags, "mlflow.runName"), Some("a\"b\\\n\0\u{1}二"));
}
