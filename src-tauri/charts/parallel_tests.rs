//! What parallel coordinates promise at any size and for any values; their pictures are in `golden`.

use std::sync::Arc;

use super::*;

const SIZE: Size = Size { width_px: 560.0, height_px: 240.0, dpr: 1.0 };
const OPTIMIZERS: [&str; 4] = ["adamw", "lion", "sgd", "adafactor"];

fn axis(dimension: Dimension) -> ParallelAxis {
    ParallelAxis { dimension, flipped: false, brush: None }
}

fn numbers(label: &str, scale: Scale, values: impl IntoIterator<Item = Option<f64>>) -> Dimension {
    Dimension { label: label.into(), domain: Domain::Numbers(scale), values: values.into_iter().collect() }
}

fn categories(label: &str, names: &[&str], values: impl IntoIterator<Item = Option<f64>>) -> Dimension {
    let names: Arc<[String]> = names.iter().map(|name| (*name).to_owned()).collect();
    Dimension { label: label.into(), domain: Domain::Categories(names), values: values.into_iter().collect() }
}

/// Numbers between 0 and 1 that only look random.
fn noise(seed: u64, count: usize) -> Vec<f64> {
    let mut state = seed.wrapping_mul(7).wrapping_add(1);
    let next = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / (1u64 << 31) as f64
    };
    (0..count).map(next).collect()
}

/// A sweep: an optimizer, a learning rate, a batch size, and what came of them, which colours the lines.
fn sweep(runs: usize) -> ParallelChart {
    let optimizers: Vec<usize> = (0..runs).map(|run| run % OPTIMIZERS.len()).collect();
    let rates: Vec<f64> = noise(3, runs).iter().map(|share| 10f64.powf(-4.6 + 2.6 * share)).collect();
    let sizes: Vec<f64> = noise(5, runs).iter().map(|share| 2f64.powf(6.0 + (3.99 * share).floor())).collect();
    let by_chance = noise(9, runs);
    let of = |run: usize| {
        let best = [-3.5, -4.0, -2.5, -3.3][optimizers[run]];
        0.89 - 0.03 * (rates[run].log10() - best).powi(2) - 0.02 * by_chance[run]
    };
    let accuracy = numbers("val/acc", Scale::Linear, (0..runs).map(|run| Some(of(run))));
    let axes = [
        categories("optimizer", &OPTIMIZERS, optimizers.iter().map(|optimizer| Some(*optimizer as f64))),
        numbers("lr", Scale::Log, rates.iter().copied().map(Some)),
        numbers("batch_size", Scale::Linear, sizes.into_iter().map(Some)),
        accuracy.clone(),
    ];
    ParallelChart {
        title: None,
        axes: axes.into_iter().map(axis).collect(),
        color: Coloring::By(accuracy),
        color_axis: Some(3),
    }
}

fn brushed(mut chart: ParallelChart, index: usize, range: (f64, f64)) -> ParallelChart {
    chart.axes[index].brush = Some(range);
    chart
}

/// The same, where every seventh has no rate and every eleventh diverged.
fn with_gaps(runs: usize) -> ParallelChart {
    let mut chart = sweep(runs);
    let rates = chart.axes[1].dimension.values.iter().enumerate();
    chart.axes[1].dimension.values = rates.map(|(run, rate)| rate.filter(|_| run % 7 > 0)).collect();
    let values = chart.axes[3].dimension.values.iter().enumerate();
    let accuracy = values.map(|(run, value)| if run % 11 == 0 { Some(f64::NAN) } else { *value });
    chart.axes[3].dimension.values = accuracy.collect();
    chart.color = Coloring::By(chart.axes[3].dimension.clone());
    chart
}

/// Every chart of parallel coordinates that has a golden picture, by the picture's name.
pub fn parallel_charts() -> Vec<(&'static str, ParallelChart, Theme)> {
    let mut flipped = with_gaps(60);
    flipped.axes[1].flipped = true;
    let optimizer = sweep(30).axes[0].dimension.clone();
    let by_name =
        ParallelChart { title: Some("sweep".into()), color: Coloring::By(optimizer), color_axis: Some(0), ..sweep(30) };
    vec![
        ("parallel", sweep(48), Theme::light()),
        ("parallel-brushed", brushed(sweep(48), 3, (0.86, 0.95)), Theme::light()),
        ("parallel-brushed-dark", brushed(sweep(48), 3, (0.86, 0.95)), Theme::dark()),
        ("parallel-gaps-dark", flipped.clone(), Theme::dark()),
        ("parallel-gaps@2", flipped, Theme::light()),
        ("parallel-names", by_name, Theme::light()),
        ("parallel-crowd", brushed(sweep(5_000), 0, (-0.4, 0.4)), Theme::light()),
    ]
}

