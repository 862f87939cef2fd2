//! A text of others as a text in each language of the snippets, and never as code.

use serde_json::Value;

/// One word of a POSIX shell.
pub fn shell(text: &str) -> String {
    // No program can be given a NUL.
    format!("'{}'", text.replace('\0', "").replace('\'', r"'\''"))
}

/// A text of Python, and as well one of YAML between double quotes: both know the escapes of JSON. What cannot be seen,
/// or turns what is beside it, is escaped too.
pub fn text(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if untrusted_text::is_harmless(c) && !matches!(c, '\u{fffe}' | '\u{ffff}') => quoted.push(c),
            c if u32::from(c) <= 0xffff => quoted.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => quoted.push_str(&format!("\\U{:08x}", u32::from(c))),
        }
    }
    quoted.push('"');
    quoted
}

/// A text of YAML in a workflow of GitHub, which reads expressions in it: `${{` is written as one that gives itself.
pub fn workflow(words: &str) -> String {
    text(&words.replace("${{", "${{ '${{' }}"))
}

/// The value of a label in a Dockerfile, which is one line and in which `$` begins a variable.
pub fn label(text: &str) -> String {
    let line = untrusted_text::line(text, 200);
    format!("\"{}\"", line.replace('\\', "\\\\").replace('"', "\\\"").replace('$', "\\$"))
}

/// A JSON value as Python writes it.
pub fn python(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(words) => text(words),
        Value::Array(items) => format!("[{}]", items.iter().map(python).collect::<Vec<_>>().join(", ")),
        Value::Object(fields) => {
            let field = |(key, value): (&String, &Value)| format!("{}: {}", text(key), python(value));
            format!("{{{}}}", fields.iter().map(field).collect::<Vec<_>>().join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_ends_where_it_ends_in_each_language() {
        let hostile = "it's \"a\" $(x)\n\\${{ y }} \u{202e}年\u{e0001}";
        assert_eq!(shell("it's $(x)"), r"'it'\''s $(x)'");
        assert_eq!(text(hostile), r#""it's \"a\" $(x)\n\\${{ y }} \u202e年\U000e0001""#);
        assert_eq!(label("a\"b\n$HOME\\"), r#""a\"b \$HOME\\""#);
        assert_eq!(workflow("${{ secrets.A }}"), r#""${{ '${{' }} secrets.A }}""#);
        let value = serde_json::json!({ "a\"": [null, true, 1.5, "x"] });
        assert_eq!(python(&value), r#"{"a\"": [None, True, 1.5, "x"]}"#);
    }
}
