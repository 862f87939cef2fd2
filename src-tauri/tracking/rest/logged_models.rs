//! Logged models of MLflow 3.

use serde::Deserialize;

use crate::entities::LoggedModel;
use crate::tracking::Result;

use super::address::encode;
use super::client::{Call, Client};
use super::wire::{Int, Text, WireTag, list, tags};

#[derive(Deserialize)]
struct One {
    model: WireLoggedModel,
}

#[derive(Deserialize)]
struct WireLoggedModel {
    info: WireInfo,
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

pub async fn get(client: &Client, model_id: &str) -> Result<LoggedModel> {
    let one: One = client.ask(question(model_id)).await?;
    Ok(one.model.info.into())
}

pub(super) fn question(model_id: &str) -> Call<'static> {
    Call::get(format!("api/2.0/mlflow/logged-models/{}", encode(model_id)))
}

impl From<WireInfo> for LoggedModel {
    fn from(wire: WireInfo) -> Self {
        Self {
            model_id: wire.model_id.0,
            experiment_id: wire.experiment_id.0,
            name: wire.name.0,
            artifact_uri: wire.artifact_uri.0,
            // `LOGGED_MODEL_READY` on the wire is `READY` in the database and for people.
            status: wire.status.0.strip_prefix("LOGGED_MODEL_").unwrap_or(&wire.status.0).to_owned(),
            model_type: wire.model_type.0,
            source_run_id: wire.source_run_id.some(),
            creation_time_ms: wire.creation_timestamp_ms.0,
            tags: tags(wire.tags),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logged_model_as_a_server_writes_it() {
        let one: One = serde_json::from_str(
            r#"{"model":{"info":{"model_id":"m-1","experiment_id":"1","name":"model","creation_timestamp_ms":"5",
                "status":"LOGGED_MODEL_READY","model_type":"","source_run_id":""},"data":{}}}"#,
        )
        .expect("a model");
        let model = LoggedModel::from(one.model.info);
        assert_eq!(model.status, "READY");
        assert_eq!(model.source_run_id, None);
        assert_eq!(model.creation_time_ms, Some(5));
    }
}
