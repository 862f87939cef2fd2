//! What distributions promise at any size and for any values; their pictures are in `golden`.

use std::sync::Arc;

use super::*;

const SIZE: Size = Size { width_px: 420.0, height_px: 240.0, dpr: 1.0 };
const FORMS: [DistributionForm; 4] =
    [DistributionForm::Box, DistributionForm::Violin, DistributionForm::Histogram, DistributionForm::Edf];

fn numbers(label: &str, scale: Scale, values: impl IntoIterator<Item = Option<f64>>) -> Dimension {
    Dimension { label: label.into(), domain: Domain::Numbers(scale), values: values.into_iter().collect() }
}

/// Numbers around 0 that only look random: bells, nearly.
fn noise(seed: u64) -> impl Iterator<Item = f64> {
    let mut state = seed.wrapping_mul(7).wrapping_add(1);
    std::iter::from_fn(move || {
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as f64 / (1u64 << 31) as f64 - 0.5
        };
        Some((next() + next() + next() + next()) / 2.0)
    })
}

fn groups(names: &[&str], runs: usize) -> Vec<DistributionGroup> {
    let group = |(i, name): (usize, &&str)| {
        let runs = (i..runs).step_by(names.len()).map(|run| run as u32).collect();
        DistributionGroup { name: (*name).to_owned(), color: i as u8, dash: 0, runs }
    };
    names.iter().enumerate().map(group).collect()
}

const OPTIMIZERS: [&str; 4] = ["adamw", "lion", "sgd", "adafactor"];

/// Accuracies of runs whose optimizer takes turns; a few diverged.
fn accuracies(form: DistributionForm, names: &[&str], runs: usize) -> DistributionChart {
    let centre = [0.871, 0.864, 0.79, 0.853];
    let wide = [0.03, 0.05, 0.12, 0.02];
    let value = |(run, by_chance): (usize, f64)| {
        let group = run % names.len() % 4;
        let lost = if run % 29 == 3 { 0.12 } else { 0.0 };
        Some(centre[group] + wide[group] * by_chance - lost)
    };
    DistributionChart {
        title: None,
        form,
        value: numbers("val/acc", Scale::Linear, noise(5).take(runs).enumerate().map(value)),
        groups: groups(names, runs),
        overlaid: false,
        more_is_better: true,
    }
}

/// Losses over powers of ten, some of which are zero, NaN or missing.
fn losses(form: DistributionForm, runs: usize) -> DistributionChart {
    let value = |(run, by_chance): (usize, f64)| match run % 17 {
        0 => Some(f64::NAN),
        5 => None,
        9 => Some(0.0),
        _ => Some(10f64.powf(-2.0 + (run % 3) as f64 * 0.8 + 1.6 * by_chance)),
    };
    DistributionChart {
        title: None,
        form,
        value: numbers("val/loss", Scale::Log, noise(8).take(runs).enumerate().map(value)),
        groups: groups(&["lr 0.001", "lr 0.01", "lr 0.1"], runs),
        overlaid: false,
        more_is_better: false,
    }
}

fn together(chart: DistributionChart) -> DistributionChart {
    let runs = (0..chart.value.values.len() as u32).collect();
    DistributionChart { groups: vec![DistributionGroup { name: String::new(), color: 0, dash: 0, runs }], ..chart }
}

