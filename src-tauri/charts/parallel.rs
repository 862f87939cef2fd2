//! Parallel coordinates: an upright axis for each dimension, and a line across them for each run. What the axes have no
//! place for stands in lanes below them.

use plotters::prelude::{Color, DrawingBackend, RGBColor};
use serde::Serialize;

use super::DrawError;
use super::canvas::{Align, Canvas, LabelStyle, Surface};
use super::clip::Point;
use super::coloring::{Coloring, Colors, draw_legend};
use super::dimension::{Dimension, DimensionLayout, Lane, Place, Scaled};
use super::layout::{Note, Rect};
use super::plan::is_bare;
use super::text::{fitted, width_px};
use super::theme::Theme;
use super::ticks::Tick;

/// One line per run across axes, in the order given.
#[derive(Clone, Debug)]
pub struct ParallelChart {
    /// Drawn above the plot. The window shows its own title and leaves this empty; exports set it.
    pub title: Option<String>,
    pub axes: Vec<ParallelAxis>,
    pub color: Coloring,
    /// The axis that the colours are of, by its index: it shows their scale itself.
    pub color_axis: Option<usize>,
}

#[derive(Clone, Debug)]
pub struct ParallelAxis {
    pub dimension: Dimension,
    /// The largest value is at the bottom.
    pub flipped: bool,
    /// From and to: runs with values outside, or without a value, step back. Of categories: of their indices.
    pub brush: Option<(f64, f64)>,
}

impl ParallelAxis {
    /// Whether a run is inside the brush of this axis.
    fn keeps(&self, run: usize) -> bool {
        let value = || self.dimension.values.get(run).copied().flatten();
        self.brush.is_none_or(|(a, b)| value().is_some_and(|value| (a.min(b)..=a.max(b)).contains(&value)))
    }
}

/// Where the axes are, and where each run crosses them.
#[derive(Clone, Debug, PartialEq, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct ParallelLayout {
    pub width_px: f64,
    pub height_px: f64,
    /// From the first axis to the last, without the lanes.
    pub plot: Rect,
    /// The lower end of the lanes.
    pub lanes_bottom_px: f64,
    pub axes: Vec<ParallelAxisLayout>,
    /// What the colours are of, if they are not those of the runs.
    pub color: Option<DimensionLayout>,
    pub runs_total: u32,
    /// The runs inside all brushes, as indices; none where nothing is brushed.
    pub inside: Option<Vec<u32>>,
    /// Why nothing is there, if nothing is.
    pub note: Option<Note>,
}

#[derive(Clone, Debug, PartialEq, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct ParallelAxisLayout {
    pub x_px: f64,
    /// Where its name stands.
    pub head: Rect,
    pub dimension: DimensionLayout,
    pub flipped: bool,
    /// Where each run crosses the axis, in tenths of a pixel from the top.
    pub y_tenths: Vec<i32>,
}

const HEAD_PX: f64 = 22.0;
const LANE_HEIGHT_PX: f64 = 16.0;
const LANE_GAP_PX: f64 = 6.0;
const LABEL_GAP_PX: f64 = 7.0;
/// Labels leave at least so much of the gap between two axes to the lines.
const LEAST_GAP_PX: f64 = 12.0;
/// Beside a name, in its head.
const HEAD_PAD_PX: f64 = 8.0;

/// Where everything goes, in CSS pixels.
struct Plan {
    plot: Rect,
    x: Vec<f64>,
    heads: Vec<Rect>,
    names: Vec<String>,
    ticks: Vec<Vec<Tick>>,
    /// The kinds of lanes that any axis has, each a row below the plot.
    lanes: Vec<Lane>,
    /// Left and right edge of title and legend.
    pad: f64,
    right: f64,
    title_y: f64,
    legend_y: f64,
    has_legend: bool,
    is_bare: bool,
}

