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
        leaders: None,
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

/// The accuracies of a sweep in order of start, and the runs that were better than all before them.
fn history(runs: usize) -> ScatterChart {
    let of = with_gaps(runs);
    let mut best = f64::NEG_INFINITY;
    let is_record = |(_, value): &(usize, &Option<f64>)| {
        let value = value.unwrap_or(f64::NAN);
        let is_better = value > best;
        best = best.max(value);
        is_better
    };
    let records = of.y.values.iter().enumerate().filter(is_record).map(|(run, _)| run as u32).collect();
    let leaders = Leaders { runs: records, goes_on: true, words: "best so far: higher val/acc".into() };
    let x = numbers("Order of start", Scale::Linear, (1..=runs).map(|place| Some(place as f64)));
    ScatterChart { x, leaders: Some(leaders), ..of }
}

/// Latencies and accuracies, and the runs that no other beats in both.
fn front(runs: usize) -> ScatterChart {
    let of = sweep(runs);
    let values = of.y.values.iter().zip(noise(8));
    let latencies: Vec<f64> =
        values.map(|(accuracy, chance)| 8.0 + 40.0 * accuracy.unwrap_or_default() + 30.0 * chance).collect();
    let place = |run: usize| (latencies[run], of.y.values[run].unwrap_or_default());
    let beats = |a: (f64, f64), b: (f64, f64)| a.0 <= b.0 && a.1 >= b.1 && a != b;
    let is_front = |run: &usize| !(0..runs).any(|other| beats(place(other), place(*run)));
    let mut on_front: Vec<u32> = (0..runs).filter(is_front).map(|run| run as u32).collect();
    on_front.sort_by(|a, b| place(*a as usize).0.total_cmp(&place(*b as usize).0));
    let words = format!("{} of {runs} on the Pareto front: lower 推論時間_ms, higher 検証精度", on_front.len());
    let leaders = Leaders { runs: on_front, goes_on: false, words };
    let x = numbers("推論時間_ms", Scale::Linear, latencies.iter().copied().map(Some));
    let y = Dimension { label: "検証精度".into(), ..of.y.clone() };
    ScatterChart { x, y, leaders: Some(leaders), ..of }
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
        ("scatter-history", history(60), Theme::light()),
        ("scatter-history-dark@2", history(60), Theme::dark()),
        ("scatter-front-dark", front(48), Theme::dark()),
        ("scatter-front@2", ScatterChart { title: Some("推論時間_ms × 検証精度".into()), ..front(48) }, Theme::light()),
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
        leaders: None,
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
        leaders: None,
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
                    leaders: Some(Leaders { runs: vec![0, 7, 3], goes_on: true, words: "<".into() }),
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
        drawn(&ScatterChart { title: None, x: of.clone(), y: of, color: own(3), size: None, leaders: None }, SIZE)
            .1
            .note
    };
    assert_eq!(note_of(&[]), Some(Note::NoPoints));
    assert_eq!(note_of(&[Some(1.0)]), None);
    assert_eq!(note_of(&[Some(f64::NAN), None]), None, "the lanes show them");
}

#[test]
fn those_who_lead_stand_out_and_their_line_is_between_them() {
    let chart = ScatterChart {
        title: None,
        x: numbers("x", Scale::Linear, [0.0, 1.0, 2.0, 3.0, 1.5].map(Some)),
        y: numbers("y", Scale::Linear, [4.0, 0.0, 2.0, 4.5, 3.5].map(Some)),
        color: Coloring::Own(vec![[0, 0, 0]; 5].into()),
        size: None,
        leaders: Some(Leaders { runs: vec![0, 2, 1], goes_on: true, words: String::new() }),
    };
    let (frame, layout) = drawn(&chart, SIZE);
    let ink = |(x, y): (f64, f64)| 255 - frame.rgba[(y as usize * frame.width as usize + x as usize) * 4];
    let at = |run: usize| center(&layout, run);
    assert!([0, 2, 1].iter().all(|run| ink(at(*run)) > 240), "{:?}", [0, 2, 1].map(|run| ink(at(run))));
    assert!([3, 4].iter().all(|run| (60..160).contains(&ink(at(*run)))), "{:?}", [3, 4].map(|run| ink(at(run))));
    // From the first across to the third and down, and back to the second, where it goes on to the last point.
    assert!(ink((at(2).0 - 20.0, at(0).1)) > 100 && ink((at(2).0, at(2).1 - 20.0)) > 100);
    assert!(ink((at(3).0 - 2.0, at(1).1)) > 100);
    assert!(ink((at(2).0 + 12.0, at(0).1)) < 60, "no line beyond the corner");
}

#[test]
fn leaders_of_any_kind_are_drawn_without_complaint() {
    let ugly = [Some(1e308), Some(-1e308), None, Some(f64::NAN), Some(f64::INFINITY), Some(0.0)];
    for runs in [vec![], vec![0], vec![5, 4, 3, 2, 1, 0], vec![99, 0, 0, 1]] {
        for scale in [Scale::Linear, Scale::Log] {
            for (width_px, height_px) in [(300.0, 200.0), (1.0, 1.0), (60.0, 40.0)] {
                let of = numbers("x", scale, ugly);
                let leaders = Leaders { runs: runs.clone(), goes_on: true, words: "words".into() };
                let (x, y, color, leaders) = (of.clone(), of, own(6), Some(leaders));
                let chart = ScatterChart { title: Some("title".into()), x, y, color, size: None, leaders };
                drawn(&chart, Size { width_px, height_px, dpr: 1.0 });
            }
        }
    }
}
