//! Whole pictures: compared with those in `golden/`, and asked for what every picture must have.
//!
//! `UPDATE_GOLDEN=1 cargo test charts` draws `golden/` anew; look at the difference before you keep it.

use std::path::Path;

use super::*;

/// A picture as decoded from a PNG file: width, height, red-green-blue.
type Decoded = (u32, u32, Vec<u8>);

const SIZE: Size = Size { width_px: 420.0, height_px: 240.0, dpr: 1.0 };
const COLORS: [[u8; 3]; 4] = [[0x2f, 0x6f, 0xde], [0xe0, 0x76, 0x2b], [0x1c, 0x9a, 0x76], [0xb3, 0x48, 0x9a]];
const SMOOTHING: [SmoothingKind; 4] =
    [SmoothingKind::Ema, SmoothingKind::TimeWeighted, SmoothingKind::Gaussian, SmoothingKind::Mean];
const START_MS: f64 = 1_793_714_400_000.0;

fn series(index: usize, y: Vec<f64>) -> Series {
    let x: Vec<f64> = (0..y.len()).map(|i| i as f64).collect();
    let name = format!("run-{index}");
    Series { name, color: COLORS[index % COLORS.len()], x: x.into(), y: y.into(), ..Series::default() }
}

/// A loss that falls and levels out, with made-up noise of this height.
fn loss(index: usize, count: usize, noise: f64) -> Series {
    let mut seed = index as u64 * 7 + 1;
    let mut next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as f64 / (1u64 << 31) as f64 - 0.5
    };
    let pace = 0.08 + 0.04 * index as f64;
    let at = |i: usize| 0.2 * (index + 1) as f64 + 2.0 * (-(i as f64 / count as f64) / pace).exp();
    series(index, (0..count).map(|i| at(i) + noise * next()).collect())
}

fn with(series: Vec<Series>) -> Chart {
    Chart { series, ..Chart::default() }
}

fn grouped(count: usize, noise: f64) -> Chart {
    grouped_by(count, noise, Spread::MinMax)
}

/// Three groups of four runs, which are of different lengths.
fn grouped_by(count: usize, noise: f64, spread: Spread) -> Chart {
    let run = |i: usize| {
        let of = loss(i % 3, count, 0.0);
        let (away, wave, calm) = (noise * (i / 3) as f64 / 3.0, loss(i + 5, count, noise), loss(i + 5, count, 0.0));
        let y = of.y.iter().zip(wave.y.iter()).zip(calm.y.iter());
        let y: Vec<f64> = y.map(|((y, noisy), calm)| y + away + noisy - calm).collect();
        series(i, y[..count * (12 - i / 3) / 12].to_vec())
    };
    let runs = with((0..12).map(run).collect());
    let groups: Vec<Vec<usize>> = (0..3).map(|group| (0..4).map(|i| 3 * i + group).collect()).collect();
    let how = Aggregate { spread, ..Aggregate::default() };
    let curves = aggregate(&runs, &groups, &how).into_iter().enumerate();
    with(curves.map(|(i, of)| Series { x: of.x, y: of.y, band: Some(of.band), ..series(i, Vec::new()) }).collect())
}

