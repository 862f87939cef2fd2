//! Charts: a drawn frame, and the values under the mouse. Points never cross into the window.

use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::State;
use tauri_specta::Event;

use super::Bytes;
use super::frame::as_bytes;
use crate::app::{
    AnyChart, App, BoardFile, CardsDone, ChartFile, ChartTable, ColorBy, ColorScale, CurveChart, CurveProbe,
    GroupProbe, MarkedValues, MetricBars, Paper, RunContour, RunDistribution, RunHeat, RunImportance, RunPanels,
    RunParallel, RunScatter, TablePage, VersionsView,
};
pub use crate::app::{
    CurveLayout, MetricBarsLayout, RunContourLayout, RunDistributionLayout, RunHeatLayout, RunImportanceLayout,
    RunPanelsLayout, RunParallelLayout, RunScatterLayout, VersionsLayoutAnswer,
};
use crate::cache::Column;
use crate::entities::RunRef;
use crate::error::Result;
use crate::query::{self, FormulaReading};

/// Draws the chart. Histories that are not cached are fetched while the window watches them, and a `Change` says when
/// they are there.
#[tauri::command]
#[specta::specta]
pub async fn draw_chart(app: State<'_, App>, chart: CurveChart, paper: Paper) -> Result<Bytes> {
    as_bytes(app.draw_chart(&chart, paper).await?)
}

/// Draws the latest value of each run as a bar.
#[tauri::command]
#[specta::specta]
pub async fn draw_bars(app: State<'_, App>, chart: MetricBars, paper: Paper) -> Result<Bytes> {
    as_bytes(app.draw_bars(&chart, paper).await?)
}

/// Draws each run as a point at two of its values.
#[tauri::command]
#[specta::specta]
pub async fn draw_scatter(app: State<'_, App>, chart: RunScatter, paper: Paper) -> Result<Bytes> {
    as_bytes(app.draw_scatter(&chart, paper).await?)
}

/// Draws each run as a line across axes of its values.
#[tauri::command]
#[specta::specta]
pub async fn draw_parallel(app: State<'_, App>, chart: RunParallel, paper: Paper) -> Result<Bytes> {
    as_bytes(app.draw_parallel(&chart, paper).await?)
}

/// Draws how much each param matters for a metric as a bar.
#[tauri::command]
#[specta::specta]
pub async fn draw_importance(app: State<'_, App>, chart: RunImportance, paper: Paper) -> Result<Bytes> {
    as_bytes(app.draw_importance(&chart, paper).await?)
}

/// Draws how the values of a column are distributed over groups of runs.
#[tauri::command]
#[specta::specta]
pub async fn draw_distribution(app: State<'_, App>, chart: RunDistribution, paper: Paper) -> Result<Bytes> {
    as_bytes(app.draw_distribution(&chart, paper).await?)
}

/// Draws a metric over the versions of a registered model.
#[tauri::command]
#[specta::specta]
pub async fn draw_versions(app: State<'_, App>, view: VersionsView, paper: Paper) -> Result<Bytes> {
    as_bytes(app.draw_versions(&view, paper).await?)
}

/// Draws runs as points in panels side by side: one value over several, or each against each.
#[tauri::command]
#[specta::specta]
pub async fn draw_panels(app: State<'_, App>, chart: RunPanels, paper: Paper) -> Result<Bytes> {
    as_bytes(app.draw_panels(&chart, paper).await?)
}

/// Draws a smooth surface through a value of runs over two others.
#[tauri::command]
#[specta::specta]
pub async fn draw_contour(app: State<'_, App>, chart: RunContour, paper: Paper) -> Result<Bytes> {
    as_bytes(app.draw_contour(&chart, paper).await?)
}

/// Draws cells of two values of runs, coloured by a third.
#[tauri::command]
#[specta::specta]
pub async fn draw_heat(app: State<'_, App>, chart: RunHeat, paper: Paper) -> Result<Bytes> {
    as_bytes(app.draw_heat(&chart, paper).await?)
}

