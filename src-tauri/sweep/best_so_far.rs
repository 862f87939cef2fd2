//! Optimization history: the best value that any run had reached until then.

use super::finite;
use crate::direction::Better;

/// How the best value changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Places of the runs that were better than all that began before them, in the order of their start. Of runs that
    /// began at the same time only the best can be.
    pub records: Vec<u32>,
    /// Runs without a start, or whose value is missing, NaN or infinite.
    pub left_out: u32,
}

/// `started` are milliseconds since 1970; both have one value for each run.
pub fn best_so_far(started: &[Option<f64>], values: &[Option<f64>], better: Better) -> Progress {
    let (mut rows, left_out) = finite(&[started, values]);
    let at = |of: &[Option<f64>], row: u32| of[row as usize].unwrap_or_default();
    let height = |row: u32| if better == Better::Higher { at(values, row) } else { -at(values, row) };
    rows.sort_by(|a, b| {
        at(started, *a).total_cmp(&at(started, *b)).then(height(*b).total_cmp(&height(*a))).then(a.cmp(b))
    });
    let mut best = f64::NEG_INFINITY;
    rows.retain(|row| {
        let is_record = height(*row) > best;
        best = best.max(height(*row));
        is_record
    });
    Progress { records: rows, left_out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_beats_all_before_it_is_a_record() {
        let started = [Some(30.0), Some(10.0), Some(20.0), Some(40.0), Some(10.0), None, Some(5.0), Some(50.0)];
        let values = [0.5, 0.9, 0.7, 0.5, 0.8, 0.0, f64::NAN, 0.4].map(Some);
        let lower = best_so_far(&started, &values, Better::Lower);
        assert_eq!(lower, Progress { records: vec![4, 2, 0, 7], left_out: 2 });
        let higher = best_so_far(&started, &values, Better::Higher);
        assert_eq!(higher, Progress { records: vec![1], left_out: 2 });
        assert_eq!(best_so_far(&[], &[], Better::Higher), Progress { records: vec![], left_out: 0 });
    }
}
