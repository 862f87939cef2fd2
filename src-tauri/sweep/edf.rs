//! The empirical distribution function: which share of the runs has at most a value.

use super::finite;

/// The steps of the function: below the first value it is 0, from the last on it is 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Edf {
    /// Different values, ascending.
    pub values: Vec<f64>,
    /// For each, the share of runs that have it or less.
    pub shares: Vec<f64>,
    /// Runs whose value is missing, NaN or infinite: they are not among those that shares are of.
    pub left_out: u32,
}

pub fn edf(values: &[Option<f64>]) -> Edf {
    let (rows, left_out) = finite(&[values]);
    // The addition makes -0.0 the 0.0 that it is.
    let mut sorted: Vec<f64> = rows.iter().filter_map(|row| values[*row as usize]).map(|value| value + 0.0).collect();
    sorted.sort_by(f64::total_cmp);
    let mut edf = Edf { values: Vec::new(), shares: Vec::new(), left_out };
    let mut reached = 0;
    for same in sorted.chunk_by(|a, b| a == b) {
        reached += same.len();
        edf.values.push(same[0]);
        edf.shares.push(reached as f64 / sorted.len() as f64);
    }
    edf
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_has_the_share_of_runs_up_to_it() {
        let values =
            [Some(2.0), Some(-0.0), None, Some(2.0), Some(f64::NAN), Some(0.0), Some(7.0), Some(f64::INFINITY)];
        let expected = Edf { values: vec![0.0, 2.0, 7.0], shares: vec![0.4, 0.8, 1.0], left_out: 3 };
        assert_eq!(edf(&values), expected);
        assert_eq!(edf(&[None]), Edf { values: vec![], shares: vec![], left_out: 1 });
    }
}
