//! Small scatter plots side by side: one metric over several params, or each of some values against each other.

use plotters::prelude::{Color, DrawingBackend};
use serde::Serialize;

use super::DrawError;
use super::axes::write_below;
use super::canvas::{Align, Canvas, LabelStyle, Surface};
use super::coloring::{Coloring, Colors, draw_legend};
use super::dimension::{Dimension, DimensionLayout, LaneCount, Scaled};
use super::layout::{Note, Rect};
use super::plan::is_bare;
use super::scatter::look;
use super::text::{fitted, width_px};
use super::theme::Theme;
use super::ticks::Tick;

/// Panels with one point per run. A run that lacks one of the two values of a panel is not in it: the name of the value
/// says how many do.
#[derive(Clone, Debug)]
pub struct PanelChart {
    /// Drawn above the panels. The window shows its own title and leaves this empty; exports set it.
    pub title: Option<String>,
    /// A column of panels for each. The first ones are drawn, as many as have room.
    pub x: Vec<Dimension>,
    /// What all panels share upwards. Without it, each x is a row as well: a matrix.
    pub y: Option<Dimension>,
    pub color: Coloring,
}

/// Where the panels are: each column with each row. In a matrix, those from the upper left to the lower right have no
/// points but the name of their value.
#[derive(Clone, Debug, PartialEq, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct PanelLayout {
    pub width_px: f64,
    pub height_px: f64,
    pub columns: Vec<PanelSide>,
    pub rows: Vec<PanelSide>,
    pub is_matrix: bool,
    /// Values after these, which have no room.
    pub hidden: u32,
    /// What the colours are of, if they are not those of the runs.
    pub color: Option<DimensionLayout>,
    /// Why nothing is there, if nothing is.
    pub note: Option<Note>,
}

/// A column of panels, from left to right, or a row of them, from top to bottom.
#[derive(Clone, Debug, PartialEq, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct PanelSide {
    pub from_px: f64,
    pub length_px: f64,
    pub dimension: DimensionLayout,
    /// Where each run is, in tenths of a pixel from the left or the top of the picture; none where the axis has no place
    /// for it.
    pub tenths: Vec<Option<i32>>,
}

const HEAD_PX: f64 = 20.0;
/// Between panels, across and down.
const GAP_PX: f64 = 14.0;
const ROW_GAP_PX: f64 = 8.0;
const LEAST_WIDTH_PX: f64 = 76.0;
const LEAST_HEIGHT_PX: f64 = 28.0;

/// Where everything goes, in CSS pixels.
struct Plan {
    /// Left edge and width of each column, top and height of each row.
    columns: Vec<(f64, f64)>,
    rows: Vec<(f64, f64)>,
    y_ticks: Vec<Vec<Tick>>,
    pad: f64,
    right: f64,
    /// Middles of the lines of text.
    title_y: f64,
    head_y: f64,
    is_bare: bool,
}

pub fn draw<B: DrawingBackend>(chart: &PanelChart, theme: &Theme, canvas: Canvas<B>) -> Result<PanelLayout, DrawError> {
    const AIR: f64 = 0.06;
    let size_px = canvas.size_px();
    let all = chart.x.iter().chain(&chart.y);
    let runs = all.map(|of| of.values.len()).max().unwrap_or_default();
    let colors = chart.color.colors(runs, theme);
    let count = fitting(chart, theme, size_px);
    let x: Vec<Scaled> = chart.x.iter().take(count).map(|of| of.scaled(AIR)).collect();
    let shared: Vec<Scaled> = chart.y.iter().map(|of| of.scaled(AIR)).collect();
    let y = if chart.y.is_some() { &shared } else { &x };
    let plan = arrange(chart, theme, size_px, &x, y, runs > 0);
    let across: Vec<Vec<Option<f64>>> =
        x.iter().zip(&plan.columns).map(|(x, (left, width))| places(x, runs, |at| left + at * width)).collect();
    let down: Vec<Vec<Option<f64>>> =
        y.iter().zip(&plan.rows).map(|(y, (top, height))| places(y, runs, |at| top + (1.0 - at) * height)).collect();

    let surface = canvas.open(&theme.surface)?;
    let order = colors.order();
    let (radius, strength) = look(runs);
    for (row, y_of) in y.iter().enumerate() {
        for (column, x_of) in x.iter().enumerate() {
            let panel = plan.panel(column, row);
            if chart.y.is_none() && column == row {
                draw_name(&surface, &panel, x_of, theme, plan.is_bare)?;
                continue;
            }
            draw_frame(&surface, &panel, &plan, (row, y_of), theme)?;
            for run in &order {
                if let (Some(x), Some(y)) = (across[column][*run], down[row][*run]) {
                    surface.dot((x, y), radius.min(2.4), colors.ink(*run).mix(strength))?;
                }
            }
        }
    }
    draw_words(&surface, chart, &plan, &x, y, &colors, theme)?;
    surface.finish()?;

    let side = |((from_px, length_px), scaled): (&(f64, f64), &Scaled), px: &[Option<f64>]| PanelSide {
        from_px: *from_px,
        length_px: *length_px,
        dimension: scaled.layout(),
        tenths: px.iter().map(|px| px.map(|px| (px * 10.0).round() as i32)).collect(),
    };
    let sides = |plan: &[(f64, f64)], scaled: &[Scaled], px: &[Vec<Option<f64>>]| {
        plan.iter().zip(scaled).zip(px).map(|(of, px)| side(of, px)).collect()
    };
    let note = (runs == 0 || x.is_empty()).then_some(Note::NoPoints);
    Ok(PanelLayout {
        width_px: size_px.0,
        height_px: size_px.1,
        columns: sides(&plan.columns, &x, &across),
        rows: sides(&plan.rows, y, &down),
        is_matrix: chart.y.is_none(),
        hidden: u32::try_from(chart.x.len() - x.len()).unwrap_or(u32::MAX),
        color: colors.by.as_ref().map(Scaled::layout),
        note,
    })
}

