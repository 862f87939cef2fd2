//! From the text of a filter to its tokens.

use std::ops::Range;

use super::error::Problem;

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
    /// Keys, keywords, numbers and unquoted values. A dot may be followed by a quoted key.
    Word(String),
    Quoted(String, char),
}

/// Longest first.
const OPERATORS: [&str; 8] = ["==", "!=", "<>", "<=", ">=", "=", "<", ">"];

pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Problem> {
    let mut tokens = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let start = text.len() - rest.len();
        let Some(first) = rest.chars().next() else { return Ok(tokens) };
        let (kind, length) = match first {
            '(' => (TokenKind::Open, 1),
            ')' => (TokenKind::Close, 1),
            ',' => (TokenKind::Comma, 1),
            '\'' | '"' | '`' => {
                let (content, length) = quoted(rest, first)
                    .ok_or_else(|| Problem::new(format!("This {first} has no closing {first}"), start..text.len()))?;
                (TokenKind::Quoted(content, first), length)
            }
            _ => match OPERATORS.into_iter().find(|operator| rest.starts_with(operator)) {
                Some(operator) => (TokenKind::Operator(operator), operator.len()),
                None => {
                    let length = word_length(rest);
                    (TokenKind::Word(rest.get(..length).unwrap_or_default().to_owned()), length)
                }
            },
        };
        tokens.push(Token { kind, at: start..start + length });
        rest = rest.get(length..).unwrap_or_default();
    }
}

/// Bytes of the word at the beginning of `text`; at least one character.
fn word_length(text: &str) -> usize {
    let ends = |(position, character): (usize, char)| {
        let ends = character.is_whitespace() || "()=<>,'\"`".contains(character)
            // `a!=b` is a comparison, `hello!` is a word.
            || (character == '!' && text.get(position + 1..).is_some_and(|rest| rest.starts_with('=')));
        (ends && position > 0).then_some(position)
    };
    text.char_indices().find_map(ends).unwrap_or(text.len())
}

/// The content of a quoted text, where a doubled quote stands for one, and its length with quotes.
fn quoted(text: &str, quote: char) -> Option<(String, usize)> {
    let mut content = String::new();
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((position, character)) = characters.next() {
        if character != quote {
            content.push(character);
        } else if characters.peek().is_some_and(|(_, next)| *next == quote) {
            content.push(quote);
            characters.next();
        } else {
            return Some((content, position + 1));
        }
    }
    None
}
