//! Filters and orders, by chance, mostly about what the runs hold.

use std::fmt;

use podium::cache::ColumnKind;

use super::data::{
    CONTEXTS, DATASETS, KEYS, METRICS, MISSING, NAMES, NUMBERS, STATUSES, TEXTS, TIMES_MS, USERS, WORDS,
};
use crate::common::mlflow::Version;

/// xorshift: the same numbers for the same seed everywhere.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 16) % limit as u64).unwrap()
    }

    pub fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

#[derive(Clone, Debug)]
pub struct Search {
    /// One after the other they are the filter. Each begins with what joins it to those before it.
    pub conditions: Vec<String>,
    pub orders: Vec<Order>,
    pub deleted: bool,
}

#[derive(Clone, Debug)]
pub struct Order {
    pub kind: ColumnKind,
    pub key: &'static str,
    pub descending: bool,
    /// Params or tags that are numbers, which the server sorts as texts.
    pub numbers: bool,
    /// As the server is asked.
    pub text: String,
}

impl Search {
    pub fn filter(&self) -> String {
        self.conditions.concat()
    }

    /// All searches that lack one thing of this one.
    pub fn shorter(&self) -> Vec<Search> {
        let without_condition = (0..self.conditions.len()).map(|at| {
            let mut search = self.clone();
            search.conditions.remove(at);
            search
        });
        let without_order = (0..self.orders.len()).map(|at| {
            let mut search = self.clone();
            search.orders.remove(at);
            search
        });
        without_condition.chain(without_order).collect()
    }
}

impl fmt::Display for Search {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let orders: Vec<&str> = self.orders.iter().map(|order| order.text.as_str()).collect();
        write!(out, "{}  order by {orders:?}{}", self.filter(), if self.deleted { "  deleted runs" } else { "" })
    }
}

pub fn search(random: &mut Random, version: Version, run_ids: &[String]) -> Search {
    let mut conditions = Vec::new();
    for _ in 0..[0, 1, 1, 1, 1, 2, 2, 3][random.below(8)] {
        let mut pieces = condition(random, version, run_ids);
        let joint = match random.below(8) {
            // The server takes what stands before `a IS NULL` without an AND for a part of that name.
            0 if !pieces[1].to_lowercase().contains("null") => " ",
            1 => " AND AND ",
            2 => "\n and\t",
            _ => " AND ",
        };
        if !conditions.is_empty() {
            pieces.insert(0, joint.to_owned());
        }
        if random.below(16) == 0 {
            // Something that does not belong there.
            let at = random.below(pieces.len() + 1);
            let odd =
                random.one(&[" ", "'", "\"", "`", "(", ")", ",", " AND ", "\\", "%", ".", "=", "!", "''", "OR", "1"]);
            // After a full stop the server takes all that stands before `a IS NULL` for a part of that name.
            if *odd != "." || !pieces.concat().to_lowercase().contains("null") {
                pieces.insert(at, (*odd).to_owned());
            }
        }
        conditions.push(pieces.concat());
    }
    let count = [0, 0, 1, 1, 1, 2, 3][random.below(7)];
    let orders: Vec<Order> = (0..count).map(|position| order(random, position == 0)).collect();
    Search { conditions, orders, deleted: random.below(6) == 0 }
}

/// Field, comparison and value. Until it is one that MLflow 2 answers as MLflow 3 does.
fn condition(random: &mut Random, version: Version, run_ids: &[String]) -> Vec<String> {
    loop {
        let (pieces, is_mended) = match random.below(10) {
            0..3 => metric(random),
            3..7 => (logged_text(random), false),
            7..9 => (attribute(random, run_ids), false),
            _ => dataset(random),
        };
        if version == Version::Newest || !is_mended {
            return pieces;
        }
    }
}

