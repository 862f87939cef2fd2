//! Scatter plots: one point per run. What the axes have no place for stands in lanes beside the plot.

use plotters::prelude::{Color, DrawingBackend};
use serde::Serialize;

use super::DrawError;
use super::axes::write_below;
use super::canvas::{Align, Canvas, LabelStyle, Surface};
use super::clip::Point;
use super::coloring::{Coloring, Colors, draw_legend};
use super::dimension::{Dimension, DimensionLayout, LaneCount, Place, Scaled};
use super::layout::{Note, Rect};
use super::leaders::{Leaders, OTHERS};
use super::plan::is_bare;
use super::text::{fitted, width_px};
use super::theme::{Theme, mix};
use super::ticks::Tick;

/// One point per run.
#[derive(Clone, Debug)]
pub struct ScatterChart {
    /// Drawn above the plot. The window shows its own title and leaves this empty; exports set it.
    pub title: Option<String>,
    /// As many values as there are runs; the longer of both axes says how many.
    pub x: Dimension,
    pub y: Dimension,
    pub color: Coloring,
    /// The area of a point grows with this. Points without a place on it are rings.
    pub size: Option<Dimension>,
    pub leaders: Option<Leaders>,
}

/// Where the points are, and what the axes mean.
#[derive(Clone, Debug, PartialEq, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct ScatterLayout {
    pub width_px: f64,
    pub height_px: f64,
    /// Without the lanes.
    pub plot: Rect,
    pub x: DimensionLayout,
    pub y: DimensionLayout,
    /// What the colours are of, if they are not those of the runs.
    pub color: Option<DimensionLayout>,
    pub size: Option<DimensionLayout>,
    /// The center of each run's point, in tenths of a pixel from the left and from the top; for every run one.
    pub x_tenths: Vec<i32>,
    pub y_tenths: Vec<i32>,
    /// Why nothing is there, if nothing is.
    pub note: Option<Note>,
}

const HEAD_PX: f64 = 20.0;
/// Between a lane and what is beside it: their words stand below lanes of x, and need room.
const LANE_GAP_PX: f64 = 4.0;
const WORD_GAP_PX: f64 = 10.0;
const LANE_HEIGHT_PX: f64 = 16.0;
const LEAST_LANE_WIDTH_PX: f64 = 26.0;
/// Points of the smallest and of the largest size.
const SMALLEST_PX: f64 = 2.0;
const LARGEST_PX: f64 = 7.0;
const SIZE_STEPS: f64 = 16.0;

/// Where everything goes, in CSS pixels.
struct Plan {
    plot: Rect,
    x_ticks: Vec<Tick>,
    y_ticks: Vec<Tick>,
    /// Lanes left of the plot, of x; and below it, of y.
    x_lanes: Vec<Rect>,
    y_lanes: Vec<Rect>,
    pad: f64,
    /// Middles of the lines of text above the plot.
    title_y: f64,
    head_y: f64,
    size_y: f64,
    is_bare: bool,
}

pub fn draw<B: DrawingBackend>(
    chart: &ScatterChart,
    theme: &Theme,
    canvas: Canvas<B>,
) -> Result<ScatterLayout, DrawError> {
    const AIR: f64 = 0.05;
    let (width_px, height_px) = canvas.size_px();
    let runs = chart.x.values.len().max(chart.y.values.len());
    let (x, y) = (chart.x.scaled(AIR), chart.y.scaled(AIR));
    let size = chart.size.as_ref().map(|size| size.scaled(0.0));
    let colors = chart.color.colors(runs, theme);
    // What the axes have no place for is there, in the lanes.
    let note = (runs == 0).then_some(Note::NoPoints);
    let plan = arrange(chart, theme, (width_px, height_px), &x, &y, runs > 0);
    let centers: Vec<Point> = (0..runs).map(|run| plan.center(&x, &y, run)).collect();

    let surface = canvas.open(&theme.surface)?;
    draw_axes(&surface, &plan, &x, &y, theme)?;
    draw_points(&surface, chart.leaders.as_ref(), &centers, (&x, &y), &colors, size.as_ref(), theme)?;
    draw_words(&surface, chart, &plan, &x, &y, size.as_ref(), &colors, theme)?;
    surface.finish()?;

    let tenths = |px: f64| (px * 10.0).round() as i32;
    Ok(ScatterLayout {
        width_px,
        height_px,
        plot: plan.plot,
        x: x.layout(),
        y: y.layout(),
        color: colors.by.as_ref().map(Scaled::layout),
        size: size.as_ref().map(Scaled::layout),
        x_tenths: centers.iter().map(|center| tenths(center.0)).collect(),
        y_tenths: centers.iter().map(|center| tenths(center.1)).collect(),
        note,
    })
}

