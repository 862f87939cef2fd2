//! Contours: a smooth surface through a value of runs over two others, in bands of colour between lines of one value. Far
//! from all runs there is none.

use plotters::prelude::{Color, DrawingBackend};
use rayon::prelude::*;
use serde::Serialize;

use super::DrawError;
use super::canvas::{Align, Canvas, LabelStyle, Surface};
use super::clip::Point;
use super::coloring::Coloring;
use super::dimension::{Dimension, DimensionLayout, Domain, Place, Scaled};
use super::iso_lines::{Field, iso_lines};
use super::layout::{Axis, Note, Rect};
use super::plane::{Plane, dot_of, draw_dots};
use super::surface::{Fit, LEAST_PLACES, Sample, places};
use super::text::width_px;
use super::theme::{Theme, mix};

/// Runs with two values that are places and one that is a height.
#[derive(Clone, Debug)]
pub struct ContourChart {
    /// Drawn above the plot. The window shows its own title and leaves this empty; exports set it.
    pub title: Option<String>,
    /// As many values as there are runs; the longer of both axes says how many.
    pub x: Dimension,
    pub y: Dimension,
    /// What the colours are of.
    pub value: Dimension,
}

/// Where the surface and the runs are, and what the axes mean.
#[derive(Clone, Debug, PartialEq, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct ContourLayout {
    pub width_px: f64,
    pub height_px: f64,
    pub plot: Rect,
    pub x: DimensionLayout,
    pub y: DimensionLayout,
    pub value: DimensionLayout,
    pub verdict: SurfaceVerdict,
    /// The surface at the crossings of so many columns and rows, which are evenly spread over the plot, row by row from
    /// the top; none where no run is near. Five digits of each.
    pub columns: u32,
    pub rows: u32,
    pub heights: Vec<Option<f64>>,
    /// The center of each run, in tenths of a pixel from the left and from the top; none where an axis has no place for
    /// it.
    pub x_tenths: Vec<Option<i32>>,
    pub y_tenths: Vec<Option<i32>>,
    /// Why nothing is there, if nothing is.
    pub note: Option<Note>,
}

/// Whether there is a surface, and what it is worth.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, specta::Type)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "kind")]
pub enum SurfaceVerdict {
    /// At each place the mean of the runs around it, weighted by a Gaussian whose standard deviation is `width`, a share
    /// of each axis.
    Fitted {
        /// It is of so many runs.
        runs: u32,
        width: f64,
        /// The share of the variance of the values that the runs around each run tell, without it; below zero one mean
        /// for all tells more. None where all values are the same.
        explained: Option<f64>,
    },
    /// The runs have values at so many different places only.
    TooFewPlaces { places: u32, needed: u32 },
    /// What an axis is of has no distances: it is words.
    Words,
}

/// Columns and rows are about so far apart; no picture has more than so many.
const GRID_PX: f64 = 6.0;
const MOST_COLUMNS: usize = 120;
const MOST_ROWS: usize = 80;
/// About so many lines.
const LEVELS: usize = 8;
/// The bands are filled in strips of this height.
const STRIP_PX: f64 = 2.0;

pub fn draw<B: DrawingBackend>(
    chart: &ContourChart,
    theme: &Theme,
    canvas: Canvas<B>,
) -> Result<ContourLayout, DrawError> {
    let size_px = canvas.size_px();
    let runs = chart.x.values.len().max(chart.y.values.len());
    // The outermost runs stand on the surface, not on its edge.
    const AIR: f64 = 0.04;
    let (x, y) = (chart.x.scaled(AIR), chart.y.scaled(AIR));
    let coloring = Coloring::By(chart.value.clone());
    let colors = coloring.colors(runs, theme);
    let value = chart.value.scaled(0.0);
    let (samples, has_words) = (samples(&x, &y, &value, runs), is_words(&chart.x) || is_words(&chart.y));
    let fit = if has_words { None } else { Fit::of(&samples) };
    let has_places = (0..runs).any(|run| x.on_axis(run).is_some() && y.on_axis(run).is_some());
    let (up, across) = (
        |height| y.ticks_upwards(height, 0.3 * size_px.0, theme.label_px),
        |width| x.ticks_across(width, theme.label_px),
    );
    let plane = Plane::new(theme, size_px, chart.title.is_some(), !has_places, up, across);
    let grid = fit.as_ref().map(|fit| Grid::new(fit, &plane.plot));
    let lines = grid.as_ref().map_or_else(Vec::new, |grid| grid.levels(&value));
    let across: Vec<Option<f64>> = (0..runs).map(|run| plane.across(&x, run)).collect();
    let down: Vec<Option<f64>> = (0..runs).map(|run| plane.down(&y, run)).collect();

    let surface = canvas.open(&theme.surface)?;
    if let Some(grid) = &grid {
        grid.fill(&surface, &plane.plot, &lines, theme)?;
        grid.draw_lines(&surface, &plane.plot, &lines, theme)?;
    }
    plane.draw_axes(&surface, (&x, &y), theme)?;
    let (radius, strength) = dot_of(runs);
    // Each in the colour of its own value: what the surface makes of the runs can be seen.
    draw_dots(&surface, (&across, &down), (radius + 0.8, strength.max(0.6)), |run| colors.ink(run), theme)?;
    plane.draw_words(&surface, chart.title.as_deref(), (&x, &y), &colors, theme)?;
    surface.finish()?;

    let tenths = |px: &Option<f64>| px.map(|px| (px * 10.0).round() as i32);
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let verdict = match &fit {
        Some(Fit { width, explained, .. }) => {
            SurfaceVerdict::Fitted { runs: count(samples.len()), width: *width, explained: *explained }
        }
        None if has_words => SurfaceVerdict::Words,
        None => SurfaceVerdict::TooFewPlaces { places: count(places(&samples)), needed: LEAST_PLACES as u32 },
    };
    let note = match (runs, has_places) {
        (0, _) => Some(Note::NoPoints),
        (_, false) => Some(Note::NoFinitePoints),
        _ => None,
    };
    Ok(ContourLayout {
        width_px: size_px.0,
        height_px: size_px.1,
        plot: plane.plot,
        x: x.layout(),
        y: y.layout(),
        value: value.layout(),
        verdict,
        columns: count(grid.as_ref().map_or(0, |grid| grid.heights.columns)),
        rows: count(grid.as_ref().map_or(0, |grid| grid.heights.rows)),
        heights: grid.as_ref().map_or_else(Vec::new, |grid| grid.told(&value.axis)),
        x_tenths: across.iter().map(tenths).collect(),
        y_tenths: down.iter().map(tenths).collect(),
        note,
    })
}

