//! From many points to few marks that look the same.
//!
//! What is not a number comes first. NaN breaks the line: nothing is drawn for it and no line runs across it. An
//! infinity breaks the line too and is a mark at the upper or lower edge. A value that a logarithmic axis has no place
//! for breaks the line as NaN does. A point between two breaks cannot be a line, so it is a dot. The first and the last
//! point of every unbroken stretch stay where they are, and no largest or smallest value of any column of pixels is
//! lost.
//!
//! Three forms, from few points to many:
//! every point as it is; then M4, which keeps first, smallest, largest and last of every column of pixels and so has
//! the same pixels as the whole line (Jugel et al. 2014, "M4: A Visualization-Oriented Time Series Data Aggregation");
//! then, where the zigzag of that line would only be a smear, a band from smallest to largest with a line through the
//! mean. Bands are faint, since many lie over each other: what stands out of one is drawn as a line.

use super::clip::Point;
use super::layout::{Axis, Rect};

/// The plot as a map from values to CSS pixels.
#[derive(Clone, Copy, Debug)]
pub struct View {
    pub x: Axis,
    pub y: Axis,
    pub plot: Rect,
}

/// How fine the drawing is, in CSS pixels.
#[derive(Clone, Copy, Debug)]
pub struct Resolution {
    /// Width of a column: one device pixel.
    pub column_px: f64,
    pub stroke_px: f64,
    /// The chart has so many points in all that noise becomes bands early.
    pub crowded: bool,
}

/// What is left to draw of one curve, in CSS pixels; not yet cut to the plot.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Marks {
    pub lines: Vec<Vec<Point>>,
    pub bands: Vec<Vec<Span>>,
    /// Upright lines from a band to what stands out of it.
    pub peaks: Vec<Vec<Point>>,
    pub dots: Vec<Point>,
    pub edges: Vec<EdgeMark>,
}

impl Marks {
    pub fn append(&mut self, more: Marks) {
        self.lines.extend(more.lines);
        self.bands.extend(more.bands);
        self.peaks.extend(more.peaks);
        self.dots.extend(more.dots);
        self.edges.extend(more.edges);
    }
}

/// One column of a band; `top` is the smaller number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
}

/// An infinity, or where a curve leaves the plot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EdgeMark {
    pub x: f64,
    /// Upwards, so at the upper edge.
    pub up: bool,
}

/// Above this many points in a column, noise is a band.
const BAND_POINTS: f64 = 8.0;
/// Up to this many points in a column, every point is drawn.
const FEW_POINTS: f64 = 2.0;
/// The mean of a band is taken over this many CSS pixels: a curve cannot show finer detail than its own width anyway.
const MEAN_PX: f64 = 3.0;

/// Reduces a curve to marks. `xs` ascends.
pub fn reduce(xs: &[f64], ys: &[f64], view: &View, resolution: &Resolution) -> Marks {
    let placed = place(xs, ys, view);
    let columns = (view.plot.width / resolution.column_px).max(1.0);
    let density = placed.points.len() as f64 / columns;
    let as_band = (resolution.crowded || density > BAND_POINTS) && is_smear(&placed, view, resolution);
    let mut marks = Marks { edges: thin_edges(&placed.edges), ..Marks::default() };
    let mut dots = Vec::new();
    // Whole device pixels, so that the columns of a band meet without a seam.
    let in_device_pixels = |length_px: f64| (length_px / resolution.column_px).round().max(1.0) * resolution.column_px;
    let band_px = in_device_pixels(resolution.stroke_px * if resolution.crowded { 1.0 } else { 0.6 });
    let column_px =
        if resolution.crowded { in_device_pixels(resolution.stroke_px * 0.75) } else { resolution.column_px };
    let flat_px = resolution.stroke_px / 4.0;
    for stretch in placed.stretches() {
        match stretch {
            [] => {}
            &[dot] => dots.push(dot),
            _ if is_smaller_than(stretch, resolution.stroke_px) => dots.push(stretch[0]),
            _ if as_band => {
                let band = spans(stretch, view.plot.x, band_px);
                marks.peaks.extend(peaks(&band));
                marks.bands.push(band);
                marks.lines.extend(means(stretch, view.plot.x, MEAN_PX));
            }
            _ if density > FEW_POINTS => marks.lines.push(m4(stretch, view.plot.x, column_px, flat_px)),
            _ => marks.lines.push(stretch.to_vec()),
        }
    }
    marks.dots = m4(&dots, view.plot.x, resolution.stroke_px, 0.0);
    marks
}

