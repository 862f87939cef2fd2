use std::path::Path;
use std::sync::Arc;

use super::super::{AnyChart, ChartFile, ChartTheme, CurveLayout, CurveRun, FileFormat, Paper};
use super::*;
use crate::cache::tests::run;
use crate::connect::{Profile, ProfileKind};
use crate::entities::{MetricPoint, MetricValue};
use crate::error::Code;

const PAPER: Paper = Paper { width_px: 300.0, height_px: 200.0, dpr: 1.0, dark: false, utc_offset_minutes: 0 };

/// A run, a metric, and its values at these steps.
type LoggedMetric<'a> = (&'a str, &'a str, &'a [(i64, f64)]);

async fn app_with(folder: &Path, logged: &[LoggedMetric<'_>]) -> (App, String) {
    let app = App::open(folder, folder, None, Arc::new(|_| ())).await.unwrap();
    let profile = app.save_profile(Profile::new("a", ProfileKind::Server, "http://127.0.0.1:9")).await.unwrap();
    let source = app.connection(&profile.id).await.unwrap().source;
    for (run_id, key, values) in logged {
        app.cache.apply_runs(source, &[run(run_id)], 1).await.unwrap();
        let point = |&(step, value)| MetricPoint { step, timestamp_ms: 1_000 * step, value: MetricValue(value) };
        let history = History::from_points(values.iter().map(point).collect());
        app.cache.set_history(source, run_id, key, &history, None, 1).await.unwrap();
    }
    (app, profile.id)
}

fn chart(profile_id: &str, key: &str, run_ids: &[&str]) -> CurveChart {
    let run = |run_id: &&str| CurveRun { run: RunRef::new(profile_id, *run_id), dash: 0 };
    CurveChart { key: key.to_owned(), runs: run_ids.iter().map(run).collect(), ..CurveChart::default() }
}

async fn layout(app: &App, chart: &CurveChart) -> CurveLayout {
    app.draw_chart(chart, PAPER).await.unwrap().layout
}

async fn table(app: &App, chart: CurveChart) -> Vec<String> {
    let file = ChartFile {
        chart: AnyChart::Curves(chart),
        title: String::new(),
        format: FileFormat::Csv,
        theme: ChartTheme::Light,
        width_px: 300.0,
        height_px: 200.0,
        dpi: 96.0,
        legend: false,
        utc_offset_minutes: 0,
    };
    let bytes = app.chart_file(&file).await.unwrap();
    String::from_utf8(bytes).unwrap().lines().skip(1).map(str::to_owned).collect()
}

#[tokio::test]
async fn a_formula_is_drawn_probed_and_saved_at_the_steps_that_its_metrics_share() {
    let folder = tempfile::tempdir().unwrap();
    let logged: [LoggedMetric; 4] = [
        ("a", "val/loss", &[(0, 3.0), (10, 2.0), (20, f64::NAN), (40, 1.0)]),
        ("a", "train/loss", &[(0, 1.0), (5, 0.9), (10, 0.5), (20, 0.25), (30, 0.1)]),
        ("b", "val/loss", &[(0, 3.0), (10, 2.0)]),
        ("c", "train/loss", &[(7, 1.0)]),
    ];
    let (app, profile) = app_with(folder.path(), &logged).await;
    let names = ["val/loss", "train/loss"].map(str::to_owned).to_vec();
    let formula = CurveChart { formula_of: names, ..chart(&profile, "val/loss - train/loss", &["a", "b", "c", "d"]) };
    let drawn = layout(&app, &formula).await;
    assert_eq!(drawn.without_part, LeftOut { runs: 2, points: 3 }, "the steps 5, 30 and 40 of a");
    assert_eq!((drawn.runs_with_points, drawn.layout.points_total, drawn.layout.nan_points), (1, 3, 1));
    let probed = app.probe_chart(&formula, 9.0).await.unwrap();
    assert_eq!(probed.iter().map(|of| (of.x, of.value.0)).collect::<Vec<_>>(), [(10.0, 1.5)]);
    let rows = ["name of a,a,0,2", "name of a,a,10,1.5", "name of a,a,20,NaN"];
    assert_eq!(table(&app, formula.clone()).await, rows);

    // Over another metric, and minus a baseline, a formula is a metric like any other.
    let over = CurveChart { x_axis: XKind::Metric, x_metric: Some("val/loss".to_owned()), ..formula.clone() };
    assert_eq!(layout(&app, &over).await.layout.x_kind, XKind::Metric);
    let compared = CurveChart { baseline: Some(formula.runs[0].run.clone()), ..formula.clone() };
    assert_eq!(table(&app, compared).await[1], "name of a,a,10,0");

    // x is a formula as well: over the sum of both losses, of which the step 40 has only one.
    let names = formula.formula_of.clone();
    let sum = CurveChart { x_metric: Some("val/loss + train/loss".to_owned()), x_formula_of: names, ..over };
    let drawn = layout(&app, &sum).await;
    assert_eq!((drawn.layout.x_kind, drawn.layout.x.min, drawn.layout.x.max), (XKind::Metric, 2.5, 4.0));
    assert_eq!(table(&app, sum.clone()).await, ["name of a,a,2.5,1.5", "name of a,a,4,2"]);
    let both = CurveChart { key: "val/loss".to_owned(), formula_of: Vec::new(), ..sum.clone() };
    assert_eq!(
        layout(&app, &both).await.without_x.points,
        2,
        "x is no finite number at 20, and at 40 it is that of 20"
    );
    let wrong = CurveChart { x_metric: Some("val/loss +".to_owned()), ..sum };
    assert_eq!(app.draw_chart(&wrong, PAPER).await.err().unwrap().code, Code::BadFormula);

    let wrong = CurveChart { key: "val/loss - nothing".to_owned(), ..formula };
    let error = app.draw_chart(&wrong, PAPER).await.err().unwrap();
    assert_eq!((error.code, error.message.as_str()), (Code::BadFormula, "No metric is called nothing"));
    assert_eq!(error.part, Some(crate::error::Part::Text { start: 11, end: 18 }));
}

#[tokio::test]
async fn curves_minus_a_baseline_say_what_has_no_partner_and_the_baseline_is_zero() {
    let folder = tempfile::tempdir().unwrap();
    let logged: [LoggedMetric; 4] = [
        ("base", "loss", &[(10, 1.0), (20, 3.0), (30, 5.0)]),
        ("same", "loss", &[(10, 2.0), (20, 2.0), (30, 2.0)]),
        ("between", "loss", &[(5, 9.0), (15, 9.0), (30, 9.0), (31, 9.0)]),
        ("after", "loss", &[(100, 1.0), (101, 1.0)]),
    ];
    let (app, profile) = app_with(folder.path(), &logged).await;
    let mut wanted = chart(&profile, "loss", &["base", "same", "between", "after"]);
    assert_eq!(layout(&app, &wanted).await.difference, None);
    wanted.baseline = Some(RunRef::new(&profile, "base"));
    let drawn = layout(&app, &wanted).await;
    let without = LeftOut { runs: 1, points: 2 };
    assert_eq!(drawn.difference, Some(CurveDifference { between: 1, without }));
    let rows = [
        "name of base,base,10,0",
        "name of base,base,20,0",
        "name of base,base,30,0",
        "name of same,same,10,1",
        "name of same,same,20,-1",
        "name of same,same,30,-3",
        "name of between,between,15,7",
        "name of between,between,30,4",
    ];
    assert_eq!(table(&app, wanted.clone()).await, rows);
    // The baseline need not be in the chart.
    wanted.runs.remove(0);
    assert_eq!(table(&app, wanted.clone()).await, rows[3..]);
    assert_eq!(wanted.read_runs().count(), 4);
    // One without points leaves nothing to compare with.
    wanted.baseline = Some(RunRef::new(&profile, "unknown"));
    let drawn = layout(&app, &wanted).await;
    let without = LeftOut { runs: 3, points: 0 };
    assert_eq!((drawn.difference, drawn.runs_with_points), (Some(CurveDifference { between: 0, without }), 0));
}

#[test]
fn curves_are_of_every_metric_that_their_formulas_name() {
    let texts = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect::<Vec<String>>();
    let over = CurveChart { x_axis: XKind::Metric, x_metric: Some("a + b".to_owned()), ..chart("p", "loss", &["r"]) };
    let name = CurvesName::of(&CurveChart { x_formula_of: texts(&["a", "b"]), ..over });
    assert!(name.is_of_any(&texts(&["b"])) && name.is_of_any(&texts(&["c", "loss"])));
    assert!(!name.is_of_any(&texts(&["a + b", "c"])));
}
