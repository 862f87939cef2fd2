//! MLflow's nouns as plain data, without IO. Where a run came from only its [`RunRef`] says.

mod artifact;
mod experiment;
mod metric;
mod model;
mod permission;
mod run;
mod run_duration;
mod run_ref;
mod run_status;

pub use artifact::{ArtifactEntry, ArtifactRoot};
pub use experiment::Experiment;
pub use metric::{Metric, MetricPoint, MetricValue};
pub use model::{AliasSighting, DatasetName, LoggedModel, ModelAlias, ModelMetric, ModelVersion, RegisteredModel};
pub use permission::ModelPermission;
pub use run::{DatasetInput, LifecycleStage, ModelOutput, Param, Run, RunInfo, SourceRun, display_name};
pub use run_duration::{NoDuration, RunDuration};
pub use run_ref::RunRef;
pub use run_status::RunStatus;

use serde::{Deserialize, Serialize};
use specta::Type;

/// A key and a text, on an experiment, a run, a dataset input, a registered model or a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Tag {
    pub key: String,
    pub value: String,
}

impl Tag {
    pub fn new(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self { key: key.into(), value: value.into() }
    }
}

/// The value of the tag `key`, if it is there.
pub fn tag_value<'a>(tags: &'a [Tag], key: &str) -> Option<&'a str> {
    tags.iter().find(|tag| tag.key == key).map(|tag| tag.value.as_str())
}

/// The stages of versions, the way before there were aliases.
pub const STAGES: [&str; 4] = ["None", "Staging", "Production", "Archived"];

/// Whether these are the tags of a prompt, which MLflow keeps among the registered models.
pub fn is_prompt(tags: &[Tag]) -> bool {
    tag_value(tags, "mlflow.prompt.is_prompt").is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// A logged model of experiment 1 that measured `acc`.
    pub fn logged_model(model_id: &str, acc: f64) -> LoggedModel {
        LoggedModel {
            model_id: model_id.to_owned(),
            experiment_id: "1".to_owned(),
            name: "net".to_owned(),
            artifact_uri: String::new(),
            status: "READY".to_owned(),
            model_type: String::new(),
            source_run_id: Some("r".to_owned()),
            creation_time_ms: None,
            tags: Vec::new(),
            params: Vec::new(),
            metrics: vec![ModelMetric {
                metric: Metric { key: "acc".to_owned(), value: MetricValue(acc), timestamp_ms: 0, step: 0 },
                dataset: None,
                run_id: None,
            }],
        }
    }
}