/// The areas between two edges, as outlines in CSS pixels, not yet cut to the plot: along the upper edge and back along
/// the lower one, with the largest and the smallest value of every column of pixels.
pub fn areas(xs: &[f64], low: &[f64], high: &[f64], view: &View, column_px: f64) -> Vec<Vec<Point>> {
    let (across, down) = (view.across(), view.down());
    let floor = view.plot.bottom();
    let mut areas = Vec::new();
    // (x, top, bottom)
    let mut stretch: Vec<(f64, f64, f64)> = Vec::new();
    let column = |x: f64| ((x - view.plot.x) / column_px).floor();
    // How many of the last entries are in one column.
    let mut in_column = 0;
    for ((&x, &low), &high) in xs.iter().zip(low).zip(high) {
        let has_place = view.x.scale.has_place_for(x) && view.y.scale.has_place_for(high) && low.is_finite();
        if !has_place {
            areas.extend(area(&std::mem::take(&mut stretch)));
            in_column = 0;
            continue;
        }
        // What a logarithmic axis has no place for is below all of it.
        let bottom = if view.y.scale.has_place_for(low) { down(low) } else { floor };
        let (x, top) = (across(x), down(high));
        match stretch.last_mut() {
            Some(last) if in_column > 1 && column(last.0) == column(x) => {
                *last = (x, last.1.min(top), last.2.max(bottom));
            }
            last => {
                let is_same = last.is_some_and(|last| column(last.0) == column(x));
                in_column = if is_same { in_column + 1 } else { 1 };
                stretch.push((x, top, bottom));
            }
        }
    }
    areas.extend(area(&stretch));
    areas
}

/// Around a stretch; a single place is as wide as a pixel.
fn area(stretch: &[(f64, f64, f64)]) -> Option<Vec<Point>> {
    let along = stretch.iter().map(|(x, top, _)| (*x, *top));
    let back = stretch.iter().rev().map(|(x, _, bottom)| (*x, *bottom));
    match stretch {
        [] => None,
        &[(x, top, bottom)] => Some(vec![(x - 0.5, top), (x + 0.5, top), (x + 0.5, bottom), (x - 0.5, bottom)]),
        _ => Some(along.chain(back).collect()),
    }
}

/// The points of a curve in pixels, and where it is broken.
struct Placed {
    points: Vec<Point>,
    /// Index of the first point of every stretch but the first.
    breaks: Vec<usize>,
    edges: Vec<EdgeMark>,
}

impl Placed {
    fn stretches(&self) -> impl Iterator<Item = &[Point]> {
        let starts = std::iter::once(0).chain(self.breaks.iter().copied());
        let ends = self.breaks.iter().copied().chain(std::iter::once(self.points.len()));
        starts.zip(ends).map(|(start, end)| &self.points[start..end])
    }
}

fn place(xs: &[f64], ys: &[f64], view: &View) -> Placed {
    let mut placed = Placed { points: Vec::with_capacity(xs.len()), breaks: Vec::new(), edges: Vec::new() };
    let (place_x, place_y) = (view.across(), view.down());
    for (&x, &y) in xs.iter().zip(ys) {
        if !view.x.scale.has_place_for(x) {
            continue;
        }
        if view.y.scale.has_place_for(y) {
            placed.points.push((place_x(x), place_y(y)));
            continue;
        }
        if placed.breaks.last() != Some(&placed.points.len()) {
            placed.breaks.push(placed.points.len());
        }
        if y.is_infinite() {
            placed.edges.push(EdgeMark { x: place_x(x), up: y > 0.0 });
        }
    }
    placed
}

impl View {
    /// From a value of x to pixels from the left.
    pub fn across(&self) -> impl Fn(f64) -> f64 {
        straight(self.x, self.plot.x, self.plot.right())
    }

    /// From a value of y to pixels from the top.
    pub fn down(&self) -> impl Fn(f64) -> f64 {
        straight(self.y, self.plot.bottom(), self.plot.y)
    }
}

fn straight(axis: Axis, at_min: f64, at_max: f64) -> impl Fn(f64) -> f64 {
    let (low, high) = (axis.apply(axis.min), axis.apply(axis.max));
    let per_unit = (at_max - at_min) / (high - low);
    // So far outside that it makes no difference, and so near that nothing overflows.
    const FAR_PX: f64 = 1e9;
    move |value| (at_min + (axis.apply(value) - low) * per_unit).clamp(-FAR_PX, FAR_PX)
}

/// Whether the strokes from point to point would cover each other: close beside each other, and going up and down.
fn is_smear(placed: &Placed, view: &View, resolution: &Resolution) -> bool {
    let (Some(first), Some(last)) = (placed.points.first(), placed.points.last()) else {
        return false;
    };
    let length = last.0.min(view.plot.right()) - first.0.max(view.plot.x);
    let inside = |y: f64| y.clamp(view.plot.y, view.plot.bottom());
    let travel: f64 = placed.points.windows(2).map(|w| (inside(w[1].1) - inside(w[0].1)).abs()).sum();
    let count = placed.points.len() as f64;
    // In strokes: how close is beside each other, how far is up and down.
    let (close, far) = if resolution.crowded { (1.5, 0.4) } else { (0.6, 1.5) };
    length / count < resolution.stroke_px * close && travel / count > resolution.stroke_px * far
}

fn is_smaller_than(stretch: &[Point], size_px: f64) -> bool {
    let first = stretch[0];
    stretch.iter().all(|p| (p.0 - first.0).abs() < size_px / 2.0 && (p.1 - first.1).abs() < size_px / 2.0)
}

