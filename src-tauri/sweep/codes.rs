//! The values of params as small codes, so that a split is found by counting and not by sorting.

use std::collections::HashMap;
use std::sync::Arc;

/// The code of a run without a value. It is a category of its own, or stands on either side of a split of numbers.
pub const MISSING: u8 = u8::MAX;
/// Codes of values are below this.
const MOST: usize = MISSING as usize;

/// A param of all runs.
#[derive(Debug, Clone)]
pub struct Param {
    /// One for each run; of categories: any number that stands for each. Whether a scale is logarithmic does not
    /// matter: only the order of values counts.
    pub values: Arc<[Option<f64>]>,
    pub is_category: bool,
}

/// One param of the runs that count.
pub struct Codes {
    /// One for each run. Of numbers: the higher the value, the higher the code.
    pub of: Vec<u8>,
    pub is_category: bool,
}

impl Codes {
    /// Of numbers with more than 255 different values, neighbours share a code. Of categories, those share one that only
    /// one run has, because they teach nothing about another run, and the rarest beyond 254.
    pub fn of(param: &Param, rows: &[u32]) -> Self {
        // A number that is none says no more than that there is none; 0.0 and -0.0 are the same.
        let values: Vec<Option<u64>> = rows
            .iter()
            .map(|row| {
                param
                    .values
                    .get(*row as usize)
                    .copied()
                    .flatten()
                    .filter(|value| !value.is_nan())
                    .map(|value| (value + 0.0).to_bits())
            })
            .collect();
        let mut counts: HashMap<u64, usize> = HashMap::new();
        for value in values.iter().flatten() {
            *counts.entry(*value).or_default() += 1;
        }
        let mut different: Vec<(f64, usize)> =
            counts.into_iter().map(|(bits, count)| (f64::from_bits(bits), count)).collect();
        different.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        if param.is_category {
            // The order of the same count is that of the values: the same runs give the same codes.
            different.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        }
        let codes: HashMap<u64, u8> = if different.len() <= MOST || param.is_category {
            let is_rare = |count: usize| param.is_category && count == 1;
            let code = |i: usize, count: usize| if is_rare(count) { MOST - 1 } else { i.min(MOST - 1) };
            let coded = different.iter().enumerate();
            coded.map(|(i, (value, count))| (value.to_bits(), code(i, *count) as u8)).collect()
        } else {
            let total: usize = different.iter().map(|(_, count)| count).sum();
            let mut before = 0;
            let mut share = |(value, count): &(f64, usize)| {
                let code = u8::try_from(before * MOST / total).unwrap_or(MISSING);
                before += count;
                (value.to_bits(), code)
            };
            different.iter().map(&mut share).collect()
        };
        let code = |value: &Option<u64>| value.and_then(|bits| codes.get(&bits).copied()).unwrap_or(MISSING);
        Self { of: values.iter().map(code).collect(), is_category: param.is_category }
    }

    /// Whether there is anything to split.
    pub fn varies(&self) -> bool {
        self.of.iter().any(|code| Some(code) != self.of.first())
    }
}

/// Some of the 256 codes.
#[derive(Clone, Copy, Default)]
pub struct CodeSet([u64; 4]);

impl CodeSet {
    /// All codes up to this one.
    pub fn up_to(last: u8) -> Self {
        let mut set = Self::default();
        (0..=last).for_each(|code| set.insert(code));
        set
    }

    pub fn all() -> Self {
        Self([u64::MAX; 4])
    }

    pub fn insert(&mut self, code: u8) {
        self.0[usize::from(code >> 6)] |= 1 << (code & 63);
    }

    pub fn remove(&mut self, code: u8) {
        self.0[usize::from(code >> 6)] &= !(1 << (code & 63));
    }

    pub fn contains(&self, code: u8) -> bool {
        self.0[usize::from(code >> 6)] >> (code & 63) & 1 == 1
    }

    /// From the lowest to the highest.
    pub fn each(&self, mut take: impl FnMut(u8)) {
        for (word, high) in self.0.iter().zip([0u8, 64, 128, 192]) {
            let mut rest = *word;
            while rest != 0 {
                take(high + rest.trailing_zeros() as u8);
                rest &= rest - 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(is_category: bool, values: &[Option<f64>]) -> Vec<u8> {
        let param = Param { values: values.into(), is_category };
        Codes::of(&param, &(0..values.len() as u32).collect::<Vec<_>>()).of
    }

    #[test]
    fn numbers_keep_their_order_and_what_is_no_number_is_missing() {
        let ugly = [None, Some(f64::NAN), Some(1e308), Some(-0.0), Some(f64::NEG_INFINITY), Some(0.0)];
        assert_eq!(codes(false, &ugly), [MISSING, MISSING, 2, 1, 0, 1]);
        let many: Vec<Option<f64>> = (0..10_000).map(|i| Some(f64::from(i))).collect();
        let coded = codes(false, &many);
        assert!(coded.is_sorted() && coded[9_999] == MISSING - 1, "the last is {}", coded[9_999]);
    }

    #[test]
    fn of_many_categories_the_most_frequent_have_codes_of_their_own() {
        let mut values: Vec<Option<f64>> = (0..20_000).map(|i| Some(f64::from(i))).collect();
        values.extend([Some(7.0), Some(19_000.0), None]);
        let coded = codes(true, &values);
        assert_eq!((coded[7], coded[19_000], coded[20_002]), (0, 1, MISSING));
        assert_eq!((coded[0], coded[18_000]), (MISSING - 1, MISSING - 1), "those of one run share one");
        let pairs: Vec<Option<f64>> = (0..600).map(|i| Some(f64::from(i / 2))).collect();
        let coded = codes(true, &pairs);
        assert_eq!((coded[0], coded[507], coded[508], coded[599]), (0, 253, 254, 254));
    }

    #[test]
    fn a_set_of_codes_says_what_is_in_it() {
        let mut set = CodeSet::up_to(65);
        set.insert(MISSING);
        set.remove(3);
        let mut all = Vec::new();
        set.each(|code| all.push(code));
        assert_eq!(all, (0..=65).filter(|code| *code != 3).chain([MISSING]).collect::<Vec<_>>());
        assert!(set.contains(64) && !set.contains(3) && !set.contains(66));
    }
}
