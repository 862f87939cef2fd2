//! What a box says of values in five numbers, and of the values that are far from the others.

use serde::Serialize;

use super::super::layout::Axis;

/// Of at least one value.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    pub min: f64,
    pub q1: f64,
    pub median: f64,
    pub q3: f64,
    pub max: f64,
    pub mean: f64,
    /// The ends of the whiskers: the farthest values that are at most 1.5 times the length of the box from it (Tukey
    /// 1977). On a logarithmic axis both lengths are those of the logarithms.
    pub low: f64,
    pub high: f64,
    /// Values beyond the whiskers.
    pub outliers: u32,
}

/// `sorted` ascends and is finite; `axis` says what a length is. `None` without any value.
pub fn summary(sorted: &[f64], axis: &Axis) -> Option<Summary> {
    const FENCE: f64 = 1.5;
    let (&min, &max) = (sorted.first()?, sorted.last()?);
    let [q1, median, q3] = [0.25, 0.5, 0.75].map(|share| quantile(sorted, share));
    let (from, to) = (axis.apply(q1), axis.apply(q3));
    // Written without the length itself, which overflows where the values do not.
    let fences = (from * (1.0 + FENCE) - to * FENCE, to * (1.0 + FENCE) - from * FENCE);
    let first = sorted.partition_point(|value| axis.apply(*value) < fences.0);
    let end = sorted.partition_point(|value| axis.apply(*value) <= fences.1);
    // An interpolated quartile may lie beyond every value inside the fence; a whisker never goes into the box.
    let low = sorted.get(first).copied().unwrap_or(q1).min(q1);
    let high = end.checked_sub(1).and_then(|last| sorted.get(last)).copied().unwrap_or(q3).max(q3);
    let count = sorted.len();
    let mean = sorted.iter().map(|value| value / count as f64).sum::<f64>().clamp(min, max);
    let outliers = u32::try_from(first + count - end).unwrap_or(u32::MAX);
    Some(Summary { min, q1, median, q3, max, mean, low, high, outliers })
}

/// Between the two values that stand there, as NumPy's `percentile` does unless it is told otherwise.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    let part = place.fract();
    below * (1.0 - part) + above * part
}

#[cfg(test)]
mod tests {
    use super::super::super::spec::Scale;
    use super::*;

    const LINEAR: Axis = Axis { min: 0.0, max: 1.0, scale: Scale::Linear };
    const LOG: Axis = Axis { min: 0.1, max: 1.0, scale: Scale::Log };

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() <= 1e-12 * b.abs().max(1.0)
    }

    #[test]
    fn a_box_is_that_of_numpy_and_its_whiskers_those_of_matplotlib() {
        // numpy.percentile(v, [25, 50, 75]), v.mean() and matplotlib.cbook.boxplot_stats(v) of NumPy 2.4, Matplotlib 3.
        let sorted = [0.5, 0.71, 0.81, 0.85, 0.86, 0.87, 0.872, 0.88, 0.884, 0.89, 0.9, 0.95];
        let of = summary(&sorted, &LINEAR).expect("values");
        let said = [of.q1, of.median, of.q3, of.mean, of.low, of.high, of.min, of.max];
        let expected = [0.84, 0.871, 0.8855, 0.831_333_333_333_333_3, 0.81, 0.95, 0.5, 0.95];
        assert!(said.iter().zip(expected).all(|(a, b)| near(*a, b)), "{said:?}");
        assert_eq!(of.outliers, 2);
        let of = summary(&[1.0, 2.0, 3.0, 4.0], &LINEAR).expect("values");
        assert_eq!([of.q1, of.median, of.q3], [1.75, 2.5, 3.25]);
    }

    #[test]
    fn on_a_logarithmic_axis_what_is_far_is_far_by_its_logarithm() {
        let decades = [1e-6, 1e-3, 1e-3, 1e-2, 1e-2, 1e-1, 1e-1, 1.0];
        assert_eq!(summary(&decades, &LINEAR).map(|of| of.outliers), Some(1), "1, which is ten times the quartile");
        let of = summary(&decades, &LOG).expect("values");
        assert_eq!((of.outliers, of.low, of.high), (0, 1e-6, 1.0));
    }

    #[test]
    fn nothing_one_value_equal_values_and_the_largest_numbers_have_a_summary_that_is_finite() {
        assert_eq!(summary(&[], &LINEAR), None);
        for values in [&[7.0][..], &[2.0, 2.0, 2.0], &[-1e308, 1e308], &[f64::MIN, 0.0, 5e-324, f64::MAX]] {
            let of = summary(values, &LINEAR).expect("values");
            let ordered = [of.min, of.low, of.q1, of.median, of.q3, of.high, of.max];
            assert!(ordered.iter().chain([&of.mean]).all(|value| value.is_finite()), "{of:?}");
            assert!(ordered.is_sorted(), "{of:?}");
        }
    }
}
