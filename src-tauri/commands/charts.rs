//! Charts: a drawn frame, and the values under the mouse. Points never cross into the window.

use serde::Serialize;
use tauri::State;

use super::Bytes;
use crate::app::{App, CurveChart, CurveProbe, Drawn, GroupProbe, MetricBars, Paper};
pub use crate::app::{CurveLayout, MetricBarsLayout};
use crate::error::{AppError, Result};

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

/// The value of every run nearest to `x`, in the order of `chart.runs`; runs without one are left out.
#[tauri::command]
#[specta::specta]
pub async fn probe_chart(app: State<'_, App>, chart: CurveChart, x: f64) -> Result<Vec<CurveProbe>> {
    app.probe_chart(&chart, x).await
}

/// What every group that is a curve says nearest to `x`, in the order of the groups; those without a value there are
/// left out.
#[tauri::command]
#[specta::specta]
pub async fn probe_groups(app: State<'_, App>, chart: CurveChart, x: f64) -> Result<Vec<GroupProbe>> {
    app.probe_groups(&chart, x).await
}

/// `[u32 length of the layout, little endian][layout as JSON][RGBA]`.
fn as_bytes(drawn: Drawn<impl Serialize>) -> Result<Bytes> {
    let layout = serde_json::to_vec(&drawn.layout).map_err(AppError::internal)?;
    let length = u32::try_from(layout.len()).map_err(AppError::internal)?;
    let mut bytes = Vec::with_capacity(4 + layout.len() + drawn.rgba.len());
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(&layout);
    bytes.extend_from_slice(&drawn.rgba);
    Ok(Bytes(bytes))
}
