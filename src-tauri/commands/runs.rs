//! Runs: the table's window, its columns, one run, runs side by side.

use tauri::State;

use crate::app::{App, ComparisonAnswer, RunAnswer, RunsAnswer};
use crate::cache::{ColumnInfo, CurveInfo, RunsView};
use crate::direction::DirectionChoice;
use crate::error::Result;
use crate::query::{self, FilterReading};

/// The runs on screen, from the cache, and how fresh they are.
#[tauri::command]
#[specta::specta]
pub async fn search_runs(app: State<'_, App>, profile_id: String, view: RunsView) -> Result<RunsAnswer> {
    app.search_runs(&profile_id, &view).await
}

/// The parts of a filter that is being typed, and what is wrong with it whatever the runs hold.
#[tauri::command]
#[specta::specta]
pub async fn read_filter(text: String) -> Result<FilterReading> {
    Ok(query::read(&text))
}

/// The columns that runs of these experiments can show, most filled first.
#[tauri::command]
#[specta::specta]
pub async fn list_columns(
    app: State<'_, App>,
    profile_id: String,
    experiment_ids: Vec<String>,
) -> Result<Vec<ColumnInfo>> {
    app.columns(&profile_id, &experiment_ids).await
}

#[tauri::command]
#[specta::specta]
pub async fn get_run(app: State<'_, App>, profile_id: String, run_id: String) -> Result<RunAnswer> {
    app.run_page(&profile_id, &run_id).await
}

/// Params, metrics and tags of some runs side by side, in the order asked.
#[tauri::command]
#[specta::specta]
pub async fn compare_runs(app: State<'_, App>, profile_id: String, run_ids: Vec<String>) -> Result<ComparisonAnswer> {
    app.compare_runs(&profile_id, &run_ids).await
}

/// Keeps what the user says of a metric's direction; with `choice` absent its name decides again.
#[tauri::command]
#[specta::specta]
pub async fn choose_direction(
    app: State<'_, App>,
    profile_id: String,
    metric: String,
    choice: Option<DirectionChoice>,
) -> Result<()> {
    app.choose_direction(&profile_id, &metric, choice).await
}

/// The metrics of these runs, and whether they have a curve as far as is known.
#[tauri::command]
#[specta::specta]
pub async fn list_curves(app: State<'_, App>, profile_id: String, run_ids: Vec<String>) -> Result<Vec<CurveInfo>> {
    app.curve_list(&profile_id, &run_ids).await
}

/// The colours of runs that are shown together, in the order asked, as indices into the palette. A run that has none
/// yet takes one that is far from the others', and keeps it.
#[tauri::command]
#[specta::specta]
pub async fn color_runs(app: State<'_, App>, profile_id: String, run_ids: Vec<String>) -> Result<Vec<u8>> {
    let together: Vec<&str> = run_ids.iter().map(String::as_str).collect();
    Ok(app.color_runs(&profile_id, &together).await)
}
