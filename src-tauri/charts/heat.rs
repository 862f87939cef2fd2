//! Heat maps: two values of runs across and up, and the colour of each cell one value of the runs in it. Where no run is,
//! nothing is drawn.

use plotters::prelude::{Color, DrawingBackend};
use serde::Serialize;

use super::DrawError;
use super::axes::write_below;
use super::canvas::{Align, Canvas, LabelStyle, Surface};
use super::clip::Point;
use super::coloring::{Coloring, Colors, draw_legend};
use super::dimension::{Dimension, DimensionLayout, Scaled};
use super::heat_bins::Bins;
use super::heat_cells::{Cell, CellStatistic, cells};
use super::layout::{Note, Rect};
use super::plan::is_bare;
use super::text::{fitted, width_px};
use super::theme::Theme;
use super::ticks::Tick;

/// Cells of runs.
#[derive(Clone, Debug)]
pub struct HeatChart {
    /// Drawn above the plot. The window shows its own title and leaves this empty; exports set it.
    pub title: Option<String>,
    /// As many values as there are runs; the longer of both axes says how many.
    pub x: Dimension,
    pub y: Dimension,
    /// What the cells' colours are of.
    pub value: Dimension,
    pub statistic: CellStatistic,
    /// Into how many parts an axis of many numbers is cut; by itself into as many as the runs are enough for.
    pub parts: Option<usize>,
}

/// Where the cells and the runs are, and what the axes mean.
#[derive(Clone, Debug, PartialEq, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct HeatLayout {
    pub width_px: f64,
    pub height_px: f64,
    pub plot: Rect,
    pub x: DimensionLayout,
    pub y: DimensionLayout,
    /// What the colours mean, and the cells that have none.
    pub value: DimensionLayout,
    /// Only those with runs.
    pub cells: Vec<HeatCell>,
    /// The center of each run, in tenths of a pixel from the left and from the top; none where an axis has no place for
    /// it.
    pub x_tenths: Vec<Option<i32>>,
    pub y_tenths: Vec<Option<i32>>,
    /// Why nothing is there, if nothing is.
    pub note: Option<Note>,
}

#[derive(Clone, Debug, PartialEq, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct HeatCell {
    pub area: Rect,
    /// The part of each axis, in words.
    pub x: String,
    pub y: String,
    pub runs: u32,
    /// The value is of so many of the runs; the others have none that is a finite number.
    pub counted: u32,
    pub value: Option<f64>,
}

const HEAD_PX: f64 = 20.0;
const LEAST_CELL_PX: f64 = 1.0;
const GAP_PX: f64 = 1.0;

/// Where everything goes, in CSS pixels.
struct Plan {
    plot: Rect,
    x_ticks: Vec<Tick>,
    y_ticks: Vec<Tick>,
    pad: f64,
    /// Middles of the lines of text above the plot.
    title_y: f64,
    head_y: f64,
    is_bare: bool,
}

pub fn draw<B: DrawingBackend>(chart: &HeatChart, theme: &Theme, canvas: Canvas<B>) -> Result<HeatLayout, DrawError> {
    let size_px = canvas.size_px();
    let runs = chart.x.values.len().max(chart.y.values.len());
    let (x, y) = (Bins::new(&chart.x, chart.parts), Bins::new(&chart.y, chart.parts));
    let cells = cells(&x, &y, &chart.value.values, chart.statistic);
    let plan = arrange(chart, theme, size_px, &x, &y, !cells.is_empty());
    // The colours are those of a column of values, of which each cell has one.
    let values = cells.iter().map(|cell| cell.value).collect();
    let label = chart.statistic.of(&chart.value.label);
    let coloring = Coloring::By(Dimension { label, values, domain: chart.value.domain.clone() });
    let colors = coloring.colors(cells.len(), theme);
    let areas: Vec<Rect> = cells.iter().map(|cell| plan.area(&x, &y, cell)).collect();
    let across: Vec<Option<f64>> = (0..runs).map(|run| plan.across(&x.of, run)).collect();
    let down: Vec<Option<f64>> = (0..runs).map(|run| plan.down(&y.of, run)).collect();

    let surface = canvas.open(&theme.surface)?;
    for (at, area) in areas.iter().enumerate() {
        surface.fill(area.corners(), colors.ink(at).to_rgba())?;
    }
    draw_axes(&surface, &plan, &x, &y, theme)?;
    draw_runs(&surface, &across, &down, theme)?;
    draw_words(&surface, chart, &plan, &x.of, &y.of, &colors, theme)?;
    surface.finish()?;

    let tenths = |px: &Option<f64>| px.map(|px| (px * 10.0).round() as i32);
    let of_cell = |(cell, area): (&Cell, &Rect)| HeatCell {
        area: *area,
        x: x.words(cell.bins.0),
        y: y.words(cell.bins.1),
        runs: cell.runs,
        counted: cell.counted,
        value: cell.value,
    };
    let note = match (runs, cells.is_empty()) {
        (0, _) => Some(Note::NoPoints),
        (_, true) => Some(Note::NoFinitePoints),
        _ => None,
    };
    let by = colors.by.as_ref().map(Scaled::layout);
    Ok(HeatLayout {
        width_px: size_px.0,
        height_px: size_px.1,
        plot: plan.plot,
        x: x.of.layout(),
        y: y.of.layout(),
        value: by.unwrap_or_else(|| chart.value.scaled(0.0).layout()),
        cells: cells.iter().zip(&areas).map(of_cell).collect(),
        x_tenths: across.iter().map(tenths).collect(),
        y_tenths: down.iter().map(tenths).collect(),
        note,
    })
}

