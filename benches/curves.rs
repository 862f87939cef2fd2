//! Curves of 10,000 points and more: from the cache, or from what was read before, to a finished frame of 1600 × 900
//! pixels. The server is asked for what the page would draw: 320 points of each.

use std::time::Duration;

use podium::app::{App, CurveChart, CurveRun, Paper};
use podium::cache::RunsView;
use podium::entities::RunRef;
use podium::sync::Scope;
use serde_json::json;

use crate::common::mlflow::MlflowServer;
use crate::{experiment_id, first_screen, median, median_async, open_app, report, search, seed, synced, until};

const PAPER: Paper = Paper { width_px: 1600.0, height_px: 900.0, dpr: 1.0, dark: false, utc_offset_minutes: 0 };
const KEY: &str = "train_loss";
/// The page asks for so many runs at once, and the server for no more.
const RUNS_OF_ONE_REQUEST: usize = 100;

/// The runs of an experiment of its own, their histories cached.
struct Curves<'a> {
    app: &'a App,
    chart: CurveChart,
    points: u32,
}

impl<'a> Curves<'a> {
    async fn seeded(app: &'a App, profile_id: &str, server: &MlflowServer, runs: u32, points: u32) -> Self {
        let name = format!("curves-{runs}x{points}");
        let (count, history) = (runs.to_string(), points.to_string());
        let arguments = ["--experiment", &name, "--runs", &count, "--history", &history, "--history-keys", "1"];
        seed(&server.folder.join("mlflow.db"), &arguments);
        let experiment_id = experiment_id(server, &name);
        synced(app, profile_id, &[&experiment_id]).await;
        let view = RunsView { limit: 1000, ..first_screen(profile_id, &experiment_id) };
        let rows = search(app, profile_id, &view).await.rows;
        let run_ids: Vec<String> = rows.into_iter().map(|row| row.run.run_id).collect();
        assert_eq!(run_ids.len(), runs as usize);
        let connection = app.connection(profile_id).await.unwrap();
        let scope = Scope::Histories { run_ids: run_ids.clone(), keys: vec![KEY.to_owned()] };
        app.watch(vec![(profile_id.to_owned(), scope.clone())]);
        until("the histories are cached", || async { connection.freshness(&scope).await.unwrap().complete }).await;
        let runs = run_ids.iter().map(|run_id| CurveRun { run: RunRef::new(profile_id, run_id), dash: 0 }).collect();
        Self { app, chart: CurveChart { key: KEY.to_owned(), runs, ..CurveChart::default() }, points }
    }

    async fn draw(&self, chart: &CurveChart) {
        let frame = self.app.draw_chart(chart, PAPER).await.unwrap();
        let drawn = frame.layout.layout.series_drawn as usize;
        assert_eq!((frame.rgba.len(), drawn), (4 * 1600 * 900, self.chart.runs.len()));
    }

    /// From nothing in memory.
    async fn first(&self, times: usize) -> Duration {
        median_async(times, || async {
            self.app.forget_recent();
            self.draw(&self.chart).await;
        })
        .await
    }

    /// A part of x, another one each time: so many steps, of curves that were drawn before.
    async fn zoom(&self, steps: f64) -> Duration {
        self.draw(&self.chart).await;
        let from = std::cell::Cell::new(0.0);
        median_async(9, || async {
            let range = (from.get(), from.get() + steps - 1.0);
            from.set((from.get() + 37.0).min(f64::from(self.points) - steps));
            self.draw(&CurveChart { x_range: Some(range), ..self.chart.clone() }).await;
        })
        .await
    }

    /// What the page asks the server for the first of the curves, from one step to another.
    fn peer(&self, server: &MlflowServer, times: usize, steps: Option<(u32, u32)>) -> Duration {
        let asked = self.chart.runs.iter().take(RUNS_OF_ONE_REQUEST);
        let run_ids: Vec<&str> = asked.map(|of| of.run.run_id.as_str()).collect();
        let mut question = json!({ "run_ids": run_ids, "metric_key": KEY, "max_results": 320 });
        if let Some((from, to)) = steps {
            question["start_step"] = json!(from);
            question["end_step"] = json!(to);
        }
        median(times, || {
            let answer = server.api("GET", "metrics/get-history-bulk-interval", question.clone());
            assert!(answer["metrics"].as_array().unwrap().len() >= run_ids.len());
        })
    }
}

pub async fn measure(server: &MlflowServer) {
    let data_dir = tempfile::tempdir().unwrap();
    let app = open_app(data_dir.path()).await;
    let database = server.folder.join("mlflow.db").display().to_string();
    let profile_id = &app.open_target(&database).await.unwrap().profile().id.clone();
    let hundred = Curves::seeded(&app, profile_id, server, 100, 10_000).await;
    let first = hundred.first(9).await;
    report("curves_100x10k_first", first, hundred.peer(server, 3, None));
    let zoom = hundred.zoom(3_000.0).await;
    report("curves_100x10k_zoom", zoom, hundred.peer(server, 1, Some((3_000, 6_000))));

    for (name, points) in [("curve_10k_zoom", 10_000), ("curve_1m_zoom", 1_000_000)] {
        let one = Curves::seeded(&app, profile_id, server, 1, points).await;
        // The slowest of all zooms counts.
        let mut slowest = Duration::ZERO;
        for part in [1, 3, 30, 1_000] {
            slowest = slowest.max(one.zoom(f64::from(points / part)).await);
        }
        report(name, slowest, one.peer(server, 3, Some((0, points / 3))));
    }

    let thousand = Curves::seeded(&app, profile_id, server, 1_000, 10_000).await;
    let first = thousand.first(5).await;
    // Ten requests, of which one is measured.
    report("curves_1000x10k_first", first, 10 * thousand.peer(server, 1, None));
}
