//! Formulas of metrics over the histories of runs: joined by step, and points of the same step by their order.

use super::points::LeftOut;
use crate::cache::History;
use crate::query::Formula;

/// The history of a formula for each run, and what is left out since some metric has no point there. `parts` has the
/// histories of each metric that the formula names, in its order.
pub(super) fn of_formula(formula: &Formula, parts: &[Vec<Option<History>>]) -> (Vec<Option<History>>, LeftOut) {
    let runs = parts.iter().map(Vec::len).max().unwrap_or_default();
    let (none, mut left_out) = (History::default(), LeftOut::default());
    let of_run = |run: usize| {
        let of_parts = parts.iter().map(|part| part.get(run).and_then(Option::as_ref).unwrap_or(&none));
        let joined: Vec<&History> = of_parts.collect();
        if joined.iter().all(|history| history.is_empty()) {
            return None;
        }
        let (history, without) = join(formula, &joined);
        left_out.count(without, history.len());
        Some(history)
    };
    let histories = (0..runs).map(of_run).collect();
    (histories, left_out)
}

/// One point for each step that all have, and where all have it several times as many as each has; its time is the
/// latest of theirs. The number is of points that some have and others lack.
fn join(formula: &Formula, parts: &[&History]) -> (History, usize) {
    let (mut joined, mut without) = (History::default(), 0);
    // For each part the number of points before the step.
    let mut reached = vec![0; parts.len()];
    let mut values = vec![0.0; parts.len()];
    let next =
        |reached: &[usize]| parts.iter().zip(reached).filter_map(|(part, at)| part.steps.get(*at)).copied().min();
    while let Some(step) = next(&reached) {
        let at_step = |part: &History, from: usize| {
            part.steps.get(from..).unwrap_or_default().iter().take_while(|other| **other == step).count()
        };
        let counts: Vec<usize> = parts.iter().zip(&reached).map(|(part, from)| at_step(part, *from)).collect();
        let (least, most) = counts.iter().fold((usize::MAX, 0), |(least, most), n| (least.min(*n), most.max(*n)));
        without += most - least;
        for place in 0..least {
            let at = || parts.iter().zip(reached.iter().map(|from| from + place));
            for (value, (part, at)) in values.iter_mut().zip(at()) {
                *value = part.values.get(at).copied().unwrap_or(f64::NAN);
            }
            let times = at().filter_map(|(part, at)| part.timestamps_ms.get(at)).copied();
            joined.steps.push(step);
            joined.timestamps_ms.push(times.max().unwrap_or_default());
            joined.values.push(formula.value(&values));
        }
        for (from, count) in reached.iter_mut().zip(counts) {
            *from += count;
        }
    }
    (joined, without)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entities::{MetricPoint, MetricValue};

    /// (step, timestamp, value)
    fn history(points: &[(i64, i64, f64)]) -> History {
        let point = |&(step, timestamp_ms, value)| MetricPoint { step, timestamp_ms, value: MetricValue(value) };
        History::from_points(points.iter().map(point).collect())
    }

    fn formula(text: &str) -> Formula {
        Formula::parse(text, &["a", "b"]).unwrap()
    }

    #[test]
    fn metrics_meet_at_the_steps_that_all_have_and_repeated_steps_by_their_order() {
        let a = history(&[(0, 10, 1.0), (1, 11, 2.0), (1, 12, 3.0), (1, 13, 4.0), (5, 14, 5.0), (6, 15, 6.0)]);
        let b = history(&[(-1, 9, 100.0), (1, 21, 10.0), (1, 9, 20.0), (5, 14, 30.0), (9, 30, 40.0)]);
        let (joined, without) = join(&formula("a - b"), &[&a, &b]);
        // b was logged at 9 before it was logged at 21.
        assert_eq!(joined, history(&[(1, 11, 2.0 - 20.0), (1, 21, 3.0 - 10.0), (5, 14, 5.0 - 30.0)]));
        // The steps 0, 6 and 9, -1, and the third of step 1.
        assert_eq!(without, 5);
        assert_eq!(join(&formula("2 * a"), &[&a]).0.values, [2.0, 4.0, 6.0, 8.0, 10.0, 12.0]);
    }

    #[test]
    fn a_run_without_one_of_the_metrics_has_no_point_and_is_counted() {
        let a = history(&[(0, 0, 1.0), (1, 1, 2.0)]);
        let b = history(&[(1, 1, f64::NAN)]);
        let parts = [
            vec![Some(a.clone()), Some(a.clone()), None, Some(History::default())],
            vec![Some(b.clone()), None, None, Some(b)],
        ];
        let (histories, left_out) = of_formula(&formula("a + b"), &parts);
        assert_eq!(left_out, LeftOut { runs: 2, points: 1 });
        assert_eq!(
            histories[0].as_ref().map(|of| (of.len(), of.values[0].is_nan())),
            Some((1, true)),
            "NaN is a value"
        );
        assert_eq!(histories[1..], [Some(History::default()), None, Some(History::default())]);
    }

    /// Against all pairs of a step and a place in it.
    #[test]
    fn a_join_has_what_every_metric_has_whatever_was_logged() {
        use std::collections::BTreeMap;
        let mut seed = 0x2545_f491_4f6c_dd1d_u64;
        let mut below = |end: u64| {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            (seed % end) as i64
        };
        for _ in 0..500 {
            let mut any = || -> History {
                let length = below(30);
                history(&(0..length).map(|at| (below(12) - 3, below(9), at as f64)).collect::<Vec<_>>())
            };
            let (a, b) = (any(), any());
            let keyed = |of: &History| {
                let mut seen: BTreeMap<i64, usize> = BTreeMap::new();
                let mut keyed = BTreeMap::new();
                for (step, value) in of.steps.iter().zip(&of.values) {
                    let place = seen.entry(*step).or_default();
                    keyed.insert((*step, *place), *value);
                    *place += 1;
                }
                keyed
            };
            let (by_a, by_b) = (keyed(&a), keyed(&b));
            let expected: Vec<f64> = by_a.iter().filter_map(|(key, a)| Some(a * 100.0 + by_b.get(key)?)).collect();
            let all: std::collections::BTreeSet<_> = by_a.keys().chain(by_b.keys()).collect();
            let (joined, without) = join(&formula("a * 100 + b"), &[&a, &b]);
            assert_eq!((&joined.values, without), (&expected, all.len() - expected.len()));
            assert!(joined.steps.is_sorted());
        }
    }
}
