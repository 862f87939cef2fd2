//! Every kind of chart draws, and its files are what is on screen.

use std::collections::BTreeSet;

use podium::app::{
    AnyChart, App, Best, BestKind, ChartFile, ChartTheme, Drawn, FileFormat, GroupAggregate, Grouping, MetricBars,
    Paper, RunContour, RunDistribution, RunHeat, RunImportance, RunPanels, RunParallel, RunParallelAxis, RunScatter,
    ValueAxis,
};
use podium::cache::{Column, ColumnKind};
use podium::charts::{CellStatistic, DistributionForm};
use podium::error::Result;
use serde::Serialize;
use serde_json::Value;

use crate::sample::{SWEEP, Sample, linear, metric, param};

const PAPER: Paper = Paper { width_px: 640.0, height_px: 400.0, dpr: 1.0, dark: false, utc_offset_minutes: 0 };

/// A name and a chart; at least one of each kind that can be asked for.
pub async fn examples(sample: &Sample) -> Vec<(&'static str, AnyChart)> {
    let sweep = sample.experiment(SWEEP).await;
    let seeds = sample.runs(&sweep, "tags.phase = 'seeds'").await;
    let curves = sample.curves("val/accuracy", seeds.clone()).await;
    let by = vec![Column { kind: ColumnKind::Tag, key: "configuration".to_owned() }];
    let groups = Some(Grouping { by, aggregate: Some(GroupAggregate::default()) });
    let params = ["learning_rate", "optimizer", "batch_size", "dropout", "depth"];
    let log = |column: Column| ValueAxis { log: column.key == "learning_rate", column, rank: false };
    let axis = |column: Column| RunParallelAxis { value: log(column), flipped: false, brush: None };
    let accuracy = linear(metric("val/accuracy"));
    let started = Column { kind: ColumnKind::Attribute, key: "start_time".to_owned() };
    let best = |x: ValueAxis, kind: BestKind| {
        let best = Some(Best { kind, x_better: None, y_better: None });
        AnyChart::Scatter(RunScatter { runs: sweep.clone(), x, y: accuracy.clone(), color: None, size: None, best })
    };
    let panels = |x: Vec<ValueAxis>, y: Option<ValueAxis>| {
        AnyChart::Panels(RunPanels { runs: sweep.clone(), x, by_association: y.is_some(), y, color: None })
    };
    let distribution = |form: DistributionForm| {
        AnyChart::Distribution(RunDistribution {
            runs: sweep.clone(),
            value: accuracy.clone(),
            by: vec![param("optimizer")],
            form,
            overlaid: false,
        })
    };
    vec![
        ("box", distribution(DistributionForm::Box)),
        ("violin", distribution(DistributionForm::Violin)),
        ("histogram", distribution(DistributionForm::Histogram)),
        ("edf", distribution(DistributionForm::Edf)),
        ("curves", AnyChart::Curves(curves.clone())),
        ("groups", AnyChart::Curves(podium::app::CurveChart { groups, ..curves })),
        (
            "bars",
            AnyChart::Bars(MetricBars { key: "latency_ms".to_owned(), runs: seeds, highlighted: None, color_by: None }),
        ),
        (
            "scatter",
            AnyChart::Scatter(RunScatter {
                runs: sweep.clone(),
                x: log(param("learning_rate")),
                y: accuracy.clone(),
                color: Some(linear(param("optimizer"))),
                size: Some(linear(metric("latency_ms"))),
                best: None,
            }),
        ),
        ("history", best(ValueAxis { rank: true, ..linear(started) }, BestKind::SoFar)),
        ("front", best(linear(metric("latency_ms")), BestKind::Front)),
        ("panels", panels(params.map(param).map(log).to_vec(), Some(accuracy.clone()))),
        ("matrix", panels(["dropout", "depth"].map(param).map(log).to_vec(), None)),
        (
            "heat",
            AnyChart::Heat(RunHeat {
                runs: sweep.clone(),
                x: log(param("learning_rate")),
                y: linear(param("optimizer")),
                value: accuracy.clone(),
                statistic: CellStatistic::Mean,
                parts: None,
            }),
        ),
        (
            "contour",
            AnyChart::Contour(RunContour {
                runs: sweep.clone(),
                x: log(param("learning_rate")),
                y: linear(param("dropout")),
                value: accuracy.clone(),
            }),
        ),
        (
            "parallel",
            AnyChart::Parallel(RunParallel {
                runs: sweep.clone(),
                axes: params.map(param).into_iter().chain([metric("val/accuracy")]).map(axis).collect(),
                color: Some(accuracy.clone()),
            }),
        ),
        (
            "importance",
            AnyChart::Importance(RunImportance { runs: sweep, metric: accuracy, params: params.map(param).to_vec() }),
        ),
    ]
}