/// Where each run is along an axis, in pixels.
fn places(of: &Scaled, runs: usize, px: impl Fn(f64) -> f64) -> Vec<Option<f64>> {
    (0..runs).map(|run| of.on_axis(run).map(|value| px(of.axis.position(value).clamp(0.0, 1.0)))).collect()
}

/// Whether anything is said above the panels: what they share upwards, or what the colours mean.
fn has_head(chart: &PanelChart) -> bool {
    chart.y.is_some() || chart.color.dimension().is_some()
}

/// Space beside the panels: left of them for labels of y, above them, and below them for labels and the name of x.
fn margins(chart: &PanelChart, theme: &Theme, size_px: (f64, f64)) -> (f64, f64, f64) {
    if is_bare(size_px) {
        return (2.0, 2.0, 2.0);
    }
    let has_title = chart.title.is_some();
    let (pad, title) = if has_title { (12.0, 16.0 + theme.title_px) } else { (2.0, 0.0) };
    let below = if chart.y.is_some() { 2.0 * theme.label_px + 17.0 } else { theme.label_px + 11.0 };
    // Without a head, the uppermost label of y still needs half of its height.
    let head = if has_head(chart) { HEAD_PX + 4.0 } else { theme.label_px * 0.7 };
    (pad + 44.0, title + head, below + if has_title { 6.0 } else { 0.0 })
}

/// How many of the values have room for a panel that can be read; at least one is always drawn.
fn fitting(chart: &PanelChart, theme: &Theme, size_px: (f64, f64)) -> usize {
    let (left, top, below) = margins(chart, theme, size_px);
    let fit = |room: f64, least: f64, gap: f64| ((room + gap) / (least + gap)).max(1.0) as usize;
    let across = fit(size_px.0 - left - GAP_PX, LEAST_WIDTH_PX, GAP_PX);
    let down = match chart.y {
        Some(_) => across,
        None => fit(size_px.1 - top - below, LEAST_HEIGHT_PX, ROW_GAP_PX),
    };
    chart.x.len().min(across).min(down)
}

fn arrange(chart: &PanelChart, theme: &Theme, size_px: (f64, f64), x: &[Scaled], y: &[Scaled], has_runs: bool) -> Plan {
    let is_bare = is_bare(size_px);
    let (left, top, below) = margins(chart, theme, size_px);
    let right = if is_bare { 2.0 } else { GAP_PX };
    let split = |from: f64, room: f64, count: usize, gap: f64| -> Vec<(f64, f64)> {
        let count = count.max(1);
        let length = ((room - gap * (count - 1) as f64) / count as f64).max(4.0);
        (0..count).map(|i| (from + (length + gap) * i as f64, length)).collect()
    };
    let columns = split(left, size_px.0 - left - right, x.len(), GAP_PX);
    let rows = split(top, size_px.1 - top - below, y.len(), ROW_GAP_PX);
    let ticks = |(y, (_, height)): (&Scaled, &(f64, f64))| match has_runs && !is_bare && y.has_places() {
        true => y.ticks_upwards(*height, left - 10.0, theme.label_px),
        false => Vec::new(),
    };
    let y_ticks = y.iter().zip(&rows).map(ticks).collect();
    let (pad, title_px) = if chart.title.is_some() { (12.0, theme.title_px) } else { (2.0, 0.0) };
    let head_y = if title_px > 0.0 { 16.0 + title_px } else { 0.0 } + HEAD_PX * 0.5;
    let title_y = 12.0 + theme.title_px * 0.5;
    Plan { columns, rows, y_ticks, pad, right: size_px.0 - right, title_y, head_y, is_bare }
}

