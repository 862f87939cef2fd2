//! What scatter plots promise at any size and for any values; their pictures are in `golden`.

use std::sync::Arc;

use super::*;

const SIZE: Size = Size { width_px: 420.0, height_px: 240.0, dpr: 1.0 };
const COLORS: [[u8; 3]; 3] = [[0x2f, 0x6f, 0xde], [0xe0, 0x76, 0x2b], [0x1c, 0x9a, 0x76]];

fn numbers(label: &str, scale: Scale, values: impl IntoIterator<Item = Option<f64>>) -> Dimension {
    Dimension { label: label.into(), domain: Domain::Numbers(scale), values: values.into_iter().collect() }
}

fn categories(label: &str, names: &[&str], values: impl IntoIterator<Item = Option<f64>>) -> Dimension {
    let names: Arc<[String]> = names.iter().map(|name| (*name).to_owned()).collect();
    Dimension { label: label.into(), domain: Domain::Categories(names), values: values.into_iter().collect() }
}

fn own(runs: usize) -> Coloring {
    Coloring::Own((0..runs).map(|run| COLORS[run % 3]).collect())
}

/// Numbers between 0 and 1 that only look random.
fn noise(seed: u64) -> impl Iterator<Item = f64> {
    let mut state = seed.wrapping_mul(7).wrapping_add(1);
    std::iter::from_fn(move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Some((state >> 33) as f64 / (1u64 << 31) as f64)
    })
}

/// Learning rates, and an accuracy that has its best at one of them.
fn sweep(runs: usize) -> ScatterChart {
    let rates: Vec<f64> = noise(3).take(runs).map(|share| 10f64.powf(-5.0 + 3.0 * share)).collect();
    let best = |rate: f64, by_chance: f64| 0.89 - 0.04 * (rate.log10() + 3.4).powi(2) - 0.02 * by_chance;
    let accuracies: Vec<f64> = rates.iter().zip(noise(5)).map(|(rate, by_chance)| best(*rate, by_chance)).collect();
    ScatterChart {
        title: None,
        x: numbers("lr", Scale::Log, rates.into_iter().map(Some)),
        y: numbers("val/acc", Scale::Linear, accuracies.into_iter().map(Some)),
        color: own(runs),
        size: None,
    }
}

/// The same, where every seventh has no rate, and some have an accuracy that is no number.
fn with_gaps(runs: usize) -> ScatterChart {
    let mut chart = sweep(runs);
    let rates = chart.x.values.iter().enumerate();
    chart.x.values = rates.map(|(i, rate)| rate.filter(|_| i % 7 > 0)).collect();
    let values = chart.y.values.iter().enumerate().map(|(i, value)| match i % 11 {
        0 => Some(f64::NAN),
        5 => None,
        _ => *value,
    });
    chart.y.values = values.collect();
    chart
}

/// Coloured by how far a value is from zero.
fn diverging() -> ScatterChart {
    let gain = numbers("gain", Scale::Linear, noise(7).take(200).map(|at| Some(3.0 * at - 1.0)));
    ScatterChart { color: Coloring::Around(gain, 0.0), ..sweep(200) }
}

/// Every scatter plot that has a golden picture, by the picture's name.
pub fn scatter_charts() -> Vec<(&'static str, ScatterChart, Theme)> {
    let optimizers = ["adamw", "lion", "a-long-name-of-an-optimizer"];
    let of_optimizers = |runs: usize| (0..runs).map(|run| (run % 13 > 0).then_some((run % 3) as f64));
    let depth = numbers("depth", Scale::Linear, (0..60).map(|run| (run % 9 > 0).then_some(f64::from(run % 5))));
    let by_value =
        Coloring::By(numbers("latency_ms", Scale::Linear, noise(9).take(300).map(|at| Some(8.0 + 30.0 * at))));
    let by_name = Coloring::By(categories("optimizer", &optimizers, of_optimizers(60)));
    let across = categories("optimizer", &optimizers, of_optimizers(60));
    let crowd = ScatterChart { color: Coloring::By(sweep(20_000).y), ..sweep(20_000) };
    vec![
        ("scatter", sweep(48), Theme::light()),
        ("scatter-gaps-dark", with_gaps(60), Theme::dark()),
        ("scatter-value", ScatterChart { color: by_value.clone(), ..sweep(300) }, Theme::light()),
        ("scatter-value-dark", ScatterChart { color: by_value, ..sweep(300) }, Theme::dark()),
        (
            "scatter-category-size",
            ScatterChart { title: Some("lr × val/acc".into()), color: by_name, size: Some(depth), ..with_gaps(60) },
            Theme::light(),
        ),
        ("scatter-names-dark", ScatterChart { x: across, ..sweep(60) }, Theme::dark()),
        ("scatter-crowd", crowd, Theme::light()),
        ("scatter-gaps@2", with_gaps(60), Theme::light()),
        ("scatter-diverging", diverging(), Theme::light()),
        ("scatter-diverging-dark", diverging(), Theme::dark()),
    ]
}

