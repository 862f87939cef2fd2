//! Logged models of MLflow 3.

use serde::Deserialize;
use serde_json::json;

use crate::entities::{DatasetName, LoggedModel, ModelMetric, Param};
use crate::tracking::Result;

use super::address::encode;
use super::client::{Call, Client};
use super::metrics::WireMetric;
use super::wire::{Int, Text, WireTag, list, tags};

#[derive(Deserialize)]
struct One {
    model: WireLoggedModel,
}

#[derive(Deserialize)]
struct Found {
    #[serde(default, deserialize_with = "list")]
    models: Vec<WireLoggedModel>,
}

#[derive(Deserialize)]
struct WireLoggedModel {
    info: WireInfo,
    #[serde(default)]
    data: WireData,
}

#[derive(Deserialize)]
struct WireInfo {
    #[serde(default)]
    model_id: Text,
    #[serde(default)]
    experiment_id: Text,
    #[serde(default)]
    name: Text,
    #[serde(default)]
    creation_timestamp_ms: Int,
    #[serde(default)]
    artifact_uri: Text,
    #[serde(default)]
    status: Text,
    #[serde(default)]
    model_type: Text,
    #[serde(default)]
    source_run_id: Text,
    #[serde(default, deserialize_with = "list")]
    tags: Vec<WireTag>,
}

#[derive(Default, Deserialize)]
struct WireData {
    #[serde(default, deserialize_with = "list")]
    params: Vec<WireTag>,
    /// All that were ever logged, not only the latest.
    #[serde(default, deserialize_with = "list")]
    metrics: Vec<WireModelMetric>,
}

#[derive(Deserialize)]
struct WireModelMetric {
    #[serde(flatten)]
    metric: WireMetric,
    #[serde(default)]
    dataset_name: Text,
    #[serde(default)]
    dataset_digest: Text,
    #[serde(default)]
    run_id: Text,
}

pub async fn get(client: &Client, model_id: &str) -> Result<LoggedModel> {
    let one: One = client.ask(question(model_id)).await?;
    Ok(one.model.into())
}

pub(super) fn question(model_id: &str) -> Call<'static> {
    Call::get(format!("api/2.0/mlflow/logged-models/{}", encode(model_id)))
}

pub async fn search(client: &Client, experiment_ids: &[String], model_ids: &[String]) -> Result<Vec<LoggedModel>> {
    // The filter language has no way to write a quotation mark, and no id has one.
    let is_plain = |id: &&String| id.chars().all(|character| character.is_ascii_alphanumeric() || character == '-');
    let ids: Vec<String> = model_ids.iter().filter(is_plain).map(|id| format!("'{id}'")).collect();
    if ids.is_empty() || experiment_ids.is_empty() {
        return Ok(Vec::new());
    }
    let body = json!({
        "experiment_ids": experiment_ids,
        "filter": format!("model_id IN ({})", ids.join(", ")),
        "max_results": ids.len(),
    });
    let found: Found = client.ask(Call::search("api/2.0/mlflow/logged-models/search", &body)).await?;
    Ok(found.models.into_iter().map(LoggedModel::from).collect())
}

impl From<WireLoggedModel> for LoggedModel {
    fn from(WireLoggedModel { info, data }: WireLoggedModel) -> Self {
        Self {
            model_id: info.model_id.0,
            experiment_id: info.experiment_id.0,
            name: info.name.0,
            artifact_uri: info.artifact_uri.0,
            // `LOGGED_MODEL_READY` on the wire is `READY` in the database and for people.
            status: info.status.0.strip_prefix("LOGGED_MODEL_").unwrap_or(&info.status.0).to_owned(),
            model_type: info.model_type.0,
            source_run_id: info.source_run_id.some(),
            creation_time_ms: info.creation_timestamp_ms.0,
            tags: tags(info.tags),
            params: data.params.into_iter().map(Param::from).collect(),
            metrics: ModelMetric::latest(data.metrics.into_iter().map(ModelMetric::from).collect()),
        }
    }
}

impl From<WireModelMetric> for ModelMetric {
    fn from(wire: WireModelMetric) -> Self {
        let (name, digest) = (wire.dataset_name.0, wire.dataset_digest.0);
        let dataset = (!name.is_empty() || !digest.is_empty()).then_some(DatasetName { name, digest });
        Self { metric: wire.metric.into(), dataset, run_id: wire.run_id.some() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entities::{Metric, MetricValue};

    #[test]
    fn a_logged_model_as_a_server_writes_it() {
        let one: One = serde_json::from_str(
            r#"{"model":{"info":{"model_id":"m-1","experiment_id":"1","name":"model","creation_timestamp_ms":"5",
                "status":"LOGGED_MODEL_READY","model_type":"","source_run_id":""},"data":{}}}"#,
        )
        .expect("a model");
        let model = LoggedModel::from(one.model);
        assert_eq!(model.status, "READY");
        assert_eq!(model.source_run_id, None);
        assert_eq!(model.creation_time_ms, Some(5));
        assert!(model.params.is_empty() && model.metrics.is_empty());
    }

    #[test]
    fn its_metrics_keep_their_dataset_and_the_run_that_measured_them() {
        let one: One = serde_json::from_str(
            r#"{"model":{"info":{"model_id":"m-1"},"data":{"params":[{"key":"depth","value":"3"}],"metrics":[
                {"key":"acc","value":0.5,"timestamp":"7","step":0,"dataset_name":"a","dataset_digest":"1","run_id":"r"},
                {"key":"acc","value":"NaN","timestamp":7,"step":"1"},{"key":"acc","value":0.1,"timestamp":9}]}}}"#,
        )
        .expect("a model");
        let model = LoggedModel::from(one.model);
        assert_eq!(model.params, [Param { key: "depth".to_owned(), value: "3".to_owned() }]);
        let metric = |value, step| Metric { key: "acc".to_owned(), value: MetricValue(value), timestamp_ms: 7, step };
        let a = DatasetName { name: "a".to_owned(), digest: "1".to_owned() };
        let plain = ModelMetric { metric: metric(f64::NAN, 1), dataset: None, run_id: None };
        let on_a = ModelMetric { metric: metric(0.5, 0), dataset: Some(a), run_id: Some("r".to_owned()) };
        assert_eq!(model.metrics, [plain, on_a]);
    }
}