pub fn draw<B: DrawingBackend>(
    chart: &ParallelChart,
    theme: &Theme,
    canvas: Canvas<B>,
) -> Result<ParallelLayout, DrawError> {
    let (width_px, height_px) = canvas.size_px();
    let runs = chart.axes.iter().map(|axis| axis.dimension.values.len()).max().unwrap_or_default();
    let scaled: Vec<Scaled> = chart.axes.iter().map(|axis| axis.dimension.scaled(0.0)).collect();
    let colors = chart.color.colors(runs, theme);
    let plan = arrange(chart, theme, (width_px, height_px), &scaled, &colors, runs > 0);
    let heights: Vec<Vec<f64>> = chart
        .axes
        .iter()
        .zip(&scaled)
        .map(|(axis, scaled)| (0..runs).map(|run| plan.height(axis, scaled, run)).collect())
        .collect();
    let is_brushed = chart.axes.iter().any(|axis| axis.brush.is_some());
    let is_inside: Vec<bool> = (0..runs).map(|run| chart.axes.iter().all(|axis| axis.keeps(run))).collect();

    let surface = canvas.open(&theme.surface)?;
    draw_lines(&surface, &plan, &heights, &colors, &is_inside, theme)?;
    draw_axes(&surface, chart, &plan, &scaled, &colors, theme)?;
    surface.finish()?;

    let tenths = |px: &f64| (px * 10.0).round() as i32;
    let axis_layout = |i: usize| ParallelAxisLayout {
        x_px: plan.x[i],
        head: plan.heads[i],
        dimension: scaled[i].layout(),
        flipped: chart.axes[i].flipped,
        y_tenths: heights[i].iter().map(tenths).collect(),
    };
    let inside = || (0..runs).filter(|run| is_inside[*run]).filter_map(|run| u32::try_from(run).ok()).collect();
    Ok(ParallelLayout {
        width_px,
        height_px,
        plot: plan.plot,
        lanes_bottom_px: plan.lanes_bottom(),
        axes: (0..chart.axes.len()).map(axis_layout).collect(),
        color: colors.by.as_ref().map(Scaled::layout),
        runs_total: u32::try_from(runs).unwrap_or(u32::MAX),
        inside: is_brushed.then(inside),
        note: (runs == 0).then_some(Note::NoPoints),
    })
}

fn arrange(
    chart: &ParallelChart,
    theme: &Theme,
    (width, height): (f64, f64),
    scaled: &[Scaled],
    colors: &Colors,
    has_runs: bool,
) -> Plan {
    let is_bare = is_bare((width, height));
    let has_title = !is_bare && chart.title.is_some();
    let pad = if has_title { 12.0 } else { 2.0 };
    let title_y = 12.0 + theme.title_px * 0.5;
    let mut top = if has_title { 16.0 + theme.title_px } else { 0.0 };
    // A ramp is shown along its axis, while names of categories need a legend in any case.
    let has_legend = !is_bare && colors.by.is_some() && !(colors.is_ramp() && chart.color_axis.is_some());
    let legend_y = top + HEAD_PX * 0.5;
    top += if has_legend { HEAD_PX } else { 0.0 };
    let head_top = top;
    top += if is_bare { 2.0 } else { HEAD_PX };

    let mut lanes: Vec<Lane> = scaled.iter().flat_map(|scaled| scaled.lanes.iter().map(|lane| lane.lane)).collect();
    lanes.sort_unstable();
    lanes.dedup();
    if is_bare {
        lanes.clear();
    }
    let lanes_height = if lanes.is_empty() { 0.0 } else { LANE_GAP_PX + LANE_HEIGHT_PX * lanes.len() as f64 };
    let below = if is_bare { 2.0 } else { theme.label_px * 0.5 + 3.0 };
    let plot_height = (height - top - below - lanes_height).max(8.0);

    // Labels stand at the left of their axes, those of the last at its right.
    let label_room =
        if is_bare { 0.0 } else { (width / (scaled.len() as f64 + 1.0) - LEAST_GAP_PX).clamp(24.0, 150.0) };
    let ticks_of = |scaled: &Scaled| match !is_bare && has_runs && scaled.has_places() {
        true => scaled
            .value_ticks(plot_height, theme.label_px)
            .unwrap_or_else(|| scaled.ticks_upwards(plot_height, label_room, theme.label_px)),
        false => Vec::new(),
    };
    let ticks: Vec<Vec<Tick>> = scaled.iter().map(ticks_of).collect();
    let room_of = |i: usize| {
        let labels = ticks.get(i).into_iter().flatten().map(|tick| width_px(&tick.label, theme.label_px, false));
        let words = scaled.get(i).into_iter().flat_map(|scaled| &scaled.lanes);
        let words = words.map(|lane| width_px(&lane.word(), theme.label_px, false));
        labels.chain(words).fold(0.0, f64::max) + LABEL_GAP_PX
    };
    let last = scaled.len().saturating_sub(1);
    let (left, right) = match (is_bare, last) {
        (true, _) => (4.0, 4.0),
        (false, 0) => (pad + room_of(0).max(24.0), pad + 24.0),
        (false, last) => (pad + room_of(0).max(24.0), pad + room_of(last).max(24.0)),
    };
    let plot = Rect { x: left, y: top, width: (width - left - right).max(8.0), height: plot_height };
    let gap = plot.width / last.max(1) as f64;
    let x: Vec<f64> = (0..scaled.len()).map(|i| (plot.x + gap * i as f64).round()).collect();

    // A name may reach half way to the neighbouring axes, and to the edges of the picture.
    let slot_of = |i: usize| {
        let half_way = |a: usize, b: usize| f64::midpoint(x[a], x[b]);
        let left = if i == 0 { 0.0 } else { half_way(i - 1, i) + 2.0 };
        let right = if i == last { width } else { half_way(i, i + 1) - 2.0 };
        (left, right)
    };
    let name_of = |i: usize| {
        let mark = if chart.axes[i].flipped { " ↓" } else { "" };
        let (left, right) = slot_of(i);
        let room = right - left - HEAD_PAD_PX - width_px(mark, theme.label_px, false);
        format!("{}{mark}", fitted(&scaled[i].words(), room.max(0.0), theme.label_px))
    };
    let names: Vec<String> = (0..scaled.len()).map(|i| if is_bare { String::new() } else { name_of(i) }).collect();
    let head_of = |(i, name): (usize, &String)| {
        let (left, right) = slot_of(i);
        let own = (width_px(name, theme.label_px, false) + HEAD_PAD_PX).min((right - left).max(0.0));
        let left = (x[i] - own / 2.0).min(right - own).max(left);
        Rect { x: left, y: head_top, width: own, height: top - head_top }
    };
    let heads = names.iter().enumerate().map(head_of).collect();
    Plan { plot, x, heads, names, ticks, lanes, pad, right: width - pad, title_y, legend_y, has_legend, is_bare }
}