fn drawn(chart: &ScatterChart, size: Size) -> (Frame, ScatterLayout) {
    let frame = frame(&Figure::Scatter(chart.clone()), &Theme::light(), size).expect("a frame");
    let FigureLayout::Scatter(layout) = frame.layout.clone() else { panic!("not a scatter plot") };
    (frame, *layout)
}

fn center(layout: &ScatterLayout, run: usize) -> (f64, f64) {
    (f64::from(layout.x_tenths[run]) / 10.0, f64::from(layout.y_tenths[run]) / 10.0)
}

#[test]
fn every_run_has_a_point_where_the_layout_says_in_its_color() {
    for runs in [3, 12] {
        for dpr in [1.0, 2.0] {
            let chart = ScatterChart { color: Coloring::Own(vec![[200, 0, 0]; runs].into()), ..with_gaps(runs) };
            let (frame, layout) = drawn(&chart, Size { dpr, ..SIZE });
            assert_eq!((layout.x_tenths.len(), layout.y_tenths.len()), (runs, runs));
            for run in 0..runs {
                let (x, y) = center(&layout, run);
                let at = ((y * dpr) as usize * frame.width as usize + (x * dpr) as usize) * 4;
                let [r, g, b] = [0, 1, 2].map(|channel| frame.rgba[at + channel]);
                assert!(r > 190 && g < 60 && b < 60, "run {run} of {runs} at {x}, {y}: {r} {g} {b}");
            }
        }
    }
}

#[test]
fn what_is_missing_stands_beside_the_plot_and_never_at_zero() {
    let (_, layout) = drawn(&with_gaps(60), SIZE);
    let plot = layout.plot;
    let count = |lanes: &[LaneCount], lane: Lane| lanes.iter().find(|known| known.lane == lane).map(|known| known.runs);
    assert_eq!(count(&layout.x.lanes, Lane::None), Some(9));
    assert_eq!([Lane::None, Lane::Nan].map(|lane| count(&layout.y.lanes, lane)), [Some(5), Some(6)]);
    for run in 0..60 {
        let (x, y) = center(&layout, run);
        assert_eq!(x < plot.x, run % 7 == 0, "{run}");
        assert_eq!(y > plot.bottom(), [0, 5].contains(&(run % 11)), "{run}");
    }
    let nan = center(&layout, 11).1;
    let none = center(&layout, 5).1;
    assert!(nan > none + 10.0, "NaN is not the same as nothing: {nan} {none}");
}

#[test]
fn a_crowd_is_denser_where_there_are_more() {
    // The marks of a crowd are stamped: where ten thousand stand, the colour is nearly full.
    let runs = 30_000;
    let at = |share: fn(usize) -> f64| (0..runs).map(move |run| Some(share(run)));
    let chart = ScatterChart {
        title: None,
        x: numbers("x", Scale::Linear, at(|run| if run == 0 { 0.0 } else { 1.0 })),
        y: numbers("y", Scale::Linear, at(|run| if run < 2 { 0.43 * run as f64 } else { 1.0 })),
        color: Coloring::Own(vec![[0, 0, 0]; runs].into()),
        size: None,
    };
    let (frame, layout) = drawn(&chart, SIZE);
    let ink = |run: usize| {
        let (x, y) = center(&layout, run);
        255 - frame.rgba[(y as usize * frame.width as usize + x as usize) * 4]
    };
    assert!((50..120).contains(&ink(1)), "one: {}", ink(1));
    assert!(ink(2) > 240, "many: {}", ink(2));
}

