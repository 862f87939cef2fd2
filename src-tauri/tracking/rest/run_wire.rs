//! How a run is written: shape and oddities, read into [`Run`].

use serde::Deserialize;

use crate::entities::{DatasetInput, Metric, ModelOutput, Param, Run, RunInfo, RunStatus, Tag, tag_value};

use super::experiments::lifecycle_stage;
use super::metrics::WireMetric;
use super::wire::{Int, Text, WireTag, list, tags};

#[derive(Deserialize)]
pub struct WireRun {
    info: WireInfo,
    #[serde(default)]
    data: WireData,
    #[serde(default)]
    inputs: Option<WireInputs>,
    #[serde(default)]
    outputs: Option<WireOutputs>,
}

#[derive(Deserialize)]
struct WireInfo {
    #[serde(default)]
    run_id: Text,
    /// What the id was called first; some look-alikes know only this name.
    #[serde(default)]
    run_uuid: Text,
    #[serde(default)]
    run_name: Text,
    #[serde(default)]
    experiment_id: Text,
    #[serde(default)]
    user_id: Text,
    #[serde(default)]
    status: Text,
    #[serde(default)]
    start_time: Int,
    #[serde(default)]
    end_time: Int,
    #[serde(default)]
    artifact_uri: Text,
    #[serde(default)]
    lifecycle_stage: Text,
}

#[derive(Default, Deserialize)]
struct WireData {
    #[serde(default, deserialize_with = "list")]
    metrics: Vec<WireMetric>,
    #[serde(default, deserialize_with = "list")]
    params: Vec<WireTag>,
    #[serde(default, deserialize_with = "list")]
    tags: Vec<WireTag>,
}

#[derive(Deserialize)]
struct WireInputs {
    #[serde(default, deserialize_with = "list")]
    dataset_inputs: Vec<WireDatasetInput>,
}

#[derive(Deserialize)]
struct WireDatasetInput {
    dataset: WireDataset,
    #[serde(default, deserialize_with = "list")]
    tags: Vec<WireTag>,
}

#[derive(Deserialize)]
struct WireDataset {
    #[serde(default)]
    name: Text,
    #[serde(default)]
    digest: Text,
    #[serde(default)]
    source_type: Text,
    #[serde(default)]
    source: Text,
    #[serde(default)]
    schema: Text,
    #[serde(default)]
    profile: Text,
}

#[derive(Deserialize)]
struct WireOutputs {
    #[serde(default, deserialize_with = "list")]
    model_outputs: Vec<WireModelOutput>,
}

#[derive(Deserialize)]
struct WireModelOutput {
    #[serde(default)]
    model_id: Text,
    #[serde(default)]
    step: Int,
}

impl From<WireRun> for Run {
    fn from(wire: WireRun) -> Self {
        let tags = tags(wire.data.tags);
        Self {
            info: info(wire.info, &tags),
            metrics: wire.data.metrics.into_iter().map(Metric::from).collect(),
            params: wire.data.params.into_iter().map(Param::from).collect(),
            dataset_inputs: wire
                .inputs
                .map(|inputs| inputs.dataset_inputs.into_iter().map(DatasetInput::from).collect())
                .unwrap_or_default(),
            model_outputs: wire
                .outputs
                .map(|outputs| outputs.model_outputs.into_iter().map(ModelOutput::from).collect())
                .unwrap_or_default(),
            tags,
        }
    }
}

/// Old servers keep a run's name and user in tags only.
fn info(wire: WireInfo, tags: &[Tag]) -> RunInfo {
    let or_tag = |text: Text, key: &str| text.some().or_else(|| tag_value(tags, key).map(str::to_owned));
    RunInfo {
        run_id: wire.run_id.some().unwrap_or(wire.run_uuid.0),
        run_name: or_tag(wire.run_name, "mlflow.runName").unwrap_or_default(),
        experiment_id: wire.experiment_id.0,
        user_id: or_tag(wire.user_id, "mlflow.user").unwrap_or_default(),
        status: status(&wire.status.0),
        start_time_ms: wire.start_time.0,
        // A look-alike writes 0 for a run that has not ended.
        end_time_ms: wire.end_time.0.filter(|time_ms| *time_ms != 0),
        artifact_uri: wire.artifact_uri.0,
        lifecycle_stage: lifecycle_stage(&wire.lifecycle_stage.0),
    }
}

