//! One rule asked of a version beside the version that holds the alias.

use super::super::evidence::{Measured, MetricName, Owner};
use super::words::{compared, is_missing, of_list, on_dataset, quoted, subject_name};
use super::{GateValue, VersionValues};
use crate::query::{
    Change, Check, Comparison, Condition, Subject, Value, Values, Verdict, number_of, test as test_values,
};

/// What one condition of a rule came to.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Finding {
    pub verdict: Verdict,
    pub from: Option<GateValue>,
    pub to: Option<GateValue>,
    pub why: String,
}

/// All conditions are asked, so that all that is wrong is said.
pub(super) fn judge(
    condition: &Condition,
    from: Option<&VersionValues>,
    to: &VersionValues,
    findings: &mut Vec<Finding>,
) -> Verdict {
    let mut each =
        |parts: &[Condition]| -> Vec<Verdict> { parts.iter().map(|part| judge(part, from, to, findings)).collect() };
    let finding = match condition {
        Condition::And(parts) => return Verdict::all(each(parts)),
        Condition::Or(parts) => return Verdict::any(each(parts)),
        Condition::Not(inner) => return judge(inner, from, to, findings).negated(),
        // No rule has words.
        Condition::Word(word) => Finding::unknown(None, None, format!("{word} says nothing of a version")),
        Condition::Test { subject, check, .. } => checked(subject, check, from, to),
        Condition::ToChampion { subject, comparison, change } => to_champion(subject, *comparison, *change, from, to),
    };
    let verdict = finding.verdict;
    findings.push(finding);
    verdict
}

impl Finding {
    fn unknown(from: Option<GateValue>, to: Option<GateValue>, why: String) -> Self {
        Self { verdict: Verdict::Unknown, from, to, why }
    }
}

/// With what the rule itself says.
fn checked(subject: &Subject, check: &Check, from: Option<&VersionValues>, to: &VersionValues) -> Finding {
    let held = from.and_then(|from| shown(&from.of(subject)));
    if let Check::Null { .. } = check {
        let found = to.of(subject);
        let why = match found.is_empty() {
            true => is_missing(subject, to.number()),
            false => format!("v{} has {}", to.number(), subject_name(subject)),
        };
        return Finding { verdict: test_values(&found, check), from: held, to: shown(&found), why };
    }
    if let Subject::Metric(key) = subject {
        let beside = |name: &MetricName| from.and_then(|from| from.metrics.get(name)).map(number);
        return worst(to.measured(key).map(|(name, measured)| {
            let (verdict, why) = match of_another(measured) {
                Some(why) => (Verdict::Unknown, why),
                None => {
                    let value = Value::Number(measured.value.0);
                    let verdict = test_values(&[value], check);
                    (verdict, compared(value, check, verdict))
                }
            };
            Finding { verdict, from: beside(name), to: Some(number(measured)), why: on_dataset(why, name) }
        }))
        .unwrap_or_else(|| Finding::unknown(held, None, is_missing(subject, to.number())));
    }
    let found = to.of(subject);
    let verdict = test_values(&found, check);
    let why = match found.as_slice() {
        [] => is_missing(subject, to.number()),
        [value] => compared(*value, check, verdict),
        several => of_list(several, verdict),
    };
    Finding { verdict, from: held, to: shown(&found), why }
}

fn to_champion(
    subject: &Subject,
    comparison: Comparison,
    change: Change,
    from: Option<&VersionValues>,
    to: &VersionValues,
) -> Finding {
    let found = shown(&to.of(subject));
    let Some(from) = from else {
        let why = "no version holds the alias, so there is nothing to compare with".to_owned();
        return Finding::unknown(None, found, why);
    };
    let held = shown(&from.of(subject));
    for version in [to, from] {
        if version.of(subject).is_empty() {
            return Finding::unknown(held, found, is_missing(subject, version.number()));
        }
    }
    match subject {
        Subject::Metric(key) => {
            let each = to.measured(key).map(|(name, is)| metric_to_champion(name, is, comparison, change, from, to));
            worst(each).unwrap_or_else(|| Finding::unknown(held, found, is_missing(subject, to.number())))
        }
        Subject::Dataset(_) => {
            let same = from.of(subject) == to.of(subject);
            let passed = same == (comparison == Comparison::Equal);
            let verdict = if passed { Verdict::Passed } else { Verdict::Failed };
            let why = match same {
                true => format!("the same as of v{}", from.number()),
                false => format!("not those of v{}", from.number()),
            };
            Finding { verdict, from: held, to: found, why }
        }
        _ => {
            let (Some(&was), Some(&is)) = (from.of(subject).first(), to.of(subject).first()) else {
                return Finding::unknown(held, found, is_missing(subject, to.number()));
            };
            let (verdict, why) = one_to_champion(was, is, comparison, change, from.number());
            Finding { verdict, from: held, to: found, why }
        }
    }
}

