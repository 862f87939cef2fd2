//! Experiments, runs, metrics and run tags.

use std::collections::{BTreeMap, BTreeSet};

use podium::entities::{LifecycleStage, MetricPoint, MetricValue, NoDuration, Run, RunDuration, RunStatus, tag_value};
use podium::tracking::{RunsQuery, StoreError};
use serde_json::json;

use crate::common::fixture::{MINUTE_MS, START_MS};
use crate::common::mlflow::Version;
use crate::{Subject, all_pages};

async fn runs(s: &Subject, query: RunsQuery) -> Vec<Run> {
    all_pages(|page_token| {
        let query = RunsQuery { page_token, ..query.clone() };
        async move { s.store.search_runs(&query).await }
    })
    .await
}

fn of_main(s: &Subject) -> RunsQuery {
    RunsQuery { experiment_ids: vec![s.fixture.experiment_id("main").into()], max_results: 1000, ..Default::default() }
}

fn names(runs: &[Run]) -> Vec<&str> {
    runs.iter().map(|run| run.info.run_name.as_str()).collect()
}

async fn history(s: &Subject, run_id: &str, key: &str) -> Vec<MetricPoint> {
    let mut points =
        all_pages(|token| async move { s.store.get_metric_history(run_id, key, token.as_deref()).await }).await;
    points.sort_by_key(|point| (point.step, point.timestamp_ms));
    points
}

pub async fn says_what_it_can_do(s: &Subject) {
    let capabilities = s.store.capabilities();
    assert!(capabilities.aliases && capabilities.writable, "{capabilities:?}");
    assert_eq!(capabilities.logged_models, s.version == Version::Newest, "{capabilities:?}");
    assert!(!capabilities.description.is_empty());
    if let Some(version) = &capabilities.version {
        assert_eq!(version, s.version.release());
    }
}

pub async fn experiments_come_whole_with_deleted_ones_marked(s: &Subject) {
    let experiments = all_pages(|token| async move { s.store.search_experiments(token.as_deref()).await }).await;
    let ids: BTreeSet<_> = experiments.iter().map(|experiment| &experiment.experiment_id).collect();
    assert_eq!(ids.len(), experiments.len(), "an experiment came twice");
    let by_name: BTreeMap<_, _> = experiments.iter().map(|experiment| (experiment.name.as_str(), experiment)).collect();
    let expected = ["Default", "contract/curve", "contract/deleted", "contract/main", "contract/many", "多言語/実験 ✓"];
    assert_eq!(by_name.keys().copied().collect::<Vec<_>>(), expected);
    for (name, experiment) in &by_name {
        let deleted = *name == "contract/deleted";
        assert_eq!(experiment.lifecycle_stage == LifecycleStage::Deleted, deleted, "{name}");
    }
    let main = by_name["contract/main"];
    assert_eq!(main.experiment_id, s.fixture.experiment_id("main"));
    assert_eq!(tag_value(&main.tags, "team"), Some("vision"));
    assert_eq!(tag_value(&main.tags, "チーム"), Some("視覚"));
    assert_eq!(main.artifact_location, format!("mlflow-artifacts:/{}", main.experiment_id));
    assert!(main.creation_time_ms.is_some_and(|time| time > START_MS / 2), "{main:?}");
}

pub async fn runs_page_through_more_than_a_thousand(s: &Subject) {
    let query = RunsQuery {
        experiment_ids: vec![s.fixture.experiment_id("many").into()],
        max_results: 500,
        ..Default::default()
    };
    let first = s.store.search_runs(&query).await.unwrap();
    assert_eq!(first.items.len(), 500);
    assert!(first.next_page_token.is_some());
    let all = runs(s, query).await;
    let ids: BTreeSet<_> = all.iter().map(|run| &run.info.run_id).collect();
    assert_eq!((all.len(), ids.len()), (1200, 1200));
    assert!(all.is_sorted_by_key(|run| -run.info.start_time_ms.unwrap()), "newest first, over all pages");
    assert!(all.iter().all(|run| run.params.len() == 3 && run.metrics.len() == 3), "each run is whole");
}

