//! How much a number of a run is worth beside runs that differ from it in their seed only. Pure.

use serde::Serialize;
use specta::Type;

/// The same metric of runs that differ in their seed only, the version's own among them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SeedSpread {
    pub runs: u32,
    /// Of a sample.
    pub std_dev: f64,
    pub least: f64,
    pub greatest: f64,
}

/// None of fewer than two numbers.
pub fn spread(values: &[f64]) -> Option<SeedSpread> {
    let finite: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    let count = finite.len() as f64;
    if finite.len() < 2 {
        return None;
    }
    let mean = finite.iter().map(|value| value / count).sum::<f64>();
    let variance = finite.iter().map(|value| (value - mean) * (value - mean) / (count - 1.0)).sum::<f64>();
    let std_dev = variance.sqrt();
    std_dev.is_finite().then(|| SeedSpread {
        runs: finite.len() as u32,
        std_dev,
        least: finite.iter().copied().fold(f64::INFINITY, f64::min),
        greatest: finite.iter().copied().fold(f64::NEG_INFINITY, f64::max),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_needs_two_numbers() {
        let of = spread(&[1.0, 2.0, 3.0, f64::NAN]).unwrap();
        assert_eq!((of.runs, of.std_dev, of.least, of.greatest), (3, 1.0, 1.0, 3.0));
        assert_eq!(spread(&[1.0, f64::INFINITY]), None);
        assert_eq!(spread(&[1e308, -1e308]).map(|of| of.runs), None, "what overflows says nothing");
    }
}
