//! What bar charts promise at any size and for any values; their pictures are in `golden`.

use super::*;

const SIZE: Size = Size { width_px: 420.0, height_px: 240.0, dpr: 1.0 };
const COLORS: [[u8; 3]; 3] = [[0x2f, 0x6f, 0xde], [0xe0, 0x76, 0x2b], [0x1c, 0x9a, 0x76]];

fn bars<'a>(of: impl IntoIterator<Item = (&'a str, f64)>) -> BarChart {
    let bar =
        |(i, (name, value)): (usize, (&str, f64))| Bar { name: name.into(), color: COLORS[i % 3], value, spread: None };
    BarChart { bars: of.into_iter().enumerate().map(bar).collect(), ..BarChart::default() }
}

fn many(count: usize) -> BarChart {
    bars((0..count).map(|i| ("run", 1.0 / (1.0 + i as f64 * 0.02))))
}

fn uncertain<'a>(of: impl IntoIterator<Item = (&'a str, f64, f64)>) -> BarChart {
    let bar = |(name, value, spread): (&str, f64, f64)| Bar {
        name: name.into(),
        color: COLORS[0],
        value,
        spread: Some(spread),
    };
    BarChart { bars: of.into_iter().map(bar).collect(), ..BarChart::default() }
}

/// Every bar chart that has a golden picture, by the picture's name.
pub fn bar_charts() -> Vec<(&'static str, BarChart, Theme)> {
    let names = ["resnet50-lr0.001-seed7-with-a-long-name", "vit-b16", "convnext-tiny", "baseline"];
    let accuracy = bars(names.into_iter().zip([0.9412, 0.94, 0.8875, 0.5]));
    let mixed = [("a", 1.5), ("b", -0.75), ("c", 0.0), ("d", f64::NAN), ("e", f64::NEG_INFINITY), ("f", 0.002)];
    let spreads = [("depth ↑", 0.354, 0.021), ("dropout", 0.261, 0.0), ("lr", 0.239, 0.3), ("seed", 0.0017, 0.0028)];
    vec![
        ("bars-spread", uncertain(spreads), Theme::light()),
        ("bars", accuracy.clone(), Theme::light()),
        ("bars-mixed-dark", BarChart { highlighted: Some(1), ..bars(mixed) }, Theme::dark()),
        ("bars-many", many(100), Theme::light()),
        ("bars-title-dark", BarChart { title: Some("test_accuracy".into()), ..accuracy }, Theme::dark()),
    ]
}

fn layout_of(chart: &BarChart, size: Size) -> BarLayout {
    let frame = frame(&Figure::Bars(chart.clone()), &Theme::light(), size).expect("a frame");
    let FigureLayout::Bars(layout) = frame.layout else { panic!("not bars") };
    layout
}

#[test]
fn every_bar_has_its_row_from_top_to_bottom_and_edge_to_edge() {
    for count in [1, 4, 12, 60] {
        let layout = layout_of(&many(count), SIZE);
        assert_eq!((layout.rows.len(), layout.hidden), (count, 0));
        let mut top = layout.plot.y;
        for row in &layout.rows {
            assert_eq!((row.x, row.width, row.y), (0.0, 420.0, top));
            top = row.bottom();
        }
        assert_eq!(top, layout.plot.bottom());
        assert!(top <= 240.0 - 20.0, "{count} rows leave room for the numbers below: {top}");
    }
    assert_eq!(layout_of(&many(4), SIZE).rows[0].height, 20.0);
}

#[test]
fn bars_without_room_are_counted() {
    let layout = layout_of(&many(1_000), SIZE);
    assert_eq!(layout.rows[0].height, 3.0);
    assert_eq!(layout.rows.len() + layout.hidden as usize, 1_000);
    assert!(layout.rows.len() > 60 && layout.rows.last().is_some_and(|row| row.bottom() <= 240.0));
}

#[test]
fn a_bar_reaches_from_zero_to_its_value() {
    let frame = frame(&Figure::Bars(bars([("", 2.0), ("", -1.0)])), &Theme::light(), SIZE).expect("a frame");
    let FigureLayout::Bars(layout) = frame.layout else { panic!("not bars") };
    let is_bar = |row: usize, value: f64| {
        let x = layout.plot.x + layout.axis.position(value) * layout.plot.width;
        let y = layout.rows[row].y + layout.rows[row].height / 2.0;
        let at = (y as usize * frame.width as usize + x as usize) * 4;
        frame.rgba[at..at + 3] == COLORS[row]
    };
    assert_eq!([-0.5, 0.1, 1.0, 1.95].map(|value| is_bar(0, value)), [false, true, true, true]);
    assert_eq!([-1.05, -0.95, -0.1, 0.5].map(|value| is_bar(1, value)), [false, true, true, false]);
    assert_eq!(layout_of(&bars([("", 0.93), ("", 0.94)]), SIZE).axis.min, 0.0, "the lengths can be compared");
}

