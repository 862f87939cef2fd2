use super::super::FilterErrorCode::{self, Incomplete, TooLong, Unexpected, UnknownName};
use super::*;

const KNOWN: [&str; 10] =
    ["loss", "val/loss", "train/loss", "val", "acc", "f1-macro", "f1", "val loss", "損失/検証", "min"];

/// Where each known metric has the value of its place: loss is 1, val/loss 2, and so on.
fn value(text: &str) -> f64 {
    let formula = Formula::parse(text, &KNOWN).unwrap_or_else(|error| panic!("{text}: {error}"));
    let place = |name: &String| KNOWN.iter().position(|known| known == name).map_or(f64::NAN, |at| (at + 1) as f64);
    formula.value(&formula.names().iter().map(place).collect::<Vec<_>>())
}

#[test]
fn arithmetic_is_that_of_everybody() {
    for (text, expected) in [
        ("loss", 1.0),
        ("1 - acc", -4.0),
        ("2 + 3 * acc", 17.0),
        ("(2 + 3) * acc", 25.0),
        ("acc - 2 - 1", 2.0),
        ("acc / 2 / 5", 0.5),
        ("2 ^ 3 ^ loss * 2", 16.0),
        ("-acc ^ 2", -25.0),
        ("2 ^ -loss", 0.5),
        ("- - acc - -1", 6.0),
        ("+acc*-2", -10.0),
        ("1e3*acc+.5+2.", 5_002.5),
        ("1E-1 * acc", 0.5),
        ("abs(-acc)", 5.0),
        ("exp(0 * acc)", 1.0),
        ("log(acc / 5) + log2(8 * loss) + LOG10(loss * 100) + sqrt(4 * loss)", 7.0),
        ("max(acc, 2, f1) - min(acc, 2)", 5.0),
        ("min ( val , acc )", 4.0),
    ] {
        assert!((value(text) - expected).abs() < 1e-12, "{text} is {}", value(text));
    }
}

#[test]
fn of_the_names_that_stand_at_a_place_the_longest_is_meant() {
    for (text, expected) in [
        ("val/loss - train/loss", -1.0),
        ("val/loss-train/loss", -1.0),
        ("val / loss", 4.0),
        ("val/acc", 0.8),
        ("f1-macro", 6.0),
        ("f1 - acc", 2.0),
        ("f1-acc", 2.0),
        ("val loss + 1", 9.0),
        ("`val/loss` + \"val loss\"", 10.0),
        ("metrics.acc + metric.`val/loss` + METRICS.\"val loss\"", 15.0),
        ("損失/検証*2", 18.0),
        // A function only where its parenthesis follows.
        ("min + 1", 11.0),
        ("min(loss, acc)", 1.0),
    ] {
        assert!((value(text) - expected).abs() < 1e-12, "{text} is {}", value(text));
    }
    let names = |text: &str| Formula::parse(text, &KNOWN).unwrap().names().to_vec();
    assert_eq!(names("acc + val/loss * acc - `unknown one`"), ["acc", "val/loss", "unknown one"]);
    // What a formula is of is all that it takes to read it again.
    for text in ["val/loss-val/acc", "f1-macro-f1-acc", "val loss / val"] {
        assert_eq!(Formula::parse(text, &names(text)), Formula::parse(text, &KNOWN));
    }
    // A number is one whatever metrics are called; `5fold` is none.
    let numbers = ["1", "5fold"];
    assert_eq!(Formula::parse("1 + 5fold", &numbers).unwrap().names(), ["5fold"]);
}

#[test]
fn what_is_wrong_is_said_at_its_place() {
    let deep = format!("{}acc", "(".repeat(99));
    let powers = format!("{}1", "acc^".repeat(99));
    let long = vec!["acc"; 600].join("+");
    for (text, code, start, end) in [
        ("", Incomplete, 0, 0),
        ("1 + 2", Incomplete, 0, 5),
        ("acc -", Incomplete, 5, 5),
        ("(acc", Incomplete, 4, 4),
        ("`acc", Incomplete, 0, 4),
        ("acc + \"損失", Incomplete, 6, 9),
        ("acc acc", Unexpected, 4, 7),
        ("acc)", Unexpected, 3, 4),
        ("acc + * 2", Unexpected, 6, 7),
        ("acc, 2", Unexpected, 3, 4),
        ("abs(acc, 2)", Unexpected, 7, 8),
        ("max(acc)", Unexpected, 0, 3),
        ("log()", Unexpected, 4, 5),
        ("'acc'", Unexpected, 0, 5),
        ("2acc", UnknownName, 0, 4),
        ("1.2.3 + acc", UnknownName, 0, 5),
        ("acc + val/los - 1", UnknownName, 10, 13),
        ("🦀 + acc", UnknownName, 0, 2),
        ("accuracy", UnknownName, 0, 8),
        ("log acc", UnknownName, 0, 3),
        ("`` + acc", UnknownName, 0, 2),
        ("acc = 1", UnknownName, 4, 5),
        (&deep, TooLong, 60, 61),
        (&powers, TooLong, 240, 243),
        (&long, TooLong, 2_000, 2_003),
    ] as [(&str, FilterErrorCode, u32, u32); 25]
    {
        let error = Formula::parse(text, &KNOWN).expect_err(text);
        assert_eq!((error.code, error.start, error.end), (code, start, end), "{text:.80}: {error}");
    }
    let error = Formula::parse("acc - val/los", &KNOWN).unwrap_err();
    assert_eq!(error.message, "No metric is called los");
}

