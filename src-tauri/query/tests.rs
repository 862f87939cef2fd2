//! What the parser makes of texts, wrong ones and noise among them.

use super::tree::{Expr, FieldKind, Test};
use super::{Filter, FilterError};

fn parse(text: &str) -> Result<Option<Expr>, FilterError> {
    Ok(Filter::parse(text)?.map(|filter| filter.expr))
}

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

fn value_of(filter: &str) -> String {
    match parse(filter) {
        Ok(Some(Expr::Test(_, Test::Compare(_, literal)))) => literal.text,
        other => panic!("{filter}: {other:?}"),
    }
}

#[test]
fn what_quotes_enclose_is_as_on_the_server() {
    let cases = [
        ("'it''s'", "it''s"),
        (r"'it\'s'", r"it\'s"),
        (r"'C:\data\'", r"C:\data\"),
        ("\"it's\"", "it's"),
        ("'say \"hi\"'", "say \"hi\""),
        ("`it's \"it\"`", "it's \"it\""),
        ("\"a\".\"b\"", "a\".\"b"),
        ("''", ""),
    ];
    for (written, value) in cases {
        assert_eq!(value_of(&format!("params.a = {written}")), value, "{written}");
    }
}

#[test]
fn an_and_too_many_says_nothing() {
    for filter in ["AND a = 1", "a = 1 and", "and and a = 1 AND"] {
        assert_eq!(value_of(filter), "1");
    }
    assert_eq!(parse("and").unwrap(), None);
    assert!(parse("a = 1 AND AND b = 2").is_ok());
}

#[test]
fn a_key_may_hold_anything_in_backticks() {
    let Some(Expr::Test(field, _)) = parse("metrics.`val/loss (best) = 1` > 2").unwrap() else { panic!() };
    assert_eq!((field.kind, field.key.as_str()), (FieldKind::Metric, "val/loss (best) = 1"));
    let cases = [
        ("val/loss", "val/loss"),
        ("'val loss'", "val loss"),
        ("\"val loss\"", "val loss"),
        ("`a``b`", "a``b"),
        ("a.b", "a.b"),
        ("`a`.`b`", "a`.`b"),
        ("a.\"b\"", "a.\"b\""),
    ];
    for (written, key) in cases {
        for prefix in ["metrics", "`metrics`", "Metric"] {
            let filter = format!("{prefix}.{written}>2");
            let Ok(Some(Expr::Test(field, _))) = parse(&filter) else { panic!("{filter}") };
            assert_eq!((field.kind, field.key.as_str()), (FieldKind::Metric, key), "{filter}");
        }
    }
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
        let length = u32::try_from(text.encode_utf16().count()).unwrap();
        assert!(error.start <= error.end && error.end <= length, "{text:?}: {error:?}");
        assert!(!error.message.is_empty());
    }
}
