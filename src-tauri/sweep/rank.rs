//! Spearman's rank correlation: whether one thing goes up where another does, however curved the way is.

/// From -1 to 1; ties have the mean of their ranks. None where one of them is the same everywhere.
pub fn rank_correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    let (a, b) = (ranks(a), ranks(b));
    // Ranks have the same mean with ties and without.
    let mean = (a.len().min(b.len()) as f64 + 1.0) / 2.0;
    let (mut both, mut of_a, mut of_b) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(&b) {
        both += (a - mean) * (b - mean);
        of_a += (a - mean).powi(2);
        of_b += (b - mean).powi(2);
    }
    (of_a > 0.0 && of_b > 0.0).then(|| both / (of_a * of_b).sqrt())
}

fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    for tied in order.chunk_by(|a, b| values[*a] == values[*b]) {
        let before = order.partition_point(|i| values[*i].total_cmp(&values[tied[0]]).is_lt());
        let rank = before as f64 + (tied.len() as f64 + 1.0) / 2.0;
        tied.iter().for_each(|i| ranks[*i] = rank);
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_compared_and_not_values() {
        assert_eq!(rank_correlation(&[1.0, 2.0, 3.0], &[1.0, 1e3, 1e308]), Some(1.0));
        assert_eq!(rank_correlation(&[1.0, 2.0, 3.0], &[-1.0, -2.0, -1e308]), Some(-1.0));
        assert_eq!(rank_correlation(&[1.0, 1.0, 1.0], &[1.0, 2.0, 3.0]), None);
        assert_eq!(rank_correlation(&[], &[]), None);
        // scipy.stats.spearmanr([1, 2, 2, 5, 4], [3, 1, 2, 2, 9]) of SciPy 1.17
        let with_ties = rank_correlation(&[1.0, 2.0, 2.0, 5.0, 4.0], &[3.0, 1.0, 2.0, 2.0, 9.0]);
        assert!(with_ties.is_some_and(|rho| (rho - SCIPY).abs() < 1e-12), "{with_ties:?}");
    }

    const SCIPY: f64 = 0.026_315_789_473_684_213;
}
