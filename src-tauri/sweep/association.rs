//! How much of a metric's ranks goes with a param: the effect size of Kruskal and Wallis, over groups of runs that share
//! the param's value. It sees what goes up and down again, as a metric does along a learning rate, where a correlation
//! sees nothing.

use super::Param;
use super::rank::ranks;

/// Numbers are put into at most so many groups of about as many runs each.
const MOST_GROUPS: usize = 6;

/// Epsilon squared, from 0 for nothing to 1; of runs that have the param and a finite number. Groups of one teach nothing:
/// a word or a number of its own in every run has 0. None where the param or the metric is the same in all of these runs.
pub fn association(param: &Param, metric: &[Option<f64>]) -> Option<f64> {
    let pairs = param.values.iter().zip(metric);
    let mut pairs: Vec<(f64, f64)> = pairs
        .filter_map(|(param, metric)| Some((param.filter(|of| of.is_finite())?, metric.filter(|of| of.is_finite())?)))
        .collect();
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let ranks = ranks(&pairs.iter().map(|pair| pair.1).collect::<Vec<f64>>());
    let params: Vec<f64> = pairs.iter().map(|pair| pair.0).collect();
    let groups = groups(&params, param.is_category);
    let (count, group_count) = (ranks.len() as f64, groups.len() as f64);
    if groups.len() < 2 || ranks.iter().all(|rank| *rank == ranks[0]) {
        return None;
    }
    let mean = (count + 1.0) / 2.0;
    let all: f64 = ranks.iter().map(|rank| (rank - mean).powi(2)).sum();
    let between = groups.iter().map(|group| {
        let own = &ranks[group.clone()];
        let of_group = own.iter().sum::<f64>() / own.len() as f64;
        own.len() as f64 * (of_group - mean).powi(2)
    });
    let explained = between.sum::<f64>() / all;
    if count <= group_count {
        return Some(0.0);
    }
    // As many groups explain so much by chance.
    Some((1.0 - (1.0 - explained) * (count - 1.0) / (count - group_count)).max(0.0))
}

/// Runs that are next to each other by their value: each value, or several of many numbers. Equal values are never apart.
fn groups(values: &[f64], is_category: bool) -> Vec<std::ops::Range<usize>> {
    let mut all: Vec<std::ops::Range<usize>> = Vec::new();
    for group in values.chunk_by(|a, b| a == b) {
        let from = all.last().map_or(0, |last| last.end);
        all.push(from..from + group.len());
    }
    if is_category || all.len() <= MOST_GROUPS {
        return all;
    }
    let mut joined: Vec<std::ops::Range<usize>> = Vec::new();
    for group in all {
        // The next group begins where its share of all runs does.
        let is_full = joined.last().is_some_and(|last| last.end * MOST_GROUPS >= joined.len() * values.len());
        match joined.last_mut() {
            Some(last) if !is_full => last.end = group.end,
            _ => joined.push(group),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::super::random::Random;
    use super::*;

    fn param(values: impl IntoIterator<Item = Option<f64>>, is_category: bool) -> Param {
        Param { values: values.into_iter().collect(), is_category }
    }

    #[test]
    fn what_goes_up_and_down_again_is_seen_and_chance_is_not() {
        let mut random = Random::new(4);
        let rates: Vec<f64> = (0..200).map(|_| random.below(10_000) as f64).collect();
        let chance: Vec<f64> = (0..200).map(|_| random.below(10_000) as f64).collect();
        let metric: Vec<Option<f64>> = rates.iter().map(|rate| Some(-(rate - 5_000.0).powi(2))).collect();
        let of = |values: &[f64]| association(&param(values.iter().copied().map(Some), false), &metric);
        assert!(of(&rates).is_some_and(|of| of > 0.7), "{:?}", of(&rates));
        assert!(of(&chance).is_some_and(|of| of < 0.1), "{:?}", of(&chance));
        let own_word = param((0..200).map(|run| Some(f64::from(run))), true);
        assert_eq!(association(&own_word, &metric), Some(0.0));
    }

    #[test]
    fn it_is_the_effect_size_of_kruskal_and_wallis() {
        // scipy.stats.kruskal([1, 4, 5], [2, 7, 8], [3, 9, 9]).statistic of SciPy 1.17 is H; epsilon squared is
        // (H - k + 1) / (n - k).
        const H: f64 = 2.240_896_358_543_416_5;
        let metric = [1.0, 4.0, 5.0, 2.0, 7.0, 8.0, 3.0, 9.0, 9.0].map(Some);
        let of = association(&param((0..9).map(|run| Some(f64::from(run / 3))), true), &metric);
        let expected = (H - 2.0) / 6.0;
        assert!(of.is_some_and(|of| (of - expected).abs() < 1e-9), "{of:?} {expected}");
        let apart = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0].map(Some);
        // H of [1, 2, 3] and [4, 5, 6] is 27/7.
        let of = association(&param([0.0, 0.0, 0.0, 1.0, 1.0, 1.0].map(Some), true), &apart);
        assert!(of.is_some_and(|of| (of - (27.0 / 7.0 - 1.0) / 4.0).abs() < 1e-9), "{of:?}");
    }

    #[test]
    fn the_same_everywhere_says_nothing() {
        let metric = [1.0, 2.0, f64::NAN].map(Some);
        assert_eq!(association(&param([Some(3.0), Some(3.0), Some(4.0)], false), &metric), None);
        assert_eq!(association(&param([Some(3.0), Some(4.0), Some(4.0)], false), &[Some(7.0); 3]), None);
        assert_eq!(association(&param([None, Some(f64::NAN)], false), &metric), None);
        assert_eq!(association(&param([], false), &[]), None);
        assert_eq!(groups(&[1.0; 5], false), vec![0..5]);
    }

    #[test]
    fn groups_of_numbers_have_about_as_many_runs_each() {
        let values: Vec<f64> = (0..100).map(f64::from).collect();
        let sizes: Vec<usize> = groups(&values, false).iter().map(ExactSizeIterator::len).collect();
        assert_eq!(sizes.len(), MOST_GROUPS);
        assert_eq!(sizes.iter().sum::<usize>(), 100);
        assert!(sizes.iter().all(|size| (16..=18).contains(size)), "{sizes:?}");
    }
}
