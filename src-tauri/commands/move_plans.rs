//! Several aliases of one model moved as one.

use tauri::State;

use crate::app::{App, MovePlanCard, MovePlanLook, MovePlanRequest, UnfinishedMovePlan, WantedMove};
use crate::entities::ModelAlias;
use crate::error::Result;
use crate::promotion::{MovePlan, PlanEnd};

/// What moving these aliases would mean, in the order in which it would be done, read from the server this moment. Writes
/// nothing.
#[tauri::command]
#[specta::specta]
pub async fn prepare_move_plan(
    app: State<'_, App>,
    profile_id: String,
    name: String,
    moves: Vec<ModelAlias>,
) -> Result<MovePlanCard> {
    app.prepare_move_plan(&profile_id, &name, &moves).await
}

/// Moves these aliases, if each still is where the card said. Answers with the plan: unfinished where something came in its
/// way after the first write. `confirmation` is what the profile asks for: any text, or the model's name as it was typed.
#[tauri::command]
#[specta::specta]
pub async fn start_move_plan(
    app: State<'_, App>,
    profile_id: String,
    name: String,
    moves: Vec<WantedMove>,
    reason: String,
    confirmation: Option<String>,
) -> Result<MovePlan> {
    app.start_move_plan(&profile_id, MovePlanRequest { model: name, moves, reason, confirmation }).await
}

/// An unfinished plan by where the aliases are now, read from the server this moment. Writes nothing.
#[tauri::command]
#[specta::specta]
pub async fn look_at_move_plan(app: State<'_, App>, profile_id: String, plan_id: String) -> Result<MovePlanLook> {
    app.look_at_move_plan(&profile_id, &plan_id).await
}

/// Finishes an unfinished plan or rolls it back, if the aliases still are where they were `seen`, one for each move.
/// `confirmation` is what the profile asks for: any text, or the model's name as it was typed.
#[tauri::command]
#[specta::specta]
pub async fn end_move_plan(
    app: State<'_, App>,
    profile_id: String,
    plan_id: String,
    end: PlanEnd,
    seen: Vec<Option<String>>,
    confirmation: Option<String>,
) -> Result<MovePlan> {
    app.end_move_plan(&profile_id, &plan_id, end, &seen, confirmation.as_deref()).await
}

/// The plans of all profiles that are unfinished, as they were kept last; oldest first.
#[tauri::command]
#[specta::specta]
pub async fn list_unfinished_move_plans(app: State<'_, App>) -> Result<Vec<UnfinishedMovePlan>> {
    app.unfinished_move_plans().await
}