pub async fn runs_come_newest_first_with_deleted_ones_marked(s: &Subject) {
    let found = runs(s, of_main(s)).await;
    assert!(found.is_sorted_by_key(|run| -run.info.start_time_ms.unwrap()));
    let mut found_names = names(&found);
    found_names.sort_unstable();
    let mut expected = s.fixture.run_names();
    expected.sort_unstable();
    assert_eq!(found_names, expected);
    for run in &found {
        let (name, info) = (run.info.run_name.as_str(), &run.info);
        assert_eq!(info.run_id, s.fixture.run_id(name));
        assert_eq!(info.lifecycle_stage == LifecycleStage::Deleted, name == "deleted", "{name}");
        let status = match name {
            "failed" => RunStatus::Failed,
            "killed" => RunStatus::Killed,
            "running" => RunStatus::Running,
            _ => RunStatus::Finished,
        };
        assert_eq!(info.status, status, "{name}");
        assert_eq!(info.end_time_ms.is_none(), name == "running", "{name}");
        if name.starts_with("child-") {
            assert_eq!(tag_value(&run.tags, "mlflow.parentRunId"), Some(s.fixture.run_id("parent")));
        }
    }
}

pub async fn runs_started_since(s: &Subject) {
    let since = START_MS + 9 * MINUTE_MS;
    let found = runs(s, RunsQuery { started_since_ms: Some(since), ..of_main(s) }).await;
    assert_eq!(names(&found), ["scratch", "files", "deleted", "late-end"], "the very moment is inside");
}

pub async fn runs_ended_since(s: &Subject) {
    let end_ms = START_MS + (9 + 10_000) * MINUTE_MS;
    let found = runs(s, RunsQuery { ended_since_ms: Some(end_ms), ..of_main(s) }).await;
    assert_eq!(names(&found), ["late-end"], "the very moment is inside, an open run is not");
    let found = runs(s, RunsQuery { ended_since_ms: Some(end_ms + 1), ..of_main(s) }).await;
    assert_eq!(names(&found), [""; 0]);
}

pub async fn runs_by_id(s: &Subject) {
    let ids = |names: &[&str]| Some(names.iter().map(|name| s.fixture.run_id(name).to_owned()).collect::<Vec<_>>());
    let found = runs(s, RunsQuery { run_ids: ids(&["plain", "failed", "deleted"]), ..of_main(s) }).await;
    assert_eq!(names(&found), ["deleted", "failed", "plain"]);
    let unknown = Some(vec!["0".repeat(32)]);
    assert_eq!(runs(s, RunsQuery { run_ids: unknown, ..of_main(s) }).await, []);
    let elsewhere = RunsQuery { run_ids: ids(&["curve"]), ..of_main(s) };
    assert_eq!(runs(s, elsewhere).await, [], "all conditions hold at once");
    assert_eq!(runs(s, RunsQuery { run_ids: Some(Vec::new()), ..of_main(s) }).await, []);
}

pub async fn runs_of_several_experiments(s: &Subject) {
    let experiment_ids = ["curve", "main"].map(|name| s.fixture.experiment_id(name).to_owned()).to_vec();
    let found = runs(s, RunsQuery { experiment_ids, max_results: 5, ..Default::default() }).await;
    assert_eq!(found.len(), s.fixture.run_names().len() + 1);
    assert!(found.iter().any(|run| run.info.run_id == s.fixture.run_id("curve")));
}

pub async fn runs_of_no_experiment(s: &Subject) {
    let nowhere = |experiment_ids: Vec<String>| RunsQuery { experiment_ids, max_results: 10, ..Default::default() };
    assert_eq!(runs(s, nowhere(Vec::new())).await, []);
    assert_eq!(runs(s, nowhere(vec!["987654".into()])).await, []);
}

