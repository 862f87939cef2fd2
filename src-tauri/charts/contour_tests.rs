//! What contours promise at any size and for any values; their pictures are in `golden`.

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

/// Learning rates and dropouts at random, and an accuracy with its best in the middle of both.
fn sweep(runs: usize) -> ContourChart {
    let rates: Vec<f64> = noise(3).take(runs).collect();
    let dropouts: Vec<f64> = noise(11).take(runs).collect();
    let best = |(rate, dropout): (&f64, &f64)| 0.9 - 0.4 * (rate - 0.6).powi(2) - 0.3 * (dropout - 0.4).powi(2);
    let accuracies = rates.iter().zip(&dropouts).map(best).zip(noise(5)).map(|(value, chance)| value + 0.02 * chance);
    ContourChart {
        title: None,
        value: numbers("val/acc", Scale::Linear, accuracies.map(Some)),
        x: numbers("lr", Scale::Log, rates.iter().map(|share| Some(10f64.powf(-5.0 + 3.0 * share)))),
        y: numbers("dropout", Scale::Linear, dropouts.iter().map(|share| Some(0.5 * share))),
    }
}

/// Two clusters far apart, some runs without a value, a value over powers of ten.
fn islands() -> ContourChart {
    let of = |seed: u64, at: [f64; 2]| {
        noise(seed).take(80).enumerate().map(move |(i, chance)| (i % 13 > 0).then_some(at[i % 2] + 20.0 * chance))
    };
    let value = noise(4).take(80).enumerate().map(|(i, chance)| match i % 19 {
        0 => Some(f64::NAN),
        7 => None,
        _ => Some(10f64.powf(-4.0 + 3.0 * (i % 2) as f64 + chance)),
    });
    ContourChart {
        title: None,
        x: numbers("バッチ", Scale::Linear, of(1, [0.0, 90.0])),
        y: numbers("深さ", Scale::Linear, of(2, [60.0, 0.0])),
        value: numbers("検証損失", Scale::Log, value),
    }
}

/// Every contour that has a golden picture, by the picture's name.
pub fn contour_charts() -> Vec<(&'static str, ContourChart, Theme)> {
    let titled = ContourChart { title: Some("検証精度 over lr × dropout".into()), ..sweep(200) };
    vec![
        ("contour", sweep(200), Theme::light()),
        ("contour-dark", sweep(200), Theme::dark()),
        ("contour-islands@2", islands(), Theme::light()),
        ("contour-islands-dark", islands(), Theme::dark()),
        ("contour-title@2", titled, Theme::light()),
        ("contour-few", sweep(5), Theme::light()),
    ]
}

fn drawn(chart: &ContourChart, size: Size) -> (Frame, ContourLayout) {
    let frame = frame(&Figure::Contour(chart.clone()), &Theme::light(), size).expect("a frame");
    let FigureLayout::Contour(layout) = frame.layout.clone() else { panic!("not a contour") };
    (frame, *layout)
}

fn color(frame: &Frame, x: f64, y: f64) -> [u8; 3] {
    let at = (y as usize * frame.width as usize + x as usize) * 4;
    [0, 1, 2].map(|channel| frame.rgba[at + channel])
}

#[test]
fn the_surface_is_highest_at_the_best_place_and_says_how_much_it_explains() {
    let (_, layout) = drawn(&sweep(200), SIZE);
    let SurfaceVerdict::Fitted { runs, width, explained } = layout.verdict else { panic!("{:?}", layout.verdict) };
    assert_eq!(runs, 200);
    assert!(width < 0.3 && explained.is_some_and(|share| share > 0.8), "{width} {explained:?}");
    let (columns, heights) = (layout.columns as usize, &layout.heights);
    let highest = (0..heights.len()).max_by(|a, b| heights[*a].partial_cmp(&heights[*b]).unwrap()).unwrap();
    let across = (highest % columns) as f64 / (columns - 1) as f64;
    let down = (highest / columns) as f64 / f64::from(layout.rows - 1);
    assert!((across - 0.6).abs() < 0.12 && (down - 0.6).abs() < 0.15, "{across} {down}");
}