fn drawn(chart: &ParallelChart, size: Size) -> (Frame, ParallelLayout) {
    let frame = frame(&Figure::Parallel(chart.clone()), &Theme::light(), size).expect("a frame");
    let FigureLayout::Parallel(layout) = frame.layout.clone() else { panic!("not parallel coordinates") };
    (frame, layout)
}

fn height(layout: &ParallelLayout, axis: usize, run: usize) -> f64 {
    f64::from(layout.axes[axis].y_tenths[run]) / 10.0
}

#[test]
fn a_line_goes_through_its_values_and_flips_with_its_axis() {
    for flipped in [false, true] {
        let mut chart = ParallelChart {
            title: None,
            axes: vec![
                axis(numbers("a", Scale::Linear, [Some(1.0), Some(3.0)])),
                axis(numbers("b", Scale::Linear, [Some(5.0), Some(9.0)])),
            ],
            color: Coloring::Own([[200, 0, 0], [0, 0, 200]].into()),
            color_axis: None,
        };
        chart.axes[1].flipped = flipped;
        let (frame, layout) = drawn(&chart, SIZE);
        let (top, bottom) = (layout.plot.y, layout.plot.bottom());
        let ends = |run: usize| [0, 1].map(|axis| height(&layout, axis, run));
        let close = |a: [f64; 2], b: [f64; 2]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 0.1);
        assert!(close(ends(0), if flipped { [bottom, top] } else { [bottom, bottom] }), "{:?}", ends(0));
        assert!(close(ends(1), if flipped { [top, bottom] } else { [top, top] }), "{:?}", ends(1));
        for run in [0, 1] {
            let [from, to] = ends(run);
            let x = (layout.axes[0].x_px * 0.7 + layout.axes[1].x_px * 0.3) as usize;
            let y = (from * 0.7 + to * 0.3) as usize;
            let red = |y: usize| i32::from(frame.rgba[(y * frame.width as usize + x) * 4]);
            let blue = |y: usize| i32::from(frame.rgba[(y * frame.width as usize + x) * 4 + 2]);
            let is_its = |y: usize| if run == 0 { red(y) - blue(y) > 60 } else { blue(y) - red(y) > 60 };
            assert!((y - 2..=y + 2).any(is_its), "run {run} at {x}, {y}");
        }
    }
}

#[test]
fn a_brush_leaves_out_what_is_outside_it_or_has_no_value() {
    let inside = |chart: &ParallelChart| drawn(chart, SIZE).1.inside;
    assert_eq!(inside(&sweep(8)), None, "nothing is brushed");
    let chart = with_gaps(44);
    let of = |run: usize, axis: usize| chart.axes[axis].dimension.values[run];
    let both = brushed(brushed(chart.clone(), 1, (1e-3, 1e-4)), 3, (0.8, 1.0));
    let expected = (0..44u32).filter(|run| {
        let in_range =
            |axis: usize, low: f64, high: f64| of(*run as usize, axis).is_some_and(|v| v >= low && v <= high);
        in_range(1, 1e-4, 1e-3) && in_range(3, 0.8, 1.0)
    });
    let expected: Vec<u32> = expected.collect();
    assert!(expected.len() > 3 && expected.len() < 30, "{expected:?}");
    assert_eq!(inside(&both), Some(expected));
    assert_eq!(inside(&brushed(chart.clone(), 0, (0.5, 1.5))), Some((0..44).filter(|run| run % 4 == 1).collect()));
    assert_eq!(inside(&brushed(chart.clone(), 1, (f64::NAN, 1.0))), Some(Vec::new()), "no value is in such a range");
    let all = inside(&brushed(chart, 1, (f64::NEG_INFINITY, f64::INFINITY)));
    assert_eq!(all, Some((0..44).filter(|run| run % 7 > 0).collect()), "a run without a value is in no range");
}

#[test]
fn what_is_missing_stands_below_the_axes() {
    let (_, layout) = drawn(&with_gaps(44), SIZE);
    for run in 0..44 {
        assert_eq!(height(&layout, 1, run) > layout.plot.bottom(), run % 7 == 0, "{run}");
        assert_eq!(height(&layout, 3, run) > layout.plot.bottom(), run % 11 == 0, "{run}");
        assert!(height(&layout, 0, run) <= layout.plot.bottom() && height(&layout, 1, run) < layout.lanes_bottom_px);
    }
    assert!(height(&layout, 3, 11) > height(&layout, 1, 7) + 10.0, "NaN is not the same as nothing");
}

