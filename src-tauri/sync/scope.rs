//! What is read for a scope, part by part.

use serde::Serialize;
use specta::Type;

use crate::scope::Scope;

/// A part of a scope that is read by itself: it can fail while the others go well, and has an age of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum What {
    Experiments,
    Runs,
    Run,
    Histories,
    Models,
    /// A registered model with its aliases.
    Model,
    Versions,
    /// The runs that versions came from.
    SourceRuns,
}

impl Scope {
    /// All that is read for it, in the order in which that is done.
    pub(super) fn parts(&self) -> &'static [What] {
        match self {
            Self::Experiments => &[What::Experiments],
            Self::Experiment(_) => &[What::Runs],
            Self::Run(_) => &[What::Run],
            Self::Histories { .. } => &[What::Histories],
            Self::Models => &[What::Models],
            Self::Registry => &[What::Versions, What::SourceRuns],
            Self::Model(_) => &[What::Model, What::Versions, What::SourceRuns],
            Self::Aliases(_) => &[What::Model],
        }
    }

    /// The name under which the cache keeps how fresh a part is; `None` where it does not.
    pub(super) fn key(&self, what: What) -> Option<String> {
        match (self, what) {
            (Self::Experiments, _) => Some("experiments".to_owned()),
            (Self::Experiment(experiment_id), _) => Some(format!("experiment/{experiment_id}")),
            (Self::Models, _) => Some("models".to_owned()),
            (Self::Registry, What::Versions) => Some("registry/versions".to_owned()),
            (Self::Registry, _) => Some("registry/source-runs".to_owned()),
            (Self::Model(name), What::Versions) => Some(format!("versions/{name}")),
            (Self::Model(name), What::SourceRuns) => Some(format!("source-runs/{name}")),
            (Self::Model(name) | Self::Aliases(name), _) => Some(format!("model/{name}")),
            (Self::Run(_) | Self::Histories { .. }, _) => None,
        }
    }

    /// How old this may become while it is watched.
    pub(super) fn max_age_ms(&self) -> i64 {
        match self {
            // A page that shows a model watches its aliases too, and what they say of it brings the rest up to date.
            Self::Experiments | Self::Models | Self::Registry | Self::Model(_) => 30_000,
            Self::Experiment(_) | Self::Run(_) | Self::Histories { .. } => 15_000,
            // With the rest of a model's page less than 30 requests a minute.
            Self::Aliases(_) => 3_500,
        }
    }
}
