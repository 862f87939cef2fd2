//! Experiments of a profile.

use serde::Serialize;
use specta::Type;
use tauri::State;

use crate::app::App;
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

#[tauri::command]
#[specta::specta]
pub async fn list_experiments(app: State<'_, App>, profile_id: String) -> Result<ExperimentList> {
    let connection = app.connection(&profile_id).await?;
    connection.looked_at(Scope::Experiments);
    let experiments = app
        .cache
        .experiments(connection.source)
        .await?
        .into_iter()
        .map(|(experiment, cached_runs)| ExperimentRow { experiment, cached_runs })
        .collect();
    Ok(ExperimentList { experiments, freshness: connection.freshness(&Scope::Experiments).await? })
}

/// Brings an experiment's runs up to date now, from the first page on.
#[tauri::command]
#[specta::specta]
pub async fn refresh_experiment(app: State<'_, App>, profile_id: String, experiment_id: String) -> Result<()> {
    app.connection(&profile_id).await?.refresh(Scope::Experiment(experiment_id));
    Ok(())
}
