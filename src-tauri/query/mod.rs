//! The filter language: the tracking server's own, and more.
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
//! From a text to what it means, all of it pure:
//!
//! - [`lexer`] → [`parser`] → [`tree`]: what is written, with its places; together a [`Filter`]
//! - [`condition`]: what is meant: names found, every value a number or a text ([`literal`],
//!   [`python_text`])
//! - [`reading`]: what the window colours and underlines while a filter is typed
//!
//! A gate of a model's alias is a [rule](Filter::rule): the same language without words, in which `champion` stands for
//! the version that holds the alias ([`champion`]), as in `latency_ms <= champion * 1.1`.
//!
//! Beside filters, [`formula`] reads formulas of metrics: the same names and quotation marks, with arithmetic.
//!
//! Two back ends take a [`Condition`] and must agree: `cache/filter.rs` asks SQLite for all runs that
//! meet it, and [`evaluate()`] asks it of one run or version ([`run`]).

mod champion;
mod condition;
mod error;
mod evaluate;
mod filter;
mod formula;
mod lexer;
mod literal;
mod parser;
mod python_text;
mod reading;
mod run;
#[cfg(test)]
mod tests;
mod tree;

pub use condition::{Attribute, Check, Condition, DatasetPart, Kinds, Subject};
pub use error::{FilterError, FilterErrorCode};
pub use evaluate::{Value, Values, Verdict, evaluate, test};
pub use filter::Filter;
pub use formula::{Formula, FormulaReading, read_formula};
pub use literal::number_of;
pub use reading::{FilterReading, FilterToken, FilterTokenKind, read};
pub use tree::{Change, Comparison};
