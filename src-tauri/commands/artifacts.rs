//! Artifacts of a run: list, preview, save to disk.

use tauri::State;
use tauri_plugin_opener::OpenerExt;

use super::Bytes;
use crate::app::{App, ArtifactList, RunFiles};
use crate::artifacts::{self, Look, LookAs, RunEnvironment};
use crate::entities::{ArtifactRoot, RunRef};
use crate::error::{AppError, Result};

/// What lies directly below `path` in a run's artifacts (`""` is the root). At the root, the
/// folders of the run's logged models are there too.
#[tauri::command]
#[specta::specta]
pub async fn list_artifacts(
    app: State<'_, App>,
    profile_id: String,
    root: ArtifactRoot,
    path: String,
) -> Result<ArtifactList> {
    app.artifact_list(&profile_id, &root, &path).await
}

/// The packages and the version of Python that a run was logged with, from `requirements.txt` and its kin at the top of its
/// artifacts or beside one of its models.
#[tauri::command]
#[specta::specta]
pub async fn run_environment(app: State<'_, App>, run: RunRef) -> Result<RunEnvironment> {
    app.run_environment(&run).await
}

/// Every file of a run with those of its logged models, by path.
#[tauri::command]
#[specta::specta]
pub async fn run_files(app: State<'_, App>, run: RunRef) -> Result<RunFiles> {
    app.run_files(&run).await
}

#[tauri::command]
#[specta::specta]
pub async fn preview_artifact(
    app: State<'_, App>,
    profile_id: String,
    root: ArtifactRoot,
    path: String,
    wish: LookAs,
) -> Result<Look> {
    app.preview_artifact(&profile_id, &root, &path, &wish).await
}

/// A description or note as HTML that is safe to show as it is, or nothing where it has no form
/// and is shown as the text it is.
#[tauri::command]
#[specta::specta]
pub async fn markdown_html(source: String) -> Option<String> {
    let rendered = tauri::async_runtime::spawn_blocking(move || artifacts::markdown_html(&source));
    rendered.await.ok().flatten()
}

/// Opens a link in an untrusted text, in the user's own browser or mail program.
#[tauri::command]
#[specta::specta]
pub async fn open_link(handle: tauri::AppHandle, address: String) -> Result<()> {
    let parsed = url::Url::parse(&address).map_err(AppError::internal)?;
    if !matches!(parsed.scheme(), "http" | "https" | "mailto") {
        return Err(AppError::internal(format!("a link of the kind {:?} is not opened", parsed.scheme())));
    }
    handle.opener().open_url(parsed.as_str(), None::<&str>).map_err(AppError::internal)
}

/// The bytes of an artifact that [`preview_artifact`] called an image.
#[tauri::command]
#[specta::specta]
pub async fn artifact_image(
    app: State<'_, App>,
    profile_id: String,
    root: ArtifactRoot,
    path: String,
) -> Result<Bytes> {
    Ok(Bytes(app.artifact_image(&profile_id, &root, &path).await?))
}

/// Asks where to save the artifact and saves it there. Answers with the path, or nothing if the
/// user thought better of it.
#[tauri::command]
#[specta::specta]
pub async fn save_artifact(
    app: State<'_, App>,
    handle: tauri::AppHandle,
    profile_id: String,
    root: ArtifactRoot,
    path: String,
) -> Result<Option<String>> {
    let choose = async |name: String| super::ask_where_to_save(&handle, &name).await;
    let saved = app.save_artifact(&profile_id, &root, &path, choose).await?;
    Ok(saved.map(|target| target.display().to_string()))
}

/// Remembers the folder in which the files of a database are, chosen in the system's own dialog where
/// none is given. Answers with the folder, or nothing if the user thought better of it.
#[tauri::command]
#[specta::specta]
pub async fn choose_artifact_folder(
    app: State<'_, App>,
    handle: tauri::AppHandle,
    profile_id: String,
    root: ArtifactRoot,
    path: String,
    folder: Option<String>,
) -> Result<Option<String>> {
    let folder = match folder {
        Some(folder) => folder,
        None => match super::ask_for_folder(&handle).await? {
            Some(folder) => folder.display().to_string(),
            None => return Ok(None),
        },
    };
    Ok(Some(app.remember_artifact_folder(&profile_id, &root, &path, &folder).await?))
}