/// What the drawing says of itself, and its pixels.
async fn draw(app: &App, chart: &AnyChart, paper: Paper) -> (Value, Vec<u8>) {
    fn parts<L: Serialize>(drawn: Result<Drawn<L>>) -> (Value, Vec<u8>) {
        let Drawn { layout, rgba } = drawn.unwrap();
        (serde_json::to_value(layout).unwrap(), rgba)
    }
    match chart {
        AnyChart::Curves(of) => parts(app.draw_chart(of, paper).await),
        AnyChart::Bars(of) => parts(app.draw_bars(of, paper).await),
        AnyChart::Scatter(of) => parts(app.draw_scatter(of, paper).await),
        AnyChart::Parallel(of) => parts(app.draw_parallel(of, paper).await),
        AnyChart::Importance(of) => parts(app.draw_importance(of, paper).await),
        AnyChart::Panels(of) => parts(app.draw_panels(of, paper).await),
        AnyChart::Contour(of) => parts(app.draw_contour(of, paper).await),
        AnyChart::Heat(of) => parts(app.draw_heat(of, paper).await),
        AnyChart::Distribution(of) => parts(app.draw_distribution(of, paper).await),
    }
}

fn file(chart: &AnyChart, format: FileFormat, paper: Paper) -> ChartFile {
    ChartFile {
        chart: chart.clone(),
        title: String::new(),
        format,
        theme: if paper.dark { ChartTheme::Dark } else { ChartTheme::Light },
        width_px: paper.width_px,
        height_px: paper.height_px,
        dpi: 96.0 * paper.dpr,
        legend: false,
        utc_offset_minutes: paper.utc_offset_minutes,
    }
}

