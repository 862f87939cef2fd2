//! What the window may be told: that something it may be showing is no longer what it was.
//!
//! A change says where to look and carries no data: the part of the window that shows it reads again. Changes are
//! collected for a moment before the window is told of them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::scope::Scope;

/// How changes reach the window.
pub type OnChange = Arc<dyn Fn(Change) + Send + Sync>;

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "kind")]
pub enum Change {
    /// The profiles or the routes.
    Profiles,
    /// What waits for an answer of the user.
    Questions,
    /// The steps of a test of a connection.
    Test { id: u32 },
    /// The state of a profile's connection.
    Connection { profile_id: String },
    /// The list of experiments.
    Experiments { profile_id: String },
    /// Runs of an experiment, their columns and counts.
    Runs { profile_id: String, experiment_id: String },
    /// Metric histories of these runs.
    Histories { profile_id: String, run_ids: Vec<String> },
    /// The list of registered models, with their aliases.
    Models { profile_id: String },
    /// A registered model, its versions, or the runs they came from.
    Model { profile_id: String, name: String },
    /// Which way a metric is better, by what the user says.
    Directions { profile_id: String },
    /// Which colours runs have, by the choice of the user.
    Colors { profile_id: String },
    /// Only how fresh `scope` is: its sync has begun, got on, ended or failed.
    Freshness { profile_id: String, scope: Scope },
}
