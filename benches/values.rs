//! Charts with a mark for every run: how long until they are pixels.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use podium::app::{App, ImportanceVerdict, Paper, RunImportance, RunParallel, RunParallelAxis, ValueAxis};
use podium::cache::{ColumnKind, RunSet, RunsView};
use podium::charts::{self, Coloring, Dimension, Domain, Figure, Scale, ScatterChart, Size, Theme};
use serde_json::{Value, json};

use crate::common::mlflow::{MlflowServer, Version, repository};
use crate::{RUNS, column, first_screen, median, median_async, open_again, report};

const PAPER: Paper = Paper { width_px: 1600.0, height_px: 900.0, dpr: 1.0, dark: false, utc_offset_minutes: 0 };

/// 10,000 runs across six columns, from the cache to a finished frame of 1600 × 900 pixels; the server is asked for
/// these runs, 1,000 at a time.
pub async fn parallel(app: &App, profile_id: &str, server: &MlflowServer, experiment_id: &str) {
    let axis = |kind: ColumnKind, key: &str, log: bool| RunParallelAxis {
        value: ValueAxis { column: column(kind, key), log, rank: false },
        flipped: false,
        brush: None,
    };
    let axes = vec![
        axis(ColumnKind::Param, "optimizer", false),
        axis(ColumnKind::Param, "lr", true),
        axis(ColumnKind::Param, "depth", false),
        axis(ColumnKind::Metric, "loss", false),
        axis(ColumnKind::Metric, "f1_macro", false),
        axis(ColumnKind::Metric, "accuracy", false),
    ];
    let chart = RunParallel {
        runs: RunSet::Found(RunsView { columns: Vec::new(), ..first_screen(profile_id, experiment_id) }),
        color: axes.last().map(|axis| axis.value.clone()),
        axes,
    };
    let app = open_again(app).await;
    app.connection(profile_id).await.unwrap();
    let podium = median_async(9, || async {
        app.forget_recent();
        let frame = app.draw_parallel(&chart, PAPER).await.unwrap();
        assert_eq!((frame.rgba.len(), frame.layout.layout.runs_total), (4 * 1600 * 900, RUNS));
    })
    .await;
    let peer = median(1, || {
        let (mut found, mut token) = (0, Value::Null);
        loop {
            let body = json!({ "experiment_ids": [experiment_id], "max_results": 1000, "page_token": token });
            let page = server.api("POST", "runs/search", body);
            found += page["runs"].as_array().map_or(0, Vec::len);
            token = page["next_page_token"].clone();
            if token.as_str().is_none_or(str::is_empty) {
                break;
            }
        }
        assert_eq!(found, RUNS as usize);
    });
    report("parallel_10k", podium, peer);
}

/// 100,000 points in the colours of a third value, to a finished frame of 1600 × 900 pixels; the peer is the same chart on
/// plotters' own SVG backend, which is not yet pixels.
pub fn scatter() {
    let noise = |seed: u32| {
        let mut state = seed;
        std::iter::from_fn(move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            Some(f64::from(state >> 8) / f64::from(1 << 24))
        })
    };
    let dimension = |label: &str, seed: u32| Dimension {
        label: label.to_owned(),
        domain: Domain::Numbers(Scale::Linear),
        values: noise(seed).take(100_000).map(Some).collect(),
    };
    let figure = Figure::Scatter(ScatterChart {
        title: None,
        x: dimension("x", 1),
        y: dimension("y", 2),
        color: Coloring::By(dimension("color", 3)),
        size: None,
        leaders: None,
    });
    let size = Size { width_px: PAPER.width_px, height_px: PAPER.height_px, dpr: PAPER.dpr };
    let theme = Theme::light();
    let podium = median(9, || {
        assert_eq!(charts::frame(&figure, &theme, size).unwrap().rgba.len(), 4 * 1600 * 900);
    });
    let peer = median(3, || {
        assert!(charts::svg(&figure, &theme, size).unwrap().len() > 1_000_000);
    });
    report("scatter_100k", podium, peer);
}

/// How much each of 20 params matters in 10,000 runs, from the cache to a finished frame; the peer is scikit-learn on the
/// same values, which it has read before.
pub async fn importance(app: &App, profile_id: &str, database: &Path, experiment_id: &str) {
    let app = open_again(app).await;
    app.connection(profile_id).await.unwrap();
    let view = RunsView { columns: Vec::new(), ..first_screen(profile_id, experiment_id) };
    let known = app.cache.columns(&view.scope).await.unwrap();
    let params: Vec<_> = known.iter().filter(|of| of.column.kind == ColumnKind::Param).collect();
    let params: Vec<_> = params.into_iter().map(|of| of.column.clone()).collect();
    assert_eq!(params.len(), 20);
    let metric = ValueAxis { column: column(ColumnKind::Metric, "accuracy"), log: false, rank: false };
    let chart = RunImportance { runs: RunSet::Found(view), metric, params };
    let podium = median_async(5, || async {
        app.forget_recent();
        let layout = app.draw_importance(&chart, PAPER).await.unwrap().layout;
        assert!(matches!(layout.verdict, ImportanceVerdict::Explained { .. }));
        assert_eq!(layout.runs_used, RUNS);
    })
    .await;
    let mut peer = Command::new(Version::Newest.python());
    peer.arg(repository().join("tests/tools/importance_of_sklearn.py")).arg(database).args(["sweep", "accuracy"]);
    let printed = peer.output().unwrap();
    let ms: f64 = String::from_utf8_lossy(&printed.stdout).trim().parse().unwrap();
    report("importance_10k_runs_x_20", podium, Duration::from_secs_f64(ms / 1000.0));
}
