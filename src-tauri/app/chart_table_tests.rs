use std::path::Path;

use super::super::chart_file::{ChartFile, ChartTheme, FileFormat};
use super::super::{CurveChart, CurveProbe, CurveRun, RunScatter};
use super::*;
use crate::app::ValueAxis;
use crate::cache::tests::{Logged, run};
use crate::cache::{Column, ColumnKind, History, RunSet};
use crate::charts::Ends;
use crate::connect::{Profile, ProfileKind};
use crate::entities::{MetricPoint, Run, RunRef};

/// Runs of one profile, each with a loss of these values at the steps 0, 10, 20, ….
async fn app_with(folder: &Path, runs: Vec<(Run, &[f64])>) -> (App, Vec<RunRef>) {
    let app = App::open(folder, folder, None, Arc::new(|_| ())).await.unwrap();
    let profile = app.save_profile(Profile::new("a", ProfileKind::Server, "http://127.0.0.1:9")).await.unwrap();
    let source = app.connection(&profile.id).await.unwrap().source;
    let mut refs = Vec::new();
    for (run, losses) in runs {
        app.cache.apply_runs(source, std::slice::from_ref(&run), 1).await.unwrap();
        let point = |(value, step): (&f64, i64)| MetricPoint { step, timestamp_ms: step, value: MetricValue(*value) };
        let points = losses.iter().zip((0..).map(|i| 10 * i)).map(point).collect();
        let history = History::from_points(points);
        app.cache.set_history(source, &run.info.run_id, "loss", &history, None, 1).await.unwrap();
        refs.push(RunRef::new(&profile.id, &run.info.run_id));
    }
    (app, refs)
}

fn curves(runs: &[RunRef]) -> CurveChart {
    let runs = runs.iter().map(|run| CurveRun { run: run.clone(), dash: 0 }).collect();
    CurveChart { key: "loss".to_owned(), runs, ..CurveChart::default() }
}

fn written(cell: &Option<cache::Cell>) -> String {
    match cell {
        None => String::new(),
        Some(cache::Cell::Text(text)) => text.clone(),
        Some(cache::Cell::Number(number)) => number.0.to_string(),
    }
}

fn rows(table: &ChartTable) -> Vec<String> {
    table.rows.iter().map(|row| row.iter().map(written).collect::<Vec<_>>().join(",")).collect()
}

#[tokio::test]
async fn the_table_of_curves_holds_what_their_file_holds_and_is_read_by_pages_in_any_order() {
    let folder = tempfile::tempdir().unwrap();
    let runs = vec![(run("a"), &[0.5, f64::NAN, 2.0][..]), (run("b"), &[f64::INFINITY, 1.0]), (run("c"), &[])];
    let (app, refs) = app_with(folder.path(), runs).await;
    let chart = AnyChart::Curves(curves(&refs));
    let all = app.chart_table(&chart, TablePage { limit: 99, ..TablePage::default() }).await.unwrap();
    let heads: Vec<(&str, TableKind)> = all.columns.iter().map(|head| (head.name.as_str(), head.kind)).collect();
    let (text, number) = (TableKind::Text, TableKind::Number);
    assert_eq!(heads, [("run", text), ("run_id", text), ("step", number), ("value", number)]);
    let file = ChartFile {
        chart: chart.clone(),
        title: String::new(),
        format: FileFormat::Csv,
        theme: ChartTheme::Light,
        width_px: 300.0,
        height_px: 180.0,
        dpi: 96.0,
        legend: false,
        utc_offset_minutes: 0,
    };
    let csv = String::from_utf8(app.chart_file(&file).await.unwrap()).unwrap();
    assert_eq!(csv.lines().skip(1).collect::<Vec<_>>(), rows(&all));
    assert_eq!((all.total, all.rows.len()), (5, 5));

    let value = |descending| Some(TableSort { column: 3, descending });
    let page = |sort, offset, limit| TablePage { sort, offset, limit };
    let largest = app.chart_table(&chart, page(value(true), 0, 2)).await.unwrap();
    assert_eq!(rows(&largest), ["name of b,b,0,inf", "name of a,a,20,2"]);
    // The next page is of the same order, which is not made anew.
    let next = app.chart_table(&chart, page(value(true), 2, 99)).await.unwrap();
    assert_eq!(rows(&next), ["name of b,b,10,1", "name of a,a,0,0.5", "name of a,a,10,NaN"], "NaN comes last");
    let least = app.chart_table(&chart, page(value(false), 0, 1)).await.unwrap();
    assert_eq!((rows(&least), least.total), (vec!["name of a,a,0,0.5".to_owned()], 5));
    let beyond = app.chart_table(&chart, page(value(false), 77, 5)).await.unwrap();
    assert!(beyond.rows.is_empty());
    let no_column = Some(TableSort { column: 99, descending: false });
    assert_eq!(app.chart_table(&chart, page(no_column, 0, 99)).await.unwrap().rows, all.rows);

    // A new point is there at once, whatever was sorted before.
    let source = app.connection(&refs[2].profile_id).await.unwrap().source;
    let history = History::from_points(vec![MetricPoint { step: 7, timestamp_ms: 7, value: MetricValue(-3.0) }]);
    app.cache.set_history(source, "c", "loss", &history, None, 1).await.unwrap();
    app.tell(crate::change::Change::Histories {
        profile_id: refs[2].profile_id.clone(),
        run_ids: vec!["c".to_owned()],
        keys: vec!["loss".to_owned()],
    });
    let least = app.chart_table(&chart, page(value(false), 0, 1)).await.unwrap();
    assert_eq!((rows(&least), least.total), (vec!["name of c,c,7,-3".to_owned()], 6));
}

