//! Charts that nobody would ask for: each has a message or a note, and none ends the program.

use podium::app::{
    App, Best, BestKind, CurveChart, CurveRun, MetricBars, Paper, RunContour, RunHeat, RunImportance, RunPanels,
    RunParallel, RunParallelAxis, RunScatter,
};
use podium::cache::RunSet;
use podium::charts::{
    self, Bar, BarChart, CellStatistic, Chart, Coloring, ContourChart, Dimension, DistributionChart, DistributionForm,
    DistributionGroup, Domain, Figure, FigureLayout, HeatChart, Leaders, Note, PanelChart, ParallelAxis, ParallelChart,
    Scale, ScatterChart, Series, Size, SurfaceVerdict, Theme, YAxis,
};
use podium::direction::Better;
use podium::entities::RunRef;

use crate::sample::{SWEEP, Sample, linear, metric, param};

const SIZE: Size = Size { width_px: 500.0, height_px: 300.0, dpr: 1.0 };

/// Every kind of figure of these values, one value per run or point.
fn figures(values: &[f64], scale: Scale) -> Vec<Figure> {
    let numbers = |label: &str| Dimension {
        label: label.to_owned(),
        domain: Domain::Numbers(scale),
        values: values.iter().map(|value| Some(*value)).collect(),
    };
    let axis = |label: &str| ParallelAxis { dimension: numbers(label), flipped: false, brush: None };
    let bar = |value: &f64| Bar { name: "run".to_owned(), color: [9, 9, 9], value: *value, spread: Some(*value) };
    let series = Series { x: values.into(), y: values.into(), ..Series::default() };
    let y = YAxis { scale, ..YAxis::default() };
    let distribution = |form: DistributionForm| {
        let runs = (0..values.len() as u32).collect();
        Figure::Distribution(DistributionChart {
            title: None,
            form,
            value: numbers("value"),
            groups: vec![DistributionGroup { name: "group".to_owned(), color: 0, dash: 0, runs }],
            overlaid: false,
            more_is_better: false,
        })
    };
    let panels = |y: Option<Dimension>| {
        let color = Coloring::By(numbers("color"));
        Figure::Panels(PanelChart { title: None, x: vec![numbers("a"), numbers("b")], y, color })
    };
    vec![
        Figure::Lines(Chart { series: vec![series], y, ..Chart::default() }),
        Figure::Bars(BarChart { bars: values.iter().map(bar).collect(), ..BarChart::default() }),
        Figure::Scatter(ScatterChart {
            title: None,
            x: numbers("x"),
            y: numbers("y"),
            color: Coloring::By(numbers("color")),
            size: Some(numbers("size")),
            leaders: Some(Leaders { runs: vec![2, 0, 1_000], goes_on: true, words: "best".to_owned() }),
        }),
        panels(Some(numbers("y"))),
        panels(None),
        Figure::Contour(ContourChart { title: None, x: numbers("x"), y: numbers("y"), value: numbers("value") }),
        Figure::Heat(HeatChart {
            title: None,
            x: numbers("x"),
            y: numbers("y"),
            value: numbers("value"),
            statistic: CellStatistic::Mean,
            parts: None,
        }),
        Figure::Parallel(ParallelChart {
            title: None,
            axes: vec![axis("a"), axis("b")],
            color: Coloring::By(numbers("color")),
            color_axis: None,
        }),
        distribution(DistributionForm::Box),
        distribution(DistributionForm::Violin),
        distribution(DistributionForm::Histogram),
        distribution(DistributionForm::Edf),
    ]
}

/// A new kind of figure does not compile until it is asked here, and belongs into [`figures`] too.
fn note(layout: &FigureLayout) -> Option<Note> {
    match layout {
        FigureLayout::Lines(of) => of.note,
        FigureLayout::Bars(of) => of.note,
        FigureLayout::Scatter(of) => of.note,
        FigureLayout::Panels(of) => of.note,
        FigureLayout::Contour(of) => of.note,
        FigureLayout::Heat(of) => of.note,
        FigureLayout::Parallel(of) => of.note,
        FigureLayout::Distribution(of) => of.note,
        FigureLayout::Versions(of) => of.note,
    }
}

fn drawn(figure: &Figure) -> Option<Note> {
    let theme = Theme::dark();
    assert!(charts::svg(figure, &theme, SIZE).unwrap().ends_with("</svg>\n"));
    let frame = charts::frame(figure, &theme, SIZE).unwrap();
    assert_eq!(frame.rgba.len(), 4 * 500 * 300);
    note(&frame.layout)
}

