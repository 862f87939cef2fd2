//! Ranks, and Spearman's rank correlation: whether one thing goes up where another does, however curved the way is.

/// The place of each number among all that are finite, from 1 for the smallest; ties have the mean of their places. What
/// is missing, NaN or infinite has none and stays what it is.
pub fn ranked(values: &[Option<f64>]) -> Vec<Option<f64>> {
    let is_ranked = |value: &Option<f64>| value.is_some_and(f64::is_finite);
    let finite: Vec<f64> = values.iter().filter(|value| is_ranked(value)).flatten().copied().collect();
    let mut ranks = ranks(&finite).into_iter();
    values.iter().map(|value| if is_ranked(value) { ranks.next() } else { *value }).collect()
}

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

pub(super) fn ranks(values: &[f64]) -> Vec<f64> {
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
    fn numbers_have_places_and_ties_share_theirs() {
        let values = [Some(3.0), None, Some(-0.0), Some(f64::NAN), Some(0.0), Some(1e308), Some(f64::INFINITY)];
        let expected = ["Some(3.0)", "None", "Some(1.5)", "Some(NaN)", "Some(1.5)", "Some(4.0)", "Some(inf)"];
        let ranked: Vec<String> = ranked(&values).iter().map(|rank| format!("{rank:?}")).collect();
        assert_eq!(ranked, expected);
        assert_eq!(super::ranked(&[]), []);
    }

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
