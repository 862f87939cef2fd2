//! A condition asked of one run, or of one version of a model.
//!
//! Agrees with the cache, with one difference: the cache must say yes or no to every run, while here
//! what is missing or NaN leaves a test unknown, `NOT` and `!=` included, so that it never passes by
//! accident. Only a test that names it, `IS NULL` or `= NaN`, can pass. Where the verdict is not
//! unknown, the cache finds the run if and only if it passed.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::condition::{Attribute, Check, Condition, Subject};
use super::literal::number_of;
use super::tree::Comparison;

/// Only `Passed` means that the condition is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    Passed,
    Failed,
    /// It depends on something that is missing or NaN.
    Unknown,
}

impl Verdict {
    /// One that failed decides, whatever is unknown beside it.
    pub fn all(verdicts: impl IntoIterator<Item = Self>) -> Self {
        decided(verdicts, Self::Failed, Self::Passed)
    }

    /// One that passed decides, whatever is unknown beside it.
    pub fn any(verdicts: impl IntoIterator<Item = Self>) -> Self {
        decided(verdicts, Self::Passed, Self::Failed)
    }

    pub fn negated(self) -> Self {
        match self {
            Self::Passed => Self::Failed,
            Self::Failed => Self::Passed,
            Self::Unknown => Self::Unknown,
        }
    }
}

/// `decisive` if any is that, `otherwise` if all are the other one.
fn decided(verdicts: impl IntoIterator<Item = Verdict>, decisive: Verdict, otherwise: Verdict) -> Verdict {
    let mut verdict = otherwise;
    for found in verdicts {
        match found {
            found if found == decisive => return decisive,
            Verdict::Unknown => verdict = Verdict::Unknown,
            _ => {}
        }
    }
    verdict
}