#[test]
fn larger_values_are_larger_points_and_rings_have_none() {
    let values = [Some(0.0), Some(1.0), None];
    let chart = ScatterChart {
        title: None,
        x: numbers("x", Scale::Linear, [0.0, 1.0, 2.0].map(Some)),
        y: numbers("y", Scale::Linear, [0.0, 1.0, 2.0].map(Some)),
        color: Coloring::Own(vec![[0, 0, 0]; 3].into()),
        size: Some(numbers("depth", Scale::Linear, values)),
    };
    let (frame, layout) = drawn(&chart, SIZE);
    let dark = |run: usize| {
        let (x, y) = center(&layout, run);
        let reach = |run: f64| (-9..=9).map(move |d| run + f64::from(d));
        let inked = reach(y).flat_map(|y| reach(x).map(move |x| (x, y))).filter(|(x, y)| {
            (*x - 0.0) < 405.0 && frame.rgba[(*y as usize * frame.width as usize + *x as usize) * 4] < 100
        });
        inked.count()
    };
    let [small, large, ring] = [0, 1, 2].map(dark);
    assert!(small < ring + 12 && large > 6 * small, "{small} {large} {ring}");
    let (x, y) = center(&layout, 2);
    let middle = frame.rgba[(y as usize * frame.width as usize + x as usize) * 4];
    assert!(middle > 200, "the middle of a ring is empty: {middle}");
}

#[test]
fn strange_values_names_and_sizes_are_drawn_without_complaint() {
    let ugly = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, -0.0, 1e-320, f64::MAX, -f64::MAX, 1e308, -7.0];
    let of = |count: usize| ugly[..count].iter().map(|value| Some(*value).filter(|value| *value != 0.0));
    let names: Vec<String> = (0..20_000).map(|i| format!("<&\"'>\u{0}\u{202e}{i}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    for count in [0, 1, 3, ugly.len()] {
        for scale in [Scale::Linear, Scale::Log] {
            let of_names = categories("\u{0}<", &names, (0..count).map(|i| Some(i as f64 * 1_999.0)));
            for (x, color) in [
                (numbers("x", scale, of(count)), own(1)),
                (of_names.clone(), Coloring::By(of_names)),
                (numbers("", scale, []), Coloring::By(numbers("", scale, of(count)))),
            ] {
                let chart = ScatterChart {
                    title: Some("\u{0}<".into()),
                    x,
                    y: numbers("<&>", scale, of(count)),
                    color,
                    size: Some(numbers("size", scale, of(count))),
                };
                for (width_px, height_px) in [(300.0, 200.0), (1.0, 1.0), (121.0, 73.0), (3_000.0, 8.0), (8.0, 3_000.0)]
                {
                    let size = Size { width_px, height_px, dpr: 1.0 };
                    let (_, layout) = drawn(&chart, size);
                    assert_eq!(layout.x_tenths.len(), count);
                    // Numbers that are not finite would be null, as only the note and what is not there may be.
                    let json = serde_json::to_string(&layout).expect("JSON");
                    assert!(json.replace("\"names\":null", "").matches("null").count() <= 6, "{json}");
                    assert!(
                        svg(&Figure::Scatter(chart.clone()), &Theme::dark(), size).expect("a file").starts_with("<svg")
                    );
                }
            }
        }
    }
    let size = Size { width_px: 0.0, height_px: 100.0, dpr: 1.0 };
    assert!(frame(&Figure::Scatter(sweep(3)), &Theme::light(), size).is_err());
}

#[test]
fn names_beside_the_plot_get_room_in_any_script() {
    let left_of = |name: &str| {
        let y = categories("optimizer", &[name], [Some(0.0)]);
        drawn(&ScatterChart { y, ..sweep(1) }, SIZE).1.plot.x
    };
    let [short, long] = ["sgd", "検証用オプティマイザー検証用オプティマイザー"].map(left_of);
    assert!(short < 45.0 && long > 100.0 && long < 145.0, "{short} {long}");
}

#[test]
fn a_layout_says_why_nothing_is_there() {
    let note_of = |values: &[Option<f64>]| {
        let of = numbers("x", Scale::Linear, values.iter().copied());
        drawn(&ScatterChart { title: None, x: of.clone(), y: of, color: own(3), size: None }, SIZE).1.note
    };
    assert_eq!(note_of(&[]), Some(Note::NoPoints));
    assert_eq!(note_of(&[Some(1.0)]), None);
    assert_eq!(note_of(&[Some(f64::NAN), None]), None, "the lanes show them");
}
