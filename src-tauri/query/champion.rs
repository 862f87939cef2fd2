//! `champion` in a rule: the value of whoever holds the alias, alone or with one sign and number.
//!
//! The lexer takes `champion*1.1` for one word and `champion * 1.1` for three, so the parser takes both apart with these.

use super::tree::ChangeSign;

const CHAMPION: &str = "champion";

/// What stands behind `champion` in the same word: nothing, or a sign and what follows it.
pub(super) fn after_champion(word: &str) -> Option<&str> {
    let is_champion = word.get(..CHAMPION.len()).is_some_and(|start| start.eq_ignore_ascii_case(CHAMPION));
    let rest = word.get(CHAMPION.len()..).filter(|_| is_champion)?;
    (rest.is_empty() || sign(rest).is_some()).then_some(rest)
}

/// A sign and what stands behind it.
pub(super) fn sign(word: &str) -> Option<(ChangeSign, &str)> {
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
