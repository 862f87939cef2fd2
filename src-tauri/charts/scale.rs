//! From values to places: which part of an axis is shown and where in it a value lies.

use super::layout::Axis;
use super::spec::Scale;

impl Axis {
    /// Where `value` lies: 0 at `min`, 1 at `max`, beyond them outside. Not finite where the axis has no place for it.
    pub fn position(&self, value: f64) -> f64 {
        let (low, high) = (self.scale.apply(self.min), self.scale.apply(self.max));
        // Halves, because the difference of two large numbers can overflow.
        (self.scale.apply(value) * 0.5 - low * 0.5) / (high * 0.5 - low * 0.5)
    }

    /// The value at `position`: the inverse of [`Axis::position`].
    pub fn value(&self, position: f64) -> f64 {
        let (low, high) = (self.scale.apply(self.min), self.scale.apply(self.max));
        self.scale.revert(low * (1.0 - position) + high * position)
    }
}

impl Scale {
    /// Takes a value to where this scale is straight.
    pub fn apply(self, value: f64) -> f64 {
        match self {
            Scale::Linear => value,
            Scale::Log => log10(value),
        }
    }

    pub fn revert(self, straight: f64) -> f64 {
        match self {
            Scale::Linear => straight,
            Scale::Log => 10f64.powf(straight),
        }
    }

    /// Whether the scale has a place for `value`. NaN and infinities have none on any.
    pub fn has_place_for(self, value: f64) -> bool {
        value.is_finite() && (self == Scale::Linear || value > 0.0)
    }
}

/// Not inlined, or else the compiler computes it for linear scales as well and throws it away.
#[inline(never)]
fn log10(value: f64) -> f64 {
    value.log10()
}

/// The largest values an axis goes to: far enough inside f64 that no difference or padding overflows.
const FAR: f64 = 1e300;

/// An axis that shows at least `low..=high` with `air` of its length added at each end.
///
/// Where all values are (nearly) the same, the axis is wide enough to be read and the value is in its middle.
pub fn axis_around(low: f64, high: f64, scale: Scale, air: f64) -> Axis {
    let (low, high) = (low.min(high), low.max(high));
    let (mut low, mut high) = match scale {
        Scale::Linear => (low.clamp(-FAR, FAR), high.clamp(-FAR, FAR)),
        Scale::Log => (low.clamp(1e-300, FAR).log10(), high.clamp(1e-300, FAR).log10()),
    };
    let same = high - low <= 1e-12 * low.abs().max(high.abs()) || high - low < f64::MIN_POSITIVE;
    if same {
        let around = match scale {
            Scale::Log => 0.5,
            Scale::Linear if low == 0.0 => 1.0,
            Scale::Linear => (low.abs() * 0.1).max(f64::MIN_POSITIVE * 8.0),
        };
        (low, high) = (low - around, high + around);
    } else {
        let padding = (high - low) * air;
        (low, high) = (low - padding, high + padding);
    }
    if scale == Scale::Log {
        // No power of ten beyond these is a normal number.
        (low, high) = (low.max(-307.0), high.min(308.0));
    }
    Axis { min: scale.revert(low), max: scale.revert(high), scale }
}

/// The axis a user has asked for, if it can be drawn at all.
pub fn axis_asked(range: Option<(f64, f64)>, scale: Scale) -> Option<Axis> {
    let (a, b) = range?;
    let (min, max) = (a.min(b).max(-FAR), a.max(b).min(FAR));
    let drawable = scale.has_place_for(min) && scale.has_place_for(max);
    let apart = scale.apply(max) - scale.apply(min) > 1e-13 * scale.apply(max).abs();
    (drawable && a.is_finite() && b.is_finite() && apart).then_some(Axis { min, max, scale })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn position_and_value_are_inverse() {
        for scale in [Scale::Linear, Scale::Log] {
            let axis = Axis { min: 0.5, max: 2_000.0, scale };
            for value in [0.5, 1.0, 33.0, 2_000.0, 9_000.0] {
                let back = axis.value(axis.position(value));
                assert!((back / value - 1.0).abs() < 1e-9, "{scale:?}: {value} came back as {back}");
            }
        }
    }

    #[test]
    fn all_axes_are_finite_and_have_a_length() {
        let values = [0.0, -0.0, 1.0, -7.5, 1e-320, 5e-324, 1e300, f64::MAX, -f64::MAX, 0.1 + 0.2, 0.3];
        for scale in [Scale::Linear, Scale::Log] {
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
