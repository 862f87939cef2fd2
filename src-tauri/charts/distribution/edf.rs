//! The empirical distribution function: which share of the values is at least as good as each of them.

/// The steps of the function, in the order of the values.
#[derive(Debug, Clone, PartialEq)]
pub struct Edf {
    /// Different values, ascending.
    pub values: Vec<f64>,
    /// For each, the share of all that has it or less; where more is better, the share that has it or more.
    pub shares: Vec<f64>,
}

/// `sorted` ascends and is finite.
pub fn edf(sorted: &[f64], more_is_better: bool) -> Edf {
    let mut edf = Edf { values: Vec::new(), shares: Vec::new() };
    let mut reached = 0;
    for same in sorted.chunk_by(|a, b| a == b) {
        let before = reached;
        reached += same.len();
        let as_good = if more_is_better { sorted.len() - before } else { reached };
        // The addition makes -0.0 the 0.0 that it is.
        edf.values.push(same[0] + 0.0);
        edf.shares.push(as_good as f64 / sorted.len() as f64);
    }
    edf
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_has_the_share_of_those_that_are_as_good() {
        // scipy.stats.ecdf(v).cdf of SciPy 1.17: its quantiles and probabilities.
        let sorted = [-0.0, 0.0, 2.0, 2.0, 7.0];
        let less = Edf { values: vec![0.0, 2.0, 7.0], shares: vec![0.4, 0.8, 1.0] };
        assert_eq!(edf(&sorted, false), less);
        assert_eq!(edf(&sorted, true).shares, [1.0, 0.6, 0.2]);
        assert_eq!(edf(&[], false), Edf { values: vec![], shares: vec![] });
    }
}
