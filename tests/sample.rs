//! The shipped sample workspace holds what the README, the screens and the tour count on, and opens with no
//! server and no Python.
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use common::mlflow::{MlflowServer, Options, Version, copy_workspace, repository};
use futures_util::TryStreamExt;
use podium::entities::{ArtifactRoot, LifecycleStage, Run, RunStatus, tag_value};
use podium::tracking::local::LocalStore;
use podium::tracking::rest::RestStore;
use podium::tracking::{RunsQuery, TrackingStore};

fn unpack(to: &Path) {
    copy_workspace(&repository().join("src-tauri/sample"), to).unwrap();
}

/// All files of a run, by path.
async fn files(store: &dyn TrackingStore, root: &ArtifactRoot) -> BTreeMap<String, Vec<u8>> {
    let files = store.artifact_store_for(root).await.unwrap();
    let (mut found, mut folders) = (BTreeMap::new(), vec![String::new()]);
    while let Some(folder) = folders.pop() {
        for entry in files.list(&folder).await.unwrap() {
            if entry.is_dir {
                folders.push(entry.path);
            } else {
                let body = files.read(&entry.path, None).await.unwrap();
                let bytes: Vec<_> = body.stream.try_collect().await.unwrap();
                found.insert(entry.path, bytes.concat());
            }
        }
    }
    found
}

#[tokio::test]
async fn the_sample_tells_its_story() {
    let folder = tempfile::tempdir().unwrap();
    unpack(folder.path());
    let store = LocalStore::open(folder.path()).await.unwrap();
    assert!(store.capabilities().writable && store.capabilities().logged_models);

    let experiments = store.search_experiments(None).await.unwrap().items;
    let names: BTreeSet<_> = experiments.iter().map(|experiment| experiment.name.as_str()).collect();
    let expected = [
        "Default",
        "churn/gbdt",
        "churn/logreg",
        "tickets/intent-search",
        "vision/resnet-sweep",
        "vision/vit-finetune",
        "画像分類",
    ];
    assert_eq!(names, BTreeSet::from(expected));

    let experiment_ids = experiments.iter().map(|experiment| experiment.experiment_id.clone()).collect();
    let query = RunsQuery { experiment_ids, max_results: 1000, ..Default::default() };
    let runs = store.search_runs(&query).await.unwrap().items;
    let count = |wanted: &dyn Fn(&Run) -> bool| runs.iter().filter(|run| wanted(run)).count();
    assert_eq!(count(&|run| run.info.lifecycle_stage == LifecycleStage::Active), 257);
    assert_eq!(count(&|run| run.info.lifecycle_stage == LifecycleStage::Deleted), 1);
    assert_eq!(count(&|run| run.info.status == RunStatus::Running), 1);
    assert_eq!(count(&|run| run.info.status == RunStatus::Failed), 28);
    assert_eq!(count(&|run| tag_value(&run.tags, "mlflow.parentRunId").is_some()), 20, "nested runs");
    assert!(count(&|run| !run.dataset_inputs.is_empty()) > 20);
    assert_eq!(count(&|run| !run.model_outputs.is_empty()), 4);
    assert_eq!(count(&|run| run.metrics.iter().any(|metric| metric.key.starts_with("system/"))), 12);
    let values = || runs.iter().flat_map(|run| &run.metrics).map(|metric| metric.value.0);
    assert!(values().any(f64::is_nan));
    assert!(values().any(|value| value == f64::INFINITY) && values().any(|value| value == f64::NEG_INFINITY));
    let users: BTreeSet<_> = runs.iter().map(|run| run.info.user_id.as_str()).collect();
    assert_eq!(users, BTreeSet::from(["ana", "bo", "chika", "deniz"]));

    let mut long = 0;
    for run in
        runs.iter().filter(|run| run.metrics.iter().any(|metric| metric.key == "val_loss" && metric.step == 1999))
    {
        for key in ["train_loss", "val_loss"] {
            let page = store.get_metric_history(&run.info.run_id, key, None).await.unwrap();
            assert_eq!((page.items.len(), page.next_page_token), (2000, None), "{} {key}", run.info.run_name);
        }
        long += 1;
    }
    assert_eq!(long, 12);
}

