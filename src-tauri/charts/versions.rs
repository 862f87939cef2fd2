//! A metric over the versions of a registered model: a dot for each version, the line of what was live, and below it who
//! held which alias when.

use plotters::prelude::{Color, DrawingBackend};
use plotters::style::RGBColor;
use serde::Serialize;

use super::DrawError;
use super::axes::write_below;
use super::canvas::{Align, Canvas, LabelStyle, Surface};
use super::clip::dashed;
use super::layout::{Axis, Note, Rect};
use super::plan::{BELOW_PX, is_bare, ticks_that_fit};
use super::scale::axis_around;
use super::spec::Scale;
use super::text::{fitted, width_px};
use super::theme::{Theme, mix};
use super::ticks::{Tick, number_ticks};
use super::time::time_ticks;

#[derive(Clone, Debug, Default)]
pub struct VersionsChart {
    /// Drawn above the plot. The window shows its own title and leaves this empty.
    pub title: Option<String>,
    pub x: VersionsX,
    /// Oldest first.
    pub versions: Vec<VersionPoint>,
    /// From the top.
    pub lanes: Vec<AliasLane>,
}

/// What x counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VersionsX {
    /// Versions, one beside the other. Lanes have no place.
    #[default]
    Order,
    /// When each was registered.
    Time { utc_offset_min: i32 },
}

#[derive(Clone, Debug)]
pub struct VersionPoint {
    /// Such as `v31`.
    pub label: String,
    /// Epoch milliseconds; in the order of time a version without it is left out.
    pub at_ms: Option<f64>,
    /// Without one there is no dot.
    pub value: Option<f64>,
    pub tone: AliasTone,
}

/// Who held an alias when.
#[derive(Clone, Debug)]
pub struct AliasLane {
    pub alias: String,
    pub tone: AliasTone,
    /// Oldest first, none over another.
    pub spans: Vec<LaneSpan>,
    /// Epoch milliseconds at which a move was taken back.
    pub undone_ms: Vec<f64>,
}

