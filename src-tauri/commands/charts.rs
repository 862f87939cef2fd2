//! Curves: a drawn frame, and the values under the mouse. Points never cross into the window.

use tauri::State;

use super::Bytes;
pub use crate::app::CurveLayout;
use crate::app::{App, CurveChart, CurveProbe, Paper};
use crate::error::{AppError, Result};

/// Draws the chart: `[u32 length of the layout, little endian][layout as JSON][RGBA]`.
/// Histories that are not cached are fetched while the window watches them, and a `Change` says when they are there.
#[tauri::command]
#[specta::specta]
pub async fn draw_chart(app: State<'_, App>, chart: CurveChart, paper: Paper) -> Result<Bytes> {
    let frame = app.draw_chart(&chart, paper).await?;
    let layout = serde_json::to_vec(&frame.layout).map_err(AppError::internal)?;
    let length = u32::try_from(layout.len()).map_err(AppError::internal)?;
    let mut bytes = Vec::with_capacity(4 + layout.len() + frame.rgba.len());
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(&layout);
    bytes.extend_from_slice(&frame.rgba);
    Ok(Bytes(bytes))
}

/// The value of every run nearest to `x`, in the order of `chart.runs`; runs without one are left out.
#[tauri::command]
#[specta::specta]
pub async fn probe_chart(app: State<'_, App>, chart: CurveChart, x: f64) -> Result<Vec<CurveProbe>> {
    app.probe_chart(&chart, x).await
}
