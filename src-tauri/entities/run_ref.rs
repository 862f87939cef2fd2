//! Which run is meant, everywhere outside of the store that it came from.

use serde::{Deserialize, Serialize};
use specta::Type;

/// A run as it is seen through one profile. A run id alone does not say which: two profiles may lead to the same
/// server, or to a server and its copy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RunRef {
    pub profile_id: String,
    pub run_id: String,
}

impl RunRef {
    pub fn new(profile_id: impl Into<String>, run_id: impl Into<String>) -> Self {
        Self { profile_id: profile_id.into(), run_id: run_id.into() }
    }
}