fn arrange(chart: &HeatChart, theme: &Theme, (width, height): (f64, f64), x: &Bins, y: &Bins, has_cells: bool) -> Plan {
    let is_bare = is_bare((width, height));
    let has_title = !is_bare && chart.title.is_some();
    let pad = if has_title { 12.0 } else { 2.0 };
    let title_y = 12.0 + theme.title_px * 0.5;
    let mut top = if has_title { 16.0 + theme.title_px } else { 0.0 };
    let head_y = top + HEAD_PX * 0.5;
    top += if is_bare { 2.0 } else { HEAD_PX + 4.0 };
    let label_px = theme.label_px;
    // Labels, and the name of x below them.
    let below = if is_bare { 2.0 } else { 2.0 * label_px + 17.0 + if has_title { 6.0 } else { 0.0 } };
    let plot_height = (height - top - below).max(8.0);
    let is_empty = is_bare || !has_cells;
    let y_ticks = match y.values() {
        _ if is_empty => Vec::new(),
        Some(values) => value_ticks(y, values, plot_height, |_| label_px + 2.0),
        None => y.of.ticks_upwards(plot_height, 0.3 * width, label_px),
    };
    let widest = y_ticks.iter().map(|tick| width_px(&tick.label, label_px, false)).fold(0.0, f64::max);
    let left = if is_bare { 2.0 } else { pad + ((widest + 10.0).max(36.0) / 4.0).ceil() * 4.0 };
    let right = if is_bare { 2.0 } else { 14.0 };
    let plot = Rect { x: left, y: top, width: (width - left - right).max(8.0), height: plot_height };
    let x_ticks = match x.values() {
        _ if is_empty => Vec::new(),
        Some(values) => value_ticks(x, values, plot.width, |label| width_px(label, label_px, false) + 8.0),
        None => x.of.ticks_across(plot.width, label_px),
    };
    Plan { plot, x_ticks, y_ticks, pad, title_y, head_y, is_bare }
}

/// A label for each value that has room beside the one before it.
fn value_ticks(of: &Bins, values: &[f64], room_px: f64, length_px: impl Fn(&str) -> f64) -> Vec<Tick> {
    let mut reached = f64::NEG_INFINITY;
    let tick = |value: &f64| {
        let label = of.of.word(*value);
        let (at, half) = (of.of.axis.position(*value) * room_px, length_px(&label) / 2.0);
        let has_room = at - half >= reached;
        reached = if has_room { at + half } else { reached };
        has_room.then(|| Tick::new(*value, label))
    };
    values.iter().filter_map(tick).collect()
}

impl Plan {
    /// Large cells stand a little apart. Each can be seen, however small its part is.
    fn area(&self, x: &Bins, y: &Bins, cell: &Cell) -> Rect {
        let plot = &self.plot;
        let ((left, right), (low, high)) = (x.ends(cell.bins.0), y.ends(cell.bins.1));
        let spaced = |from: f64, length: f64| {
            let gap = if length > 6.0 { GAP_PX } else { 0.0 };
            (from + gap / 2.0, (length - gap).max(LEAST_CELL_PX))
        };
        let (x, width) = spaced(plot.x + left * plot.width, (right - left) * plot.width);
        let (y, height) = spaced(plot.bottom() - high * plot.height, (high - low) * plot.height);
        Rect { x, y, width, height }
    }

