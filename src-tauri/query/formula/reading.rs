//! What the window needs of a formula that is being typed: where its parts are, what it is of, and what is wrong.

use serde::Serialize;
use specta::Type;

use super::super::error::{FilterError, utf16_units};
use super::super::reading::{FilterToken, FilterTokenKind};
use super::Formula;
use super::lexer::{TokenKind, tokens};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FormulaReading {
    /// In their order, up to what is wrong; between them is only white space.
    pub tokens: Vec<FilterToken>,
    /// The metrics that it is of; none where something is wrong.
    pub names: Vec<String>,
    pub error: Option<FilterError>,
}

/// `known` are the metrics that there are, or those of them whose names occur in the text.
pub fn read_formula<S: AsRef<str>>(text: &str, known: &[S]) -> FormulaReading {
    let (found, _) = tokens(text, known);
    let part = |token: &super::lexer::Token| FilterToken {
        kind: match token.kind {
            TokenKind::Number(_) => FilterTokenKind::Number,
            TokenKind::Name(_) => FilterTokenKind::Name,
            TokenKind::Function(_) => FilterTokenKind::Keyword,
            TokenKind::Sign(_) => FilterTokenKind::Sign,
        },
        start: utf16_units(text, token.at.start),
        end: utf16_units(text, token.at.end),
    };
    let (names, error) = match Formula::parse(text, known) {
        Ok(formula) => (formula.names, None),
        Err(error) => (Vec::new(), Some(error)),
    };
    FormulaReading { tokens: found.iter().map(part).collect(), names, error }
}
