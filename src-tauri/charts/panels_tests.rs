//! What panels promise at any size and for any values; their pictures are in `golden`.

use std::sync::Arc;

use super::*;

const SIZE: Size = Size { width_px: 420.0, height_px: 240.0, dpr: 1.0 };

fn numbers(label: &str, scale: Scale, values: impl IntoIterator<Item = Option<f64>>) -> Dimension {
    Dimension { label: label.into(), domain: Domain::Numbers(scale), values: values.into_iter().collect() }
}

/// Numbers between 0 and 1 that only look random.
fn noise(seed: u64) -> impl Iterator<Item = f64> {
    let mut state = seed.wrapping_mul(7).wrapping_add(1);
    std::iter::from_fn(move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Some((state >> 33) as f64 / (1u64 << 31) as f64)
    })
}

/// Three params and an accuracy that has its best in the middle of one of them, coloured by order of start.
fn sweep(runs: usize) -> PanelChart {
    let rates: Vec<f64> = noise(3).take(runs).map(|share| 10f64.powf(-5.0 + 3.0 * share)).collect();
    let accuracy = |(rate, chance): (&f64, f64)| 0.89 - 0.04 * (rate.log10() + 3.4).powi(2) - 0.03 * chance;
    let accuracies: Vec<f64> = rates.iter().zip(noise(5)).map(accuracy).collect();
    let names: Arc<[String]> = ["adamw", "lion", "最適化"].map(str::to_owned).into();
    let optimizers = (0..runs).map(|run| (run % 13 > 0).then_some((run % 3) as f64)).collect();
    let x = vec![
        numbers("lr", Scale::Log, rates.into_iter().enumerate().map(|(run, rate)| (run % 9 > 0).then_some(rate))),
        numbers("dropout", Scale::Linear, noise(8).take(runs).map(|share| Some(0.5 * share))),
        Dimension { label: "optimizer".into(), domain: Domain::Categories(names), values: optimizers },
    ];
    let y = numbers("val/acc", Scale::Linear, accuracies.into_iter().map(Some));
    let order = numbers("Order of start", Scale::Linear, (1..=runs).map(|place| Some(place as f64)));
    PanelChart { title: None, x, y: Some(y), color: Coloring::By(order) }
}

fn matrix(runs: usize) -> PanelChart {
    let PanelChart { mut x, y, .. } = sweep(runs);
    x.truncate(2);
    let y = y.expect("an accuracy");
    let latencies = y.values.iter().zip(noise(21)).map(|(y, chance)| y.map(|y| 10.0 + 20.0 * y + 10.0 * chance));
    x.extend([numbers("推論時間_ms", Scale::Linear, latencies), y]);
    let own = (0..runs).map(|run| [[0x2f, 0x6f, 0xde], [0xe0, 0x76, 0x2b], [0x1c, 0x9a, 0x76]][run % 3]);
    PanelChart { title: None, x, y: None, color: Coloring::Own(own.collect()) }
}

/// Every picture of panels that is golden, by its name.
pub fn panel_charts() -> Vec<(&'static str, PanelChart, Theme)> {
    let titled = PanelChart { title: Some("検証精度 by param".into()), ..sweep(120) };
    vec![
        ("panels", sweep(120), Theme::light()),
        ("panels-dark@2", sweep(120), Theme::dark()),
        ("panels-title", titled, Theme::light()),
        ("panels-matrix@2", matrix(60), Theme::light()),
        ("panels-matrix-dark", matrix(60), Theme::dark()),
    ]
}

fn drawn(chart: &PanelChart, size: Size) -> (Frame, PanelLayout) {
    let frame = frame(&Figure::Panels(chart.clone()), &Theme::light(), size).expect("a frame");
    let FigureLayout::Panels(layout) = frame.layout.clone() else { panic!("no panels") };
    (frame, *layout)
}