#[derive(Clone, Debug)]
pub struct LaneSpan {
    /// Epoch milliseconds.
    pub start_ms: f64,
    pub end_ms: f64,
    /// Index into the versions.
    pub version: usize,
    /// It holds the alias now.
    pub is_now: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AliasTone {
    Champion,
    Challenger,
    Other,
    /// No alias.
    #[default]
    None,
}

/// Where the versions are.
#[derive(Clone, Debug, PartialEq, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct VersionsLayout {
    pub width_px: f64,
    pub height_px: f64,
    /// Without the lanes.
    pub plot: Rect,
    pub x: Axis,
    pub y: Axis,
    /// The middle of each version's dot, in tenths of a pixel; below zero where it has none.
    pub x_tenths: Vec<i32>,
    pub y_tenths: Vec<i32>,
    pub spans: Vec<SpanLayout>,
    /// Versions without a number, or without a time where they stand in the order of time.
    pub without_dot: u32,
    /// Why nothing is there, if nothing is.
    pub note: Option<Note>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct SpanLayout {
    pub rect: Rect,
    /// Index into the lanes, and into the versions.
    pub lane: u32,
    pub version: u32,
}

const LANE_PX: f64 = 20.0;
const LANE_BAR_PX: f64 = 15.0;
const LANE_GAP_PX: f64 = 6.0;
const DOT_PX: f64 = 2.2;
const HELD_DOT_PX: f64 = 3.6;
const LINE_PX: f64 = 2.0;
/// Between a dot and its name.
const NAME_GAP_PX: f64 = 11.0;

struct Plan {
    layout: VersionsLayout,
    x_ticks: Vec<Tick>,
    y_ticks: Vec<Tick>,
    /// Lanes that have room, from the top.
    lanes: Vec<Rect>,
    title_at: (f64, f64),
    is_bare: bool,
}

pub fn draw<B: DrawingBackend>(
    chart: &VersionsChart,
    theme: &Theme,
    canvas: Canvas<B>,
) -> Result<VersionsLayout, DrawError> {
    let plan = arrange(chart, theme, canvas.size_px());
    let surface = canvas.open(&theme.surface)?;
    draw_axes(&surface, &plan, theme)?;
    draw_lanes(&surface, chart, &plan, theme)?;
    draw_line(&surface, chart, &plan, theme)?;
    draw_dots(&surface, chart, &plan, theme)?;
    if let Some(title) = chart.title.as_ref().filter(|_| !plan.is_bare) {
        let style = LabelStyle { size_px: theme.title_px, color: theme.title, align: Align::Left, is_bold: true };
        surface.text(title, plan.title_at, &style)?;
    }
    surface.finish()?;
    Ok(plan.layout)
}

fn arrange(chart: &VersionsChart, theme: &Theme, size_px: (f64, f64)) -> Plan {
    let (width, height) = size_px;
    let is_bare = is_bare(size_px);
    let has_head = !is_bare && chart.title.is_some();
    let (pad, top) = if has_head { (12.0, 24.0 + theme.title_px) } else { (2.0, 18.0) };
    let has_lanes = matches!(chart.x, VersionsX::Time { .. }) && !is_bare;
    // The plot keeps at least half of the height.
    let room = ((height * 0.5 - LANE_GAP_PX) / LANE_PX).max(0.0) as usize;
    let lane_count = if has_lanes { chart.lanes.len().min(room) } else { 0 };
    let lanes_px = if lane_count == 0 { 0.0 } else { LANE_PX * lane_count as f64 + LANE_GAP_PX };
    let below = if is_bare { 2.0 } else { theme.label_px + 9.0 + if has_lanes { BELOW_PX } else { 0.0 } };

    let places = chart.versions.iter().enumerate().filter_map(|(index, version)| place_of(chart, index, version));
    let values = places.map(|(_, value)| value);
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| (low.min(y), high.max(y)));
    let note = match () {
        () if chart.versions.is_empty() => Some(Note::NoPoints),
        () if low > high => Some(Note::NoFinitePoints),
        () => None,
    };
    let y = match note {
        None => axis_around(low, high, Scale::Linear, 0.08),
        Some(_) => Axis { min: 0.0, max: 1.0, scale: Scale::Linear },
    };
    let x = x_axis(chart);
    let plot_height = (height - top - lanes_px - below).max(8.0);
    let y_ticks = if is_bare || note.is_some() {
        Vec::new()
    } else {
        number_ticks(&y, ((plot_height / 40.0) as usize).clamp(2, 6), false)
    };
    let widest = |words: &mut dyn Iterator<Item = &str>| {
        words.map(|word| width_px(word, theme.label_px, false)).fold(0.0, f64::max)
    };
    let names = chart.lanes.iter().take(lane_count).map(|lane| lane.alias.as_str());
    let words_px =
        widest(&mut y_ticks.iter().map(|tick| tick.label.as_str())).max(widest(&mut { names }).min(0.22 * width));
    let left = if is_bare { 2.0 } else { pad + words_px + 8.0 };
    let plot = Rect { x: left, y: top, width: (width - left - 12.0).max(8.0), height: plot_height };
    let x_ticks = if is_bare { Vec::new() } else { x_ticks(chart, &x, plot.width, theme) };
    let lane = |at: usize| Rect {
        x: plot.x,
        y: plot.bottom() + LANE_GAP_PX + LANE_PX * at as f64,
        width: plot.width,
        height: LANE_PX,
    };
    let lanes: Vec<Rect> = (0..lane_count).map(lane).collect();

    let tenths = |px: f64| (px * 10.0).round() as i32;
    let dot = |(index, version): (usize, &VersionPoint)| match place_of(chart, index, version) {
        Some((at, value)) => {
            (tenths(plot.x + x.position(at) * plot.width), tenths(plot.bottom() - y.position(value) * plot.height))
        }
        None => (-10, -10),
    };
    let (x_tenths, y_tenths): (Vec<i32>, Vec<i32>) = chart.versions.iter().enumerate().map(dot).unzip();
    let without_dot = x_tenths.iter().filter(|x| **x < 0).count() as u32;
    let spans = spans(chart, &x, &lanes);
    Plan {
        layout: VersionsLayout {
            width_px: width,
            height_px: height,
            plot,
            x,
            y,
            x_tenths,
            y_tenths,
            spans,
            without_dot,
            note,
        },
        x_ticks,
        y_ticks,
        lanes,
        title_at: (pad, 12.0 + theme.title_px * 0.5),
        is_bare,
    }
}