/// What has values: a run, or a version of a model with those of its run and logged model.
pub trait Values {
    /// The values of `subject`: none where it is missing, several of datasets only.
    fn of(&self, subject: &Subject) -> Vec<Value<'_>>;
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    Number(f64),
    Text(&'a str),
}

pub fn evaluate(condition: &Condition, values: &impl Values) -> Verdict {
    match condition {
        Condition::And(parts) => Verdict::all(parts.iter().map(|part| evaluate(part, values))),
        Condition::Or(parts) => Verdict::any(parts.iter().map(|part| evaluate(part, values))),
        Condition::Not(inner) => evaluate(inner, values).negated(),
        Condition::Word(word) => {
            let word = word.to_ascii_lowercase();
            let names = values.of(&Subject::Attribute(Attribute::RunName));
            let ids = values.of(&Subject::Attribute(Attribute::RunId));
            let in_name = |name: &str| name.to_ascii_lowercase().contains(&word);
            let begins_id = |id: &str| id.to_ascii_lowercase().starts_with(&word);
            let names = names.into_iter().map(|name| of_text(name, in_name));
            of_several(names.chain(ids.into_iter().map(|id| of_text(id, begins_id))))
        }
        Condition::Test { subject, check, .. } => test(&values.of(subject), check),
        // One alone has no champion beside it: `promotion/gates` asks both.
        Condition::ToChampion { .. } => Verdict::Unknown,
    }
}

/// Of all values of one subject.
pub fn test(found: &[Value<'_>], check: &Check) -> Verdict {
    match check {
        Check::Null { negated } => known(found.is_empty() != *negated),
        _ => of_several(found.iter().map(|value| passes(*value, check))),
    }
}

/// One of several values is enough, and one that is known to be wrong is more than none.
fn of_several(verdicts: impl Iterator<Item = Verdict>) -> Verdict {
    verdicts.fold(Verdict::Unknown, |so_far, verdict| match (so_far, verdict) {
        (Verdict::Passed, _) | (_, Verdict::Passed) => Verdict::Passed,
        (Verdict::Failed, _) | (_, Verdict::Failed) => Verdict::Failed,
        _ => Verdict::Unknown,
    })
}

fn known(passed: bool) -> Verdict {
    if passed { Verdict::Passed } else { Verdict::Failed }
}

/// Of a value that is there.
fn passes(value: Value, check: &Check) -> Verdict {
    match check {
        Check::Number(comparison, number) => number_passes(value, *comparison, *number),
        Check::NumberIn { values, negated } => match as_number(value) {
            None => Verdict::Unknown,
            Some(value) if values.contains(&value) => known(!negated),
            Some(_) => known(*negated && !values.iter().any(|value| value.is_nan())),
        },
        Check::Text(comparison, wanted) => of_text(value, |text| compare(*comparison, text, wanted.as_str())),
        Check::TextIn { values, negated } => {
            of_text(value, |text| values.iter().any(|value| value == text) != *negated)
        }
        Check::Like { pattern, ignore_case, negated } => {
            of_text(value, |text| is_like(text, pattern, *ignore_case) != *negated)
        }
        Check::Null { negated } => known(*negated),
    }
}

fn number_passes(value: Value, comparison: Comparison, number: f64) -> Verdict {
    let is_nan = match value {
        Value::Number(value) => value.is_nan(),
        Value::Text(text) => text.trim().parse().is_ok_and(f64::is_nan),
    };
    match (comparison, as_number(value)) {
        (Comparison::Equal, _) if number.is_nan() => known(is_nan),
        (Comparison::NotEqual, _) if number.is_nan() => known(!is_nan),
        (_, Some(value)) => known(compare(comparison, &value, &number)),
        // A text that is no number.
        (Comparison::Equal, None) if !is_nan => Verdict::Failed,
        (Comparison::NotEqual, None) if !is_nan => Verdict::Passed,
        _ => Verdict::Unknown,
    }
}

/// `None` of NaN, and of a text that is no number.
fn as_number(value: Value) -> Option<f64> {
    match value {
        Value::Number(value) => (!value.is_nan()).then(|| value.clamp(f64::MIN, f64::MAX)),
        Value::Text(text) => number_of(text),
    }
}

fn of_text(value: Value, passes: impl Fn(&str) -> bool) -> Verdict {
    match value {
        Value::Text(text) => known(passes(text)),
        Value::Number(_) => Verdict::Unknown,
    }
}

fn compare<T: PartialOrd + ?Sized>(comparison: Comparison, value: &T, wanted: &T) -> bool {
    match comparison {
        Comparison::Equal => value == wanted,
        Comparison::NotEqual => value != wanted,
        Comparison::Less => value < wanted,
        Comparison::LessOrEqual => value <= wanted,
        Comparison::Greater => value > wanted,
        Comparison::GreaterOrEqual => value >= wanted,
    }
}

/// `%` in the pattern is any text, `_` any character.
fn is_like(text: &str, pattern: &str, ignore_case: bool) -> bool {
    let (text, pattern): (Vec<char>, Vec<char>) = (text.chars().collect(), pattern.chars().collect());
    let same = |a: char, b: char| if ignore_case { a.eq_ignore_ascii_case(&b) } else { a == b };
    let (mut read, mut at) = (0, 0);
    // Behind the last `%`, and where what it stands for ends as far as was tried.
    let mut again: Option<(usize, usize)> = None;
    while let Some(&character) = text.get(read) {
        match pattern.get(at) {
            Some('%') => {
                at += 1;
                again = Some((at, read));
            }
            Some(&wanted) if wanted == '_' || same(wanted, character) => (read, at) = (read + 1, at + 1),
            _ => {
                let Some((behind, until)) = again else { return false };
                (at, read) = (behind, until + 1);
                again = Some((behind, read));
            }
        }
    }
    pattern.get(at..).is_some_and(|rest| rest.iter().all(|wanted| *wanted == '%'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{Filter, Kinds};

    /// Has `acc` 0.9, `loss` NaN, the param `lr` "0.1" and the tag `opt` "adam".
    struct Version;

    impl Values for Version {
        fn of(&self, subject: &Subject) -> Vec<Value<'_>> {
            match subject {
                Subject::Metric(key) if key == "acc" => vec![Value::Number(0.9)],
                Subject::Metric(key) if key == "loss" => vec![Value::Number(f64::NAN)],
                Subject::Param(key) if key == "lr" => vec![Value::Text("0.1")],
                Subject::Tag(key) if key == "opt" => vec![Value::Text("adam")],
                Subject::Tag(key) if key == "broken" => vec![Value::Text("nan")],
                _ => Vec::new(),
            }
        }
    }

    fn verdict(filter: &str) -> Verdict {
        let condition = Filter::parse(filter).unwrap().unwrap().condition(|_| Kinds::default()).unwrap();
        evaluate(&condition, &Version)
    }

    #[test]
    fn what_is_missing_or_nan_passes_only_where_it_is_named() {
        use Verdict::{Failed, Passed, Unknown};
        let cases = [
            ("metrics.acc > 0.8", Passed),
            ("metrics.acc > 0.9", Failed),
            ("metrics.f1 > 0.8", Unknown),
            ("metrics.f1 != 0.8", Unknown),
            ("NOT metrics.f1 > 0.8", Unknown),
            ("metrics.f1 NOT IN (0.8)", Unknown),
            ("metrics.f1 IS NULL", Passed),
            ("metrics.f1 IS NOT NULL", Failed),
            ("metrics.loss < 1", Unknown),
            ("metrics.loss != 1", Unknown),
            ("NOT metrics.loss < 1", Unknown),
            ("metrics.loss NOT IN (1)", Unknown),
            ("metrics.loss = NaN", Passed),
            ("metrics.loss != NaN", Failed),
            ("metrics.acc != NaN", Passed),
            ("metrics.loss IS NOT NULL", Passed),
            ("params.lr < 0.2", Passed),
            ("params.lr = '0.10'", Failed),
            ("params.lr = 0.10", Passed),
            ("tags.opt != 5", Passed),
            ("tags.opt < 5", Unknown),
            ("tags.broken != 5", Unknown),
            ("tags.opt NOT LIKE 'a%'", Failed),
            ("tags.missing NOT LIKE 'a%'", Unknown),
            ("status = finished", Unknown),
            ("dataset.name != 'x'", Unknown),
            ("resnet", Unknown),
        ];
        for (filter, expected) in cases {
            assert_eq!(verdict(filter), expected, "{filter}");
        }
    }

    #[test]
    fn what_is_unknown_leaves_and_and_or_open_until_the_rest_decides() {
        use Verdict::{Failed, Passed, Unknown};
        let (yes, no, open) = ("metrics.acc > 0", "metrics.acc < 0", "metrics.f1 > 0");
        assert_eq!(verdict(&format!("{yes} AND {open}")), Unknown);
        assert_eq!(verdict(&format!("{open} AND {no}")), Failed);
        assert_eq!(verdict(&format!("{open} OR {yes}")), Passed);
        assert_eq!(verdict(&format!("{no} OR {open}")), Unknown);
        assert_eq!(verdict(&format!("NOT ({yes} AND {no})")), Passed);
    }

    #[test]
    fn like_knows_two_signs() {
        for (pattern, text, expected) in [
            ("a%", "adam", true),
            ("%m", "adam", true),
            ("%a%a%", "adam", true),
            ("%a%a_", "adam", true),
            ("_dam", "adam", true),
            ("_dam", "dam", false),
            ("", "", true),
            ("", "a", false),
            ("%", "", true),
            ("%%b", "aab", true),
            ("日_", "日本", true),
            ("A%", "adam", false),
        ] {
            assert_eq!(is_like(text, pattern, false), expected, "{text} like {pattern}");
        }
        assert!(is_like("Adam", "aD%", true) && !is_like("Ä", "ä", true));
    }
}