/// And whether MLflow 2 is wrong about it: it takes NaN for 0.
fn metric(random: &mut Random) -> (Vec<String>, bool) {
    let prefix = *random.one(&["metrics", "metrics", "metric", "`metrics`"]);
    let key = if random.below(12) == 0 { MISSING } else { *random.one(&METRICS) };
    let comparison = *random.one(&["=", "!=", "<", "<=", ">", ">="]);
    let value = *random.one(&[
        "0",
        "1",
        "1.0",
        "-1.5",
        "0.1",
        "1e0",
        "1E300",
        "1.",
        ".1",
        "-0",
        "1.7976931348623157e308",
        "-1.7976931348623157e308",
        "1e400",
        "-1e400",
        "5e-324",
        "00.10",
        "1e-1",
        "9007199254740993",
    ]);
    let number: f64 = value.parse().unwrap();
    let holds_for_zero = match comparison {
        "=" => number == 0.0,
        "!=" => number != 0.0,
        "<" => 0.0 < number,
        "<=" => 0.0 <= number,
        ">" => 0.0 > number,
        _ => 0.0 >= number,
    };
    let pieces = vec![field(random, prefix, key), spaced(random, comparison), value.to_owned()];
    (pieces, holds_for_zero != (comparison == "!="))
}

fn logged_text(random: &mut Random) -> Vec<String> {
    let prefix = *random.one(&["params", "params", "param", "parameter", "parameters", "tags", "tags", "tag"]);
    let key = match random.below(24) {
        0 => MISSING,
        1 => "mlflow.runName",
        2 => "mlflow.user",
        _ => random.one(&KEYS),
    };
    let value = match key {
        "numbers" => *random.one(&NUMBERS),
        "words" => *random.one(&WORDS),
        "mlflow.runName" => *random.one(&NAMES),
        _ => *random.one(&TEXTS),
    };
    let mut pieces = vec![field(random, prefix, key)];
    if random.below(8) == 0 {
        pieces.push((*random.one(&[" IS NULL", " is not null", "\tIs  Null", " IS  NOT\nNULL"])).to_owned());
    } else {
        pieces.extend(text_test(random, value));
    }
    pieces
}

fn attribute(random: &mut Random, run_ids: &[String]) -> Vec<String> {
    let prefix = *random.one(&["attributes", "attributes", "attribute", "attr", "run", "", ""]);
    match random.below(7) {
        0 | 1 => {
            let key = *random.one(&["start_time", "end_time", "created", "Created"]);
            let comparison = *random.one(&["=", "!=", "<", "<=", ">", ">="]);
            let time = random.one(&TIMES_MS).to_string();
            let value = random.one(&[time.as_str(), "500", "-499", "0", "1000.0", "999.5", "1e3"]).to_owned();
            vec![field(random, prefix, key), spaced(random, comparison), value.to_owned()]
        }
        2 => {
            let list: Vec<String> = (0..=random.below(4))
                .map(|_| {
                    let run_id = random.one(run_ids);
                    quoted(random, run_id)
                })
                .collect();
            let comparison = *random.one(&[" IN ", " NOT IN ", " in", " not  in "]);
            vec![field(random, prefix, "run_id"), comparison.to_owned(), format!("({})", list.join(", "))]
        }
        3 | 4 => {
            let status = *random.one(&STATUSES);
            let mut pieces = vec![field(random, prefix, "status")];
            pieces.extend(text_test(random, status));
            pieces
        }
        5 => {
            let key = *random.one(&["run_name", "run name", "Run name", "Run Name"]);
            let name = *random.one(&NAMES);
            let mut pieces = vec![field(random, prefix, key)];
            pieces.extend(text_test(random, name));
            pieces
        }
        _ => {
            let (key, value) =
                *random.one(&[("user_id", "ana"), ("user_id", "Ana"), ("artifact_uri", "mlflow-artifacts:/1/")]);
            let user = if key == "user_id" { random.one(&USERS) } else { value };
            let mut pieces = vec![field(random, prefix, key)];
            pieces.extend(text_test(random, user));
            pieces
        }
    }
}

/// And whether MLflow 2 is wrong about it: it leaves out what has no small letter from a list.
fn dataset(random: &mut Random) -> (Vec<String>, bool) {
    let prefix = *random.one(&["dataset", "datasets"]);
    let (key, values): (_, &[&str]) =
        *random.one(&[("name", &DATASETS[..]), ("digest", &["d1", "D1", "d2"]), ("context", &CONTEXTS)]);
    let field = field(random, prefix, key);
    if random.below(3) > 0 {
        let value = *random.one(values);
        let mut pieces = vec![field];
        pieces.extend(text_test(random, value));
        return (pieces, false);
    }
    let listed: Vec<&str> = (0..=random.below(3)).map(|_| *random.one(values)).collect();
    let is_lower = |text: &&str| text.chars().any(char::is_lowercase) && !text.chars().any(char::is_uppercase);
    let is_mended = !listed.iter().all(is_lower);
    let list: Vec<String> = listed.iter().map(|value| quoted(random, value)).collect();
    let comparison = *random.one(&[" IN ", " NOT IN ", " in", " not  in "]);
    (vec![field, comparison.to_owned(), format!("({})", list.join(","))], is_mended)
}

