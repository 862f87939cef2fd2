//! Metric values, which may be NaN or infinite: those are values, never errors.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use specta::Type;

/// A metric's value. On the wire to the UI a finite value is a number and the others are the
/// texts `"NaN"`, `"Infinity"` and `"-Infinity"`, because JSON has no such numbers.
///
/// Two NaN values are equal here: they say the same thing about a run.
#[derive(Debug, Clone, Copy)]
pub struct MetricValue(pub f64);

impl MetricValue {
    /// A value as a SQL store keeps it: MLflow clamps ±Infinity to the largest finite number
    /// before it writes, so that number is read as the infinity it stands for.
    pub fn from_sql_store(value: f64) -> Self {
        if value >= f64::MAX {
            Self(f64::INFINITY)
        } else if value <= f64::MIN {
            Self(f64::NEG_INFINITY)
        } else {
            Self(value)
        }
    }

    /// The spellings that servers and clients use for values JSON cannot carry.
    pub fn from_text(text: &str) -> Option<Self> {
        match text.trim().to_ascii_lowercase().as_str() {
            "nan" | "+nan" | "-nan" => Some(Self(f64::NAN)),
            "inf" | "+inf" | "infinity" | "+infinity" => Some(Self(f64::INFINITY)),
            "-inf" | "-infinity" => Some(Self(f64::NEG_INFINITY)),
            number => number.parse().ok().map(Self::from_sql_store),
        }
    }
}

impl PartialEq for MetricValue {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 || (self.0.is_nan() && other.0.is_nan())
    }
}

impl Serialize for MetricValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_finite() {
            serializer.serialize_f64(self.0)
        } else if self.0.is_nan() {
            serializer.serialize_str("NaN")
        } else if self.0 > 0.0 {
            serializer.serialize_str("Infinity")
        } else {
            serializer.serialize_str("-Infinity")
        }
    }
}

impl<'de> Deserialize<'de> for MetricValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Wire {
            Number(f64),
            Text(String),
        }
        match Wire::deserialize(deserializer)? {
            Wire::Number(number) => Ok(Self::from_sql_store(number)),
            Wire::Text(text) => {
                Self::from_text(&text).ok_or_else(|| serde::de::Error::custom(format!("not a metric value: {text:?}")))
            }
        }
    }
}

impl Type for MetricValue {
    fn definition(_types: &mut specta::Types) -> specta::datatype::DataType {
        let wire = specta_typescript::define("number | \"NaN\" | \"Infinity\" | \"-Infinity\"");
        specta::datatype::DataType::Reference(wire)
    }
}

/// The latest value of one metric of a run: the one with the greatest (step, timestamp, value).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Metric {
    pub key: String,
    pub value: MetricValue,
    pub timestamp_ms: i64,
    pub step: i64,
}

/// One point of a metric's history.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MetricPoint {
    pub step: i64,
    pub timestamp_ms: i64,
    pub value: MetricValue,
}
