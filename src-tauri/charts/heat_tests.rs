//! What heat maps promise at any size and for any values; their pictures are in `golden`.

use std::sync::Arc;

use super::*;

const SIZE: Size = Size { width_px: 420.0, height_px: 240.0, dpr: 1.0 };

fn numbers(label: &str, scale: Scale, values: impl IntoIterator<Item = Option<f64>>) -> Dimension {
    Dimension { label: label.into(), domain: Domain::Numbers(scale), values: values.into_iter().collect() }
}

fn categories(label: &str, names: &[&str], values: impl IntoIterator<Item = Option<f64>>) -> Dimension {
    let names: Arc<[String]> = names.iter().map(|name| (*name).to_owned()).collect();
    Dimension { label: label.into(), domain: Domain::Categories(names), values: values.into_iter().collect() }
}

/// Numbers between 0 and 1 that only look random.
fn noise(seed: u64) -> impl Iterator<Item = f64> {
    let mut state = seed.wrapping_mul(7).wrapping_add(1);
    std::iter::from_fn(move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Some((state >> 33) as f64 / (1u64 << 31) as f64)
    })
}

/// Learning rates and dropouts at random, and an accuracy with its best in the middle of both.
fn sweep(runs: usize) -> HeatChart {
    let rates: Vec<f64> = noise(3).take(runs).collect();
    let dropouts: Vec<f64> = noise(11).take(runs).map(|share| 0.5 * share).collect();
    let best = |(rate, dropout): (&f64, &f64)| 0.9 - 0.4 * (rate - 0.6).powi(2) - 0.5 * (dropout - 0.2).powi(2);
    HeatChart {
        title: None,
        value: numbers("val/acc", Scale::Linear, rates.iter().zip(&dropouts).map(best).map(Some)),
        x: numbers("lr", Scale::Log, rates.iter().map(|share| Some(10f64.powf(-5.0 + 3.0 * share)))),
        y: numbers("dropout", Scale::Linear, dropouts.into_iter().map(Some)),
        statistic: CellStatistic::Mean,
        parts: None,
    }
}

/// Batch sizes and optimizers, as a grid with holes, some without a value.
fn grid() -> HeatChart {
    let of = |values: Vec<Option<f64>>| values.into_iter();
    let names = ["adamw", "lion", "検証用オプティマイザー"];
    let runs = 60;
    let x = (0..runs).map(|run| (run % 11 > 0).then_some([32.0, 64.0, 128.0, 256.0][run % 4])).collect();
    let y = (0..runs).map(|run| (run % 17 > 0).then_some((run / 4 % 3) as f64)).collect();
    let value = (0..runs).map(|run| match (run % 4, run / 4 % 3) {
        (3, 0) => Some(f64::NAN),
        (batch, optimizer) => Some(12.0 + 4.0 * batch as f64 - 3.0 * optimizer as f64 + (run % 5) as f64),
    });
    HeatChart {
        title: None,
        x: numbers("バッチ", Scale::Log, of(x)),
        y: categories("optimizer", &names, of(y)),
        value: numbers("latency_ms", Scale::Linear, value),
        statistic: CellStatistic::Min,
        parts: None,
    }
}

/// Every heat map that has a golden picture, by the picture's name.
pub fn heat_charts() -> Vec<(&'static str, HeatChart, Theme)> {
    let titled = HeatChart { title: Some("検証精度 over lr × dropout".into()), ..sweep(200) };
    vec![
        ("heat", sweep(200), Theme::light()),
        ("heat-dark", sweep(200), Theme::dark()),
        ("heat-grid", grid(), Theme::light()),
        ("heat-grid-dark@2", grid(), Theme::dark()),
        ("heat-title@2", titled, Theme::light()),
    ]
}

fn drawn(chart: &HeatChart, size: Size) -> (Frame, HeatLayout) {
    let frame = frame(&Figure::Heat(chart.clone()), &Theme::light(), size).expect("a frame");
    let FigureLayout::Heat(layout) = frame.layout.clone() else { panic!("not a heat map") };
    (frame, *layout)
}

fn color(frame: &Frame, x: f64, y: f64) -> [u8; 3] {
    let at = (y as usize * frame.width as usize + x as usize) * 4;
    [0, 1, 2].map(|channel| frame.rgba[at + channel])
}

