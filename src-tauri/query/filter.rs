//! A filter as typed, once it could be read.

use std::ops::Range;

use super::condition::{Condition, Kinds, condition, names};
use super::error::{FilterError, FilterErrorCode, Problem};
use super::parser::{self, Form};
use super::tree::Expr;

/// The text, for the places of errors, and its tree.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    text: String,
    pub(super) expr: Expr,
}

impl Filter {
    /// `None` for a text without a condition. Never panics, whatever the text.
    pub fn parse(text: &str) -> Result<Option<Self>, FilterError> {
        let expr = parser::expr(text, Form::Filter).map_err(|problem| problem.in_text(text))?;
        Ok(expr.map(|expr| Self { text: text.to_owned(), expr }))
    }

    /// What one rule of a gate means. A name without a prefix that is no attribute is a metric, whatever there is.
    /// `None` for a text without a condition. Never panics, whatever the text.
    pub fn rule(text: &str) -> Result<Option<Condition>, FilterError> {
        let expr = parser::expr(text, Form::Rule).map_err(|problem| problem.in_text(text))?;
        let is_metric = |_: &str| Kinds { is_metric: true, ..Kinds::default() };
        let condition = expr.map(|expr| condition(&expr, &is_metric)).transpose();
        condition.map_err(|problem| problem.in_text(text))
    }

    /// All names of metrics, params and tags that it may mean.
    pub fn names(&self) -> Vec<&str> {
        names(&self.expr)
    }

    /// What it means where `kinds` says what a name is.
    pub fn condition(&self, kinds: impl Fn(&str) -> Kinds) -> Result<Condition, FilterError> {
        condition(&self.expr, &kinds).map_err(|problem| problem.in_text(&self.text))
    }

    /// An error of a back end at `at`, which a condition came with.
    pub(crate) fn error(&self, code: FilterErrorCode, message: impl Into<String>, at: Range<usize>) -> FilterError {
        Problem::new(code, message, at).in_text(&self.text)
    }
}
