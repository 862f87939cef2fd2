//! Experiments of a profile, and bringing what is on screen up to date.

use tauri::State;

use crate::app::{App, ExperimentList};
use crate::error::Result;
use crate::sync::Scope;

#[tauri::command]
#[specta::specta]
pub async fn list_experiments(app: State<'_, App>, profile_id: String) -> Result<ExperimentList> {
    app.experiment_list(&profile_id).await
}

/// The window watches these from now on, each with its profile's id, in place of all that it watched before: they are
/// kept up to date, and nothing else is.
#[tauri::command]
#[specta::specta]
pub async fn watch(app: State<'_, App>, watched: Vec<(String, Scope)>) -> Result<()> {
    app.watch(watched);
    Ok(())
}

/// Brings what these say up to date now, from the first page on.
#[tauri::command]
#[specta::specta]
pub async fn refresh(app: State<'_, App>, profile_id: String, scopes: Vec<Scope>) -> Result<()> {
    app.refresh(&profile_id, scopes).await
}