#[test]
fn every_run_with_both_values_has_a_point_in_each_panel_and_the_others_are_counted() {
    let runs = 12;
    let chart = PanelChart { color: Coloring::Own(vec![[200, 0, 0]; runs].into()), ..sweep(runs) };
    let (frame, layout) = drawn(&chart, SIZE);
    assert_eq!((layout.columns.len(), layout.rows.len(), layout.hidden), (3, 1, 0));
    for (column, of) in layout.columns.iter().zip(&chart.x) {
        for run in 0..runs {
            assert_eq!(column.tenths[run].is_some(), of.values[run].is_some(), "{} of {run}", of.label);
            let (Some(x), Some(y)) = (column.tenths[run], layout.rows[0].tenths[run]) else { continue };
            let (x, y) = (f64::from(x) / 10.0, f64::from(y) / 10.0);
            assert!(x >= column.from_px && x <= column.from_px + column.length_px);
            let at = (y as usize * frame.width as usize + x as usize) * 4;
            let [r, g, b] = [0, 1, 2].map(|channel| frame.rgba[at + channel]);
            assert!(r > 180 && g < 90 && b < 90, "{} of {run}: {r} {g} {b}", of.label);
        }
    }
    let missing: Vec<u32> =
        layout.columns.iter().map(|column| column.dimension.lanes.iter().map(|lane| lane.runs).sum()).collect();
    assert_eq!(missing, [2, 0, 1]);
}

#[test]
fn as_many_panels_are_drawn_as_have_room_and_the_rest_is_counted() {
    let wide = PanelChart { x: sweep(30).x.into_iter().cycle().take(50).collect(), ..sweep(30) };
    for (width_px, most) in [(1.0, 1), (150.0, 2), (420.0, 5), (900.0, 10)] {
        let (_, layout) = drawn(&wide, Size { width_px, ..SIZE });
        assert!(layout.columns.len() <= most && !layout.columns.is_empty(), "{} in {width_px}", layout.columns.len());
        assert_eq!(layout.columns.len() + layout.hidden as usize, 50);
        assert!(layout.columns.iter().all(|column| width_px < 200.0 || column.length_px >= 70.0));
    }
    let square = PanelChart { x: wide.x, y: None, ..sweep(30) };
    let (_, layout) = drawn(&square, Size { width_px: 900.0, ..SIZE });
    assert!(layout.is_matrix && layout.rows.len() == layout.columns.len() && layout.rows.len() < 9);
    assert_eq!(layout.hidden as usize, 50 - layout.rows.len());
}

#[test]
fn any_values_at_any_size_are_drawn_without_complaint() {
    let ugly = [1e308, -1e308, f64::MAX, 5e-324, 0.0, f64::NAN, f64::INFINITY, 7.0];
    let names: Arc<[String]> = (0..20_000).map(|i| format!("\u{0}<name {i}")).collect();
    for count in [0, 1, 8, 30] {
        let of = |shift: usize| (0..count).map(move |i| (i % 5 != 4).then(|| ugly[(i + shift) % ugly.len()]));
        for scale in [Scale::Linear, Scale::Log] {
            let values = (0..count).map(|i| Some(i as f64 * 663.0)).collect();
            let of_names = Dimension { label: "<".into(), domain: Domain::Categories(names.clone()), values };
            let all = vec![numbers("<&>", scale, of(0)), of_names, numbers("", scale, []), numbers("x", scale, of(3))];
            for (x, y) in [
                (all.clone(), None),
                (all.clone(), Some(all[0].clone())),
                (Vec::new(), None),
                (Vec::new(), Some(all[0].clone())),
            ] {
                let color = Coloring::By(numbers("c", scale, of(2)));
                let chart = PanelChart { title: Some("\u{0}<".into()), x, y, color };
                for (width_px, height_px) in [(300.0, 200.0), (1.0, 1.0), (121.0, 73.0), (3_000.0, 8.0), (8.0, 3_000.0)]
                {
                    let size = Size { width_px, height_px, dpr: 1.0 };
                    let (_, layout) = drawn(&chart, size);
                    assert!(layout.columns.iter().chain(&layout.rows).all(|side| side.length_px.is_finite()));
                    assert_eq!(layout.note.is_some(), count == 0 || chart.x.is_empty());
                    svg(&Figure::Panels(chart.clone()), &Theme::dark(), size).expect("a file");
                }
            }
        }
    }
    let size = Size { width_px: 0.0, height_px: 100.0, dpr: 1.0 };
    assert!(frame(&Figure::Panels(sweep(3)), &Theme::light(), size).is_err());
}
