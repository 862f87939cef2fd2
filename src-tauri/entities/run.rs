//! A run: what was asked for (params), what came out (metrics), and what it touched.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Metric, RunDuration, RunStatus, Tag};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum LifecycleStage {
    Active,
    Deleted,
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
    /// As the server has it: old ones allow a run without a name. The window is told the
    /// [`display_name`] instead.
    #[serde(skip)]
    pub run_name: String,
    pub experiment_id: String,
    pub user_id: String,
    pub status: RunStatus,
    pub start_time_ms: Option<i64>,
    /// Absent while the run is open, unless it was resumed; absent too where only its status was set.
    pub end_time_ms: Option<i64>,
    pub artifact_uri: String,
    pub lifecycle_stage: LifecycleStage,
}

impl RunInfo {
    pub fn display_name(&self) -> String {
        display_name(&self.run_name, &self.run_id)
    }

    pub fn duration(&self) -> RunDuration {
        RunDuration::of(self.status, self.start_time_ms, self.end_time_ms)
    }
}

/// What a run is called wherever it is shown: its name, or where it has none the beginning of its
/// id. An id that is not MLflow's own 32 hexadecimal digits may differ only at its end, so it is
/// shown whole.
pub fn display_name(run_name: &str, run_id: &str) -> String {
    const SHORT: usize = 8;
    if !run_name.trim().is_empty() {
        return run_name.to_owned();
    }
    let is_mlflows = run_id.len() == 32 && run_id.bytes().all(|byte| byte.is_ascii_hexdigit());
    run_id[..if is_mlflows { SHORT } else { run_id.len() }].to_owned()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_without_a_name_is_called_by_its_id() {
        let id = "0a1b2c3d4e5f60718293a4b5c6d7e8f9";
        assert_eq!(display_name("bold-ape", id), "bold-ape");
        for none in ["", " ", "\t\u{3000}"] {
            assert_eq!(display_name(none, id), "0a1b2c3d");
            assert_eq!(display_name(none, "nightly-2026-11-28-0001"), "nightly-2026-11-28-0001");
        }
    }
}
