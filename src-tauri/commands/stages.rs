//! Stages of versions, and what the user may do with a model.

use tauri::State;

use crate::app::{App, ModelRights, ModelStages, StageWish};
use crate::error::Result;
use crate::promotion::{StageMove, StagePlan};

/// What the user may do with a model, where the server says it.
#[tauri::command]
#[specta::specta]
pub async fn model_rights(app: State<'_, App>, profile_id: String, name: String) -> Result<ModelRights> {
    app.model_rights(&profile_id, &name).await
}

#[tauri::command]
#[specta::specta]
pub async fn model_stages(app: State<'_, App>, profile_id: String, name: String) -> Result<ModelStages> {
    app.model_stages(&profile_id, &name).await
}

/// What moving `version` to `stage` would mean, read from the server this moment. Writes nothing.
#[tauri::command]
#[specta::specta]
pub async fn prepare_stage(
    app: State<'_, App>,
    profile_id: String,
    name: String,
    version: String,
    stage: String,
) -> Result<StagePlan> {
    app.prepare_stage(&profile_id, &name, &version, &stage).await
}

#[tauri::command]
#[specta::specta]
pub async fn move_stage(app: State<'_, App>, profile_id: String, wanted: StageWish) -> Result<StageMove> {
    app.move_stage(&profile_id, wanted).await
}

/// Moves all back, if nothing has happened to it since.
#[tauri::command]
#[specta::specta]
pub async fn undo_stage(
    app: State<'_, App>,
    profile_id: String,
    id: String,
    confirmation: Option<String>,
) -> Result<StageMove> {
    app.undo_stage(&profile_id, &id, confirmation.as_deref()).await
}
