//! An experiment: a named set of runs.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{LifecycleStage, Tag};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Experiment {
    pub experiment_id: String,
    pub name: String,
    pub artifact_location: String,
    pub lifecycle_stage: LifecycleStage,
    /// Absent on servers before 1.29.
    pub creation_time_ms: Option<i64>,
    /// Changes on rename, delete and restore only, not when a run is added.
    pub last_update_time_ms: Option<i64>,
    pub tags: Vec<Tag>,
}