/// Where a version has its dot, in the units of the axes; none where it has none.
fn place_of(chart: &VersionsChart, index: usize, version: &VersionPoint) -> Option<(f64, f64)> {
    let value = version.value.filter(|value| value.is_finite())?;
    let at = match chart.x {
        VersionsX::Order => index as f64,
        VersionsX::Time { .. } => version.at_ms.filter(|ms| ms.is_finite())?,
    };
    Some((at, value))
}

fn x_axis(chart: &VersionsChart) -> Axis {
    let scale = Scale::Linear;
    let VersionsX::Time { .. } = chart.x else {
        let last = chart.versions.len().saturating_sub(1) as f64;
        return Axis { min: -0.5, max: last.max(0.0) + 0.5, scale };
    };
    let registered = chart.versions.iter().filter_map(|version| version.at_ms);
    let held = chart.lanes.iter().flat_map(|lane| &lane.spans).flat_map(|span| [span.start_ms, span.end_ms]);
    let times = registered.chain(held).filter(|ms| ms.is_finite());
    let (low, high) = times.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), ms| (low.min(ms), high.max(ms)));
    match low.partial_cmp(&high) {
        Some(std::cmp::Ordering::Less) => axis_around(low, high, scale, 0.02),
        // One moment alone is in the middle of an hour.
        Some(std::cmp::Ordering::Equal) => axis_around(low - 1_800_000.0, high + 1_800_000.0, scale, 0.0),
        _ => Axis { min: 0.0, max: 1.0, scale },
    }
}

fn x_ticks(chart: &VersionsChart, x: &Axis, plot_px: f64, theme: &Theme) -> Vec<Tick> {
    match chart.x {
        VersionsX::Time { utc_offset_min } if chart.versions.iter().any(|version| version.at_ms.is_some()) => {
            ticks_that_fit(x, plot_px, theme.label_px, |wanted| time_ticks(x, wanted, utc_offset_min))
        }
        VersionsX::Time { .. } => Vec::new(),
        VersionsX::Order => {
            let label = |index: usize| chart.versions.get(index).map_or("", |version| version.label.as_str());
            let widest = width_px(label(chart.versions.len().saturating_sub(1)), theme.label_px, false) + 12.0;
            let every = (chart.versions.len() as f64 * widest / plot_px).ceil().max(1.0) as usize;
            // The newest has its name whatever the others have.
            let named = (0..chart.versions.len()).rev().step_by(every);
            named.map(|index| Tick::new(index as f64, label(index).to_owned())).collect()
        }
    }
}

fn spans(chart: &VersionsChart, x: &Axis, lanes: &[Rect]) -> Vec<SpanLayout> {
    let mut all = Vec::new();
    for ((at, lane), room) in chart.lanes.iter().enumerate().zip(lanes) {
        for span in lane.spans.iter().filter(|span| span.version < chart.versions.len()) {
            let px = |ms: f64| room.x + x.position(ms).clamp(0.0, 1.0) * room.width;
            let (start, end) = (px(span.start_ms), px(span.end_ms));
            if !(start.is_finite() && end.is_finite()) {
                continue;
            }
            // A line of paper between two neighbours; the shortest is still seen.
            let width = (end - start - 1.0).max(2.0);
            let rect = Rect { x: start, y: room.y + (LANE_PX - LANE_BAR_PX) / 2.0, width, height: LANE_BAR_PX };
            all.push(SpanLayout { rect, lane: at as u32, version: span.version as u32 });
        }
    }
    all
}

fn draw_axes<B: DrawingBackend>(surface: &Surface<B>, plan: &Plan, theme: &Theme) -> Result<(), DrawError> {
    if plan.is_bare {
        return Ok(());
    }
    let VersionsLayout { plot, x, y, width_px, .. } = &plan.layout;
    let label = LabelStyle { size_px: theme.label_px, color: theme.label, align: Align::Right, is_bold: false };
    for tick in &plan.y_ticks {
        let at = plot.bottom() - y.position(tick.value) * plot.height;
        surface.line(&[(plot.x, at), (plot.right(), at)], theme.grid_px, theme.grid.to_rgba())?;
        surface.text(&tick.label, (plot.x - 8.0, at), &label)?;
    }
    let base = plot.bottom();
    surface.line(&[(plot.x, base), (plot.right(), base)], theme.grid_px, theme.base_line.to_rgba())?;
    let bottom = plan.lanes.last().map_or(base, Rect::bottom);
    for tick in &plan.x_ticks {
        let at = plot.x + x.position(tick.value) * plot.width;
        if !(plot.x..=plot.right()).contains(&at) {
            continue;
        }
        if !plan.lanes.is_empty() {
            surface.line(&[(at, plot.y), (at, bottom)], theme.grid_px, theme.grid.to_rgba())?;
        }
        let label_y = bottom + 6.0 + theme.label_px * 0.5;
        write_below(surface, &tick.label, (at, label_y), width_px - 2.0, &label)?;
        if let Some(below) = &tick.below {
            let quiet = LabelStyle { color: theme.label_quiet, ..label };
            write_below(surface, below, (at, label_y + BELOW_PX), width_px - 2.0, &quiet)?;
        }
    }
    Ok(())
}

