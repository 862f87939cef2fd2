//! Registered models, their versions and aliases, and the logged models of MLflow 3.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::Tag;

/// A name that points at exactly one version of a registered model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ModelAlias {
    pub alias: String,
    pub version: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RegisteredModel {
    pub name: String,
    pub description: String,
    pub creation_time_ms: Option<i64>,
    /// Not bumped when an alias moves.
    pub last_updated_time_ms: Option<i64>,
    pub tags: Vec<Tag>,
    pub aliases: Vec<ModelAlias>,
}

/// A version's `version` is a text of digits, as MLflow has it. Its aliases are not here:
/// servers leave them out of searches, so [`RegisteredModel::aliases`] is the one place for them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ModelVersion {
    pub name: String,
    pub version: String,
    pub description: String,
    pub creation_time_ms: Option<i64>,
    pub last_updated_time_ms: Option<i64>,
    pub user_id: String,
    /// `None`, `Staging`, `Production` or `Archived`.
    pub stage: String,
    pub source: String,
    pub run_id: Option<String>,
    pub model_id: Option<String>,
    /// `READY`, `PENDING_REGISTRATION` or `FAILED_REGISTRATION`.
    pub status: String,
    pub tags: Vec<Tag>,
}

/// A model logged by a run (MLflow 3). Its files live under the model, not under the run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct LoggedModel {
    pub model_id: String,
    pub experiment_id: String,
    pub name: String,
    pub artifact_uri: String,
    pub status: String,
    pub model_type: String,
    pub source_run_id: Option<String>,
    pub creation_time_ms: Option<i64>,
    pub tags: Vec<Tag>,
}