#[test]
fn far_from_all_runs_nothing_is_made_up() {
    let (frame, layout) = drawn(&islands(), SIZE);
    assert!(layout.heights.iter().any(Option::is_none) && layout.heights.iter().any(Option::is_some));
    let plot = layout.plot;
    let paper = Theme::light().surface;
    // One cluster is up on the left, the other down on the right.
    for (x, y) in [(plot.x + 8.0, plot.bottom() - 8.0), (plot.right() - 8.0, plot.y + 8.0)] {
        assert_eq!(color(&frame, x, y), [paper.0, paper.1, paper.2]);
    }
    let inside = (plot.x + 0.08 * plot.width, plot.y + 0.15 * plot.height);
    assert_ne!(color(&frame, inside.0, inside.1), [paper.0, paper.1, paper.2]);
    // Runs that lack a value are no part of it, and are counted.
    let SurfaceVerdict::Fitted { runs, .. } = layout.verdict else { panic!("{:?}", layout.verdict) };
    assert!(runs < 80 && layout.value.lanes.len() == 2, "{runs} {:?}", layout.value.lanes);
}

#[test]
fn few_places_words_and_no_runs_have_no_surface_and_the_runs_are_there() {
    let (_, layout) = drawn(&sweep(5), SIZE);
    assert_eq!(layout.verdict, SurfaceVerdict::TooFewPlaces { places: 5, needed: 8 });
    assert!(layout.heights.is_empty() && layout.note.is_none() && layout.x_tenths.iter().all(Option::is_some));
    let names = Domain::Categories((0..200).map(|i| format!("name {i}")).collect());
    let words =
        Dimension { label: "optimizer".into(), domain: names, values: (0..200).map(|i| Some(f64::from(i))).collect() };
    assert_eq!(drawn(&ContourChart { y: words, ..sweep(200) }, SIZE).1.verdict, SurfaceVerdict::Words);
    assert_eq!(drawn(&sweep(0), SIZE).1.note, Some(Note::NoPoints));
    let nan = ContourChart { x: numbers("x", Scale::Linear, [Some(f64::NAN); 3]), ..sweep(3) };
    assert_eq!(drawn(&nan, SIZE).1.note, Some(Note::NoFinitePoints));
}

#[test]
fn one_value_everywhere_is_one_colour_without_lines() {
    let flat = ContourChart { value: numbers("v", Scale::Linear, [Some(7.0); 200]), ..sweep(200) };
    let (_, layout) = drawn(&flat, SIZE);
    assert!(matches!(layout.verdict, SurfaceVerdict::Fitted { explained: None, .. }), "{:?}", layout.verdict);
    assert!(layout.heights.iter().flatten().all(|height| (height - 7.0).abs() < 1e-9));
}

#[test]
fn any_values_at_any_size_are_drawn_without_complaint() {
    let ugly = [1e308, -1e308, f64::MAX, 5e-324, 0.0, f64::NAN, f64::INFINITY, 7.0, 3.0, 1e9, 2e-9];
    for count in [0, 1, 9, 60] {
        let of = |shift: usize| {
            (0..count).map(move |i| (i % 7 != 4).then(|| ugly[(i * 5 + shift) % ugly.len()] * (1.0 + i as f64 / 99.0)))
        };
        for scale in [Scale::Linear, Scale::Log] {
            let chart = ContourChart {
                title: Some("\u{0}<".into()),
                x: numbers("<&>", scale, of(0)),
                y: numbers("y", scale, of(3)),
                value: numbers("v", scale, of(1)),
            };
            for (width_px, height_px) in [(300.0, 200.0), (1.0, 1.0), (121.0, 73.0), (3_000.0, 8.0), (8.0, 3_000.0)] {
                let size = Size { width_px, height_px, dpr: 1.0 };
                let (_, layout) = drawn(&chart, size);
                assert!(layout.heights.iter().flatten().all(|height| height.is_finite()));
                assert!(serde_json::to_string(&layout).is_ok());
                svg(&Figure::Contour(chart.clone()), &Theme::dark(), size).expect("a file");
            }
        }
    }
}
