//! The values of the keywords for a hop, word for word as they stand in the files: the first one of each keyword,
//! and all of those that add up.

use std::collections::HashMap;

use crate::config::{Source, Sourced};

/// One value of a keyword.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value {
    pub words: Vec<String>,
    pub source: Source,
    /// From the hop or the user's files, not the system's.
    pub of_user: bool,
    /// From a place that applies to all hosts.
    pub for_all_hosts: bool,
}

impl Value {
    pub fn given(text: impl Into<String>) -> Self {
        Self { words: vec![text.into()], source: Source::Given, of_user: true, for_all_hosts: false }
    }

    pub fn text(&self) -> &str {
        self.words.first().map_or("", String::as_str)
    }
}

/// By the name of the keyword, in lower case.
#[derive(Debug, Clone, Default)]
pub(super) struct Values(HashMap<&'static str, Vec<Value>>);

impl Values {
    /// The values that the hop itself gives. A HostName is not one of them: it was found in a file before.
    pub fn given(&self) -> Self {
        let given = |values: &Vec<Value>| -> Vec<Value> {
            values.iter().filter(|value| value.source == Source::Given).cloned().collect()
        };
        let all = self.0.iter().map(|(keyword, values)| (*keyword, given(values)));
        Self(all.filter(|(keyword, values)| !values.is_empty() && *keyword != "hostname").collect())
    }

    /// The first value wins.
    pub fn set_if_unset(&mut self, keyword: &'static str, value: Value) {
        self.0.entry(keyword).or_insert_with(|| vec![value]);
    }

    /// Every value counts, but none twice.
    pub fn add(&mut self, keyword: &'static str, value: Value) {
        let values = self.0.entry(keyword).or_default();
        if !values.iter().any(|known| known.words == value.words && known.of_user == value.of_user) {
            values.push(value);
        }
    }

    /// Another value in place of the first, from the same source.
    pub fn replace(&mut self, keyword: &'static str, text: String) {
        match self.0.get_mut(keyword).and_then(|values| values.first_mut()) {
            Some(value) => value.words = vec![text],
            None => self.set_if_unset(keyword, Value::given(text)),
        }
    }

    pub fn has(&self, keyword: &'static str) -> bool {
        self.0.contains_key(keyword)
    }

    pub fn first(&self, keyword: &'static str) -> Option<&Value> {
        self.all(keyword).first()
    }

    pub fn all(&self, keyword: &'static str) -> &[Value] {
        self.0.get(keyword).map_or(&[], Vec::as_slice)
    }

    pub fn text(&self, keyword: &'static str) -> Option<&str> {
        self.first(keyword).map(Value::text)
    }

    pub fn sourced(&self, keyword: &'static str) -> Option<Sourced<String>> {
        self.first(keyword).map(|value| Sourced { value: value.text().to_owned(), source: value.source.clone() })
    }

    /// Whether a flag is on; all but `no` and `false` is.
    pub fn flag(&self, keyword: &'static str) -> Option<bool> {
        self.text(keyword).map(|text| !["no", "false"].iter().any(|off| text.eq_ignore_ascii_case(off)))
    }
}