pub async fn a_run_is_whole(s: &Subject) {
    let run_id = s.fixture.run_id("plain");
    let run = s.store.get_run(run_id).await.unwrap();
    let listed = runs(s, RunsQuery { run_ids: Some(vec![run_id.into()]), ..of_main(s) }).await;
    assert_eq!(sorted(run.clone()), sorted(listed[0].clone()), "both ways give the same run");

    assert_eq!(run.info.run_name, "plain");
    assert_eq!(run.info.user_id, "ana");
    assert_eq!(run.info.experiment_id, s.fixture.experiment_id("main"));
    assert_eq!(run.info.start_time_ms, Some(START_MS));
    assert_eq!(run.info.end_time_ms, Some(START_MS + 10 * MINUTE_MS));
    assert_eq!(run.info.artifact_uri, format!("mlflow-artifacts:/{}/{run_id}/artifacts", run.info.experiment_id));

    let params: BTreeMap<_, _> = run.params.iter().map(|param| (param.key.as_str(), param.value.as_str())).collect();
    let long = "x".repeat(5000);
    let expected = BTreeMap::from([
        ("a/b c.d-e_f", r#"it's "quoted" \ back"#),
        ("emoji", "🙂 100%"),
        ("lines", "one\ntwo\ttab"),
        ("long", long.as_str()),
        ("lr", "0.01"),
        ("sql", "'); DROP TABLE runs; --"),
        ("層の数", "三十四"),
    ]);
    assert_eq!(params, expected);

    assert_eq!(tag_value(&run.tags, "タグ"), Some("値"));
    assert_eq!(tag_value(&run.tags, "empty"), Some(""));
    let note = "# Note\n\nwith **Markdown** & <b>markup</b>";
    assert_eq!(tag_value(&run.tags, "mlflow.note.content"), Some(note));

    let metric = |key: &str| run.metrics.iter().find(|metric| metric.key == key).expect("the metric").clone();
    assert_eq!(metric("accuracy").value, MetricValue(0.9));
    assert_eq!((metric("accuracy").step, metric("accuracy").timestamp_ms), (3, START_MS + 3));
    assert_eq!(metric("val/損失: 小").value, MetricValue(0.25));
    assert_eq!(metric("big step").step, (1 << 53) + 1, "a step is an integer, not a float");
    assert_eq!(metric("negative").step, -3);
    assert_eq!(metric("no time").timestamp_ms, 0);

    let mut inputs = run.dataset_inputs.clone();
    inputs.sort_by(|a, b| a.name.cmp(&b.name));
    let names: Vec<_> = inputs.iter().map(|input| (input.name.as_str(), input.digest.as_str())).collect();
    assert_eq!(names, [("birds-24", "9f3c1a7e"), ("データ", "00ff")]);
    assert_eq!(inputs.iter().map(|input| input.context.as_deref()).collect::<Vec<_>>(), [Some("train"), Some("test")]);
    assert_eq!(inputs[0].profile.as_deref(), Some(r#"{"num_rows": 24000}"#));
    assert_eq!(inputs[0].schema.as_deref(), Some(r#"{"mlflow_colspec": []}"#));
    assert_eq!((inputs[1].schema.as_deref(), inputs[1].profile.as_deref()), (None, None));
    assert_eq!((inputs[0].source_type.as_str(), inputs[0].source.as_str()), ("local", r#"{"uri": "/data/birds"}"#));
}

fn sorted(mut run: Run) -> Run {
    run.metrics.sort_by(|a, b| a.key.cmp(&b.key));
    run.params.sort_by(|a, b| a.key.cmp(&b.key));
    run.tags.sort_by(|a, b| a.key.cmp(&b.key));
    run.dataset_inputs.sort_by(|a, b| a.name.cmp(&b.name));
    run
}

pub async fn an_ended_run_may_lack_its_end(s: &Subject) {
    let run_id = s.fixture.new_run("ended somehow");
    let update = |fields: serde_json::Value| {
        let mut body = json!({ "run_id": run_id });
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        s.fixture.server.api("POST", "runs/update", body);
    };
    let info = async || s.store.get_run(&run_id).await.unwrap().info;
    let unknown = |why| RunDuration::Unknown { why };
    update(json!({ "status": "KILLED" }));
    let killed = info().await;
    assert_eq!((killed.status, killed.end_time_ms), (RunStatus::Killed, None));
    assert_eq!(killed.duration(), unknown(NoDuration::NoEnd));
    update(json!({ "status": "FINISHED", "end_time": START_MS - 1 }));
    assert_eq!(info().await.duration(), unknown(NoDuration::EndsBeforeStart));
    update(json!({ "status": "FINISHED", "end_time": START_MS + MINUTE_MS }));
    assert_eq!(info().await.duration(), RunDuration::Ended { duration_ms: MINUTE_MS });
    // As `mlflow.start_run(run_id=…)` resumes it: the server keeps the old end.
    update(json!({ "status": "RUNNING" }));
    let resumed = info().await;
    assert_eq!(resumed.end_time_ms, Some(START_MS + MINUTE_MS));
    assert_eq!(resumed.duration(), RunDuration::Running { since_ms: START_MS });
}

pub async fn nan_and_infinities_are_values(s: &Subject) {
    let run = s.store.get_run(s.fixture.run_id("extremes")).await.unwrap();
    let values: BTreeMap<_, _> = run.metrics.iter().map(|metric| (metric.key.as_str(), metric.value)).collect();
    let expected = BTreeMap::from([
        ("minus", MetricValue(f64::NEG_INFINITY)),
        ("mixed", MetricValue(0.5)),
        ("nan", MetricValue(f64::NAN)),
        ("plus", MetricValue(f64::INFINITY)),
        ("third", MetricValue(1.0 / 3.0)),
        ("tiny", MetricValue(5e-324)),
    ]);
    assert_eq!(values, expected);
}

pub async fn the_latest_metric_is_the_last_step(s: &Subject) {
    let run = s.store.get_run(s.fixture.run_id("shuffled")).await.unwrap();
    assert_eq!(run.metrics.len(), 1);
    assert_eq!((run.metrics[0].step, run.metrics[0].value), (39, MetricValue(1.0 / 40.0)));
}

pub async fn a_history_of_many_pages_is_complete(s: &Subject) {
    let points = history(s, s.fixture.run_id("curve"), "train_loss").await;
    assert_eq!(points.len(), 30_000);
    assert!(points.iter().map(|point| point.step).eq(0..30_000), "each step once");
    assert!(points.windows(2).all(|two| two[1].timestamp_ms - two[0].timestamp_ms == 100));
    let nan = points.iter().filter(|point| point.value.0.is_nan()).count();
    assert!((5..200).contains(&nan), "{nan} of 30,000 are NaN; about 30 were written");
    assert!(points[0].value.0 > points[29_999].value.0, "a loss falls");
}

pub async fn a_history_keeps_repeated_steps_and_strange_values(s: &Subject) {
    let points = history(s, s.fixture.run_id("shuffled"), "loss").await;
    assert_eq!(points.len(), 42);
    let at =
        |step: i64| points.iter().filter(|point| point.step == step).map(|point| point.value.0).collect::<Vec<_>>();
    assert_eq!((at(0), at(5), at(6)), (vec![1.0, 8.0], vec![1.0 / 6.0, 9.0], vec![1.0 / 7.0]));

    let mixed = history(s, s.fixture.run_id("extremes"), "mixed").await;
    let values: Vec<_> = mixed.iter().map(|point| point.value).collect();
    let expected = [1.5, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.5].map(MetricValue);
    assert_eq!(values, expected);

    assert_eq!(history(s, s.fixture.run_id("plain"), "val/損失: 小").await.len(), 1);
    assert_eq!(history(s, s.fixture.run_id("plain"), "never logged").await, []);
}

pub async fn unknown_runs_are_not_found(s: &Subject) {
    for run_id in ["00000000000000000000000000000000", "' OR '1'='1"] {
        let answer = s.store.get_run(run_id).await;
        assert!(matches!(answer, Err(StoreError::NotFound { .. })), "{run_id}: {answer:?}");
        let answer = s.writer.set_run_tag(run_id, "a", "b").await;
        assert!(matches!(answer, Err(StoreError::NotFound { .. })), "{run_id}: {answer:?}");
    }
}

pub async fn run_tags_are_set_and_deleted(s: &Subject) {
    let run_id = s.fixture.new_run("tagged");
    let tag = async |key: &str| {
        let run = s.store.get_run(&run_id).await.unwrap();
        tag_value(&run.tags, key).map(str::to_owned)
    };
    for value in ["一 & \"two\"\nlines", "again", ""] {
        s.writer.set_run_tag(&run_id, "review/状態", value).await.unwrap();
        assert_eq!(tag("review/状態").await.as_deref(), Some(value));
    }
    let server = s.fixture.server.api("GET", "runs/get", json!({ "run_id": run_id }));
    assert!(server["run"]["data"]["tags"].to_string().contains("review/状態"), "the server sees it: {server}");
    s.writer.delete_run_tag(&run_id, "review/状態").await.unwrap();
    assert_eq!(tag("review/状態").await, None);
    let again = s.writer.delete_run_tag(&run_id, "review/状態").await;
    assert!(matches!(again, Err(StoreError::NotFound { .. })), "{again:?}");
    let too_long = s.writer.set_run_tag(&run_id, &"k".repeat(300), "v").await;
    assert!(matches!(too_long, Err(StoreError::Refused { .. })), "{too_long:?}");
}

pub async fn a_deleted_run_takes_no_tags(s: &Subject) {
    let answer = s.writer.set_run_tag(s.fixture.run_id("deleted"), "a", "b").await;
    assert!(matches!(answer, Err(StoreError::Refused { .. })), "{answer:?}");
}

pub async fn what_the_server_writes_is_seen(s: &Subject) {
    let run_id = s.fixture.new_run("seen");
    let log = |step: i64, value: f64| {
        let body =
            json!({ "run_id": run_id, "key": "loss", "value": value, "timestamp": START_MS + step, "step": step });
        s.fixture.server.api("POST", "runs/log-metric", body);
    };
    log(0, 2.0);
    assert_eq!(s.store.get_run(&run_id).await.unwrap().metrics[0].value, MetricValue(2.0));
    log(1, 1.0);
    assert_eq!(s.store.get_run(&run_id).await.unwrap().metrics[0].value, MetricValue(1.0));
    assert_eq!(history(s, &run_id, "loss").await.len(), 2);
    s.fixture.server.api("POST", "runs/delete", json!({ "run_id": run_id }));
    assert_eq!(s.store.get_run(&run_id).await.unwrap().info.lifecycle_stage, LifecycleStage::Deleted);
}
