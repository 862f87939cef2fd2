//! From a real store into the cache: what the cache shows afterwards is what the store says.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;
#[path = "sync/failed_reads.rs"]
mod failed_reads;
#[path = "sync/search.rs"]
mod search;

use std::sync::Arc;
use std::time::Duration;

use common::mlflow::{MlflowServer, Options, Version, copy_workspace, repository};
use podium::cache::{Cache, CurveChance, ProfileExperiments, RunsView, SourceId};
use podium::entities::{Experiment, LifecycleStage, MetricValue, Run};
use podium::sync::{Scope, Sync};
use podium::tracking::local::LocalStore;
use podium::tracking::rest::RestStore;
use podium::tracking::{RunsQuery, TrackingStore};
use serde_json::json;

struct Bench {
    _folder: tempfile::TempDir,
    store: Arc<dyn TrackingStore>,
    cache: Cache,
    source: SourceId,
    sync: Sync,
}

impl Bench {
    async fn new(store: Arc<dyn TrackingStore>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (cache, word) = Cache::open(&folder.path().join("cache.db")).await;
        assert_eq!(word, None);
        let source = cache.source("profile", "address").await.unwrap();
        let sync = Sync::start(store.clone(), cache.clone(), source, "profile", Arc::new(|_| {}), Arc::new(|_| {}));
        Self { _folder: folder, store, cache, source, sync }
    }

    /// Brings `scope` up to date and fails where that fails.
    async fn refresh(&self, scope: Scope) {
        self.sync.refresh(scope.clone());
        while self.sync.freshness(&scope).await.syncing {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(self.sync.error(&scope), None, "{scope:?}");
    }

    async fn all_experiments(&self) -> Vec<Experiment> {
        let (mut all, mut token) = (Vec::new(), None);
        loop {
            let page = self.store.search_experiments(token.as_deref()).await.unwrap();
            all.extend(page.items);
            token = page.next_page_token;
            if token.is_none() {
                return all;
            }
        }
    }

    async fn all_runs(&self, experiment_id: &str) -> Vec<Run> {
        let mut query =
            RunsQuery { experiment_ids: vec![experiment_id.to_owned()], max_results: 7, ..RunsQuery::default() };
        let mut all = Vec::new();
        loop {
            let page = self.store.search_runs(&query).await.unwrap();
            all.extend(page.items);
            query.page_token = page.next_page_token;
            if query.page_token.is_none() {
                return all;
            }
        }
    }

    async fn matching(&self, experiment_id: &str, filter: &str) -> u32 {
        let view = RunsView {
            scope: vec![ProfileExperiments {
                profile_id: "profile".to_owned(),
                experiment_ids: vec![experiment_id.to_owned()],
            }],
            filter: filter.to_owned(),
            sort: Vec::new(),
            columns: Vec::new(),
            lifecycle_stage: LifecycleStage::Active,
            offset: 0,
            limit: 10,
        };
        self.cache.search_runs(&view).await.unwrap().matching
    }

    /// Syncs everything there is and compares it, run by run, with what the store itself answers.
    async fn syncs_everything(&self) {
        self.refresh(Scope::Experiments).await;
        let (mut run_count, mut histories) = (0, 0);
        for experiment in self.all_experiments().await {
            let id = experiment.experiment_id.clone();
            self.refresh(Scope::Experiment(id.clone())).await;
            for said in self.all_runs(&id).await {
                let cached = self.cache.run(self.source, &said.info.run_id).await.unwrap();
                assert_eq!(cached, Some(in_order(said)));
                run_count += 1;
            }
            histories += self.syncs_histories(&id).await;
        }
        assert!(run_count > 0 && histories > 0, "{run_count} runs, {histories} histories");
        self.refresh(Scope::Models).await;
        for model in self.cache.registered_models(self.source).await.unwrap() {
            self.refresh(Scope::Model(model.name.clone())).await;
            assert_eq!(self.store.get_registered_model(&model.name).await.unwrap(), model);
            let mut said = Vec::new();
            let mut token = None;
            loop {
                let page = self.store.search_model_versions(&model.name, token.as_deref()).await.unwrap();
                said.extend(page.items);
                token = page.next_page_token;
                if token.is_none() {
                    break;
                }
            }
            assert_eq!(self.cache.model_versions(self.source, &model.name).await.unwrap(), said);
        }
    }

    /// All histories of the active runs of an experiment that are curves; says how many.
    async fn syncs_histories(&self, experiment_id: &str) -> usize {
        let runs = self.all_runs(experiment_id).await;
        let active = runs.iter().filter(|run| run.info.lifecycle_stage == LifecycleStage::Active);
        let run_ids: Vec<String> = active.map(|run| run.info.run_id.clone()).take(20).collect();
        let curves = self.cache.curves(self.source, &run_ids).await.unwrap();
        let keys: Vec<String> = curves.iter().map(|curve| curve.key.clone()).take(3).collect();
        self.refresh(Scope::Histories { run_ids: run_ids.clone(), keys: keys.clone() }).await;
        let states = self.cache.history_states(self.source, &run_ids, &keys).await.unwrap();
        assert!(states.iter().all(|state| state.up_to_date), "{states:?}");
        for state in &states {
            let history = self.cache.histories(self.source, std::slice::from_ref(&state.run_id), &state.key).await;
            let history = history.unwrap().remove(0).expect("the history");
            let run = runs.iter().find(|run| run.info.run_id == state.run_id).unwrap();
            let latest = run.metrics.iter().find(|metric| metric.key == state.key).unwrap();
            let last = history.len() - 1;
            assert_eq!((history.steps[last], history.timestamps_ms[last]), (latest.step, latest.timestamp_ms));
            assert_eq!(MetricValue(history.values[last]), latest.value);
        }
        states.len()
    }
}

/// The cache keeps keys in alphabetical order.
fn in_order(mut run: Run) -> Run {
    run.metrics.sort_by(|a, b| a.key.cmp(&b.key));
    run.params.sort_by(|a, b| a.key.cmp(&b.key));
    run.tags.sort_by(|a, b| a.key.cmp(&b.key));
    run
}

#[tokio::test]
async fn the_sample_workspace_is_synced_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    copy_workspace(&repository().join("src-tauri/sample"), folder.path()).unwrap();
    let store = LocalStore::open(folder.path()).await.unwrap();
    Bench::new(Arc::new(store)).await.syncs_everything().await;
}