/// Every kind of chart that has a golden picture, by the picture's name.
fn charts() -> Vec<(&'static str, Chart, Theme)> {
    let three = |noise| (0..3).map(|i| loss(i, 2_000, noise)).collect::<Vec<_>>();
    let smoothing = |kind, weight| Smoothing { kind, weight };
    let ema = |weight| smoothing(SmoothingKind::Ema, weight);
    let smoothed = Chart { smoothing: ema(0.95), show_raw: true, ..with(three(0.4)) };
    let highlighted = Chart { highlighted: Some(1), ..smoothed.clone() };
    let mut gaps = loss(0, 60, 0.3);
    let mut y = gaps.y.to_vec();
    (20..30).for_each(|i| y[i] = f64::NAN);
    y[25] = 1.5;
    (y[40], y[45], y[50]) = (f64::INFINITY, f64::NEG_INFINITY, f64::NAN);
    gaps.y = y.into();
    let mut dashes: Vec<Series> = (0..4).map(|i| loss(i, 200, 0.0)).collect();
    dashes.iter_mut().enumerate().for_each(|(i, s)| s.dash = i as u8);
    let mut timed = loss(0, 500, 0.1);
    timed.x = (0..500).map(|i| START_MS + f64::from(i) * 180_000.0).collect();
    // Resumed twice: from step 60 after 100, and from 90 after 130.
    let mut resumed = loss(0, 200, 0.06);
    let passes = [0..101, 60..131, 90..200];
    let steps: Vec<usize> = passes.iter().cloned().flatten().collect();
    let lower = |i: usize| {
        if i < 101 {
            0.5
        } else if i < 172 {
            0.25
        } else {
            0.0
        }
    };
    resumed.y = steps.iter().enumerate().map(|(i, step)| resumed.y[*step] + lower(i)).collect();
    resumed.x = steps.iter().map(|step| *step as f64).collect();
    resumed.breaks = [101, 172].into();
    let resumed_smoothed = Chart { smoothing: ema(0.8), show_raw: true, ..with(vec![resumed.clone()]) };
    // One run explodes, another logged one absurd value.
    let mut diverging: Vec<Series> = (0..5).map(|i| loss(i, 300, 0.05)).collect();
    diverging[4].y = (0..300).map(|i| 1.5 + (f64::from(i) / 40.0).exp()).collect();
    let mut spiked = diverging[1].y.to_vec();
    spiked[200] = -90.0;
    diverging[1].y = spiked.into();
    let with_outliers = YAxis { with_outliers: true, ..YAxis::default() };
    let ten: Vec<Series> = (0..10).map(|i| loss(i, 10_000, 1.5)).collect();
    let gaussian = smoothing(SmoothingKind::Gaussian, 0.98);
    let one_step = Series { x: [0.0; 3].into(), ..series(1, vec![3.0, 2.0, 1.0]) };
    let time = XAxis { kind: XKind::Time, utc_offset_min: 540, ..XAxis::default() };
    let log = YAxis { scale: Scale::Log, ..YAxis::default() };
    let symlog = YAxis { scale: Scale::Symlog, ..YAxis::default() };
    let ends = |from, to| YAxis { ends: Ends { from: Some(from), to: Some(to) }, ..YAxis::default() };
    let from_100 = XAxis { ends: Ends { from: Some(100.0), to: None }, ..XAxis::default() };
    let zoom = XAxis { range: Some((400.0, 460.5)), ..XAxis::default() };
    let (light, dark) = (Theme::light(), Theme::dark());
    vec![
        ("lines", with(three(0.0)), light.clone()),
        ("bands", with((0..3).map(|i| loss(i, 20_000, 0.5)).collect()), light.clone()),
        ("smoothed-dark", smoothed, dark.clone()),
        ("highlighted", highlighted, light.clone()),
        ("gaps", with(vec![gaps]), light.clone()),
        ("dashes", Chart { title: Some("val_loss".into()), legend: true, ..with(dashes) }, light.clone()),
        ("time-dark", Chart { x: time, ..with(vec![timed]) }, dark),
        (
            "log",
            Chart { y: log.clone(), ..with(vec![series(0, (0..90).map(|i| 0.8f64.powi(i)).collect())]) },
            light.clone(),
        ),
        ("zoom", Chart { x: zoom, ..with(three(0.4)) }, light.clone()),
        ("resumed", with(vec![resumed]), light.clone()),
        ("resumed-smoothed-dark", resumed_smoothed, Theme::dark()),
        ("outliers", with(diverging.clone()), light.clone()),
        ("ends", Chart { y: ends(0.0, 1.2), ..with(diverging.clone()) }, light.clone()),
        ("ends-dark@2", Chart { x: from_100, y: ends(0.0, 1.2), ..with(three(0.4)) }, Theme::dark()),
        ("with-outliers-dark", Chart { y: with_outliers, ..with(diverging.clone()) }, Theme::dark()),
        ("one-step", with(vec![one_step]), light.clone()),
        ("one-point", with(vec![series(2, vec![0.75])]), light.clone()),
        ("ten-noisy", with(ten.clone()), light.clone()),
        ("ten-noisy-smoothed", Chart { smoothing: ema(0.95), show_raw: true, ..with(ten.clone()) }, light.clone()),
        ("ten-noisy-gaussian-dark", Chart { smoothing: gaussian, show_raw: true, ..with(ten.clone()) }, Theme::dark()),
        ("groups", grouped(300, 0.3), light.clone()),
        ("groups-dark@2", grouped(300, 0.3), Theme::dark()),
        ("ten-noisy@2", with(ten.clone()), light.clone()),
        ("groups-noisy-dark", Chart { highlighted: Some(1), ..grouped(6_000, 0.9) }, Theme::dark()),
        ("groups-log", Chart { y: log, ..grouped_by(300, 0.3, Spread::Interval95) }, light.clone()),
        ("symlog", Chart { y: symlog, ..with(diverging.clone()) }, light.clone()),
        ("empty", with(Vec::new()), light),
    ]
}