fn color_of(tone: AliasTone, theme: &Theme) -> RGBColor {
    match tone {
        AliasTone::Champion => theme.champion,
        AliasTone::Challenger => theme.challenger,
        AliasTone::Other => theme.label,
        AliasTone::None => theme.label_quiet,
    }
}

fn draw_lanes<B: DrawingBackend>(
    surface: &Surface<B>,
    chart: &VersionsChart,
    plan: &Plan,
    theme: &Theme,
) -> Result<(), DrawError> {
    let plot = &plan.layout.plot;
    for (lane, room) in chart.lanes.iter().zip(&plan.lanes) {
        let color = color_of(lane.tone, theme);
        let name = fitted(&lane.alias, plot.x - 10.0, theme.label_px);
        let style = LabelStyle { size_px: theme.label_px, color, align: Align::Right, is_bold: false };
        surface.text(&name, (plot.x - 8.0, room.y + LANE_PX / 2.0), &style)?;
    }
    for span in &plan.layout.spans {
        let (Some(lane), Some(version)) =
            (chart.lanes.get(span.lane as usize), chart.versions.get(span.version as usize))
        else {
            continue;
        };
        let is_now = lane.spans.iter().any(|held| held.is_now && held.version == span.version as usize);
        let share = if is_now { 0.42 } else { 0.2 };
        let Rect { x, y, width, height } = span.rect;
        let corners = vec![(x, y), (x + width, y), (x + width, y + height), (x, y + height)];
        let ground = mix(theme.surface, color_of(lane.tone, theme), share);
        surface.fill(corners, ground.to_rgba())?;
        if width_px(&version.label, theme.label_px, false) + 6.0 <= width {
            let color = if is_now { theme.title } else { theme.label };
            let style = LabelStyle { size_px: theme.label_px, color, align: Align::Center, is_bold: false };
            surface.text(&version.label, (x + width / 2.0, y + height / 2.0), &style)?;
        }
    }
    for (lane, room) in chart.lanes.iter().zip(&plan.lanes) {
        for ms in lane.undone_ms.iter().filter(|ms| ms.is_finite()) {
            let at = plot.x + plan.layout.x.position(*ms) * plot.width;
            if (plot.x..=plot.right()).contains(&at) {
                for stroke in dashed(&[(at, plot.y), (at, room.bottom())], &[2.0, 3.0]) {
                    surface.line(&stroke, 1.0, color_of(lane.tone, theme).to_rgba())?;
                }
            }
        }
    }
    Ok(())
}

/// What was live, by its number: level while one version was champion, and upright where another took over.
fn draw_line<B: DrawingBackend>(
    surface: &Surface<B>,
    chart: &VersionsChart,
    plan: &Plan,
    theme: &Theme,
) -> Result<(), DrawError> {
    let champion = chart.lanes.iter().find(|lane| lane.tone == AliasTone::Champion);
    let Some(lane) = champion.filter(|_| chart.x != VersionsX::Order) else { return Ok(()) };
    let VersionsLayout { plot, x, y, .. } = &plan.layout;
    let across = |ms: f64| plot.x + x.position(ms).clamp(0.0, 1.0) * plot.width;
    let (mut line, mut ended_ms) = (Vec::new(), f64::NAN);
    let mut lines = Vec::new();
    for span in &lane.spans {
        let value = chart.versions.get(span.version).and_then(|version| version.value);
        let Some(value) = value.filter(|value| value.is_finite()) else {
            lines.push(std::mem::take(&mut line));
            continue;
        };
        // After a time in which nobody knows who was live, it begins anew.
        if span.start_ms > ended_ms {
            lines.push(std::mem::take(&mut line));
        }
        let level = plot.bottom() - y.position(value) * plot.height;
        line.extend([(across(span.start_ms), level), (across(span.end_ms), level)]);
        ended_ms = span.end_ms;
    }
    lines.push(line);
    for line in lines.iter().filter(|line| line.len() > 1) {
        surface.line(line, LINE_PX, color_of(lane.tone, theme).to_rgba())?;
    }
    Ok(())
}

