//! Runs: the table's window, its columns, one run, runs side by side.

use tauri::State;

use crate::app::{App, ComparisonAnswer, RunAnswer, RunsAnswer};
use crate::cache::{ColumnInfo, CurveInfo, ProfileExperiments, RunsView};
use crate::direction::DirectionChoice;
use crate::entities::RunRef;
use crate::error::Result;
use crate::query::{self, FilterReading};

/// The runs on screen, from the cache, and how fresh they are.
#[tauri::command]
#[specta::specta]
pub async fn search_runs(app: State<'_, App>, view: RunsView) -> Result<RunsAnswer> {
    app.search_runs(&view).await
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
pub async fn list_columns(app: State<'_, App>, scope: Vec<ProfileExperiments>) -> Result<Vec<ColumnInfo>> {
    app.columns(&scope).await
}

#[tauri::command]
#[specta::specta]
pub async fn get_run(app: State<'_, App>, run: RunRef) -> Result<RunAnswer> {
    app.run_page(&run).await
}

/// Params, metrics and tags of some runs side by side, in the order asked.
#[tauri::command]
#[specta::specta]
pub async fn compare_runs(app: State<'_, App>, runs: Vec<RunRef>) -> Result<ComparisonAnswer> {
    app.compare_runs(&runs).await
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
pub async fn list_curves(app: State<'_, App>, runs: Vec<RunRef>) -> Result<Vec<CurveInfo>> {
    app.curve_list(&runs).await
}

/// The colours of runs that are shown together, in the order asked, as indices into the palette. A run that has none
/// yet takes one that is far from the others', and keeps it.
#[tauri::command]
#[specta::specta]
pub async fn color_runs(app: State<'_, App>, runs: Vec<RunRef>) -> Result<Vec<u8>> {
    Ok(app.color_runs(&runs).await)
}

/// Keeps the colour that the user chose for a run, an index into the palette.
#[tauri::command]
#[specta::specta]
pub async fn choose_run_color(app: State<'_, App>, run: RunRef, color: u8) -> Result<()> {
    app.choose_run_color(&run, color).await
}

/// Writes the colour that a run has here into its tag `mlflow.runColor` on the server, which is done only when asked.
/// `confirmation` is what the user confirmed it with, where the profile wants that.
#[tauri::command]
#[specta::specta]
pub async fn write_run_color(app: State<'_, App>, run: RunRef, confirmation: Option<String>) -> Result<()> {
    app.write_run_color(&run, confirmation.as_deref()).await
}