/// Every figure that has a golden picture; those called `…@2` with two device pixels per CSS pixel.
fn figures() -> Vec<(&'static str, Figure, Theme)> {
    let lines = charts().into_iter().map(|(name, chart, theme)| (name, Figure::Lines(chart), theme));
    let bars = bars_tests::bar_charts().into_iter().map(|(name, chart, theme)| (name, Figure::Bars(chart), theme));
    let scatters = scatter_tests::scatter_charts().into_iter();
    let scatters = scatters.map(|(name, chart, theme)| (name, Figure::Scatter(chart), theme));
    let parallels = parallel_tests::parallel_charts().into_iter();
    let parallels = parallels.map(|(name, chart, theme)| (name, Figure::Parallel(chart), theme));
    let distributions = distribution_tests::distribution_charts().into_iter();
    let distributions = distributions.map(|(name, chart, theme)| (name, Figure::Distribution(chart), theme));
    let versions = versions::tests::version_charts().into_iter();
    let versions = versions.map(|(name, chart, theme)| (name, Figure::Versions(chart), theme));
    let panels = panels_tests::panel_charts().into_iter();
    let panels = panels.map(|(name, chart, theme)| (name, Figure::Panels(chart), theme));
    let heats = heat_tests::heat_charts().into_iter().map(|(name, chart, theme)| (name, Figure::Heat(chart), theme));
    let lines = lines.chain(bars).chain(scatters).chain(parallels);
    let contours = contour_tests::contour_charts().into_iter();
    let contours = contours.map(|(name, chart, theme)| (name, Figure::Contour(chart), theme));
    lines.chain(distributions).chain(versions).chain(panels).chain(heats).chain(contours).collect()
}

/// The frame of a line chart.
struct LineFrame {
    width: u32,
    height: u32,
    rgba: Vec<u8>,
    layout: Layout,
}

fn frame(chart: &Chart, theme: &Theme, size: Size) -> Result<LineFrame, DrawError> {
    let Frame { width, height, rgba, layout } = super::frame(&Figure::Lines(chart.clone()), theme, size)?;
    let FigureLayout::Lines(layout) = layout else { panic!("not lines") };
    Ok(LineFrame { width, height, rgba, layout })
}

fn decode(file: &[u8]) -> Decoded {
    let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().expect("a PNG file");
    let mut pixels = vec![0; reader.output_buffer_size().expect("a size that fits")];
    let info = reader.next_frame(&mut pixels).expect("a picture");
    (info.width, info.height, pixels)
}

/// How many pixels differ by more than what another processor's rounding explains.
fn differing(a: &Decoded, b: &Decoded) -> usize {
    const ROUNDING: u8 = 20;
    if (a.0, a.1) != (b.0, b.1) {
        return usize::MAX;
    }
    let differs = |(a, b): &(&[u8], &[u8])| a.iter().zip(*b).any(|(a, b)| a.abs_diff(*b) > ROUNDING);
    a.2.chunks_exact(3).zip(b.2.chunks_exact(3)).filter(differs).count()
}

#[test]
fn pictures_are_as_they_were() {
    let folder = Path::new(file!()).parent().expect("a folder").join("golden");
    let folder = if folder.is_dir() { folder } else { Path::new(env!("CARGO_MANIFEST_DIR")).join(folder) };
    let mut changed = Vec::new();
    for (name, figure, theme) in figures() {
        let dpr = if name.ends_with("@2") { 2.0 } else { 1.0 };
        let drawn = png(&figure, &theme, Size { dpr, ..SIZE }).expect("a picture");
        let path = folder.join(format!("{name}.png"));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&path, &drawn).expect("a folder to write to");
        }
        let golden = std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let count = differing(&decode(&drawn), &decode(&golden));
        if count > 12 {
            let new = std::env::temp_dir().join(format!("podium-chart-{name}.png"));
            std::fs::write(&new, &drawn).expect("a folder to write to");
            changed.push(format!("{name}: {count} pixels; see {}", new.display()));
        }
    }
    assert!(changed.is_empty(), "these look different now: {changed:#?}");
}