/// The name and the values of a run that is pointed at in a chart of values; none where it is not cached.
#[tauri::command]
#[specta::specta]
pub async fn marked_values(app: State<'_, App>, run: RunRef, columns: Vec<Column>) -> Result<Option<MarkedValues>> {
    app.marked_values(&run, &columns).await
}

/// The value nearest to `x` of every run, in the order of `chart.runs`; runs without one are left out.
#[tauri::command]
#[specta::specta]
pub async fn probe_chart(app: State<'_, App>, chart: CurveChart, x: f64) -> Result<Vec<CurveProbe>> {
    app.probe_chart(&chart, x).await
}

/// The value of one run nearest to `x` in each of these charts, whose own runs do not matter: every chart beside the one
/// under the pointer, in one question.
#[tauri::command]
#[specta::specta]
pub async fn glance(
    app: State<'_, App>,
    run: RunRef,
    charts: Vec<CurveChart>,
    x: f64,
) -> Result<Vec<Option<CurveProbe>>> {
    app.glance(&run, &charts, x).await
}

/// Asks where to save the chart, as a picture or as a table, and saves it there. Answers with the path, or nothing if
/// the user thought better of it.
#[tauri::command]
#[specta::specta]
pub async fn save_chart(app: State<'_, App>, handle: tauri::AppHandle, file: ChartFile) -> Result<Option<String>> {
    let choose = async |name: String| super::ask_where_to_save(&handle, &name).await;
    let saved = app.save_chart(&file, choose).await?;
    Ok(saved.map(|target| target.display().to_string()))
}

/// The bytes that [`save_chart`] would save.
#[tauri::command]
#[specta::specta]
pub async fn chart_file(app: State<'_, App>, file: ChartFile) -> Result<Bytes> {
    Ok(Bytes(app.chart_file(&file).await?))
}

/// How many cards of the board that is being saved are drawn.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub struct BoardSaving(pub CardsDone);

/// Asks where to save all cards of a board, as one page or as one picture, and saves them there; [`BoardSaving`] says
/// how far it is. Answers with the path, or nothing if the user thought better of it.
#[tauri::command]
#[specta::specta]
pub async fn save_board(app: State<'_, App>, handle: tauri::AppHandle, file: BoardFile) -> Result<Option<String>> {
    let choose = async |name: String| super::ask_where_to_save(&handle, &name).await;
    let tell = |done: CardsDone| {
        if let Err(error) = BoardSaving(done).emit(&handle) {
            tracing::warn!(%error, "the window does not hear how far the board is");
        }
    };
    let saved = app.save_board(&file, choose, tell).await?;
    Ok(saved.map(|target| target.display().to_string()))
}

/// The board that is being saved is not, any more.
#[tauri::command]
#[specta::specta]
pub async fn stop_saving_board(app: State<'_, App>) -> Result<()> {
    app.stop_saving_board();
    Ok(())
}

/// What the colours of runs by a value mean; none where each has its own.
#[tauri::command]
#[specta::specta]
pub async fn color_scale(
    app: State<'_, App>,
    runs: Vec<RunRef>,
    by: ColorBy,
    dark: bool,
) -> Result<Option<ColorScale>> {
    app.color_scale(&runs, &by, dark).await
}

/// The parts of a formula of metrics that is being typed, the metrics that it is of, and what is wrong. `known` are the
/// metrics that the runs have, or those of them whose names occur in the text.
#[tauri::command]
#[specta::specta]
pub async fn read_formula(text: String, known: Vec<String>) -> Result<FormulaReading> {
    Ok(query::read_formula(&text, &known))
}

/// Some rows of the exact values that the chart shows, in the wanted order.
#[tauri::command]
#[specta::specta]
pub async fn chart_table(app: State<'_, App>, chart: AnyChart, page: TablePage) -> Result<ChartTable> {
    app.chart_table(&chart, page).await
}

/// What every group that is a curve says nearest to `x`, in the order of the groups; those without a value there are
/// left out.
#[tauri::command]
#[specta::specta]
pub async fn probe_groups(app: State<'_, App>, chart: CurveChart, x: f64) -> Result<Vec<GroupProbe>> {
    app.probe_groups(&chart, x).await
}
