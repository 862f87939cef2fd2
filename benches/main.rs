//! What `make bench` runs: Podium and a tracking server asked the same question on the same data,
//! in the same run. One line a measurement: `bench NAME podium=… peer=… ratio=…`, the median of
//! several in milliseconds; the ratio says how many times faster Podium is.
//!
//! The data are written by `tests/tools/seed_mlflow.py`; the server is the newest release we test
//! with. It is asked what MLflow's own page asks (its page size of 100 runs, its 320 points a
//! curve), over loopback, so the figure is the server's share alone: the page's drawing would come
//! on top. Podium is measured as its commands are answered, from the cache that a sync has filled.
//! Charts of one value per run are in [`values`]. What is measured of SSH is in [`tunnel`], how
//! long the window stands still in [`freeze`], a first sync in [`full_sync`].
#![allow(clippy::unwrap_used, clippy::expect_used)] // A bench that cannot go on has failed.

#[path = "../tests/common/mod.rs"]
mod common;
mod freeze;
mod full_sync;
mod tunnel;
mod values;

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use common::mlflow::{MlflowServer, Options, Version, repository};
use podium::app::{App, CurveChart, CurveRun, Paper};
use podium::cache::{Column, ColumnKind, ProfileExperiments, RunsView, RunsWindow, SortKey};
use podium::entities::{LifecycleStage, RunRef};
use podium::sync::Scope;
use serde_json::{Value, json};

const RUNS: u32 = 10_000;
const CURVES: usize = 100;
const POINTS: u32 = 10_000;

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    // `cargo bench tunnel` measures what has that in its name.
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
    let server = MlflowServer::start(Version::Newest, Options::default());
    if "tunnel".contains(&wanted) {
        runtime.block_on(tunnel::measure(server.port));
    }
    if "freeze".contains(&wanted) {
        runtime.block_on(freeze::measure(&server));
    }
    if !["tunnel", "freeze", "sync_full"].contains(&wanted.as_str()) {
        runtime.block_on(measure(&server));
    }
    // Last: its runs make the database larger for all others.
    if "sync_full_20k".contains(&wanted) {
        runtime.block_on(full_sync::measure(&server));
    }
}

async fn measure(server: &MlflowServer) {
    let database = server.folder.join("mlflow.db");
    seed(&database, &["--experiment", "sweep", "--runs", &RUNS.to_string(), "--params", "20", "--metrics", "20"]);
    seed(
        &database,
        &[
            "--experiment",
            "curves",
            "--runs",
            &CURVES.to_string(),
            "--history",
            &POINTS.to_string(),
            "--history-keys",
            "1",
        ],
    );
    let (sweep, curves) = (experiment_id(server, "sweep"), experiment_id(server, "curves"));

    let data_dir = tempfile::tempdir().unwrap();
    let app = open_app(data_dir.path()).await;
    let connection = app.open_target(&database.display().to_string()).await.unwrap();
    let profile_id = connection.profile().id.clone();
    synced(&app, &profile_id, &[&sweep, &curves]).await;

    first_rows(&app, &profile_id, server, data_dir.path(), &sweep).await;
    filter_and_sort(&app, &profile_id, server, &sweep).await;
    values::parallel(&app, &profile_id, server, &sweep).await;
    values::scatter();
    drop(connection);
    draw_curves(&app, &profile_id, server, &curves).await;
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

/// 100 curves of 10,000 points, from the cache to a finished frame of 1600 × 900 pixels; the server
/// is asked for what the page would draw: 320 points of each.
async fn draw_curves(app: &App, profile_id: &str, server: &MlflowServer, experiment_id: &str) {
    let app = open_again(app).await;
    let view = RunsView { limit: 1000, ..first_screen(profile_id, experiment_id) };
    let run_ids: Vec<String> =
        search(&app, profile_id, &view).await.rows.into_iter().map(|row| row.run.run_id).collect();
    assert_eq!(run_ids.len(), CURVES);
    let connection = app.connection(profile_id).await.unwrap();
    let scope = Scope::Histories { run_ids: run_ids.clone(), keys: vec!["train_loss".to_owned()] };
    let source = connection.source;
    app.watch(vec![(profile_id.to_owned(), scope)]);
    until("the histories are cached", || async {
        let histories = app.cache.histories(source, &run_ids, "train_loss").await.unwrap();
        histories.iter().flatten().all(|history| history.len() == POINTS as usize)
            && histories.iter().flatten().count() == CURVES
    })
    .await;
    let chart = CurveChart {
        key: "train_loss".to_owned(),
        runs: run_ids.iter().map(|run_id| CurveRun { run: RunRef::new(profile_id, run_id), dash: 0 }).collect(),
        ..CurveChart::default()
    };
    let paper = Paper { width_px: 1600.0, height_px: 900.0, dpr: 1.0, dark: false, utc_offset_minutes: 0 };
    let podium = median_async(9, || async {
        app.forget_recent();
        let frame = app.draw_chart(&chart, paper).await.unwrap();
        assert_eq!((frame.rgba.len(), frame.layout.layout.series_drawn as usize), (4 * 1600 * 900, CURVES));
    })
    .await;
    let peer = median(3, || {
        let question = json!({ "run_ids": run_ids, "metric_key": "train_loss", "max_results": 320 });
        let answer = server.api("GET", "metrics/get-history-bulk-interval", question);
        assert!(answer["metrics"].as_array().unwrap().len() >= CURVES);
    });
    report("curves_100x10k_draw", podium, peer);
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
        assert!(began.elapsed() < Duration::from_secs(300), "waited too long until {what}");
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
