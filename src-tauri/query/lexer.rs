//! From the text of a filter to its tokens.
//!
//! What quotation marks enclose, and where a name ends, is as in MLflow's own lexer (sqlparse):
//! nothing within them stands for something else, so a filter means here what it means there.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::error::{FilterErrorCode, Problem};

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub kind: TokenKind,
    /// Bytes of the filter.
    pub at: Range<usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum TokenKind {
    Open,
    Close,
    Comma,
    /// As written: `=`, `==`, `!=`, `<>`, `<`, `<=`, `>`, `>=`.
    Operator(&'static str),
    /// Keys, keywords, numbers and unquoted values, as written. What follows a dot may be quoted.
    Word(String),
    Quoted(String, char),
}

/// Longest first.
const OPERATORS: [&str; 8] = ["==", "!=", "<>", "<=", ">=", "=", "<", ">"];

/// A doubled quotation mark and one behind a backslash do not end the text, unless nothing else
/// does; both stay in it as they are.
static QUOTED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"^(?:'(?:''|\\'|[^'])*'|"(?:""|\\"|[^"])*"|`(?:``|[^`])*`)"#).ok());

/// The tokens of a filter, up to the first quotation mark that is not closed, and if there is one what
/// is wrong with it.
pub(super) fn tokens(text: &str) -> (Vec<Token>, Option<Problem>) {
    let mut tokens = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let start = text.len() - rest.len();
        let Some(first) = rest.chars().next() else { return (tokens, None) };
        let (kind, length) = match first {
            '(' => (TokenKind::Open, 1),
            ')' => (TokenKind::Close, 1),
            ',' => (TokenKind::Comma, 1),
            _ => match OPERATORS.into_iter().find(|operator| rest.starts_with(operator)) {
                Some(operator) => (TokenKind::Operator(operator), operator.len()),
                None => {
                    let length = match name_length(rest) {
                        Ok(length) => length,
                        Err(at) => return (tokens, Some(not_closed(text, start + at))),
                    };
                    let name = rest.get(..length).unwrap_or_default();
                    let is_quoted = starts_quoted(name) && quoted_length(name) == Some(length);
                    let kind = match name.get(1..length - 1) {
                        Some(content) if is_quoted => TokenKind::Quoted(content.to_owned(), first),
                        _ => TokenKind::Word(name.to_owned()),
                    };
                    (kind, length)
                }
            },
        };
        tokens.push(Token { kind, at: start..start + length });
        rest = rest.get(length..).unwrap_or_default();
    }
}

pub(super) fn not_closed(text: &str, at: usize) -> Problem {
    let mark = text.get(at..).and_then(|rest| rest.chars().next()).unwrap_or('\'');
    Problem::new(FilterErrorCode::Incomplete, format!("This {mark} has no closing {mark}"), at..text.len())
}

pub(super) fn starts_quoted(text: &str) -> bool {
    text.starts_with(['\'', '"', '`'])
}

/// Bytes of the quoted text at the beginning of `text`, with its quotation marks.
pub(super) fn quoted_length(text: &str) -> Option<usize> {
    QUOTED.as_ref()?.find(text).map(|found| found.end())
}

/// Bytes of the name or value at the beginning of `text`; at least one character. Its parts stand
/// around dots, and each may be quoted, but a text in single quotes begins no name. The error is the
/// place of a quotation mark that is not closed.
fn name_length(text: &str) -> Result<usize, usize> {
    let mut length = 0;
    loop {
        let rest = text.get(length..).unwrap_or_default();
        let begins = length == 0 || text.get(..length).is_some_and(|before| before.ends_with('.'));
        if begins && starts_quoted(rest) {
            length += quoted_length(rest).ok_or(length)?;
            if text.starts_with('\'') || !text.get(length..).is_some_and(|rest| rest.starts_with('.')) {
                return Ok(length);
            }
        }
        let rest = text.get(length..).unwrap_or_default();
        length += word_length(rest);
        let ends = !text.get(..length).is_some_and(|before| before.ends_with('.'));
        if ends || !text.get(length..).is_some_and(starts_quoted) {
            return Ok(length);
        }
    }
}

/// Bytes up to where an unquoted word ends; at least one character.
fn word_length(text: &str) -> usize {
    let ends = |(position, character): (usize, char)| {
        let ends = character.is_whitespace() || "()=<>,'\"`".contains(character)
            // `a!=b` is a comparison, `hello!` is a word.
            || (character == '!' && text.get(position + 1..).is_some_and(|rest| rest.starts_with('=')));
        (ends && position > 0).then_some(position)
    };
    text.char_indices().find_map(ends).unwrap_or(text.len())
}
