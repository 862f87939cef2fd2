//! Curves: a drawn frame, and the values under the mouse. Points never cross into the window.

use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::State;

use crate::app::App;
use crate::bindings::Bytes;
use crate::charts;
use crate::entities::MetricValue;
use crate::error::Result;

/// What to draw, as the window knows it: runs and a metric, not points.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CurveChart {
    pub profile_id: String,
    /// The metric.
    pub key: String,
    pub runs: Vec<CurveRun>,
    pub x_axis: XAxisKind,
    /// The visible part of the x axis: steps, epoch ms, or seconds since the start of the run.
    pub x_range: Option<(f64, f64)>,
    pub y_log: bool,
    /// Weight of the debiased exponential moving average, 0 (off) to 0.999.
    pub smoothing: f64,
    pub highlighted_run_id: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CurveRun {
    pub run_id: String,
    /// 0 is a solid line; others tell runs of one colour apart.
    pub dash: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum XAxisKind {
    Step,
    Time,
    Relative,
}

/// The paper to draw on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Paper {
    pub width_px: f64,
    pub height_px: f64,
    /// Device pixels per CSS pixel.
    pub dpr: f64,
    pub dark: bool,
    /// What the clock on the wall is ahead of UTC.
    pub utc_offset_minutes: i32,
}

/// A run's point nearest to an x. `value` is as logged, `smoothed` as drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CurveProbe {
    pub run_id: String,
    pub x: f64,
    pub value: MetricValue,
    pub smoothed: MetricValue,
}

/// Draws the chart: `[u32 length of the layout, little endian][layout as JSON][RGBA]`.
/// Histories that are not cached are fetched behind; the layout says how many are missing, and a
/// `Change` says when they are there.
#[tauri::command]
#[specta::specta]
pub async fn draw_chart(app: State<'_, App>, chart: CurveChart, paper: Paper) -> Result<Bytes> {
    let (spec, missing) = app.chart(&chart, paper).await?;
    let frame = crate::app::blocking(move || charts::frame(&spec, paper.width_px, paper.height_px, paper.dpr)).await??;
    frame_bytes(frame, missing)
}

/// The value of every run at `x`, in the order of `chart.runs`, runs without one left out.
#[tauri::command]
#[specta::specta]
pub async fn probe_chart(app: State<'_, App>, chart: CurveChart, x: f64) -> Result<Vec<CurveProbe>> {
    app.probe(&chart, x).await
}