/// Two numbers on one dataset.
fn metric_to_champion(
    name: &MetricName,
    is: &Measured,
    comparison: Comparison,
    change: Change,
    from: &VersionValues,
    to: &VersionValues,
) -> Finding {
    let Some(was) = from.metrics.get(name) else {
        let why = format!("v{} has no {}", from.number(), name.key);
        return Finding::unknown(None, Some(number(is)), on_dataset(why, name));
    };
    let one_run = from.version.run_id.is_some()
        && from.version.run_id == to.version.run_id
        && from.version.version != to.version.version;
    let of_run = was.of != Owner::LoggedModel && is.of != Owner::LoggedModel;
    let (verdict, why) = match of_another(is).or_else(|| of_another(was)) {
        Some(why) => (Verdict::Unknown, why),
        None if one_run && of_run => {
            (Verdict::Unknown, "both versions have the number of their one run, so it compares nothing".to_owned())
        }
        None => {
            let (was, is) = (Value::Number(was.value.0), Value::Number(is.value.0));
            one_to_champion(was, is, comparison, change, from.number())
        }
    };
    Finding { verdict, from: Some(number(was)), to: Some(number(is)), why: on_dataset(why, name) }
}

/// Params and tags are texts that may be numbers: an order of two numbers, and what is calculated, compares numbers; all
/// else compares texts.
fn one_to_champion(was: Value, is: Value, comparison: Comparison, change: Change, champion: &str) -> (Verdict, String) {
    let of_value = |value: Value| match value {
        Value::Number(number) => Some(number),
        Value::Text(text) => number_of(text),
    };
    let is_order = !matches!(comparison, Comparison::Equal | Comparison::NotEqual);
    let (texts, both) = match (was, is) {
        (Value::Text(was), Value::Text(is)) => (Some(was), of_value(Value::Text(is)).is_some()),
        _ => (None, true),
    };
    let limit = of_value(was);
    match texts {
        Some(text) if change == Change::None && !(is_order && both && limit.is_some()) => {
            let check = Check::Text(comparison, text.to_owned());
            let verdict = test_values(&[is], &check);
            (verdict, format!("{}, which v{champion} has", compared(is, &check, verdict)))
        }
        _ => {
            let limit = limit.filter(|limit| !limit.is_nan());
            let Some(limit) = limit else {
                let why = match was {
                    Value::Number(_) => format!("v{champion} has NaN, so nothing compares with it"),
                    Value::Text(text) => format!("v{champion} has {}, which is no number", quoted(text)),
                };
                return (Verdict::Unknown, why);
            };
            let check = Check::Number(comparison, change.of(limit));
            let verdict = test_values(&[is], &check);
            let words = compared(is, &check, verdict);
            let whose = match change {
                Change::None => format!("{words}, the number of v{champion}"),
                _ => format!("{words}, which is {}{change} of v{champion}", super::words::number(limit)),
            };
            (verdict, whose)
        }
    }
}

/// Why a number may be another model's, if so.
fn of_another(measured: &Measured) -> Option<String> {
    let value = super::words::number(measured.value.0);
    (measured.of == Owner::SharedRun).then(|| format!("the run logged several models, so {value} may be another one’s"))
}

/// A failed one before an unknown one before a passed one.
fn worst(findings: impl Iterator<Item = Finding>) -> Option<Finding> {
    let rank = |finding: &Finding| match finding.verdict {
        Verdict::Failed => 0,
        Verdict::Unknown => 1,
        Verdict::Passed => 2,
    };
    findings.min_by_key(rank)
}

fn number(measured: &Measured) -> GateValue {
    GateValue::Number { value: measured.value }
}

fn shown(values: &[Value]) -> Option<GateValue> {
    use crate::entities::MetricValue;
    let text = |value: &Value| match value {
        Value::Number(number) => super::words::number(*number),
        Value::Text(text) => (*text).to_owned(),
    };
    match values {
        [] => None,
        [Value::Number(number)] => Some(GateValue::Number { value: MetricValue(*number) }),
        several => Some(GateValue::Text { text: several.iter().map(text).collect::<Vec<_>>().join(", ") }),
    }
}
