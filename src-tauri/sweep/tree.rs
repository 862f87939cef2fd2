//! A regression tree: runs are split in two, and again, where that takes away most of the variance.

use super::codes::{CodeSet, Codes, MISSING};
use super::random::Random;

/// Fewer runs than this are not split any more.
const LEAST_TO_SPLIT: usize = 4;

pub struct Tree {
    nodes: Vec<Node>,
    /// For each param, whether it splits anything.
    pub uses: Vec<bool>,
}

struct Node {
    /// The mean of its runs.
    value: f64,
    split: Option<Split>,
}

struct Split {
    param: usize,
    goes_left: CodeSet,
    left: usize,
    right: usize,
}

/// A way to split some runs, and how good it is: the sum of squares between the sides.
struct Cut {
    param: usize,
    goes_left: CodeSet,
    between: f64,
}

/// How often runs with a code were drawn, and the sum of their values.
#[derive(Clone, Copy, Default)]
struct Bin {
    weight: f64,
    sum: f64,
}

impl Bin {
    fn add(&mut self, other: Self) {
        self.weight += other.weight;
        self.sum += other.sum;
    }

    fn without(self, other: Self) -> Self {
        Self { weight: self.weight - other.weight, sum: self.sum - other.sum }
    }

    /// What the mean explains of the sum of squares.
    fn squares(self) -> f64 {
        self.sum * self.sum / self.weight
    }
}

impl Tree {
    /// Of the runs in `rows`, each `weights[row]` times. `y` is of about unit variance.
    pub fn grow(params: &[Codes], y: &[f64], rows: &mut [u32], weights: &[f64], random: &mut Random) -> Self {
        let mut tree = Self { nodes: Vec::new(), uses: vec![false; params.len()] };
        let mut order: Vec<usize> = (0..params.len()).collect();
        tree.nodes.push(Node { value: 0.0, split: None });
        let mut search = Search { y, weights, bins: [Bin::default(); 256], order: Vec::new() };
        let mut open = vec![(0, 0, rows.len())];
        while let Some((node, from, to)) = open.pop() {
            let own = &mut rows[from..to];
            let (mut total, mut squares) = (Bin::default(), 0.0);
            for row in own.iter() {
                let bin = search.bin_of(*row);
                total.add(bin);
                squares += bin.sum * y[*row as usize];
            }
            tree.nodes[node].value = if total.weight > 0.0 { total.sum / total.weight } else { 0.0 };
            if own.len() < LEAST_TO_SPLIT {
                continue;
            }
            // Of cuts that are as good as each other the first wins: it must not always be of the same param.
            random.shuffle(&mut order);
            let node_of = Whole { total, variance: (squares - total.squares()) / total.weight };
            let mut best: Option<Cut> = None;
            for param in order.iter().copied() {
                let least = best.as_ref().map_or(total.squares() + 1e-9 * total.weight, |cut| cut.between);
                best = search.best_cut(param, &params[param], own, &node_of, least).or(best);
            }
            let Some(Cut { param, goes_left, .. }) = best else { continue };
            let middle = from + partition(own, |row| goes_left.contains(params[param].of[row as usize]));
            let left = tree.nodes.len();
            tree.nodes.push(Node { value: 0.0, split: None });
            tree.nodes.push(Node { value: 0.0, split: None });
            tree.nodes[node].split = Some(Split { param, goes_left, left, right: left + 1 });
            tree.uses[param] = true;
            open.extend([(left, from, middle), (left + 1, middle, to)]);
        }
        tree
    }

    /// What the tree expects of a run whose params have these codes.
    pub fn predict(&self, code: impl Fn(usize) -> u8) -> f64 {
        let mut node = &self.nodes[0];
        while let Some(Split { param, goes_left, left, right }) = &node.split {
            node = &self.nodes[if goes_left.contains(code(*param)) { *left } else { *right }];
        }
        node.value
    }
}

/// All runs of a node.
struct Whole {
    total: Bin,
    variance: f64,
}

/// The best of all ways to part `k` categories explains so much of the variance by chance alone, for each of them.
const BY_CHANCE: f64 = std::f64::consts::FRAC_2_PI;

struct Search<'a> {
    y: &'a [f64],
    weights: &'a [f64],
    /// By code. Empty between searches: most nodes are so small that clearing all would take most of the time.
    bins: [Bin; 256],
    /// The codes of the node, from left to right.
    order: Vec<u8>,
}