async fn a_server_is_synced_and_followed(version: Version) {
    let options = if version == Version::Newest { Options::sample() } else { Options::default() };
    let server = MlflowServer::start(version, options);
    let store = RestStore::connect(&server.url).await.unwrap();
    let bench = Bench::new(Arc::new(store)).await;

    let created = server.api("POST", "experiments/create", json!({"name": "followed"}));
    let experiment = created["experiment_id"].as_str().unwrap().to_owned();
    let scope = Scope::Experiment(experiment.clone());
    let run = |name: &str, start_ms: i64| {
        let created = server.api(
            "POST",
            "runs/create",
            json!({"experiment_id": experiment, "run_name": name, "start_time": start_ms, "user_id": "ana"}),
        );
        created["run"]["info"]["run_id"].as_str().unwrap().to_owned()
    };
    let log = |run_id: &str, value: f64, step: i64| {
        server.api(
            "POST",
            "runs/log-metric",
            json!({"run_id": run_id, "key": "loss", "value": value, "timestamp": 1_000 + step, "step": step}),
        );
    };
    let first = run("first", 1_700_000_000_000);
    for step in 0..5 {
        log(&first, 1.0 / (step + 1) as f64, step);
    }
    bench.syncs_everything().await;
    assert_eq!(bench.matching(&experiment, "metrics.loss < 0.3").await, 1);

    chances_of_curves(&server, &bench).await;

    // What goes on, what is new, what was edited, what was deleted.
    log(&first, 9.0, 5);
    let second = run("second", 1_700_000_100_000);
    bench.refresh(scope.clone()).await;
    assert_eq!(bench.matching(&experiment, "metrics.loss = 9 OR second").await, 2);
    let histories = Scope::Histories { run_ids: vec![first.clone()], keys: vec!["loss".to_owned()] };
    bench.refresh(histories).await;
    let found = bench.cache.histories(bench.source, std::slice::from_ref(&first), "loss").await.unwrap();
    assert_eq!(found[0].as_ref().unwrap().steps, [0, 1, 2, 3, 4, 5]);
    server.api("POST", "runs/set-tag", json!({"run_id": second, "key": "team", "value": "blue"}));
    server.api(
        "POST",
        "runs/update",
        json!({"run_id": first, "status": "FINISHED", "end_time": 1_700_000_200_000_i64}),
    );
    bench.refresh(scope.clone()).await;
    assert_eq!(bench.matching(&experiment, "team = blue or status = finished").await, 2);
    server.api("POST", "runs/delete", json!({"run_id": second}));
    bench.refresh(scope).await;
    assert_eq!(bench.matching(&experiment, "").await, 1);

    // An alias that another user moved.
    server.api("POST", "registered-models/create", json!({"name": "followed-model"}));
    for _ in 0..2 {
        let source = format!("runs:/{first}/model");
        let artifact_uri =
            server.api("GET", "runs/get", json!({"run_id": first}))["run"]["info"]["artifact_uri"].clone();
        let source = artifact_uri.as_str().map_or(source, |uri| format!("{uri}/model"));
        server.api(
            "POST",
            "model-versions/create",
            json!({"name": "followed-model", "source": source, "run_id": first}),
        );
    }
    let model = Scope::Model("followed-model".to_owned());
    for version in ["1", "2"] {
        let moved = json!({"name": "followed-model", "alias": "champion", "version": version});
        server.api("POST", "registered-models/alias", moved);
        bench.refresh(model.clone()).await;
        let cached = bench.cache.registered_model(bench.source, "followed-model").await.unwrap().unwrap();
        assert_eq!(cached.aliases[0].version, version);
    }
    assert_eq!(bench.cache.model_versions(bench.source, "followed-model").await.unwrap().len(), 2);

    // Names that the server's filter language cannot quote, or reads as something else.
    let names = ["it's \"best\"", "it_s _best_", "its best", "100%", "back\\slash '\"", "x' OR name = 'y", " ; -- "];
    for name in names {
        server.api("POST", "registered-models/create", json!({"name": name}));
        server.api("POST", "model-versions/create", json!({"name": name, "source": "s3://bucket/model"}));
        bench.refresh(Scope::Model(name.to_owned())).await;
        let versions = bench.cache.model_versions(bench.source, name).await.unwrap();
        assert_eq!(versions.iter().map(|version| version.name.as_str()).collect::<Vec<_>>(), [name]);
    }
}

