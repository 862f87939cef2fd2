//! What can be looked at, and so kept up to date.

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
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
    /// One registered model, its versions and the runs they came from, by its name.
    Model(String),
}

impl Scope {
    /// The name under which the cache keeps how fresh this is; `None` where it does not.
    pub(super) fn key(&self) -> Option<String> {
        match self {
            Self::Experiments => Some("experiments".to_owned()),
            Self::Experiment(experiment_id) => Some(format!("experiment/{experiment_id}")),
            Self::Models => Some("models".to_owned()),
            Self::Model(name) => Some(format!("model/{name}")),
            Self::Run(_) | Self::Histories { .. } => None,
        }
    }

    /// How old this may become while it is looked at.
    pub(super) fn max_age_ms(&self) -> i64 {
        match self {
            Self::Experiments | Self::Models => 30_000,
            Self::Experiment(_) | Self::Run(_) | Self::Histories { .. } | Self::Model(_) => 15_000,
        }
    }
}
