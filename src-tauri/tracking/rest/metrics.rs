//! Metrics of a tracking server: the latest values that come with a run, and histories.

use serde::Deserialize;

use crate::entities::{Metric, MetricPoint};
use crate::tracking::{Page, Result};

use super::client::{Call, Client};
use super::page::page;
use super::wire::{Int, Text, Value, list};

/// Points in a page. It is always said: a server of 3.2 to 3.13 that is not told answers no points
/// and a token that never moves on. Servers before 3.2 take no notice, answer everything in no
/// order, and give no token.
const PAGE: u32 = 25_000;

#[derive(Deserialize)]
pub(super) struct WireMetric {
    #[serde(default)]
    key: Text,
    #[serde(default)]
    value: Value,
    #[serde(default)]
    timestamp: Int,
    #[serde(default)]
    step: Int,
}

#[derive(Deserialize)]
struct History {
    #[serde(default, deserialize_with = "list")]
    metrics: Vec<WirePoint>,
    #[serde(default)]
    next_page_token: Option<String>,
}

/// A metric without its key, which is the same in every point of a long history.
#[derive(Deserialize)]
struct WirePoint {
    #[serde(default)]
    value: Value,
    #[serde(default)]
    timestamp: Int,
    #[serde(default)]
    step: Int,
}

pub async fn history(
    client: &Client,
    run_id: &str,
    metric_key: &str,
    page_token: Option<&str>,
) -> Result<Page<MetricPoint>> {
    let call = Call::get("api/2.0/mlflow/metrics/get-history")
        .query("run_id", run_id)
        .query("metric_key", metric_key)
        .query("max_results", PAGE.to_string())
        .page_token(page_token);
    let history: History = client.ask(call).await?;
    let points = history.metrics.into_iter().map(MetricPoint::from).collect();
    page(&client.address, points, history.next_page_token, page_token)
}

impl From<WireMetric> for Metric {
    fn from(wire: WireMetric) -> Self {
        Self { key: wire.key.0, value: wire.value.0, timestamp_ms: wire.timestamp.or_zero(), step: wire.step.or_zero() }
    }
}

impl From<WirePoint> for MetricPoint {
    fn from(wire: WirePoint) -> Self {
        Self { step: wire.step.or_zero(), timestamp_ms: wire.timestamp.or_zero(), value: wire.value.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entities::MetricValue;

    #[test]
    fn a_point_says_only_what_it_must() {
        let history: History = serde_json::from_str(
            r#"{"metrics":[{"key":"m","value":1.5,"timestamp":7,"step":-3},{"key":"m","value":"Infinity","step":"4"}]}"#,
        )
        .expect("a history");
        let points: Vec<MetricPoint> = history.metrics.into_iter().map(MetricPoint::from).collect();
        assert_eq!(points[0], MetricPoint { step: -3, timestamp_ms: 7, value: MetricValue(1.5) });
        assert_eq!(points[1], MetricPoint { step: 4, timestamp_ms: 0, value: MetricValue(f64::INFINITY) });
    }
}