#[test]
fn a_frame_is_opaque_sharp_and_as_large_as_asked() {
    for dpr in [1.0, 1.25, 2.0] {
        let frame = frame(&charts()[1].1, &Theme::light(), Size { dpr, ..SIZE }).expect("a frame");
        assert_eq!((frame.width, frame.height), ((420.0 * dpr) as u32, (240.0 * dpr) as u32));
        assert_eq!(frame.rgba.len(), (frame.width * frame.height * 4) as usize);
        assert!(frame.rgba.chunks_exact(4).all(|p| p[3] == 255));
        // The base line of the plot is one whole row of its own color, not two rows of half of it.
        let row_of = |y: f64| (y * dpr) as usize * frame.width as usize * 4;
        let x = ((frame.layout.plot.right() - 3.0) * dpr) as usize * 4;
        let base = (-2..=2).filter(|d| {
            let at = row_of(frame.layout.plot.bottom() + f64::from(*d) / dpr) + x;
            frame.rgba[at..at + 3] == [0xcf, 0xd3, 0xd9]
        });
        assert!(base.count() >= 1, "dpr {dpr}");
    }
}

/// How far a pixel's color is from the paper, at a place in CSS pixels of a picture at dpr 1.
fn ink(frame: &LineFrame, x: f64, y: f64) -> u32 {
    let at = (y as usize * frame.width as usize + x as usize) * 4;
    frame.rgba[at..at + 3].iter().map(|c| u32::from(255 - c)).sum()
}

#[test]
fn a_peak_is_seen_in_a_line_in_a_band_and_in_a_crowd() {
    for (noise, count, others) in [(0.0, 2_000, 0), (0.4, 40_000, 0), (0.4, 10_000, 60)] {
        let mut peaked = loss(3, count, noise);
        let mut y = peaked.y.to_vec();
        let at = count * 3 / 4;
        y[at] = 5.0;
        peaked.y = y.into();
        let mut all: Vec<Series> = (0..others).map(|i| loss(i % 3, count, noise)).collect();
        all.push(peaked);
        let frame = frame(&with(all), &Theme::light(), SIZE).expect("a frame");
        let Layout { plot, x, y, .. } = frame.layout;
        let left = plot.x + x.position(at as f64) * plot.width;
        let top = plot.bottom() - y.position(5.0) * plot.height;
        let seen = |dx: i32| ink(&frame, left + f64::from(dx), top + 3.0);
        let strongest = (-2..=2).map(seen).max().unwrap_or(0);
        assert!(strongest > 40, "noise {noise}, {others} others: ink {strongest}");
        let beside = ink(&frame, left + 8.0, top + 3.0);
        assert!(beside < 25, "the peak is narrow: ink {beside}");
    }
}

#[test]
fn nothing_is_drawn_outside_the_plot_but_labels() {
    let range = Some((0.3, 0.5));
    let zoomed = Chart { y: YAxis { range, ..YAxis::default() }, ..charts()[1].1.clone() };
    let frame = frame(&zoomed, &Theme::light(), SIZE).expect("a frame");
    let plot = frame.layout.plot;
    for y in [plot.y - 4.0, plot.bottom() + 3.0] {
        let x_at = |i: i32| plot.x + 12.0 + f64::from(i);
        let inked = (0..300).filter(|i| ink(&frame, x_at(*i), y) > 60).count();
        assert!(inked < 16, "{inked} inked pixels in the row at {y}");
    }
}

