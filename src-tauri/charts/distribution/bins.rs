//! The bins of a histogram: where they begin and end.

use super::super::layout::Axis;
use super::super::spec::Scale;

/// The edges of bins of equal width on the axis, ascending: one more than there are bins, from the least value to the
/// largest. `sorted` ascends and is finite. None without any value.
///
/// The width is NumPy's "auto" (2.4): that of Freedman and Diaconis (1981), but no less than gives twice √n bins, or
/// that of Sturges (1926) where it is smaller. Of whole numbers no bin is narrower than one.
pub fn edges(sorted: &[f64], axis: &Axis) -> Vec<f64> {
    /// More of them are narrower than the eye sees.
    const MOST: f64 = 200.0;
    let (Some(&low), Some(&high)) = (sorted.first(), sorted.last()) else { return Vec::new() };
    // Quarters, because the difference of two large numbers can overflow.
    let straight = |value: f64| axis.apply(value) * 0.25;
    let (from, to) = (straight(low), straight(high));
    let revert = |straight: f64| axis.revert((straight * 4.0).clamp(-f64::MAX, f64::MAX));
    if to <= from {
        let around = (from.abs() * 0.05).max(f64::MIN_POSITIVE * 8.0);
        let around = if from == 0.0 { 0.125 } else { around };
        return vec![revert(from - around), revert(from + around)];
    }
    let count = sorted.len() as f64;
    let quartile = |share: f64| {
        let place = share * (count - 1.0);
        let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
        straight(below) * (1.0 - place.fract()) + straight(above) * place.fract()
    };
    let length = to - from;
    let freedman_diaconis = 2.0 * (quartile(0.75) - quartile(0.25)) / count.cbrt();
    let sturges = length / (count.log2() + 1.0);
    let mut width = freedman_diaconis.max(length / count.sqrt() / 2.0).min(sturges);
    let is_whole = |value: &f64| value.fract() == 0.0 && value.abs() < 1e15;
    if axis.scale == Scale::Linear && sorted.iter().all(is_whole) {
        width = width.max(0.25);
    }
    // Rounding must not make one bin more of what is a whole number of widths.
    let bins = (length / width * (1.0 - 1e-12)).ceil().clamp(1.0, MOST);
    let inner = (1..bins as usize).map(|i| revert(from + length * (i as f64 / bins)));
    let mut edges: Vec<f64> = [low].into_iter().chain(inner).chain([high]).collect();
    // Of values that are next to each other as numbers, edges can be the same.
    edges.dedup();
    edges
}

/// How many values of a sorted list lie in each bin. A value on an edge belongs to the bin above it, and the largest
/// value to the last bin.
pub fn counts(sorted: &[f64], edges: &[f64]) -> Vec<u32> {
    let below = |edge: usize| match edges.get(edge) {
        Some(edge_value) if edge + 1 < edges.len() => sorted.partition_point(|value| value < edge_value),
        _ => sorted.len(),
    };
    let bins = edges.len().saturating_sub(1);
    (0..bins).map(|bin| u32::try_from(below(bin + 1) - below(bin)).unwrap_or(u32::MAX)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINEAR: Axis = Axis { min: 0.0, max: 1.0, scale: Scale::Linear };
    const LOG: Axis = Axis { min: 0.1, max: 1.0, scale: Scale::Log };

    fn bins(values: &[f64], axis: &Axis) -> (Vec<u32>, Vec<f64>) {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let edges = edges(&sorted, axis);
        (counts(&sorted, &edges), edges)
    }

    /// numpy.histogram(v, bins="auto") of NumPy 2.4 gave all that is expected here.
    #[test]
    fn bins_and_counts_are_those_of_numpy() {
        let v = [0.81, 0.85, 0.86, 0.87, 0.872, 0.88, 0.884, 0.89, 0.9, 0.71, 0.95, 0.5];
        let (counts, edges) = bins(&v, &LINEAR);
        assert_eq!(counts, [1, 0, 0, 1, 1, 6, 3]);
        assert!((edges[1] - 0.564_285_714_285_714_3).abs() < 1e-12 && edges[7] == 0.95, "{edges:?}");

        // Exponential: -log(1 - ((i · 7919) mod 1000) / 1000 · 0.999) for i below 400.
        let w: Vec<f64> = (0..400).map(|i| -(1.0 - f64::from((i * 7919) % 1000) / 1000.0 * 0.999).ln() + 0.0).collect();
        let (counts, edges) = bins(&w, &LINEAR);
        let expected = [103, 75, 56, 43, 32, 23, 18, 13, 11, 7, 5, 3, 4, 2, 1, 1, 1, 1, 0, 0, 1];
        assert_eq!(counts, expected);
        assert!((edges[1] - 0.295_957_534_450_661_3).abs() < 1e-12, "{edges:?}");

        let mut lone = vec![1.0; 9];
        lone.push(5.5);
        assert_eq!(bins(&lone, &LINEAR).0, [9, 0, 0, 0, 0, 0, 1], "without a length between the quartiles");

        let whole: Vec<f64> = [1.0, 2.0, 2.0, 3.0, 3.0, 3.0, 4.0, 4.0, 5.0, 8.0].repeat(6);
        let (counts, edges) = bins(&whole, &LINEAR);
        assert_eq!((&counts[..], &edges[..3]), (&[6, 12, 18, 12, 6, 0, 6][..], &[1.0, 2.0, 3.0][..]));
    }

    #[test]
    fn on_a_logarithmic_axis_bins_are_those_of_the_logarithms() {
        // numpy.histogram(numpy.log10(v), bins="auto")
        let v = [1e-5, 3e-5, 1e-4, 1e-4, 2e-4, 5e-4, 1e-3, 1e-3, 2e-3, 0.01];
        let (counts, edges) = bins(&v, &LOG);
        assert_eq!(counts, [2, 2, 2, 3, 1]);
        assert!((edges[1] / 3.981_071_705_534_969_5e-5 - 1.0).abs() < 1e-12, "{edges:?}");
    }

    #[test]
    fn every_value_is_in_one_bin_whatever_the_values() {
        let ugly = [
            &[][..],
            &[7.0],
            &[0.0, 0.0],
            &[-1e308, 1e308, 0.0],
            &[f64::MAX, -f64::MAX],
            &[5e-324, 0.0],
            &[1.0, 1.0 + f64::EPSILON],
            &[-3.0; 40],
        ];
        for values in ugly {
            let (counts, edges) = bins(values, &LINEAR);
            assert_eq!(counts.iter().sum::<u32>() as usize, values.len(), "{values:?}");
            assert!(edges.iter().all(|edge| edge.is_finite()), "{edges:?}");
            assert!(edges.windows(2).all(|pair| pair[0] < pair[1]), "{values:?}: {edges:?}");
            assert_eq!(edges.is_empty(), values.is_empty());
        }
    }
}
