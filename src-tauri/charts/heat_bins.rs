//! Parts of an axis in which values are counted together: one for each category or each of a few numbers, or as many of
//! one length as the runs are enough for.

use super::dimension::{Dimension, Domain, Scaled};
use super::layout::Axis;

/// The parts of an axis, side by side from its one end to the other.
pub struct Bins<'a> {
    pub of: Scaled<'a>,
    parts: Parts,
}

enum Parts {
    /// Ends of the parts as shares of the axis, one more than there are parts, and the value of each part.
    Values { ends: Vec<f64>, values: Vec<f64> },
    /// So many of one length.
    Even(usize),
}

/// As many different numbers are a grid that somebody laid: each has its own part.
const GRID: usize = 12;
const FEWEST: usize = 4;
const MOST: usize = 16;

impl<'a> Bins<'a> {
    /// `wanted` is how many even parts there are; without it, as many as the values are enough for.
    pub fn new(of: &'a Dimension, wanted: Option<usize>) -> Self {
        let mut scaled = of.scaled(0.0);
        if let Domain::Categories(names) = &of.domain {
            return Self { of: scaled, parts: Parts::Even(names.len().max(1)) };
        }
        let placed = || (0..of.values.len()).filter_map(|run| scaled.on_axis(run)).collect::<Vec<f64>>();
        if wanted.is_none()
            && let Some((axis, parts)) = few_values(&placed()).and_then(|values| around_each(&scaled.axis, values))
        {
            scaled.axis = axis;
            return Self { of: scaled, parts };
        }
        // A third of the runs' exponent, as a cell has to hold some of them.
        let enough = || (1.5 * (placed().len() as f64).cbrt()).round() as usize;
        let count = wanted.map_or_else(|| enough().clamp(FEWEST, MOST), |wanted| wanted.clamp(1, 100));
        Self { of: scaled, parts: Parts::Even(count) }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match &self.parts {
            Parts::Values { values, .. } => values.len(),
            Parts::Even(count) => *count,
        }
    }

    /// The part that the value of a run is in, if the axis has a place for it.
    pub fn bin(&self, run: usize) -> Option<usize> {
        let at = self.of.axis.position(self.of.on_axis(run)?).clamp(0.0, 1.0);
        let last = self.len() - 1;
        Some(match &self.parts {
            Parts::Values { ends, .. } => ends.partition_point(|end| *end <= at).saturating_sub(1).min(last),
            Parts::Even(count) => ((at * *count as f64) as usize).min(last),
        })
    }

    /// Where a part begins and ends, as shares of the axis.
    pub fn ends(&self, bin: usize) -> (f64, f64) {
        match &self.parts {
            Parts::Values { ends, .. } => {
                let end = |i: usize| ends.get(i).copied().unwrap_or(1.0);
                (end(bin), end(bin + 1))
            }
            Parts::Even(count) => (bin as f64 / *count as f64, (bin + 1) as f64 / *count as f64),
        }
    }

    /// The values that have parts of their own, if these are few; of categories, see [`Scaled`].
    pub fn values(&self) -> Option<&[f64]> {
        match &self.parts {
            Parts::Values { values, .. } => Some(values),
            Parts::Even(_) => None,
        }
    }

    /// What is in a part: its value, or from where to where it goes.
    pub fn words(&self, bin: usize) -> String {
        let word = |value: f64| self.of.word(value);
        match (&self.parts, &self.of.of.domain) {
            (Parts::Values { values, .. }, _) => values.get(bin).copied().map(word).unwrap_or_default(),
            (_, Domain::Categories(_)) => word(bin as f64),
            _ => {
                let (from, to) = self.ends(bin);
                format!("{} … {}", word(self.of.axis.value(from)), word(self.of.axis.value(to)))
            }
        }
    }
}

/// The different values from the smallest, if they are few.
fn few_values(values: &[f64]) -> Option<Vec<f64>> {
    let mut few: Vec<f64> = Vec::new();
    for value in values {
        if !few.contains(value) {
            few.push(*value);
        }
        if few.len() > GRID {
            return None;
        }
    }
    few.sort_by(f64::total_cmp);
    (!few.is_empty()).then_some(few)
}

