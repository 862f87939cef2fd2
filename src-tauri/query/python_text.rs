//! Texts of a list as the server reads them.

use super::tree::Literal;

/// The server reads a list of datasets as one of Python's: there a backslash makes an escape, and
/// texts side by side are one text, so a doubled quotation mark says nothing.
pub(super) fn as_in_python(literal: &Literal) -> String {
    let Some(quote) = literal.quote else { return literal.text.clone() };
    let mut text = String::with_capacity(literal.text.len());
    let mut rest = literal.text.as_str();
    while let Some(position) = rest.find(['\\', quote]) {
        let (before, special) = rest.split_at(position);
        text.push_str(before);
        let length = match special.strip_prefix('\\') {
            None => special.chars().take(2).map(char::len_utf8).sum(),
            Some(escape) => 1 + unescape(escape, &mut text),
        };
        rest = special.get(length..).unwrap_or_default();
    }
    text.push_str(rest);
    text
}

/// Writes what stands behind a backslash and says how many bytes of it that took. What is no escape
/// stays as it is, backslash included.
fn unescape(escape: &str, text: &mut String) -> usize {
    let number = |from: usize, most: usize, radix: u32| {
        let digits =
            escape.get(from..).unwrap_or_default().chars().take(most).take_while(|c| c.is_digit(radix)).count();
        let code = u32::from_str_radix(escape.get(from..from + digits)?, radix).ok()?;
        Some((char::from_u32(code)?, from + digits))
    };
    let first = escape.chars().next();
    let simple = match first {
        Some('\n') => return 1,
        Some(mark @ ('\\' | '\'' | '"')) => Some(mark),
        Some('a') => Some('\x07'),
        Some('b') => Some('\x08'),
        Some('f') => Some('\x0c'),
        Some('n') => Some('\n'),
        Some('r') => Some('\r'),
        Some('t') => Some('\t'),
        Some('v') => Some('\x0b'),
        _ => None,
    };
    let found = simple.map(|character| (character, 1)).or_else(|| match first {
        Some('0'..='7') => number(0, 3, 8),
        Some('x') => number(1, 2, 16),
        Some('u') => number(1, 4, 16),
        Some('U') => number(1, 8, 16),
        _ => None,
    });
    let (character, length) = found.unwrap_or(('\\', 0));
    text.push(character);
    length
}
