//! Line charts: histories of a metric over steps or time.

use plotters::prelude::{Color, DrawingBackend, RGBColor};
use rayon::prelude::*;

use super::canvas::{Canvas, Surface};
use super::clip::{Point, clip, clip_area, dashed};
use super::decimate::{Marks, Resolution, Span, View, areas, reduce};
use super::layout::{Layout, Rect};
use super::outliers;
use super::spec::Chart;
use super::theme::{Theme, dash_pattern};
use super::trace::{Pass, Trace, ValueCounts, trace};
use super::{DrawError, axes, plan};

/// A curve ready to be drawn: cut to the plot, in CSS pixels.
struct Curve {
    color: RGBColor,
    /// Share of the color.
    strength: f64,
    stroke_px: f64,
    /// Share of the color that bands have.
    band: f64,
    marks: Marks,
    /// The bands of a group, and their share of the color.
    areas: Vec<Vec<Point>>,
    area: f64,
    is_highlighted: bool,
    is_raw: bool,
}

/// Above this many points in all, noise becomes bands early: strokes would cost more than they show.
const CROWD: f64 = 40_000.0;

pub fn draw<B: DrawingBackend>(chart: &Chart, theme: &Theme, canvas: Canvas<B>) -> Result<Layout, DrawError> {
    let size_px = canvas.size_px();
    let x = plan::x_axis(chart);
    let traces: Vec<Trace> = chart.series.par_iter().map(|series| trace(chart, series, &x)).collect();
    let outliers = outliers::outliers(&traces, &x, chart.y.scale);
    let y = plan::y_axis(chart, &traces, outliers.as_ref());
    let note = plan::note(chart, &traces);
    let plan = plan::arrange(chart, theme, size_px, x, y, note);
    let view = View { x, y, plot: plan.plot };
    let curves = curves(chart, &traces, theme, &view, canvas.columns_per_px);
    let counts = traces.iter().fold(ValueCounts::default(), |all, t| all.and(t.counts));
    let layout = Layout {
        outliers,
        width_px: size_px.0,
        height_px: size_px.1,
        plot: plan.plot,
        x_kind: chart.x.kind,
        x,
        y,
        series_drawn: traces.iter().filter(|t| t.counts.extent.is_some()).count() as u32,
        series_total: chart.series.len() as u32,
        points_total: chart.series.iter().map(|s| s.len() as u32).sum(),
        points_most: chart.series.iter().map(|s| s.len() as u32).max().unwrap_or(0),
        series_at_one_x: chart.series.iter().filter(|s| s.is_at_one_x()).count() as u32,
        nan_points: counts.nan,
        infinite_points: counts.infinite,
        non_positive_points: counts.non_positive,
        has_bands: curves.iter().any(|c| !c.marks.bands.is_empty()),
        note,
    };
    let surface = canvas.open(&theme.surface)?;
    axes::draw_axes(&surface, &plan, theme)?;
    draw_curves(&surface, &curves, &plan.plot)?;
    axes::draw_words(&surface, chart, &plan, theme)?;
    surface.finish()?;
    Ok(layout)
}

/// The curves of a chart in the order they are drawn.
fn curves(chart: &Chart, traces: &[Trace], theme: &Theme, view: &View, columns_per_px: f64) -> Vec<Curve> {
    let columns = view.plot.width * columns_per_px;
    let passes = traces.iter().flat_map(|t| &t.passes);
    let points: f64 = passes.map(|pass| (pass.x.len() as f64).min(4.0 * columns)).sum();
    let is_beyond = |(low, high): (f64, f64)| low < view.y.min || high > view.y.max;
    let has_outliers = chart.y.range.is_none() && traces.iter().filter_map(|t| t.counts.extent).any(is_beyond);
    let style = LineStyle { theme, view, columns_per_px, crowded: points > CROWD, has_outliers };
    let mut curves: Vec<Curve> =
        traces.par_iter().enumerate().rev().flat_map_iter(|(i, trace)| style.curves(chart, i, trace)).collect();
    // What was logged lies behind all smoothed curves, and the highlighted one before everything.
    curves.sort_by_key(|c| (c.is_highlighted, !c.is_raw));
    curves
}

struct LineStyle<'a> {
    theme: &'a Theme,
    view: &'a View,
    columns_per_px: f64,
    crowded: bool,
    /// The automatic range leaves values out: each curve is marked where it leaves the plot.
    has_outliers: bool,
}