#[test]
fn nan_and_infinities_pass_through_as_values() {
    let of = |text: &str, acc: f64, loss: f64| {
        let formula = Formula::parse(text, &["acc", "loss"]).unwrap();
        let value = |name: &String| if name == "acc" { acc } else { loss };
        formula.value(&formula.names().iter().map(value).collect::<Vec<_>>())
    };
    const INF: f64 = f64::INFINITY;
    for text in ["acc + loss", "max(acc, loss)", "max(loss, acc)", "min(acc, loss)", "acc ^ 0", "1 ^ acc", "abs(acc)"] {
        assert!(of(text, f64::NAN, 1.0).is_nan(), "{text}");
    }
    assert_eq!(of("acc - loss", INF, 1.0), INF);
    assert_eq!(of("1 / acc", 0.0, 0.0), INF);
    assert_eq!(of("-1 / acc", 0.0, 0.0), -INF);
    assert!(of("acc - acc", INF, 0.0).is_nan() && of("log(acc)", -1.0, 0.0).is_nan());
    assert_eq!(of("max(acc, loss)", INF, 1.0), INF);
    assert!(Formula::parse("acc", &["acc"]).unwrap().value(&[]).is_nan());
}

/// Pseudo-random numbers that are the same every time (xorshift64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).unwrap()
    }
}

#[test]
fn no_text_is_too_strange() {
    const PIECES: [&str; 34] = [
        "loss",
        "val/loss",
        "val",
        "f1-macro",
        "val loss",
        "損失/検証",
        "min",
        "max(",
        "log(",
        "abs",
        "(",
        ")",
        ",",
        "+",
        "-",
        "*",
        "/",
        "^",
        " ",
        "\t",
        "1",
        "2.5",
        ".",
        "1e",
        "1e400",
        "`",
        "\"",
        "'",
        "\\",
        "🦀",
        "=",
        "metrics.",
        "\u{301}",
        "x",
    ];
    let mut numbers = Numbers(0x2545_f491_4f6c_dd1d);
    let mut good = 0;
    for _ in 0..20_000 {
        let text: String = (0..numbers.below(12)).map(|_| PIECES[numbers.below(PIECES.len())]).collect();
        let units = u32::try_from(text.encode_utf16().count()).unwrap();
        let reading = read_formula(&text, &KNOWN);
        let mut end = 0;
        for token in &reading.tokens {
            assert!(token.start >= end && token.end > token.start && token.end <= units, "{text:?}: {reading:?}");
            end = token.end;
        }
        if let Some(error) = &reading.error {
            assert!(error.start <= error.end && error.end <= units, "{text:?}: {error:?}");
            continue;
        }
        good += 1;
        let formula = Formula::parse(&text, &KNOWN).unwrap();
        assert_eq!(formula.names(), reading.names);
        for value in [f64::NAN, f64::INFINITY, 0.0, -1e308, 3.0] {
            formula.value(&vec![value; formula.names().len()]);
        }
    }
    assert!(good > 300, "{good} formulas");
}

/// A formula written in full parentheses, and its value by the same operations in Rust.
fn any(numbers: &mut Numbers, values: &[f64], depth: usize) -> (String, f64) {
    if depth == 0 || numbers.below(5) == 0 {
        let place = numbers.below(KNOWN.len() + 3);
        return match KNOWN.get(place) {
            Some(name) => (format!("`{name}`"), values[place]),
            None => (format!("{place}.25"), place as f64 + 0.25),
        };
    }
    let (left, a) = any(numbers, values, depth - 1);
    let (right, b) = any(numbers, values, depth - 1);
    match numbers.below(8) {
        0 => (format!("({left} + {right})"), a + b),
        1 => (format!("({left}-{right})"), a - b),
        2 => (format!("({left} *{right})"), a * b),
        3 => (format!("({left}/ {right})"), a / b),
        4 => (format!("(-{left})"), -a),
        5 => (format!("max({left},{right})"), if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) }),
        6 => (format!("abs({left})"), a.abs()),
        _ => (format!("log( {left} )"), a.ln()),
    }
}

#[test]
fn a_formula_has_the_value_that_its_operations_have() {
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let mut checked = 0;
    for _ in 0..5_000 {
        let values: Vec<f64> = KNOWN.iter().map(|_| numbers.below(2_000) as f64 / 100.0 - 10.0).collect();
        let (text, expected) = any(&mut numbers, &values, 5);
        let Ok(formula) = Formula::parse(&text, &KNOWN) else { continue };
        let of: Vec<f64> =
            formula.names().iter().map(|name| values[KNOWN.iter().position(|known| known == name).unwrap()]).collect();
        let value = formula.value(&of);
        assert!(value == expected || (value.is_nan() && expected.is_nan()), "{text}: {value}, not {expected}");
        checked += 1;
    }
    assert!(checked > 4_000, "{checked}");
}