impl Search<'_> {
    fn bin_of(&self, row: u32) -> Bin {
        let weight = self.weights[row as usize];
        Bin { weight, sum: weight * self.y[row as usize] }
    }

    /// The best cut of a param, if it is better than `least`.
    fn best_cut(&mut self, param: usize, codes: &Codes, rows: &[u32], whole: &Whole, least: f64) -> Option<Cut> {
        let mut seen = CodeSet::default();
        for row in rows {
            let code = codes.of[*row as usize];
            seen.insert(code);
            let bin = self.bin_of(*row);
            self.bins[usize::from(code)].add(bin);
        }
        self.order.clear();
        seen.each(|code| self.order.push(code));
        let cut = self.best_of_bins(codes.is_category, seen.contains(MISSING), whole, least);
        seen.each(|code| self.bins[usize::from(code)] = Bin::default());
        cut.map(|(between, goes_left)| Cut { param, goes_left, between })
    }

    fn best_of_bins(
        &mut self,
        is_category: bool,
        has_missing: bool,
        Whole { total, variance }: &Whole,
        least: f64,
    ) -> Option<(f64, CodeSet)> {
        let (bins, order) = (&self.bins, &mut self.order);
        let bin = |code: u8| bins[usize::from(code)];
        let mut chance = 0.0;
        if is_category {
            // The best of all ways to part categories in two is among those along the order of their means (Fisher
            // 1958). There are so many ways that with few runs of each category one looks good by chance.
            order.sort_by(|a, b| (bin(*a).sum / bin(*a).weight).total_cmp(&(bin(*b).sum / bin(*b).weight)));
            chance = BY_CHANCE * variance * (order.len() as f64 - 2.0).max(0.0);
        } else if has_missing {
            order.pop();
        }
        let mut found: Option<(f64, usize, bool)> = None;
        let mut scan = |start: Bin, missing_left: bool, cuts: usize| {
            let mut left = start;
            for (i, code) in order.iter().take(cuts).enumerate() {
                left.add(bin(*code));
                let between = left.squares() + total.without(left).squares() - chance;
                if between > found.map_or(least, |(best, ..)| best) {
                    found = Some((between, i, missing_left));
                }
            }
        };
        let between_values = order.len().saturating_sub(1);
        if is_category || !has_missing {
            scan(Bin::default(), false, between_values);
        } else {
            // The last cut is between all values and none.
            scan(Bin::default(), false, order.len());
            scan(bin(MISSING), true, between_values);
        }
        let (between, last, missing_left) = found?;
        let (inside, outside) = order.split_at(last + 1);
        let weight: f64 = inside.iter().map(|code| bin(*code).weight).sum();
        // Where a run goes of which nothing is known: with most others.
        let is_most_left = 2.0 * weight > total.weight;
        if is_category {
            let mut goes_left = if is_most_left { CodeSet::all() } else { CodeSet::default() };
            inside.iter().for_each(|code| goes_left.insert(*code));
            outside.iter().for_each(|code| goes_left.remove(*code));
            return Some((between, goes_left));
        }
        let (low, high) = (inside.last().copied()?, outside.first().copied().unwrap_or(MISSING - 1));
        let mut goes_left = CodeSet::up_to(low + (high - low) / 2);
        if if has_missing { missing_left } else { is_most_left } {
            goes_left.insert(MISSING);
        }
        Some((between, goes_left))
    }
}

/// Brings those that go left to the front; answers with how many they are.
fn partition(rows: &mut [u32], goes_left: impl Fn(u32) -> bool) -> usize {
    let mut left = 0;
    for i in 0..rows.len() {
        if goes_left(rows[i]) {
            rows.swap(left, i);
            left += 1;
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tree of one param, each run drawn once.
    fn grow(is_category: bool, codes: &[u8], y: &[f64]) -> Tree {
        let mut rows: Vec<u32> = (0..y.len() as u32).collect();
        let params = [Codes { of: codes.to_vec(), is_category }];
        Tree::grow(&params, y, &mut rows, &vec![1.0; y.len()], &mut Random::new(0))
    }

    #[test]
    fn missing_values_go_to_the_side_that_they_are_like() {
        let codes = [0, 1, 6, 9, MISSING, MISSING];
        for (like, y) in [(0.0, [0.0, 0.0, 1.0, 1.0, 0.0, 0.0]), (1.0, [0.0, 0.0, 1.0, 1.0, 1.0, 1.0])] {
            let tree = grow(false, &codes, &y);
            assert_eq!(tree.nodes.len(), 3, "one cut is enough");
            let expected = [0, 3, 4, 200, MISSING].map(|code| tree.predict(|_| code));
            assert_eq!(expected, [0.0, 0.0, 1.0, 1.0, like], "between two values the cut is in the middle");
        }
        let alone = grow(false, &codes, &[0.0, 0.0, 0.0, 0.0, 1.0, 1.0]);
        assert_eq!([0, 9, MISSING].map(|code| alone.predict(|_| code)), [0.0, 0.0, 1.0]);
    }

    #[test]
    fn one_cut_parts_categories_that_are_not_beside_each_other() {
        let codes = [0, 1, 2, MISSING, 0, 1, 2, MISSING, 1];
        let tree = grow(true, &codes, &[0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 1.0]);
        assert_eq!(tree.nodes.len(), 3);
        let expected = [0, 1, 2, MISSING].map(|code| tree.predict(|_| code));
        assert_eq!(expected, [0.0, 1.0, 0.0, 1.0]);
        assert_eq!(tree.predict(|_| 77), 1.0, "one that was not seen goes with most");
    }

    #[test]
    fn what_does_not_differ_is_not_split() {
        assert_eq!(grow(false, &[0, 1, 2, 3, 4], &[0.5; 5]).nodes.len(), 1);
        assert_eq!(grow(true, &[3; 5], &[0.0, 1.0, 0.0, 1.0, 0.0]).nodes.len(), 1);
        assert_eq!(grow(true, &[], &[]).predict(|_| 0), 0.0);
    }
}