#[test]
fn strange_values_strange_axes_and_tiny_sizes_are_drawn_without_complaint() {
    let ugly = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, -0.0, 1e-320, f64::MAX, -f64::MAX, 7.0];
    let mut number = 0usize;
    for kind in [XKind::Step, XKind::Time, XKind::Relative] {
        for scale in [Scale::Linear, Scale::Log, Scale::Symlog] {
            for range in [None, Some((f64::NAN, 1.0)), Some((3.0, 3.0)), Some((1e300, -1e300)), Some((2.0, 2.5))] {
                number += 1;
                let pick = |i: usize| ugly[(i * 7 + number) % ugly.len()];
                let values: Vec<f64> = (0..30).map(pick).collect();
                let mut odd = series(0, values.clone());
                let mut unsorted = series(1, values);
                unsorted.x = (0..50).map(|i| pick(i + 3)).collect();
                odd.dash = 255;
                let ends = Ends { from: Some(pick(2)), to: Some(pick(5)).filter(|_| number.is_multiple_of(3)) };
                let chart = Chart {
                    title: Some("<&\"'>\u{0}\u{202e}".into()),
                    x: XAxis { kind, scale, range, ends, utc_offset_min: i32::MAX, ..XAxis::default() },
                    y: YAxis { scale, range, with_outliers: number.is_multiple_of(2), ends },
                    smoothing: Smoothing { kind: SMOOTHING[number % 4], weight: pick(1) },
                    show_raw: true,
                    highlighted: Some(number),
                    legend: true,
                    series: vec![odd, unsorted, series(2, Vec::new())],
                };
                for (width_px, height_px) in [(300.0, 200.0), (1.0, 1.0), (130.0, 73.0)] {
                    let size = Size { width_px, height_px, dpr: 1.0 };
                    let frame = frame(&chart, &Theme::dark(), size).expect("a frame");
                    let Layout { x, y, .. } = frame.layout;
                    assert!(x.min < x.max && y.min < y.max && (y.max - y.min).is_finite(), "{x:?} {y:?}");
                    svg(&Figure::Lines(chart.clone()), &Theme::dark(), size).expect("a file");
                    probe(&chart, pick(2));
                }
            }
        }
    }
}

#[test]
fn sizes_that_cannot_be_drawn_are_refused() {
    for (width_px, dpr) in [(0.0, 1.0), (-5.0, 1.0), (f64::NAN, 1.0), (400.0, f64::INFINITY), (1e6, 1.0), (400.0, 0.0)]
    {
        let size = Size { width_px, height_px: 100.0, dpr };
        let refused = frame(&Chart::default(), &Theme::light(), size);
        assert!(matches!(refused, Err(DrawError::Size(..))), "{width_px} at {dpr}");
    }
    let size = Size { width_px: 1e9, height_px: 10.0, dpr: 1.0 };
    assert!(svg(&Figure::Lines(Chart::default()), &Theme::light(), size).is_err());
}

#[test]
fn a_layout_says_why_nothing_is_there() {
    let note_of = |chart: &Chart| frame(chart, &Theme::light(), SIZE).expect("a frame").layout.note;
    let empty = series(0, Vec::new());
    let nan = series(0, vec![f64::NAN; 3]);
    let some = series(0, vec![1.0, 2.0]);
    let beyond = XAxis { range: Some((10.0, 20.0)), ..XAxis::default() };
    assert_eq!(note_of(&with(vec![])), Some(Note::NoPoints));
    assert_eq!(note_of(&with(vec![empty])), Some(Note::NoPoints));
    assert_eq!(note_of(&with(vec![nan])), Some(Note::NoFinitePoints));
    assert_eq!(note_of(&Chart { x: beyond, ..with(vec![some.clone()]) }), Some(Note::NothingInRange));
    assert_eq!(note_of(&with(vec![some])), None);
}

#[test]
fn a_layout_is_finite_json_in_the_windows_spelling() {
    let chart = &charts()[4].1;
    let layout = frame(chart, &Theme::light(), SIZE).expect("a frame").layout;
    let json = serde_json::to_value(&layout).expect("JSON");
    assert_eq!(json["infinitePoints"], 2);
    assert_eq!(json["nanPoints"], 10);
    assert_eq!(json["xKind"], "step");
    assert_eq!(json["y"]["scale"], "linear");
    assert!(json["plot"]["width"].as_f64().is_some_and(|w| w > 300.0));
    // A number that is not finite would be null, as only the note and the outliers may be.
    assert_eq!(json.to_string().matches("null").count(), 2, "{json}");
}

