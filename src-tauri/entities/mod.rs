//! MLflow's nouns as plain data. No IO, no opinion on where they came from.

mod artifact;
mod experiment;
mod metric;
mod model;
mod run;

pub use artifact::{ArtifactEntry, ArtifactRoot};
pub use experiment::Experiment;
pub use metric::{Metric, MetricPoint, MetricValue};
pub use model::{LoggedModel, ModelAlias, ModelVersion, RegisteredModel};
pub use run::{DatasetInput, LifecycleStage, ModelOutput, Param, Run, RunInfo, RunStatus};

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
