//! From a tree to SQL over the run row `r`, with everything that was typed as a bind parameter.
//!
//! Every condition is true or false and never unknown, so that `NOT` is the complement: a run
//! without the param matches `NOT params.x = 'a'` but not `params.x != 'a'`, as on the server.

use std::collections::HashMap;

use super::ast::{Comparison, Expr, Field, FieldKind, Literal, Test};
use super::error::{FilterError, Problem};
use crate::cache::statement::{Bind, Statement};

/// What is known of a name among the runs of the scope.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::cache) struct Name {
    pub id: i64,
    pub is_metric: bool,
    pub is_param: bool,
    pub is_tag: bool,
}

pub(in crate::cache) type Names = HashMap<String, Name>;

type Compiled<T> = Result<T, Problem>;

/// All names of metrics, params and tags that the tree may mean.
pub(in crate::cache) fn keys(expr: &Expr) -> Vec<&str> {
    let mut keys = Vec::new();
    expr.each_field(&mut |field| {
        if !matches!(field.kind, FieldKind::Attribute | FieldKind::Dataset) {
            keys.push(field.key.as_str());
        }
    });
    keys
}

/// A condition over `r`. `text` is the filter as typed, for the positions of errors.
pub(in crate::cache) fn condition(expr: &Expr, names: &Names, text: &str) -> Result<Statement, FilterError> {
    let mut statement = Statement::default();
    write(expr, names, &mut statement).map_err(|problem| problem.in_text(text))?;
    Ok(statement)
}

fn write(expr: &Expr, names: &Names, out: &mut Statement) -> Compiled<()> {
    match expr {
        Expr::And(parts) => write_all(parts, " AND ", names, out),
        Expr::Or(parts) => write_all(parts, " OR ", names, out),
        Expr::Not(inner) => {
            out.push("NOT (");
            write(inner, names, out)?;
            out.push(")");
            Ok(())
        }
        Expr::Word(word) => {
            let escaped = word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
            out.push("(r.run_name LIKE ").bind(Bind::Text(format!("%{escaped}%"))).push(" ESCAPE '\\'");
            out.push(" OR r.run_id LIKE ").bind(Bind::Text(format!("{escaped}%"))).push(" ESCAPE '\\')");
            Ok(())
        }
        Expr::Test(field, test) => write_test(field, test, names, out),
    }
}

fn write_all(parts: &[Expr], between: &str, names: &Names, out: &mut Statement) -> Compiled<()> {
    out.push("(");
    for (position, part) in parts.iter().enumerate() {
        if position > 0 {
            out.push(between);
        }
        write(part, names, out)?;
    }
    out.push(")");
    Ok(())
}

fn write_test(field: &Field, test: &Test, names: &Names, out: &mut Statement) -> Compiled<()> {
    match resolve(field, names)? {
        FieldKind::Metric => {
            let condition = match test {
                Test::IsNull { .. } => None,
                _ => Some(metric_condition(field, test)?),
            };
            logged("metric", field, test, condition, names, out);
        }
        FieldKind::Param => logged("param", field, test, text_or_number(test)?, names, out),
        FieldKind::Tag => logged("tag", field, test, text_or_number(test)?, names, out),
        FieldKind::Dataset => return dataset(field, test, out),
        FieldKind::Attribute | FieldKind::Bare => return attribute(field, test, out),
    }
    Ok(())
}

/// Which kind of thing a field without a prefix means.
fn resolve(field: &Field, names: &Names) -> Compiled<FieldKind> {
    if field.kind != FieldKind::Bare {
        return Ok(field.kind);
    }
    if attribute_named(&field.key).is_some() {
        return Ok(FieldKind::Attribute);
    }
    let name = names.get(&field.key).copied().unwrap_or_default();
    let key = &field.key;
    match (name.is_metric, name.is_param, name.is_tag) {
        (true, false, _) => Ok(FieldKind::Metric),
        (false, true, _) => Ok(FieldKind::Param),
        (false, false, true) => Ok(FieldKind::Tag),
        (true, true, _) => Err(Problem::new(
            format!("Both a metric and a param are called {key}: write metrics.{key} or params.{key}"),
            field.at.clone(),
        )),
        (false, false, false) => Err(Problem::new(
            format!("No attribute, metric, param or tag of these runs is called {key}"),
            field.at.clone(),
        )),
    }
}

/// `EXISTS` over a table of logged things. `IS NULL` asks whether there is a row at all.
fn logged(table: &str, field: &Field, test: &Test, condition: Option<Statement>, names: &Names, out: &mut Statement) {
    let id = names.get(&field.key).map_or(-1, |name| name.id);
    if matches!(test, Test::IsNull { negated: false }) {
        out.push("NOT ");
    }
    out.push("EXISTS (SELECT 1 FROM ").push(table).push(" WHERE key = ").int(id).push(" AND run = r.id");
    if let Some(condition) = condition {
        out.push(" AND ").append(&condition);
    }
    out.push(")");
}

