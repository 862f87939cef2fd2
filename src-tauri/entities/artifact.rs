//! Where artifacts hang, and one line of a listing.

use serde::{Deserialize, Serialize};
use specta::Type;

/// What a tree of artifacts belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", tag = "kind", content = "id")]
pub enum ArtifactRoot {
    /// A run, by run id.
    Run(String),
    /// A logged model of MLflow 3, by model id.
    LoggedModel(String),
}

/// One file or folder of a listing. `path` is relative to its root, with `/` between segments,
/// and untrusted: it is checked before it ever becomes a path on this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ArtifactEntry {
    pub path: String,
    pub is_dir: bool,
    /// Absent for folders and where the store does not say.
    pub size_bytes: Option<u64>,
}
