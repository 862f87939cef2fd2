//! A metric over the versions of a model as a small curve, for one cell of a table.

use serde::Serialize;
use specta::Type;

/// What the curve is drawn in, in CSS pixels.
const WIDTH: f64 = 72.0;
const HEIGHT: f64 = 20.0;
/// Room for the dots at the edges.
const MARGIN: f64 = 3.0;

/// A path for SVG in a box of 72 by 20, y down, and where two of its points are.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Curve {
    /// Empty where no two versions beside each other have a number.
    pub path: String,
    pub champion: Option<(f64, f64)>,
    pub challenger: Option<(f64, f64)>,
    /// Versions with a number, and all that were looked at.
    pub measured: u32,
    pub versions: u32,
}

/// Of values from the oldest version to the newest, one each; `champion` and `challenger` are places among them.
/// None where there is no number at all.
pub fn curve(values: &[Option<f64>], champion: Option<usize>, challenger: Option<usize>) -> Option<Curve> {
    let numbers = || values.iter().flatten().copied().filter(|value| value.is_finite());
    let (low, high) =
        numbers().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if low > high {
        return None;
    }
    let step = (WIDTH - 2.0 * MARGIN) / (values.len().saturating_sub(1).max(1)) as f64;
    // One alone, or values that are all the same, lie in the middle.
    let height = |value: f64| match high - low {
        range if range > 0.0 && range.is_finite() => (high - value) / range,
        _ => 0.5,
    };
    let tenth = |px: f64| (px * 10.0).round() / 10.0;
    let place = |at: usize| {
        let value = values.get(at).copied().flatten().filter(|value| value.is_finite())?;
        let x = if values.len() == 1 { WIDTH - MARGIN } else { MARGIN + step * at as f64 };
        Some((tenth(x), tenth(MARGIN + height(value) * (HEIGHT - 2.0 * MARGIN))))
    };
    let (mut path, mut before) = (String::new(), None);
    for at in 0..values.len() {
        let here = place(at);
        if let (Some((x, y)), Some((from_x, from_y))) = (here, before) {
            if !path.ends_with(&format!("{from_x} {from_y}")) {
                path += &format!("M{from_x} {from_y}");
            }
            path += &format!("L{x} {y}");
        }
        before = here;
    }
    Some(Curve {
        path,
        champion: champion.and_then(place),
        challenger: challenger.and_then(place),
        measured: u32::try_from(numbers().count()).unwrap_or(u32::MAX),
        versions: u32::try_from(values.len()).unwrap_or(u32::MAX),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_has_gaps_where_versions_have_no_number() {
        let values = [Some(0.0), Some(1.0), None, Some(f64::NAN), Some(0.5), Some(0.5)];
        let drawn = curve(&values, Some(1), Some(2)).unwrap();
        assert_eq!(drawn.path, "M3 17L16.2 3M55.8 10L69 10");
        assert_eq!((drawn.champion, drawn.challenger), (Some((16.2, 3.0)), None));
        assert_eq!((drawn.measured, drawn.versions), (4, 6));
    }

    #[test]
    fn one_number_is_a_dot_and_none_is_nothing() {
        let drawn = curve(&[Some(2.0)], Some(0), None).unwrap();
        assert_eq!((drawn.path.as_str(), drawn.champion), ("", Some((69.0, 10.0))));
        assert_eq!(curve(&[Some(2.0), Some(2.0)], None, None).unwrap().path, "M3 10L69 10");
        assert_eq!(curve(&[None, Some(f64::INFINITY)], Some(1), None), None);
        assert_eq!(curve(&[], None, None), None);
    }
}