#[test]
fn an_svg_is_well_formed_and_as_large_as_asked() {
    for (name, mut figure, theme) in figures() {
        let title = match &mut figure {
            Figure::Lines(chart) => &mut chart.title,
            Figure::Bars(chart) => &mut chart.title,
            Figure::Scatter(chart) => &mut chart.title,
            Figure::Panels(chart) => &mut chart.title,
            Figure::Contour(chart) => &mut chart.title,
            Figure::Heat(chart) => &mut chart.title,
            Figure::Parallel(chart) => &mut chart.title,
            Figure::Distribution(chart) => &mut chart.title,
            Figure::Versions(chart) => &mut chart.title,
        };
        *title = Some("a < b & \"c\"".into());
        let file = svg(&figure, &theme, SIZE).expect("a file");
        check_xml(&file).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert!(file.starts_with("<svg width=\"420\" height=\"240\""), "{}", &file[..80]);
        assert!(file.contains("viewBox=\"0 0 4200 2400\""));
        assert!(file.contains("a &lt; b &amp; &quot;c&quot;"));
        // As a word beside a bar or a lane, NaN is a value.
        let file = file.replace("\nNaN\n", "").replace("NaN ×", "");
        assert!(!file.contains("NaN") && !file.contains("inf"), "{name}");
    }
}

#[test]
fn screen_and_svg_have_the_same_layout() {
    for (name, figure, theme) in figures() {
        let screen = super::frame(&figure, &theme, Size { dpr: 2.0, ..SIZE }).expect("a frame").layout;
        let mut file = String::new();
        let backend = SVGBackend::with_string(&mut file, (4200, 2400));
        let paper = draw(&figure, &theme, Canvas { backend, unit: 10.0, columns_per_px: 2.0 }).expect("a file");
        assert_eq!(screen, paper, "{name}");
    }
}

#[test]
fn japanese_names_are_drawn_where_the_system_has_a_font_for_them() {
    if !text::shape("日本語", 11.0, false).is_complete {
        assert!(std::env::var_os("CI").is_none(), "this system has no font with Japanese letters");
        eprintln!("skipped: this system has no font with Japanese letters");
        return;
    }
    let named = |name: &str| Chart { title: Some(name.into()), ..with(vec![loss(0, 50, 0.0)]) };
    let ink_of = |name: &str| {
        let frame = frame(&named(name), &Theme::light(), SIZE).expect("a frame");
        let box_of_title = (12..26).flat_map(|y| (12..80).map(move |x| (x, y)));
        box_of_title.filter(|(x, y)| ink(&frame, f64::from(*x), f64::from(*y)) > 200).count()
    };
    assert!(ink_of("検証損失") > 80, "{}", ink_of("検証損失"));
    assert_eq!(ink_of(" "), 0);
    let names_left_of = |name: &str| {
        let bar = Bar { name: name.into(), color: COLORS[0], value: 1.0, spread: None };
        let figure = Figure::Bars(BarChart { bars: vec![bar], ..BarChart::default() });
        let FigureLayout::Bars(layout) = super::frame(&figure, &Theme::light(), SIZE).expect("a frame").layout else {
            panic!("not bars")
        };
        layout.plot.x
    };
    let [short, long] = ["基準", "検証実験の長い名前のモデル検証実験の長い名前のモデル"].map(names_left_of);
    assert!(short > 25.0 && short < 50.0 && long > 150.0 && long <= 170.0, "{short} {long}");
}

/// Whether every tag is closed in order, every attribute quoted, and nothing left unescaped.
fn check_xml(file: &str) -> Result<(), String> {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = file.trim();
    while let Some(start) = rest.find('<') {
        let text = &rest[..start];
        let is_escaped = |part: &str| ["lt;", "gt;", "amp;", "quot;", "apos;"].iter().any(|e| part.starts_with(e));
        if text.contains('>') || !text.split('&').skip(1).all(is_escaped) {
            return Err(format!("unescaped text: {text}"));
        }
        let end = rest[start..].find('>').ok_or("a tag without an end")? + start;
        let tag = &rest[start + 1..end];
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name) {
                return Err(format!("</{name}> closes nothing"));
            }
        } else {
            if tag.contains('<')
                || !tag.matches('"').count().is_multiple_of(2)
                || tag.matches('=').count() * 2 != tag.matches('"').count()
            {
                return Err(format!("bad attributes: {tag}"));
            }
            if !tag.ends_with('/') {
                open.push(tag.split(' ').next().unwrap_or(tag));
            }
        }
        rest = &rest[end + 1..];
    }
    if open.is_empty() { Ok(()) } else { Err(format!("left open: {open:?}")) }
}
