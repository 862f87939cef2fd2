//! From values to places: which part of an axis is shown and where in it a value lies.

use super::layout::Axis;
use super::spec::{Ends, Scale};

impl Axis {
    /// Where `value` lies: 0 at `min`, 1 at `max`, beyond them outside. Not finite where the axis has no place for it.
    pub fn position(&self, value: f64) -> f64 {
        let (low, high) = (self.apply(self.min), self.apply(self.max));
        // Halves, because the difference of two large numbers can overflow.
        (self.apply(value) * 0.5 - low * 0.5) / (high * 0.5 - low * 0.5)
    }

    /// The value at `position`: the inverse of [`Axis::position`].
    pub fn value(&self, position: f64) -> f64 {
        let (low, high) = (self.apply(self.min), self.apply(self.max));
        self.revert(low * (1.0 - position) + high * position)
    }

    /// Takes a value to where this axis is straight.
    pub fn apply(&self, value: f64) -> f64 {
        match self.scale {
            Scale::Linear => value,
            Scale::Log => log10(value),
            Scale::Symlog => asinh(value / self.linear_within()),
        }
    }

    pub fn revert(&self, straight: f64) -> f64 {
        match self.scale {
            Scale::Linear => straight,
            Scale::Log => 10f64.powf(straight),
            Scale::Symlog => straight.sinh() * self.linear_within(),
        }
    }

    /// How far from zero a symlog axis is about linear.
    pub fn linear_within(&self) -> f64 {
        (self.min.abs().max(self.max.abs()) / 1000.0).max(f64::MIN_POSITIVE)
    }
}

impl Scale {
    /// Whether the scale has a place for `value`. NaN and infinities have none on any.
    pub fn has_place_for(self, value: f64) -> bool {
        value.is_finite() && (self != Scale::Log || value > 0.0)
    }
}

/// Not inlined, or else the compiler computes it for linear scales as well and throws it away.
#[inline(never)]
fn log10(value: f64) -> f64 {
    value.log10()
}

#[inline(never)]
fn asinh(value: f64) -> f64 {
    value.asinh()
}

/// The largest values an axis goes to: far enough inside f64 that no difference or padding overflows.
const FAR: f64 = 1e300;

/// An axis that shows at least `low..=high` with `air` of its length added at each end.
///
/// Where all values are (nearly) the same, the axis is wide enough to be read and the value is in its middle.
pub fn axis_around(low: f64, high: f64, scale: Scale, air: f64) -> Axis {
    let (low, high) = (low.min(high), low.max(high));
    if scale == Scale::Symlog {
        return symlog_around(low.clamp(-FAR, FAR), high.clamp(-FAR, FAR), air);
    }
    let (mut low, mut high) = match scale {
        Scale::Log => (low.clamp(1e-300, FAR).log10(), high.clamp(1e-300, FAR).log10()),
        _ => (low.clamp(-FAR, FAR), high.clamp(-FAR, FAR)),
    };
    if is_same(low, high) {
        let around = match scale {
            Scale::Log => 0.5,
            _ if low == 0.0 => 1.0,
            _ => (low.abs() * 0.1).max(f64::MIN_POSITIVE * 8.0),
        };
        (low, high) = (low - around, high + around);
    } else {
        let padding = (high - low) * air;
        (low, high) = (low - padding, high + padding);
    }
    if scale == Scale::Log {
        // No power of ten beyond these is a normal number.
        return Axis { min: 10f64.powf(low.max(-307.0)), max: 10f64.powf(high.min(308.0)), scale };
    }
    Axis { min: low, max: high, scale }
}

fn symlog_around(low: f64, high: f64, air: f64) -> Axis {
    if is_same(low, high) {
        return Axis { scale: Scale::Symlog, ..axis_around(low, high, Scale::Linear, air) };
    }
    let tight = Axis { min: low, max: high, scale: Scale::Symlog };
    let (from, to) = (tight.apply(low), tight.apply(high));
    let padding = (to - from) * air;
    Axis { min: tight.revert(from - padding), max: tight.revert(to + padding), scale: Scale::Symlog }
}

/// Whether nothing but dust is between two values.
fn is_same(low: f64, high: f64) -> bool {
    high - low <= 1e-12 * low.abs().max(high.abs()) || high - low < f64::MIN_POSITIVE
}

/// The axis a user has asked for, if it can be drawn at all.
pub fn axis_asked(range: Option<(f64, f64)>, scale: Scale) -> Option<Axis> {
    let (a, b) = range?;
    let (min, max) = (a.min(b).max(-FAR), a.max(b).min(FAR));
    let drawable = scale.has_place_for(min) && scale.has_place_for(max);
    let axis = Axis { min, max, scale };
    let apart = axis.apply(max) - axis.apply(min) > 1e-13 * axis.apply(max).abs();
    (drawable && a.is_finite() && b.is_finite() && apart).then_some(axis)
}

