//! What a gate compared, in words for people. They say facts, which are as true within a `NOT`.

use super::super::evidence::MetricName;
use crate::query::{Attribute, Check, Comparison, DatasetPart, Subject, Value, Verdict};

pub(super) fn subject_name(subject: &Subject) -> String {
    match subject {
        Subject::Metric(key) => format!("the metric {key}"),
        Subject::Param(key) => format!("the param {key}"),
        Subject::Tag(key) => format!("the tag {key}"),
        Subject::Attribute(attribute) => attribute_name(*attribute).to_owned(),
        Subject::Dataset(DatasetPart::Name) => "a dataset".to_owned(),
        Subject::Dataset(DatasetPart::Digest) => "a dataset with a digest".to_owned(),
        Subject::Dataset(DatasetPart::Context) => "a dataset with a context".to_owned(),
    }
}

fn attribute_name(attribute: Attribute) -> &'static str {
    match attribute {
        Attribute::RunName => "a run with a name",
        Attribute::RunId => "a run with an id",
        Attribute::Status => "a run with a status",
        Attribute::UserId => "a run with a user",
        Attribute::ArtifactUri => "a run with artifacts",
        Attribute::ExperimentId => "a run with an experiment",
        Attribute::StartTime => "a run that began",
        Attribute::EndTime => "a run that ended",
        Attribute::Duration => "a run with a duration",
    }
}

pub(super) fn is_missing(subject: &Subject, version: &str) -> String {
    match subject {
        Subject::Metric(key) => format!("v{version} has no metric {key}"),
        Subject::Param(key) => format!("v{version} has no param {key}"),
        Subject::Tag(key) => format!("the tag {key} is not set on v{version}"),
        Subject::Attribute(_) | Subject::Dataset(_) => {
            format!("v{version} is not known to have {}", subject_name(subject))
        }
    }
}

/// One value and what a rule asks of it.
pub(super) fn compared(value: Value, check: &Check, verdict: Verdict) -> String {
    let holds = match verdict {
        Verdict::Passed => true,
        Verdict::Failed => false,
        Verdict::Unknown => return not_comparable(value, check),
    };
    let is = self::value(value);
    match check {
        Check::Number(comparison, wanted) => format!("{is} {} {}", relation(*comparison, holds), number(*wanted)),
        Check::Text(comparison, wanted) => format!("{is} {} {}", relation(*comparison, holds), quoted(wanted)),
        Check::NumberIn { negated, .. } | Check::TextIn { negated, .. } => {
            format!("{is} is {} the list", if holds != *negated { "in" } else { "not in" })
        }
        Check::Like { pattern, negated, .. } => {
            let matches = if holds != *negated { "matches" } else { "does not match" };
            format!("{is} {matches} {}", quoted(pattern))
        }
        Check::Null { .. } => format!("{is} is there"),
    }
}

fn not_comparable(value: Value, check: &Check) -> String {
    let is = self::value(value);
    match (value, check) {
        (Value::Number(number), _) if number.is_nan() => "NaN compares with nothing".to_owned(),
        (Value::Text(_), Check::Number(..) | Check::NumberIn { .. }) => format!("{is} is no number to compare"),
        _ => format!("{is} cannot be compared with this"),
    }
}

/// Of several datasets: one is enough.
pub(super) fn of_list(several: &[Value], verdict: Verdict) -> String {
    match verdict {
        Verdict::Passed => format!("one of {} does", several.len()),
        _ => format!("none of {} does", several.len()),
    }
}

pub(super) fn on_dataset(why: String, name: &MetricName) -> String {
    match &name.dataset {
        Some(dataset) => format!("{why}, on {} ({})", clipped(&dataset.name), clipped(&dataset.digest)),
        None => why,
    }
}

fn relation(comparison: Comparison, holds: bool) -> &'static str {
    match (comparison, holds) {
        (Comparison::Equal, true) | (Comparison::NotEqual, false) => "equals",
        (Comparison::Equal, false) | (Comparison::NotEqual, true) => "differs from",
        (Comparison::Less, true) => "is under",
        (Comparison::Less, false) => "is not under",
        (Comparison::LessOrEqual, true) => "is at most",
        (Comparison::LessOrEqual, false) => "is over",
        (Comparison::Greater, true) => "is over",
        (Comparison::Greater, false) => "is not over",
        (Comparison::GreaterOrEqual, true) => "is at least",
        (Comparison::GreaterOrEqual, false) => "is under",
    }
}

fn value(value: Value) -> String {
    match value {
        Value::Number(value) => number(value),
        Value::Text(text) => quoted(text),
    }
}

/// With all its digits: one that is rounded could seem to be on the other side of a limit.
pub(super) fn number(value: f64) -> String {
    let size = value.abs();
    match size != 0.0 && size.is_finite() && !(1e-4..1e15).contains(&size) {
        true => format!("{value:e}"),
        false => value.to_string(),
    }
}

pub(super) fn quoted(text: &str) -> String {
    format!("“{}”", clipped(text))
}

/// Long texts of others are cut, on one line.
fn clipped(text: &str) -> String {
    const MOST: usize = 80;
    let line: String = text.chars().take(MOST).map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    if text.chars().nth(MOST).is_some() { format!("{line}…") } else { line }
}