fn is_words(of: &Dimension) -> bool {
    matches!(of.domain, Domain::Categories(_))
}

/// The runs that have a place and a finite value.
fn samples(x: &Scaled, y: &Scaled, value: &Scaled, runs: usize) -> Vec<Sample> {
    let share = |of: &Scaled, run: usize| match of.place(run) {
        Place::Axis(at) => Some(at),
        Place::Lane(_) => None,
    };
    let sample = |run| Some(Sample { x: share(x, run)?, y: share(y, run)?, value: share(value, run)? });
    (0..runs).filter_map(sample).collect()
}

/// A line of one value: its place on the scale of values, and the value in words.
struct Level {
    at: f64,
    word: String,
}

/// The surface at places evenly spread over the plot.
struct Grid {
    /// As shares of the scale of values.
    heights: Field,
    /// How far the nearest run is.
    nearest: Field,
    reach: f64,
}

impl Grid {
    fn new(fit: &Fit, plot: &Rect) -> Self {
        let count = |length: f64, most: usize| ((length / GRID_PX) as usize).clamp(2, most) + 1;
        let (columns, rows) = (count(plot.width, MOST_COLUMNS), count(plot.height, MOST_ROWS));
        let place = |i: usize| {
            let (column, row) = (i % columns, i / columns);
            fit.at(column as f64 / (columns - 1) as f64, 1.0 - row as f64 / (rows - 1) as f64)
        };
        let (values, away) = (0..columns * rows).into_par_iter().map(place).map(|of| (of.value, of.nearest)).unzip();
        let field = |values| Field { columns, rows, values };
        Self { heights: field(values), nearest: field(away), reach: fit.reach() }
    }

    /// The values at the crossings that are shown.
    fn told(&self, axis: &Axis) -> Vec<Option<f64>> {
        let told = |(height, away): (&f64, &f64)| (*away <= self.reach).then(|| five_digits(axis.value(*height)));
        self.heights.values.iter().zip(&self.nearest.values).map(told).collect()
    }

