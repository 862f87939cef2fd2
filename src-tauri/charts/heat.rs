//! Heat maps: two values of runs across and up, and the colour of each cell one value of the runs in it. Where no run is,
//! nothing is drawn.

use plotters::prelude::{Color, DrawingBackend};
use serde::Serialize;

use super::DrawError;
use super::canvas::Canvas;
use super::coloring::Coloring;
use super::dimension::{Dimension, DimensionLayout, Scaled};
use super::heat_bins::Bins;
use super::heat_cells::{Cell, CellStatistic, cells};
use super::layout::{Note, Rect};
use super::plane::{Plane, dot_of, draw_dots};
use super::text::width_px;
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

const LEAST_CELL_PX: f64 = 1.0;
const GAP_PX: f64 = 1.0;

pub fn draw<B: DrawingBackend>(chart: &HeatChart, theme: &Theme, canvas: Canvas<B>) -> Result<HeatLayout, DrawError> {
    let size_px = canvas.size_px();
    let runs = chart.x.values.len().max(chart.y.values.len());
    let (x, y) = (Bins::new(&chart.x, chart.parts), Bins::new(&chart.y, chart.parts));
    let cells = cells(&x, &y, &chart.value.values, chart.statistic);
    let label_px = theme.label_px;
    let ticks_up = |height| match y.values() {
        Some(values) => value_ticks(&y, values, height, |_| label_px + 2.0),
        None => y.of.ticks_upwards(height, 0.3 * size_px.0, label_px),
    };
    let ticks_across = |width| match x.values() {
        Some(values) => value_ticks(&x, values, width, |label| width_px(label, label_px, false) + 8.0),
        None => x.of.ticks_across(width, label_px),
    };
    let plane = Plane::new(theme, size_px, chart.title.is_some(), cells.is_empty(), ticks_up, ticks_across);
    // The colours are those of a column of values, of which each cell has one.
    let values = cells.iter().map(|cell| cell.value).collect();
    let label = chart.statistic.of(&chart.value.label);
    let coloring = Coloring::By(Dimension { label, values, domain: chart.value.domain.clone() });
    let colors = coloring.colors(cells.len(), theme);
    let areas: Vec<Rect> = cells.iter().map(|cell| area(&plane.plot, &x, &y, cell)).collect();
    let across: Vec<Option<f64>> = (0..runs).map(|run| plane.across(&x.of, run)).collect();
    let down: Vec<Option<f64>> = (0..runs).map(|run| plane.down(&y.of, run)).collect();

    let surface = canvas.open(&theme.surface)?;
    for (at, area) in areas.iter().enumerate() {
        surface.fill(area.corners(), colors.ink(at).to_rgba())?;
    }
    plane.draw_axes(&surface, (&x.of, &y.of), theme)?;
    // To see of how many runs a colour is.
    draw_dots(&surface, (&across, &down), dot_of(runs), |_| theme.title, theme)?;
    plane.draw_words(&surface, chart.title.as_deref(), (&x.of, &y.of), &colors, theme)?;
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
        plot: plane.plot,
        x: x.of.layout(),
        y: y.of.layout(),
        value: by.unwrap_or_else(|| chart.value.scaled(0.0).layout()),
        cells: cells.iter().zip(&areas).map(of_cell).collect(),
        x_tenths: across.iter().map(tenths).collect(),
        y_tenths: down.iter().map(tenths).collect(),
        note,
    })
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

/// Large cells stand a little apart. Each can be seen, however small its part is.
fn area(plot: &Rect, x: &Bins, y: &Bins, cell: &Cell) -> Rect {
    let ((left, right), (low, high)) = (x.ends(cell.bins.0), y.ends(cell.bins.1));
    let spaced = |from: f64, length: f64| {
        let gap = if length > 6.0 { GAP_PX } else { 0.0 };
        (from + gap / 2.0, (length - gap).max(LEAST_CELL_PX))
    };
    let (x, width) = spaced(plot.x + left * plot.width, (right - left) * plot.width);
    let (y, height) = spaced(plot.bottom() - high * plot.height, (high - low) * plot.height);
    Rect { x, y, width, height }
}
