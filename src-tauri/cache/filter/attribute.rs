//! The attributes of a run in a filter: their names, and what they are compared with.

use super::ast::{Field, Literal, Test};
use super::error::Problem;
use super::sql::{Compiled, text};
use crate::cache::duration::DURATION_MS;
use crate::cache::statement::{Bind, Statement};

pub(super) fn is_attribute(key: &str) -> bool {
    is_run_name(key) || attribute_named(key).is_some()
}

pub(super) fn is_run_name(key: &str) -> bool {
    matches!(key.to_ascii_lowercase().as_str(), "run_name" | "run name" | "name")
}

/// Those in columns of the run.
enum Column {
    Text(&'static str),
    /// MLflow spells these in capitals; without quotes people need not.
    Status,
    Time(&'static str),
    Duration,
}

/// The server's names of attributes and their other spellings.
fn attribute_named(key: &str) -> Option<Column> {
    use Column::{Duration, Status, Text, Time};
    Some(match key.to_ascii_lowercase().as_str() {
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

pub(super) fn attribute(field: &Field, test: &Test, out: &mut Statement) -> Compiled<()> {
    let Some(attribute) = attribute_named(&field.key) else {
        let known = "run_name, run_id, status, user_id, start_time, end_time, duration, artifact_uri and experiment_id";
        return Err(Problem::new(format!("A run has no attribute {}: there are {known}", field.key), field.at.clone()));
    };
    match attribute {
        Column::Text(column) => text(column, test, out),
        Column::Status => text("r.status", &in_capitals(test), out),
        Column::Time(column) => return number_attribute(column, field, test, time_ms, out),
        Column::Duration => {
            return number_attribute(DURATION_MS, field, test, duration_ms, out);
        }
    }
    Ok(())
}

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
        Test::IsNull { .. } => text(column, test, out),
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
    let text = literal.text.trim();
    if let Ok(time_ms) = text.parse::<i64>() {
        let mut statement = Statement::default();
        statement.bind(Bind::Int(time_ms));
        return Some(statement);
    }
    if let Some(number) = literal.number() {
        return (!number.is_nan()).then(|| real(number));
    }
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