fn metric_condition(field: &Field, test: &Test) -> Compiled<Statement> {
    let mut out = Statement::default();
    let number = |literal: &Literal| {
        literal.number().ok_or_else(|| {
            Problem::new(format!("{} is a metric and is compared with a number", field.key), literal.at.clone())
        })
    };
    match test {
        Test::Compare(comparison, literal) => number_condition("value", *comparison, number(literal)?, true, &mut out),
        Test::In { values, negated } => {
            let values = values.iter().map(number).collect::<Compiled<Vec<f64>>>()?;
            one_of("value", values.into_iter().map(Bind::Real), *negated, &mut out);
        }
        Test::Like { pattern, .. } => {
            return Err(Problem::new(format!("{} is a metric: LIKE is for texts", field.key), pattern.at.clone()));
        }
        Test::IsNull { .. } => {}
    }
    Ok(out)
}

/// `nan_is_null` where NULL stands for NaN: equal to NaN only, and unequal to all else.
fn number_condition(column: &str, comparison: Comparison, number: f64, nan_is_null: bool, out: &mut Statement) {
    if number.is_nan() {
        out.push(match comparison {
            Comparison::Equal if nan_is_null => "value IS NULL",
            Comparison::NotEqual if nan_is_null => "value IS NOT NULL",
            _ => "0",
        });
        return;
    }
    out.push("ifnull(").push(column).push(" ").push(comparison.as_sql()).push(" ").bind(Bind::Real(number));
    out.push(if nan_is_null && comparison == Comparison::NotEqual { ", 1)" } else { ", 0)" });
}

fn one_of(column: &str, values: impl Iterator<Item = Bind>, negated: bool, out: &mut Statement) {
    out.push("ifnull(").push(column).push(if negated { " NOT IN (" } else { " IN (" });
    for (position, value) in values.enumerate() {
        if position > 0 {
            out.push(",");
        }
        out.bind(value);
    }
    out.push("), 0)");
}

/// Params and tags are texts that may be numbers: an unquoted number, or an order, compares
/// numbers; all else compares texts.
fn text_or_number(test: &Test) -> Compiled<Option<Statement>> {
    let mut out = Statement::default();
    match test {
        Test::IsNull { .. } => return Ok(None),
        Test::Compare(comparison, literal) => {
            let is_order = !matches!(comparison, Comparison::Equal | Comparison::NotEqual);
            match literal.number().filter(|number| !number.is_nan() && (is_order || !literal.quoted)) {
                // A text that is no number differs from every number.
                Some(number) if *comparison == Comparison::NotEqual => {
                    out.push("ifnull(number <> ").bind(Bind::Real(number)).push(", 1)");
                }
                Some(number) => number_condition("number", *comparison, number, false, &mut out),
                None => text_condition("value", test, &mut out),
            }
        }
        Test::In { values, negated } if values.iter().all(|value| !value.quoted && value.number().is_some()) => {
            let numbers = values.iter().filter_map(Literal::number).map(Bind::Real);
            one_of("number", numbers, *negated, &mut out);
        }
        Test::In { .. } | Test::Like { .. } => text_condition("value", test, &mut out),
    }
    Ok(Some(out))
}