impl LineStyle<'_> {
    /// The smoothed curve and the raw one, or the only one.
    fn curves(&self, chart: &Chart, index: usize, trace: &Trace) -> Vec<Curve> {
        let series = &chart.series[index];
        let highlighted = chart.highlighted.filter(|h| *h < chart.series.len());
        let is_highlighted = highlighted == Some(index);
        let is_faded = highlighted.is_some() && !is_highlighted;
        let strength = if is_faded { self.theme.faded } else { 1.0 };
        let count = chart.series.len();
        let normal_px = self.theme.stroke_px(count);
        let stroke_px = if is_highlighted { normal_px.max(1.6) * 1.25 } else { normal_px };
        let [r, g, b] = series.color;
        let curve = |is_raw: bool| {
            let stroke_px = if is_raw { (stroke_px * 0.6).max(0.8) } else { stroke_px };
            let resolution = Resolution { column_px: 1.0 / self.columns_per_px, stroke_px, crowded: self.crowded };
            let mut marks = Marks::default();
            for pass in &trace.passes {
                let y: &[f64] = if is_raw { pass.raw.unwrap_or_default() } else { &pass.y };
                let mut more = cut(reduce(pass.x, y, self.view, &resolution), &self.view.plot);
                if self.has_outliers {
                    more.edges.extend(outliers::marks(pass.x, y, self.view));
                }
                if is_raw && !more.bands.is_empty() {
                    // The smoothed curve is the line through this band.
                    more.lines.clear();
                }
                marks.append(more);
            }
            let pattern = dash_pattern(series.dash).filter(|_| !is_raw);
            if let Some(pattern) = pattern {
                let pattern: Vec<f64> = pattern.iter().map(|p| p * stroke_px).collect();
                marks.lines = marks.lines.iter().flat_map(|line| dashed(line, &pattern)).collect();
            }
            Curve {
                color: RGBColor(r, g, b),
                strength: if is_raw { strength * self.theme.raw } else { strength },
                stroke_px,
                band: strength * self.theme.band(count),
                marks,
                areas: if is_raw { Vec::new() } else { self.areas(trace) },
                area: strength * self.theme.group_band(if is_highlighted { 1 } else { count }),
                is_highlighted,
                is_raw,
            }
        };
        let has_raw = trace.passes.iter().any(|pass| pass.raw.is_some());
        has_raw.then(|| curve(true)).into_iter().chain([curve(false)]).collect()
    }

    /// The bands around a curve, cut to the plot.
    fn areas(&self, trace: &Trace) -> Vec<Vec<Point>> {
        let of_pass = |pass: &Pass| {
            let (low, high) = pass.band.unwrap_or_default();
            areas(pass.x, low, high, self.view, 1.0 / self.columns_per_px)
        };
        let inside = trace.passes.iter().flat_map(of_pass).map(|area| clip_area(area, &self.view.plot));
        inside.filter(|area| area.len() > 2).collect()
    }
}

/// Cuts marks to the plot.
fn cut(marks: Marks, plot: &Rect) -> Marks {
    let is_inside = |p: &Point| (plot.x..=plot.right()).contains(&p.0) && (plot.y..=plot.bottom()).contains(&p.1);
    let cut_span = |s: Span| Span {
        left: s.left.clamp(plot.x, plot.right()),
        right: s.right.clamp(plot.x, plot.right()),
        top: s.top.clamp(plot.y, plot.bottom()),
        bottom: s.bottom.clamp(plot.y, plot.bottom()),
    };
    let cut_band = |band: Vec<Span>| band.into_iter().map(cut_span).filter(|s| s.left < s.right).collect();
    Marks {
        lines: marks.lines.iter().flat_map(|line| clip(line, plot)).collect(),
        bands: marks.bands.into_iter().map(cut_band).filter(|b: &Vec<Span>| !b.is_empty()).collect(),
        peaks: marks.peaks.iter().flat_map(|peak| clip(peak, plot)).collect(),
        dots: marks.dots.into_iter().filter(is_inside).collect(),
        edges: marks.edges.into_iter().filter(|e| (plot.x..=plot.right()).contains(&e.x)).collect(),
    }
}

/// Draws the curves: all bands, then all lines on top of them; the highlighted curve after the others.
fn draw_curves<B: DrawingBackend>(surface: &Surface<B>, curves: &[Curve], plot: &Rect) -> Result<(), DrawError> {
    for group in curves.chunk_by(|a, b| a.is_highlighted == b.is_highlighted) {
        for curve in group {
            let area_color = curve.color.mix(curve.area);
            for area in &curve.areas {
                surface.fill(area.clone(), area_color)?;
            }
            let weak = curve.color.mix(curve.band);
            for band in &curve.marks.bands {
                surface.fill(outline(band), weak)?;
            }
        }
        for curve in group {
            draw_lines(surface, curve, plot)?;
        }
    }
    Ok(())
}

fn draw_lines<B: DrawingBackend>(surface: &Surface<B>, curve: &Curve, plot: &Rect) -> Result<(), DrawError> {
    let color = curve.color.mix(curve.strength);
    for line in &curve.marks.lines {
        surface.line(line, curve.stroke_px, color)?;
    }
    for peak in &curve.marks.peaks {
        surface.line(peak, curve.stroke_px, color)?;
    }
    for dot in &curve.marks.dots {
        surface.dot(*dot, curve.stroke_px * 1.5, color)?;
    }
    for edge in &curve.marks.edges {
        surface.fill(arrow_head(edge.x, edge.up, plot), color)?;
    }
    Ok(())
}

/// Around a band: along its top and back along its bottom, in steps, so that a peak one column wide keeps its width.
fn outline(band: &[Span]) -> Vec<Point> {
    let along = band.iter().flat_map(|s| [(s.left, s.top), (s.right, s.top)]);
    let back = band.iter().rev().flat_map(|s| [(s.right, s.bottom), (s.left, s.bottom)]);
    along.chain(back).collect()
}

/// A small triangle that points out of the plot, inside it.
fn arrow_head(x: f64, is_up: bool, plot: &Rect) -> Vec<Point> {
    const HALF_PX: f64 = 3.0;
    const HIGH_PX: f64 = 5.0;
    let (tip, foot) = if is_up { (plot.y, plot.y + HIGH_PX) } else { (plot.bottom(), plot.bottom() - HIGH_PX) };
    vec![(x, tip), (x + HALF_PX, foot), (x - HALF_PX, foot)]
}
