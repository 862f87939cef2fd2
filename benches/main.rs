//! What `make bench` runs: Podium and a tracking server asked the same question on the same data,
//! in the same run. One line a measurement: `bench NAME podium=… peer=… ratio=…`, the median of
//! several in milliseconds; the ratio says how many times faster Podium is.
//!
//! The data are written by `tests/tools/seed_mlflow.py`; the server is the newest release we test
//! with. It is asked what MLflow's own page asks (its page size of 100 runs, its 320 points a
//! curve), over loopback, so the figure is the server's share alone: the page's drawing would come
//! on top. Podium is measured as its commands are answered, from the cache that a sync has filled.
//! Curves are in [`curves`], charts of one value per run in [`values`], what the real window does with
//! charts in [`window`]. What is measured of SSH is in [`tunnel`], how long the window stands still in
//! [`freeze`], a first sync in [`full_sync`], moving an alias in [`promotion`].
#![allow(clippy::unwrap_used, clippy::expect_used)] // A bench that cannot go on has failed.

#[path = "../tests/common/mod.rs"]
mod common;
mod curves;
mod freeze;
mod full_sync;
mod promotion;
mod tunnel;
mod values;
mod window;

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use common::mlflow::{MlflowServer, Options, Version, repository};
use podium::app::App;
use podium::cache::{Column, ColumnKind, ProfileExperiments, RunsView, RunsWindow, SortKey};
use podium::entities::LifecycleStage;
use podium::sync::Scope;
use serde_json::{Value, json};

const RUNS: u32 = 10_000;
const KEYS: &str = "20";

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    // `cargo bench tunnel` measures what has that in its name.
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
    let is_wanted = |name: &str| name.contains(&wanted);
    let server = MlflowServer::start(Version::Newest, Options::default());
    if is_wanted("tunnel") {
        runtime.block_on(tunnel::measure(server.port));
    }
    if is_wanted("freeze") {
        runtime.block_on(freeze::measure(&server));
    }
    if is_wanted("window") {
        runtime.block_on(window::measure(&server));
    }
    if is_wanted("values") {
        runtime.block_on(measure_values(&server));
    }
    if is_wanted("promotion") {
        runtime.block_on(promotion::measure(&server));
    }
    if is_wanted("curves") {
        runtime.block_on(curves::measure(&server));
    }
    // Last: its runs make the database larger for all others.
    if is_wanted("sync_full_20k") {
        runtime.block_on(full_sync::measure(&server));
    }
}

/// Tables of runs, and charts of their values.
async fn measure_values(server: &MlflowServer) {
    let database = server.folder.join("mlflow.db");
    seed(&database, &["--experiment", "sweep", "--runs", &RUNS.to_string(), "--params", KEYS, "--metrics", KEYS]);
    let sweep = experiment_id(server, "sweep");

    let data_dir = tempfile::tempdir().unwrap();
    let app = open_app(data_dir.path()).await;
    let profile_id = app.open_target(&database.display().to_string()).await.unwrap().profile().id.clone();
    synced(&app, &profile_id, &[&sweep]).await;
    first_rows(&app, &profile_id, server, data_dir.path(), &sweep).await;
    filter_and_sort(&app, &profile_id, server, &sweep).await;
    values::parallel(&app, &profile_id, server, &sweep).await;
    values::scatter();
    values::importance(&app, &profile_id, &database, &sweep).await;
}

/// From starting the core to the first screenful of rows, everything cached; the page asks the
/// server for the experiment and its first 100 runs.
async fn first_rows(app: &App, profile_id: &str, server: &MlflowServer, data_dir: &Path, experiment_id: &str) {
    app.cache.close().await;
    let podium = median_async(9, || async {
        let app = open_app(data_dir).await;
        let window = search(&app, profile_id, &first_screen(profile_id, experiment_id)).await;
        assert_eq!(window.rows.len(), 50);
        app.cache.close().await;
    })
    .await;
    let peer = median(5, || {
        server.api("GET", "experiments/get", json!({ "experiment_id": experiment_id }));
        let body = json!({
            "experiment_ids": [experiment_id], "max_results": 100, "order_by": ["attributes.start_time DESC"],
        });
        assert_eq!(server.api("POST", "runs/search", body)["runs"].as_array().unwrap().len(), 100);
    });
    report("first_rows_warm", podium, peer);
}

