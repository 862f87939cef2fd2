//! What the window may be told: that something it may be showing is no longer what it was.
//!
//! A change says where to look and carries no data: the part of the window that shows it reads again. Changes are
//! collected for a moment before the window is told of them.

use std::collections::HashSet;
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
    /// Copies of versions between servers: how far they are.
    Copies,
    /// The steps of a test of a connection.
    Test { id: u32 },
    /// The state of a profile's connection.
    Connection { profile_id: String },
    /// The list of experiments.
    Experiments { profile_id: String },
    /// Runs of an experiment, their columns and counts.
    Runs { profile_id: String, experiment_id: String },
    /// The histories of these metrics of these runs.
    Histories { profile_id: String, run_ids: Vec<String>, keys: Vec<String> },
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

/// Adds a change to those that the window is told of together. Each is told once; histories of the same metrics become
/// one, since each history of each run is a change.
pub fn gather(gathered: &mut Vec<Change>, next: Change) {
    if let Change::Histories { profile_id, run_ids, keys } = &next {
        for before in &mut *gathered {
            if let Change::Histories { profile_id: of, run_ids: all, keys: of_keys } = before
                && (&*of, &*of_keys) == (profile_id, keys)
            {
                let known: HashSet<&String> = all.iter().collect();
                let new: Vec<String> = run_ids.iter().filter(|id| !known.contains(id)).cloned().collect();
                all.extend(new);
                return;
            }
        }
    }
    if !gathered.contains(&next) {
        gathered.push(next);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn histories_of_the_same_metrics_are_told_together_and_everything_once() {
        let histories = |profile: &str, run_ids: &[&str], key: &str| Change::Histories {
            profile_id: profile.to_owned(),
            run_ids: run_ids.iter().map(|id| (*id).to_owned()).collect(),
            keys: vec![key.to_owned()],
        };
        let models = |profile: &str| Change::Models { profile_id: profile.to_owned() };
        let mut gathered = Vec::new();
        for change in [
            histories("p", &["a"], "loss"),
            models("p"),
            histories("p", &["b", "a"], "loss"),
            histories("p", &["a"], "acc"),
            models("q"),
            models("p"),
            histories("q", &["a"], "loss"),
        ] {
            gather(&mut gathered, change);
        }
        let expected = [
            histories("p", &["a", "b"], "loss"),
            models("p"),
            histories("p", &["a"], "acc"),
            models("q"),
            histories("q", &["a"], "loss"),
        ];
        assert_eq!(gathered, expected);
    }
}
