//! Parameter importance: how much of what differs in a metric each param explains.
//!
//! A random forest (Breiman 2001, "Random Forests") learns the metric from the params. Then the values of one param are
//! shuffled among runs that a tree has not seen (its out-of-bag runs), and the error of the tree grows by as much as it
//! had relied on the param: Breiman's permutation importance, in shares of the variance of the metric. A param that
//! explains nothing comes out at zero give or take chance, however many values it has. Where two params say the same,
//! they share.
//!
//! This is not fANOVA (Hutter, Hoos and Leyton-Brown 2014), which takes the variance of the forest itself apart, over
//! the whole space of params: that answers for values which nobody tried, and believes whatever the forest does.

use rayon::prelude::*;
use serde::Serialize;
use specta::Type;

use super::codes::{Codes, Param};
use super::finite;
use super::random::Random;
use super::rank::rank_correlation;
use super::tree::Tree;

/// With fewer runs nothing is said.
pub const LEAST_RUNS: usize = 10;
/// As often all is done again, with other trees and other shuffles: how far the answers differ is their uncertainty.
const REPEATS: u64 = 10;
const TREES: u64 = 32;
/// Of more runs each tree draws only so many, and is tested on so many of the others: 10,000 runs of 20 params take less
/// than a second, and what all trees say together does not change much.
const MOST_DRAWN: usize = 1_000;
const MOST_TESTED: usize = 500;