/// A script that never passes a step logs everything at step 0, and the latest value alone does not
/// say whether there were others.
async fn chances_of_curves(server: &MlflowServer, bench: &Bench) {
    let created = server.api("POST", "experiments/create", json!({"name": "without steps"}));
    let experiment = created["experiment_id"].as_str().unwrap();
    let created =
        server.api("POST", "runs/create", json!({"experiment_id": experiment, "start_time": 1_690_000_000_000_i64}));
    let run_ids = [created["run"]["info"]["run_id"].as_str().unwrap().to_owned()];
    let log = |key: &str, value: f64, step: i64, timestamp: i64| {
        let body = json!({"run_id": run_ids[0], "key": key, "value": value, "timestamp": timestamp, "step": step});
        server.api("POST", "runs/log-metric", body);
    };
    for (value, timestamp) in [(3.0, 1_000), (2.0, 2_000), (1.0, 3_000)] {
        log("no steps", value, 0, timestamp);
        log("one moment", value, 0, 1_000);
        log("below zero", value, value as i64 - 3, timestamp);
    }
    log("once", 0.9, 0, 1_000);
    log("once at the end", 0.9, 100, 1_000);
    bench.refresh(Scope::Experiment(experiment.to_owned())).await;
    let chances = async || {
        let curves = bench.cache.curves(bench.source, &run_ids).await.unwrap();
        curves.into_iter().map(|curve| (curve.key, curve.chance)).collect::<Vec<_>>()
    };
    let all = |chances: [(&str, CurveChance); 5]| chances.map(|(key, chance)| (key.to_owned(), chance)).to_vec();
    use CurveChance::{Likely, None as Never, Possible};
    let found = chances().await;
    let before = all([
        ("once at the end", Likely),
        ("below zero", Possible),
        ("no steps", Possible),
        ("once", Possible),
        ("one moment", Possible),
    ]);
    assert_eq!(found, before);
    let keys = found.into_iter().map(|(key, _)| key).collect();
    bench.refresh(Scope::Histories { run_ids: run_ids.to_vec(), keys }).await;
    let after = all([
        ("below zero", Likely),
        ("no steps", Likely),
        ("one moment", Likely),
        ("once", Never),
        ("once at the end", Never),
    ]);
    assert_eq!(chances().await, after);
}

#[tokio::test]
async fn the_newest_server_is_synced_and_followed() {
    a_server_is_synced_and_followed(Version::Newest).await;
}

#[tokio::test]
async fn a_server_of_mlflow_2_is_synced_and_followed() {
    a_server_is_synced_and_followed(Version::Two).await;
}
