//! Making versions of registered models.

use tauri::State;

use crate::app::{App, RegistrationPlan, RegistrationWish};
use crate::entities::{ArtifactRoot, ModelVersion};
use crate::error::Result;

/// What of a run or logged model can become a version, read from the server this moment. Writes nothing.
#[tauri::command]
#[specta::specta]
pub async fn prepare_registration(
    app: State<'_, App>,
    profile_id: String,
    from: ArtifactRoot,
) -> Result<RegistrationPlan> {
    app.prepare_registration(&profile_id, &from).await
}

/// Makes the version. To send the same wish again makes no second one.
#[tauri::command]
#[specta::specta]
pub async fn register_version(
    app: State<'_, App>,
    profile_id: String,
    wanted: RegistrationWish,
) -> Result<ModelVersion> {
    app.register(&profile_id, wanted).await
}

/// The version once it is no longer pending, or as it is after some seconds.
#[tauri::command]
#[specta::specta]
pub async fn follow_registration(
    app: State<'_, App>,
    profile_id: String,
    model: String,
    version: String,
) -> Result<ModelVersion> {
    app.follow_registration(&profile_id, &model, &version).await
}
