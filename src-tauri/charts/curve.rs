//! A series as a function of x: one value at each, and straight lines between them.

use super::smooth::Smoother;
use super::spec::Series;

/// Points whose x ascends, each x once.
pub type Curve = Vec<(f64, f64)>;

/// Of several values at one x the last, and where the series begins anew, its last pass: it takes the place of what is
/// between its ends.
pub fn single_valued(series: &Series, smoother: Option<&Smoother>) -> Curve {
    let mut curve = Curve::new();
    for pass in series.passes() {
        let (xs, ys) = (&series.x[pass.clone()], &series.y[pass]);
        let smoothed = smoother.map(|smoother| smoother.smooth(xs, ys, 0..ys.len()));
        let mut points = Curve::with_capacity(xs.len());
        for (&x, &y) in xs.iter().zip(smoothed.as_deref().unwrap_or(ys)) {
            match points.last_mut() {
                _ if !x.is_finite() => {}
                Some(last) if last.0 >= x => last.1 = y,
                _ => points.push((x, y)),
            }
        }
        let (Some(first), Some(last)) = (points.first(), points.last()) else { continue };
        let from = curve.partition_point(|point| point.0 < first.0);
        let to = curve.partition_point(|point| point.0 <= last.0);
        curve.splice(from..to, points);
    }
    curve
}

/// The value of a curve at x, of whose points so many are before or at x; none outside the curve.
pub fn value_at(curve: &Curve, reached: usize, x: f64) -> Option<f64> {
    let before = curve.get(reached.checked_sub(1)?)?;
    if before.0 == x {
        return Some(before.1);
    }
    let after = curve.get(reached)?;
    // Halves, because the difference of two large numbers can overflow.
    let share = (x / 2.0 - before.0 / 2.0) / (after.0 / 2.0 - before.0 / 2.0);
    Some(before.1 * (1.0 - share) + after.1 * share)
}
