//! From a tree to SQL over the run row `r`, with everything that was typed as a bind parameter.
//!
//! Every condition is true or false and never unknown, so that `NOT` is the complement: a run
//! without the param matches `NOT params.x = 'a'` but not `params.x != 'a'`, as on the server.

use std::collections::HashMap;

use super::ast::{Comparison, Expr, Field, FieldKind, Literal, Test};
use super::attribute::{attribute, is_attribute, is_run_name};
use super::dataset::dataset;
use super::error::{FilterError, Problem};
use crate::cache::logged::Logged;
use crate::cache::statement::{Bind, Statement};

/// What a name is among the runs of the scope.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::cache) struct Name {
    pub id: i64,
    pub is_metric: bool,
    pub is_param: bool,
    pub is_tag: bool,
}

pub(in crate::cache) type Names = HashMap<String, Name>;

pub(super) type Compiled<T> = Result<T, Problem>;

/// The server looks for a run's name in this tag, and so in no run whose tag was deleted.
const RUN_NAME_TAG: &str = "mlflow.runName";

/// All names of metrics, params and tags that the tree may mean.
pub(in crate::cache) fn keys(expr: &Expr) -> Vec<&str> {
    let mut keys = Vec::new();
    expr.each_field(&mut |field| match field.kind {
        FieldKind::Attribute | FieldKind::Bare if is_run_name(&field.key) => keys.push(RUN_NAME_TAG),
        FieldKind::Attribute | FieldKind::Dataset => {}
        _ => keys.push(field.key.as_str()),
    });
    keys
}

/// A condition over `r` and the tables it adds to `logged`. `text` is the filter as typed, for the
/// positions of errors.
pub(in crate::cache) fn condition(
    expr: &Expr,
    names: &Names,
    logged: &mut Logged,
    text: &str,
) -> Result<Statement, FilterError> {
    let mut writer = Writer { names, logged, out: Statement::default() };
    writer.expr(expr).map_err(|problem| problem.in_text(text))?;
    Ok(writer.out)
}

struct Writer<'a> {
    names: &'a Names,
    logged: &'a mut Logged,
    out: Statement,
}

impl Writer<'_> {
    fn expr(&mut self, expr: &Expr) -> Compiled<()> {
        match expr {
            Expr::And(parts) => self.all(parts, " AND "),
            Expr::Or(parts) => self.all(parts, " OR "),
            Expr::Not(inner) => {
                self.out.push("NOT (");
                self.expr(inner)?;
                self.out.push(")");
                Ok(())
            }
            Expr::Word(word) => {
                let escaped = word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
                let out = &mut self.out;
                out.push("(r.run_name LIKE ").bind(Bind::Text(format!("%{escaped}%"))).push(" ESCAPE '\\'");
                out.push(" OR r.run_id LIKE ").bind(Bind::Text(format!("{escaped}%"))).push(" ESCAPE '\\')");
                Ok(())
            }
            Expr::Test(field, test) => self.test(field, test),
        }
    }

    fn all(&mut self, parts: &[Expr], between: &str) -> Compiled<()> {
        self.out.push("(");
        for (position, part) in parts.iter().enumerate() {
            if position > 0 {
                self.out.push(between);
            }
            self.expr(part)?;
        }
        self.out.push(")");
        Ok(())
    }

    fn test(&mut self, field: &Field, test: &Test) -> Compiled<()> {
        match resolve(field, self.names)? {
            FieldKind::Metric => {
                let alias = self.alias("metric", &field.key, field)?;
                metric(&alias, field, test, &mut self.out)
            }
            FieldKind::Param => {
                let alias = self.alias("param", &field.key, field)?;
                text_or_number(&alias, test, &mut self.out);
                Ok(())
            }
            FieldKind::Tag => {
                let alias = self.alias("tag", &field.key, field)?;
                text_or_number(&alias, test, &mut self.out);
                Ok(())
            }
            FieldKind::Dataset => dataset(field, test, &mut self.out),
            FieldKind::Attribute | FieldKind::Bare if is_run_name(&field.key) => {
                let alias = self.alias("tag", RUN_NAME_TAG, field)?;
                text(&format!("{alias}.value"), test, &mut self.out);
                Ok(())
            }
            FieldKind::Attribute | FieldKind::Bare => attribute(field, test, &mut self.out),
        }
    }

    fn alias(&mut self, table: &'static str, key: &str, field: &Field) -> Compiled<String> {
        // No row belongs to a name below zero.
        let name = self.names.get(key).map_or(-1, |name| name.id);
        self.logged.alias(table, name).ok_or_else(|| {
            Problem::new(format!("A filter may ask for {} different names at most", Logged::MOST), field.at.clone())
        })
    }
}