    fn across(&self, x: &Scaled, run: usize) -> Option<f64> {
        Some(self.plot.x + x.axis.position(x.on_axis(run)?).clamp(0.0, 1.0) * self.plot.width)
    }

    fn down(&self, y: &Scaled, run: usize) -> Option<f64> {
        Some(self.plot.bottom() - y.axis.position(y.on_axis(run)?).clamp(0.0, 1.0) * self.plot.height)
    }
}

/// Labels without a grid, which the cells are.
fn draw_axes<B: DrawingBackend>(
    surface: &Surface<B>,
    plan: &Plan,
    x: &Bins,
    y: &Bins,
    theme: &Theme,
) -> Result<(), DrawError> {
    if plan.is_bare {
        return Ok(());
    }
    let plot = &plan.plot;
    let label = LabelStyle { size_px: theme.label_px, color: theme.label, align: Align::Right, is_bold: false };
    let bottom = plot.bottom();
    for line in [[(plot.x, plot.y), (plot.x, bottom)], [(plot.x, bottom), (plot.right(), bottom)]] {
        surface.line(&line, theme.grid_px, theme.base_line.to_rgba())?;
    }
    for tick in &plan.y_ticks {
        let y = bottom - y.of.axis.position(tick.value) * plot.height;
        surface.text(&tick.label, (plot.x - 8.0, y), &label)?;
    }
    let label_y = bottom + 7.0 + theme.label_px * 0.5;
    for tick in &plan.x_ticks {
        let x = plot.x + x.of.axis.position(tick.value) * plot.width;
        surface.line(&[(x, bottom), (x, bottom + 4.0)], theme.grid_px, theme.base_line.to_rgba())?;
        let text = match &tick.below {
            Some(day) if plan.x_ticks.len() == 1 => format!("{day} {}", tick.label),
            _ => tick.label.clone(),
        };
        write_below(surface, &text, (x, label_y), plot.right() + 12.0, &label)?;
    }
    Ok(())
}

/// Each run as a small dot over its cell, to see of how many a color is.
fn draw_runs<B: DrawingBackend>(
    surface: &Surface<B>,
    across: &[Option<f64>],
    down: &[Option<f64>],
    theme: &Theme,
) -> Result<(), DrawError> {
    let places: Vec<Point> = across.iter().zip(down).filter_map(|(x, y)| Some(((*x)?, (*y)?))).collect();
    let (radius, strength) = match places.len() {
        0..=500 => (1.8, 0.75),
        501..=5_000 => (1.3, 0.5),
        _ => (1.0, 0.25),
    };
    places.iter().try_for_each(|place| surface.dot(*place, radius + 0.8, theme.surface.mix(strength * 0.6)))?;
    places.iter().try_for_each(|place| surface.dot(*place, radius, theme.title.mix(strength)))
}

/// The title, what the axes are of with what has no place on them, and what the colours mean.
fn draw_words<B: DrawingBackend>(
    surface: &Surface<B>,
    chart: &HeatChart,
    plan: &Plan,
    x: &Scaled,
    y: &Scaled,
    colors: &Colors,
    theme: &Theme,
) -> Result<(), DrawError> {
    if plan.is_bare {
        return Ok(());
    }
    let plot = &plan.plot;
    let style = LabelStyle { size_px: theme.label_px, color: theme.label_quiet, align: Align::Left, is_bold: false };
    if let Some(title) = &chart.title {
        let bold = LabelStyle { size_px: theme.title_px, color: theme.title, is_bold: true, ..style };
        surface.text(title, (plan.pad, plan.title_y), &bold)?;
    }
    let room = plot.right() - plan.pad;
    let y_word = fitted(&format!("↑ {}", y.words_with_lanes()), room * 0.4, theme.label_px).into_owned();
    surface.text(&y_word, (plan.pad, plan.head_y), &style)?;
    let legend_room = room - width_px(&y_word, theme.label_px, false) - 16.0;
    draw_legend(surface, colors, theme, (plot.right(), plan.head_y), legend_room)?;
    let x_word = fitted(&format!("{} →", x.words_with_lanes()), plot.width, theme.label_px).into_owned();
    let below = plot.bottom() + 12.0 + theme.label_px * 1.5;
    surface.text(&x_word, (plot.right(), below), &LabelStyle { align: Align::Right, ..style })
}