impl Plan {
    /// Where a run crosses an axis.
    fn height(&self, axis: &ParallelAxis, scaled: &Scaled, run: usize) -> f64 {
        match scaled.place(run) {
            Place::Axis(at) => self.on_axis(axis, at),
            Place::Lane(lane) => {
                let kind = scaled.lanes.get(lane).map(|lane| lane.lane);
                let row = self.lanes.iter().position(|lane| Some(*lane) == kind);
                row.map_or(self.plot.bottom(), |row| self.lane_middle(row))
            }
        }
    }

    fn on_axis(&self, axis: &ParallelAxis, at: f64) -> f64 {
        let at = if axis.flipped { 1.0 - at } else { at };
        self.plot.bottom() - at * self.plot.height
    }

    fn lane_middle(&self, row: usize) -> f64 {
        self.plot.bottom() + LANE_GAP_PX + LANE_HEIGHT_PX * (row as f64 + 0.5)
    }

    fn lanes_bottom(&self) -> f64 {
        match self.lanes.len() {
            0 => self.plot.bottom(),
            rows => self.lane_middle(rows - 1) + LANE_HEIGHT_PX * 0.5,
        }
    }
}

/// How wide and how strong a line is: weaker where many share the plot.
fn look(runs: usize) -> (f64, f64) {
    match runs {
        0..=20 => (1.6, 1.0),
        21..=100 => (1.3, 0.9),
        101..=500 => (1.1, 0.6),
        501..=3_000 => (1.0, 0.35),
        _ => (1.0, 0.2),
    }
}

/// First those that a brush leaves out, then the others: color by color, the highest value on top.
fn draw_lines<B: DrawingBackend>(
    surface: &Surface<B>,
    plan: &Plan,
    heights: &[Vec<f64>],
    colors: &Colors,
    is_inside: &[bool],
    theme: &Theme,
) -> Result<(), DrawError> {
    let line_of = |run: usize| -> Vec<Point> {
        let points = plan.x.iter().zip(heights).map(|(x, heights)| (*x, heights[run]));
        points.collect()
    };
    let left_out = is_inside.iter().filter(|is_inside| !**is_inside).count();
    let (_, strength) = look(left_out);
    let weak = theme.label_quiet.mix(strength * 0.2);
    for run in (0..is_inside.len()).filter(|run| !is_inside[*run]) {
        surface.line(&line_of(run), 1.0, weak)?;
    }
    let (stroke_px, strength) = look(is_inside.len() - left_out);
    for run in colors.order().into_iter().filter(|run| is_inside[*run]) {
        surface.line(&line_of(run), stroke_px, colors.ink(run).mix(strength))?;
    }
    Ok(())
}

