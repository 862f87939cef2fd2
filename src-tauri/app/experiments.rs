//! The list of experiments, and bringing anything up to date now.

use serde::Serialize;
use specta::Type;

use super::App;
use crate::entities::Experiment;
use crate::error::Result;
use crate::sync::{Freshness, Scope};

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ExperimentRow {
    pub experiment: Experiment,
    /// Runs in the cache; an experiment that was never opened has none yet.
    pub cached_runs: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ExperimentList {
    /// Active experiments, by name.
    pub experiments: Vec<ExperimentRow>,
    pub freshness: Freshness,
}

impl App {
    pub async fn experiment_list(&self, profile_id: &str) -> Result<ExperimentList> {
        let connection = self.connection(profile_id).await?;
        let freshness = connection.freshness(&Scope::Experiments).await?;
        let experiments = self.cache.experiments(connection.source).await?;
        let row = |(experiment, cached_runs)| ExperimentRow { experiment, cached_runs };
        Ok(ExperimentList { experiments: experiments.into_iter().map(row).collect(), freshness })
    }

    /// The window watches these from now on, each with its profile's id, in place of all that it watched before. They
    /// are kept up to date as long as their profile is connected.
    pub fn watch(&self, watched: Vec<(String, Scope)>) {
        self.watch_list.replace(watched);
    }

    /// Brings these up to date now, however fresh they are and whatever went wrong before.
    pub async fn refresh(&self, profile_id: &str, scopes: Vec<Scope>) -> Result<()> {
        let connection = self.connection(profile_id).await?;
        for scope in scopes {
            connection.refresh(scope);
        }
        Ok(())
    }
}
