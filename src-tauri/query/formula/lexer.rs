//! From the text of a formula to its tokens. Quotation marks enclose what they enclose in a filter.

use std::ops::Range;

use super::super::error::{FilterErrorCode, Problem};
use super::super::lexer::{not_closed, quoted_length, starts_quoted};
use super::Function;

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub kind: TokenKind,
    /// Bytes of the formula.
    pub at: Range<usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum TokenKind {
    Number(f64),
    /// Of a metric, without quotation marks.
    Name(String),
    /// An opening parenthesis follows.
    Function(Function),
    Sign(Sign),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Sign {
    Plus,
    Minus,
    Times,
    Over,
    Power,
    Open,
    Close,
    Comma,
}

impl Sign {
    const ALL: [(char, Self); 8] = [
        ('+', Self::Plus),
        ('-', Self::Minus),
        ('*', Self::Times),
        ('/', Self::Over),
        ('^', Self::Power),
        ('(', Self::Open),
        (')', Self::Close),
        (',', Self::Comma),
    ];

    fn of(character: char) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == character).map(|(_, sign)| *sign)
    }

    pub fn text(self) -> char {
        Self::ALL.iter().find(|(_, sign)| *sign == self).map_or(' ', |(text, _)| *text)
    }
}

impl Token {
    pub fn sign(&self) -> Option<Sign> {
        if let TokenKind::Sign(sign) = self.kind { Some(sign) } else { None }
    }
}

/// The prefixes that a filter has for metrics.
const PREFIXES: [&str; 2] = ["metrics.", "metric."];

/// The tokens of a formula up to the first place that is wrong, and what is wrong there. `known` are the metrics that
/// there are.
pub(super) fn tokens<S: AsRef<str>>(text: &str, known: &[S]) -> (Vec<Token>, Option<Problem>) {
    let mut tokens = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let start = text.len() - rest.len();
        if rest.is_empty() {
            return (tokens, None);
        }
        match next(rest, known) {
            Ok((kind, length)) => {
                tokens.push(Token { kind, at: start..start + length });
                rest = rest.get(length..).unwrap_or_default();
            }
            Err(Wrong::NotClosed(at)) => return (tokens, Some(not_closed(text, start + at))),
            Err(Wrong::Word { code, message, length }) => {
                return (tokens, Some(Problem::new(code, message, start..start + length)));
            }
        }
    }
}

enum Wrong {
    /// The quotation mark at this byte.
    NotClosed(usize),
    Word {
        code: FilterErrorCode,
        message: String,
        length: usize,
    },
}

/// The token at the beginning of `rest`, which is not empty, and its bytes.
fn next<S: AsRef<str>>(rest: &str, known: &[S]) -> Result<(TokenKind, usize), Wrong> {
    let name = name(rest, known)?;
    let number = number(rest);
    match (name, number) {
        // `5fold/acc` is a name, `1` is a number whatever metrics are called.
        (Some((name, length)), number) if number.is_none_or(|(_, digits)| digits < length) => {
            return Ok((TokenKind::Name(name), length));
        }
        (_, Some((number, length))) => return Ok((TokenKind::Number(number), length)),
        _ => {}
    }
    if let Some(found) = function(rest) {
        return Ok(found);
    }
    if let Some((sign, length)) = rest.chars().next().and_then(|first| Some((Sign::of(first)?, first.len_utf8()))) {
        return Ok((TokenKind::Sign(sign), length));
    }
    let length = unknown_length(rest);
    let word = rest.get(..length).unwrap_or_default();
    if word.starts_with('\'') {
        let message = "The name of a metric stands without quotes, in backticks or in double quotes".to_owned();
        return Err(Wrong::Word { code: FilterErrorCode::Unexpected, message, length });
    }
    Err(Wrong::Word { code: FilterErrorCode::UnknownName, message: format!("No metric is called {word}"), length })
}

