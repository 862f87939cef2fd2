//! A run: what was asked for (params), what came out (metrics), and what it touched.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Metric, Tag};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum LifecycleStage {
    Active,
    Deleted,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum RunStatus {
    Running,
    Scheduled,
    Finished,
    Failed,
    Killed,
}

impl RunStatus {
    /// As MLflow spells it, in its database and on the wire.
    pub fn as_mlflow(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Scheduled => "SCHEDULED",
            Self::Finished => "FINISHED",
            Self::Failed => "FAILED",
            Self::Killed => "KILLED",
        }
    }

    /// A status this version does not know is read as `Running`: such a run is looked at again.
    pub fn from_mlflow(text: &str) -> Self {
        match text {
            "SCHEDULED" => Self::Scheduled,
            "FINISHED" => Self::Finished,
            "FAILED" => Self::Failed,
            "KILLED" => Self::Killed,
            _ => Self::Running,
        }
    }

    /// Whether the run may still log something.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Running | Self::Scheduled)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Param {
    pub key: String,
    pub value: String,
}

/// What a run is, without what it logged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RunInfo {
    pub run_id: String,
    pub run_name: String,
    pub experiment_id: String,
    pub user_id: String,
    pub status: RunStatus,
    pub start_time_ms: Option<i64>,
    /// Absent while the run is open.
    pub end_time_ms: Option<i64>,
    pub artifact_uri: String,
    pub lifecycle_stage: LifecycleStage,
}

/// A run as a tracking server returns it: always whole, with the latest value of each metric.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Run {
    pub info: RunInfo,
    pub metrics: Vec<Metric>,
    pub params: Vec<Param>,
    pub tags: Vec<Tag>,
    pub dataset_inputs: Vec<DatasetInput>,
    pub model_outputs: Vec<ModelOutput>,
}

/// A dataset that a run read, with the context (such as `training`) it was read in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DatasetInput {
    pub name: String,
    pub digest: String,
    pub source_type: String,
    pub source: String,
    /// JSON text, at most 1 MB; absent where the server has none.
    pub schema: Option<String>,
    /// JSON text, at most 16 MB; absent where the server has none.
    pub profile: Option<String>,
    pub context: Option<String>,
}

/// A logged model that a run produced (MLflow 3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ModelOutput {
    pub model_id: String,
    pub step: i64,
}

/// A run that a version of a registered model came from, as far as the model's board needs it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SourceRun {
    pub run_id: String,
    pub run_name: String,
    pub user_id: String,
    /// The logged models that it put out, each once.
    pub model_ids: BTreeSet<String>,
    /// Those that were asked for.
    pub metrics: Vec<Metric>,
}
