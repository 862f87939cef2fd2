//! How servers write numbers, texts and lists: every spelling met so far, read into one.

use std::fmt;

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

use crate::entities::{MetricValue, Param, Tag};

/// An integer of 64 bits: a number, a number with `.0`, or a text of digits (GraphQL, managed
/// look-alikes). Absent and null are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Int(pub Option<i64>);

impl Int {
    pub fn or_zero(self) -> i64 {
        self.0.unwrap_or_default()
    }
}

impl<'de> Deserialize<'de> for Int {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct IntVisitor;
        impl Visitor<'_> for IntVisitor {
            type Value = Int;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an integer, as a number or a text")
            }
            fn visit_i64<E: Error>(self, value: i64) -> Result<Int, E> {
                Ok(Int(Some(value)))
            }
            fn visit_u64<E: Error>(self, value: u64) -> Result<Int, E> {
                Ok(Int(Some(i64::try_from(value).unwrap_or(i64::MAX))))
            }
            fn visit_f64<E: Error>(self, value: f64) -> Result<Int, E> {
                // A cast stops at the ends of i64 and takes NaN as 0.
                Ok(Int(Some(value as i64)))
            }
            fn visit_str<E: Error>(self, value: &str) -> Result<Int, E> {
                match value.trim() {
                    "" => Ok(Int(None)),
                    text => text
                        .parse()
                        .map(|value| Int(Some(value)))
                        .map_err(|_| E::invalid_value(Unexpected::Str(value), &self)),
                }
            }
            fn visit_unit<E: Error>(self) -> Result<Int, E> {
                Ok(Int(None))
            }
        }
        deserializer.deserialize_any(IntVisitor)
    }
}

/// A metric's value: a number, or a text for what JSON cannot say. Null is NaN (GraphQL), and an
/// absent one is 0 (a look-alike that leaves out what is zero).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Value(pub MetricValue);

impl Default for Value {
    fn default() -> Self {
        Self(MetricValue(0.0))
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ValueVisitor;
        impl Visitor<'_> for ValueVisitor {
            type Value = Value;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a number or one of NaN, Infinity, -Infinity")
            }
            fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
                Ok(Value(MetricValue::from_sql_store(value)))
            }
            fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
                self.visit_f64(value as f64)
            }
            fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
                self.visit_f64(value as f64)
            }
            fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
                MetricValue::from_text(value).map(Value).ok_or_else(|| E::invalid_value(Unexpected::Str(value), &self))
            }
            fn visit_unit<E: Error>(self) -> Result<Value, E> {
                Ok(Value(MetricValue(f64::NAN)))
            }
        }
        deserializer.deserialize_any(ValueVisitor)
    }
}

/// A text that may come as a number (`version`), or not at all: then it is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text(pub String);

impl Text {
    /// None for an absent or empty text: servers do not tell the two apart.
    pub fn some(self) -> Option<String> {
        Some(self.0).filter(|text| !text.is_empty())
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl Visitor<'_> for TextVisitor {
            type Value = Text;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a text")
            }
            fn visit_str<E: Error>(self, value: &str) -> Result<Text, E> {
                Ok(Text(value.to_owned()))
            }
            fn visit_string<E: Error>(self, value: String) -> Result<Text, E> {
                Ok(Text(value))
            }
            fn visit_i64<E: Error>(self, value: i64) -> Result<Text, E> {
                Ok(Text(value.to_string()))
            }
            fn visit_u64<E: Error>(self, value: u64) -> Result<Text, E> {
                Ok(Text(value.to_string()))
            }
            fn visit_unit<E: Error>(self) -> Result<Text, E> {
                Ok(Text::default())
            }
        }
        deserializer.deserialize_any(TextVisitor)
    }
}

/// A repeated field: absent (with `#[serde(default)]`), null or a list.
pub fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

#[derive(Debug, Deserialize)]
pub struct WireTag {
    #[serde(default)]
    key: Text,
    #[serde(default)]
    value: Text,
}

impl From<WireTag> for Tag {
    fn from(wire: WireTag) -> Self {
        Self { key: wire.key.0, value: wire.value.0 }
    }
}

impl From<WireTag> for Param {
    fn from(wire: WireTag) -> Self {
        Self { key: wire.key.0, value: wire.value.0 }
    }
}

pub fn tags(wire: Vec<WireTag>) -> Vec<Tag> {
    wire.into_iter().map(Tag::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_come_as_numbers_and_as_texts() {
        let int = |json: &str| serde_json::from_str::<Int>(json).ok().map(|int| int.0);
        assert_eq!(int("9007199254740993"), Some(Some(9_007_199_254_740_993)));
        assert_eq!(int("\"9007199254740993\""), Some(Some(9_007_199_254_740_993)));
        assert_eq!(int("\"-5\""), Some(Some(-5)));
        assert_eq!(int("5.0"), Some(Some(5)));
        assert_eq!(int("18446744073709551615"), Some(Some(i64::MAX)));
        assert_eq!(int("null"), Some(None));
        assert_eq!(int("\"\""), Some(None));
        assert_eq!(int("\"five\""), None);
        assert_eq!(int("[]"), None);
    }

    #[test]
    fn values_are_numbers_or_words_for_what_is_none() {
        let value = |json: &str| serde_json::from_str::<Value>(json).ok().map(|value| value.0);
        assert_eq!(value("0.5"), Some(MetricValue(0.5)));
        assert_eq!(value("3"), Some(MetricValue(3.0)));
        assert_eq!(value("-3"), Some(MetricValue(-3.0)));
        assert_eq!(value("\"NaN\""), Some(MetricValue(f64::NAN)));
        assert_eq!(value("\"-Infinity\""), Some(MetricValue(f64::NEG_INFINITY)));
        assert_eq!(value("\"0.25\""), Some(MetricValue(0.25)));
        assert_eq!(value("1.7976931348623157e308"), Some(MetricValue(f64::INFINITY)));
        assert_eq!(value("-1.7976931348623157e308"), Some(MetricValue(f64::NEG_INFINITY)));
        assert_eq!(value("null"), Some(MetricValue(f64::NAN)));
        assert_eq!(value("\"high\""), None);
    }

    #[test]
    fn texts_may_be_numbers() {
        let text = |json: &str| serde_json::from_str::<Text>(json).ok().map(|text| text.0);
        assert_eq!(text("\"7\"").as_deref(), Some("7"));
        assert_eq!(text("7").as_deref(), Some("7"));
        assert_eq!(text("null").as_deref(), Some(""));
    }
}