fn text_condition(column: &str, test: &Test, out: &mut Statement) {
    match test {
        Test::Compare(comparison, literal) => {
            out.push(column).push(" ").push(comparison.as_sql()).push(" ").bind(Bind::Text(literal.text.clone()));
        }
        Test::In { values, negated } => {
            one_of(column, values.iter().map(|value| Bind::Text(value.text.clone())), *negated, out);
        }
        Test::Like { pattern, ignore_case, negated } => {
            out.push(column).push(if *negated { " NOT " } else { " " });
            // SQLite's LIKE ignores case and its GLOB does not.
            if *ignore_case {
                out.push("LIKE ").bind(Bind::Text(pattern.text.clone()));
            } else {
                out.push("GLOB ").bind(Bind::Text(glob_from_like(&pattern.text)));
            }
        }
        Test::IsNull { negated } => {
            out.push(column).push(if *negated { " IS NOT NULL" } else { " IS NULL" });
        }
    }
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

fn dataset(field: &Field, test: &Test, out: &mut Statement) -> Compiled<()> {
    let column = match field.key.to_ascii_lowercase().as_str() {
        "name" => "d.name",
        "digest" => "d.digest",
        "context" => "i.context",
        _ => return Err(Problem::new("A dataset has name, digest and context", field.at.clone())),
    };
    let is_null = matches!(test, Test::IsNull { negated: false });
    out.push(if is_null { "NOT " } else { "" });
    out.push("EXISTS (SELECT 1 FROM dataset_input i JOIN dataset d ON d.id = i.dataset WHERE i.run = r.id AND ifnull(");
    let present = Test::IsNull { negated: true };
    text_condition(column, if is_null { &present } else { test }, out);
    out.push(", 0))");
    Ok(())
}

enum AttributeColumn {
    Text(&'static str),
    /// MLflow spells these in capitals; people need not.
    Status,
    Time(&'static str),
    Duration,
}

/// The server's names of attributes and their other spellings.
fn attribute_named(key: &str) -> Option<AttributeColumn> {
    use AttributeColumn::{Duration, Status, Text, Time};
    Some(match key.to_ascii_lowercase().as_str() {
        "run_name" | "run name" | "name" => Text("r.run_name"),
        "run_id" | "run id" => Text("r.run_id"),
        "user_id" | "user" => Text("r.user_id"),
        "artifact_uri" => Text("r.artifact_uri"),
        "experiment_id" => Text("(SELECT experiment_id FROM experiment WHERE id = r.experiment)"),
        "status" => Status,
        "start_time" | "created" => Time("r.start_time_ms"),
        "end_time" => Time("r.end_time_ms"),
        "duration" => Duration,
        _ => return None,
    })
}

fn attribute(field: &Field, test: &Test, out: &mut Statement) -> Compiled<()> {
    let Some(attribute) = attribute_named(&field.key) else {
        let known = "run_name, run_id, status, user_id, start_time, end_time, duration, artifact_uri and experiment_id";
        return Err(Problem::new(format!("A run has no attribute {}: there are {known}", field.key), field.at.clone()));
    };
    match attribute {
        AttributeColumn::Text(column) => text_condition(column, test, out),
        AttributeColumn::Status => text_condition("r.status", &in_capitals(test), out),
        AttributeColumn::Time(column) => return number_attribute(column, field, test, time_ms, out),
        AttributeColumn::Duration => {
            return number_attribute("(r.end_time_ms - r.start_time_ms)", field, test, duration_ms, out);
        }
    }
    Ok(())
}

fn in_capitals(test: &Test) -> Test {
    let capitals = |literal: &Literal| Literal { text: literal.text.to_ascii_uppercase(), ..literal.clone() };
    match test {
        Test::Compare(comparison, literal) => Test::Compare(*comparison, capitals(literal)),
        Test::Like { pattern, ignore_case, negated } => {
            Test::Like { pattern: capitals(pattern), ignore_case: *ignore_case, negated: *negated }
        }
        Test::In { values, negated } => Test::In { values: values.iter().map(capitals).collect(), negated: *negated },
        Test::IsNull { negated } => Test::IsNull { negated: *negated },
    }
}

/// SQL for a value of a number attribute, or `None` where the literal is not one.
type ValueSql = fn(&Literal) -> Option<Statement>;

fn number_attribute(column: &str, field: &Field, test: &Test, value: ValueSql, out: &mut Statement) -> Compiled<()> {
    let value = |literal: &Literal| {
        value(literal).ok_or_else(|| {
            let example =
                if column.starts_with('(') { "90s, 10m or 1.5h" } else { "'2026-11-01' or '2026-11-01 14:00'" };
            Problem::new(format!("{} is compared with milliseconds, or with {example}", field.key), literal.at.clone())
        })
    };
    match test {
        Test::Compare(comparison, literal) => {
            out.push("ifnull(").push(column).push(" ").push(comparison.as_sql()).push(" ");
            out.append(&value(literal)?).push(", 0)");
        }
        Test::In { values, negated } => {
            out.push("ifnull(").push(column).push(if *negated { " NOT IN (" } else { " IN (" });
            for (position, literal) in values.iter().enumerate() {
                out.push(if position > 0 { "," } else { "" }).append(&value(literal)?);
            }
            out.push("), 0)");
        }
        Test::IsNull { .. } => text_condition(column, test, out),
        Test::Like { pattern, .. } => {
            return Err(Problem::new(format!("{} is a number: LIKE is for texts", field.key), pattern.at.clone()));
        }
    }
    Ok(())
}

/// `90000`, `90s`, `10m`, `1.5h`, `2d` or `500ms`.
fn duration_ms(literal: &Literal) -> Option<Statement> {
    let text = literal.text.trim();
    let unit_at = text.find(|character: char| character.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_at);
    let unit_ms = match unit {
        "" | "ms" => 1.0,
        "s" => 1e3,
        "m" | "min" => 60e3,
        "h" => 3_600e3,
        "d" => 86_400e3,
        _ => return literal.number().filter(|number| !number.is_nan()).map(real),
    };
    number.parse::<f64>().ok().map(|number| real(number * unit_ms))
}

/// Epoch milliseconds, or a date with or without a time of day in this machine's time zone.
fn time_ms(literal: &Literal) -> Option<Statement> {
    if let Some(number) = literal.number() {
        return (!number.is_nan()).then(|| real(number));
    }
    let text = literal.text.trim();
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let known = ["0000-00-00", "0000-00-00 00:00", "0000-00-00T00:00", "0000-00-00 00:00:00", "0000-00-00T00:00:00"];
    if !known.contains(&shape.as_str()) {
        return None;
    }
    let mut statement = Statement::default();
    statement.push("(1000 * unixepoch(").bind(Bind::Text(text.to_owned())).push(", 'utc'))");
    Some(statement)
}

fn real(number: f64) -> Statement {
    let mut statement = Statement::default();
    statement.bind(Bind::Real(number));
    statement
}