fn arrange(
    chart: &ScatterChart,
    theme: &Theme,
    (width, height): (f64, f64),
    x: &Scaled,
    y: &Scaled,
    has_runs: bool,
) -> Plan {
    let is_bare = is_bare((width, height));
    let has_head = !is_bare && chart.title.is_some();
    let pad = if has_head { 12.0 } else { 2.0 };
    let title_y = 12.0 + theme.title_px * 0.5;
    let mut top = if has_head { 16.0 + theme.title_px } else { 0.0 };
    let head_y = top + HEAD_PX * 0.5;
    let size_y = head_y + HEAD_PX;
    // Who leads is said by the window itself.
    let has_second = chart.size.is_some() || (has_head && chart.leaders.is_some());
    let heads = if is_bare { 0.0 } else { 1.0 + f64::from(u8::from(has_second)) };
    top += heads * HEAD_PX + 4.0;

    let label_px = theme.label_px;
    let word_px = |lane: &LaneCount| width_px(&lane.word(), label_px, false);
    let below = if is_bare { 2.0 } else { label_px + 11.0 + if has_head { 6.0 } else { 0.0 } };
    // A picture that is too small for words has no lanes: what would stand there stands at its edge.
    let lanes_of = |of: &Scaled| if is_bare { Vec::new() } else { of.lanes.clone() };
    let (of_x, of_y) = (lanes_of(x), lanes_of(y));
    let lanes_height = if of_y.is_empty() { 0.0 } else { LANE_GAP_PX + LANE_HEIGHT_PX * of_y.len() as f64 };
    let plot_height = (height - top - below - lanes_height).max(8.0);
    let has_ticks = |of: &Scaled| !is_bare && has_runs && of.has_places();
    let y_ticks = if has_ticks(y) { y.ticks_upwards(plot_height, 0.3 * width, label_px) } else { Vec::new() };
    let labels = y_ticks.iter().map(|tick| width_px(&tick.label, label_px, false));
    let widest = labels.chain(of_y.iter().map(word_px)).fold(0.0, f64::max);
    let mut left = if is_bare { 2.0 } else { pad + ((widest + 10.0).max(36.0) / 4.0).ceil() * 4.0 };
    let lane_widths = of_x.iter().map(|lane| (word_px(lane) + 8.0).max(LEAST_LANE_WIDTH_PX));
    let mut x_lanes = Vec::new();
    for lane_width in lane_widths {
        x_lanes.push(Rect { x: left, y: top, width: lane_width, height: plot_height });
        left += lane_width + WORD_GAP_PX;
    }
    let right = if is_bare { 2.0 } else { 14.0 };
    let plot = Rect { x: left, y: top, width: (width - left - right).max(8.0), height: plot_height };
    let y_lane = |i: usize| Rect {
        x: plot.x,
        y: plot.bottom() + LANE_GAP_PX + LANE_HEIGHT_PX * i as f64,
        width: plot.width,
        height: LANE_HEIGHT_PX - 2.0,
    };
    let x_ticks = if has_ticks(x) { x.ticks_across(plot.width, label_px) } else { Vec::new() };
    let y_lanes = (0..of_y.len()).map(y_lane).collect();
    Plan { plot, x_ticks, y_ticks, x_lanes, y_lanes, pad, title_y, head_y, size_y, is_bare }
}

