//! JSON taken apart without building it: where its values begin and end. Python's `NaN` and
//! `Infinity` are values, nesting costs nothing, and a text that is cut has the values before the cut.

/// A value that has no end, or that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BrokenJson;

/// The elements of an array, or the members of an object, one after another.
pub struct Parts<'t> {
    text: &'t str,
    at: usize,
    close: u8,
    first: bool,
}

/// The parts of the array or object that `text` begins with; `open` is its bracket.
pub fn parts(text: &str, open: u8) -> Option<Parts<'_>> {
    let at = space(text, 0);
    (text.as_bytes().get(at) == Some(&open)).then_some(Parts {
        text,
        at: at + 1,
        close: if open == b'[' { b']' } else { b'}' },
        first: true,
    })
}

impl<'t> Parts<'t> {
    /// The next element; none at the end.
    pub fn element(&mut self) -> Result<Option<&'t str>, BrokenJson> {
        if !self.begin()? {
            return Ok(None);
        }
        self.value().map(Some)
    }

    /// The next member, its key decoded.
    pub fn member(&mut self) -> Result<Option<(String, &'t str)>, BrokenJson> {
        let Some(key) = self.key()? else { return Ok(None) };
        Ok(Some((key, self.value()?)))
    }

    /// The key of the next member; its value is next.
    pub fn key(&mut self) -> Result<Option<String>, BrokenJson> {
        if !self.begin()? {
            return Ok(None);
        }
        let key = self.value()?;
        let colon = space(self.text, self.at);
        if !key.starts_with('"') || self.text.as_bytes().get(colon) != Some(&b':') {
            return Err(BrokenJson);
        }
        self.at = colon + 1;
        Ok(Some(string(key)))
    }

    pub fn value(&mut self) -> Result<&'t str, BrokenJson> {
        let start = space(self.text, self.at);
        let end = value_end(self.text.as_bytes(), start).ok_or(BrokenJson)?;
        self.at = end;
        Ok(&self.text[start..end])
    }

    /// All that has not been taken apart yet: a value that is cut.
    pub fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// Whether nothing but white space follows the end.
    pub fn is_all(&self) -> bool {
        space(self.text, self.at) == self.text.len()
    }

    /// To the next part, over a comma; false at the end.
    fn begin(&mut self) -> Result<bool, BrokenJson> {
        let at = space(self.text, self.at);
        let next = *self.text.as_bytes().get(at).ok_or(BrokenJson)?;
        if next == self.close {
            self.at = at + 1;
            return Ok(false);
        }
        if !self.first {
            if next != b',' {
                return Err(BrokenJson);
            }
            self.at = at + 1;
        }
        self.first = false;
        Ok(true)
    }
}

/// The text of a string value, or the value itself if it cannot be decoded.
pub fn string(value: &str) -> String {
    serde_json::from_str(value).unwrap_or_else(|_| value.trim_matches('"').to_owned())
}

fn space(text: &str, from: usize) -> usize {
    let rest = text.as_bytes().get(from..).unwrap_or_default();
    from + rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count()
}

/// Where the value ends that starts at `start`.
fn value_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    let mut depth = 0_usize;
    loop {
        match *bytes.get(at)? {
            b'"' => at = string_end(bytes, at)?,
            b'[' | b'{' => {
                depth += 1;
                at += 1;
            }
            b']' | b'}' => {
                depth = depth.checked_sub(1)?;
                at += 1;
            }
            _ if depth > 0 => at += 1,
            _ => return word_end(bytes, at),
        }
        if depth == 0 {
            return Some(at);
        }
    }
}

fn string_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// A number or one of the words; one at the very end of the text may have been cut.
fn word_end(bytes: &[u8], start: usize) -> Option<usize> {
    let length = bytes[start..].iter().position(|byte| !(byte.is_ascii_alphanumeric() || b"+-.".contains(byte)))?;
    let word = &bytes[start..start + length];
    let is_number = word.strip_prefix(b"-").unwrap_or(word).first().is_some_and(u8::is_ascii_digit);
    (is_number || matches!(word, b"null" | b"true" | b"false" | b"NaN" | b"Infinity" | b"-Infinity"))
        .then_some(start + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn elements(text: &str) -> (Vec<&str>, bool) {
        let mut parts = parts(text, b'[').unwrap();
        let mut found = Vec::new();
        loop {
            match parts.element() {
                Ok(Some(element)) => found.push(element),
                Ok(None) => return (found, parts.is_all()),
                Err(BrokenJson) => return (found, false),
            }
        }
    }

    #[test]
    fn values_are_found() {
        let (found, all) = elements(r#" [1, -2.5e3 ,"a]\"", NaN,-Infinity,[[1],{"}":2}], {} , null] "#);
        assert_eq!(found, ["1", "-2.5e3", r#""a]\"""#, "NaN", "-Infinity", r#"[[1],{"}":2}]"#, "{}", "null"]);
        assert!(all);
        assert_eq!(elements("[]"), (vec![], true));
        assert!(!elements("[1] x").1);
        let mut object = parts(r#"{"a\n": 1, "b" :[2]}"#, b'{').unwrap();
        assert_eq!(object.member(), Ok(Some(("a\n".to_owned(), "1"))));
        assert_eq!(object.member(), Ok(Some(("b".to_owned(), "[2]"))));
        assert_eq!(object.member(), Ok(None));
        assert!(parts("{}", b'[').is_none());
    }

    #[test]
    fn a_cut_text_has_what_comes_before_the_cut() {
        let whole = r#"[{"a":1},"é\"",12.5,[true]]"#;
        for end in (1..whole.len()).filter(|end| whole.is_char_boundary(*end)) {
            let (found, all) = elements(&whole[..end]);
            let (complete, _) = elements(whole);
            assert!(!all && complete.starts_with(&found), "{end}: {found:?}");
        }
        for broken in ["[1 2]", "[,]", "[1,,2]", "[x]", "['a']", "[\"a", "[1"] {
            assert!(!elements(broken).1, "{broken}");
        }
        let deep = "[".repeat(1_000_000);
        assert_eq!(elements(&deep), (vec![], false));
    }
}