/// What a metric depends on.
#[derive(Debug, Clone, PartialEq)]
pub struct Importance {
    /// How many runs it was learnt from.
    pub runs: u32,
    /// Runs whose metric is missing, NaN or infinite.
    pub left_out: u32,
    pub finding: Finding,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Finding {
    /// There are fewer than 10 runs, or fewer than two for each param that varies: whatever came out would be chance.
    TooFewRuns { needed: u32 },
    /// The metric is the same in all runs: there is nothing to explain.
    SameEverywhere,
    /// No param differs between the runs.
    NothingVaries,
    Params {
        /// Those that vary, the most important first.
        params: Vec<ParamImportance>,
        /// The share of the metric's variance that the forest explains in runs it has not seen (R² out of bag). Where it
        /// is near zero or below, the params do not tell what the metric will be, and importances mean little.
        explained: f64,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub struct ParamImportance {
    /// Index among the given params.
    pub param: usize,
    /// Its share of all importances, which together are 1; below chance is 0. All are 0 where no param explains
    /// anything.
    pub share: f64,
    /// The standard deviation of the share between repeats.
    pub spread: f64,
    /// Where the metric goes when the param goes up; none for categories, and where it is not clear.
    pub trend: Option<Trend>,
}

/// Said only of a rank correlation that would come by chance in less than about 1 of 20 cases: |ρ| > 1.96 / √(n - 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Trend {
    Up,
    Down,
}

/// What the metric depends on; the same question has the same answer. Columns of another length than the metric's have
/// no values beyond their end.
pub fn importance(metric: &[Option<f64>], params: &[Param]) -> Importance {
    let (rows, left_out) = finite(&[metric]);
    let values: Vec<f64> = rows.iter().filter_map(|row| metric[*row as usize]).collect();
    let all: Vec<Codes> = params.par_iter().map(|param| Codes::of(param, &rows)).collect();
    let (which, codes): (Vec<usize>, Vec<Codes>) =
        all.into_iter().enumerate().filter(|(_, codes)| codes.varies()).unzip();
    let needed = LEAST_RUNS.max(2 * codes.len());
    let finding = if rows.len() < needed {
        Finding::TooFewRuns { needed: u32::try_from(needed).unwrap_or(u32::MAX) }
    } else if codes.is_empty() {
        Finding::NothingVaries
    } else if let Some(y) = standardised(&values) {
        let repeats: Vec<Repeat> = (0..REPEATS).map(|repeat| grow_forest(&codes, &y, repeat)).collect();
        let trend = |i: usize| trend(&params[which[i]], &rows, &values);
        let mut params = shares(&repeats, codes.len(), trend);
        params.sort_by(|a, b| b.share.total_cmp(&a.share));
        params.iter_mut().for_each(|of| of.param = which[of.param]);
        Finding::Params { params, explained: explained(&repeats, &y) }
    } else {
        Finding::SameEverywhere
    };
    Importance { runs: u32::try_from(rows.len()).unwrap_or(u32::MAX), left_out, finding }
}

/// With mean 0 and variance 1; none where all are the same.
fn standardised(values: &[f64]) -> Option<Vec<f64>> {
    let largest = values.iter().fold(0.0f64, |most, value| most.max(value.abs()));
    if values.iter().all(|value| Some(value) == values.first()) {
        return None;
    }
    // Squares of what is very large or very small would be infinite or zero.
    let count = values.len() as f64;
    let mean = values.iter().map(|value| value / largest).sum::<f64>() / count;
    let deviations: Vec<f64> = values.iter().map(|value| value / largest - mean).collect();
    let deviation = (deviations.iter().map(|value| value * value).sum::<f64>() / count).sqrt();
    (deviation > 0.0).then(|| deviations.iter().map(|value| value / deviation).collect())
}

/// What one forest says.
struct Repeat {
    /// For each param, by how much the mean squared error grows.
    growth: Vec<f64>,
    /// For each run, the sum of what trees expected that have not seen it, and how many those are.
    expected: Vec<(f64, f64)>,
}

fn grow_forest(codes: &[Codes], y: &[f64], repeat: u64) -> Repeat {
    let tested: Vec<Tested> =
        (0..TREES).into_par_iter().map(|tree| grow_and_test(codes, y, repeat * TREES + tree)).collect();
    let mut sum = Repeat { growth: vec![0.0; codes.len()], expected: vec![(0.0, 0.0); y.len()] };
    for tree in &tested {
        sum.growth.iter_mut().zip(&tree.growth).for_each(|(sum, growth)| *sum += growth / TREES as f64);
        for (row, expected) in &tree.expected {
            let of = &mut sum.expected[*row as usize];
            *of = (of.0 + expected, of.1 + 1.0);
        }
    }
    sum
}

struct Tested {
    growth: Vec<f64>,
    expected: Vec<(u32, f64)>,
}

fn grow_and_test(codes: &[Codes], y: &[f64], seed: u64) -> Tested {
    let mut random = Random::new(seed);
    let mut weights = vec![0.0; y.len()];
    for _ in 0..y.len().min(MOST_DRAWN) {
        weights[random.below(y.len())] += 1.0;
    }
    let (mut drawn, mut rest): (Vec<u32>, Vec<u32>) = (0..y.len() as u32).partition(|row| weights[*row as usize] > 0.0);
    let tree = Tree::grow(codes, y, &mut drawn, &weights, &mut random);
    random.shuffle(&mut rest);
    rest.truncate(MOST_TESTED);

    let error = |expected: f64, row: u32| (expected - y[row as usize]).powi(2) / rest.len() as f64;
    let expected: Vec<(u32, f64)> =
        rest.iter().map(|row| (*row, tree.predict(|param| codes[param].of[*row as usize]))).collect();
    let before: f64 = expected.iter().map(|(row, expected)| error(*expected, *row)).sum();
    let mut shuffled = rest.clone();
    let growth = |param: usize| {
        if !tree.uses[param] {
            return 0.0;
        }
        random.shuffle(&mut shuffled);
        let of_other = |(row, other): (&u32, &u32)| {
            let code = |of: usize| codes[of].of[if of == param { *other } else { *row } as usize];
            error(tree.predict(code), *row)
        };
        rest.iter().zip(&shuffled).map(of_other).sum::<f64>() - before
    };
    Tested { growth: (0..codes.len()).map(growth).collect(), expected }
}

/// `param` of each is its index among those that vary.
fn shares(repeats: &[Repeat], params: usize, trend: impl Fn(usize) -> Option<Trend>) -> Vec<ParamImportance> {
    let count = repeats.len() as f64;
    let of = |param: usize| repeats.iter().map(move |repeat| repeat.growth[param]);
    let means: Vec<f64> = (0..params).map(|param| of(param).sum::<f64>() / count).collect();
    let total: f64 = means.iter().map(|mean| mean.max(0.0)).sum();
    let share = |growth: f64| if total > 0.0 { growth / total } else { 0.0 };
    let importance = |(param, mean): (usize, &f64)| {
        let variance = of(param).map(|growth| (growth - mean).powi(2)).sum::<f64>() / (count - 1.0);
        ParamImportance { param, share: share(mean.max(0.0)), spread: share(variance.sqrt()), trend: trend(param) }
    };
    means.iter().enumerate().map(importance).collect()
}

/// R² of the mean of all trees that have not seen a run.
fn explained(repeats: &[Repeat], y: &[f64]) -> f64 {
    let (mut error, mut variance) = (0.0, 0.0);
    for (row, value) in y.iter().enumerate() {
        let of = repeats.iter().map(|repeat| repeat.expected[row]);
        let (sum, count) = of.fold((0.0, 0.0), |all, one| (all.0 + one.0, all.1 + one.1));
        if count > 0.0 {
            error += (sum / count - value).powi(2);
            variance += value * value;
        }
    }
    if variance > 0.0 { 1.0 - error / variance } else { 0.0 }
}

fn trend(param: &Param, rows: &[u32], metric: &[f64]) -> Option<Trend> {
    if param.is_category {
        return None;
    }
    let value = |row: &u32| param.values.get(*row as usize).copied().flatten().filter(|value| !value.is_nan());
    let both = rows.iter().zip(metric).filter_map(|(row, metric)| Some((value(row)?, *metric)));
    let (values, metric): (Vec<f64>, Vec<f64>) = both.unzip();
    let rho = rank_correlation(&values, &metric)?;
    let is_clear = rho.abs() > 1.96 / (values.len() as f64 - 1.0).sqrt();
    is_clear.then_some(if rho > 0.0 { Trend::Up } else { Trend::Down })
}
