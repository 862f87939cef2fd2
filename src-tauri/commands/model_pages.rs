//! A model or version by itself: its page, editing what it says of itself, and what uses it.

use tauri::State;

use crate::app::{App, Edit, Edited, UseIt, VersionAnswer, VersionFiles, WhichVersion};
use crate::error::Result;

/// Changes the description or a tag of a model, or of one of its versions, if it still is as the user saw it.
/// `confirmation` is what the profile asks for: any text, or the model's name as it was typed.
#[tauri::command]
#[specta::specta]
pub async fn edit_model(
    app: State<'_, App>,
    profile_id: String,
    name: String,
    version: Option<String>,
    edit: Edit,
    confirmation: Option<String>,
) -> Result<Edited> {
    app.edit_model(&profile_id, &name, version.as_deref(), &edit, confirmation.as_deref()).await
}

#[tauri::command]
#[specta::specta]
pub async fn get_model_version(
    app: State<'_, App>,
    profile_id: String,
    name: String,
    version: String,
) -> Result<VersionAnswer> {
    app.version_page(&profile_id, &name, &version).await
}

/// What the files of a version say of it, read from the server.
#[tauri::command]
#[specta::specta]
pub async fn read_version_files(
    app: State<'_, App>,
    profile_id: String,
    name: String,
    version: String,
) -> Result<VersionFiles> {
    app.version_files(&profile_id, &name, &version).await
}

/// Snippets for whoever wants to use a version. Writes and runs nothing.
#[tauri::command]
#[specta::specta]
pub async fn use_it(app: State<'_, App>, profile_id: String, name: String, which: WhichVersion) -> Result<UseIt> {
    app.use_it(&profile_id, &name, which).await
}
