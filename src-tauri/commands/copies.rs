//! Copying versions to other registered models.

use tauri::State;

use crate::app::{App, CopyView, CopyWish};
use crate::entities::ModelVersion;
use crate::error::Result;
use crate::registration::CopyPlan;

/// What copying a version would mean, read from both servers this moment. Writes nothing.
#[tauri::command]
#[specta::specta]
pub async fn prepare_copy(
    app: State<'_, App>,
    from_profile: String,
    model: String,
    version: String,
    to_profile: String,
) -> Result<CopyPlan> {
    app.prepare_copy(&from_profile, &model, &version, &to_profile).await
}

/// Makes the copy; where files have to be brought over, that begins and nothing is answered.
#[tauri::command]
#[specta::specta]
pub async fn copy_version(app: State<'_, App>, wanted: CopyWish) -> Result<Option<ModelVersion>> {
    app.copy_version(wanted).await
}

/// Copies of files that are under way or were left.
#[tauri::command]
#[specta::specta]
pub async fn list_copies(app: State<'_, App>) -> Result<Vec<CopyView>> {
    app.copies().await
}

#[tauri::command]
#[specta::specta]
pub async fn resume_copy(app: State<'_, App>, id: String, confirmation: Option<String>) -> Result<()> {
    app.resume_copy(&id, confirmation.as_deref()).await
}

/// It can go on later.
#[tauri::command]
#[specta::specta]
pub async fn stop_copy(app: State<'_, App>, id: String) -> Result<()> {
    app.stop_copy(&id).await
}

/// Gives it up; what was brought over is deleted with its run.
#[tauri::command]
#[specta::specta]
pub async fn discard_copy(app: State<'_, App>, id: String, confirmation: Option<String>) -> Result<()> {
    app.discard_copy(&id, confirmation.as_deref()).await
}