#[test]
fn no_points_and_nothing_finite_are_said() {
    for scale in [Scale::Linear, Scale::Log, Scale::Symlog] {
        for figure in figures(&[], scale) {
            assert_eq!(drawn(&figure), Some(Note::NoPoints), "{figure:?}");
        }
        for values in [vec![f64::NAN], vec![f64::NAN; 50], vec![f64::INFINITY, f64::NEG_INFINITY, f64::NAN]] {
            for figure in figures(&values, scale) {
                let said = drawn(&figure);
                // Bars and lanes beside axes show what is not finite; curves say that there is nothing else.
                if let Figure::Lines(_) = figure {
                    assert!(said.is_some(), "{figure:?}");
                }
            }
        }
    }
}

#[test]
fn any_numbers_are_drawn() {
    let extremes = [1e308, -1e308, f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324, 0.0, -0.0];
    let sets: [Vec<f64>; 6] = [
        vec![1.0],
        vec![0.0; 3],
        extremes.to_vec(),
        vec![1e308, -1e308],
        vec![1e308, 1e308],
        extremes.into_iter().chain([f64::NAN, f64::INFINITY, f64::NEG_INFINITY]).collect(),
    ];
    for scale in [Scale::Linear, Scale::Log, Scale::Symlog] {
        for values in &sets {
            for figure in figures(values, scale) {
                drawn(&figure);
            }
        }
    }
}

#[test]
fn twenty_thousand_categories_have_a_place_each() {
    let names: Vec<String> = (0..20_000).map(|i| format!("分類-{i}")).collect();
    let categories = |label: &str| Dimension {
        label: label.to_owned(),
        domain: Domain::Categories(names.as_slice().into()),
        values: (0..20_000).map(|i| Some(f64::from(i))).collect(),
    };
    let axis = |label: &str| ParallelAxis { dimension: categories(label), flipped: true, brush: None };
    let scatter = ScatterChart {
        title: Some("t".to_owned()),
        x: categories("x"),
        y: categories("y"),
        color: Coloring::By(categories("color")),
        size: Some(categories("size")),
        leaders: None,
    };
    let contour = ContourChart { title: None, x: categories("x"), y: categories("y"), value: categories("value") };
    let heat = HeatChart {
        title: None,
        x: categories("x"),
        y: categories("y"),
        value: categories("value"),
        statistic: CellStatistic::Max,
        parts: Some(3),
    };
    let parallel = ParallelChart {
        title: None,
        axes: vec![axis("a"), axis("b")],
        color: Coloring::By(categories("color")),
        color_axis: Some(0),
    };
    let theme = Theme::light();
    let FigureLayout::Scatter(layout) = charts::frame(&Figure::Scatter(scatter), &theme, SIZE).unwrap().layout else {
        panic!("points are points")
    };
    assert_eq!((layout.x.categories, layout.x_tenths.len()), (Some(20_000), 20_000));
    assert!(layout.x_tenths.is_sorted(), "in their order, none merged with another");
    let FigureLayout::Heat(layout) = charts::frame(&Figure::Heat(heat), &theme, SIZE).unwrap().layout else {
        panic!("cells are cells")
    };
    assert_eq!(layout.cells.len(), 20_000, "none merged with another");
    let FigureLayout::Contour(layout) = charts::frame(&Figure::Contour(contour), &theme, SIZE).unwrap().layout else {
        panic!("a surface is a surface")
    };
    assert_eq!((layout.verdict, layout.x_tenths.len()), (SurfaceVerdict::Words, 20_000));
    let FigureLayout::Parallel(layout) = charts::frame(&Figure::Parallel(parallel), &theme, SIZE).unwrap().layout
    else {
        panic!("axes are axes")
    };
    assert_eq!((layout.axes[0].dimension.categories, layout.runs_total), (Some(20_000), 20_000));
}