#[test]
fn a_cell_has_the_colour_of_its_value_and_where_no_run_is_there_is_none() {
    let chart = HeatChart {
        x: numbers("x", Scale::Linear, [1.0, 2.0, 2.0, 1.0].map(Some)),
        y: numbers("y", Scale::Linear, [1.0, 2.0, 2.0, 1.0].map(Some)),
        value: numbers("v", Scale::Linear, [1.0, 4.0, 6.0, 1.0].map(Some)),
        ..sweep(0)
    };
    let (frame, layout) = drawn(&chart, SIZE);
    let of: Vec<(u32, u32, Option<f64>)> =
        layout.cells.iter().map(|cell| (cell.runs, cell.counted, cell.value)).collect();
    assert_eq!(of, [(2, 2, Some(1.0)), (2, 2, Some(5.0))]);
    let rgb = |color: plotters::style::RGBColor| [color.0, color.1, color.2];
    let corner = |cell: &HeatCell| color(&frame, cell.area.x + 4.0, cell.area.y + 4.0);
    assert_eq!(corner(&layout.cells[0]), rgb(Theme::light().ramp(0.0)));
    assert_eq!(corner(&layout.cells[1]), rgb(Theme::light().ramp(1.0)));
    let [low, high] = [layout.cells[0].area, layout.cells[1].area];
    assert!(low.y > high.y && low.x < high.x);
    for (x, y) in [(low.x + 9.0, high.y + 9.0), (high.x + 9.0, low.y + 9.0)] {
        assert_eq!(color(&frame, x, y), rgb(Theme::light().surface), "nothing is made up");
    }
}

#[test]
fn what_is_missing_is_counted_and_a_cell_of_nan_is_no_number() {
    let (_, layout) = drawn(&grid(), SIZE);
    let count = |lanes: &[LaneCount]| lanes.iter().map(|lane| lane.runs).sum::<u32>();
    assert_eq!((count(&layout.x.lanes), count(&layout.y.lanes)), (6, 4));
    let inside = layout.x_tenths.iter().zip(&layout.y_tenths).filter(|(x, y)| x.is_some() && y.is_some()).count();
    let runs: u32 = layout.cells.iter().map(|cell| cell.runs).sum();
    assert_eq!(runs as usize, inside);
    let nan: Vec<&HeatCell> = layout.cells.iter().filter(|cell| cell.value.is_none()).collect();
    assert_eq!((nan.len(), nan[0].counted, nan[0].x.as_str(), nan[0].y.as_str()), (1, 0, "256", "adamw"));
    assert_eq!(count(&layout.value.lanes), 1);
}

#[test]
fn every_run_is_in_the_cell_that_is_counted_for_it() {
    for chart in [sweep(300), grid(), HeatChart { parts: Some(3), ..sweep(50) }] {
        let (_, layout) = drawn(&chart, SIZE);
        for cell in &layout.cells {
            let Rect { x, y, width, height } = cell.area;
            let is_in = |at: f64, from: f64, length: f64| at >= from - 1.5 && at <= from + length + 1.5;
            let places = layout.x_tenths.iter().zip(&layout.y_tenths);
            let near = places.filter(|(a, b)| {
                let (Some(a), Some(b)) = (a, b) else { return false };
                is_in(f64::from(*a) / 10.0, x, width) && is_in(f64::from(*b) / 10.0, y, height)
            });
            assert!(near.count() >= cell.runs as usize, "{cell:?}");
        }
    }
}

#[test]
fn any_values_at_any_size_are_drawn_without_complaint() {
    let ugly = [1e308, -1e308, f64::MAX, 5e-324, 0.0, f64::NAN, f64::INFINITY, 7.0];
    let names: Vec<String> = (0..20_000).map(|i| format!("name {i}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    for count in [0, 1, 8, 30] {
        let of = |shift: usize| (0..count).map(move |i| (i % 5 != 4).then(|| ugly[(i + shift) % ugly.len()]));
        for scale in [Scale::Linear, Scale::Log] {
            let of_names = categories("\u{0}<", &names, (0..count).map(|i| Some(i as f64 * 663.0)));
            for x in [numbers("<&>", scale, of(0)), of_names.clone(), numbers("", scale, [])] {
                let chart = HeatChart {
                    title: Some("\u{0}<".into()),
                    x,
                    y: numbers("y", scale, of(3)),
                    value: numbers("v", scale, of(1)),
                    statistic: CellStatistic::Mean,
                    parts: [None, Some(0), Some(usize::MAX)][count % 3],
                };
                for (width_px, height_px) in [(300.0, 200.0), (1.0, 1.0), (121.0, 73.0), (3_000.0, 8.0), (8.0, 3_000.0)]
                {
                    let size = Size { width_px, height_px, dpr: 1.0 };
                    let (_, layout) = drawn(&chart, size);
                    assert!(layout.cells.len() <= count && layout.x_tenths.len() <= count);
                    assert!(serde_json::to_string(&layout).is_ok());
                    svg(&Figure::Heat(chart.clone()), &Theme::dark(), size).expect("a file");
                }
            }
        }
    }
    let size = Size { width_px: 0.0, height_px: 100.0, dpr: 1.0 };
    assert!(frame(&Figure::Heat(sweep(3)), &Theme::light(), size).is_err());
    assert_eq!(drawn(&sweep(0), SIZE).1.note, Some(Note::NoPoints));
    let nan = HeatChart { x: numbers("x", Scale::Linear, [Some(f64::NAN); 3]), ..sweep(3) };
    assert_eq!(drawn(&nan, SIZE).1.note, Some(Note::NoFinitePoints));
}
