//! JSON as Python writes it and JSON does not allow it: bare `NaN` and `Infinity`, and halves of
//! surrogate pairs. Only looked at when a body has failed to parse.

/// The body with bare non-numbers put in quotes and lone surrogates replaced by U+FFFD, or none
/// if there was nothing of the kind.
pub fn repair(body: &[u8]) -> Option<Vec<u8>> {
    let mut repaired = Vec::with_capacity(body.len() + 64);
    let mut changed = false;
    let mut in_text = false;
    let mut at = 0;
    while let Some(rest) = body.get(at..).filter(|rest| !rest.is_empty()) {
        let (kept, replacement): (usize, &[u8]) = if in_text {
            match rest {
                [b'"', ..] => {
                    in_text = false;
                    (1, b"")
                }
                [b'\\', b'u', ..] => match surrogate(rest) {
                    Some(Half::High) if surrogate(rest.get(6..).unwrap_or_default()) == Some(Half::Low) => (12, b""),
                    Some(_) => (6, b"\\ufffd"),
                    None => (2, b""),
                },
                [b'\\', _, ..] => (2, b""),
                _ => (1, b""),
            }
        } else {
            match rest {
                [b'"', ..] => {
                    in_text = true;
                    (1, b"")
                }
                [b'N', b'a', b'N', ..] => (3, b"\"NaN\""),
                [b'-', b'I', b'n', b'f', b'i', b'n', b'i', b't', b'y', ..] => (9, b"\"-Infinity\""),
                [b'I', b'n', b'f', b'i', b'n', b'i', b't', b'y', ..] => (8, b"\"Infinity\""),
                _ => (1, b""),
            }
        };
        if replacement.is_empty() {
            repaired.extend_from_slice(rest.get(..kept).unwrap_or(rest));
        } else {
            repaired.extend_from_slice(replacement);
            changed = true;
        }
        at += kept;
    }
    changed.then_some(repaired)
}

#[derive(PartialEq)]
enum Half {
    High,
    Low,
}

/// Which half of a surrogate pair the escape `\uXXXX` at the start of `text` is.
fn surrogate(text: &[u8]) -> Option<Half> {
    let digits = text.strip_prefix(b"\\u")?.get(..4)?;
    match u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()? {
        0xD800..=0xDBFF => Some(Half::High),
        0xDC00..=0xDFFF => Some(Half::Low),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repaired(text: &str) -> Option<String> {
        repair(text.as_bytes()).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    #[test]
    fn bare_numbers_are_quoted_outside_of_texts_only() {
        assert_eq!(
            repaired(r#"{"a": NaN, "NaN \" NaN": [Infinity,-Infinity]}"#).as_deref(),
            Some(r#"{"a": "NaN", "NaN \" NaN": ["Infinity","-Infinity"]}"#)
        );
        assert_eq!(repaired(r#"{"a": "NaN", "b": 1}"#), None);
        assert_eq!(repaired(r#"["\"#), None);
    }

    #[test]
    fn half_a_character_becomes_a_replacement() {
        assert_eq!(
            repaired(r#"["\ud83d\ude00 \ud83d \ude00 \u00e9"]"#).as_deref(),
            Some(r#"["\ud83d\ude00 \ufffd \ufffd \u00e9"]"#)
        );
        assert_eq!(repaired(r#"["\ud83d\ude00", "\\ud83d"]"#), None);
    }
}