/// 200 runs over five params, so that every kind of chart has something to show.
#[tokio::test]
async fn the_sample_has_a_sweep() {
    let folder = tempfile::tempdir().unwrap();
    unpack(folder.path());
    let store = LocalStore::open(folder.path()).await.unwrap();
    let experiments = store.search_experiments(None).await.unwrap().items;
    let sweep = experiments.into_iter().find(|experiment| experiment.name == "tickets/intent-search").unwrap();
    let query = RunsQuery { experiment_ids: vec![sweep.experiment_id], max_results: 1000, ..Default::default() };
    let runs = store.search_runs(&query).await.unwrap().items;
    assert_eq!(runs.len(), 200);
    let count = |wanted: &dyn Fn(&Run) -> bool| runs.iter().filter(|run| wanted(run)).count();
    let metric =
        |run: &Run, key: &str| run.metrics.iter().find(|metric| metric.key == key).map(|metric| metric.value.0);

    let params = BTreeSet::from(["batch_size", "depth", "dropout", "learning_rate", "optimizer", "seed"]);
    assert!(
        runs.iter().all(|run| run.params.iter().map(|param| param.key.as_str()).collect::<BTreeSet<_>>() == params)
    );
    let mut seeds = BTreeMap::<&str, BTreeSet<&str>>::new();
    for run in &runs {
        if let Some(configuration) = tag_value(&run.tags, "configuration") {
            let seed = run.params.iter().find(|param| param.key == "seed").unwrap();
            assert!(seeds.entry(configuration).or_default().insert(&seed.value), "{}", run.info.run_name);
        }
    }
    assert_eq!(seeds.len(), 9);
    assert!(seeds.values().all(|seeds| (3..=5).contains(&seeds.len())), "{seeds:?}");

    let diverged = |run: &Run| {
        metric(run, "train/loss").is_some_and(f64::is_nan) && metric(run, "train/grad_norm") == Some(f64::INFINITY)
    };
    assert_eq!(count(&diverged), 19);
    assert_eq!(count(&|run| metric(run, "val/loss").is_none()), 7, "out of memory before the first value");
    let first = &runs.iter().find(|run| tag_value(&run.tags, "configuration").is_some()).unwrap().info.run_id;
    for (key, points) in [("train/loss", 24), ("val/loss", 12), ("latency_ms", 1)] {
        let page = store.get_metric_history(first, key, None).await.unwrap();
        assert_eq!((page.items.len(), page.next_page_token), (points, None), "{key}");
    }
    for tag in ["mlflow.source.git.commit", "mlflow.source.git.branch", "mlflow.project.entryPoint"] {
        assert_eq!(count(&|run| tag_value(&run.tags, tag).is_some()), 200, "{tag}");
    }
    let with_files = runs.iter().find(|run| run.info.run_name == "lion-1-seed1").unwrap();
    let found = files(&store, &ArtifactRoot::Run(with_files.info.run_id.clone())).await;
    let names: Vec<&str> = found.keys().map(String::as_str).collect();
    let environment = ["conda.yaml", "python_env.yaml", "requirements.txt"].map(|name| format!("environment/{name}"));
    assert_eq!(names[1..], environment);
    assert_eq!(names[0], "code/train.py");
}

#[tokio::test]
async fn the_sample_has_files_of_every_kind() {
    let folder = tempfile::tempdir().unwrap();
    unpack(folder.path());
    let store = LocalStore::open(folder.path()).await.unwrap();
    let model = store.get_registered_model("churn-gbdt").await.unwrap();
    let aliases: BTreeMap<_, _> = model.aliases.iter().map(|a| (a.alias.as_str(), a.version.as_str())).collect();
    assert_eq!(aliases, BTreeMap::from([("challenger", "4"), ("champion", "3")]));
    let versions = store.search_model_versions("churn-gbdt", None).await.unwrap().items;
    assert_eq!(versions.len(), 4);
    assert!(versions.iter().all(|version| tag_value(&version.tags, "validation_status").is_some()));
    let accuracy = async |run_id: &str| {
        let run = store.get_run(run_id).await.unwrap();
        run.metrics.iter().find(|metric| metric.key == "accuracy").unwrap().value.0
    };
    let (newest, champion) = (versions[0].run_id.as_ref().unwrap(), versions[1].run_id.as_ref().unwrap());
    assert!(accuracy(newest).await > accuracy(champion).await, "the challenger beats the champion");

    let found = files(&store, &ArtifactRoot::Run(newest.clone())).await;
    assert!(found["plots/confusion_matrix.png"].starts_with(b"\x89PNG"));
    assert!(found["report.html"].starts_with(b"<!doctype html>"));
    for name in ["README.md", "feature_importance.csv", "metrics.json", "predictions.csv", "worst_cases.json"] {
        assert!(!found[name].is_empty(), "{name}");
    }
    let model_id = versions[0].model_id.clone().unwrap();
    let logged = files(&store, &ArtifactRoot::LoggedModel(model_id)).await;
    assert!(logged.contains_key("MLmodel") && logged.contains_key("model.pkl"));
    // Nothing says where the sample was made.
    assert!(logged.values().chain(found.values()).all(|bytes| !String::from_utf8_lossy(bytes).contains("file://")));
}

/// The sample is what a server leaves in its folder: one that is started there serves it all.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_serves_the_sample() {
    let folder = tempfile::tempdir().unwrap();
    unpack(folder.path());
    let local = LocalStore::open(folder.path()).await.unwrap();
    let prefix = Some("/team/ml".to_owned());
    let server = MlflowServer::start(Version::Newest, Options { static_prefix: prefix, ..Options::sample() });
    let rest = RestStore::connect(&server.url).await.unwrap();

    let version = rest.search_model_versions("churn-gbdt", None).await.unwrap().items.remove(0);
    let model = ArtifactRoot::LoggedModel(version.model_id.unwrap());
    let run = ArtifactRoot::Run(version.run_id.unwrap());
    for root in [run, model] {
        let served = files(&rest, &root).await;
        assert!(served.len() > 5);
        assert!(served == files(&local, &root).await, "{root:?}: the same files with the same bytes");
    }
}