/// 10,000 runs filtered by a metric and a param and sorted by another metric.
async fn filter_and_sort(app: &App, profile_id: &str, server: &MlflowServer, experiment_id: &str) {
    let app = open_again(app).await;
    let filter = "metrics.accuracy > 0.5 and params.optimizer = 'adamw'";
    let view = RunsView {
        filter: filter.to_owned(),
        sort: vec![SortKey { column: column(ColumnKind::Metric, "loss"), descending: false }],
        ..first_screen(profile_id, experiment_id)
    };
    let podium = median_async(15, || async {
        search(&app, profile_id, &view).await;
    })
    .await;
    let ours = search(&app, profile_id, &view).await;
    let body = json!({
        "experiment_ids": [experiment_id], "filter": filter, "order_by": ["metrics.loss ASC"], "max_results": 100,
    });
    let theirs = server.api("POST", "runs/search", body.clone());
    let first = &theirs["runs"][0]["info"]["run_id"];
    assert_eq!(first, ours.rows[0].run.run_id.as_str(), "both answer the same question");
    let peer = median(5, || {
        server.api("POST", "runs/search", body.clone());
    });
    report("runs_filter_sort_10k", podium, peer);
}

fn first_screen(profile_id: &str, experiment_id: &str) -> RunsView {
    let metrics = ["accuracy", "loss", "f1_macro"].map(|key| column(ColumnKind::Metric, key));
    let params = ["lr", "optimizer", "depth"].map(|key| column(ColumnKind::Param, key));
    RunsView {
        scope: vec![ProfileExperiments {
            profile_id: profile_id.to_owned(),
            experiment_ids: vec![experiment_id.to_owned()],
        }],
        filter: String::new(),
        sort: Vec::new(),
        columns: metrics.into_iter().chain(params).collect(),
        lifecycle_stage: LifecycleStage::Active,
        offset: 0,
        limit: 50,
    }
}

fn column(kind: ColumnKind, key: &str) -> Column {
    Column { kind, key: key.to_owned() }
}

async fn open_app(data_dir: &Path) -> App {
    App::open(data_dir, &repository().join("src-tauri/sample"), None, Arc::new(|_| {})).await.unwrap()
}

/// The same app with its files open again, as after a start.
async fn open_again(app: &App) -> App {
    app.cache.close().await;
    open_app(app.data_dir()).await
}

async fn search(app: &App, profile_id: &str, view: &RunsView) -> RunsWindow {
    app.connection(profile_id).await.unwrap();
    app.cache.search_runs(view).await.unwrap()
}

async fn synced(app: &App, profile_id: &str, experiment_ids: &[&str]) {
    let connection = app.connection(profile_id).await.unwrap();
    for experiment_id in experiment_ids {
        let scope = Scope::Experiment((*experiment_id).to_owned());
        app.watch(vec![(profile_id.to_owned(), scope.clone())]);
        until("the runs are cached", || async { connection.freshness(&scope).await.unwrap().complete }).await;
    }
}

async fn until<F: Future<Output = bool>>(what: &str, holds: impl Fn() -> F) {
    let began = Instant::now();
    while !holds().await {
        assert!(began.elapsed() < Duration::from_secs(1800), "waited too long until {what}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn seed(database: &Path, arguments: &[&str]) {
    let script = repository().join("tests/tools/seed_mlflow.py");
    let done = Command::new(Version::Newest.python()).arg(script).arg(database).args(arguments).status().unwrap();
    assert!(done.success(), "seeding failed");
}

fn experiment_id(server: &MlflowServer, name: &str) -> String {
    let answer: Value = server.api("GET", "experiments/get-by-name", json!({ "experiment_name": name }));
    answer["experiment"]["experiment_id"].as_str().unwrap().to_owned()
}

fn report(name: &str, podium: Duration, peer: Duration) {
    let ms = |duration: Duration| duration.as_secs_f64() * 1000.0;
    println!("bench {name} podium={:.1} peer={:.1} ratio={:.1}", ms(podium), ms(peer), ms(peer) / ms(podium));
}

fn median(times: usize, mut work: impl FnMut()) -> Duration {
    middle((0..times).map(|_| timed(&mut work)).collect())
}

async fn median_async<F: Future<Output = ()>>(times: usize, work: impl Fn() -> F) -> Duration {
    let mut taken = Vec::new();
    for _ in 0..times {
        let began = Instant::now();
        work().await;
        taken.push(began.elapsed());
    }
    middle(taken)
}

fn timed(work: &mut impl FnMut()) -> Duration {
    let began = Instant::now();
    work();
    began.elapsed()
}

fn middle(mut taken: Vec<Duration>) -> Duration {
    taken.sort();
    taken[taken.len() / 2]
}
