//! What the window can watch, and so is kept up to date.

use serde::{Deserialize, Serialize};
use specta::Type;

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "kind", content = "of")]
pub enum Scope {
    /// The list of experiments.
    Experiments,
    /// All runs of an experiment, by its id.
    Experiment(String),
    /// One run, by its id: read again whatever its state, so that edits show.
    Run(String),
    /// The histories of some metrics of some runs.
    Histories { run_ids: Vec<String>, keys: Vec<String> },
    /// The list of registered models with their aliases.
    Models,
    /// The versions of all registered models, and the runs that the leading ones came from.
    Registry,
    /// One registered model, its versions and the runs they came from, by its name.
    Model(String),
    /// Where the aliases of a registered model are, by its name: looked at every few seconds, for somebody may move one.
    Aliases(String),
}
