//! What a filter means: names found, every value a number or a text. Both back ends take this.

use std::ops::Range;

use super::error::{FilterErrorCode, Problem};
use super::literal::{duration_ms, metric_number, time_ms};
use super::python_text::as_in_python;
use super::tree::{Change, Comparison, Expr, Field, FieldKind, Literal, Test};

/// The server looks for a run's name in this tag, and so in no run whose tag was deleted.
pub(super) const RUN_NAME_TAG: &str = "mlflow.runName";

#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    And(Vec<Condition>),
    Or(Vec<Condition>),
    Not(Box<Condition>),
    /// Somewhere in a run's name or at the beginning of its id; of the letters A to Z the case does
    /// not count.
    Word(String),
    /// `at` counts bytes of the filter, of the field.
    Test {
        subject: Subject,
        check: Check,
        at: Range<usize>,
    },
    /// In gates only: compared with the same subject of the version that holds the alias.
    ToChampion {
        subject: Subject,
        comparison: Comparison,
        change: Change,
    },
}

impl Condition {
    /// Calls `visit` with everything that is looked at.
    pub fn each_subject<'a>(&'a self, visit: &mut impl FnMut(&'a Subject)) {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.each_subject(visit)),
            Self::Not(inner) => inner.each_subject(visit),
            Self::Test { subject, .. } | Self::ToChampion { subject, .. } => visit(subject),
            Self::Word(_) => {}
        }
    }
}

/// What is looked at. Of datasets a run may have many: one that passes, by itself, is enough.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    Metric(String),
    Param(String),
    Tag(String),
    Attribute(Attribute),
    Dataset(DatasetPart),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attribute {
    /// The name as the server shows it: only words search in it. A test of `run_name` looks at a tag.
    RunName,
    RunId,
    Status,
    UserId,
    ArtifactUri,
    ExperimentId,
    /// Epoch milliseconds.
    StartTime,
    /// Epoch milliseconds.
    EndTime,
    /// Milliseconds; of an open run up to now.
    Duration,
}