#[test]
fn uncertainty_is_a_line_around_the_end_of_the_bar_and_part_of_the_words() {
    let chart = uncertain([("", 2.0, 0.5), ("", -1.0, 0.25), ("", 0.5, 2.0)]);
    let picture = frame(&Figure::Bars(chart.clone()), &Theme::light(), SIZE).expect("a frame");
    let FigureLayout::Bars(layout) = picture.layout else { panic!("not bars") };
    assert!(layout.axis.max > 2.5 && layout.axis.min < -1.25, "{:?}", layout.axis);
    let pixel = |row: usize, value: f64| {
        let x = layout.plot.x + layout.axis.position(value) * layout.plot.width;
        let y = layout.rows[row].y + layout.rows[row].height / 2.0;
        let at = (y as usize * picture.width as usize + x as usize) * 4;
        <[u8; 3]>::try_from(&picture.rgba[at..at + 3]).expect("a pixel")
    };
    let is_line = |row: usize, value: f64| pixel(row, value).iter().all(|light| *light < 0xb0);
    assert_eq!([1.4, 1.6, 2.4, 2.6].map(|value| is_line(0, value)), [false, true, true, false]);
    assert_eq!([-1.35, -1.2, -0.8, -0.6].map(|value| is_line(1, value)), [false, true, true, false]);

    let svg = svg(&Figure::Bars(chart), &Theme::light(), SIZE).expect("a file");
    assert!(svg.contains("2.0 ± 0.5") && svg.contains("0.5 ± 2.0"), "{svg}");
    for ugly in [f64::NAN, f64::INFINITY, 1e308, -1.0, 1e-320] {
        let layout = layout_of(&uncertain([("a", 1.0, ugly), ("b", f64::NAN, 0.1), ("c", -1e308, 1e308)]), SIZE);
        assert!(layout.axis.min < layout.axis.max && (layout.axis.max - layout.axis.min).is_finite());
    }
}

#[test]
fn strange_values_names_and_sizes_are_drawn_without_complaint() {
    let ugly = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, -0.0, 1e-320, f64::MAX, -f64::MAX, 1e308, -7.0];
    let charts = (0..=ugly.len()).flat_map(|count| {
        let named = |value: &f64| ("<&\"'>\u{0}\u{202e}", *value);
        [bars(ugly[..count].iter().map(named)), bars(ugly[count..].iter().map(named))]
    });
    for chart in charts {
        for (width_px, height_px) in [(300.0, 200.0), (1.0, 1.0), (121.0, 73.0), (5_000.0, 8.0), (8.0, 5_000.0)] {
            let size = Size { width_px, height_px, dpr: 1.0 };
            let figure = BarChart { title: Some("\u{0}<".into()), highlighted: Some(2), ..chart.clone() };
            let layout = layout_of(&figure, size);
            let BarLayout { axis, rows, hidden, .. } = &layout;
            assert!(axis.min < axis.max && (axis.max - axis.min).is_finite(), "{axis:?}");
            assert_eq!(rows.len() + *hidden as usize, chart.bars.len());
            // Numbers that are not finite would be null, as only the note may be.
            let json = serde_json::to_string(&layout).expect("JSON");
            assert!(json.matches("null").count() <= 1, "{json}");
            let file = svg(&Figure::Bars(figure), &Theme::dark(), size).expect("a file");
            assert!(file.starts_with("<svg"));
        }
    }
}

#[test]
fn a_layout_says_why_nothing_is_there() {
    let note_of = |values: &[f64], size| layout_of(&bars(values.iter().map(|value| ("a", *value))), size).note;
    assert_eq!(note_of(&[], SIZE), Some(Note::NoPoints));
    assert_eq!(note_of(&[0.0], SIZE), None);
    assert_eq!(note_of(&[f64::NAN], SIZE), None, "its row says NaN");
    assert_eq!(note_of(&[f64::NAN; 50], SIZE), Some(Note::NoFinitePoints), "rows without words say nothing");
}