/// A part around each value that goes half way to the next, and as far beyond the first and the last. None where values
/// are too large, or too close, for the axis to tell them apart.
fn around_each(axis: &Axis, values: Vec<f64>) -> Option<(Axis, Parts)> {
    let places: Vec<f64> = values.iter().map(|value| axis.position(*value).clamp(0.0, 1.0)).collect();
    if places.len() < 2 {
        return Some((*axis, Parts::Values { ends: vec![0.0, 1.0], values }));
    }
    if places.windows(2).any(|pair| pair[1] - pair[0] < 1e-9) {
        return None;
    }
    let mut ends: Vec<f64> = places.windows(2).map(|pair| f64::midpoint(pair[0], pair[1])).collect();
    let (first, last) = (places[0], places[places.len() - 1]);
    let (before, behind) = (2.0 * first - ends[0], 2.0 * last - ends[ends.len() - 1]);
    let wider = Axis { min: axis.value(before), max: axis.value(behind), scale: axis.scale };
    // Where the ends overflow, the axis stays as long as it is.
    let is_axis = wider.min.is_finite() && wider.max.is_finite() && wider.min < wider.max;
    let is_axis = is_axis && (wider.max - wider.min).is_finite();
    let axis = if is_axis { wider } else { *axis };
    let (from, length) = if is_axis { (before, behind - before) } else { (0.0, 1.0) };
    ends = [vec![before], ends, vec![behind]].concat();
    let ends = ends.iter().map(|end| ((end - from) / length).clamp(0.0, 1.0)).collect();
    Some((axis, Parts::Values { ends, values }))
}

#[cfg(test)]
mod tests {
    use super::super::spec::Scale;
    use super::*;

    fn numbers(scale: Scale, values: &[f64]) -> Dimension {
        let values = values.iter().copied().map(Some).collect();
        Dimension { label: "x".into(), domain: Domain::Numbers(scale), values }
    }

    #[test]
    fn each_of_a_few_numbers_has_its_own_part_with_the_number_in_it() {
        let of = numbers(Scale::Log, &[1e-4, 1e-2, 1e-3, 1e-4, 0.0]);
        let bins = Bins::new(&of, None);
        assert_eq!(bins.len(), 3);
        let found: Vec<Option<usize>> = (0..5).map(|run| bins.bin(run)).collect();
        assert_eq!(found, [Some(0), Some(2), Some(1), Some(0), None]);
        assert_eq!((bins.words(0), bins.words(2)), ("1e-4".to_owned(), "0.01".to_owned()));
        for run in 0..4 {
            let (from, to) = bins.ends(bins.bin(run).unwrap_or_default());
            let at = bins.of.axis.position(of.values[run].unwrap_or_default());
            assert!(from < at && at < to && (to - from - 1.0 / 3.0).abs() < 1e-9, "{from} {at} {to}");
        }
    }

    #[test]
    fn many_numbers_are_in_parts_of_one_length_and_all_are_counted() {
        let values: Vec<f64> = (0..200).map(|i| f64::from(i * i)).collect();
        let of = numbers(Scale::Linear, &values);
        for (wanted, expected) in [(None, 9), (Some(5), 5), (Some(0), 1), (Some(1_000), 100)] {
            let bins = Bins::new(&of, wanted);
            assert_eq!(bins.len(), expected);
            let mut counts = vec![0; bins.len()];
            (0..200).for_each(|run| counts[bins.bin(run).unwrap()] += 1);
            assert_eq!(counts.iter().sum::<usize>(), 200);
            assert_eq!((bins.bin(0), bins.bin(199)), (Some(0), Some(expected - 1)));
        }
    }

    #[test]
    fn categories_are_never_merged() {
        let names = (0..20_000).map(|i| format!("name {i}")).collect();
        let values = (0..20_000).map(|i| Some(f64::from(i))).chain([None]).collect();
        let of = Dimension { label: "x".into(), domain: Domain::Categories(names), values };
        let bins = Bins::new(&of, Some(3));
        assert!((0..20_000).all(|run| bins.bin(run) == Some(run)));
        assert_eq!((bins.bin(20_000), bins.words(19_999)), (None, "name 19999".to_owned()));
    }

    #[test]
    fn parts_of_any_values_cover_the_axis() {
        let ugly = [1e308, -1e308, f64::MAX, 5e-324, 0.0, -0.0, f64::NAN, f64::INFINITY, 7.0];
        for scale in [Scale::Linear, Scale::Log] {
            for count in 0..=ugly.len() {
                let of = numbers(scale, &ugly[..count]);
                let bins = Bins::new(&of, None);
                assert!(bins.len() > 0 && bins.of.axis.min < bins.of.axis.max);
                let ends: Vec<(f64, f64)> = (0..bins.len()).map(|bin| bins.ends(bin)).collect();
                assert!(ends[0].0.abs() < 1e-9 && (ends[ends.len() - 1].1 - 1.0).abs() < 1e-9, "{ends:?}");
                assert!(ends.windows(2).all(|pair| pair[0].1 == pair[1].0), "{ends:?}");
                (0..count).for_each(|run| assert!(bins.bin(run).is_none_or(|bin| bin < bins.len())));
                (0..bins.len()).for_each(|bin| drop(bins.words(bin)));
            }
        }
    }
}