/// The axes with names and labels, and the lanes with theirs, on top of the lines.
fn draw_axes<B: DrawingBackend>(
    surface: &Surface<B>,
    chart: &ParallelChart,
    plan: &Plan,
    scaled: &[Scaled],
    colors: &Colors,
    theme: &Theme,
) -> Result<(), DrawError> {
    let plot = &plan.plot;
    let label = LabelStyle { size_px: theme.label_px, color: theme.label, align: Align::Right, is_bold: false };
    let quiet = LabelStyle { color: theme.label_quiet, ..label };
    let ramp_on = chart.color_axis.filter(|_| colors.is_ramp());
    let last = scaled.len().saturating_sub(1);
    for (i, ((axis, scaled), x)) in chart.axes.iter().zip(scaled).zip(&plan.x).enumerate() {
        let line = theme.base_line.to_rgba();
        surface.line(&[(*x, plot.y), (*x, plot.bottom())], theme.grid_px, line)?;
        if ramp_on == Some(i) {
            draw_ramp(surface, plan, axis, *x, theme)?;
        }
        if plan.is_bare {
            continue;
        }
        // The last axis has its labels outside, where no line is.
        let is_last = i == last && last > 0;
        let (side, align) = if is_last { (LABEL_GAP_PX, Align::Left) } else { (-LABEL_GAP_PX, Align::Right) };
        for tick in &plan.ticks[i] {
            let y = plan.on_axis(axis, scaled.axis.position(tick.value));
            surface.line(&[(*x - 3.0, y), (*x + 3.0, y)], theme.grid_px, line)?;
            write_over(surface, &tick.label, (*x + side, y), &LabelStyle { align, ..label }, theme)?;
        }
        for (row, lane) in plan.lanes.iter().enumerate() {
            let y = plan.lane_middle(row);
            surface.line(&[(*x, y - 6.0), (*x, y + 6.0)], theme.grid_px, theme.grid.to_rgba())?;
            if let Some(count) = scaled.lanes.iter().find(|count| count.lane == *lane) {
                write_over(surface, &count.word(), (*x + side, y), &LabelStyle { align, ..quiet }, theme)?;
            }
        }
        let head = &plan.heads[i];
        let middle = (head.x + head.width / 2.0, head.y + head.height / 2.0 - 2.0);
        surface.text(&plan.names[i], middle, &LabelStyle { align: Align::Center, ..label })?;
    }
    if plan.is_bare {
        return Ok(());
    }
    if let Some(title) = &chart.title {
        let bold = LabelStyle { size_px: theme.title_px, color: theme.title, align: Align::Left, is_bold: true };
        surface.text(title, (plan.pad, plan.title_y), &bold)?;
    }
    if plan.has_legend {
        let right = plan.right;
        draw_legend(surface, colors, theme, (right, plan.legend_y), right - plan.pad)?;
    }
    Ok(())
}

/// The scale of the colours, along the axis that they are of.
fn draw_ramp<B: DrawingBackend>(
    surface: &Surface<B>,
    plan: &Plan,
    axis: &ParallelAxis,
    x: f64,
    theme: &Theme,
) -> Result<(), DrawError> {
    const PIECES: usize = 32;
    for i in 0..PIECES {
        // Each to the end, under the next ones, so that there are no seams.
        let (from, to) = (plan.on_axis(axis, i as f64 / PIECES as f64), plan.on_axis(axis, 1.0));
        let corners = vec![(x - 1.5, from), (x + 1.5, from), (x + 1.5, to), (x - 1.5, to)];
        surface.fill(corners, theme.ramp(i as f64 / (PIECES - 1) as f64).to_rgba())?;
    }
    Ok(())
}

/// A word over lines, on paper through which they are only faintly seen.
fn write_over<B: DrawingBackend>(
    surface: &Surface<B>,
    text: &str,
    at: Point,
    style: &LabelStyle<RGBColor>,
    theme: &Theme,
) -> Result<(), DrawError> {
    const PAPER: f64 = 0.8;
    let width = width_px(text, style.size_px, style.is_bold);
    let left = if style.align == Align::Left { at.0 } else { at.0 - width };
    let half = style.size_px * 0.55;
    let (left, right) = (left - 2.0, left + width + 2.0);
    let corners = vec![(left, at.1 - half), (right, at.1 - half), (right, at.1 + half), (left, at.1 + half)];
    surface.fill(corners, theme.surface.mix(PAPER))?;
    surface.text(text, at, style)
}