/// Which kind of thing a field without a prefix means.
fn resolve(field: &Field, names: &Names) -> Compiled<FieldKind> {
    if field.kind != FieldKind::Bare {
        return Ok(field.kind);
    }
    if is_attribute(&field.key) {
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

/// `alias` is a metric row, of which NULL as the value is NaN, or no row at all. NaN differs from
/// every number, as with MLflow 3; its 2.x releases take NaN for 0.
fn metric(alias: &str, field: &Field, test: &Test, out: &mut Statement) -> Compiled<()> {
    let number = |literal: &Literal| {
        stored_number(literal).ok_or_else(|| {
            Problem::new(format!("{} is a metric and is compared with a number", field.key), literal.at.clone())
        })
    };
    let value = |most: f64| match most >= f64::MAX {
        true => format!("min(max({alias}.value, {:e}), {:e})", f64::MIN, f64::MAX),
        false => format!("{alias}.value"),
    };
    match test {
        Test::Compare(comparison, literal) => {
            let number = number(literal)?;
            let value = value(number.abs());
            match comparison {
                Comparison::Equal if number.is_nan() => {
                    out.push(&format!("({alias}.id IS NOT NULL AND {value} IS NULL)"));
                }
                Comparison::NotEqual if number.is_nan() => {
                    out.push(&format!("{value} IS NOT NULL"));
                }
                Comparison::NotEqual => unequal(alias, &value, number, out),
                _ => compare(&value, *comparison, Bind::Real(number), out),
            }
        }
        Test::In { values, negated } => {
            let values = values.iter().map(number).collect::<Compiled<Vec<f64>>>()?;
            let value = value(values.iter().fold(0.0, |most, number| number.abs().max(most)));
            one_of(&value, values.into_iter().map(Bind::Real), *negated, out);
        }
        Test::Like { pattern, .. } => {
            return Err(Problem::new(format!("{} is a metric: LIKE is for texts", field.key), pattern.at.clone()));
        }
        Test::IsNull { negated } => is_null(&format!("{alias}.id"), *negated, out),
    }
    Ok(())
}

/// A number as a server's database has it: it keeps the largest number in place of an infinity, so
/// that is what `inf` means. Digits too many for a number are more than that.
fn stored_number(literal: &Literal) -> Option<f64> {
    let number = literal.number()?;
    let is_named = !literal.text.bytes().any(|byte| byte.is_ascii_digit());
    Some(if is_named && number.is_infinite() { number.clamp(f64::MIN, f64::MAX) } else { number })
}

/// Params and tags are texts that may be numbers: an unquoted number, or an order, compares
/// numbers; all else compares texts.
fn text_or_number(alias: &str, test: &Test, out: &mut Statement) {
    let number = format!("{alias}.number");
    match test {
        Test::Compare(comparison, literal) => {
            let is_order = !matches!(comparison, Comparison::Equal | Comparison::NotEqual);
            match literal.number().filter(|number| !number.is_nan() && (is_order || literal.quote.is_none())) {
                // A text that is no number differs from every number.
                Some(value) if *comparison == Comparison::NotEqual => unequal(alias, &number, value, out),
                Some(value) => compare(&number, *comparison, Bind::Real(value), out),
                None => text(&format!("{alias}.value"), test, out),
            }
        }
        Test::In { values, negated }
            if values.iter().all(|value| value.quote.is_none() && value.number().is_some()) =>
        {
            one_of(&number, values.iter().filter_map(Literal::number).map(Bind::Real), *negated, out);
        }
        _ => text(&format!("{alias}.value"), test, out),
    }
}

/// True for a row without such a number, but not where there is no row.
fn unequal(alias: &str, column: &str, number: f64, out: &mut Statement) {
    out.push(&format!("({alias}.id IS NOT NULL AND ifnull({column} <> "));
    out.bind(Bind::Real(number)).push(", 1))");
}

fn compare(column: &str, comparison: Comparison, value: Bind, out: &mut Statement) {
    out.push("ifnull(").push(column).push(" ").push(comparison.as_sql()).push(" ").bind(value).push(", 0)");
}

fn is_null(column: &str, negated: bool, out: &mut Statement) {
    out.push(column).push(if negated { " IS NOT NULL" } else { " IS NULL" });
}

fn one_of(column: &str, values: impl Iterator<Item = Bind>, negated: bool, out: &mut Statement) {
    out.push("ifnull(").push(column).push(if negated { " NOT IN (" } else { " IN (" });
    for (position, value) in values.enumerate() {
        out.push(if position > 0 { "," } else { "" }).bind(value);
    }
    out.push("), 0)");
}

pub(super) fn text(column: &str, test: &Test, out: &mut Statement) {
    match test {
        Test::Compare(comparison, literal) => compare(column, *comparison, Bind::Text(literal.text.clone()), out),
        Test::In { values, negated } => {
            one_of(column, values.iter().map(|value| Bind::Text(value.text.clone())), *negated, out);
        }
        Test::Like { pattern, ignore_case, negated } => {
            out.push("ifnull(").push(column).push(if *negated { " NOT " } else { " " });
            // SQLite's LIKE ignores case and its GLOB does not.
            if *ignore_case {
                out.push("LIKE ").bind(Bind::Text(pattern.text.clone()));
            } else {
                out.push("GLOB ").bind(Bind::Text(glob_from_like(&pattern.text)));
            }
            out.push(", 0)");
        }
        Test::IsNull { negated } => is_null(column, *negated, out),
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
