//! What a sweep teaches: which params matter for a metric ([`importance()`]), which runs no other run beats
//! ([`pareto_front`]), how the best value came down over time ([`best_so_far()`]), which place each value has
//! ([`ranked()`]), and how much of a metric goes with one param ([`association()`]). Pure: values in, answers out.
//!
//! A value is `None` where a run has none, and NaN or infinite where it was logged as such. Neither is ever taken for a
//! number: such runs are left out and counted.

mod association;
mod best_so_far;
mod codes;
mod importance;
mod pareto;
mod random;
mod rank;
mod tree;

#[cfg(test)]
mod importance_tests;

pub use association::association;
pub use best_so_far::{Progress, best_so_far};
pub use codes::Param;
pub use importance::{Finding, Importance, LEAST_RUNS, ParamImportance, Trend, importance};
pub use pareto::{Front, pareto_front};
pub use rank::ranked;

/// The places of values that are finite numbers in all of these columns, and how many are not.
fn finite(columns: &[&[Option<f64>]]) -> (Vec<u32>, u32) {
    let count = columns.iter().map(|column| column.len()).min().unwrap_or_default();
    let is_finite = |row: &usize| columns.iter().all(|column| column[*row].is_some_and(f64::is_finite));
    let rows: Vec<u32> = (0..count).filter(is_finite).filter_map(|row| u32::try_from(row).ok()).collect();
    let left_out = u32::try_from(count - rows.len()).unwrap_or(u32::MAX);
    (rows, left_out)
}