/// The points of one column after the other. `points` ascends in x.
fn by_column(points: &[Point], left: f64, column_px: f64) -> impl Iterator<Item = &[Point]> {
    let mut rest = points;
    std::iter::from_fn(move || {
        let first = rest.first()?;
        let end = left + (((first.0 - left) / column_px).floor() + 1.0) * column_px;
        let count = rest.iter().position(|p| p.0 >= end).unwrap_or(rest.len());
        let (column, after) = rest.split_at(count.max(1));
        rest = after;
        Some(column)
    })
}

/// First, smallest, largest and last of every column, in the order they come; only the last where the column is no
/// higher than `flat_px`.
fn m4(points: &[Point], left: f64, column_px: f64, flat_px: f64) -> Vec<Point> {
    let mut kept = Vec::new();
    kept.extend(points.first());
    for column in by_column(points, left, column_px) {
        let (mut low, mut high) = (0, 0);
        for (i, point) in column.iter().enumerate() {
            if point.1 < column[low].1 {
                low = i;
            }
            if point.1 > column[high].1 {
                high = i;
            }
        }
        let last = column.len() - 1;
        let in_order = [0, low.min(high), low.max(high), last];
        let is_flat = column[high].1 - column[low].1 < flat_px;
        for &i in if is_flat { &in_order[3..] } else { &in_order[..] } {
            if kept.last() != Some(&column[i]) {
                kept.push(column[i]);
            }
        }
    }
    kept
}

/// From smallest to largest in every column. Each reaches half way to its neighbours' nearest point, so that the band
/// has no cracks.
fn spans(points: &[Point], left: f64, column_px: f64) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut before: Option<Point> = None;
    for column in by_column(points, left, column_px) {
        let start = left + ((column[0].0 - left) / column_px).floor() * column_px;
        let (mut top, mut bottom) = (f64::INFINITY, f64::NEG_INFINITY);
        for point in column {
            top = if point.1 < top { point.1 } else { top };
            bottom = if point.1 > bottom { point.1 } else { bottom };
        }
        if let (Some(before), Some(neighbour)) = (before, spans.last_mut()) {
            let half_way = (before.1 + column[0].1) / 2.0;
            (top, bottom) = (top.min(half_way), bottom.max(half_way));
            neighbour.top = neighbour.top.min(half_way);
            neighbour.bottom = neighbour.bottom.max(half_way);
        }
        before = column.last().copied();
        spans.push(Span { left: start, right: start + column_px, top, bottom });
    }
    spans
}

/// What stands out of a band by more than the band is usually high.
fn peaks(band: &[Span]) -> Vec<Vec<Point>> {
    // Each span reaches into its neighbours': those beyond them say how far the band goes here.
    const BESIDE: usize = 2;
    let mut heights: Vec<f64> = band.iter().map(|span| span.bottom - span.top).collect();
    if heights.len() <= BESIDE {
        return Vec::new();
    }
    let middle = heights.len() / 2;
    let usual = *heights.select_nth_unstable_by(middle, f64::total_cmp).1;
    let mut peaks = Vec::new();
    for (index, span) in band.iter().enumerate() {
        let left = index.checked_sub(BESIDE).and_then(|left| band.get(left));
        let beside = || left.into_iter().chain(band.get(index + BESIDE));
        let top = beside().fold(f64::INFINITY, |top, beside| top.min(beside.top));
        let bottom = beside().fold(f64::NEG_INFINITY, |bottom, beside| bottom.max(beside.bottom));
        let x = (span.left + span.right) / 2.0;
        if top - span.top > usual && top.is_finite() {
            peaks.push(vec![(x, span.top), (x, top)]);
        }
        if span.bottom - bottom > usual && bottom.is_finite() {
            peaks.push(vec![(x, bottom), (x, span.bottom)]);
        }
    }
    peaks
}

/// A line through the mean of every column, from the first point's x to the last one's; none through a single column.
fn means(points: &[Point], left: f64, column_px: f64) -> Option<Vec<Point>> {
    let mean = |column: &[Point]| {
        let count = column.len() as f64;
        let sum = column.iter().fold((0.0, 0.0), |s, p| (s.0 + p.0, s.1 + p.1));
        (sum.0 / count, sum.1 / count)
    };
    let mut line: Vec<Point> = by_column(points, left, column_px).map(mean).collect();
    if let (Some(start), Some(first)) = (line.first_mut(), points.first()) {
        start.0 = first.0;
    }
    if let (Some(end), Some(last)) = (line.last_mut(), points.last()) {
        end.0 = last.0;
    }
    (line.len() > 1).then_some(line)
}

/// One mark for all that would be drawn over each other.
pub fn thin_edges(edges: &[EdgeMark]) -> Vec<EdgeMark> {
    const APART_PX: f64 = 5.0;
    let mut kept: Vec<EdgeMark> = Vec::new();
    for edge in edges {
        let nearest = kept.iter().rev().find(|k| k.up == edge.up);
        if nearest.is_none_or(|k| edge.x - k.x >= APART_PX) {
            kept.push(*edge);
        }
    }
    kept
}

#[cfg(test)]
#[path = "decimate_tests.rs"]
mod tests;