    /// Round values between the lowest and the highest that are shown.
    fn levels(&self, value: &Scaled) -> Vec<Level> {
        let heights = self.heights.values.iter().zip(&self.nearest.values);
        let shown = heights.filter(|(_, away)| **away <= self.reach).map(|(height, _)| *height);
        let (low, high) = shown.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), at| (low.min(at), high.max(at)));
        let axis = Axis { min: value.axis.value(low), max: value.axis.value(high), scale: value.axis.scale };
        let has_length = axis.min.is_finite() && axis.max.is_finite() && axis.min < axis.max && high - low > 1e-9;
        if !has_length {
            return Vec::new();
        }
        let part = Scaled { of: value.of, axis, lanes: Vec::new() };
        let level = |tick: super::ticks::Tick| Level { at: value.axis.position(tick.value), word: tick.label };
        let levels = part.number_ticks(LEVELS).into_iter().map(level);
        levels.filter(|level| level.at > low && level.at < high).collect()
    }

    /// From a place in the plot to one on the grid.
    fn on_grid(&self, plot: &Rect, (x, y): Point) -> Point {
        let share = |at: f64, from: f64, length: f64| ((at - from) / length).clamp(0.0, 1.0);
        let across = share(x, plot.x, plot.width) * (self.heights.columns - 1) as f64;
        (across, share(y, plot.y, plot.height) * (self.heights.rows - 1) as f64)
    }

    fn is_shown(&self, at: Point) -> bool {
        self.nearest.between(at) <= self.reach
    }

    /// Strips of one colour, each as long as one band lasts.
    fn fill<B: DrawingBackend>(
        &self,
        surface: &Surface<B>,
        plot: &Rect,
        levels: &[Level],
        theme: &Theme,
    ) -> Result<(), DrawError> {
        let ends: Vec<f64> = [0.0].into_iter().chain(levels.iter().map(|level| level.at)).chain([1.0]).collect();
        let ink = |band: usize| theme.ramp(f64::midpoint(ends[band], ends[band + 1]));
        let band = |at: Point| {
            let place = self.on_grid(plot, at);
            let height = self.heights.between(place);
            self.is_shown(place).then(|| levels.iter().filter(|level| level.at <= height).count())
        };
        let steps = |length: f64| (length / STRIP_PX).ceil() as usize;
        for strip in 0..steps(plot.height) {
            let top = plot.y + strip as f64 * STRIP_PX;
            // Each reaches under the next ones, so that there are no seams.
            let bottom = (top + 2.0 * STRIP_PX).min(plot.bottom());
            let middle = top + STRIP_PX / 2.0;
            let bands: Vec<Option<usize>> =
                (0..steps(plot.width)).map(|i| band((plot.x + (i as f64 + 0.5) * STRIP_PX, middle))).collect();
            let mut from = 0;
            for run in bands.chunk_by(|a, b| a == b) {
                let to = from + run.len();
                if let Some(Some(band)) = run.first() {
                    let x = plot.x + from as f64 * STRIP_PX;
                    let is_followed = bands.get(to).is_some_and(Option::is_some);
                    let beyond = if is_followed { to + 1 } else { to };
                    let right = (plot.x + beyond as f64 * STRIP_PX).min(plot.right());
                    let area = Rect { x, y: top, width: right - x, height: bottom - top };
                    surface.fill(area.corners(), ink(*band).to_rgba())?;
                }
                from = to;
            }
        }
        Ok(())
    }

    fn draw_lines<B: DrawingBackend>(
        &self,
        surface: &Surface<B>,
        plot: &Rect,
        levels: &[Level],
        theme: &Theme,
    ) -> Result<(), DrawError> {
        let color = mix(theme.surface, theme.title, 0.55);
        let label = LabelStyle { size_px: theme.label_px, color: theme.title, align: Align::Center, is_bold: false };
        let (columns, rows) = ((self.heights.columns - 1) as f64, (self.heights.rows - 1) as f64);
        let in_plot = |(x, y): &Point| (plot.x + x / columns * plot.width, plot.y + y / rows * plot.height);
        let mut taken: Vec<Rect> = Vec::new();
        let mut words: Vec<(Rect, &str)> = Vec::new();
        for level in levels {
            let lines = iso_lines(&self.heights, level.at, |at| self.is_shown(at));
            let lines: Vec<Vec<Point>> = lines.iter().map(|line| line.iter().map(in_plot).collect()).collect();
            for line in &lines {
                surface.line(line, 1.0, color.mix(0.8))?;
            }
            if let Some(area) = label_place(&lines, width_px(&level.word, theme.label_px, false), theme, plot, &taken) {
                taken.push(area);
                words.push((area, &level.word));
            }
        }
        for (area, word) in words {
            surface.fill(area.corners(), theme.surface.mix(0.75))?;
            surface.text(word, (area.x + area.width / 2.0, area.y + area.height / 2.0), &label)?;
        }
        Ok(())
    }
}

/// In the middle of the longest line of a level, if it is long enough and no other label is there.
fn label_place(lines: &[Vec<Point>], word_px: f64, theme: &Theme, plot: &Rect, taken: &[Rect]) -> Option<Rect> {
    let length = |line: &Vec<Point>| {
        line.windows(2).map(|pair| (pair[1].0 - pair[0].0).hypot(pair[1].1 - pair[0].1)).sum::<f64>()
    };
    let longest =
        lines.iter().map(|line| (length(line), line)).max_by(|a: &(f64, _), b: &(f64, _)| a.0.total_cmp(&b.0));
    let (_, line) = longest.filter(|(length, _)| *length > 1.6 * word_px)?;
    let (width, height) = (word_px + 6.0, theme.label_px + 3.0);
    let at = |(x, y): &Point| Rect { x: x - width / 2.0, y: y - height / 2.0, width, height };
    let is_inside =
        |of: &Rect| of.x >= plot.x && of.y >= plot.y && of.right() <= plot.right() && of.bottom() <= plot.bottom();
    let is_free = |of: &Rect| {
        taken
            .iter()
            .all(|other| of.x > other.right() || other.x > of.right() || of.y > other.bottom() || other.y > of.bottom())
    };
    // From the middle to both ends.
    let middle = line.len() / 2;
    let steps = (0..=middle).flat_map(|away| [middle.checked_sub(away), middle.checked_add(away)]).flatten();
    steps.filter_map(|i| line.get(i)).map(at).find(|area| is_inside(area) && is_free(area))
}

fn five_digits(value: f64) -> f64 {
    format!("{value:.4e}").parse().unwrap_or(value)
}