fn draw_dots<B: DrawingBackend>(
    surface: &Surface<B>,
    chart: &VersionsChart,
    plan: &Plan,
    theme: &Theme,
) -> Result<(), DrawError> {
    let layout = &plan.layout;
    let dot = |index: usize| {
        let (x, y) = (*layout.x_tenths.get(index)?, *layout.y_tenths.get(index)?);
        (x >= 0).then(|| (f64::from(x) / 10.0, f64::from(y) / 10.0))
    };
    let weight = |index: usize| match chart.versions.get(index).map(|version| version.tone) {
        None | Some(AliasTone::None) => 0,
        Some(_) => 1,
    };
    // Those with an alias lie over the others.
    let mut order: Vec<usize> = (0..chart.versions.len()).collect();
    order.sort_by_key(|index| weight(*index));
    for index in &order {
        let (Some((x, y)), Some(version)) = (dot(*index), chart.versions.get(*index)) else { continue };
        let color = color_of(version.tone, theme);
        let radius = if weight(*index) > 0 { HELD_DOT_PX } else { DOT_PX };
        surface.dot((x, y), radius + 1.2, theme.surface.to_rgba())?;
        surface.dot((x, y), radius, color.to_rgba())?;
    }
    if plan.is_bare {
        return Ok(());
    }
    // The most important names first, then from the newest back; none over another.
    let mut taken: Vec<Rect> = Vec::new();
    order.sort_by_key(|index| (std::cmp::Reverse(weight(*index)), std::cmp::Reverse(*index)));
    for index in order.into_iter().take(400) {
        let (Some((x, y)), Some(version)) = (dot(index), chart.versions.get(index)) else { continue };
        let is_strong = weight(index) > 0;
        let width = width_px(&version.label, theme.label_px, is_strong);
        let middle = x.min(layout.width_px - width / 2.0 - 2.0).max(width / 2.0 + 2.0);
        let rect = Rect { x: middle - width / 2.0 - 3.0, y: y - NAME_GAP_PX - 7.0, width: width + 6.0, height: 14.0 };
        let hits = |other: &Rect| {
            rect.x < other.right() && other.x < rect.right() && rect.y < other.bottom() && other.y < rect.bottom()
        };
        // Where x says the version already, only those that stand out are named.
        if taken.iter().any(hits) || (chart.x == VersionsX::Order && !is_strong) {
            continue;
        }
        let color = if is_strong { theme.title } else { theme.label_quiet };
        let style = LabelStyle { size_px: theme.label_px, color, align: Align::Center, is_bold: is_strong };
        surface.text(&version.label, (middle, y - NAME_GAP_PX), &style)?;
        taken.push(rect);
    }
    Ok(())
}

#[cfg(test)]
pub mod tests {
    use super::super::{Figure, FigureLayout, Size, frame};
    use super::*;

    const DAY_MS: f64 = 86_400_000.0;
    const START_MS: f64 = 1_793_714_400_000.0;

    fn version(number: usize, value: Option<f64>, tone: AliasTone) -> VersionPoint {
        VersionPoint { label: format!("v{number}"), at_ms: Some(START_MS + number as f64 * 5.0 * DAY_MS), value, tone }
    }

    fn span(start: f64, end: f64, version: usize, is_now: bool) -> LaneSpan {
        let at = |days: f64| START_MS + days * DAY_MS;
        LaneSpan { start_ms: at(start), end_ms: at(end), version, is_now }
    }

    fn lane(alias: &str, tone: AliasTone, spans: Vec<LaneSpan>) -> AliasLane {
        AliasLane { alias: alias.to_owned(), tone, spans, undone_ms: Vec::new() }
    }

