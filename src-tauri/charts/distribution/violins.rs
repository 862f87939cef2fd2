//! Violins: how dense the values lie, as far to both sides as each is wide, from the least value to the largest.

use plotters::prelude::{Color, DrawingBackend, RGBColor};

use super::super::DrawError;
use super::super::canvas::Surface;
use super::super::layout::Axis;
use super::super::theme::{Theme, mix};
use super::Mark;
use super::boxes::{EVERY_POINT, draw_points, points};
use super::density::density;
use super::sample::Sample;
use super::slots::Slots;
use super::summary::summary;

/// A density of fewer values would say more than they do.
const LEAST_VALUES: usize = 5;
const WIDEST_PX: f64 = 44.0;
/// So many places along a violin are calculated, one or two pixels apart.
const PLACES: usize = 96;
const FILL: f64 = 0.2;
const EDGE_PX: f64 = 1.0;
const MEDIAN_PX: f64 = 2.0;

/// Draws one, and says where its values are. All violins are equally wide where they are widest.
pub fn draw<B: DrawingBackend>(
    surface: &Surface<B>,
    slots: &Slots,
    slot: usize,
    sample: &Sample,
    axis: &Axis,
    color: RGBColor,
    theme: &Theme,
) -> Result<Vec<Mark>, DrawError> {
    // Along the axis, so that values of a logarithmic one are dense as they are seen.
    let shares: Vec<f64> = sample.entries.iter().map(|entry| entry.share).collect();
    let half = (slots.slot_px * 0.42).min(WIDEST_PX);
    let shape = Some(&shares).filter(|shares| shares.len() >= LEAST_VALUES).and_then(|shares| Shape::of(shares, half));
    if let Some(shape) = &shape {
        let side = |sign: f64| move |(share, wide): &(f64, f64)| slots.at(slot, *share, sign * wide);
        let there = shape.0.iter().map(side(1.0));
        let mut outline: Vec<_> = there.chain(shape.0.iter().rev().map(side(-1.0))).collect();
        surface.fill(outline.clone(), mix(theme.surface, color, FILL).to_rgba())?;
        outline.extend(outline.first().copied());
        surface.line(&outline, EDGE_PX, mix(theme.surface, color, 0.8).to_rgba())?;
    }
    let wide_at = |share: f64| shape.as_ref().map_or(half, |shape| shape.wide_at(share));
    let is_all = shares.len() <= EVERY_POINT;
    // Half a point stays inside.
    let marks = points(slots, slot, sample, |_| is_all, |entry| (wide_at(entry.share) - 3.0).max(0.0));
    draw_points(surface, slots, &marks, color)?;
    if shares.len() < 2 {
        return Ok(marks);
    }
    let across = |share: f64, wide: f64| [slots.at(slot, share, -wide), slots.at(slot, share, wide)];
    let Some(of) = summary(&sample.values(), axis) else { return Ok(marks) };
    let share = |value: f64| axis.position(value).clamp(0.0, 1.0);
    if shape.is_some() {
        for share in [of.q1, of.q3].map(share) {
            surface.line(&across(share, wide_at(share)), EDGE_PX, mix(theme.surface, color, 0.8).to_rgba())?;
        }
    }
    let median = share(of.median);
    let wide = if shape.is_some() { wide_at(median) } else { half * 0.4 };
    surface.line(&across(median, wide), MEDIAN_PX, theme.title.to_rgba())?;
    Ok(marks)
}

/// Shares of the axis, ascending and equally far apart, and how many pixels the violin goes to either side there.
struct Shape(Vec<(f64, f64)>);

impl Shape {
    fn of(shares: &[f64], half_px: f64) -> Option<Self> {
        let (low, high) = (shares.first()?, shares.last()?);
        let place = |i: usize| low + (high - low) * (i as f64 / (PLACES - 1) as f64);
        let places: Vec<f64> = (0..PLACES).map(place).collect();
        let dense = density(shares, &places)?;
        let most = dense.iter().copied().fold(0.0, f64::max);
        let wide = |dense: f64| if most > 0.0 { half_px * dense / most } else { 0.0 };
        Some(Self(places.into_iter().zip(dense.into_iter().map(wide)).collect()))
    }

    fn wide_at(&self, share: f64) -> f64 {
        let above = self.0.partition_point(|(place, _)| *place < share).clamp(1, PLACES - 1);
        let ((from, a), (to, b)) = (self.0[above - 1], self.0[above]);
        let part = ((share - from) / (to - from).max(f64::MIN_POSITIVE)).clamp(0.0, 1.0);
        a + (b - a) * part
    }
}
