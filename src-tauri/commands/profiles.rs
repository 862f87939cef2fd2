//! Profiles and routes: listed, saved, ordered, handed on, taken over, opened.

use tauri::State;

use crate::app::{Alias, App, OpenProfile, ResolvedHop, Suggestion};
use crate::connect::transfer::ImportPlan;
use crate::connect::{Hop, Profile, Route};
use crate::error::Result;

#[tauri::command]
#[specta::specta]
pub async fn list_profiles(app: State<'_, App>) -> Result<Vec<Profile>> {
    app.settings.profiles().await
}

/// Opens what `text` stands for: an address, an `mlflow.db`, a folder with one, `sample`, or the
/// name of a profile. A place that is new becomes a profile once it has answered; if it does not
/// answer, nothing is saved.
#[tauri::command]
#[specta::specta]
pub async fn open_target(app: State<'_, App>, text: String) -> Result<OpenProfile> {
    Ok(OpenProfile::from(&*app.open_target(&text).await?))
}

/// Opens a saved profile at once: what is cached can be read, and the connection is made behind.
#[tauri::command]
#[specta::specta]
pub async fn open_profile(app: State<'_, App>, profile_id: String) -> Result<OpenProfile> {
    Ok(OpenProfile::from(&*app.connection(&profile_id).await?))
}

/// Connects again now, asking the user what has to be asked.
#[tauri::command]
#[specta::specta]
pub async fn reconnect(app: State<'_, App>, profile_id: String) -> Result<()> {
    app.reconnect(&profile_id).await
}

/// Saves a profile; one with an empty id is new. Answers with it as it was saved.
#[tauri::command]
#[specta::specta]
pub async fn save_profile(app: State<'_, App>, profile: Profile) -> Result<Profile> {
    app.save_profile(profile).await
}

/// A copy beside the original, without its secrets.
#[tauri::command]
#[specta::specta]
pub async fn duplicate_profile(app: State<'_, App>, profile_id: String) -> Result<Profile> {
    app.duplicate_profile(&profile_id).await
}

/// Forgets the profile, its secrets and everything cached for it. The source itself is not touched.
#[tauri::command]
#[specta::specta]
pub async fn delete_profile(app: State<'_, App>, profile_id: String) -> Result<()> {
    app.delete_profile(&profile_id).await
}

#[tauri::command]
#[specta::specta]
pub async fn order_profiles(app: State<'_, App>, profile_ids: Vec<String>) -> Result<()> {
    app.order_profiles(&profile_ids).await
}

/// The named profiles, or all where none is named, as JSON without secrets.
#[tauri::command]
#[specta::specta]
pub async fn export_profiles(app: State<'_, App>, profile_ids: Vec<String>) -> Result<String> {
    app.export_profiles(&profile_ids).await
}

/// Asks where to save what [`export_profiles`] answers, and saves it there. Answers with the path, or
/// nothing if the user thought better of it.
#[tauri::command]
#[specta::specta]
pub async fn save_export(
    app: State<'_, App>,
    handle: tauri::AppHandle,
    profile_ids: Vec<String>,
) -> Result<Option<String>> {
    let choose = async |name: String| super::ask_where_to_save(&handle, &name).await;
    let saved = app.save_export(&profile_ids, choose).await?;
    Ok(saved.map(|target| target.display().to_string()))
}

/// What an import would change; nothing is changed.
#[tauri::command]
#[specta::specta]
pub async fn preview_import(app: State<'_, App>, json: String) -> Result<ImportPlan> {
    app.preview_import(&json).await
}

/// Imports the profiles of these names; answers how many there were.
#[tauri::command]
#[specta::specta]
pub async fn apply_import(app: State<'_, App>, json: String, names: Vec<String>) -> Result<u32> {
    app.apply_import(&json, &names).await
}

/// Servers that this machine knows from its environment and its ssh_config, and that are no profile yet.
#[tauri::command]
#[specta::specta]
pub async fn suggest_profiles(app: State<'_, App>) -> Result<Vec<Suggestion>> {
    app.suggestions().await
}

#[tauri::command]
#[specta::specta]
pub async fn accept_suggestion(app: State<'_, App>, key: String) -> Result<Profile> {
    app.accept_suggestion(&key).await
}

/// Opens or closes a port of this machine that leads to the server; answers with its address.
#[tauri::command]
#[specta::specta]
pub async fn expose_on_localhost(app: State<'_, App>, profile_id: String, on: bool) -> Result<Option<String>> {
    app.expose(&profile_id, on).await
}

#[tauri::command]
#[specta::specta]
pub async fn exposure(app: State<'_, App>, profile_id: String) -> Result<Option<String>> {
    app.exposure(&profile_id).await
}

#[tauri::command]
#[specta::specta]
pub async fn list_routes(app: State<'_, App>) -> Result<Vec<Route>> {
    app.settings.routes().await
}

/// Saves a route; one with an empty id is new. Connections that use it are closed.
#[tauri::command]
#[specta::specta]
pub async fn save_route(app: State<'_, App>, route: Route) -> Result<Route> {
    app.save_route(route).await
}

#[tauri::command]
#[specta::specta]
pub async fn delete_route(app: State<'_, App>, route_id: String) -> Result<()> {
    app.delete_route(&route_id).await
}

/// The hosts that the ssh_config names.
#[tauri::command]
#[specta::specta]
pub async fn list_aliases(app: State<'_, App>) -> Result<Vec<Alias>> {
    app.aliases().await
}

/// What a hop comes to by the ssh_config of this machine. Nothing is asked of the network.
#[tauri::command]
#[specta::specta]
pub async fn resolve_hop(app: State<'_, App>, hop: Hop) -> Result<ResolvedHop> {
    app.resolve_hop(hop).await
}