impl Plan {
    fn panel(&self, column: usize, row: usize) -> Rect {
        let of = |sides: &[(f64, f64)], at: usize| sides.get(at).copied().unwrap_or_default();
        let ((x, width), (y, height)) = (of(&self.columns, column), of(&self.rows, row));
        Rect { x, y, width, height }
    }
}

/// A quiet grid; where a panel begins and ends is seen by it.
fn draw_frame<B: DrawingBackend>(
    surface: &Surface<B>,
    panel: &Rect,
    plan: &Plan,
    (row, y): (usize, &Scaled),
    theme: &Theme,
) -> Result<(), DrawError> {
    for tick in plan.y_ticks.get(row).into_iter().flatten() {
        let y = panel.bottom() - y.axis.position(tick.value) * panel.height;
        surface.line(&[(panel.x, y), (panel.right(), y)], theme.grid_px, theme.grid.to_rgba())?;
    }
    let bottom = panel.bottom();
    surface.line(&[(panel.x, bottom), (panel.right(), bottom)], theme.grid_px, theme.base_line.to_rgba())
}

/// In the panel of a value with itself.
fn draw_name<B: DrawingBackend>(
    surface: &Surface<B>,
    panel: &Rect,
    of: &Scaled,
    theme: &Theme,
    is_bare: bool,
) -> Result<(), DrawError> {
    if is_bare {
        return Ok(());
    }
    let style = LabelStyle { size_px: theme.label_px, color: theme.title, align: Align::Center, is_bold: false };
    let middle = (panel.x + panel.width / 2.0, panel.y + panel.height / 2.0);
    let lanes: Vec<String> = of.lanes.iter().map(LaneCount::word).collect();
    let fit = |text: &str| fitted(text, panel.width, theme.label_px).into_owned();
    let up = if lanes.is_empty() { 0.0 } else { theme.label_px * 0.7 };
    surface.text(&fit(&of.words()), (middle.0, middle.1 - up), &style)?;
    let quiet = LabelStyle { color: theme.label_quiet, ..style };
    surface.text(&fit(&lanes.join(", ")), (middle.0, middle.1 + up), &quiet)
}

/// The title, the names of the values with what has no place, their labels, and what the colours mean.
fn draw_words<B: DrawingBackend>(
    surface: &Surface<B>,
    chart: &PanelChart,
    plan: &Plan,
    x: &[Scaled],
    y: &[Scaled],
    colors: &Colors,
    theme: &Theme,
) -> Result<(), DrawError> {
    if plan.is_bare {
        return Ok(());
    }
    let style = LabelStyle { size_px: theme.label_px, color: theme.label_quiet, align: Align::Left, is_bold: false };
    if let Some(title) = &chart.title {
        let bold = LabelStyle { size_px: theme.title_px, color: theme.title, is_bold: true, ..style };
        surface.text(title, (plan.pad, plan.title_y), &bold)?;
    }
    let room = plan.right - plan.pad;
    let y_word = chart.y.as_ref().and(y.first()).map_or_else(String::new, |y| format!("↑ {}", y.words_with_lanes()));
    let y_word = fitted(&y_word, room * 0.4, theme.label_px).into_owned();
    surface.text(&y_word, (plan.pad, plan.head_y), &style)?;
    let legend_room = room - width_px(&y_word, theme.label_px, false) - 16.0;
    draw_legend(surface, colors, theme, (plan.right, plan.head_y), legend_room)?;

    let label = LabelStyle { color: theme.label, align: Align::Right, ..style };
    let left = plan.columns.first().map_or(0.0, |column| column.0);
    for ((y, (top, height)), ticks) in y.iter().zip(&plan.rows).zip(&plan.y_ticks) {
        for tick in ticks {
            let at = top + (1.0 - y.axis.position(tick.value)) * height;
            surface.text(&tick.label, (left - 6.0, at), &label)?;
        }
    }
    let bottom = plan.rows.last().map_or(0.0, |(top, height)| top + height);
    for (x, (from, width)) in x.iter().zip(&plan.columns) {
        let label_y = bottom + 7.0 + theme.label_px * 0.5;
        let ticks = if x.has_places() { x.ticks_across(*width, theme.label_px) } else { Vec::new() };
        for tick in ticks {
            let at = from + x.axis.position(tick.value) * width;
            surface.line(&[(at, bottom), (at, bottom + 4.0)], theme.grid_px, theme.base_line.to_rgba())?;
            write_below(surface, &tick.label, (at, label_y), from + width + GAP_PX, &label)?;
        }
        if chart.y.is_some() {
            let name = fitted(&x.words_with_lanes(), width + GAP_PX - 4.0, theme.label_px).into_owned();
            let at = (from + width / 2.0, label_y + theme.label_px + 4.0);
            surface.text(&name, at, &LabelStyle { align: Align::Center, ..style })?;
        }
    }
    Ok(())
}
