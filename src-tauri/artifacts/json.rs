//! JSON laid out for reading, and the tables that `mlflow.log_table` keeps as JSON.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::table::{self, Table};

/// A megabyte of brackets would become a gigabyte of indentation.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// The document with one value per line, or none where it is not JSON (Python's `NaN` is not)
/// or would grow too long. Numbers, texts and their order stay exactly as they are.
pub fn pretty(text: &str) -> Option<String> {
    serde_json::from_str::<IgnoredAny>(text).ok()?;
    let mut out = String::with_capacity(text.len() * 2);
    let mut depth = 0_usize;
    let mut rest = text.trim_start().chars().peekable();
    while let Some(c) = rest.next() {
        if out.len() > MOST_BYTES {
            return None;
        }
        match c {
            '"' => {
                out.push('"');
                while let Some(c) = rest.next() {
                    out.push(c);
                    match c {
                        '\\' => out.extend(rest.next()),
                        '"' => break,
                        _ => {}
                    }
                }
            }
            '{' | '[' => {
                out.push(c);
                while rest.next_if(|c| c.is_whitespace()).is_some() {}
                match rest.next_if(|next| matches!(next, '}' | ']')) {
                    Some(close) => out.push(close),
                    None => {
                        depth += 1;
                        new_line(&mut out, depth);
                    }
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut out, depth);
                out.push(c);
            }
            ',' => {
                out.push(',');
                new_line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            c if c.is_whitespace() => {}
            c => out.push(c),
        }
    }
    out.push('\n');
    Some(out)
}

fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    for _ in 0..depth {
        out.push_str("  ");
    }
}

/// The form of `mlflow.log_table`: `{"columns": […], "data": [[…], …]}` and nothing else.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Split {
    columns: Vec<String>,
    data: Vec<Vec<serde_json::Value>>,
}

/// The table, if the document is one.
pub fn table(text: &str) -> Option<Table> {
    let Split { columns, data } = serde_json::from_str(text).ok()?;
    if columns.is_empty() {
        return None;
    }
    let cell = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Null => String::new(),
        other => other.to_string(),
    };
    let truncated = data.len() > table::MOST_ROWS;
    let rows = data.iter().take(table::MOST_ROWS).map(|row| row.iter().map(cell).collect()).collect();
    Some(Table::even(columns, rows, truncated))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_laid_out_and_not_changed() {
        let text = r#" {"b":1.0000000000000000001,"a":[ ],"s":"a \" b, {","n":[1,{"x":{}}],"b":2} "#;
        let expected = "{\n  \"b\": 1.0000000000000000001,\n  \"a\": [],\n  \"s\": \"a \\\" b, {\",\n  \"n\": [\n    1,\n    {\n      \"x\": {}\n    }\n  ],\n  \"b\": 2\n}\n";
        assert_eq!(pretty(text).unwrap(), expected);
        assert_eq!(pretty(expected).unwrap(), expected);
        assert_eq!(pretty("3").unwrap(), "3\n");
    }

    #[test]
    fn what_is_not_json_stays_as_it_is() {
        for text in ["", "{", "{\"a\": NaN}", "[1, 2", "{} {}", "'a'"] {
            assert_eq!(pretty(text), None, "{text}");
        }
    }

    #[test]
    fn a_document_that_would_grow_without_end_is_left_alone() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        assert_eq!(pretty(&deep), None);
        let wide = "[".repeat(100) + &"1,".repeat(400_000) + "1" + &"]".repeat(100);
        assert_eq!(pretty(&wide), None);
    }

    #[test]
    fn a_logged_table_is_a_table() {
        let table = table(r#"{"columns":["q","score"],"data":[["why?",0.5],["ok",null],["short"]]}"#).unwrap();
        assert_eq!(table.columns, ["q", "score"]);
        assert_eq!(table.rows, [["why?", "0.5"], ["ok", ""], ["short", ""]]);
        for other in ["{}", "[]", r#"{"columns":[],"data":[]}"#, r#"{"columns":["a"],"data":[[1]],"x":1}"#] {
            assert!(super::table(other).is_none(), "{other}");
        }
    }
}
