//! How dense values lie: a bell over each of them, added up.

use rayon::prelude::*;

/// The Gaussian kernel density of the values at each of these places, with a bandwidth by Scott's rule (1992): their
/// standard deviation times n^(-1/5). `sorted` ascends. `None` where there is no such width: of fewer than two values,
/// or of equal ones.
pub fn density(sorted: &[f64], places: &[f64]) -> Option<Vec<f64>> {
    /// Farther than so many bandwidths from a value its bell is less than a millionth of its height.
    const REACH: f64 = 5.5;
    let count = sorted.len() as f64;
    let mean = sorted.iter().sum::<f64>() / count;
    let variance = sorted.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0);
    let width = variance.sqrt() * count.powf(-0.2);
    if !(width > 0.0 && width.is_finite()) {
        return None;
    }
    let height = 1.0 / (count * width * std::f64::consts::TAU.sqrt());
    let at = |place: &f64| {
        let first = sorted.partition_point(|value| *value < place - REACH * width);
        let end = sorted.partition_point(|value| *value <= place + REACH * width);
        let bell = |value: &f64| (-0.5 * ((place - value) / width).powi(2)).exp();
        height * sorted[first..end].iter().map(bell).sum::<f64>()
    };
    Some(places.par_iter().map(at).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_density_is_that_of_scipy() {
        // scipy.stats.gaussian_kde(v)(numpy.linspace(0.5, 0.95, 7)) of SciPy 1.17.
        let sorted = [0.5, 0.71, 0.81, 0.85, 0.86, 0.87, 0.872, 0.88, 0.884, 0.89, 0.9, 0.95];
        let places = [0.5, 0.575, 0.65, 0.725, 0.8, 0.875, 0.95];
        let expected = [
            0.464_956_356_005_896_4,
            0.353_235_976_793_039_86,
            0.455_020_227_695_335_44,
            1.141_260_140_792_478_5,
            2.848_353_805_915_711_4,
            4.195_076_849_054_488,
            2.704_846_027_940_547,
        ];
        let said = density(&sorted, &places).expect("a density");
        assert!(said.iter().zip(expected).all(|(a, b)| (a / b - 1.0).abs() < 1e-6), "{said:?}");
    }

    #[test]
    fn what_has_no_width_has_no_density() {
        for values in [&[][..], &[1.0], &[3.0, 3.0, 3.0]] {
            assert_eq!(density(values, &[0.0, 3.0]), None, "{values:?}");
        }
    }
}
