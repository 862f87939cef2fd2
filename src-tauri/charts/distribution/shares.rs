//! The share of runs that is at least as good as each value: a line of steps for each group.

use plotters::prelude::{Color, DrawingBackend};

use super::super::DrawError;
use super::super::canvas::Surface;
use super::super::clip::{Point, dashed};
use super::super::layout::Axis;
use super::super::spec::Scale;
use super::super::theme::dash_pattern;
use super::super::ticks::Tick;
use super::plane::{self, Plane};
use super::sample::{Entry, Sample};
use super::{DistributionStop, Drawn, Mark, Picture, count, edf};

/// Of so many values at most, each is a dot on its line.
const EVERY_DOT: usize = 60;
const DOT_PX: f64 = 2.0;

pub fn draw<B: DrawingBackend>(picture: &Picture, surface: &Surface<B>) -> Result<Drawn, DrawError> {
    let Picture { chart, theme, samples, scaled, .. } = *picture;
    let upwards = Axis { min: 0.0, max: 1.0, scale: Scale::Linear };
    let word = if chart.more_is_better { "runs ≥ x" } else { "runs ≤ x" };
    let plane = plane::draw(picture, upwards, word, percents, surface)?;
    let (mut marks, mut stops) = (Vec::new(), Vec::new());
    for sample in samples {
        let first_mark = count(marks.len());
        let color = theme.palette[usize::from(sample.group.color) % theme.palette.len()].to_rgba();
        let of_sample = marks_of(&plane, sample, &scaled.axis, chart.more_is_better);
        let line = if of_sample.is_empty() { Vec::new() } else { steps(&plane, &of_sample, chart.more_is_better) };
        let stroke_px = theme.stroke_px(samples.len());
        let strokes = match dash_pattern(sample.group.dash) {
            Some(pattern) => dashed(&line, &pattern.iter().map(|part| part * stroke_px).collect::<Vec<_>>()),
            None => vec![line],
        };
        for stroke in strokes {
            surface.line(&stroke, stroke_px, color)?;
        }
        if of_sample.len() <= EVERY_DOT {
            for mark in &of_sample {
                surface.dot(mark.at, DOT_PX, color)?;
            }
        }
        stops.push(DistributionStop { rect: plane.plot, first_mark, marks: count(of_sample.len()) });
        marks.extend(of_sample);
    }
    Ok(Drawn { plot: plane.plot, lies: true, bins: Vec::new(), stops, marks })
}

fn percents(wanted: usize) -> Vec<Tick> {
    let parts = if wanted >= 4 { 4 } else { 2 };
    (0..=parts)
        .map(|part| f64::from(part) / f64::from(parts))
        .map(|of| Tick::new(of, format!("{} %", of * 100.0)))
        .collect()
}

/// Each value where its step ends.
fn marks_of(plane: &Plane, sample: &Sample, axis: &Axis, more_is_better: bool) -> Vec<Mark> {
    let steps = edf(&sample.values(), more_is_better);
    let mut step = 0;
    let mark = |entry: &Entry| {
        while steps.values.get(step).is_some_and(|value| *value < entry.value) {
            step += 1;
        }
        let share = steps.shares.get(step).copied().unwrap_or_default();
        let at = plane.at(axis.position(entry.value).clamp(0.0, 1.0), share);
        Mark { run: entry.run, at, is_point: true }
    };
    sample.entries.iter().map(mark).collect()
}

/// From one end of the plot to the other. Steps that are finer than the eye are one.
fn steps(plane: &Plane, marks: &[Mark], more_is_better: bool) -> Vec<Point> {
    const FINE_PX: f64 = 0.25;
    let (left, right) = (plane.plot.x, plane.plot.right());
    let (none, all) = (plane.at(0.0, 0.0).1, plane.at(0.0, 1.0).1);
    let (begin, end) = if more_is_better { (all, none) } else { (none, all) };
    let mut at = (left, begin);
    let mut line = vec![at];
    let mut places = marks.iter().map(|mark| mark.at).peekable();
    while let Some((x, y)) = places.next() {
        if (x, y) == at || places.peek().is_some_and(|next| next.0 - at.0 < FINE_PX) {
            continue;
        }
        // A share of what is at or below goes up at a value; one of what is at or above goes down behind it.
        let corner = if more_is_better { (at.0, y) } else { (x, at.1) };
        at = (x, y);
        line.extend([corner, at]);
    }
    line.extend([(at.0, end), (right, end)]);
    line
}
