//! Registered models: the list, the alias board, and moving an alias.

use serde::Serialize;
use specta::Type;
use tauri::State;

use crate::app::{App, Freshness};
use crate::entities::{Metric, ModelVersion, RegisteredModel};
use crate::error::Result;
use crate::promotion::{Promotion, PromotionPlan};
use crate::sync::Scope;

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ModelList {
    pub models: Vec<RegisteredModel>,
    pub freshness: Freshness,
}

/// A version and what is known of the run it came from.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct VersionRow {
    pub version: ModelVersion,
    pub run_name: Option<String>,
    /// Latest metrics of the source run, where it is known.
    pub metrics: Vec<Metric>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ModelBoard {
    pub model: RegisteredModel,
    /// Newest first.
    pub versions: Vec<VersionRow>,
    /// What was moved from this machine, newest first.
    pub promotions: Vec<Promotion>,
    /// Why nothing can be moved here, if so.
    pub read_only_reason: Option<String>,
    pub freshness: Freshness,
}

#[tauri::command]
#[specta::specta]
pub async fn list_models(app: State<'_, App>, profile_id: String) -> Result<ModelList> {
    let connection = app.connection(&profile_id).await?;
    connection.looked_at(Scope::Models);
    Ok(ModelList {
        models: app.cache.registered_models(connection.source).await?,
        freshness: connection.freshness(Scope::Models).await,
    })
}

#[tauri::command]
#[specta::specta]
pub async fn get_model(app: State<'_, App>, profile_id: String, name: String) -> Result<ModelBoard> {
    app.model_board(&profile_id, &name).await
}

/// What moving `alias` to `version` would mean, read from the server this moment. Writes nothing.
#[tauri::command]
#[specta::specta]
pub async fn prepare_promotion(
    app: State<'_, App>,
    profile_id: String,
    name: String,
    alias: String,
    version: String,
) -> Result<PromotionPlan> {
    app.prepare_promotion(&profile_id, &name, &alias, &version).await
}

/// Carries out a plan that the user has seen, if the alias still points where the plan says.
#[tauri::command]
#[specta::specta]
pub async fn promote(
    app: State<'_, App>,
    profile_id: String,
    plan: PromotionPlan,
    reason: String,
) -> Result<Promotion> {
    app.promote(&profile_id, &plan, &reason).await
}

/// Moves the alias back, if nothing has happened to it since.
#[tauri::command]
#[specta::specta]
pub async fn undo_promotion(app: State<'_, App>, profile_id: String, promotion_id: String) -> Result<Promotion> {
    app.undo_promotion(&profile_id, &promotion_id).await
}
