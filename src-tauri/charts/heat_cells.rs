//! What the cells of a heat map are of: the runs that share a part of both axes, and one value for all of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::heat_bins::Bins;

/// What a cell says of the values of its runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub enum CellStatistic {
    Mean,
    Min,
    Max,
}

impl CellStatistic {
    /// What it is called, of a value called so.
    pub fn of(self, label: &str) -> String {
        match self {
            Self::Mean => format!("mean of {label}"),
            Self::Min => format!("lowest {label}"),
            Self::Max => format!("highest {label}"),
        }
    }
}

/// Runs that share a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    /// Parts of x and of y.
    pub bins: (usize, usize),
    pub runs: u32,
    /// Those of them whose value is a finite number: the cell's value is of these.
    pub counted: u32,
    /// None where no run has a finite number.
    pub value: Option<f64>,
}

/// The cells that have runs, by x and then by y. There is none where no run is.
pub fn cells(x: &Bins, y: &Bins, values: &[Option<f64>], of: CellStatistic) -> Vec<Cell> {
    let runs = x.of.of.values.len().max(y.of.of.values.len());
    let mut found: BTreeMap<(usize, usize), (u32, Vec<f64>)> = BTreeMap::new();
    for run in 0..runs {
        let (Some(column), Some(row)) = (x.bin(run), y.bin(run)) else { continue };
        let (runs, numbers) = found.entry((column, row)).or_default();
        *runs = runs.saturating_add(1);
        numbers.extend(values.get(run).copied().flatten().filter(|value| value.is_finite()));
    }
    let cell = |(bins, (runs, numbers)): (_, (u32, Vec<f64>))| {
        let counted = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
        let value = match of {
            CellStatistic::Mean => mean(&numbers),
            CellStatistic::Min => numbers.into_iter().reduce(f64::min),
            CellStatistic::Max => numbers.into_iter().reduce(f64::max),
        };
        Cell { bins, runs, counted, value }
    };
    found.into_iter().map(cell).collect()
}

/// Finite for finite numbers: where their sum would overflow, their shares are added up.
fn mean(numbers: &[f64]) -> Option<f64> {
    let count = numbers.len() as f64;
    let sum: f64 = numbers.iter().sum();
    let mean = if sum.is_finite() { sum / count } else { numbers.iter().map(|number| number / count).sum() };
    (!numbers.is_empty()).then(|| mean.clamp(-f64::MAX, f64::MAX))
}

#[cfg(test)]
mod tests {
    use super::super::dimension::{Dimension, Domain};
    use super::super::spec::Scale;
    use super::*;

    fn numbers(values: impl IntoIterator<Item = Option<f64>>) -> Dimension {
        let (label, domain) = ("x".to_owned(), Domain::Numbers(Scale::Linear));
        Dimension { label, domain, values: values.into_iter().collect() }
    }

    #[test]
    fn a_cell_is_of_the_runs_that_are_in_it_and_only_numbers_count() {
        let x = numbers([1.0, 1.0, 1.0, 2.0, 2.0, f64::NAN, 1.0].map(Some));
        let y = numbers([Some(5.0), Some(5.0), Some(5.0), Some(6.0), Some(6.0), Some(5.0), None]);
        let values = [Some(1.0), Some(4.0), Some(f64::NAN), None, Some(f64::INFINITY), Some(9.0), Some(9.0)];
        let (x, y) = (Bins::new(&x, None), Bins::new(&y, None));
        let of = |statistic| cells(&x, &y, &values, statistic);
        let first = Cell { bins: (0, 0), runs: 3, counted: 2, value: Some(2.5) };
        let without = Cell { bins: (1, 1), runs: 2, counted: 0, value: None };
        assert_eq!(of(CellStatistic::Mean), [first, without], "no cell is made up where no run is");
        assert_eq!(of(CellStatistic::Min)[0].value, Some(1.0));
        assert_eq!(of(CellStatistic::Max)[0].value, Some(4.0));
    }

    #[test]
    fn the_mean_is_that_of_the_sum_and_does_not_overflow() {
        let mean = |values: &[f64]| {
            let one = numbers(values.iter().map(|_| Some(1.0)));
            let values: Vec<Option<f64>> = values.iter().copied().map(Some).collect();
            cells(&Bins::new(&one, None), &Bins::new(&one, None), &values, CellStatistic::Mean)[0].value
        };
        assert!(mean(&[1e308, 1e308, 1e308]).is_some_and(|mean| (mean / 1e308 - 1.0).abs() < 1e-12));
        assert!(mean(&[f64::MAX; 7]).is_some_and(f64::is_finite));
        assert_eq!(mean(&[f64::MAX, -f64::MAX]), Some(0.0));
        let many: Vec<f64> = (0..10_000).map(|i| 1e6 + f64::from(i % 97) * 0.1).collect();
        let expected = many.iter().sum::<f64>() / 10_000.0;
        assert!(mean(&many).is_some_and(|mean| (mean - expected).abs() < 1e-9 * expected), "{:?}", mean(&many));
        assert_eq!(cells(&Bins::new(&numbers([]), None), &Bins::new(&numbers([]), None), &[], CellStatistic::Mean), []);
    }
}
