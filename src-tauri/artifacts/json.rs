//! JSON laid out for reading.

use std::borrow::Cow;

use serde::de::IgnoredAny;

/// A megabyte of brackets would become a gigabyte of indentation.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// The document with one value per line, or none where it is not JSON or would grow too long.
/// Numbers, texts and their order stay exactly as they are; so do `NaN` and `Infinity`, which
/// Python writes.
pub fn pretty(text: &str) -> Option<String> {
    serde_json::from_str::<IgnoredAny>(&without_nan(text)).ok()?;
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

/// The text with a number in the place of every `NaN` and `Infinity` outside strings.
fn without_nan(text: &str) -> Cow<'_, str> {
    if !text.contains("NaN") && !text.contains("Infinity") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(quote) = rest.find('"') {
        let (before, quoted) = rest.split_at(quote);
        let mut escaped = false;
        let end = quoted[1..].bytes().position(|byte| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        });
        let end = end.map_or(quoted.len(), |end| end + 2);
        out += &before.replace("NaN", "0").replace("Infinity", "0");
        out += &quoted[..end];
        rest = &quoted[end..];
    }
    Cow::Owned(out + &rest.replace("NaN", "0").replace("Infinity", "0"))
}

fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    for _ in 0..depth {
        out.push_str("  ");
    }
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
        let python = r#"{"NaN":[NaN,-Infinity,"a \" NaN"]}"#;
        assert_eq!(pretty(python).unwrap(), "{\n  \"NaN\": [\n    NaN,\n    -Infinity,\n    \"a \\\" NaN\"\n  ]\n}\n");
    }

    #[test]
    fn what_is_not_json_stays_as_it_is() {
        for text in ["", "{", "{\"a\": nan}", "{\"a\": NaNNaN}", "[1, 2", "{} {}", "'a'", "\"a"] {
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
}
