//! The language of the filter field: the tracking server's own, and more.
//!
//! A filter that an MLflow server on SQLite accepts, `metrics.accuracy > 0.9 AND
//! params.optimizer = 'adam'`, finds here the runs that it finds there, to the letter: case counts,
//! `LIKE` included; within quotation marks nothing stands for something else; a run without the
//! param passes no test of it but `IS NULL`. `tests/sync/search.rs` asks both and compares.
//!
//! On top of that, where the server refuses: `OR`, `NOT` and parentheses; params and tags compared
//! as numbers (`params.lr < 0.01`); values without quotes (`status = finished`) or in backticks; `IN`
//! and `IS NULL` everywhere; `attributes.duration > 10m`; `start_time >= '2026-11-01'`; keys without
//! a prefix where only one thing has that name; and words without an operator, which search run
//! names and the beginnings of run ids. Things side by side without `AND` must all hold.
//!
//! [`lexer`] → [`parser`] → [`ast`] are pure; [`sql`] turns the tree into SQL with bind parameters.

pub mod ast;
mod attribute;
mod dataset;
mod error;
mod lexer;
mod parser;
pub(super) mod sql;
#[cfg(test)]
mod tests;

pub use error::FilterError;
pub use parser::parse;
