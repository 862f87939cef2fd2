//! Histograms: how many values lie in each bin, the groups stacked or over each other.

use plotters::prelude::{Color, DrawingBackend, RGBColor};

use super::super::DrawError;
use super::super::canvas::Surface;
use super::super::clip::Point;
use super::super::layout::{Axis, Rect};
use super::super::spec::Scale;
use super::super::ticks::number_ticks;
use super::bins::{counts, edges};
use super::plane::{self, Plane};
use super::sample::Sample;
use super::{DistributionBin, DistributionStop, Drawn, Mark, Picture, count};

/// Between bins that are wide enough.
const GAP_PX: f64 = 1.0;
const WIDE_PX: f64 = 5.0;
/// How strong groups are that lie over each other.
const OVER: f64 = 0.3;
const OUTLINE_PX: f64 = 1.5;

pub fn bins_of(samples: &[Sample], axis: &Axis) -> Vec<DistributionBin> {
    let mut all: Vec<f64> = samples.iter().flat_map(Sample::values).collect();
    all.sort_by(f64::total_cmp);
    let edges = edges(&all, axis);
    let of_samples: Vec<Vec<u32>> = samples.iter().map(|sample| counts(&sample.values(), &edges)).collect();
    let bin = |(at, ends): (usize, &[f64])| DistributionBin {
        from: ends[0],
        to: ends[1],
        counts: of_samples.iter().map(|counts| counts[at]).collect(),
    };
    edges.windows(2).enumerate().map(bin).collect()
}

pub fn draw<B: DrawingBackend>(picture: &Picture, surface: &Surface<B>) -> Result<Drawn, DrawError> {
    let Picture { chart, theme, samples, scaled, .. } = *picture;
    let bins = bins_of(samples, &scaled.axis);
    let height = |bin: &DistributionBin| {
        if chart.overlaid { bin.counts.iter().copied().max().unwrap_or_default() } else { bin.counts.iter().sum() }
    };
    let most = bins.iter().map(height).max().unwrap_or_default();
    let upwards = Axis { min: 0.0, max: f64::from(most.max(1)) * 1.04, scale: Scale::Linear };
    let plane = plane::draw(picture, upwards, "runs", |wanted| number_ticks(&upwards, wanted, true), surface)?;

    let share = |value: f64| scaled.axis.position(value).clamp(0.0, 1.0);
    let colors: Vec<RGBColor> =
        samples.iter().map(|sample| theme.palette[usize::from(sample.group.color) % theme.palette.len()]).collect();
    if chart.overlaid && samples.len() > 1 {
        for (group, color) in colors.iter().enumerate() {
            draw_over(surface, &plane, &bins, group, *color, share)?;
        }
    } else {
        for bin in &bins {
            draw_stack(surface, &plane, bin, &colors, share)?;
        }
    }
    let mut next = vec![0; samples.len()];
    let (mut marks, mut stops) = (Vec::new(), Vec::new());
    for bin in &bins {
        let first_mark = count(marks.len());
        let of_bin = marks_in(&plane, bin, samples, &mut next, chart.overlaid, share);
        let (left, right) = (plane.at(share(bin.from), 0.0).0, plane.at(share(bin.to), 0.0).0);
        let rect = Rect { x: left, y: plane.plot.y, width: right - left, height: plane.plot.height };
        stops.push(DistributionStop { rect, first_mark, marks: count(of_bin.len()) });
        marks.extend(of_bin);
    }
    Ok(Drawn { plot: plane.plot, lies: true, bins, stops, marks })
}

/// The groups of a bin on top of each other.
fn draw_stack<B: DrawingBackend>(
    surface: &Surface<B>,
    plane: &Plane,
    bin: &DistributionBin,
    colors: &[RGBColor],
    share: impl Fn(f64) -> f64,
) -> Result<(), DrawError> {
    let mut below = 0.0;
    for (count, color) in bin.counts.iter().zip(colors).filter(|(count, _)| **count > 0) {
        let (left, bottom) = plane.at(share(bin.from), below);
        below += f64::from(*count);
        let (right, top) = plane.at(share(bin.to), below);
        let gap = if right - left >= WIDE_PX { GAP_PX / 2.0 } else { 0.0 };
        let (left, right) = (left + gap, right - gap);
        // What is there is seen, however little it is beside the others.
        let top = top.min(bottom - 1.0);
        surface.fill(vec![(left, top), (right, top), (right, bottom), (left, bottom)], color.to_rgba())?;
    }
    Ok(())
}

/// One group, through which those behind it are seen.
fn draw_over<B: DrawingBackend>(
    surface: &Surface<B>,
    plane: &Plane,
    bins: &[DistributionBin],
    group: usize,
    color: RGBColor,
    share: impl Fn(f64) -> f64,
) -> Result<(), DrawError> {
    let tops = bins.iter().flat_map(|bin| {
        let count = f64::from(bin.counts[group]);
        [plane.at(share(bin.from), count), plane.at(share(bin.to), count)]
    });
    let mut outline: Vec<Point> = tops.collect();
    let (Some(first), Some(last)) = (outline.first().copied(), outline.last().copied()) else { return Ok(()) };
    let base = plane.at(0.0, 0.0).1;
    outline.insert(0, (first.0, base));
    outline.push((last.0, base));
    surface.fill(outline.clone(), color.mix(OVER))?;
    surface.line(&outline, OUTLINE_PX, color.to_rgba())
}

/// Each run of a bin stands in the middle of its part of the bin's height. `next` says how far each sample has come.
fn marks_in(
    plane: &Plane,
    bin: &DistributionBin,
    samples: &[Sample],
    next: &mut [usize],
    overlaid: bool,
    share: impl Fn(f64) -> f64,
) -> Vec<Mark> {
    let middle = (share(bin.from) + share(bin.to)) / 2.0;
    let mut below = 0;
    let mut marks: Vec<(f64, Mark)> = Vec::new();
    for ((sample, next), count) in samples.iter().zip(next).zip(&bin.counts) {
        let end = (*next + *count as usize).min(sample.entries.len());
        for (height, entry) in (below..).zip(&sample.entries[*next..end]) {
            let at = plane.at(middle, f64::from(height) + 0.5);
            marks.push((entry.value, Mark { run: entry.run, at, is_point: false }));
        }
        *next = end;
        below += if overlaid { 0 } else { *count };
    }
    marks.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    marks.into_iter().map(|(_, mark)| mark).collect()
}
