//! `champion` in a rule: the value of whoever holds the alias, alone or with one sign and number.
//!
//! The lexer takes `champion*1.1` for one word and `champion * 1.1` for three, so the words are put together here.

use super::error::{FilterErrorCode, Problem};
use super::lexer::{Token, TokenKind};
use super::parser::{Parsed, Parser};
use super::tree::{Change, ChangeSign, Expr, Field};

const CHAMPION: &str = "champion";

impl<'a> Parser<'a> {
    /// Whether what follows is an operator and `champion`.
    pub(super) fn names_champion(&self) -> bool {
        let is_operator = matches!(self.peek(), Some(Token { kind: TokenKind::Operator(_), .. }));
        is_operator && self.word(1).and_then(after_champion).is_some()
    }

    pub(super) fn beside_champion(&mut self, field: Field) -> Parsed<Expr> {
        let Some(comparison) = self.comparison() else { return Err(self.expected("an operator such as >=")) };
        let mut rest = self.word(0).and_then(after_champion).unwrap_or_default();
        self.position += 1;
        if rest.is_empty() && self.word(0).is_some_and(|word| sign(word).is_some()) {
            rest = self.word(0).unwrap_or_default();
            self.position += 1;
        }
        let Some((sign, number)) = sign(rest) else { return Ok(Expr::ToChampion(field, comparison, Change::None)) };
        let number = match (number, self.word(0)) {
            ("", Some(word)) => {
                self.position += 1;
                word
            }
            ("", None) => return Err(self.expected("a number, such as 1.1")),
            (number, _) => number,
        };
        let by = number.parse::<f64>().ok().filter(|by| by.is_finite() && (*by != 0.0 || sign != ChangeSign::Over));
        match by {
            Some(by) => Ok(Expr::ToChampion(field, comparison, Change::By(sign, by))),
            None => Err(self.no_number(number)),
        }
    }

    fn word(&self, ahead: usize) -> Option<&'a str> {
        match self.tokens.get(self.position + ahead) {
            Some(Token { kind: TokenKind::Word(word), .. }) => Some(word),
            _ => None,
        }
    }

    /// Said of the word that was just taken.
    fn no_number(&self, number: &str) -> Problem {
        let at = self.tokens.get(self.position.saturating_sub(1)).map_or(self.end..self.end, |token| token.at.clone());
        let message = format!("Expected a number, such as 1.1, found {number}");
        Problem::new(FilterErrorCode::WrongType, message, at.end - number.len().min(at.len())..at.end)
    }
}

/// What stands behind `champion` in the same word: nothing, or a sign and what follows it.
pub(super) fn after_champion(word: &str) -> Option<&str> {
    let is_champion = word.get(..CHAMPION.len()).is_some_and(|start| start.eq_ignore_ascii_case(CHAMPION));
    let rest = word.get(CHAMPION.len()..).filter(|_| is_champion)?;
    (rest.is_empty() || sign(rest).is_some()).then_some(rest)
}

fn sign(word: &str) -> Option<(ChangeSign, &str)> {
    let mut rest = word.chars();
    let sign = match rest.next()? {
        '*' => ChangeSign::Times,
        '/' => ChangeSign::Over,
        '+' => ChangeSign::Plus,
        '-' => ChangeSign::Minus,
        _ => return None,
    };
    Some((sign, rest.as_str()))
}