impl Plan {
    /// The center of a run's point, in the plot or in a lane.
    fn center(&self, x: &Scaled, y: &Scaled, run: usize) -> Point {
        let across = match x.place(run) {
            Place::Axis(at) => self.plot.x + at * self.plot.width,
            Place::Lane(lane) => self.x_lanes.get(lane).map_or(self.plot.x, |lane| lane.x + lane.width / 2.0),
        };
        let down = match y.place(run) {
            Place::Axis(at) => self.plot.bottom() - at * self.plot.height,
            Place::Lane(lane) => self.y_lanes.get(lane).map_or(self.plot.bottom(), |lane| lane.y + lane.height / 2.0),
        };
        (across, down)
    }
}

/// A quiet grid with its labels, and the lanes with theirs.
fn draw_axes<B: DrawingBackend>(
    surface: &Surface<B>,
    plan: &Plan,
    x: &Scaled,
    y: &Scaled,
    theme: &Theme,
) -> Result<(), DrawError> {
    if plan.is_bare {
        return Ok(());
    }
    let plot = &plan.plot;
    let label = LabelStyle { size_px: theme.label_px, color: theme.label, align: Align::Right, is_bold: false };
    let quiet = LabelStyle { color: theme.label_quiet, ..label };
    let left = plan.x_lanes.first().map_or(plot.x, |lane| lane.x);
    let base = plan.y_lanes.last().map_or(plot.bottom(), Rect::bottom);
    let label_y = base + 7.0 + theme.label_px * 0.5;
    let lane_color = mix(theme.surface, theme.grid, 0.5).to_rgba();
    for (lane, count) in plan.x_lanes.iter().zip(&x.lanes) {
        surface.fill(lane.corners(), lane_color)?;
        write_below(surface, &count.word(), (lane.x + lane.width / 2.0, label_y), plot.right(), &quiet)?;
    }
    for (lane, count) in plan.y_lanes.iter().zip(&y.lanes) {
        surface.fill(lane.corners(), lane_color)?;
        surface.text(&count.word(), (left - 8.0, lane.y + lane.height / 2.0), &quiet)?;
    }
    for tick in &plan.y_ticks {
        let y = plot.bottom() - y.axis.position(tick.value) * plot.height;
        surface.line(&[(plot.x, y), (plot.right(), y)], theme.grid_px, theme.grid.to_rgba())?;
        surface.text(&tick.label, (left - 8.0, y), &label)?;
    }
    let bottom = plot.bottom();
    surface.line(&[(plot.x, bottom), (plot.right(), bottom)], theme.grid_px, theme.base_line.to_rgba())?;
    for tick in &plan.x_ticks {
        let x = plot.x + x.axis.position(tick.value) * plot.width;
        surface.line(&[(x, bottom), (x, bottom + 4.0)], theme.grid_px, theme.base_line.to_rgba())?;
        let text = match &tick.below {
            Some(day) if plan.x_ticks.len() == 1 => format!("{day} {}", tick.label),
            _ => tick.label.clone(),
        };
        write_below(surface, &text, (x, label_y), plot.right() + 12.0, &label)?;
    }
    Ok(())
}

/// The radius and the strength of a point: smaller and fainter where many share the plot.
pub fn look(runs: usize) -> (f64, f64) {
    match runs {
        0..=200 => (3.2, 0.9),
        201..=2_000 => (2.6, 0.75),
        2_001..=20_000 => (2.0, 0.5),
        _ => (1.5, 0.35),
    }
}