/// The axis with the ends that stay, where its scale has a place for them. One that is beyond the other end takes the axis
/// along as it is.
pub fn with_ends(axis: Axis, ends: Ends) -> Axis {
    let fits = |end: &f64| axis.scale.has_place_for(*end);
    let length = axis.apply(axis.max) - axis.apply(axis.min);
    let range = match (ends.from.filter(fits), ends.to.filter(fits)) {
        (None, None) => return axis,
        (Some(from), Some(to)) => (from, to),
        (Some(from), None) if from < axis.max => (from, axis.max),
        (Some(from), None) => (from, axis.revert(axis.apply(from) + length)),
        (None, Some(to)) if to > axis.min => (axis.min, to),
        (None, Some(to)) => (axis.revert(axis.apply(to) - length), to),
    };
    axis_asked(Some(range), axis.scale).unwrap_or(axis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn position_and_value_are_inverse() {
        for scale in [Scale::Linear, Scale::Log, Scale::Symlog] {
            let axis = Axis { min: 0.5, max: 2_000.0, scale };
            for value in [0.5, 1.0, 33.0, 2_000.0, 9_000.0] {
                let back = axis.value(axis.position(value));
                assert!((back / value - 1.0).abs() < 1e-9, "{scale:?}: {value} came back as {back}");
            }
        }
    }

    #[test]
    fn an_end_that_stays_holds_and_the_other_follows_the_values() {
        let ends = |from, to| Ends { from, to };
        let shown = |axis: Axis, ends: Ends| with_ends(axis, ends);
        let axis = Axis { min: 2.0, max: 12.0, scale: Scale::Linear };
        let range = |of: Axis| (of.min, of.max);
        assert_eq!(range(shown(axis, ends(Some(0.0), None))), (0.0, 12.0));
        assert_eq!(range(shown(axis, ends(None, Some(1.5e3)))), (2.0, 1_500.0));
        assert_eq!(range(shown(axis, ends(Some(5.0), Some(4.0)))), (4.0, 5.0));
        assert_eq!(range(shown(axis, ends(Some(20.0), None))), (20.0, 30.0), "beyond all values");
        assert_eq!(range(shown(axis, ends(None, Some(2.0)))), (-8.0, 2.0));
        let log = Axis { min: 0.1, max: 10.0, scale: Scale::Log };
        assert_eq!(range(shown(log, ends(Some(0.0), Some(100.0)))), (0.1, 100.0), "zero has no place");
        let (min, max) = range(shown(log, ends(Some(100.0), None)));
        assert!(min == 100.0 && (max / 10_000.0 - 1.0).abs() < 1e-9, "{max}");
        for scale in [Scale::Linear, Scale::Log, Scale::Symlog] {
            for (from, to) in [(f64::NAN, 1.0), (3.0, 3.0), (1e308, -1e308), (f64::INFINITY, f64::NEG_INFINITY)] {
                for ends in [ends(Some(from), Some(to)), ends(Some(from), None), ends(None, Some(to))] {
                    let of = shown(Axis { min: 1.0, max: 2.0, scale }, ends);
                    assert!(of.min.is_finite() && of.max.is_finite() && of.min < of.max, "{ends:?}: {of:?}");
                }
            }
        }
    }

    #[test]
    fn all_axes_are_finite_and_have_a_length() {
        let values = [0.0, -0.0, 1.0, -7.5, 1e-320, 5e-324, 1e300, f64::MAX, -f64::MAX, 0.1 + 0.2, 0.3];
        for scale in [Scale::Linear, Scale::Log, Scale::Symlog] {
            for low in values {
                for high in values {
                    let axis = axis_around(low, high, scale, 0.05);
                    assert!(axis.min.is_finite() && axis.max.is_finite(), "{low} {high} {axis:?}");
                    assert!(axis.min < axis.max, "{low} {high} {axis:?}");
                    assert!(axis.position(axis.max) > 0.99, "{low} {high} {axis:?}");
                }
            }
        }
    }

    #[test]
    fn a_symlog_axis_is_straight_near_zero_and_has_decades_of_one_width_beyond() {
        let axis = Axis { min: -100.0, max: 1_000.0, scale: Scale::Symlog };
        let between = |a: f64, b: f64| axis.position(b) - axis.position(a);
        assert!((between(-0.1, 0.0) / between(0.0, 0.1) - 1.0).abs() < 1e-9);
        assert!((between(0.0, 0.05) / between(0.05, 0.1) - 1.0).abs() < 0.01, "linear within one");
        assert!((between(10.0, 100.0) / between(100.0, 1_000.0) - 1.0).abs() < 0.01, "logarithmic beyond");
        assert!((between(-100.0, -10.0) / between(10.0, 100.0) - 1.0).abs() < 1e-9, "to both sides");
        let around = axis_around(-4.0, 2_000.0, Scale::Symlog, 0.05);
        assert!(around.min < -4.0 && around.max > 2_000.0 && around.min > -20.0, "{around:?}");
    }

    #[test]
    fn dust_is_not_magnified() {
        let axis = axis_around(0.3, 0.1 + 0.2, Scale::Linear, 0.05);
        assert!(axis.max - axis.min > 0.01, "{axis:?}");
    }

    #[test]
    fn ranges_that_cannot_be_drawn_are_not_taken() {
        assert_eq!(axis_asked(Some((1.0, 1.0)), Scale::Linear), None);
        assert_eq!(axis_asked(Some((f64::NAN, 1.0)), Scale::Linear), None);
        assert_eq!(axis_asked(Some((0.0, 1.0)), Scale::Log), None);
        let turned = axis_asked(Some((5.0, -1.0)), Scale::Linear);
        assert_eq!(turned.map(|a| (a.min, a.max)), Some((-1.0, 5.0)));
    }
}