/// Every distribution that has a golden picture, by the picture's name.
pub fn distribution_charts() -> Vec<(&'static str, DistributionChart, Theme)> {
    use DistributionForm::{Box, Edf, Histogram, Violin};
    let (light, dark) = (Theme::light, Theme::dark);
    let long = ["adamw · lr 0.001 · depth 4", "lion · lr 0.0003 · depth 4", "検証用オプティマイザー · depth 8", "sgd"];
    let many: Vec<String> = (0..40).map(|i| format!("seed {i}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let few = ["adamw", "lion", "sgd", "検証用"];
    let overlaid = |chart| DistributionChart { overlaid: true, ..chart };
    let titled = |chart| DistributionChart { title: Some("val/acc by optimizer".into()), ..chart };
    vec![
        ("box", accuracies(Box, &few, 48), light()),
        ("box-dark@2", accuracies(Box, &few, 48), dark()),
        ("box-crowd", accuracies(Box, &OPTIMIZERS, 4_000), light()),
        ("box-lying-dark", accuracies(Box, &long, 60), dark()),
        ("box-log", losses(Box, 90), light()),
        ("box-many", accuracies(Box, &many, 300), light()),
        ("box-few", titled(accuracies(Box, &few, 6)), light()),
        ("box-one-group", together(accuracies(Box, &few, 48)), light()),
        ("violin", accuracies(Violin, &few, 48), light()),
        ("violin-dark@2", accuracies(Violin, &few, 48), dark()),
        ("violin-crowd-dark", accuracies(Violin, &OPTIMIZERS, 4_000), dark()),
        ("violin-log", losses(Violin, 90), light()),
        ("violin-lying-dark", accuracies(Violin, &long, 60), dark()),
        ("violin-one-group", together(losses(Violin, 900)), light()),
        ("histogram", titled(accuracies(Histogram, &few, 96)), light()),
        ("histogram-one-group-dark", together(losses(Histogram, 900)), dark()),
        ("histogram-overlaid@2", overlaid(accuracies(Histogram, &few, 400)), light()),
        ("histogram-overlaid-dark", overlaid(losses(Histogram, 400)), dark()),
        ("edf", accuracies(Edf, &few, 96), light()),
        ("edf-dark@2", losses(Edf, 90), dark()),
    ]
}

fn drawn(chart: &DistributionChart, size: Size) -> (Frame, DistributionLayout) {
    let frame = frame(&Figure::Distribution(chart.clone()), &Theme::light(), size).expect("a frame");
    let FigureLayout::Distribution(layout) = frame.layout.clone() else { panic!("not a distribution") };
    (frame, *layout)
}

fn place(layout: &DistributionLayout, mark: usize) -> (f64, f64) {
    (f64::from(layout.x_tenths[mark]) / 10.0, f64::from(layout.y_tenths[mark]) / 10.0)
}

#[test]
fn every_value_has_a_mark_in_its_stop_and_the_sums_are_those_of_the_runs() {
    for form in FORMS {
        for overlaid in [false, true] {
            let chart = DistributionChart { overlaid, ..losses(form, 90) };
            let (_, layout) = drawn(&chart, SIZE);
            let values: u32 = layout.groups.iter().map(|group| group.values).sum();
            let without: u32 = layout.groups.iter().flat_map(|group| &group.lanes).map(|lane| lane.runs).sum();
            assert_eq!((values + without, layout.runs_total), (90, 90), "{form:?}");
            assert_eq!(layout.marks.len(), values as usize);
            let of_stops: u32 = layout.stops.iter().map(|stop| stop.marks).sum();
            assert_eq!(of_stops, values, "{form:?}");
            let of_bins: u32 = layout.bins.iter().flat_map(|bin| &bin.counts).sum();
            assert_eq!(of_bins, if form == DistributionForm::Histogram { values } else { 0 });
            let mut seen = layout.marks.clone();
            seen.sort_unstable();
            seen.dedup();
            assert_eq!(seen.len(), values as usize, "each run has one mark");
            for stop in &layout.stops {
                let marks = stop.first_mark as usize..(stop.first_mark + stop.marks) as usize;
                let of = |mark: usize| chart.value.values[layout.marks[mark] as usize].expect("a value");
                assert!(marks.clone().map(of).collect::<Vec<f64>>().is_sorted(), "{form:?}");
                for mark in marks {
                    let ((x, y), rect) = (place(&layout, mark), stop.rect);
                    assert!(x >= rect.x - 0.1 && x <= rect.right() + 0.1, "{form:?}: {x} of {rect:?}");
                    assert!(y >= rect.y - 0.1 && y <= rect.bottom() + 0.1, "{form:?}: {y} of {rect:?}");
                }
            }
        }
    }
}

#[test]
fn what_is_missing_is_counted_and_never_zero() {
    let lanes = |layout: &DistributionLayout| -> Vec<(Lane, u32)> {
        layout.value.lanes.iter().map(|lane| (lane.lane, lane.runs)).collect()
    };
    let (_, layout) = drawn(&losses(DistributionForm::Box, 90), SIZE);
    assert_eq!(lanes(&layout), [(Lane::None, 5), (Lane::Nan, 6), (Lane::NonPositive, 5)]);
    let linear = DistributionChart {
        value: Dimension { domain: Domain::Numbers(Scale::Linear), ..losses(DistributionForm::Box, 90).value },
        ..losses(DistributionForm::Box, 90)
    };
    let (_, layout) = drawn(&linear, SIZE);
    assert_eq!(lanes(&layout), [(Lane::None, 5), (Lane::Nan, 6)], "zero has a place on a linear axis");
    assert_eq!(layout.groups.iter().map(|group| group.values).sum::<u32>(), 79);
}

#[test]
fn a_value_far_from_the_others_is_a_point_in_its_colour_and_the_others_of_many_are_not() {
    for dpr in [1.0, 2.0] {
        let values = (0..400).map(|run| Some(if run == 7 { 3.0 } else { f64::from(run) / 400.0 }));
        let chart = DistributionChart {
            value: numbers("acc", Scale::Linear, values),
            groups: groups(&["a", "b"], 400),
            ..accuracies(DistributionForm::Box, &["a", "b"], 400)
        };
        let (frame, layout) = drawn(&chart, Size { dpr, ..SIZE });
        let points = layout.points.clone().expect("not all are points");
        assert_eq!(points.iter().map(|at| layout.marks[*at as usize]).collect::<Vec<_>>(), [7]);
        let (x, y) = place(&layout, points[0] as usize);
        let at = ((y * dpr) as usize * frame.width as usize + (x * dpr) as usize) * 4;
        let expected = Theme::light().palette[1];
        let near = |channel: usize, of: u8| frame.rgba[at + channel].abs_diff(of) < 70;
        assert!(near(0, expected.0) && near(1, expected.1) && near(2, expected.2), "{:?}", &frame.rgba[at..at + 4]);
        assert_eq!(layout.groups.iter().map(|of| of.summary.map_or(0, |of| of.outliers)).collect::<Vec<_>>(), [0, 1]);
    }
}

#[test]
fn the_height_of_a_bin_and_of_a_step_is_what_is_counted() {
    let chart = together(DistributionChart {
        value: numbers("epochs", Scale::Linear, [1.0, 2.0, 2.0, 3.0, 3.0, 3.0, 3.0, 8.0].map(Some)),
        ..accuracies(DistributionForm::Histogram, &["a"], 8)
    });
    let (frame, layout) = drawn(&chart, SIZE);
    let counts: Vec<u32> = layout.bins.iter().map(|bin| bin.counts[0]).collect();
    assert_eq!(counts, [3, 4, 0, 0, 0, 1], "numpy.histogram(v, bins=\"auto\") of NumPy 2.4");
    let color = Theme::light().palette[0];
    let height = |stop: &Rect| {
        let x = (stop.x + stop.width / 2.0) as usize;
        let is_ink = |y: &usize| frame.rgba[(y * frame.width as usize + x) * 4..][..3] == [color.0, color.1, color.2];
        (0..240).filter(is_ink).count() as f64
    };
    let heights: Vec<f64> = layout.stops.iter().map(|stop| height(&stop.rect)).collect();
    assert!((heights[0] / heights[1] - 0.75).abs() < 0.02 && (heights[5] / heights[1] - 0.25).abs() < 0.02);
    assert_eq!(heights[2], 0.0);

    for (more_is_better, expected) in [(false, [0.25, 0.5, 1.0]), (true, [1.0, 0.75, 0.5])] {
        let chart = DistributionChart {
            value: numbers("acc", Scale::Linear, [1.0, 2.0, 3.0, 3.0].map(Some)),
            more_is_better,
            ..together(accuracies(DistributionForm::Edf, &["a"], 4))
        };
        let (_, layout) = drawn(&chart, SIZE);
        let share = |mark: usize| (layout.plot.bottom() - place(&layout, mark).1) / layout.plot.height;
        for (mark, expected) in expected.into_iter().enumerate() {
            assert!((share(mark) - expected).abs() < 0.01, "{more_is_better}: {} of {expected}", share(mark));
        }
    }
}

#[test]
fn where_groups_have_no_room_the_largest_stay_and_all_are_counted() {
    let names: Vec<String> = (0..20_000).map(|i| format!("<&\"'>\u{0}\u{202e} {i}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    for form in FORMS {
        let mut chart = accuracies(form, &names, 20_400);
        // The first groups have two runs each, the others one, and one in the middle has three.
        chart.groups[10_000].runs.extend([0, 1]);
        for (width_px, height_px) in [(420.0, 240.0), (1.0, 1.0), (121.0, 73.0), (3_000.0, 8.0), (8.0, 3_000.0)] {
            let (_, layout) = drawn(&chart, Size { width_px, height_px, dpr: 1.0 });
            assert_eq!(layout.groups_total, 20_000);
            assert!((1..=190).contains(&layout.groups.len()), "{form:?}: {}", layout.groups.len());
            if layout.groups.len() > 1 {
                assert_eq!(layout.groups[0].name, names[0]);
                assert_eq!(layout.groups.last().map(|group| group.name.as_str()), Some(names[10_000]));
            }
        }
    }
}

#[test]
fn strange_values_and_sizes_are_drawn_without_complaint() {
    let ugly = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, -0.0, 1e-320, f64::MAX, -f64::MAX, 1e308, -7.0, 5.0];
    let names: Arc<[String]> = (0..20_000).map(|i| i.to_string()).collect();
    for form in FORMS {
        for count in [0, 1, 2, 5, ugly.len()] {
            let domains = [
                Domain::Numbers(Scale::Linear),
                Domain::Numbers(Scale::Log),
                Domain::Time(540),
                Domain::Durations(Scale::Log),
                Domain::Categories(names.clone()),
            ];
            for domain in domains {
                let value =
                    Dimension { domain, ..numbers("<&>", Scale::Linear, ugly[..count].iter().copied().map(Some)) };
                let of = accuracies(form, &["", "b\u{0}"], count + 3);
                let chart = DistributionChart { title: Some("\u{0}<".into()), value, overlaid: count == 5, ..of };
                for (width_px, height_px) in [(300.0, 200.0), (1.0, 1.0), (121.0, 73.0), (3_000.0, 8.0), (8.0, 3_000.0)]
                {
                    let size = Size { width_px, height_px, dpr: 1.0 };
                    let (_, layout) = drawn(&chart, size);
                    let json = serde_json::to_string(&layout).expect("JSON");
                    let allowed = ["\"names\":null", "\"categories\":null", "\"points\":null", "\"summary\":null"];
                    let rest = allowed.iter().fold(json.clone(), |json, of| json.replace(of, ""));
                    assert!(rest.matches("null").count() <= 1, "{json}");
                    let file = svg(&Figure::Distribution(chart.clone()), &Theme::dark(), size).expect("a file");
                    assert!(file.starts_with("<svg") && !file.contains("NaN"));
                }
                bins(&chart);
                steps(&chart);
                assert_eq!(super::numbers(&chart).len(), 2);
            }
        }
    }
    let size = Size { width_px: 0.0, height_px: 100.0, dpr: 1.0 };
    assert!(frame(&Figure::Distribution(losses(DistributionForm::Box, 3)), &Theme::light(), size).is_err());
}

#[test]
fn a_layout_says_why_nothing_is_there() {
    for form in FORMS {
        let note_of = |value: Dimension| drawn(&DistributionChart { value, ..losses(form, 3) }, SIZE).1.note;
        let of = |values: &[Option<f64>]| numbers("x", Scale::Linear, values.iter().copied());
        assert_eq!(note_of(of(&[])), Some(Note::NoPoints));
        assert_eq!(note_of(of(&[None, None])), Some(Note::NoPoints));
        assert_eq!(note_of(of(&[Some(f64::NAN), None])), Some(Note::NoFinitePoints));
        assert_eq!(note_of(of(&[Some(0.0)])), None);
        let names = Domain::Categories(["sgd".to_owned()].into());
        assert_eq!(note_of(Dimension { domain: names, ..of(&[Some(0.0)]) }), Some(Note::NoPoints), "words");
    }
}