/// A status by its name, or by its number in MLflow's protocol.
fn status(text: &str) -> RunStatus {
    RunStatus::from_mlflow(match text {
        "1" => "RUNNING",
        "2" => "SCHEDULED",
        "3" => "FINISHED",
        "4" => "FAILED",
        "5" => "KILLED",
        name => name,
    })
}

impl From<WireDatasetInput> for DatasetInput {
    fn from(wire: WireDatasetInput) -> Self {
        let tags = tags(wire.tags);
        Self {
            name: wire.dataset.name.0,
            digest: wire.dataset.digest.0,
            source_type: wire.dataset.source_type.0,
            source: wire.dataset.source.0,
            schema: wire.dataset.schema.some(),
            profile: wire.dataset.profile.some(),
            context: tag_value(&tags, "mlflow.data.context").map(str::to_owned),
        }
    }
}

impl From<WireModelOutput> for ModelOutput {
    fn from(wire: WireModelOutput) -> Self {
        Self { model_id: wire.model_id.0, step: wire.step.or_zero() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entities::{LifecycleStage, MetricValue};

    fn run(json: &str) -> Run {
        serde_json::from_str::<WireRun>(json).expect("a run").into()
    }

    #[test]
    fn a_run_may_lack_almost_everything() {
        let run = run(r#"{"info":{"run_uuid":"a","status":"RUNNING","start_time":"5"},
            "data":{"tags":[{"key":"mlflow.runName","value":"bold-ape"},{"key":"mlflow.user","value":"ana"}]}}"#);
        assert_eq!(run.info.run_id, "a");
        assert_eq!(run.info.run_name, "bold-ape");
        assert_eq!(run.info.user_id, "ana");
        assert_eq!(run.info.start_time_ms, Some(5));
        assert_eq!(run.info.end_time_ms, None);
        assert_eq!(run.info.status, RunStatus::Running);
        assert_eq!(run.info.lifecycle_stage, LifecycleStage::Active);
        assert!(run.metrics.is_empty() && run.dataset_inputs.is_empty());
    }

    #[test]
    fn a_run_may_have_everything() {
        let run = run(r#"{"info":{"run_id":"a","run_uuid":"a","status":3,"end_time":0,"lifecycle_stage":"deleted"},
            "data":{"metrics":[{"key":"m","value":"NaN","timestamp":0,"step":"9007199254740993","model_id":"m-1"}],
                    "params":[{"key":"lr","value":"0.1"},{"key":"empty"}]},
            "inputs":{"dataset_inputs":[{"dataset":{"name":"d","digest":"x","source_type":"local","source":"{}"},
                    "tags":[{"key":"mlflow.data.context","value":"training"}]},{"dataset":{"name":"e","schema":"{}"}}]},
            "outputs":{"model_outputs":[{"model_id":"m-1","step":"2"}]}}"#);
        assert_eq!(run.info.status, RunStatus::Finished);
        assert_eq!(run.info.end_time_ms, None);
        assert_eq!(run.info.lifecycle_stage, LifecycleStage::Deleted);
        assert_eq!(run.metrics[0].value, MetricValue(f64::NAN));
        assert_eq!(run.metrics[0].step, 9_007_199_254_740_993);
        assert_eq!(run.params[1], Param { key: "empty".to_owned(), value: String::new() });
        assert_eq!(run.dataset_inputs[0].context.as_deref(), Some("training"));
        assert_eq!(run.dataset_inputs[1].schema.as_deref(), Some("{}"));
        assert_eq!(run.model_outputs, [ModelOutput { model_id: "m-1".to_owned(), step: 2 }]);
    }
}
