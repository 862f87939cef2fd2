//! Nothing is sampled: one point among a million is in the picture.

use podium::charts::{self, Chart, Figure, FigureLayout, Series, Size, Theme, XAxis, YAxis};

const POINTS: usize = 1_000_000;
const SPIKE_AT: usize = 654_321;
const COLOR: [u8; 3] = [200, 30, 90];

#[test]
fn a_spike_of_one_point_is_in_the_pixels_at_every_zoom() {
    let mut y: Vec<f64> = (0..POINTS).map(|i| 1.0 + 0.05 * ((i * 7_919 % 1_009) as f64 / 1_009.0)).collect();
    y[SPIKE_AT] = 3.0;
    let series = Series {
        name: "run".to_owned(),
        color: COLOR,
        x: (0..POINTS).map(|i| i as f64).collect(),
        y: y.into(),
        ..Series::default()
    };
    let mut chart =
        Chart { series: vec![series], y: YAxis { with_outliers: true, ..YAxis::default() }, ..Chart::default() };
    let (theme, size) = (Theme::light(), Size { width_px: 800.0, height_px: 400.0, dpr: 1.0 });
    let mut shown = POINTS as f64;
    // From all of it to six points, the spike at other places in the picture.
    for zoom in 0.. {
        let share = 0.1 + 0.2 * f64::from(zoom % 5);
        let from = (SPIKE_AT as f64 - share * shown).clamp(0.0, (POINTS - 1) as f64);
        let to = (from + shown).min((POINTS - 1) as f64);
        chart.x = XAxis { range: Some((from, to)), ..XAxis::default() };
        let frame = charts::frame(&Figure::Lines(chart.clone()), &theme, size).unwrap();
        let FigureLayout::Lines(layout) = frame.layout else { panic!("lines are lines") };
        let plot = layout.plot;
        let x_px = plot.x + (SPIKE_AT as f64 - layout.x.min) / (layout.x.max - layout.x.min) * plot.width;
        let y_px = plot.bottom() - (3.0 - layout.y.min) / (layout.y.max - layout.y.min) * plot.height;
        // The tip is where it belongs, give or take the width of the line, in the colour of the run.
        let reddest = (-2..=2).flat_map(|dx| (-2..=4).map(move |dy| (dx, dy))).map(|(dx, dy)| {
            let (column, row) = ((x_px as i64 + dx) as usize, (y_px as i64 + dy) as usize);
            let pixel = &frame.rgba[4 * (row * 800 + column)..][..3];
            pixel.iter().zip(COLOR).map(|(a, b)| u32::from(a.abs_diff(b))).sum::<u32>()
        });
        let off = reddest.min().unwrap_or(u32::MAX);
        assert!(off < 150, "no spike among {shown} points at {x_px}, {y_px}: {off}");
        shown /= 3.0;
        if shown < 6.0 {
            break;
        }
    }
}
