//! Whether a run goes on, and how it ended.

use serde::{Deserialize, Serialize};
use specta::Type;

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