    fn accuracy() -> VersionsChart {
        use AliasTone::{Challenger, Champion, None as Plain, Other};
        let values = [0.89, 0.9, 0.905, 0.91, f64::NAN, 0.925, 0.93, 0.94, 0.953];
        let tones = [Plain, Plain, Plain, Plain, Plain, Plain, Champion, Other, Challenger];
        let version = |(index, (value, tone)): (usize, (&f64, &AliasTone))| version(index + 1, Some(*value), *tone);
        let mut champion = lane(
            "champion",
            Champion,
            vec![span(6.0, 18.0, 0, false), span(18.0, 30.0, 3, false), span(32.0, 46.0, 6, true)],
        );
        champion.undone_ms = vec![START_MS + 31.0 * DAY_MS];
        VersionsChart {
            versions: values.iter().zip(&tones).enumerate().map(version).collect(),
            lanes: vec![
                champion,
                lane("challenger", Challenger, vec![span(28.0, 32.0, 6, false), span(44.0, 46.0, 8, true)]),
                lane("shadow", Other, vec![span(38.0, 46.0, 7, true)]),
            ],
            ..VersionsChart::default()
        }
    }

    /// Every chart of versions that has a golden picture, by the picture's name.
    pub fn version_charts() -> Vec<(&'static str, VersionsChart, Theme)> {
        let timed = VersionsChart { x: VersionsX::Time { utc_offset_min: 0 }, ..accuracy() };
        vec![
            ("versions", accuracy(), Theme::light()),
            ("versions-time", timed.clone(), Theme::light()),
            ("versions-time-dark", timed, Theme::dark()),
        ]
    }

    fn layout(chart: &VersionsChart, width_px: f64, height_px: f64) -> VersionsLayout {
        let size = Size { width_px, height_px, dpr: 1.0 };
        let FigureLayout::Versions(layout) =
            frame(&Figure::Versions(chart.clone()), &Theme::light(), size).unwrap().layout
        else {
            panic!("not versions")
        };
        layout
    }

    #[test]
    fn a_version_without_a_number_has_no_dot_and_is_counted() {
        let drawn = layout(&accuracy(), 420.0, 240.0);
        assert_eq!((drawn.without_dot, drawn.x_tenths.len(), drawn.x_tenths[4]), (1, 9, -10));
        assert!(drawn.x_tenths[0] < drawn.x_tenths[8] && drawn.y_tenths[0] > drawn.y_tenths[8]);
        assert!(drawn.spans.is_empty(), "lanes are about time");
    }

    #[test]
    fn spans_lie_below_the_plot_and_the_plot_keeps_half_of_the_height() {
        let mut chart = VersionsChart { x: VersionsX::Time { utc_offset_min: 0 }, ..accuracy() };
        let drawn = layout(&chart, 420.0, 240.0);
        assert_eq!(drawn.spans.len(), 6);
        assert!(drawn.spans.iter().all(|span| span.rect.y > drawn.plot.bottom() && span.rect.width >= 2.0));
        chart.lanes = (0..40).map(|_| chart.lanes[0].clone()).collect();
        assert!(layout(&chart, 420.0, 240.0).plot.height > 70.0);
    }

    #[test]
    fn strange_values_and_tiny_sizes_are_drawn_without_complaint() {
        let ugly = [f64::NAN, f64::INFINITY, f64::MAX, -f64::MAX, 0.0];
        for x in [VersionsX::Order, VersionsX::Time { utc_offset_min: i32::MAX }] {
            let versions = ugly.iter().enumerate().map(|(index, value)| VersionPoint {
                at_ms: Some(ugly[(index + 2) % ugly.len()]),
                ..version(index, Some(*value), AliasTone::Champion)
            });
            let spans = vec![LaneSpan { start_ms: f64::NAN, end_ms: f64::MAX, version: 99, is_now: true }];
            let lanes = vec![lane("日本 <&>", AliasTone::Other, spans)];
            let chart = VersionsChart { versions: versions.collect(), lanes, x, ..VersionsChart::default() };
            for (width_px, height_px) in [(300.0, 200.0), (1.0, 1.0), (130.0, 73.0)] {
                let drawn = layout(&chart, width_px, height_px);
                assert!(drawn.x.min < drawn.x.max && drawn.y.min < drawn.y.max);
            }
        }
        assert_eq!(layout(&VersionsChart::default(), 300.0, 200.0).note, Some(Note::NoPoints));
    }
}