/// A name in quotation marks, or the longest of those that are known that stands here.
fn name<S: AsRef<str>>(rest: &str, known: &[S]) -> Result<Option<(String, usize)>, Wrong> {
    let unprefixed = PREFIXES.iter().find_map(|prefix| {
        let end = rest.get(..prefix.len())?;
        end.eq_ignore_ascii_case(prefix).then(|| rest.get(prefix.len()..).unwrap_or_default())
    });
    // A metric may be called `metric.x` itself.
    for name in [Some(rest), unprefixed].into_iter().flatten() {
        let before = rest.len() - name.len();
        if starts_quoted(name) && !name.starts_with('\'') {
            let length = quoted_length(name).ok_or(Wrong::NotClosed(before))?;
            let inner = name.get(1..length - 1).unwrap_or_default();
            if inner.is_empty() {
                let message = "There is no name between these quotation marks".to_owned();
                return Err(Wrong::Word { code: FilterErrorCode::UnknownName, message, length: before + length });
            }
            return Ok(Some((inner.to_owned(), before + length)));
        }
        let stands_here = |known: &&str| {
            let rest = name.strip_prefix(*known).filter(|_| !known.is_empty());
            let is_call = |rest: &str| is_function(known) && rest.trim_start().starts_with('(');
            rest.is_some_and(|rest| !goes_on(rest) && !is_call(rest))
        };
        let longest = known.iter().map(AsRef::as_ref).filter(stands_here).max_by_key(|known| known.len());
        if let Some(longest) = longest {
            return Ok(Some((longest.to_owned(), before + longest.len())));
        }
    }
    Ok(None)
}

/// Whether a name that was read so far goes on: `loss` does not stand in `lossy`, nor `val` in `val.loss`.
fn goes_on(rest: &str) -> bool {
    rest.starts_with(|next: char| next.is_alphanumeric() || "_.:".contains(next))
}

fn is_function(word: &str) -> bool {
    Function::ALL.iter().any(|(name, _)| *name == word)
}

/// A function, where its parenthesis follows.
fn function(rest: &str) -> Option<(TokenKind, usize)> {
    let length = rest.find(|next: char| !next.is_ascii_alphanumeric()).unwrap_or(rest.len());
    let (word, after) = rest.split_at(length);
    let (_, function) = Function::ALL.iter().find(|(name, _)| name.eq_ignore_ascii_case(word))?;
    after.trim_start().starts_with('(').then_some((TokenKind::Function(*function), length))
}

/// Digits with a point, and an exponent; no sign.
fn number(rest: &str) -> Option<(f64, usize)> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(rest);
    let mut length = whole;
    if rest.get(length..).is_some_and(|after| after.starts_with('.')) {
        let fraction = digits(rest.get(length + 1..).unwrap_or_default());
        length += if whole + fraction > 0 { 1 + fraction } else { 0 };
    }
    if length == 0 {
        return None;
    }
    if let Some(after) = rest.get(length..).and_then(|after| after.strip_prefix(['e', 'E'])) {
        let sign = usize::from(after.starts_with(['+', '-']));
        let exponent = digits(after.get(sign..).unwrap_or_default());
        length += if exponent > 0 { 1 + sign + exponent } else { 0 };
    }
    let number = rest.get(..length)?.parse().ok()?;
    // `2x` is no number times a name, nor `1.2.3` two numbers.
    (!rest.get(length..).is_some_and(goes_on)).then_some((number, length))
}

/// Bytes of a word that is no token, up to where another may begin; at least one character.
fn unknown_length(rest: &str) -> usize {
    if rest.starts_with('\'') {
        return quoted_length(rest).unwrap_or(rest.len());
    }
    let ends = |next: char| next.is_whitespace() || "()+*^,\"'`".contains(next);
    rest.char_indices().find(|(at, next)| *at > 0 && ends(*next)).map_or(rest.len(), |(at, _)| at)
}