#[tokio::test]
async fn a_run_without_a_value_has_an_empty_cell_and_comes_last_in_both_directions() {
    let folder = tempfile::tempdir().unwrap();
    let with = |id: &str, lr: &str| run(id).param("lr", lr).metric("loss", 1.0);
    let runs = vec![(run("none"), &[][..]), (with("a", "0.1"), &[]), (with("b", "0.02"), &[])];
    let (app, refs) = app_with(folder.path(), runs).await;
    let axis = |kind, key: &str| ValueAxis { column: Column { kind, key: key.to_owned() }, log: false, rank: false };
    let chart = AnyChart::Scatter(RunScatter {
        runs: RunSet::Listed(refs),
        x: axis(ColumnKind::Param, "lr"),
        y: axis(ColumnKind::Metric, "loss"),
        color: None,
        size: None,
        best: None,
    });
    for (descending, ids) in [(false, ["b", "a", "none"]), (true, ["a", "b", "none"])] {
        let sort = Some(TableSort { column: 2, descending });
        let table = app.chart_table(&chart, TablePage { sort, offset: 0, limit: 9 }).await.unwrap();
        let order: Vec<String> = table.rows.iter().map(|row| written(&row[1])).collect();
        assert_eq!(order, ids);
        assert_eq!((table.columns[2].name.as_str(), table.columns[2].kind), ("lr", TableKind::Number));
        assert_eq!(table.rows[2][2..], [None, None]);
    }
}

#[tokio::test]
async fn a_chosen_part_of_y_is_shown_and_one_run_can_be_asked_for_its_value_in_many_charts() {
    let folder = tempfile::tempdir().unwrap();
    let (app, refs) = app_with(folder.path(), vec![(run("a"), &[1.0, 9.0][..]), (run("b"), &[3.0, 4.0])]).await;
    let paper = Paper { width_px: 300.0, height_px: 200.0, dpr: 1.0, dark: false, utc_offset_minutes: 0 };
    let mut chart = CurveChart { y_range: Some((2.0, 5.0)), ..curves(&refs) };
    let drawn = app.draw_chart(&chart, paper).await.unwrap().layout.layout;
    assert_eq!((drawn.y.min, drawn.y.max), (2.0, 5.0));
    assert_eq!((drawn.x.min, drawn.x.max), (0.0, 10.0), "x is as it was");
    // What has no place on the scale is not taken.
    (chart.y_range, chart.y_scale) = (Some((-1.0, 5.0)), crate::charts::Scale::Log);
    let drawn = app.draw_chart(&chart, paper).await.unwrap().layout.layout;
    assert!(drawn.y.min > 0.0 && drawn.y.max >= 9.0, "{:?}", drawn.y);

    // Ends that stay, and one that the values cannot be at.
    let ends = |from, to| Ends { from, to };
    chart = CurveChart { y_ends: ends(Some(0.0), None), x_ends: ends(Some(-5.0), Some(20.0)), ..curves(&refs) };
    let drawn = app.draw_chart(&chart, paper).await.unwrap().layout.layout;
    assert_eq!((drawn.y.min, drawn.x.min, drawn.x.max), (0.0, -5.0, 20.0));
    assert!(drawn.y.max >= 9.0);
    chart.y_range = Some((2.0, 5.0));
    let drawn = app.draw_chart(&chart, paper).await.unwrap().layout.layout;
    assert_eq!((drawn.y.min, drawn.y.max), (2.0, 5.0), "what is zoomed to comes first");
    // Where there are no epochs it is drawn over steps, of which the ends say nothing.
    let epochs = CurveChart { x_axis: XKind::Metric, x_metric: Some("epoch".to_owned()), ..chart.clone() };
    let drawn = app.draw_chart(&epochs, paper).await.unwrap().layout.layout;
    assert_eq!((drawn.x.min, drawn.x.max), (0.0, 10.0));

    assert_eq!(app.probe_chart(&chart, 8.0).await.unwrap().len(), 2);
    // Of a chart that was drawn, of one that was not, of one that cannot be.
    let smoothed = CurveChart { runs: Vec::new(), smoothing: 0.5, ..chart.clone() };
    let other = CurveChart { runs: Vec::new(), x_axis: XKind::Order, ..chart.clone() };
    let wrong = CurveChart { key: "loss +".to_owned(), formula_of: vec!["loss".to_owned()], ..CurveChart::default() };
    let charts = [smoothed, wrong, other];
    let glanced = app.glance(&refs[1], &charts, 8.0).await.unwrap();
    let said = |of: &Option<CurveProbe>| of.as_ref().map(|of| (of.run.clone(), of.x, of.value.0, of.smoothed.0));
    let expected = [Some((refs[1].clone(), 10.0, 4.0, 11.0 / 3.0)), None, Some((refs[1].clone(), 2.0, 4.0, 4.0))];
    assert_eq!(glanced.iter().map(said).collect::<Vec<_>>(), expected);
    let unknown = RunRef::new(&refs[0].profile_id, "unknown");
    assert_eq!(app.glance(&unknown, &charts, 8.0).await.unwrap(), [None, None, None]);
}