#[test]
fn a_crowd_looks_as_its_lines_do_one_by_one() {
    // The same lines with a mark between them are drawn as paths, and as a crowd they are painted.
    let crowd = sweep(1_200);
    let (frame, layout) = drawn(&crowd, SIZE);
    let ink = |frame: &Frame| -> f64 {
        let (from, to) = (layout.plot.y as usize, layout.plot.bottom() as usize);
        let rows = frame.rgba.chunks_exact(frame.width as usize * 4).take(to).skip(from);
        rows.flat_map(|row| row.chunks_exact(4)).map(|pixel| f64::from(255 - pixel[0]) / 255.0).sum()
    };
    let mut few = crowd.clone();
    few.axes
        .iter_mut()
        .for_each(|axis| axis.dimension.values = axis.dimension.values.iter().copied().take(990).collect());
    few.color = Coloring::By(few.axes[3].dimension.clone());
    let (painted, paths) = (ink(&frame), ink(&drawn(&few, SIZE).0));
    assert!(painted > paths && painted < paths * 1.25, "{painted} {paths}");
}

#[test]
fn strange_values_names_and_sizes_are_drawn_without_complaint() {
    let ugly = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, -0.0, 1e-320, f64::MAX, -f64::MAX, 1e308, -7.0];
    let of = |count: usize| ugly[..count].iter().map(|value| Some(*value).filter(|value| *value != 0.0));
    let names: Vec<String> = (0..20_000).map(|i| format!("<&\"'>\u{0}\u{202e}{i}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    for axes in [0, 1, 2, 9] {
        for count in [0, 1, ugly.len()] {
            let of_names = categories("検証", &names, (0..count).map(|i| Some(i as f64 * 1_999.0)));
            let axis_of = |i: usize| ParallelAxis {
                dimension: match i % 3 {
                    0 => numbers("<&\u{0}", Scale::Log, of(count)),
                    1 => of_names.clone(),
                    _ => numbers("a-very-long-name-of-a-parameter-that-nobody-can-read", Scale::Linear, of(count / 2)),
                },
                flipped: i.is_multiple_of(2),
                brush: (i == 4).then_some((f64::INFINITY, -1e308)),
            };
            let chart = ParallelChart {
                title: Some("\u{0}<".into()),
                axes: (0..axes).map(axis_of).collect(),
                color: Coloring::By(of_names.clone()),
                color_axis: Some(7),
            };
            for (width_px, height_px) in [(400.0, 200.0), (1.0, 1.0), (121.0, 73.0), (3_000.0, 8.0), (8.0, 3_000.0)] {
                let size = Size { width_px, height_px, dpr: 1.0 };
                let (_, layout) = drawn(&chart, size);
                assert_eq!((layout.axes.len(), layout.runs_total as usize), (axes, if axes == 0 { 0 } else { count }));
                let json = serde_json::to_string(&layout).expect("JSON");
                assert!(json.replace("\"names\":null", "").matches("null").count() <= 2 + axes, "{json}");
                svg(&Figure::Parallel(chart.clone()), &Theme::dark(), size).expect("a file");
            }
        }
    }
    let size = Size { height_px: 0.0, ..SIZE };
    assert!(frame(&Figure::Parallel(sweep(3)), &Theme::light(), size).is_err());
}

#[test]
fn every_axis_has_a_head_inside_the_picture_that_meets_no_other() {
    for (width_px, axes) in [(320.0, 3), (560.0, 6), (900.0, 12)] {
        let of = |i: usize| axis(numbers(&format!("some/long/parameter_{i}"), Scale::Log, [Some(1.0), Some(2.0)]));
        let color = Coloring::Own([[0; 3]; 2].into());
        let chart = ParallelChart { title: None, axes: (0..axes).map(of).collect(), color, color_axis: None };
        let (_, layout) = drawn(&chart, Size { width_px, ..SIZE });
        let heads: Vec<Rect> = layout.axes.iter().map(|axis| axis.head).collect();
        assert!(heads[0].x >= 0.0 && heads[axes - 1].right() <= width_px, "{heads:?}");
        assert!(heads.windows(2).all(|pair| pair[0].right() <= pair[1].x), "{heads:?}");
    }
}