#[test]
fn a_canvas_of_no_size_or_too_large_a_one_is_an_error_and_a_tiny_one_a_picture() {
    let theme = Theme::light();
    for figure in figures(&[1.0, 2.0, f64::NAN], Scale::Linear) {
        for (width_px, height_px, dpr) in [
            (0.0, 0.0, 1.0),
            (0.0, 300.0, 2.0),
            (500.0, 0.2, 1.0),
            (-5.0, 10.0, 1.0),
            (1e9, 1e9, 1.0),
            (f64::NAN, 300.0, 1.0),
            (500.0, f64::INFINITY, 1.0),
            (500.0, 300.0, 0.0),
            (500.0, 300.0, f64::NAN),
        ] {
            let size = Size { width_px, height_px, dpr };
            assert!(charts::frame(&figure, &theme, size).is_err(), "{size:?}");
            assert!(charts::png(&figure, &theme, size).is_err(), "{size:?}");
        }
        for (width_px, height_px) in [(1.0, 1.0), (3.0, 200.0), (200.0, 3.0), (40.0, 30.0)] {
            for dpr in [1.0, 3.0] {
                charts::frame(&figure, &theme, Size { width_px, height_px, dpr }).unwrap();
            }
        }
    }
}

/// What the window could ask for by mistake: runs, metrics and columns that are not there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_there_is_no_point_and_no_panic() {
    let sample = Sample::open().await;
    let sweep = sample.experiment(SWEEP).await;
    let known = sample.runs(&sweep, "").await.remove(0);
    let app: &App = &sample.app;
    let paper = Paper { width_px: 300.0, height_px: 200.0, dpr: 1.0, dark: true, utc_offset_minutes: -720 };
    let none = Paper { width_px: 0.0, ..paper };
    let unknown = RunRef::new(&known.profile_id, "no such run");

    for runs in [vec![], vec![unknown.clone()], vec![known.clone(), known.clone()]] {
        let of = runs.iter().cloned().map(|run| CurveRun { run, dash: 255 }).collect();
        let chart = CurveChart {
            key: "no such metric".to_owned(),
            runs: of,
            x_range: Some((f64::NAN, f64::NEG_INFINITY)),
            smoothing: f64::INFINITY,
            ..CurveChart::default()
        };
        assert!(app.draw_chart(&chart, paper).await.unwrap().layout.layout.note.is_some());
        assert!(app.draw_chart(&chart, none).await.is_err());
        let bars = MetricBars {
            key: "no such metric".to_owned(),
            runs: runs.clone(),
            highlighted: Some(unknown.clone()),
            color_by: None,
        };
        assert!(app.draw_bars(&bars, paper).await.unwrap().layout.layout.note.is_some());
        let set = RunSet::Listed(runs);
        let nowhere = linear(param("no such param"));
        let scatter = RunScatter {
            runs: set.clone(),
            x: nowhere.clone(),
            y: linear(metric("")),
            color: Some(nowhere.clone()),
            size: Some(nowhere.clone()),
            best: Some(Best { kind: BestKind::Front, x_better: None, y_better: Some(Better::Lower) }),
        };
        app.draw_scatter(&scatter, paper).await.unwrap();
        let panels = RunPanels {
            runs: set.clone(),
            x: vec![nowhere.clone(); 40],
            y: Some(linear(metric(""))),
            by_association: true,
            color: Some(nowhere.clone()),
        };
        app.draw_panels(&panels, paper).await.unwrap();
        assert!(app.draw_panels(&RunPanels { x: Vec::new(), y: None, ..panels }, none).await.is_err());
        let (x, y, value) = (nowhere.clone(), nowhere.clone(), linear(metric("")));
        let contour = RunContour { runs: set.clone(), x: x.clone(), y: y.clone(), value: value.clone() };
        app.draw_contour(&contour, paper).await.unwrap();
        let heat = RunHeat { runs: set.clone(), x, y, value, statistic: CellStatistic::Min, parts: Some(0) };
        app.draw_heat(&heat, paper).await.unwrap();
        let axis = RunParallelAxis { value: nowhere.clone(), flipped: true, brush: Some((f64::NAN, f64::NAN)) };
        let parallel = RunParallel { runs: set.clone(), axes: vec![axis; 3], color: None };
        app.draw_parallel(&parallel, paper).await.unwrap();
        assert!(app.draw_parallel(&RunParallel { axes: Vec::new(), ..parallel }, none).await.is_err());
        let importance = RunImportance { runs: set, metric: nowhere, params: vec![param(""); 2] };
        app.draw_importance(&importance, paper).await.unwrap();
    }
    let stranger = RunRef::new("no such profile", "run");
    let bars = MetricBars { key: "latency_ms".to_owned(), runs: vec![stranger], highlighted: None, color_by: None };
    let message = app.draw_bars(&bars, paper).await.err().expect("an unknown profile").to_string();
    assert!(!message.is_empty());
}