/// As the window's bindings list them, which are generated.
fn all_kinds() -> BTreeSet<String> {
    let bindings = include_str!("../../ui/src/backend/bindings.ts");
    let from = bindings.find("export type AnyChart =").expect("the kinds of charts");
    let list = &bindings[from..];
    let list = &list[..list.find(";\n").unwrap_or(list.len())];
    let kinds = list.split("kind: \"").skip(1).map(|rest| rest.split('"').next().unwrap_or_default().to_owned());
    kinds.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_kind_of_chart_draws_the_sample() {
    let sample = Sample::open().await;
    let examples = examples(&sample).await;
    let kind = |chart: &AnyChart| serde_json::to_value(chart).unwrap()["kind"].as_str().unwrap().to_owned();
    let drawn: BTreeSet<String> = examples.iter().map(|(_, chart)| kind(chart)).collect();
    assert_eq!(drawn, all_kinds(), "each kind has an example above");

    for (name, chart) in &examples {
        let (layout, light) = draw(&sample.app, chart, PAPER).await;
        assert_eq!(layout["note"], Value::Null, "{name}");
        assert_eq!(light.len(), 4 * 640 * 400, "{name}");
        assert!(light.chunks_exact(4).all(|pixel| pixel[3] == 255), "{name} is opaque");
        assert!(inked(&light) > 0.01, "{name}: only {} of the picture is not background", inked(&light));
        let (_, dark) = draw(&sample.app, chart, Paper { dark: true, dpr: 2.0, ..PAPER }).await;
        assert_eq!(dark.len(), 4 * 1280 * 800, "{name}");
        assert!(inked(&dark) > 0.01, "{name}, dark");
        assert!(brightness(&light[..4]) > 0.9 && brightness(&dark[..4]) < 0.2, "{name}: the paper in its corner");
    }
}

/// The share of the pixels that have another colour than the first.
fn inked(rgba: &[u8]) -> f64 {
    let pixels = rgba.chunks_exact(4);
    let count = pixels.len() as f64;
    pixels.filter(|pixel| **pixel != rgba[..4]).count() as f64 / count
}

/// Of one pixel, 0 to 1.
fn brightness(rgba: &[u8]) -> f64 {
    rgba[..3].iter().map(|part| f64::from(*part)).sum::<f64>() / 765.0
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_are_what_is_on_screen() {
    let sample = Sample::open().await;
    for (name, chart) in examples(&sample).await {
        let (layout, frame) = draw(&sample.app, &chart, PAPER).await;
        let png = async |paper: Paper| {
            let file = file(&chart, FileFormat::Png, paper);
            decoded(&sample.app.chart_file(&file).await.unwrap())
        };
        if let AnyChart::Curves(_) = chart {
            // A file says under the axis what x is, and the window beside the chart: with room for that, the curves are
            // the same.
            let plot: Vec<usize> =
                ["x", "y", "width", "height"].map(|of| layout["plot"][of].as_f64().unwrap() as usize).to_vec();
            let wanted = part(&frame, &plot, 4);
            let mut more = 8;
            while part(&png(Paper { height_px: PAPER.height_px + f64::from(more), ..PAPER }).await, &plot, 3) != wanted
            {
                more += 1;
                assert!(more < 40, "{name}: the plot of the file is not the one on screen");
            }
        } else {
            let rgb: Vec<u8> = frame.chunks_exact(4).flat_map(|pixel| &pixel[..3]).copied().collect();
            assert!(png(PAPER).await == rgb, "{name}: the file is not the frame");
        }

        let svg = sample.app.chart_file(&file(&chart, FileFormat::Svg, PAPER)).await.unwrap();
        let svg = String::from_utf8(svg).unwrap();
        assert!(svg.contains("width=\"640\"") && svg.contains("<text"), "{name}: text is text");
        let csv = sample.app.chart_file(&file(&chart, FileFormat::Csv, PAPER)).await.unwrap();
        let mut table = csv::Reader::from_reader(csv.as_slice());
        let columns = table.headers().unwrap().len();
        let rows: Vec<csv::StringRecord> = table.records().map(|row| row.unwrap()).collect();
        assert!(columns >= 3 && rows.iter().all(|row| row.len() == columns), "{name}");
        let expected = match name {
            "curves" => 40 * 12,
            "bars" => 40,
            "importance" => 5,
            "groups" => rows.len(),
            _ => 200,
        };
        assert_eq!(rows.len(), expected, "{name}");
    }
}

/// Red, green, blue of every pixel.
fn decoded(png: &[u8]) -> Vec<u8> {
    let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
    let mut rgb = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut rgb).unwrap();
    rgb
}

/// Red, green, blue of the pixels inside a rectangle of a picture that is 640 pixels wide.
fn part(pixels: &[u8], rect: &[usize], bytes_per_pixel: usize) -> Vec<[u8; 3]> {
    let [x, y, width, height] = *rect else { panic!("x, y, width and height") };
    let at = |row: usize, column: usize| {
        let from = (row * 640 + column) * bytes_per_pixel;
        [pixels[from], pixels[from + 1], pixels[from + 2]]
    };
    (y + 1..y + height).flat_map(|row| (x + 1..x + width).map(move |column| at(row, column))).collect()
}
