//! Boxes: the quartiles with the median across, whiskers to the last values that are not far, and points.

use plotters::prelude::{Color, DrawingBackend, RGBColor};

use super::super::DrawError;
use super::super::canvas::Surface;
use super::super::layout::Axis;
use super::super::theme::{Theme, mix};
use super::Mark;
use super::sample::{Entry, Sample};
use super::slots::Slots;
use super::summary::summary;
use super::swarm::swarm;

/// Of so many values at most, each is a point; of more, those that are far from the others.
pub const EVERY_POINT: usize = 100;
const WIDEST_PX: f64 = 20.0;
/// How strong a box is in the colour of its group.
const FILL: f64 = 0.16;
const EDGE_PX: f64 = 1.0;
const MEDIAN_PX: f64 = 2.0;

/// Draws one, and says where its values are.
pub fn draw<B: DrawingBackend>(
    surface: &Surface<B>,
    slots: &Slots,
    slot: usize,
    sample: &Sample,
    axis: &Axis,
    color: RGBColor,
    theme: &Theme,
) -> Result<Vec<Mark>, DrawError> {
    let Some(of) = summary(&sample.values(), axis) else { return Ok(Vec::new()) };
    let half = (slots.slot_px * 0.34).min(WIDEST_PX);
    let at = |value: f64, aside: f64| slots.at(slot, axis.position(value).clamp(0.0, 1.0), aside);
    // One value has no quartiles.
    if sample.entries.len() > 1 {
        let edge = mix(theme.surface, color, 0.8).to_rgba();
        for (from, to) in [(of.low, of.q1), (of.q3, of.high)] {
            surface.line(&[at(from, 0.0), at(to, 0.0)], EDGE_PX, edge)?;
        }
        for end in [of.low, of.high] {
            surface.line(&[at(end, -half * 0.45), at(end, half * 0.45)], EDGE_PX, edge)?;
        }
        let corners = vec![at(of.q1, -half), at(of.q3, -half), at(of.q3, half), at(of.q1, half)];
        surface.fill(corners.clone(), mix(theme.surface, color, FILL).to_rgba())?;
        for side in 0..4 {
            surface.line(&[corners[side], corners[(side + 1) % 4]], EDGE_PX, edge)?;
        }
    }
    let is_all = sample.entries.len() <= EVERY_POINT;
    let is_point = |entry: &Entry| is_all || entry.value < of.low || entry.value > of.high;
    let marks = points(slots, slot, sample, is_point, |_| half * 0.8);
    draw_points(surface, slots, &marks, color)?;
    if sample.entries.len() > 1 {
        surface.line(&[at(of.median, -half), at(of.median, half)], MEDIAN_PX, theme.title.to_rgba())?;
    }
    Ok(marks)
}

/// Where all values of a sample are: those that are points beside each other, the others in the middle of the slot.
/// `room_px` says how far to the side a value may go.
pub fn points(
    slots: &Slots,
    slot: usize,
    sample: &Sample,
    is_point: impl Fn(&Entry) -> bool,
    room_px: impl Fn(&Entry) -> f64,
) -> Vec<Mark> {
    let shown: Vec<&Entry> = sample.entries.iter().filter(|entry| is_point(entry)).collect();
    let along: Vec<f64> = shown.iter().map(|entry| entry.share * slots.length_px()).collect();
    let apart = 2.0 * radius_px(slots) + 0.6;
    let mut aside = swarm(&along, apart, |i| room_px(shown[i])).into_iter();
    let mark = |entry: &Entry| {
        let is_point = is_point(entry);
        let aside = if is_point { aside.next().unwrap_or_default() } else { 0.0 };
        Mark { run: entry.run, at: slots.at(slot, entry.share, aside), is_point }
    };
    sample.entries.iter().map(mark).collect()
}

pub fn draw_points<B: DrawingBackend>(
    surface: &Surface<B>,
    slots: &Slots,
    marks: &[Mark],
    color: RGBColor,
) -> Result<(), DrawError> {
    const STRENGTH: f64 = 0.75;
    for mark in marks.iter().filter(|mark| mark.is_point) {
        surface.dot(mark.at, radius_px(slots), color.mix(STRENGTH))?;
    }
    Ok(())
}

/// Smaller where a slot has little room.
fn radius_px(slots: &Slots) -> f64 {
    if slots.slot_px < 24.0 { 1.6 } else { 2.0 }
}
