//! What the parser makes of texts, wrong ones and noise among them.

use super::ast::{Expr, FieldKind, Test};
use super::parse;

#[test]
fn and_binds_tighter_than_or_and_not_tightest() {
    let with = |filter: &str| parse(filter).unwrap().unwrap();
    let words = |filter: &str| match with(filter) {
        Expr::Or(parts) => parts.len(),
        other => panic!("{other:?}"),
    };
    assert_eq!(words("a or b and c or not d e"), 3);
    assert!(matches!(with("not a and b"), Expr::And(parts) if matches!(parts[0], Expr::Not(_))));
    assert!(matches!(with("not (a and b)"), Expr::Not(_)));
    assert_eq!(with("NOT not a"), Expr::Word("a".to_owned()));
}

#[test]
fn keywords_and_prefixes_may_be_written_in_any_case() {
    assert_eq!(parse("metrics.a > 1 AND b").unwrap(), parse("METRICS.a > 1 and b").unwrap());
    assert!(parse("a IS not Null").is_ok());
}

#[test]
fn an_empty_filter_is_none() {
    assert_eq!(parse("").unwrap(), None);
    assert_eq!(parse(" \t\n").unwrap(), None);
}

#[test]
fn quotes_are_doubled_to_stand_for_themselves() {
    let Some(Expr::Test(_, Test::Compare(_, literal))) = parse("params.a = 'it''s'").unwrap() else { panic!() };
    assert_eq!(literal.text, "it's");
}

#[test]
fn a_key_may_hold_anything_in_backticks() {
    let Some(Expr::Test(field, _)) = parse("metrics.`val/loss (best) = 1` > 2").unwrap() else { panic!() };
    assert_eq!((field.kind, field.key.as_str()), (FieldKind::Metric, "val/loss (best) = 1"));
    let Some(Expr::Test(field, _)) = parse("metrics.val/loss>2").unwrap() else { panic!() };
    assert_eq!(field.key, "val/loss");
}

#[test]
fn too_deep_and_too_long_are_errors_and_not_crashes() {
    for filter in ["(".repeat(100_000), "not ".repeat(100_000), "(not ".repeat(100_000), "a ".repeat(10_000)] {
        assert!(parse(&filter).is_err());
    }
    assert!(parse(&format!("a in ({})", vec!["1"; 10_000].join(","))).is_err());
}

/// Whatever is typed gives a tree or an error whose place lies within the text.
#[test]
fn no_text_makes_it_panic() {
    let pieces = [
        "metrics.", "acc", "params", ".", "`", "'", "\"", "(", ")", ",", "=", "!=", "!", "<", ">", "in", "IS", "not",
        "null", "and", "or", "like", " ", "  ", "1e-3", "-", "日本", "é", "\u{0}", "\\", "%", "🦀", "\n", "tags.",
    ];
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    };
    for _ in 0..200_000 {
        let text: String = (0..random(12)).map(|_| pieces[random(pieces.len())]).collect();
        check(&text);
    }
    for _ in 0..50_000 {
        let bytes: Vec<u8> = (0..random(24)).map(|_| u8::try_from(random(256)).unwrap()).collect();
        check(&String::from_utf8_lossy(&bytes));
    }
}

fn check(text: &str) {
    if let Err(error) = parse(text) {
        let length = u32::try_from(text.chars().count()).unwrap();
        assert!(error.start <= error.end && error.end <= length, "{text:?}: {error:?}");
        assert!(!error.message.is_empty());
    }
}
