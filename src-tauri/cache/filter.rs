//! A filter's condition in SQL over the run row `r`, with everything that was typed as a bind parameter.
//!
//! Every condition is true or false and never unknown, so that `NOT` is the complement: a run
//! without the param matches `NOT params.x = 'a'` but not `params.x != 'a'`, as on the server.

use std::collections::HashMap;

use super::duration::DURATION_MS;
use super::logged::Logged;
use super::statement::{Bind, Statement};
use crate::query::{
    Attribute, Check, Comparison, Condition, DatasetPart, Filter, FilterError, FilterErrorCode, Kinds, Subject,
};

/// A name among the runs of the scope.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Name {
    pub id: i64,
    pub kinds: Kinds,
}

pub(super) type Names = HashMap<String, Name>;

type FilterResult = Result<(), FilterError>;

/// A condition over `r` and the tables it adds to `logged`.
pub(super) fn condition(filter: &Filter, names: &Names, logged: &mut Logged) -> Result<Statement, FilterError> {
    let condition = filter.condition(|name| names.get(name).copied().unwrap_or_default().kinds)?;
    let mut writer = Writer { filter, names, logged, out: Statement::default() };
    writer.condition(&condition)?;
    Ok(writer.out)
}

struct Writer<'a> {
    filter: &'a Filter,
    names: &'a Names,
    logged: &'a mut Logged,
    out: Statement,
}

impl Writer<'_> {
    fn condition(&mut self, condition: &Condition) -> FilterResult {
        match condition {
            Condition::And(parts) => self.all(parts, " AND "),
            Condition::Or(parts) => self.all(parts, " OR "),
            Condition::Not(inner) => {
                self.out.push("NOT (");
                self.condition(inner)?;
                self.out.push(")");
                Ok(())
            }
            Condition::Word(word) => {
                let escaped = word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
                let out = &mut self.out;
                out.push("(r.run_name LIKE ").bind(Bind::Text(format!("%{escaped}%"))).push(" ESCAPE '\\'");
                out.push(" OR r.run_id LIKE ").bind(Bind::Text(format!("{escaped}%"))).push(" ESCAPE '\\')");
                Ok(())
            }
            // The parser makes none of a filter.
            Condition::ToChampion { .. } => {
                self.out.push("0");
                Ok(())
            }
            Condition::Test { subject, check, at } => {
                let too_many = || {
                    let message = format!("A filter may ask for {} different names at most", Logged::MOST);
                    self.filter.error(FilterErrorCode::TooLong, message, at.clone())
                };
                let mut alias = |table, key: &str| {
                    // No row belongs to a name below zero.
                    let name = self.names.get(key).map_or(-1, |name| name.id);
                    self.logged.alias(table, name).ok_or_else(too_many)
                };
                match subject {
                    Subject::Metric(key) => metric(&alias("metric", key)?, check, &mut self.out),
                    Subject::Param(key) => param_or_tag(&alias("param", key)?, check, &mut self.out),
                    Subject::Tag(key) => param_or_tag(&alias("tag", key)?, check, &mut self.out),
                    Subject::Attribute(attribute) => column(attribute_sql(*attribute), check, &mut self.out),
                    Subject::Dataset(part) => dataset(*part, check, &mut self.out),
                }
                Ok(())
            }
        }
    }

    fn all(&mut self, parts: &[Condition], between: &str) -> FilterResult {
        self.out.push("(");
        for (position, part) in parts.iter().enumerate() {
            if position > 0 {
                self.out.push(between);
            }
            self.condition(part)?;
        }
        self.out.push(")");
        Ok(())
    }
}

fn attribute_sql(attribute: Attribute) -> &'static str {
    match attribute {
        Attribute::RunName => "r.run_name",
        Attribute::RunId => "r.run_id",
        Attribute::Status => "r.status",
        Attribute::UserId => "r.user_id",
        Attribute::ArtifactUri => "r.artifact_uri",
        Attribute::ExperimentId => "(SELECT experiment_id FROM experiment WHERE id = r.experiment)",
        Attribute::StartTime => "r.start_time_ms",
        Attribute::EndTime => "r.end_time_ms",
        Attribute::Duration => DURATION_MS,
    }
}

