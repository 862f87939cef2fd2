//! What the window needs of a filter that is being typed: where its parts are, and what is wrong.

use serde::Serialize;
use specta::Type;

use super::error::{FilterError, utf16_units};
use super::filter::Filter;
use super::lexer::{TokenKind, tokens};
use super::literal::duration_ms;
use super::parser::is_keyword;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FilterReading {
    /// In their order; between them is only white space. They cover a filter that is wrong as well.
    pub tokens: Vec<FilterToken>,
    /// What is wrong whatever the runs hold; a search may find more.
    pub error: Option<FilterError>,
}

/// A part of a filter to colour, from `start` to before `end`, in UTF-16 units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FilterToken {
    pub kind: FilterTokenKind,
    pub start: u32,
    pub end: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum FilterTokenKind {
    /// A key, with its prefix and quotation marks, or any other word without quotes.
    Name,
    Keyword,
    /// In single or double quotation marks.
    String,
    /// Durations such as `10m` among them.
    Number,
    /// An operator, a parenthesis or a comma.
    Sign,
}

pub fn read(text: &str) -> FilterReading {
    let (found, _) = tokens(text);
    let mut parts: Vec<_> = found.iter().map(|token| (kind(&token.kind), token.at.clone())).collect();
    // What begins with a quotation mark that is not closed reaches to the end.
    let read_to = parts.last().map_or(0, |(_, at)| at.end);
    let rest = text.get(read_to..).unwrap_or_default().trim_start();
    if !rest.is_empty() {
        let kind = if rest.starts_with(['\'', '"']) { FilterTokenKind::String } else { FilterTokenKind::Name };
        parts.push((kind, text.len() - rest.len()..text.len()));
    }
    let (mut byte, mut unit) = (0, 0);
    let mut units = |to: usize| {
        let between = text.get(byte..to).unwrap_or_default();
        (byte, unit) = (to, unit + utf16_units(between, between.len()));
        unit
    };
    let tokens =
        parts.into_iter().map(|(kind, at)| FilterToken { kind, start: units(at.start), end: units(at.end) }).collect();
    FilterReading { tokens, error: Filter::parse(text).err() }
}

fn kind(token: &TokenKind) -> FilterTokenKind {
    match token {
        TokenKind::Open | TokenKind::Close | TokenKind::Comma | TokenKind::Operator(_) => FilterTokenKind::Sign,
        TokenKind::Quoted(_, '`') => FilterTokenKind::Name,
        TokenKind::Quoted(..) => FilterTokenKind::String,
        TokenKind::Word(word) if is_keyword(word) => FilterTokenKind::Keyword,
        TokenKind::Word(word) if word.parse::<f64>().is_ok() || duration_ms(word).is_some() => FilterTokenKind::Number,
        TokenKind::Word(_) => FilterTokenKind::Name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<(FilterTokenKind, String)> {
        let units: Vec<u16> = text.encode_utf16().collect();
        let part = |token: &FilterToken| String::from_utf16(&units[token.start as usize..token.end as usize]).unwrap();
        read(text).tokens.iter().map(|token| (token.kind, part(token))).collect()
    }

    fn of_kind(kind: FilterTokenKind, text: &str) -> Vec<String> {
        parts(text).into_iter().filter(|(found, _)| *found == kind).map(|(_, part)| part).collect()
    }

    #[test]
    fn names_keywords_strings_and_numbers_are_told_apart() {
        use FilterTokenKind::{Keyword, Name, Number, Sign, String};
        let found = parts("metrics.accuracy > 0.9 or params.optimizer in ('adamw', 'lion')");
        let found: Vec<_> = found.iter().map(|(kind, part)| (*kind, part.as_str())).collect();
        let expected = [
            (Name, "metrics.accuracy"),
            (Sign, ">"),
            (Number, "0.9"),
            (Keyword, "or"),
            (Name, "params.optimizer"),
            (Keyword, "in"),
            (Sign, "("),
            (String, "'adamw'"),
            (Sign, ","),
            (String, "'lion'"),
            (Sign, ")"),
        ];
        assert_eq!(found, expected);
        assert_eq!(of_kind(Number, "-1.5e-3 10m nan resnet50"), ["-1.5e-3", "10m", "nan"]);
    }

    #[test]
    fn keywords_within_names_are_none() {
        assert_eq!(parts("order"), [(FilterTokenKind::Name, "order".to_owned())]);
        assert_eq!(parts("`run name` = 'and'")[0], (FilterTokenKind::Name, "`run name`".to_owned()));
        assert_eq!(parts("metrics.`top 5 acc` < 1")[0], (FilterTokenKind::Name, "metrics.`top 5 acc`".to_owned()));
    }

    #[test]
    fn a_string_ends_where_the_server_ends_it() {
        let strings = |text: &str| of_kind(FilterTokenKind::String, text);
        assert_eq!(strings("tags.a = 'it''s' and tags.b = 'x'"), ["'it''s'", "'x'"]);
        assert_eq!(strings(r"tags.a = 'C:\data\'"), [r"'C:\data\'"]);
        assert_eq!(strings(r"tags.a = 'it\'s'"), [r"'it\'s'"]);
        // One that is not closed reaches to the end.
        assert_eq!(strings("tags.x = 'unfinished and"), ["'unfinished and"]);
        assert_eq!(parts("metrics.`val lo").last().unwrap().1, "metrics.`val lo");
    }

    #[test]
    fn nothing_is_left_out_but_white_space() {
        let texts = [
            "",
            "tags.x = 'unfinished",
            "metrics.",
            "損失 > 1",
            "😀 = ((",
            "\"\\",
            "a like '%\\'b%'",
            "\n\t",
            "`🦀` '",
            "!",
        ];
        for text in texts {
            let units: Vec<u16> = text.encode_utf16().collect();
            let mut end = 0;
            for token in read(text).tokens {
                assert!(token.start >= end && token.end > token.start, "{text:?}");
                let between = String::from_utf16(&units[end as usize..token.start as usize]).unwrap();
                assert_eq!(between.trim(), "", "{text:?}");
                end = token.end;
            }
            assert_eq!(String::from_utf16(&units[end as usize..]).unwrap().trim(), "", "{text:?}");
        }
    }

    #[test]
    fn errors_have_a_code_and_a_place_in_utf16() {
        use super::super::FilterErrorCode::{Incomplete, TooLong, Unexpected};
        let deep = "(".repeat(99);
        for (text, code, start, end) in [
            ("tags.🦀 = 'é' and > x", Unexpected, 18, 19),
            ("🦀 metrics.", Incomplete, 3, 11),
            ("🦀 >", Incomplete, 4, 4),
            ("🦀 = 'x", Incomplete, 5, 7),
            (deep.as_str(), TooLong, 40, 41),
        ] {
            let error = read(text).error.unwrap();
            assert_eq!((error.code, error.start, error.end), (code, start, end), "{text}: {error}");
        }
        assert_eq!(read("tags.🦀 = 'é'").error, None);
        // What only the runs can tell is no error here.
        assert_eq!(read("nowhere > 3").error, None);
    }
}
