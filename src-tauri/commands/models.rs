//! Registered models: the list, the alias board, and moving an alias.

use tauri::State;

use crate::app::{
    AliasRules, App, ApprovalAnswer, ApprovalWish, Decision, GatesChange, ModelAnswer, ModelHistory, ModelList,
    PromotionRequest, RegistryAnswer, RegistryView,
};
use crate::error::Result;
use crate::promotion::{GateTrial, HistoryFormat, MetricName, Promotion, PromotionPlan};

#[tauri::command]
#[specta::specta]
pub async fn list_models(app: State<'_, App>, profile_id: String) -> Result<ModelList> {
    app.model_list(&profile_id).await
}

/// A window onto the registered models with their numbers.
#[tauri::command]
#[specta::specta]
pub async fn registry(app: State<'_, App>, profile_id: String, view: RegistryView) -> Result<RegistryAnswer> {
    app.registry(&profile_id, &view).await
}

/// The board of a model. `metrics` are those that the user wants columns of; none: those that most versions have.
#[tauri::command]
#[specta::specta]
pub async fn get_model(
    app: State<'_, App>,
    profile_id: String,
    name: String,
    metrics: Option<Vec<MetricName>>,
) -> Result<ModelAnswer> {
    app.model_board(&profile_id, &name, metrics.as_deref()).await
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

/// Moves `alias` to `version` if it still points at `expected_version` (none: the alias does not exist).
/// `overridden` are the rules that the card showed as not passed: with a reason they do not block.
/// `confirmation` is what the profile asks for: any text, or the model's name as it was typed.
#[tauri::command]
#[specta::specta]
#[allow(clippy::too_many_arguments, reason = "one for each thing that the card shows")]
pub async fn promote(
    app: State<'_, App>,
    profile_id: String,
    name: String,
    alias: String,
    expected_version: Option<String>,
    version: String,
    reason: String,
    overridden: Vec<String>,
    confirmation: Option<String>,
) -> Result<Promotion> {
    let wanted = PromotionRequest { model: name, alias, expected_version, version, reason, overridden, confirmation };
    app.promote(&profile_id, wanted).await
}

/// Moves the alias back, if nothing has happened to it since.
#[tauri::command]
#[specta::specta]
pub async fn undo_promotion(
    app: State<'_, App>,
    profile_id: String,
    promotion_id: String,
    confirmation: Option<String>,
) -> Result<Promotion> {
    app.undo_promotion(&profile_id, &promotion_id, confirmation.as_deref()).await
}

/// What these rules for `alias`, one a line, would come to, asked of all cached versions. Writes nothing.
#[tauri::command]
#[specta::specta]
pub async fn try_gates(
    app: State<'_, App>,
    profile_id: String,
    name: String,
    alias: String,
    rules: String,
) -> Result<GateTrial> {
    app.try_gates(&profile_id, &name, &alias, &rules).await
}

/// Saves the rules for `alias` on the server, for everybody, if they still are as `expected`.
/// `confirmation` is what the profile asks for: any text, or the model's name as it was typed.
#[tauri::command]
#[specta::specta]
pub async fn save_gates(
    app: State<'_, App>,
    profile_id: String,
    name: String,
    alias: String,
    wanted: AliasRules,
    expected: AliasRules,
    confirmation: Option<String>,
) -> Result<()> {
    app.save_gates(&profile_id, &GatesChange { model: name, alias, wanted, expected, confirmation }).await
}

/// Asks others to approve moving `alias` to `version`. Nothing moves. Answers with warnings.
/// `confirmation` is what the profile asks for: any text, or the model's name as it was typed.
#[tauri::command]
#[specta::specta]
#[allow(clippy::too_many_arguments, reason = "one for each thing that the card shows")]
pub async fn request_approval(
    app: State<'_, App>,
    profile_id: String,
    name: String,
    alias: String,
    expected_version: Option<String>,
    version: String,
    reason: String,
    confirmation: Option<String>,
) -> Result<Vec<String>> {
    let wanted = ApprovalWish { model: name, alias, version, expected_version, reason, confirmation };
    app.request_approval(&profile_id, &wanted).await
}

/// Approves, rejects or withdraws the request with the id `request`. Answers with warnings.
/// `confirmation` is what the profile asks for: any text, or the model's name as it was typed.
#[tauri::command]
#[specta::specta]
#[allow(clippy::too_many_arguments, reason = "one for each thing that the card shows")]
pub async fn answer_approval(
    app: State<'_, App>,
    profile_id: String,
    name: String,
    alias: String,
    version: String,
    request: String,
    answer: Decision,
    confirmation: Option<String>,
) -> Result<Vec<String>> {
    let wanted = ApprovalAnswer { model: name, alias, version, request, answer, confirmation };
    app.answer_approval(&profile_id, &wanted).await
}

/// How the aliases of a model moved, as far as it is known.
#[tauri::command]
#[specta::specta]
pub async fn get_model_history(app: State<'_, App>, profile_id: String, name: String) -> Result<ModelHistory> {
    app.model_history(&profile_id, &name).await
}

/// Saves the history of one alias, or of all, where the user says. Answers with the path; nothing if the user thought
/// better of it.
#[tauri::command]
#[specta::specta]
pub async fn save_model_history(
    app: State<'_, App>,
    handle: tauri::AppHandle,
    profile_id: String,
    name: String,
    alias: Option<String>,
    format: HistoryFormat,
) -> Result<Option<String>> {
    let choose = async |file: String| super::ask_where_to_save(&handle, &file).await;
    let saved = app.save_history(&profile_id, &name, alias.as_deref(), format, choose).await?;
    Ok(saved.map(|target| target.display().to_string()))
}