impl Attribute {
    pub fn is_number(self) -> bool {
        matches!(self, Self::StartTime | Self::EndTime | Self::Duration)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatasetPart {
    Name,
    Digest,
    Context,
}

/// What the value must be. Texts compare byte by byte. What is missing passes only `Null`.
#[derive(Debug, Clone, PartialEq)]
pub enum Check {
    /// Of metrics and of attributes that are numbers; a param or tag counts as the number that its
    /// whole text is ([`super::number_of`]), and a text that is none differs from every number.
    ///
    /// A metric's infinities count as the largest numbers ([`f64::MAX`], [`f64::MIN`]). Its NaN
    /// differs from every number, as with MLflow 3 (2.x takes it for 0); only a comparison with NaN
    /// itself finds it.
    Number(Comparison, f64),
    /// NaN in the list equals nothing, and a list with NaN excludes nothing.
    NumberIn {
        values: Vec<f64>,
        negated: bool,
    },
    Text(Comparison, String),
    TextIn {
        values: Vec<String>,
        negated: bool,
    },
    /// `%` is any text, `_` any character. `ignore_case`: of the letters A to Z.
    Like {
        pattern: String,
        ignore_case: bool,
        negated: bool,
    },
    Null {
        negated: bool,
    },
}

/// What a name is among the runs that are asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Kinds {
    pub is_metric: bool,
    pub is_param: bool,
    pub is_tag: bool,
}

type Meant<T> = Result<T, Problem>;

/// All names of metrics, params and tags that the tree may mean.
pub(super) fn names(expr: &Expr) -> Vec<&str> {
    let mut names = Vec::new();
    expr.each_field(&mut |field| match field.kind {
        FieldKind::Attribute | FieldKind::Bare if is_run_name(&field.key) => names.push(RUN_NAME_TAG),
        FieldKind::Attribute | FieldKind::Dataset => {}
        _ => names.push(field.key.as_str()),
    });
    names
}

pub(super) fn condition(expr: &Expr, kinds: &impl Fn(&str) -> Kinds) -> Meant<Condition> {
    let all = |parts: &[Expr]| parts.iter().map(|part| condition(part, kinds)).collect::<Meant<Vec<_>>>();
    Ok(match expr {
        Expr::And(parts) => Condition::And(all(parts)?),
        Expr::Or(parts) => Condition::Or(all(parts)?),
        Expr::Not(inner) => Condition::Not(Box::new(condition(inner, kinds)?)),
        Expr::Word(word) => Condition::Word(word.clone()),
        Expr::ToChampion(field, comparison, change) => to_champion(field, *comparison, *change, kinds)?,
        Expr::Test(field, test) => {
            let (subject, check) = meant(field, test, kinds)?;
            Condition::Test { subject, check, at: field.at.clone() }
        }
    })
}

fn meant(field: &Field, test: &Test, kinds: &impl Fn(&str) -> Kinds) -> Meant<(Subject, Check)> {
    let key = field.key.clone();
    Ok(match resolve(field, kinds)? {
        FieldKind::Metric => (Subject::Metric(key), metric_check(field, test)?),
        FieldKind::Param => (Subject::Param(key), text_or_number_check(test)),
        FieldKind::Tag => (Subject::Tag(key), text_or_number_check(test)),
        FieldKind::Dataset => dataset(field, test)?,
        FieldKind::Attribute | FieldKind::Bare if is_run_name(&key) => {
            (Subject::Tag(RUN_NAME_TAG.to_owned()), text_check(test))
        }
        FieldKind::Attribute | FieldKind::Bare => attribute(field, test)?,
    })
}

fn to_champion(
    field: &Field,
    comparison: Comparison,
    change: Change,
    kinds: &impl Fn(&str) -> Kinds,
) -> Meant<Condition> {
    // What the field means, whatever it is compared with.
    let (subject, _) = meant(field, &Test::IsNull { negated: true }, kinds)?;
    let refused = |message: String| Err(Problem::new(FilterErrorCode::WrongType, message, field.at.clone()));
    let key = &field.key;
    let is_equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
    match &subject {
        Subject::Dataset(_) if !is_equality => {
            return refused(format!("The {key} of a dataset is = champion or != champion: it has no order"));
        }
        Subject::Dataset(_) if change != Change::None => {
            return refused(format!("The {key} of a dataset is a text: expected champion alone"));
        }
        Subject::Attribute(attribute) if !attribute.is_number() && change != Change::None => {
            return refused(format!("{key} is a text: expected champion alone"));
        }
        _ => {}
    }
    Ok(Condition::ToChampion { subject, comparison, change })
}

/// Which kind of thing a field without a prefix means.
fn resolve(field: &Field, kinds: &impl Fn(&str) -> Kinds) -> Meant<FieldKind> {
    if field.kind != FieldKind::Bare {
        return Ok(field.kind);
    }
    let key = &field.key;
    if is_run_name(key) || attribute_named(key).is_some() {
        return Ok(FieldKind::Attribute);
    }
    let kinds = kinds(key);
    match (kinds.is_metric, kinds.is_param, kinds.is_tag) {
        (true, false, _) => Ok(FieldKind::Metric),
        (false, true, _) => Ok(FieldKind::Param),
        (false, false, true) => Ok(FieldKind::Tag),
        (true, true, _) => Err(Problem::new(
            FilterErrorCode::AmbiguousName,
            format!("Both a metric and a param are called {key}: write metrics.{key} or params.{key}"),
            field.at.clone(),
        )),
        (false, false, false) => Err(Problem::new(
            FilterErrorCode::UnknownName,
            format!("No attribute, metric, param or tag of these runs is called {key}"),
            field.at.clone(),
        )),
    }
}

fn is_run_name(key: &str) -> bool {
    matches!(key.to_ascii_lowercase().as_str(), "run_name" | "run name" | "name")
}

/// The server's names of attributes and their other spellings.
fn attribute_named(key: &str) -> Option<Attribute> {
    Some(match key.to_ascii_lowercase().as_str() {
        "run_id" | "run id" => Attribute::RunId,
        "user_id" | "user" => Attribute::UserId,
        "artifact_uri" => Attribute::ArtifactUri,
        "experiment_id" => Attribute::ExperimentId,
        "status" => Attribute::Status,
        "start_time" | "created" => Attribute::StartTime,
        "end_time" => Attribute::EndTime,
        "duration" => Attribute::Duration,
        _ => return None,
    })
}

fn attribute(field: &Field, test: &Test) -> Meant<(Subject, Check)> {
    let key = &field.key;
    let Some(attribute) = attribute_named(key) else {
        let known = "run_name, run_id, status, user_id, start_time, end_time, duration, artifact_uri and experiment_id";
        let message = format!("A run has no attribute {key}: there are {known}");
        return Err(Problem::new(FilterErrorCode::UnknownName, message, field.at.clone()));
    };
    let refused = |example: &str| format!("{key} is compared with milliseconds, or with {example}");
    let check = match attribute {
        Attribute::StartTime | Attribute::EndTime => {
            let refused = refused("'2026-11-01' or '2026-11-01 14:00'");
            number_check(test, &|literal| time_ms(&literal.text), &refused, &not_a_text(key, "number"))?
        }
        Attribute::Duration => {
            let refused = refused("90s, 10m or 1.5h");
            number_check(test, &|literal| duration_ms(&literal.text), &refused, &not_a_text(key, "number"))?
        }
        Attribute::Status => text_check(&in_capitals(test)),
        _ => text_check(test),
    };
    Ok((Subject::Attribute(attribute), check))
}

/// MLflow spells a status in capitals; without quotes people need not.
fn in_capitals(test: &Test) -> Test {
    let capitals = |literal: &Literal| match literal.quote {
        Some(_) => literal.clone(),
        None => Literal { text: literal.text.to_ascii_uppercase(), ..literal.clone() },
    };
    match test {
        Test::Compare(comparison, literal) => Test::Compare(*comparison, capitals(literal)),
        Test::Like { pattern, ignore_case, negated } => {
            Test::Like { pattern: capitals(pattern), ignore_case: *ignore_case, negated: *negated }
        }
        Test::In { values, negated } => Test::In { values: values.iter().map(capitals).collect(), negated: *negated },
        Test::IsNull { negated } => Test::IsNull { negated: *negated },
    }
}

fn dataset(field: &Field, test: &Test) -> Meant<(Subject, Check)> {
    let part = match field.key.to_ascii_lowercase().as_str() {
        "name" => DatasetPart::Name,
        "digest" => DatasetPart::Digest,
        "context" => DatasetPart::Context,
        _ => {
            let message = "A dataset has name, digest and context";
            return Err(Problem::new(FilterErrorCode::UnknownName, message, field.at.clone()));
        }
    };
    let check = match test {
        Test::In { values, negated } => {
            Check::TextIn { values: values.iter().map(as_in_python).collect(), negated: *negated }
        }
        other => text_check(other),
    };
    Ok((Subject::Dataset(part), check))
}

fn metric_check(field: &Field, test: &Test) -> Meant<Check> {
    let key = &field.key;
    let refused = format!("{key} is a metric and is compared with a number");
    number_check(test, &metric_number, &refused, &not_a_text(key, "metric"))
}

fn not_a_text(key: &str, what: &str) -> String {
    format!("{key} is a {what}: LIKE is for texts")
}

/// `refused` is said of a value that is no number, `not_a_text` of a pattern.
fn number_check(
    test: &Test,
    number: &impl Fn(&Literal) -> Option<f64>,
    refused: &str,
    not_a_text: &str,
) -> Meant<Check> {
    let wrong =
        |message: &str, literal: &Literal| Problem::new(FilterErrorCode::WrongType, message, literal.at.clone());
    let number = |literal: &Literal| number(literal).ok_or_else(|| wrong(refused, literal));
    Ok(match test {
        Test::Compare(comparison, literal) => Check::Number(*comparison, number(literal)?),
        Test::In { values, negated } => {
            Check::NumberIn { values: values.iter().map(number).collect::<Meant<_>>()?, negated: *negated }
        }
        Test::Like { pattern, .. } => return Err(wrong(not_a_text, pattern)),
        Test::IsNull { negated } => Check::Null { negated: *negated },
    })
}

/// Params and tags are texts that may be numbers: an unquoted number, or an order, compares
/// numbers; all else compares texts.
fn text_or_number_check(test: &Test) -> Check {
    match test {
        Test::Compare(comparison, literal) => {
            let is_order = !matches!(comparison, Comparison::Equal | Comparison::NotEqual);
            match literal.number().filter(|number| !number.is_nan() && (is_order || literal.quote.is_none())) {
                Some(number) => Check::Number(*comparison, number),
                None => text_check(test),
            }
        }
        Test::In { values, negated }
            if values.iter().all(|value| value.quote.is_none() && value.number().is_some()) =>
        {
            Check::NumberIn { values: values.iter().filter_map(Literal::number).collect(), negated: *negated }
        }
        _ => text_check(test),
    }
}

fn text_check(test: &Test) -> Check {
    match test {
        Test::Compare(comparison, literal) => Check::Text(*comparison, literal.text.clone()),
        Test::In { values, negated } => {
            Check::TextIn { values: values.iter().map(|value| value.text.clone()).collect(), negated: *negated }
        }
        Test::Like { pattern, ignore_case, negated } => {
            Check::Like { pattern: pattern.text.clone(), ignore_case: *ignore_case, negated: *negated }
        }
        Test::IsNull { negated } => Check::Null { negated: *negated },
    }
}
