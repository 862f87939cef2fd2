//! What a user may do with a registered model, on servers with MLflow's own sign-in.

use serde::{Deserialize, Serialize};
use specta::Type;

/// Each may do what those before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum ModelPermission {
    Nothing,
    Read,
    /// Make versions, move aliases and stages, set tags and descriptions.
    Edit,
    /// Take aliases and tags of versions away, delete.
    Manage,
}

impl ModelPermission {
    /// None for a word of a later MLflow.
    pub fn from_mlflow(text: &str) -> Option<Self> {
        match text {
            "NO_PERMISSIONS" | "DENY" => Some(Self::Nothing),
            // USE came with 3.x and lets a gateway be used; of a registered model it is no more than READ.
            "READ" | "USE" => Some(Self::Read),
            "EDIT" => Some(Self::Edit),
            "MANAGE" => Some(Self::Manage),
            _ => None,
        }
    }
}