/// `alias` is a metric row, of which NULL as the value is NaN, or no row at all.
fn metric(alias: &str, check: &Check, out: &mut Statement) {
    // Only beside a largest number does it make a difference that an infinity counts as one.
    let value = |most: f64| match most >= f64::MAX {
        true => format!("min(max({alias}.value, {:e}), {:e})", f64::MIN, f64::MAX),
        false => format!("{alias}.value"),
    };
    match check {
        Check::Number(Comparison::Equal, number) if number.is_nan() => {
            out.push(&format!("({alias}.id IS NOT NULL AND {alias}.value IS NULL)"));
        }
        Check::Number(Comparison::NotEqual, number) if number.is_nan() => {
            out.push(&format!("{alias}.value IS NOT NULL"));
        }
        Check::Number(Comparison::NotEqual, number) => unequal(alias, &value(number.abs()), *number, out),
        Check::Number(_, number) => column(&value(number.abs()), check, out),
        Check::NumberIn { values, .. } => {
            let most = values.iter().fold(0.0, |most, number| number.abs().max(most));
            column(&value(most), check, out);
        }
        Check::Null { .. } => column(&format!("{alias}.id"), check, out),
        Check::Text(..) | Check::TextIn { .. } | Check::Like { .. } => column(&value(0.0), check, out),
    }
}

/// `alias` is a row with a text, and with the number that it is, or no row at all.
fn param_or_tag(alias: &str, check: &Check, out: &mut Statement) {
    let (text, number) = (format!("{alias}.value"), format!("{alias}.number"));
    match check {
        Check::Number(Comparison::NotEqual, value) => unequal(alias, &number, *value, out),
        Check::Number(..) | Check::NumberIn { .. } => column(&number, check, out),
        _ => column(&text, check, out),
    }
}

/// Whether one of the run's datasets, by itself, passes.
fn dataset(part: DatasetPart, check: &Check, out: &mut Statement) {
    let text = match part {
        DatasetPart::Name => "d.name",
        DatasetPart::Digest => "d.digest",
        DatasetPart::Context => "i.context",
    };
    let (exists, check) = match check {
        Check::Null { negated: false } => ("NOT EXISTS", &Check::Null { negated: true }),
        other => ("EXISTS", other),
    };
    out.push(exists);
    out.push(" (SELECT 1 FROM dataset_input i JOIN dataset d ON d.id = i.dataset WHERE i.run = r.id AND ");
    column(text, check, out);
    out.push(")");
}

/// True for a row without such a number, but not where there is no row.
fn unequal(alias: &str, column: &str, number: f64, out: &mut Statement) {
    out.push(&format!("({alias}.id IS NOT NULL AND ifnull({column} <> "));
    out.bind(Bind::Real(number)).push(", 1))");
}

/// A check of one column, or other expression, that is NULL where nothing is there.
fn column(column: &str, check: &Check, out: &mut Statement) {
    match check {
        Check::Number(comparison, number) => compare(column, *comparison, Bind::Real(*number), out),
        Check::NumberIn { values, negated } => {
            one_of(column, values.iter().map(|number| Bind::Real(*number)), *negated, out);
        }
        Check::Text(comparison, text) => compare(column, *comparison, Bind::Text(text.clone()), out),
        Check::TextIn { values, negated } => {
            one_of(column, values.iter().map(|text| Bind::Text(text.clone())), *negated, out);
        }
        Check::Like { pattern, ignore_case, negated } => {
            out.push("ifnull(").push(column).push(if *negated { " NOT " } else { " " });
            // SQLite's LIKE ignores case and its GLOB does not.
            if *ignore_case {
                out.push("LIKE ").bind(Bind::Text(pattern.clone()));
            } else {
                out.push("GLOB ").bind(Bind::Text(glob_from_like(pattern)));
            }
            out.push(", 0)");
        }
        Check::Null { negated } => {
            out.push(column).push(if *negated { " IS NOT NULL" } else { " IS NULL" });
        }
    }
}

fn compare(column: &str, comparison: Comparison, value: Bind, out: &mut Statement) {
    let operator = match comparison {
        Comparison::Equal => " = ",
        Comparison::NotEqual => " <> ",
        Comparison::Less => " < ",
        Comparison::LessOrEqual => " <= ",
        Comparison::Greater => " > ",
        Comparison::GreaterOrEqual => " >= ",
    };
    out.push("ifnull(").push(column).push(operator).bind(value).push(", 0)");
}

fn one_of(column: &str, values: impl Iterator<Item = Bind>, negated: bool, out: &mut Statement) {
    out.push("ifnull(").push(column).push(if negated { " NOT IN (" } else { " IN (" });
    for (position, value) in values.enumerate() {
        out.push(if position > 0 { "," } else { "" }).bind(value);
    }
    out.push("), 0)");
}

fn glob_from_like(pattern: &str) -> String {
    let mut glob = String::with_capacity(pattern.len());
    for character in pattern.chars() {
        match character {
            '%' => glob.push('*'),
            '_' => glob.push('?'),
            '*' | '?' | '[' => glob.extend(['[', character, ']']),
            _ => glob.push(character),
        }
    }
    glob
}
