//! The Pareto front: the runs that no other run beats in one of two metrics without losing in the other.

use super::finite;
use crate::direction::Better;

/// The front of two metrics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Front {
    /// Places of runs, from the best of the first metric to the best of the second. Runs with the same two values are
    /// all there, in their own order.
    pub runs: Vec<u32>,
    /// Runs that lack one of the metrics, or have it as NaN or infinite.
    pub left_out: u32,
}

/// The front of `a` and `b`, which have one value for each run; O(n log n).
pub fn pareto_front(a: (&[Option<f64>], Better), b: (&[Option<f64>], Better)) -> Front {
    let (rows, left_out) = finite(&[a.0, b.0]);
    // The higher, the better.
    let height = |(values, better): (&[Option<f64>], Better), row: u32| {
        let value = values[row as usize].unwrap_or_default();
        if better == Better::Higher { value } else { -value }
    };
    let mut points: Vec<(f64, f64, u32)> = rows.iter().map(|row| (height(a, *row), height(b, *row), *row)).collect();
    // 0.0 and -0.0 are the same, which `total_cmp` does not say.
    points.sort_by(|one, other| {
        let [first, second] = [(one.0, other.0), (one.1, other.1)].map(|(one, other)| other.partial_cmp(&one));
        first.into_iter().chain(second).find(|order| order.is_ne()).unwrap_or(one.2.cmp(&other.2))
    });
    let mut runs = Vec::new();
    let mut last: Option<(f64, f64)> = None;
    for (a, b, row) in points {
        if last.is_none_or(|last| b > last.1 || (a, b) == last) {
            last = Some((a, b));
            runs.push(row);
        }
    }
    Front { runs, left_out }
}

#[cfg(test)]
mod tests {
    use super::super::random::Random;
    use super::*;

    /// A run is on the front unless another is at least as good in both and better in one.
    fn brute_force(a: (&[Option<f64>], Better), b: (&[Option<f64>], Better)) -> Vec<u32> {
        let at = |(values, better): (&[Option<f64>], Better), i: usize| {
            let value = values[i].filter(|value| value.is_finite())?;
            Some(if better == Better::Higher { value } else { -value })
        };
        let point = |i: usize| Some((at(a, i)?, at(b, i)?));
        let is_beaten = |own: (f64, f64), by: (f64, f64)| by.0 >= own.0 && by.1 >= own.1 && by != own;
        let points: Vec<Option<(f64, f64)>> = (0..a.0.len()).map(point).collect();
        let on_front =
            |i: &usize| points[*i].is_some_and(|own| !points.iter().flatten().any(|other| is_beaten(own, *other)));
        (0..points.len()).filter(on_front).map(|i| i as u32).collect()
    }

    #[test]
    fn the_front_is_that_of_comparing_every_run_with_every_other() {
        let mut random = Random::new(1);
        for round in 0..400 {
            let count = random.below(40);
            // Few different values, so that there are ties, and some that are none.
            let mut column = || -> Vec<Option<f64>> {
                let mut value = || match random.below(14) {
                    0 => None,
                    1 => Some(f64::NAN),
                    2 => Some(f64::INFINITY),
                    3 => Some(-0.0),
                    small => Some(small as f64 - 4.0),
                };
                (0..count).map(|_| value()).collect()
            };
            let (a, b) = (column(), column());
            for directions in
                [(Better::Higher, Better::Lower), (Better::Lower, Better::Lower), (Better::Higher, Better::Higher)]
            {
                let (a, b) = ((&a[..], directions.0), (&b[..], directions.1));
                let mut front = pareto_front(a, b);
                front.runs.sort_unstable();
                assert_eq!(front.runs, brute_force(a, b), "round {round}, {directions:?}");
                let missing =
                    a.0.iter().zip(b.0).filter(|(a, b)| ![a, b].iter().all(|value| value.is_some_and(f64::is_finite)));
                assert_eq!(front.left_out as usize, missing.count());
            }
        }
    }

    #[test]
    fn the_front_goes_from_the_best_of_the_first_to_the_best_of_the_second() {
        let accuracy = [0.9, 0.8, 0.7, 0.85, 0.9].map(Some);
        let loss = [0.5, 0.2, 0.3, 0.4, 0.5].map(Some);
        let front = pareto_front((&accuracy, Better::Higher), (&loss, Better::Lower));
        assert_eq!(front, Front { runs: vec![0, 4, 3, 1], left_out: 0 });
    }
}