/// Color by color, those of one colour the largest first: no point is hidden by one that is larger. Those that lead are
/// on top, with their line below them.
fn draw_points<B: DrawingBackend>(
    surface: &Surface<B>,
    leaders: Option<&Leaders>,
    centers: &[Point],
    axes: (&Scaled, &Scaled),
    colors: &Colors,
    size: Option<&Scaled>,
    theme: &Theme,
) -> Result<(), DrawError> {
    let (radius, strength) = look(centers.len());
    let radius_of = |run: usize| match size.map(|size| size.place(run)) {
        None => Some(radius),
        Some(Place::Axis(at)) => {
            let share = (at * SIZE_STEPS).round() / SIZE_STEPS;
            Some((SMALLEST_PX.powi(2) + (LARGEST_PX.powi(2) - SMALLEST_PX.powi(2)) * share).sqrt())
        }
        Some(Place::Lane(_)) => None,
    };
    let mut order: Vec<(usize, Option<f64>)> = colors.order().into_iter().map(|run| (run, radius_of(run))).collect();
    if size.is_some() {
        order.sort_by(|(a, a_px), (b, b_px)| {
            let larger = b_px.unwrap_or(SMALLEST_PX).total_cmp(&a_px.unwrap_or(SMALLEST_PX));
            colors.of_runs[*a].cmp(&colors.of_runs[*b]).then(larger)
        });
    }
    let draw = |run: usize, radius: Option<f64>, strength: f64| {
        let color = colors.ink(run).mix(strength);
        match radius {
            Some(radius) => surface.dot(centers[run], radius, color),
            None => {
                surface.dot(centers[run], 3.0, color)?;
                surface.dot(centers[run], 1.8, theme.surface.to_rgba())
            }
        }
    };
    let Some(leaders) = leaders else {
        return order.into_iter().try_for_each(|(run, radius)| draw(run, radius, strength));
    };
    let leads = leaders.of_runs(centers.len());
    let (first, others): (Vec<_>, Vec<_>) = order.into_iter().partition(|(run, _)| leads[*run]);
    others.into_iter().try_for_each(|(run, radius)| draw(run, radius, strength * OTHERS))?;
    leaders.draw_line(surface, centers, axes, theme)?;
    for (run, radius) in first {
        surface.dot(centers[run], radius.unwrap_or(SMALLEST_PX).max(3.2) + 1.4, theme.surface.to_rgba())?;
        draw(run, radius.map(|radius| radius.max(3.2)), 1.0)?;
    }
    Ok(())
}

/// The title, what the axes are of, and what colours and sizes mean.
#[expect(clippy::too_many_arguments)]
fn draw_words<B: DrawingBackend>(
    surface: &Surface<B>,
    chart: &ScatterChart,
    plan: &Plan,
    x: &Scaled,
    y: &Scaled,
    size: Option<&Scaled>,
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
    let fit = |text: &str, share: f64| fitted(text, room * share, theme.label_px).into_owned();
    let y_word = fit(&format!("↑ {}", y.words()), if colors.by.is_some() { 0.4 } else { 1.0 });
    surface.text(&y_word, (plan.pad, plan.head_y), &style)?;
    let legend_room = room - width_px(&y_word, theme.label_px, false) - 16.0;
    draw_legend(surface, colors, theme, (plot.right(), plan.head_y), legend_room)?;
    if let Some(size) = size {
        let ends = match size.has_places() {
            true => format!(" {} … {}", size.word(size.axis.min), size.word(size.axis.max)),
            false => String::new(),
        };
        let rings: Vec<String> = size.lanes.iter().map(LaneCount::word).collect();
        let rings = if rings.is_empty() { String::new() } else { format!(", rings: {}", rings.join(", ")) };
        let share = if chart.leaders.is_some() { 0.35 } else { 1.0 };
        let word = fit(&format!("size {}{ends}{rings}", size.words()), share);
        surface.text(&word, (plot.right(), plan.size_y), &LabelStyle { align: Align::Right, ..style })?;
    }
    if let (Some(leaders), Some(_)) = (&chart.leaders, &chart.title) {
        let share = if size.is_some() { 0.6 } else { 1.0 };
        surface.text(&fit(&leaders.words, share), (plan.pad, plan.size_y), &style)?;
    }
    let x_word = fitted(&format!("{} →", x.words()), plot.width, theme.label_px).into_owned();
    surface.text(&x_word, (plot.right(), plot.bottom() - 8.0), &LabelStyle { align: Align::Right, ..style })
}
