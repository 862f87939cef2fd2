//! A model or version by itself: its page, editing what it says of itself, and what uses it.

use tauri::State;

use crate::app::{
    App, Edit, Edited, GateCounts, PromptList, PromptVersions, UseIt, VersionAnswer, VersionCells, VersionColumn,
    VersionColumnChoices, VersionFiles, WhichVersion,
};
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

/// What the columns of the table of versions can be.
#[tauri::command]
#[specta::specta]
pub async fn version_column_choices(
    app: State<'_, App>,
    profile_id: String,
    name: String,
) -> Result<VersionColumnChoices> {
    app.version_column_choices(&profile_id, &name).await
}

/// What all versions have in these columns, newest first.
#[tauri::command]
#[specta::specta]
pub async fn version_cells(
    app: State<'_, App>,
    profile_id: String,
    name: String,
    columns: Vec<VersionColumn>,
) -> Result<Vec<VersionCells>> {
    app.version_cells(&profile_id, &name, &columns).await
}

/// What the gates of champion come to of the challengers of these models, by what is cached.
#[tauri::command]
#[specta::specta]
pub async fn challenger_gates(app: State<'_, App>, profile_id: String, names: Vec<String>) -> Result<Vec<GateCounts>> {
    app.challenger_gates(&profile_id, &names).await
}

/// All prompts, read from the server.
#[tauri::command]
#[specta::specta]
pub async fn list_prompts(app: State<'_, App>, profile_id: String) -> Result<PromptList> {
    app.prompts(&profile_id).await
}

/// The versions of a prompt with their texts, read from the server.
#[tauri::command]
#[specta::specta]
pub async fn get_prompt_versions(app: State<'_, App>, profile_id: String, name: String) -> Result<PromptVersions> {
    app.prompt_versions(&profile_id, &name).await
}