fn text_test(random: &mut Random, value: &str) -> Vec<String> {
    let comparison = *random.one(&["=", "=", "!=", "!=", "LIKE", "like", "ILIKE", "iLike"]);
    let value = if comparison.len() > 2 { pattern(random, value) } else { other_case(random, value) };
    let value = quoted(random, &value);
    vec![spaced(random, comparison), value]
}

fn other_case(random: &mut Random, value: &str) -> String {
    match random.below(8) {
        0 => value.to_lowercase(),
        1 => value.to_uppercase(),
        2 => format!("{value} "),
        _ => value.to_owned(),
    }
}

/// A text that LIKE finds the value by, or nearly.
fn pattern(random: &mut Random, value: &str) -> String {
    let mut characters: Vec<char> = other_case(random, value).chars().collect();
    for _ in 0..random.below(3) {
        let at = random.below(characters.len() + 1);
        match random.below(4) {
            0 if at < characters.len() => characters[at] = '_',
            1 => characters.truncate(at),
            2 => drop(characters.drain(..at)),
            _ => characters.insert(at, '%'),
        }
    }
    let text: String = characters.into_iter().collect();
    match random.below(4) {
        0 => format!("%{text}%"),
        1 => format!("{text}%"),
        2 => format!("%{text}"),
        _ => text,
    }
}

/// In one of the quotation marks, whether the text has them itself or not.
fn quoted(random: &mut Random, text: &str) -> String {
    match random.below(8) {
        0..2 => format!("\"{text}\""),
        2 => format!("'{}'", text.replace('\'', "''")),
        3 => format!("'{}'", text.replace('\'', r"\'")),
        _ if text.contains('\'') && !text.contains('"') => format!("\"{text}\""),
        _ => format!("'{text}'"),
    }
}

fn field(random: &mut Random, prefix: &str, key: &str) -> String {
    let is_plain = key.chars().all(|character| character.is_alphanumeric() || character == '_' || character == '.');
    let key = match random.below(8) {
        0 => format!("\"{key}\""),
        1 => format!("'{key}'"),
        2..6 if is_plain => key.to_owned(),
        _ => format!("`{key}`"),
    };
    if prefix.is_empty() { key } else { format!("{prefix}.{key}") }
}

fn spaced(random: &mut Random, comparison: &str) -> String {
    match random.below(4) {
        0 if !comparison.starts_with(char::is_alphabetic) => comparison.to_owned(),
        1 => format!("\t{comparison}\n "),
        _ => format!(" {comparison} "),
    }
}

fn order(random: &mut Random, may_be_numbers: bool) -> Order {
    let attributes = ["start_time", "end_time", "run_name", "run_id", "status", "user_id", "artifact_uri"];
    let (kind, prefix, key) = match random.below(8) {
        0..3 => (ColumnKind::Metric, *random.one(&["metrics", "metric"]), *random.one(&METRICS)),
        3 => (ColumnKind::Param, *random.one(&["params", "parameter"]), *random.one(&["words", "numbers", MISSING])),
        4 => (ColumnKind::Tag, *random.one(&["tags", "tag"]), *random.one(&["words", "numbers", MISSING])),
        _ => (ColumnKind::Attribute, *random.one(&["attributes", "attr", "run"]), *random.one(&attributes)),
    };
    let key = if key == "numbers" && !may_be_numbers { "words" } else { key };
    let descending = random.below(2) == 0;
    let written = if descending { *random.one(&[" DESC", " desc"]) } else { *random.one(&["", " ASC", " asc"]) };
    Order { kind, key, descending, numbers: key == "numbers", text: format!("{prefix}.`{key}`{written}") }
}
